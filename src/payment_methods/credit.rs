//! How the provider's credit and outages affect a method.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::string_enum::string_enum;

string_enum! {
    /// What the buyer's credit at the provider decides.
    CreditCheck as "CreditCheck" {
        /// Nothing.
        Off = "off",
        /// Warnings beside the method.
        Advise = "advise",
        /// Whether the method is offered, and whether a payment may begin.
        Require = "require",
    }

    /// Whether a method is offered while something that it depends on is not known.
    CreditFallback as "CreditFallback" {
        /// It is offered.
        Offer = "offer",
        /// It is offered with a warning.
        Warn = "warn",
        /// It is not offered.
        Hide = "hide",
    }
}

/// What a method makes of its provider's credit and outages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CreditPolicy {
    /// What the buyer's credit decides at checkout.
    pub check: CreditCheck,
    /// What was read longer ago counts as unknown.
    #[serde(with = "humantime_serde")]
    #[schema(value_type = String, default = "15m", example = "15m")]
    pub max_age: Duration,
    /// When the buyer's credit is not known.
    pub when_unknown: CreditFallback,
    /// When the provider does not answer, whatever `check` says.
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
