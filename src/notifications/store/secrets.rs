//! The secrets of endpoints.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::{EndpointId, EndpointSecretId},
    notifications::secret::{SealedSecret, place},
    privacy::{SealedColumn, sealed_column},
    store::{Conn, StoreError, Tx, on_each, schema::notification_secrets, timestamp},
};

/// The maximum number of former secrets in use; each makes the signature header longer.
const MOST: i64 = 4;

/// The sealed columns of this module.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(notification_secrets.sealed by id, place, batch = 200)];

/// Adds the new present secret.
pub fn insert_secret(
    tx: &mut Tx<'_>,
    endpoint: EndpointId,
    secret: &SealedSecret,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(notification_secrets::table)
        .values((
            notification_secrets::id.eq(secret.id),
            notification_secrets::endpoint_id.eq(endpoint),
            notification_secrets::sealed.eq(&secret.sealed),
            notification_secrets::created_at.eq(timestamp::to_stored(at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Sets the expiry of every secret to `until`, unless it expires earlier.
pub fn retire_secrets(
    tx: &mut Tx<'_>,
    endpoint: EndpointId,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let until = timestamp::to_stored(until);
    let later = notification_secrets::expires_at
        .is_null()
        .or(notification_secrets::expires_at.gt(until).assume_not_null());
    let lasting = notification_secrets::table
        .filter(notification_secrets::endpoint_id.eq(endpoint))
        .filter(later);
    diesel::update(lasting)
        .set(notification_secrets::expires_at.eq(until))
        .execute(tx.conn())?;
    Ok(())
}

/// Deletes expired secrets, and the oldest ones beyond the maximum number.
pub fn forget_secrets(
    tx: &mut Tx<'_>,
    endpoint: EndpointId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let kept: Vec<EndpointSecretId> = active(&[endpoint], now)
        .order(notification_secrets::id.desc())
        .limit(MOST)
        .select(notification_secrets::id)
        .load(tx.conn())?;
    on_each!(tx.conn(), conn => diesel::delete(notification_secrets::table)
        .filter(notification_secrets::endpoint_id.eq(endpoint))
        .filter(notification_secrets::id.ne_all(&kept))
        .execute(conn))?;
    Ok(())
}

/// Deletes every secret.
pub fn delete_secrets(tx: &mut Tx<'_>, endpoint: EndpointId) -> Result<(), StoreError> {
    let all = notification_secrets::table.filter(notification_secrets::endpoint_id.eq(endpoint));
    diesel::delete(all).execute(tx.conn())?;
    Ok(())
}

/// The valid secrets of these endpoints, newest first.
pub fn active_secrets(
    conn: &mut Conn,
    endpoints: &[EndpointId],
    now: DateTime<Utc>,
) -> Result<Vec<(EndpointId, SealedSecret)>, StoreError> {
    let columns = (notification_secrets::endpoint_id, SealedSecret::as_select());
    Ok(active(endpoints, now)
        .order(notification_secrets::id.desc())
        .select(columns)
        .load(conn)?)
}

/// The present secret.
pub fn present_secret(
    conn: &mut Conn,
    endpoint: EndpointId,
) -> Result<Option<SealedSecret>, StoreError> {
    Ok(notification_secrets::table
        .filter(notification_secrets::endpoint_id.eq(endpoint))
        .filter(notification_secrets::expires_at.is_null())
        .order(notification_secrets::id.desc())
        .select(SealedSecret::as_select())
        .first(conn)
        .optional()?)
}

fn active(
    endpoints: &[EndpointId],
    now: DateTime<Utc>,
) -> notification_secrets::BoxedQuery<'static, crate::store::MultiBackend> {
    let lasts = notification_secrets::expires_at
        .is_null()
        .or(notification_secrets::expires_at
            .gt(timestamp::to_stored(now))
            .assume_not_null());
    notification_secrets::table
        .filter(notification_secrets::endpoint_id.eq_any(endpoints.to_vec()))
        .filter(lasts)
        .into_boxed()
}
