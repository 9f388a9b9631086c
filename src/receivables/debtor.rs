//! The debtor of an invoice, and when the invoice is due.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{Queryable, Selectable};

use crate::{
    ids::IntegrationId,
    integrations::store::{FundingTerms, IntegrationDebtor},
    payments::Receivable,
    store::{columns::MomentOrNever, schema::invoices},
    string_enum::string_enum,
};

string_enum! {
    /// The party that owes the money to the shop.
    Debtor as "Debtor" {
        /// The provider, which finances the sale and pays the shop.
        Provider = "provider",
        /// The shop's customer, for offline sales and for accounts with `financing: self`.
        Buyer = "buyer",
    }
}

/// The integrations with the terms by which their providers pay.
#[derive(Clone, Debug, Default)]
pub struct Debtors(HashMap<IntegrationId, IntegrationDebtor>);

impl Debtors {
    /// Builds the map from the entries that were read.
    pub fn of(entries: Vec<IntegrationDebtor>) -> Self {
        Debtors(entries.into_iter().map(|it| (it.id, it)).collect())
    }

    /// The terms by which the provider pays; `None` if the buyer owes.
    pub fn funding(&self, integration: IntegrationId) -> Option<FundingTerms> {
        self.0.get(&integration).and_then(|it| it.funding)
    }

    /// The debtor of the integration's invoices.
    pub fn debtor(&self, integration: IntegrationId) -> Debtor {
        match self.funding(integration) {
            Some(_) => Debtor::Provider,
            None => Debtor::Buyer,
        }
    }

    /// The integration's name; empty if it is unknown.
    pub fn name(&self, integration: IntegrationId) -> &str {
        self.0.get(&integration).map_or("", |it| it.name.as_str())
    }

    /// Every integration with its terms.
    pub fn all(&self) -> impl Iterator<Item = (IntegrationId, Option<FundingTerms>)> {
        self.0.values().map(|it| (it.id, it.funding))
    }
}

/// The dates of an invoice from which its due time follows.
#[derive(Clone, Copy, Debug, Default, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct Dates {
    #[diesel(deserialize_as = MomentOrNever)]
    pub issued_at: Option<DateTime<Utc>>,
    /// When it was both issued and shipped.
    #[diesel(deserialize_as = MomentOrNever)]
    pub shipped_at: Option<DateTime<Utc>>,
    /// When the buyer has to pay.
    #[diesel(deserialize_as = MomentOrNever)]
    pub due_at: Option<DateTime<Utc>>,
}

impl Dates {
    /// The dates of an invoice.
    pub fn of(invoice: &Receivable) -> Self {
        Dates {
            issued_at: invoice.issued_at.into(),
            shipped_at: invoice.shipped_at.into(),
            due_at: invoice.due_at.into(),
        }
    }

    /// When the debtor has to pay; `None` while unknown.
    pub fn due(&self, funding: Option<FundingTerms>) -> Option<DateTime<Utc>> {
        match funding {
            Some(terms) => {
                let begins = match terms.from_shipment {
                    true => self.shipped_at,
                    false => self.issued_at,
                };
                begins?.checked_add_signed(TimeDelta::hours(i64::from(terms.hours)))
            }
            // An invoice that is not issued is not owed yet.
            None => self.due_at.filter(|_| self.issued_at.is_some()),
        }
    }
}
