//! The rows of endpoints, their secrets and deliveries.

mod deliveries;
mod listing;
mod queue;
mod secrets;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::endpoint::{DisabledReason, Endpoint};
use crate::{
    ids::EndpointId,
    store::{Conn, StoreError, Tx, first_locked, schema::notification_endpoints, timestamp},
};

pub use deliveries::{
    DeliveryFilter, count, find_delivery, forget_before, insert_deliveries, insert_delivery, list,
    make_due,
};
pub use listing::{EndpointFilter, list_page};
pub use queue::{ClaimedDelivery, claim, find_due, oldest_due, release, settle};
pub use secrets::{
    SEALED, active_secrets, delete_secrets, forget_secrets, insert_secret, present_secret,
    retire_secrets,
};

#[diesel::dsl::auto_type]
fn alive(id: EndpointId) -> _ {
    notification_endpoints::table
        .find(id)
        .filter(notification_endpoints::deleted_at.is_null())
}

/// Adds an endpoint.
pub fn insert(tx: &mut Tx<'_>, new: &Endpoint) -> Result<(), StoreError> {
    diesel::insert_into(notification_endpoints::table)
        .values((
            notification_endpoints::id.eq(new.id),
            notification_endpoints::url.eq(&new.url),
            notification_endpoints::types.eq(new.types.to_text()),
            notification_endpoints::websites.eq(new.websites.as_ref().map(|it| it.to_text())),
            notification_endpoints::description.eq(&new.description),
            notification_endpoints::enabled.eq(new.enabled),
            notification_endpoints::disabled_reason.eq(new.disabled_reason),
            notification_endpoints::position.eq(new.position),
            notification_endpoints::version.eq(new.version),
            notification_endpoints::created_at.eq(timestamp::to_stored(new.created_at)),
            notification_endpoints::updated_at.eq(timestamp::to_stored(new.updated_at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes a new version over its predecessor. With `begins_anew`, the position is written too and the record of
/// failures is cleared. False if the predecessor is not the current version any more.
pub fn save(tx: &mut Tx<'_>, new: &Endpoint, begins_anew: bool) -> Result<bool, StoreError> {
    let before = alive(new.id).filter(notification_endpoints::version.eq(new.version - 1));
    let anew = begins_anew.then_some((
        notification_endpoints::position.eq(new.position),
        notification_endpoints::failing_since.eq(None::<chrono::NaiveDateTime>),
    ));
    let rows = diesel::update(before)
        .set((
            notification_endpoints::url.eq(&new.url),
            notification_endpoints::types.eq(new.types.to_text()),
            notification_endpoints::websites.eq(new.websites.as_ref().map(|it| it.to_text())),
            notification_endpoints::description.eq(&new.description),
            notification_endpoints::enabled.eq(new.enabled),
            notification_endpoints::disabled_reason.eq(new.disabled_reason),
            // Diesel leaves an assignment of `None` out of the statement.
            anew,
            notification_endpoints::version.eq(new.version),
            notification_endpoints::updated_at.eq(timestamp::to_stored(new.updated_at)),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Marks an endpoint as deleted and deletes its secrets. [`forget_before`] deletes the rest.
pub fn delete(tx: &mut Tx<'_>, id: EndpointId, at: DateTime<Utc>) -> Result<(), StoreError> {
    delete_secrets(tx, id)?;
    diesel::update(notification_endpoints::table.find(id))
        .set((
            notification_endpoints::enabled.eq(false),
            notification_endpoints::deleted_at.eq(timestamp::to_stored(at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The endpoint with this id.
pub fn find(conn: &mut Conn, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let found = alive(id).select(Endpoint::as_select()).first(conn);
    Ok(found.optional()?)
}

/// The enabled ones of these endpoints, each with whether it is failing.
pub fn find_enabled(
    conn: &mut Conn,
    ids: &[EndpointId],
) -> Result<Vec<(Endpoint, bool)>, StoreError> {
    Ok(notification_endpoints::table
        .filter(notification_endpoints::id.eq_any(ids))
        .filter(notification_endpoints::deleted_at.is_null())
        .filter(notification_endpoints::enabled.eq(true))
        .select((
            Endpoint::as_select(),
            notification_endpoints::failing_since.is_not_null(),
        ))
        .load(conn)?)
}

/// As [`find`], locked until the transaction ends.
pub fn find_locked(tx: &mut Tx<'_>, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let row: QueryResult<Endpoint> = first_locked!(tx, alive(id).select(Endpoint::as_select()));
    Ok(row.optional()?)
}

/// Counts the endpoints. Locks the first one, so that concurrent creations wait for each other.
pub fn count_locked(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let alive =
        || notification_endpoints::table.filter(notification_endpoints::deleted_at.is_null());
    let ids = alive().order(notification_endpoints::id);
    let first: QueryResult<EndpointId> = first_locked!(tx, ids.select(notification_endpoints::id));
    first.optional()?;
    Ok(alive().count().get_result(tx.conn())?)
}

/// Counts the endpoints by state: `on`, `off` (by a caller), or the reason for which the service switched them off.
pub fn count_endpoints(conn: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    let groups = (
        notification_endpoints::enabled,
        notification_endpoints::disabled_reason,
    );
    let rows: Vec<(bool, Option<String>, i64)> = notification_endpoints::table
        .filter(notification_endpoints::deleted_at.is_null())
        .group_by(groups)
        .select((
            notification_endpoints::enabled,
            notification_endpoints::disabled_reason,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let state = |(enabled, reason, count): (bool, Option<String>, i64)| match enabled {
        true => ("on".to_owned(), count),
        false => (reason.unwrap_or_else(|| "off".to_owned()), count),
    };
    Ok(rows.into_iter().map(state).collect())
}

/// The enabled endpoints whose position is before this place in the feed.
pub fn list_behind(conn: &mut Conn, last: i64) -> Result<Vec<Endpoint>, StoreError> {
    Ok(notification_endpoints::table
        .filter(notification_endpoints::deleted_at.is_null())
        .filter(notification_endpoints::enabled.eq(true))
        .filter(notification_endpoints::position.lt(last))
        .select(Endpoint::as_select())
        .load(conn)?)
}

/// Advances the position of an endpoint. False if another worker has advanced it, or the endpoint is disabled.
pub fn advance(tx: &mut Tx<'_>, id: EndpointId, from: i64, to: i64) -> Result<bool, StoreError> {
    let there = alive(id)
        .filter(notification_endpoints::enabled.eq(true))
        .filter(notification_endpoints::position.eq(from));
    let rows = diesel::update(there)
        .set(notification_endpoints::position.eq(to))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Sets the position of an endpoint back, so that the events after it are delivered again.
pub fn rewind(tx: &mut Tx<'_>, id: EndpointId, to: i64) -> Result<(), StoreError> {
    diesel::update(alive(id))
        .set(notification_endpoints::position.eq(to))
        .execute(tx.conn())?;
    Ok(())
}

/// Records a success, which ends a series of failures.
pub fn note_success(tx: &mut Tx<'_>, id: EndpointId) -> Result<(), StoreError> {
    let failing = alive(id).filter(notification_endpoints::failing_since.is_not_null());
    diesel::update(failing)
        .set(notification_endpoints::failing_since.eq(None::<chrono::NaiveDateTime>))
        .execute(tx.conn())?;
    Ok(())
}

/// Records a failure, and returns since when all attempts have failed. `None` if the endpoint is disabled.
pub fn note_failure(
    tx: &mut Tx<'_>,
    id: EndpointId,
    at: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let on = || alive(id).filter(notification_endpoints::enabled.eq(true));
    diesel::update(on().filter(notification_endpoints::failing_since.is_null()))
        .set(notification_endpoints::failing_since.eq(timestamp::to_stored(at)))
        .execute(tx.conn())?;
    let since: Option<Option<chrono::NaiveDateTime>> = on()
        .select(notification_endpoints::failing_since)
        .first(tx.conn())
        .optional()?;
    Ok(since.flatten().map(timestamp::from_stored))
}

/// Switches an endpoint off, and returns it before and after the change. `None` if it is off already.
pub fn disable(
    tx: &mut Tx<'_>,
    id: EndpointId,
    reason: DisabledReason,
    at: DateTime<Utc>,
) -> Result<Option<(Endpoint, Endpoint)>, StoreError> {
    let Some(before) = find_locked(tx, id)?.filter(|it| it.enabled) else {
        return Ok(None);
    };
    let after = Endpoint {
        enabled: false,
        disabled_reason: Some(reason),
        version: before.version + 1,
        updated_at: at,
        ..before.clone()
    };
    let saved = save(tx, &after, false)?;
    Ok(saved.then_some((before, after)))
}
