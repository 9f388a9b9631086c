//! Which payments the provider should have paid the shop for by now, and the event that says so.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    announcements::funding_overdue,
    store::{self, Deadline},
};
use crate::{
    events,
    integrations::{self, Financing},
    store::{Conn, Store, StoreError},
};

/// Payments per write transaction, so that other writes do not wait long.
const BATCH: usize = 50;

/// How many payments are overdue.
pub fn count_overdue(conn: &mut Conn, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let filter = store::PaymentFilter {
        funding_overdue: Some(true),
        deadlines: deadlines(conn, now)?,
        ..store::PaymentFilter::default()
    };
    store::count(conn, &filter)
}

/// One deadline for each account that the provider finances. A shop that finances itself waits for no funding.
pub fn deadlines(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Deadline>, StoreError> {
    let mut accounts = integrations::store::list_provider_accounts(conn)?;
    accounts.retain(|(_, settings)| settings.financing == Financing::Provider);
    let deadlines = accounts.iter().map(|(id, settings)| Deadline {
        integration: *id,
        from_shipment: settings.requires_shipment,
        before: now - TimeDelta::hours(i64::from(settings.funding_alert_hours)),
    });
    Ok(deadlines.collect())
}

/// Writes an event for each payment that became overdue, and returns how many. Replicas may run it at once.
pub async fn note_overdue(from: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut noted = 0;
    for deadline in from.read(move |conn| deadlines(conn, now)).await? {
        loop {
            // Reading first keeps the writer free.
            let list = move |conn: &mut Conn| store::list_newly_overdue(conn, &deadline, BATCH);
            let (ledgers, is_last) = from.read(list).await?;
            if ledgers.is_empty() {
                break;
            }
            let appended = from.write(move |tx| {
                let mut appended = 0;
                for ledger in &ledgers {
                    if store::note_overdue(tx, &ledger.payment, &deadline)? {
                        events::append(tx, &[funding_overdue(ledger, now)])?;
                        appended += 1;
                    }
                }
                Ok::<_, StoreError>(appended)
            });
            let appended = appended.await?;
            noted += appended;
            // Those that cannot be read, or that another replica notes, are listed again.
            if is_last || appended == 0 {
                break;
            }
        }
    }
    Ok(noted)
}
