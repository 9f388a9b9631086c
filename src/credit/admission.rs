//! Decides whether a payment may begin: the account must be usable, and if the policy requires credit, the credit is
//! read before anything is written.

use super::{
    issue::{CreditIssue, CreditIssueCode, Effect},
    service::{CreditService, CreditUnread},
    verdict::judge,
};
use crate::{
    ids::IntegrationId,
    integrations::health::HealthState,
    money::Money,
    payment_methods::{CreditCheck, CreditFallback, CreditPolicy},
    pii::Email,
};

/// The default `Retry-After` in seconds.
const RETRY_AFTER: &str = "30";

/// Why a payment may not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditRefusal {
    /// The account or the buyer's credit rules it out.
    NotEligible(CreditIssue),
    /// The credit or the provider's state is unknown; the same request may succeed later.
    TryAgain {
        code: CreditIssueCode,
        /// Seconds or a date.
        retry_after: String,
    },
}

impl CreditService {
    /// Whether a buyer may begin to pay this total. Reads credit where the policy requires it.
    pub async fn admit(
        &self,
        integration: IntegrationId,
        policy: &CreditPolicy,
        email: Option<&Email>,
        total: Money,
    ) -> Result<(), CreditRefusal> {
        let state = self.health().of(integration).state;
        if state == HealthState::Invalid {
            let issue = CreditIssue::hiding(CreditIssueCode::CredentialsInvalid);
            return Err(CreditRefusal::NotEligible(issue));
        }
        if policy.check != CreditCheck::Require {
            let hides =
                state == HealthState::Down && policy.when_unreachable == CreditFallback::Hide;
            return match hides {
                true => Err(try_again(CreditIssueCode::ProviderUnreachable, None)),
                false => Ok(()),
            };
        }
        let Some(email) = email else {
            // A retry would not reveal the buyer, so this is not `TryAgain`.
            return match policy.when_unknown {
                CreditFallback::Hide => Err(CreditRefusal::NotEligible(CreditIssue::hiding(
                    CreditIssueCode::Unknown,
                ))),
                CreditFallback::Offer | CreditFallback::Warn => Ok(()),
            };
        };
        match self.read_anew(integration, email).await {
            Ok(entry) => {
                let verdict = judge(&entry, total.currency(), Some(total));
                match CreditIssue::of(verdict, policy) {
                    Some(issue) if issue.effect == Effect::Warn => Ok(()),
                    Some(issue) if issue.code == CreditIssueCode::Unknown => {
                        Err(try_again(issue.code, None))
                    }
                    Some(issue) => Err(CreditRefusal::NotEligible(issue)),
                    None => Ok(()),
                }
            }
            Err(unread) if policy.when_unreachable == CreditFallback::Hide => {
                let retry_after = match unread {
                    CreditUnread::Unreachable { retry_after, .. } => retry_after,
                    CreditUnread::NoAccount | CreditUnread::Failed(_) => None,
                };
                Err(try_again(CreditIssueCode::ProviderUnreachable, retry_after))
            }
            Err(_) => Ok(()),
        }
    }
}

fn try_again(code: CreditIssueCode, retry_after: Option<String>) -> CreditRefusal {
    CreditRefusal::TryAgain {
        code,
        retry_after: retry_after.unwrap_or_else(|| RETRY_AFTER.to_owned()),
    }
}
