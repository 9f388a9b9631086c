//! How the provider's credit and outages affect a method.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::string_enum::string_enum;

string_enum! {
    /// The effect of the buyer's credit at the provider.
    CreditCheck as "CreditCheck" {
        /// The credit has no effect.
        Off = "off",
        /// The credit leads to warnings beside the method.
        Advise = "advise",
        /// The credit decides whether the method is offered, and whether a payment may begin.
        Require = "require",
    }

    /// Whether a method is offered while something that it depends on is not known.
    CreditFallback as "CreditFallback" {
        /// The method is offered.
        Offer = "offer",
        /// The method is offered with a warning.
        Warn = "warn",
        /// The method is not offered.
        Hide = "hide",
    }
}

/// How the buyer's credit and outages of the provider affect a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CreditPolicy {
    /// The effect of the buyer's credit at checkout.
    pub check: CreditCheck,
    /// The maximum age of credit that was read, from `1s` to `30days`. Older credit counts as unknown.
    #[serde(with = "humantime_serde")]
    #[schema(value_type = String, default = "15m", example = "15m")]
    pub max_age: Duration,
    /// Whether the method is offered while the buyer's credit is not known.
    pub when_unknown: CreditFallback,
    /// Whether the method is offered while the provider does not answer, whatever `check` says.
    pub when_unreachable: CreditFallback,
}

impl CreditPolicy {
    /// The default policy.
    pub const DEFAULT: CreditPolicy = CreditPolicy {
        check: CreditCheck::Off,
        max_age: Duration::from_secs(15 * 60),
        when_unknown: CreditFallback::Offer,
        when_unreachable: CreditFallback::Warn,
    };
}

impl Default for CreditPolicy {
    fn default() -> Self {
        CreditPolicy::DEFAULT
    }
}
