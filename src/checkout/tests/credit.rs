//! What may be known of providers and of a buyer's credit, and a plain model of what follows.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};

use crate::{
    cart::Cart,
    credit::{CreditAccount, CreditEntry, CreditKey, CreditSource, KnownCredit},
    ids::IntegrationId,
    integrations::health::HealthState,
    money::Currency,
    payment_methods::{CreditCheck, CreditFallback, CreditPolicy},
    pii::Email,
    privacy::{EmailHash, EmailKey},
};

/// What is known of the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Buyer {
    Unread,
    Nothing,
    Old,
    Covered,
    Short,
    Hold,
    Foreign,
    NoAccount,
}

/// What is known in a case.
#[derive(Clone, Debug)]
pub struct Known {
    pub policy: CreditPolicy,
    state: HealthState,
    buyer: Buyer,
}

impl Known {
    pub fn any() -> impl Strategy<Value = Known> {
        let fallback = || select(CreditFallback::ALL.to_vec());
        (
            select(CreditCheck::ALL.to_vec()),
            fallback(),
            fallback(),
            select(HealthState::ALL.to_vec()),
            select(vec![
                Buyer::Unread,
                Buyer::Nothing,
                Buyer::Old,
                Buyer::Covered,
                Buyer::Short,
                Buyer::Hold,
                Buyer::Foreign,
                Buyer::NoAccount,
            ]),
        )
            .prop_map(
                |(check, when_unknown, when_unreachable, state, buyer)| Known {
                    policy: CreditPolicy {
                        check,
                        max_age: Duration::from_secs(600),
                        when_unknown,
                        when_unreachable,
                    },
                    state,
                    buyer,
                },
            )
    }

    /// The codes of the issues of a provider's method, and whether each hides it, in the order of the answer.
    pub fn model(&self, cart: &Cart<'_>) -> Vec<(&'static str, bool)> {
        if self.state == HealthState::Invalid {
            return vec![("credentials_invalid", true)];
        }
        let is_down = self.state == HealthState::Down;
        let mut codes = Vec::new();
        let mut fall_back = |fallback, code| match fallback {
            CreditFallback::Offer => {}
            CreditFallback::Warn => codes.push((code, false)),
            CreditFallback::Hide => codes.push((code, true)),
        };
        if is_down {
            fall_back(self.policy.when_unreachable, "provider_unreachable");
        }
        if self.policy.check == CreditCheck::Off {
            return codes;
        }
        let is_dollars = cart.currency().code() == "USD";
        let total = cart.total().map_or(0, |total| total.minor());
        let is_known = match self.buyer {
            Buyer::Unread | Buyer::Nothing | Buyer::Old | Buyer::Foreign => false,
            Buyer::Covered | Buyer::Short => is_dollars,
            Buyer::Hold | Buyer::NoAccount => true,
        };
        if !is_known {
            if !is_down {
                fall_back(self.policy.when_unknown, "credit_unknown");
            }
            return codes;
        }
        let hides = self.policy.check == CreditCheck::Require;
        match self.buyer {
            Buyer::Hold => codes.push(("credit_hold", hides)),
            Buyer::NoAccount => codes.push(("no_account", hides)),
            Buyer::Short if total > 999 => codes.push(("credit_insufficient", hides)),
            _ => {}
        }
        codes
    }

    fn entry(&self) -> Option<KnownCredit> {
        let account = |currency: &str, status: &str, available| CreditAccount {
            id: "c1".to_owned(),
            name: None,
            status: Some(status.to_owned()),
            disabled_at: None,
            terms: None,
            currency: Currency::parse(currency),
            limit: None,
            used: None,
            available: Some(available),
        };
        let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut age = TimeDelta::seconds(600);
        let accounts = match self.buyer {
            Buyer::Unread => return None,
            Buyer::Nothing => return Some(KnownCredit::Nothing),
            Buyer::Old => {
                age += TimeDelta::microseconds(1);
                vec![account("USD", "approved", i64::MAX)]
            }
            Buyer::Covered => vec![account("USD", "approved", i64::MAX)],
            Buyer::Short => vec![account("USD", "approved", 999)],
            Buyer::Hold => vec![account("USD", "suspended", i64::MAX)],
            Buyer::Foreign => vec![account("JPY", "approved", i64::MAX)],
            Buyer::NoAccount => Vec::new(),
        };
        Some(KnownCredit::Entry(Arc::new(CreditEntry {
            accounts,
            read_at: now - age,
            number: 1,
        })))
    }
}

impl CreditSource for Known {
    fn health_of(&self, _: IntegrationId) -> HealthState {
        self.state
    }

    fn hash(&self, email: &Email) -> EmailHash {
        EmailKey::of_bytes(&[7; 32]).hash(email)
    }

    fn known(&self, _: &CreditKey) -> Option<KnownCredit> {
        self.entry()
    }
}
