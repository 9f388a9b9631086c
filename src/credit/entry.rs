//! The entry with a buyer's credit.

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

/// The status words of companies that may not order; compared without case.
const ON_HOLD: [&str; 3] = ["suspended", "denied", "disabled"];

/// The key of an entry: the integration, and the keyed hash of the buyer's e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditKey {
    pub integration: IntegrationId,
    pub email: EmailHash,
}

impl CreditKey {
    /// The id of the row.
    pub fn row(&self) -> String {
        format!("{}.{}", self.integration, self.email.as_str())
    }
}

/// A buyer's credit as it was read from the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditEntry {
    /// Empty for a buyer whom the provider does not know.
    pub accounts: Vec<CreditAccount>,
    pub read_at: DateTime<Utc>,
    /// The number of the change that wrote the entry; a change with a higher number may have dropped it.
    pub number: i64,
}

/// A company's account at the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditAccount {
    pub id: String,
    pub name: Option<String>,
    /// The status as the provider spells it.
    pub status: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub terms: Option<String>,
    /// `None` if the provider's word is not a known currency.
    pub currency: Option<Currency>,
    /// In minor units, like the next two fields.
    pub limit: Option<i64>,
    pub used: Option<i64>,
    pub available: Option<i64>,
}

/// The sealed part of an entry.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedEntry {
    pub email: String,
    pub accounts: Vec<CreditAccount>,
}

impl CreditEntry {
    /// Whether the entry is older than `age`.
    pub fn is_older_than(&self, age: Duration, now: DateTime<Utc>) -> bool {
        let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
        now - self.read_at > age
    }

    /// Whether the entry has this account; the empty text matches entries without any account.
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

    /// The credit that is left; `None` if the amount or its currency is unknown.
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

/// The set of entries that a change makes outdated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// The entry of a buyer.
    Buyer(EmailHash),
    /// The entries of all buyers of a company.
    Account(ProviderId),
    /// The entries of buyers without an account, who may have one now.
    WithoutAccount,
    All,
}
