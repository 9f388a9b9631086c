//! The permissions of callers: scopes, the roles that bundle them, and a type for each scope.
//!
//! A handler names its scope as a type (`Caller<scope::RulesWrite>`), so an operation cannot be mounted without one.
//! Each scope also has a rate limit class, which a handler replaces with [`CountedAs`].

use std::{fmt, marker::PhantomData};

use crate::rate_limit::class;

/// The requirement of an operation on its caller, as a type. Only the types in this module implement it.
pub trait Required: sealed::Sealed + 'static {
    /// The token must carry every scope of one of these sets.
    const ANY_OF: &'static [&'static [Scope]];
    /// What a token that is bound to websites may do here.
    const WEBSITES: WebsiteAccess = WebsiteAccess::Closed;
    /// The rate limit that applies.
    type Class: class::Limited;
}

/// What a token that is bound to websites may do with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebsiteAccess {
    /// Nothing. This is the default.
    Closed,
    /// Everything, because the operation reads data that belongs to no website.
    GlobalRead,
    /// Only its own websites: the operation checks [`super::Caller::websites`].
    Filtered,
}

/// The scope `S` for an operation that filters by the websites of the token itself.
pub struct Filtered<S>(PhantomData<fn() -> S>);

/// The scope `S` for an operation that reads data that belongs to no website.
pub struct GlobalRead<S>(PhantomData<fn() -> S>);

/// The scope `S` with the rate limit class `C` instead of its own.
pub struct CountedAs<S, C>(PhantomData<fn() -> (S, C)>);

impl<S: Required> sealed::Sealed for Filtered<S> {}
impl<S: Required> Required for Filtered<S> {
    const ANY_OF: &'static [&'static [Scope]] = S::ANY_OF;
    const WEBSITES: WebsiteAccess = WebsiteAccess::Filtered;
    type Class = S::Class;
}

impl<S: Required> sealed::Sealed for GlobalRead<S> {}
impl<S: Required> Required for GlobalRead<S> {
    const ANY_OF: &'static [&'static [Scope]] = S::ANY_OF;
    const WEBSITES: WebsiteAccess = WebsiteAccess::GlobalRead;
    type Class = S::Class;
}

impl<S: Required, C: class::Limited + 'static> sealed::Sealed for CountedAs<S, C> {}
impl<S: Required, C: class::Limited + 'static> Required for CountedAs<S, C> {
    const ANY_OF: &'static [&'static [Scope]] = S::ANY_OF;
    const WEBSITES: WebsiteAccess = S::WEBSITES;
    type Class = C;
}

/// Requirements of operations with several sets of scopes.
macro_rules! alternatives {
    ($($(#[doc = $doc:literal])* $name:ident = $([$($scope:ident),*])|+;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl Required for $name {
            const ANY_OF: &'static [&'static [Scope]] = &[$(&[$(Scope::$scope),*]),+];
            type Class = class::Admin;
        }
    )*};
}

alternatives! {
    /// Any valid token.
    AnyToken = [];
    /// Orders by sales representatives, which are invoiced without the buyer's click.
    OnBehalf = [PaymentsInvoice, PaymentsWrite] | [PaymentsSettle];
    /// A payment with nothing invoiced may be canceled with the scope that creates one.
    CancelPayment = [PaymentsCancel] | [PaymentsWrite];
    /// A caller who may change a payment at its provider may also have it read back.
    SyncPayment = [PaymentsInvoice] | [PaymentsCapture] | [PaymentsCancel] | [PaymentsRefund] | [PaymentsResolve];
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! scopes {
    ($($name:ident => $text:literal, $class:ident;)*) => {
        /// A permission, written in a token's space-separated `scope`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Scope { $(#[doc = concat!("`", $text, "`")] $name,)* }

        impl Scope {
            /// Every scope there is.
            pub const ALL: &'static [Scope] = &[$(Scope::$name,)*];

            /// The spelling in a token.
            pub const fn as_str(self) -> &'static str {
                match self { $(Scope::$name => $text,)* }
            }

            /// Parses one word of a token.
            pub fn parse(word: &str) -> Option<Scope> {
                match word { $($text => Some(Scope::$name),)* _ => None }
            }
        }

        $(
            #[doc = concat!("Needs `", $text, "`.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Required for $name {
                const ANY_OF: &'static [&'static [Scope]] = &[&[Scope::$name]];
                type Class = class::$class;
            }
        )*
    };
}

