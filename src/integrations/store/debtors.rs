//! Who owes the money of an integration's invoices, for the books.

use diesel::prelude::*;

use crate::{
    ids::IntegrationId,
    integrations::{Financing, IntegrationSettings},
    payment_methods::MethodType,
    store::{Conn, StoreError, schema::integrations},
};

/// What the books need to know of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationDebtor {
    pub id: IntegrationId,
    pub name: String,
    /// By when its provider has to pay; `None` where the buyer owes the shop.
    pub funding: Option<FundingTerms>,
}

/// By when a provider has to pay the shop for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingTerms {
    /// Whether the time begins with the shipment.
    pub from_shipment: bool,
    pub hours: u32,
}

/// Every integration, archived ones too: their invoices stay in the books.
pub fn list_debtors(conn: &mut Conn) -> Result<Vec<IntegrationDebtor>, StoreError> {
    let rows: Vec<(IntegrationId, MethodType, String, String)> = integrations::table
        .order(integrations::id.asc())
        .select((
            integrations::id,
            integrations::type_,
            integrations::name,
            integrations::settings,
        ))
        .load(conn)?;
    let entry = |(id, kind, name, settings): (_, _, _, String)| IntegrationDebtor {
        id,
        name,
        funding: IntegrationSettings::from_stored(kind, &settings)
            .inspect_err(
                |error| tracing::warn!(%error, "the settings of an integration cannot be read"),
            )
            .ok()
            .and_then(|settings| funding_of(&settings)),
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
