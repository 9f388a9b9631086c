//! A buying company and its credit.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::ProviderId;
use crate::money::{Currency, Money};

/// A buying company's credit line with one merchant. Limit = available + used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorporateAccount {
    pub id: ProviderId,
    /// The user who places the order if no authorized buyer has the buyer's e-mail address.
    pub customer_id: Option<ProviderId>,
    pub name: Option<String>,
    /// The status as the provider spells it.
    pub status: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// The payment terms as the provider spells them, such as `EOMNet15` or `Net30`.
    pub terms: Option<String>,
    /// The currency of the credit figures, as the provider spells it.
    pub currency: String,
    /// In minor units, like the next two fields.
    pub credit_limit: Option<i64>,
    pub credit_used: Option<i64>,
    pub credit_available: Option<i64>,
    pub authorized_buyers: Vec<AuthorizedBuyer>,
}

/// A person who may order for the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuthorizedBuyer)]
pub struct AuthorizedBuyer {
    /// Apruve's id of the person.
    #[schema(value_type = String)]
    pub id: ProviderId,
    /// The person's name.
    #[schema(example = "Amanda Cole")]
    pub name: Option<String>,
    /// The e-mail address by which Apruve knows the person.
    #[schema(example = "amanda@acme.example")]
    pub email: Option<String>,
}

impl CorporateAccount {
    /// The authorized buyer with this e-mail address; case and surrounding blanks do not matter.
    pub fn buyer(&self, email: &str) -> Option<&AuthorizedBuyer> {
        let email = email.trim().to_lowercase();
        self.authorized_buyers.iter().find(|buyer| {
            let theirs = buyer.email.as_deref();
            theirs.is_some_and(|theirs| theirs.trim().to_lowercase() == email)
        })
    }

    /// The currency of the credit figures; `None` if the provider's word is not a known currency.
    pub fn known_currency(&self) -> Option<Currency> {
        Currency::meant_by(&self.currency)
    }

    /// The credit that is left; `None` if the amount or its currency is unknown.
    pub fn available(&self) -> Option<Money> {
        self.money(self.credit_available)
    }

    /// One of the credit figures as an amount.
    pub fn money(&self, minor: Option<i64>) -> Option<Money> {
        Some(Money::from_minor(minor?, self.known_currency()?))
    }
}