scopes! {
    Checkout => "checkout", Checkout;
    PaymentsRead => "payments:read", Admin;
    PaymentsWrite => "payments:write", Admin;
    PaymentsSettle => "payments:settle", Admin;
    PaymentsInvoice => "payments:invoice", Admin;
    PaymentsCapture => "payments:capture", Admin;
    PaymentsCancel => "payments:cancel", Admin;
    PaymentsRefund => "payments:refund", Admin;
    PaymentsResolve => "payments:resolve", Admin;
    IntegrationsRead => "integrations:read", Admin;
    IntegrationsWrite => "integrations:write", Admin;
    RulesRead => "rules:read", Admin;
    RulesWrite => "rules:write", Admin;
    WebhooksRead => "webhooks:read", Admin;
    WebhooksReadRaw => "webhooks:read-raw", Admin;
    WebhooksWrite => "webhooks:write", Admin;
    FindingsRead => "findings:read", Admin;
    FindingsWrite => "findings:write", Admin;
    EventsRead => "events:read", Admin;
    NotificationsRead => "notifications:read", Admin;
    NotificationsWrite => "notifications:write", Admin;
    CreditRead => "credit:read", Admin;
    ReportsRead => "reports:read", Admin;
    RulesForce => "rules:force", Admin;
    SettingsRead => "settings:read", Admin;
    SettingsWrite => "settings:write", Admin;
    AuditRead => "audit:read", Admin;
    TokensRevoke => "tokens:revoke", Admin;
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The scopes that `payments:settle` implies.
const SETTLING: [Scope; 5] = [
    Scope::PaymentsInvoice,
    Scope::PaymentsCapture,
    Scope::PaymentsCancel,
    Scope::PaymentsRefund,
    Scope::PaymentsResolve,
];

/// The scopes of one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Parses a space-separated list. Unknown words belong to other services and are skipped.
    pub fn parse(text: &str) -> Self {
        text.split_ascii_whitespace()
            .filter_map(Scope::parse)
            .collect()
    }

    /// Whether the scope is among them.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// Whether every scope of one of these sets is among them.
    pub fn has_any_of(self, sets: &[&[Scope]]) -> bool {
        sets.iter()
            .any(|set| set.iter().all(|scope| self.has(*scope)))
    }

    /// The union of both sets.
    pub const fn and(self, others: Scopes) -> Scopes {
        Scopes(self.0 | others.0)
    }

    /// All scopes of the set.
    pub fn all(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut bits = 0;
        for scope in scopes {
            bits |= 1 << scope as u32;
            if scope == Scope::PaymentsSettle {
                SETTLING.iter().for_each(|it| bits |= 1 << *it as u32);
            }
        }
        Scopes(bits)
    }
}

/// A bundle of scopes that `onterms token` hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Every scope.
    Admin,
    /// The scopes of a shop's backend: offer methods, start and read payments.
    Storefront,
}

impl Role {
    /// The scopes of this role.
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Role::Admin => Scope::ALL,
            Role::Storefront => &[Scope::Checkout, Scope::PaymentsRead, Scope::PaymentsWrite],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_as_it_is_written() {
        for &scope in Scope::ALL {
            let scopes = Scopes::parse(scope.as_str());
            for &other in Scope::ALL {
                let implied = scope == Scope::PaymentsSettle && SETTLING.contains(&other);
                assert_eq!(
                    scopes.has(other),
                    other == scope || implied,
                    "{scope} against {other}"
                );
            }
        }
    }

    #[test]
    fn unknown_words_and_near_misses_grant_nothing() {
        assert_eq!(
            Scopes::parse("openid rules:Write rules:write2 checkout,rules:read"),
            Scopes::default()
        );
        assert!(Scopes::parse(" openid  rules:write ").has(Scope::RulesWrite));
    }

    #[test]
    fn a_storefront_may_offer_and_pay_but_not_administer() {
        let names: Vec<_> = Role::Storefront
            .scopes()
            .iter()
            .map(|s| s.as_str())
            .collect();
        assert_eq!(names, ["checkout", "payments:read", "payments:write"]);
        assert_eq!(Role::Admin.scopes(), Scope::ALL);
    }
}
