//! The classes of operations for rate limits, as values and as one type each. A handler names a class as
//! `Caller<scope::CountedAs<scope::RulesRead, class::Evaluate>>`.

use crate::config;

/// The class that an operation counts against.
pub trait Limited: 'static {
    /// The class as a value.
    const CLASS: Class;
}

/// Declares the classes, each with its name in response headers and the setting of its limit.
macro_rules! classes {
    ($($(#[doc = $doc:literal])* $class:ident = $name:literal, $setting:ident;)*) => {
        /// A class of operations that share a quota.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class { $($(#[doc = $doc])* $class,)* }

        impl Class {
            pub(super) const ALL: [Class; [$($name),*].len()] = [$(Class::$class),*];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Class::$class => $name,)* }
            }

            pub(super) const fn limit(self, limits: &config::RateLimitSettings) -> u32 {
                match self { $(Class::$class => limits.$setting,)* }
            }
        }

        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $class;

            impl Limited for $class {
                const CLASS: Class = Class::$class;
            }
        )*
    };
}

classes! {
    /// The storefront's hot path.
    Checkout = "checkout", checkout;
    /// Explanations of checkout, which cost more than the decision.
    Explain = "explain", explain;
    /// Live connection checks, which call the provider.
    Check = "check", check;
    /// Reads of credit, which call the provider.
    Credit = "credit", credit;
    /// Dry runs of rules and expressions.
    Evaluate = "evaluate", evaluate;
    /// All other operations behind a token.
    Admin = "admin", admin;
    /// Unknown webhook tokens, by client address.
    WebhookMiss = "webhook-miss", webhook_miss;
    /// Webhooks without a verified signature, by integration.
    WebhookUnverified = "webhook-unverified", webhook_unverified;
}
