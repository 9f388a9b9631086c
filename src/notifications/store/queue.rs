//! The queues of deliveries, one for each endpoint: leases and results.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::AssumeNotNull, prelude::*};

use crate::{
    ids::{DeliveryId, EndpointId},
    jobs::Lease,
    notifications::settlement::Settlement,
    store::{
        Conn, StoreError, Tx, load_unlocked, on_each,
        schema::{deliveries, notification_endpoints},
        timestamp,
    },
};

/// A delivery that a worker has taken on.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Claimed {
    pub id: DeliveryId,
    pub endpoint_id: EndpointId,
    pub event_id: String,
    /// This one included.
    pub attempts: i32,
    /// The mark of the worker.
    #[diesel(select_expression = deliveries::lease.assume_not_null())]
    #[diesel(select_expression_type = AssumeNotNull<deliveries::lease>)]
    pub lease: String,
}

/// An endpoint with deliveries that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub endpoint: EndpointId,
    /// So many more may be under way.
    pub room: i64,
}

/// The endpoints for which something is due and fewer than so many attempts are under way.
pub fn find_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
    per_endpoint: i64,
) -> Result<Vec<Due>, StoreError> {
    let now = timestamp::to_stored(now);
    // The first alone, which an index has; PostgreSQL could otherwise read all.
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

/// Takes on deliveries that are due, of each endpoint the longest due first and no more than it has room for.
pub fn claim(
    tx: &mut Tx<'_>,
    lease: &Lease,
    limit: i64,
    per_endpoint: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    for due in find_due(tx.conn(), lease.now, per_endpoint)? {
        let left = limit - i64::try_from(claimed.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        claimed.extend(claim_of(tx, lease, due.endpoint, due.room.min(left))?);
    }
    Ok(claimed)
}

fn claim_of(
    tx: &mut Tx<'_>,
    lease: &Lease,
    endpoint: EndpointId,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let due = deliveries::table
        .filter(deliveries::endpoint_id.eq(endpoint))
        .filter(deliveries::due_at.le(timestamp::to_stored(lease.now)))
        .order(deliveries::due_at)
        .limit(limit)
        .select(deliveries::id);
    let ids: Vec<DeliveryId> = load_unlocked!(tx.conn(), due)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let taken = (
        deliveries::due_at.eq(timestamp::to_stored(lease.until)),
        deliveries::attempts.eq(deliveries::attempts + 1),
        deliveries::lease.eq(&lease.mark),
    );
    Ok(
        on_each!(tx.conn(), conn => diesel::update(deliveries::table)
        .filter(deliveries::id.eq_any(&ids))
        .set(taken)
        .returning(Claimed::as_returning())
        .get_results(conn))?,
    )
}

/// Writes the result of an attempt. False, and nothing is changed, when another worker has the delivery.
pub fn settle(tx: &mut Tx<'_>, claimed: &Claimed, to: &Settlement) -> Result<bool, StoreError> {
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
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Gives a delivery back that was not attempted.
pub fn release(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
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

/// Since when the longest due delivery to an endpoint that is on has been so.
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
