//! What a caller may do: scopes, the roles that bundle them, and a type for each scope.
//!
//! A handler names the scope it needs as a type (`Caller<scope::RulesWrite>`), so an operation cannot be mounted without
//! one. Every scope also says which rate limit its operations count against unless the handler names another.

use std::fmt;

use crate::rate_limit::class;

/// What an operation asks of its caller, as a type. Only the types in this module implement it.
pub trait Required: sealed::Sealed + 'static {
    /// The scope the caller's token must carry.
    const SCOPE: Scope;
    /// The rate limit that applies where the handler names no other.
    type Class: class::Limited;
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

            /// As it is written in a token.
            pub const fn as_str(self) -> &'static str {
                match self { $(Scope::$name => $text,)* }
            }

            fn parse(word: &str) -> Option<Scope> {
                match word { $($text => Some(Scope::$name),)* _ => None }
            }
        }

        $(
            #[doc = concat!("Needs `", $text, "`.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Required for $name {
                const SCOPE: Scope = Scope::$name;
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

/// The scopes of one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Reads a space-separated list. Words we do not know belong to other services and are passed over.
    pub fn parse(text: &str) -> Self {
        text.split_ascii_whitespace()
            .filter_map(Scope::parse)
            .collect()
    }

    /// Whether the scope is among them.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Scopes(
            scopes
                .into_iter()
                .fold(0, |bits, scope| bits | 1 << scope as u32),
        )
    }
}

/// A bundle of scopes that `onterms token` hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Every scope.
    Admin,
    /// What a shop's backend needs: offer methods, start and read payments.
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
                assert_eq!(scopes.has(other), other == scope, "{scope} against {other}");
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
