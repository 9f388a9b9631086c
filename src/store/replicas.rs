//! The services that use the database. Each writes its own row every few seconds, so that a service of another layout
//! does not start at the same time.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{Conn, StoreError, Tx, on_each, schema::replicas, timestamp};

/// Incremented by a release whose rows an older binary would read or write wrongly; services of two layouts must never
/// run at the same time.
pub const LAYOUT: i32 = 1;

/// A service that was not seen for this time has stopped.
const ALIVE_FOR: TimeDelta = TimeDelta::seconds(30);

/// A running service.
#[derive(Clone, Debug, Queryable)]
pub struct Replica {
    pub id: String,
    /// The version of its binary.
    pub version: String,
    pub layout: i32,
}

/// Records that a service of this layout is alive.
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

/// Removes the row of a service that stops.
pub fn leave(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    diesel::delete(replicas::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Removes the rows of services that stopped without [`leave`].
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
