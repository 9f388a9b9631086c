//! The classes of operations for rate limits, as values and as one type each. A handler names a class as
//! `Caller<scope::CountedAs<scope::RulesRead, class::Evaluate>>`.

use crate::config;

/// A class of operations that share a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The storefront's hot path.
    Checkout,
    /// Explanations of checkout, which cost more than the decision.
    Explain,
    /// Live connection checks, which call the provider.
    Check,
    /// Reads of credit, which call the provider.
    Credit,
    /// Dry runs of rules and expressions.
    Evaluate,
    /// All other operations behind a token.
    Admin,
    /// Unknown webhook tokens, by client address.
    WebhookMiss,
    /// Webhooks without a verified signature, by integration.
    WebhookUnverified,
}

impl Class {
    pub(super) const ALL: [Class; 8] = [
        Class::Checkout,
        Class::Explain,
        Class::Check,
        Class::Credit,
        Class::Evaluate,
        Class::Admin,
        Class::WebhookMiss,
        Class::WebhookUnverified,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Class::Checkout => "checkout",
            Class::Explain => "explain",
            Class::Check => "check",
            Class::Credit => "credit",
            Class::Evaluate => "evaluate",
            Class::Admin => "admin",
            Class::WebhookMiss => "webhook-miss",
            Class::WebhookUnverified => "webhook-unverified",
        }
    }

    pub(super) const fn limit(self, limits: &config::RateLimitSettings) -> u32 {
        match self {
            Class::Checkout => limits.checkout,
            Class::Explain => limits.explain,
            Class::Check => limits.check,
            Class::Credit => limits.credit,
            Class::Evaluate => limits.evaluate,
            Class::Admin => limits.admin,
            Class::WebhookMiss => limits.webhook_miss,
            Class::WebhookUnverified => limits.webhook_unverified,
        }
    }
}

/// The class that an operation counts against.
pub trait Limited: 'static {
    /// The class as a value.
    const CLASS: Class;
}

macro_rules! classes {
    ($($name:ident)*) => {$(
        #[doc = concat!("Counts against [`Class::", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Limited for $name {
            const CLASS: Class = Class::$name;
        }
    )*};
}

classes! { Checkout Explain Check Credit Evaluate Admin }
