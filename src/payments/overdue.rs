//! Which payments Apruve should have paid the shop for by now.

use chrono::{DateTime, TimeDelta, Utc};

use super::store;
use crate::{
    ids::IntegrationId,
    integrations::{self, ApruveSettings, Financing},
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
    let accounts = integrations::store::list_apruve(conn)?;
    let deadlines = accounts
        .iter()
        .filter_map(|(id, settings)| deadline(*id, settings, now));
    Ok(deadlines.collect())
}

fn deadline(
    integration: IntegrationId,
    settings: &ApruveSettings,
    now: DateTime<Utc>,
) -> Option<Deadline> {
    (settings.financing == Financing::Apruve).then(|| Deadline {
        integration,
        from_shipment: settings.requires_shipment,
        before: now - TimeDelta::hours(i64::from(settings.funding_alert_hours)),
    })
}
