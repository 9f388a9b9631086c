//! Whether a payment may begin: the account must be usable, and where credit is required, it is read before anything is
//! written.

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

/// When to try again where nothing better is known, in seconds.
const RETRY_AFTER: &str = "30";

/// Why a payment may not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditRefusal {
    /// What is known is against it.
    NotEligible(CreditIssue),
    /// What would have to be known is not, and the same request may be sent again then.
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
            // Waiting does not tell who buys.
            return match policy.when_unknown {
                CreditFallback::Hide => Err(CreditRefusal::NotEligible(CreditIssue::hiding(
                    CreditIssueCode::Unknown,
                ))),
                CreditFallback::Offer | CreditFallback::Warn => Ok(()),
            };
        };
        match self.read(integration, email).await {
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
