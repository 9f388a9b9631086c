//! Which services use the database. Each writes a row of its own every few seconds, so that one of another layout does not
//! start beside them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{Conn, StoreError, Tx, on_each, schema::replicas, timestamp};

/// Grows with a release whose rows an older binary would read or write wrongly, so that both must never run at once.
pub const LAYOUT: i32 = 1;

/// A service that was not seen for so long has stopped.
const ALIVE_FOR: TimeDelta = TimeDelta::seconds(30);

/// A running service.
#[derive(Clone, Debug, Queryable)]
pub struct Replica {
    pub id: String,
    /// Of its binary.
    pub version: String,
    pub layout: i32,
}

/// Writes that a service of this layout is alive.
pub fn beat(
    tx: &mut Tx<'_>,
    id: &str,
    version: &str,
    started_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on_each!(tx.conn(), conn => diesel::insert_into(replicas::table)
        .values((
            replicas::id.eq(id),
            replicas::version.eq(version),
            replicas::layout.eq(LAYOUT),
            replicas::started_at.eq(timestamp::to_stored(started_at)),
            replicas::seen_at.eq(timestamp::to_stored(now)),
        ))
        .on_conflict(replicas::id)
        .do_update()
        .set(replicas::seen_at.eq(timestamp::to_stored(now)))
        .execute(conn))?;
    Ok(())
}

/// Forgets a service that stops.
pub fn leave(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    diesel::delete(replicas::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Forgets services that stopped without a word.
pub fn forget_silent(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let silent = replicas::seen_at.lt(timestamp::to_stored(now - ALIVE_FOR * 10));
    Ok(diesel::delete(replicas::table.filter(silent)).execute(tx.conn())?)
}

/// The services that are alive.
pub(super) fn list_alive(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Replica>, StoreError> {
    Ok(replicas::table
        .filter(replicas::seen_at.gt(timestamp::to_stored(now - ALIVE_FOR)))
        .order(replicas::id)
        .select((replicas::id, replicas::version, replicas::layout))
        .load(conn)?)
}
