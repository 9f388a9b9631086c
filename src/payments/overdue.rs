//! Which payments Apruve should have paid the shop for by now.

use chrono::{DateTime, TimeDelta, Utc};

use super::store;
use crate::{
    ids::IntegrationId,
    integrations::{self, Financing},
    store::{Conn, StoreError},
};

/// By when an integration's invoices must have begun to wait to be overdue now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub integration: IntegrationId,
    /// Whether waiting begins with the shipment.
    pub from_shipment: bool,
    pub before: DateTime<Utc>,
}

/// How many payments are overdue.
pub fn count_overdue(conn: &mut Conn, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let filter = store::Filter {
        overdue: Some((true, deadlines(conn, now)?)),
        ..store::Filter::default()
    };
    store::count(conn, &filter)
}

/// One for each account that Apruve finances; a shop that finances itself waits for nobody.
pub fn deadlines(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Deadline>, StoreError> {
    let accounts = integrations::store::list_provider_accounts(conn)?;
    let deadlines = accounts
        .iter()
        .filter(|(_, settings)| settings.financing == Financing::Provider)
        .map(|(id, settings)| Deadline {
            integration: *id,
            from_shipment: settings.requires_shipment,
            before: now - TimeDelta::hours(i64::from(settings.funding_alert_hours)),
        });
    Ok(deadlines.collect())
}
