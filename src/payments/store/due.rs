//! Payments that are to be read back: each is given to one worker at a time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::oldest_due;
use crate::{
    ids::PaymentId,
    jobs::Lease,
    store::{Conn, StoreError, Tx, load_unlocked, schema::payments, timestamp},
};

/// Whether any payment's next sync is due.
pub fn has_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    Ok(oldest_due(conn, now)?.is_some())
}

/// Claims payments whose next sync is due, and moves that sync to the end of the lease.
pub fn claim_due(tx: &mut Tx<'_>, lease: &Lease, limit: i64) -> Result<Vec<PaymentId>, StoreError> {
    let due = payments::table
        .filter(payments::next_look_at.le(timestamp::to_stored(lease.now)))
        .order(payments::next_look_at.asc())
        .limit(limit)
        .select(payments::id);
    let ids: Vec<PaymentId> = load_unlocked!(tx.conn(), due)?;
    diesel::update(payments::table.filter(payments::id.eq_any(&ids)))
        .set(payments::next_look_at.eq(timestamp::to_stored(lease.until)))
        .execute(tx.conn())?;
    Ok(ids)
}

/// Moves the next sync of a payment that is still as it was in `version`; a later change is kept.
pub fn postpone(
    tx: &mut Tx<'_>,
    id: PaymentId,
    version: i64,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let unchanged = payments::table
        .find(id)
        .filter(payments::version.eq(version));
    diesel::update(unchanged)
        .set(payments::next_look_at.eq(timestamp::to_stored(until)))
        .execute(tx.conn())?;
    Ok(())
}
