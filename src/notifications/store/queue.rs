//! The queues of deliveries, one per endpoint: leases and results.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    dsl::AssumeNotNull,
    prelude::*,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamp},
};

use crate::{
    ids::{DeliveryId, EndpointId},
    jobs::Lease,
    notifications::{delivery::DeliveryFailure, settlement::DeliverySettlement},
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{deliveries, notification_endpoints},
        timestamp,
    },
};

/// A delivery that a worker has claimed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct ClaimedDelivery {
    pub id: DeliveryId,
    pub endpoint_id: EndpointId,
    pub event_id: String,
    /// The number of attempts, including this one.
    pub attempts: i32,
    /// The mark of the worker's lease.
    #[diesel(select_expression = deliveries::lease.assume_not_null())]
    #[diesel(select_expression_type = AssumeNotNull<deliveries::lease>)]
    pub lease: String,
}

/// An endpoint with deliveries that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub endpoint: EndpointId,
    /// The number of further attempts that may be under way.
    pub room: i64,
}

/// The endpoints with due deliveries and fewer than `per_endpoint` attempts under way.
pub fn find_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
    per_endpoint: i64,
) -> Result<Vec<Due>, StoreError> {
    let now = timestamp::to_stored(now);
    // Only the first due time, which is read from an index; otherwise PostgreSQL might read all rows.
    let first_due = deliveries::table
        .filter(deliveries::endpoint_id.eq(notification_endpoints::id))
        .select(diesel::dsl::min(deliveries::due_at))
        .single_value();
    let waiting: Vec<EndpointId> = notification_endpoints::table
        .filter(notification_endpoints::enabled.eq(true))
        .filter(first_due.le(now))
        .select(notification_endpoints::id)
        .load(conn)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let under_way: Vec<(EndpointId, i64)> = deliveries::table
        .filter(deliveries::lease.is_not_null())
        .filter(deliveries::due_at.gt(now))
        .group_by(deliveries::endpoint_id)
        .select((deliveries::endpoint_id, diesel::dsl::count_star()))
        .load(conn)?;
    let under_way: HashMap<EndpointId, i64> = under_way.into_iter().collect();
    let with_room = waiting.into_iter().map(|endpoint| Due {
        endpoint,
        room: per_endpoint - under_way.get(&endpoint).copied().unwrap_or(0),
    });
    Ok(with_room.filter(|it| it.room > 0).collect())
}

/// Claims due deliveries: of each endpoint the longest due first, and no more than it has room for.
pub fn claim(
    tx: &mut Tx<'_>,
    lease: &Lease,
    limit: i64,
    per_endpoint: i64,
) -> Result<Vec<ClaimedDelivery>, StoreError> {
    let mut left = limit;
    let mut rooms = Vec::new();
    for due in find_due(tx.conn(), lease.now, per_endpoint)? {
        let room = due.room.min(left);
        if room > 0 {
            rooms.push(Due { room, ..due });
            left -= room;
        }
    }
    let ids = first_due(tx.conn(), &rooms, timestamp::to_stored(lease.now))?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let taken = (
        deliveries::due_at.eq(timestamp::to_stored(lease.until)),
        deliveries::attempts.eq(deliveries::attempts + 1),
        deliveries::lease.eq(&lease.mark),
    );
    let claimed = on_each!(tx.conn(), conn => diesel::update(deliveries::table)
        .filter(deliveries::id.eq_any(&ids))
        .set(taken)
        .returning(ClaimedDelivery::as_returning())
        .get_results(conn))?;
    Ok(claimed)
}

#[derive(QueryableByName)]
struct DeliveryKey {
    #[diesel(sql_type = Text)]
    id: DeliveryId,
}

/// Locks the longest due deliveries of each endpoint, skipping locked ones. On PostgreSQL, where each statement is a
/// round trip, with one statement for all endpoints.
fn first_due(
    conn: &mut Conn,
    rooms: &[Due],
    now: NaiveDateTime,
) -> Result<Vec<DeliveryId>, StoreError> {
    match conn {
        Conn::Pg(conn) => {
            let endpoints: Vec<String> = rooms.iter().map(|it| it.endpoint.to_string()).collect();
            let most: Vec<i64> = rooms.iter().map(|it| it.room).collect();
            let due: Vec<DeliveryKey> = diesel::sql_query(
                "SELECT due.id FROM unnest($1, $2) AS wanted(endpoint_id, most) CROSS JOIN LATERAL (\
                    SELECT id FROM deliveries WHERE endpoint_id = wanted.endpoint_id AND due_at <= $3 \
                    ORDER BY due_at LIMIT wanted.most FOR UPDATE SKIP LOCKED\
                ) AS due",
            )
            .bind::<Array<Text>, _>(endpoints)
            .bind::<Array<BigInt>, _>(most)
            .bind::<Timestamp, _>(now)
            .load(conn)?;
            Ok(due.into_iter().map(|it| it.id).collect())
        }
        Conn::Sqlite(conn) => {
            let mut ids = Vec::new();
            for wanted in rooms {
                let due: Vec<DeliveryId> = deliveries::table
                    .filter(deliveries::endpoint_id.eq(wanted.endpoint))
                    .filter(deliveries::due_at.le(now))
                    .order(deliveries::due_at)
                    .limit(wanted.room)
                    .select(deliveries::id)
                    .load(conn)?;
                ids.extend(due);
            }
            Ok(ids)
        }
    }
}

