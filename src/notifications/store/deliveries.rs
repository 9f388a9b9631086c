//! Reads, inserts and deletes deliveries.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::{
    http::pagination::{FilledText, ListRow, Page, Period, list_filter, list_rows},
    ids::{self, DeliveryId, EndpointId},
    notifications::delivery::{Delivery, DeliveryState},
    store::{
        Conn, MultiBackend, StoreError, Tx,
        keyset::{self, equal, sorted, within},
        on_each,
        schema::{deliveries, notification_endpoints},
        timestamp,
    },
};

sorted! {
    /// The sort fields of the list.
    DeliverySort of deliveries by id as String {
        CreatedAt = "createdAt": created_at as NaiveDateTime,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    DeliveryFilter of DeliverySort by CreatedAt Descending {
        /// Only deliveries in this state.
        state: Option<DeliveryState> = "state",
        /// Only deliveries of this event.
        event: Option<FilledText> = "eventId",
        /// Only deliveries created
        created: Period = "created",
    }
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    endpoint: EndpointId,
    filter: &DeliveryFilter,
    page: &Page<DeliverySort>,
) -> Result<Vec<ListRow<Delivery>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(endpoint, filter), Delivery)?;
    Ok(list_rows(rows))
}

/// Counts all matching rows.
pub fn count(
    conn: &mut Conn,
    endpoint: EndpointId,
    filter: &DeliveryFilter,
) -> Result<i64, StoreError> {
    Ok(narrowed(endpoint, filter).count().get_result(conn)?)
}

fn narrowed(
    endpoint: EndpointId,
    filter: &DeliveryFilter,
) -> deliveries::BoxedQuery<'static, MultiBackend> {
    let rows = deliveries::table.filter(deliveries::endpoint_id.eq(endpoint));
    let rows = equal!(rows.into_boxed(), deliveries {
        state = filter.state,
        event_id = filter.event,
    });
    within!(rows, deliveries::created_at, filter.created)
}

/// The delivery with this id.
pub fn find_delivery(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let found = deliveries::table.find(id).select(Delivery::as_select());
    Ok(found.first(conn).optional()?)
}

/// Creates the delivery of an event to an endpoint. If it exists, it becomes due again with its attempts reset.
pub fn insert_delivery(
    tx: &mut Tx<'_>,
    endpoint: EndpointId,
    event: &str,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Delivery, StoreError> {
    let id: DeliveryId = ids::fresh(now);
    let at = timestamp::to_stored(now);
    let delivery = on_each!(tx.conn(), conn => diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(id),
            deliveries::endpoint_id.eq(endpoint),
            deliveries::event_id.eq(event),
            deliveries::event_type.eq(kind),
            deliveries::created_at.eq(at),
            afresh(at),
        ))
        .on_conflict((deliveries::endpoint_id, deliveries::event_id))
        .do_update()
        .set(afresh(at))
        .returning(Delivery::as_returning())
        .get_result(conn))?;
    Ok(delivery)
}

/// As [`insert_delivery`] for many events, each given by its id and type.
pub fn insert_deliveries(
    tx: &mut Tx<'_>,
    endpoint: EndpointId,
    events: &[(&str, &str)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Conn::Pg(conn) = tx.conn() else {
        // One statement per row is cheap without a server.
        for (event, kind) in events {
            insert_delivery(tx, endpoint, event, kind, now)?;
        }
        return Ok(());
    };
    let at = timestamp::to_stored(now);
    let row = |(event, kind): &(&str, &str)| {
        let id: DeliveryId = ids::fresh(now);
        (
            deliveries::id.eq(id),
            deliveries::endpoint_id.eq(endpoint),
            deliveries::event_id.eq((*event).to_owned()),
            deliveries::event_type.eq((*kind).to_owned()),
            deliveries::created_at.eq(at),
            afresh(at),
        )
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    diesel::insert_into(deliveries::table)
        .values(rows)
        .on_conflict((deliveries::endpoint_id, deliveries::event_id))
        .do_update()
        .set(afresh(at))
        .execute(conn)?;
    Ok(())
}

/// The column values of a delivery that is due for its first attempt.
#[diesel::dsl::auto_type]
fn afresh(at: NaiveDateTime) -> _ {
    let state: DeliveryState = DeliveryState::Pending;
    let nobody: Option<String> = None;
    (
        deliveries::state.eq(state),
        deliveries::attempts.eq(0_i32),
        deliveries::due_at.eq(at),
        deliveries::lease.eq(nobody),
    )
}

/// Makes a delivery due again with its attempts reset. The result of an attempt that is under way is dropped.
pub fn make_due(tx: &mut Tx<'_>, id: DeliveryId, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(deliveries::table.find(id))
        .set(afresh(timestamp::to_stored(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// Deletes finished deliveries that were created before `oldest`, and the remains of one deleted endpoint, at most
/// `most` rows each. Returns the number of deleted rows.
pub fn forget_before(
    tx: &mut Tx<'_>,
    oldest: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let old: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::due_at.is_null())
        .filter(deliveries::created_at.lt(timestamp::to_stored(oldest)))
        .order(deliveries::created_at)
        .select(deliveries::id)
        .limit(most)
        .load(tx.conn())?;
    let rows = delete(tx, &old)?;
    let deleted: Vec<EndpointId> = notification_endpoints::table
        .filter(notification_endpoints::deleted_at.is_not_null())
        .select(notification_endpoints::id)
        .limit(1)
        .load(tx.conn())?;
    let Some(endpoint) = deleted.first() else {
        return Ok(rows);
    };
    let its: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::endpoint_id.eq(endpoint))
        .select(deliveries::id)
        .limit(most)
        .load(tx.conn())?;
    if its.is_empty() {
        let gone = notification_endpoints::table.find(endpoint);
        return Ok(rows + diesel::delete(gone).execute(tx.conn())?);
    }
    Ok(rows + delete(tx, &its)?)
}

fn delete(tx: &mut Tx<'_>, ids: &[DeliveryId]) -> Result<usize, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let deleted = on_each!(tx.conn(), conn => diesel::delete(deliveries::table)
        .filter(deliveries::id.eq_any(ids))
        .execute(conn))?;
    Ok(deleted)
}
