//! The rows of health.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::state::{HealthReason, HealthState, IntegrationHealth, announced};
use crate::{
    events::{self, EventDraft, HealthEventData},
    ids::IntegrationId,
    integrations::store,
    jobs::Lease,
    payment_methods::MethodType,
    providers::CallObservation,
    store::{
        Conn, StoreError, Tx, load_unlocked, on_each,
        schema::{integration_health, integrations},
        timestamp,
    },
};

/// Every account at a provider that is not archived, with its health.
pub fn list(conn: &mut Conn) -> Result<Vec<(IntegrationId, IntegrationHealth)>, StoreError> {
    let rows: Vec<(IntegrationId, Option<IntegrationHealth>)> = integrations::table
        .left_join(integration_health::table)
        .filter(integrations::archived_at.is_null())
        .filter(integrations::type_.eq(MethodType::Apruve))
        .select((integrations::id, Option::<IntegrationHealth>::as_select()))
        .load(conn)?;
    let read = |(id, row): (_, Option<_>)| (id, row.unwrap_or_default());
    Ok(rows.into_iter().map(read).collect())
}

/// Writes the new health of an account and its event, and returns whether anything changed. The integration is locked
/// until the end of the transaction, so that of several replicas with the same observation only one changes the state.
pub fn note(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    observation: CallObservation,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Some(integration) = store::find_locked(tx, id)? else {
        return Ok(false);
    };
    let before = find(tx.conn(), id)?;
    let after = before.after(observation, at);
    if after == before {
        return Ok(false);
    }
    save(tx, id, after, at)?;
    if let Some(kind) = announced(before.state, after.state) {
        let mut data = integration.event_data();
        data.health = Some(HealthEventData {
            state: after.state.as_str(),
            since: at,
            reason: after.reason.map(HealthReason::as_str),
        });
        events::append(tx, &[EventDraft::of_integration(kind, at, &data)])?;
    }
    Ok(true)
}

fn find(conn: &mut Conn, id: IntegrationId) -> Result<IntegrationHealth, StoreError> {
    let row = integration_health::table
        .find(id)
        .select(IntegrationHealth::as_select());
    Ok(row.first(conn).optional()?.unwrap_or_default())
}

fn save(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    health: IntegrationHealth,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let values = (
        integration_health::state.eq(health.state),
        integration_health::reason.eq(health.reason),
        integration_health::since.eq(timestamp::to_stored(health.since.unwrap_or(at))),
        integration_health::unauthorized_since
            .eq(health.unauthorized_since.map(timestamp::to_stored)),
        integration_health::due_at.eq(health.next_check(at).map(timestamp::to_stored)),
    );
    on_each!(tx.conn(), conn => diesel::insert_into(integration_health::table)
        .values((integration_health::integration_id.eq(id), values))
        .on_conflict(integration_health::integration_id)
        .do_update()
        .set(values)
        .execute(conn))?;
    Ok(())
}

/// Makes the check of an account due now if its state is not `ok`, because its API key may have been replaced.
pub fn check_soon(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(integration_health::table.find(id))
        .filter(integration_health::state.ne(HealthState::Ok))
        .set(integration_health::due_at.eq(timestamp::to_stored(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether the check of any account is due.
pub(super) fn has_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let due = integration_health::due_at.le(timestamp::to_stored(now));
    let is_due = diesel::dsl::exists(integration_health::table.filter(due));
    Ok(diesel::select(is_due).get_result(conn)?)
}

/// Claims accounts whose check is due, the longest due first.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    lease: &Lease,
    limit: i64,
) -> Result<Vec<IntegrationId>, StoreError> {
    let due = integration_health::table
        .filter(integration_health::due_at.le(timestamp::to_stored(lease.now)))
        .order((
            integration_health::due_at,
            integration_health::integration_id,
        ))
        .limit(limit)
        .select(integration_health::integration_id);
    let ids: Vec<IntegrationId> = load_unlocked!(tx.conn(), due)?;
    on_each!(tx.conn(), conn => diesel::update(integration_health::table)
        .filter(integration_health::integration_id.eq_any(&ids))
        .set(integration_health::due_at.eq(timestamp::to_stored(lease.until)))
        .execute(conn))?;
    Ok(ids)
}

/// Schedules the next check of an account that was checked.
pub(super) fn schedule(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let next = find(tx.conn(), id)?.next_check(now);
    let rows = diesel::update(integration_health::table.find(id))
        .set(integration_health::due_at.eq(next.map(timestamp::to_stored)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