/// Writes the results of attempts, and returns the changed deliveries. A delivery that another worker has claimed is
/// not changed. On PostgreSQL, where each statement is a round trip, with one statement for all.
pub fn settle(
    tx: &mut Tx<'_>,
    attempted: &[(&ClaimedDelivery, &DeliverySettlement)],
) -> Result<HashSet<DeliveryId>, StoreError> {
    if attempted.is_empty() {
        return Ok(HashSet::new());
    }
    match tx.conn() {
        Conn::Pg(conn) => {
            let texts = |text: fn(&ClaimedDelivery) -> String| -> Vec<String> {
                attempted.iter().map(|(claimed, _)| text(claimed)).collect()
            };
            let settled: Vec<DeliveryKey> = diesel::sql_query(
                "UPDATE deliveries SET state = result.state, status = result.status, duration_ms = result.duration_ms, \
                    failure = result.failure, attempted_at = result.at, due_at = result.due_at, lease = NULL \
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) \
                    AS result(id, lease, state, status, duration_ms, failure, at, due_at) \
                WHERE deliveries.id = result.id AND deliveries.lease = result.lease RETURNING deliveries.id",
            )
            .bind::<Array<Text>, _>(texts(|it| it.id.to_string()))
            .bind::<Array<Text>, _>(texts(|it| it.lease.clone()))
            .bind::<Array<Text>, _>(each(attempted, |to| to.state.as_str()))
            .bind::<Array<Nullable<Integer>>, _>(each(attempted, |to| to.status))
            .bind::<Array<BigInt>, _>(each(attempted, |to| to.duration_ms))
            .bind::<Array<Nullable<Text>>, _>(each(attempted, |to| {
                to.failure.map(DeliveryFailure::as_str)
            }))
            .bind::<Array<Timestamp>, _>(each(attempted, |to| timestamp::to_stored(to.at)))
            .bind::<Array<Nullable<Timestamp>>, _>(each(attempted, |to| {
                to.due_at.map(timestamp::to_stored)
            }))
            .load(conn)?;
            Ok(settled.into_iter().map(|it| it.id).collect())
        }
        Conn::Sqlite(conn) => {
            let mut settled = HashSet::new();
            for (claimed, to) in attempted {
                let still_ours = deliveries::table
                    .find(claimed.id)
                    .filter(deliveries::lease.eq(&claimed.lease));
                let rows = diesel::update(still_ours)
                    .set((
                        deliveries::state.eq(to.state),
                        deliveries::status.eq(to.status),
                        deliveries::duration_ms.eq(to.duration_ms),
                        deliveries::failure.eq(to.failure),
                        deliveries::attempted_at.eq(timestamp::to_stored(to.at)),
                        deliveries::due_at.eq(to.due_at.map(timestamp::to_stored)),
                        deliveries::lease.eq(None::<String>),
                    ))
                    .execute(conn)?;
                if rows == 1 {
                    settled.insert(claimed.id);
                }
            }
            Ok(settled)
        }
    }
}

fn each<T>(
    attempted: &[(&ClaimedDelivery, &DeliverySettlement)],
    value: impl Fn(&DeliverySettlement) -> T,
) -> Vec<T> {
    attempted.iter().map(|(_, to)| value(to)).collect()
}

/// Releases a claimed delivery that was not attempted.
pub fn release(
    tx: &mut Tx<'_>,
    claimed: &ClaimedDelivery,
    due_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let still_ours = deliveries::table
        .find(claimed.id)
        .filter(deliveries::lease.eq(&claimed.lease));
    let rows = diesel::update(still_ours)
        .set((
            deliveries::attempts.eq(deliveries::attempts - 1),
            deliveries::due_at.eq(timestamp::to_stored(due_at)),
            deliveries::lease.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// The due time of the longest due delivery to an enabled endpoint.
pub fn oldest_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let endpoints: Vec<EndpointId> = notification_endpoints::table
        .filter(notification_endpoints::enabled.eq(true))
        .select(notification_endpoints::id)
        .load(conn)?;
    let mut oldest: Option<NaiveDateTime> = None;
    for endpoint in endpoints {
        let first: Option<NaiveDateTime> = deliveries::table
            .filter(deliveries::endpoint_id.eq(endpoint))
            .filter(deliveries::due_at.le(timestamp::to_stored(now)))
            .order(deliveries::due_at)
            .select(deliveries::due_at.assume_not_null())
            .first(conn)
            .optional()?;
        oldest = [oldest, first].into_iter().flatten().min();
    }
    Ok(oldest.map(timestamp::from_stored))
}
