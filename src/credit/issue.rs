//! Issues: reasons against a method that come from its provider or from the buyer's credit.

use super::verdict::CreditVerdict;
use crate::{
    money::Money,
    payment_methods::{CreditCheck, CreditFallback, CreditPolicy},
    string_enum::string_enum,
};

string_enum! {
    /// The reason why a method is warned about or hidden because of its provider or the buyer's credit there.
    CreditIssueCode as "CreditIssueCode" {
        /// The buyer's credit does not cover the total.
        Insufficient = "credit_insufficient",
        /// The buyer's company may not order.
        Hold = "credit_hold",
        /// The buyer's credit is not known.
        Unknown = "credit_unknown",
        /// The provider does not know the buyer.
        NoAccount = "no_account",
        /// The provider does not answer at the moment.
        ProviderUnreachable = "provider_unreachable",
        /// The provider rejects the API key.
        CredentialsInvalid = "credentials_invalid",
    }
}

/// What an issue does to the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Warn,
    Hide,
}

/// Something against a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditIssue {
    pub code: CreditIssueCode,
    pub effect: Effect,
    /// The credit that is left, if it does not cover the total.
    pub available: Option<Money>,
}

impl Effect {
    /// The effect of a fallback; `None` for `offer`.
    pub fn of(fallback: CreditFallback) -> Option<Self> {
        match fallback {
            CreditFallback::Offer => None,
            CreditFallback::Warn => Some(Effect::Warn),
            CreditFallback::Hide => Some(Effect::Hide),
        }
    }
}

impl CreditIssue {
    /// An issue without figures.
    pub fn new(code: CreditIssueCode, effect: Effect) -> Self {
        CreditIssue {
            code,
            effect,
            available: None,
        }
    }

    /// An issue without figures that hides the method.
    pub fn hiding(code: CreditIssueCode) -> Self {
        CreditIssue::new(code, Effect::Hide)
    }

    /// The issue that a verdict causes under a policy; `None` if there is none.
    pub fn of(verdict: CreditVerdict, policy: &CreditPolicy) -> Option<Self> {
        let effect = match policy.check {
            CreditCheck::Off => return None,
            CreditCheck::Advise => Effect::Warn,
            CreditCheck::Require => Effect::Hide,
        };
        match verdict {
            CreditVerdict::Covered => None,
            CreditVerdict::Insufficient(available) => Some(CreditIssue {
                available: Some(available),
                ..CreditIssue::new(CreditIssueCode::Insufficient, effect)
            }),
            CreditVerdict::Hold => Some(CreditIssue::new(CreditIssueCode::Hold, effect)),
            CreditVerdict::NoAccount => Some(CreditIssue::new(CreditIssueCode::NoAccount, effect)),
            CreditVerdict::Unknown => {
                let effect = Effect::of(policy.when_unknown)?;
                Some(CreditIssue::new(CreditIssueCode::Unknown, effect))
            }
        }
    }
}
