//! The rows of recorded carts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use zeroize::Zeroizing;

use crate::{
    ids::RecordedCartId,
    privacy::{EmailHash, SealedColumn, sealed_column},
    seal::{CannotOpen, SealedField, Sealer},
    store::{
        Conn, MultiBackend, StoreError, Tx, columns::Moment, on_each, schema::recorded_carts,
        timestamp,
    },
};

/// The maximum number of rows in one statement; each row has four parameters.
const ROWS_OF_A_STATEMENT: usize = 200;

/// A recorded cart.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = recorded_carts)]
pub struct RecordedRow {
    pub id: RecordedCartId,
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub recorded_at: DateTime<Utc>,
    pub email_hash: Option<EmailHash>,
    pub sealed: String,
}

impl RecordedRow {
    /// Decrypts the recorded part of the cart, for [`super::RecordedCart::parse`].
    pub fn open(&self, sealer: &Sealer) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        sealer.open_bytes(place(&self.id.to_string()), &self.sealed)
    }
}

/// A half-open span of time: the start is included, the end is not. `None` is without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingWindow {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// The sealed field of a recorded cart.
pub fn place(id: &str) -> SealedField<'_> {
    SealedField {
        table: "recorded_carts",
        id,
        field: "sealed",
    }
}

/// Inserts carts.
pub fn insert(tx: &mut Tx<'_>, rows: &[RecordedRow]) -> Result<(), StoreError> {
    for rows in rows.chunks(ROWS_OF_A_STATEMENT) {
        on_each!(tx.conn(), conn => diesel::insert_into(recorded_carts::table)
            .values(rows.to_vec())
            .execute(conn))?;
    }
    Ok(())
}

/// The carts of a window after an id, in the order of ids, which is the order of time.
pub fn list_after(
    conn: &mut Conn,
    window: RecordingWindow,
    after: &str,
    limit: i64,
) -> Result<Vec<RecordedRow>, StoreError> {
    Ok(within(window)
        .filter(recorded_carts::id.gt(after.to_owned()))
        .order(recorded_carts::id)
        .limit(limit)
        .select(RecordedRow::as_select())
        .load(conn)?)
}

/// The number of carts in a window.
pub fn count(conn: &mut Conn, window: RecordingWindow) -> Result<i64, StoreError> {
    Ok(within(window).count().get_result(conn)?)
}

fn within(window: RecordingWindow) -> recorded_carts::BoxedQuery<'static, MultiBackend> {
    let mut query = recorded_carts::table.into_boxed();
    if let Some(from) = window.from {
        query = query.filter(recorded_carts::recorded_at.ge(timestamp::to_stored(from)));
    }
    if let Some(until) = window.until {
        query = query.filter(recorded_carts::recorded_at.lt(timestamp::to_stored(until)));
    }
    query
}

/// Those of these carts that still exist.
pub fn load(conn: &mut Conn, ids: &[RecordedCartId]) -> Result<Vec<RecordedRow>, StoreError> {
    let mut rows = Vec::new();
    for ids in ids.chunks(ROWS_OF_A_STATEMENT) {
        rows.extend(
            recorded_carts::table
                .filter(recorded_carts::id.eq_any(ids.to_vec()))
                .select(RecordedRow::as_select())
                .load(conn)?,
        );
    }
    Ok(rows)
}

/// Deletes the oldest carts until at most `max` are left.
pub fn forget_beyond(tx: &mut Tx<'_>, max: i64) -> Result<usize, StoreError> {
    let newest_too_many: Option<String> = recorded_carts::table
        .order(recorded_carts::id.desc())
        .offset(max)
        .limit(1)
        .select(recorded_carts::id)
        .first(tx.conn())
        .optional()?;
    let Some(last) = newest_too_many else {
        return Ok(0);
    };
    let too_many = recorded_carts::table.filter(recorded_carts::id.le(last));
    Ok(diesel::delete(too_many).execute(tx.conn())?)
}

/// Deletes up to `most` carts that were recorded before a moment.
pub fn forget_before(
    tx: &mut Tx<'_>,
    moment: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let old: Vec<String> = recorded_carts::table
        .filter(recorded_carts::recorded_at.lt(timestamp::to_stored(moment)))
        .order(recorded_carts::recorded_at)
        .limit(most)
        .select(recorded_carts::id)
        .load(tx.conn())?;
    let carts = recorded_carts::table.filter(recorded_carts::id.eq_any(old));
    Ok(diesel::delete(carts).execute(tx.conn())?)
}

/// The carts of a buyer.
pub fn list_by_email(conn: &mut Conn, email: &EmailHash) -> Result<Vec<RecordedRow>, StoreError> {
    Ok(recorded_carts::table
        .filter(recorded_carts::email_hash.eq(email))
        .order(recorded_carts::id)
        .select(RecordedRow::as_select())
        .load(conn)?)
}

/// Deletes the carts of a buyer.
pub fn forget_buyer(tx: &mut Tx<'_>, email: &EmailHash) -> Result<usize, StoreError> {
    let carts = recorded_carts::table.filter(recorded_carts::email_hash.eq(email));
    Ok(diesel::delete(carts).execute(tx.conn())?)
}

/// The sealed column, for rotating the master key.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(recorded_carts.sealed by id, place, batch = 500)];
