//! Whether the provider and the buyer's credit let a new attempt begin.

use super::{NewPayment, judge::JudgedCart};
use crate::{
    checkout::permission::credit_reason,
    credit::{CreditIssue, CreditRefusal},
    payments::{PaymentError, PaymentService},
};

impl PaymentService {
    /// Refuses an attempt that the provider's health or the buyer's credit forbids. Where a sales rep orders, the company's
    /// account is read for the order itself.
    pub(super) async fn admit(
        &self,
        new: &NewPayment,
        judged: &JudgedCart,
    ) -> Result<(), PaymentError> {
        let Some(policy) = judged.credit.as_ref().filter(|_| new.buyer.is_none()) else {
            return Ok(());
        };
        let credit = &self.providers().credit;
        let (email, total) = (judged.email.as_ref(), judged.totals.total());
        let admitted = credit.admit(new.method.integration, policy, email, total);
        admitted.await.map_err(|refusal| match refusal {
            CreditRefusal::NotEligible(issue) => {
                PaymentError::NotEligible(credit_reason(&issue, &judged.label))
            }
            CreditRefusal::TryAgain { code, retry_after } => {
                let reasons = credit_reason(&CreditIssue::hiding(code), &judged.label);
                PaymentError::CreditNotKnown {
                    reasons,
                    retry_after,
                }
            }
        })
    }
}
