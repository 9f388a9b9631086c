//! What was read of a buyer's credit.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::IntegrationId,
    money::{Currency, Money},
    pii::Email,
    privacy::EmailHash,
    providers::{CorporateAccount, ProviderId},
};

/// What keeps a company from ordering, in any case.
const ON_HOLD: [&str; 3] = ["suspended", "denied", "disabled"];

/// Whose credit with whom: the integration, and the keyed hash of the buyer's e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditKey {
    pub integration: IntegrationId,
    pub email: EmailHash,
}

impl CreditKey {
    /// Its row.
    pub fn row(&self) -> String {
        format!("{}.{}", self.integration, self.email.as_str())
    }
}

/// What was read of a buyer's credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditEntry {
    /// None for a buyer whom the provider does not know.
    pub accounts: Vec<CreditAccount>,
    pub read_at: DateTime<Utc>,
    /// The change that wrote it, to tell it from what was dropped.
    pub number: i64,
}

/// A company's account at the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditAccount {
    pub id: String,
    pub name: Option<String>,
    /// In the provider's words.
    pub status: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub terms: Option<String>,
    /// None for a word that is no currency.
    pub currency: Option<Currency>,
    /// Minor units.
    pub limit: Option<i64>,
    pub used: Option<i64>,
    pub available: Option<i64>,
}

/// What is sealed of an entry.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedEntry {
    pub email: String,
    pub accounts: Vec<CreditAccount>,
}

impl CreditEntry {
    /// Whether it is older than `maxAge`.
    pub fn is_older_than(&self, age: Duration, now: DateTime<Utc>) -> bool {
        let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
        now - self.read_at > age
    }

    /// Whether it has an account; the empty text is the key of entries without one.
    pub fn tells_of(&self, account: &str) -> bool {
        match account {
            "" => self.accounts.is_empty(),
            id => self.accounts.iter().any(|it| it.id == id),
        }
    }
}

impl SealedEntry {
    pub(super) fn new(email: &Email, accounts: &[CreditAccount]) -> Self {
        SealedEntry {
            email: email.expose().to_owned(),
            accounts: accounts.to_vec(),
        }
    }
}

impl CreditAccount {
    /// Whether the company may not order.
    pub fn is_on_hold(&self) -> bool {
        is_on_hold(self.status.as_deref(), self.disabled_at)
    }

    /// What is left of the credit, where that is known.
    pub fn available(&self) -> Option<Money> {
        self.money(self.available)
    }

    /// An amount in the account's currency.
    pub fn money(&self, minor: Option<i64>) -> Option<Money> {
        Some(Money::from_minor(minor?, self.currency?))
    }
}

/// Whether a company may not order.
pub fn is_on_hold(status: Option<&str>, disabled_at: Option<DateTime<Utc>>) -> bool {
    let status = status.map(|status| status.trim().to_ascii_lowercase());
    disabled_at.is_some() || status.is_some_and(|status| ON_HOLD.contains(&status.as_str()))
}

impl From<&CorporateAccount> for CreditAccount {
    fn from(read: &CorporateAccount) -> Self {
        CreditAccount {
            id: read.id.to_string(),
            name: read.name.clone(),
            status: read.status.clone(),
            disabled_at: read.disabled_at,
            terms: read.terms.clone(),
            currency: read.known_currency(),
            limit: read.credit_limit,
            used: read.credit_used,
            available: read.credit_available,
        }
    }
}

/// What makes entries outdated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// What is known of a buyer.
    Buyer(EmailHash),
    /// What is known of every buyer of a company.
    Account(ProviderId),
    /// Who had no account may have one now.
    WithoutAccount,
    All,
}
