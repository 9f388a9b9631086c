//! Who owes the invoices of an integration: the provider or the buyer.

use diesel::prelude::*;

use crate::{
    error_chain,
    ids::IntegrationId,
    integrations::{Financing, IntegrationSettings, settings::StoredSettings},
    store::{Conn, StoreError, schema::integrations},
};

/// An integration as the receivables see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationDebtor {
    pub id: IntegrationId,
    pub name: String,
    /// The terms by which the provider pays the shop; `None` if the buyer owes the shop.
    pub funding: Option<FundingTerms>,
}

/// When a provider has to pay the shop for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingTerms {
    /// Whether the period begins with the shipment instead of the issue.
    pub from_shipment: bool,
    pub hours: u32,
}

/// Lists every integration, including archived ones, whose invoices remain.
pub fn list_debtors(conn: &mut Conn) -> Result<Vec<IntegrationDebtor>, StoreError> {
    let rows: Vec<(IntegrationId, String, StoredSettings)> = integrations::table
        .order(integrations::id.asc())
        .select((
            integrations::id,
            integrations::name,
            (integrations::type_, integrations::settings),
        ))
        .load(conn)?;
    let entry = |(id, name, settings)| {
        IntegrationDebtor {
        id,
        name,
        funding: IntegrationSettings::try_from(settings)
            .inspect_err(|error| {
                let error = error_chain::chain(error);
                tracing::warn!(integration = %id, error, "the settings of an integration cannot be read");
            })
            .ok()
            .and_then(|settings| funding_of(&settings)),
    }
    };
    Ok(rows.into_iter().map(entry).collect())
}

fn funding_of(settings: &IntegrationSettings) -> Option<FundingTerms> {
    let settings = settings.as_provider()?;
    (settings.financing == Financing::Provider).then_some(FundingTerms {
        from_shipment: settings.requires_shipment,
        hours: settings.funding_alert_hours,
    })
}
