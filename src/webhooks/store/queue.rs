//! The queue of events: leases and results.
//!
//! Taking one on moves its due time ahead and leaves a mark. A worker that is killed over it never comes back; then the time
//! comes, and another one finds it. A worker that was slow finds another mark, and its result is dropped.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    dsl::{AssumeNotNull, sql},
    prelude::*,
    sql_types::Text,
};

use super::{findings::link_findings, watched::oldest_due_event};
use crate::{
    ids::{EventId, FindingId, IntegrationId, PaymentId},
    store::{
        Conn, StoreError, Tx,
        columns::{MaybeMoment, Moment},
        on_each,
        schema::{payments, webhook_events},
        timestamp,
    },
    webhooks::{event::Subject, state::State},
};

/// An event that a worker has taken on.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_events)]
pub struct Claimed {
    pub id: EventId,
    #[diesel(column_name = integration_id)]
    pub integration: IntegrationId,
    pub state: State,
    /// This one included.
    pub attempts: i32,
    pub body_sealed: Option<String>,
    #[diesel(deserialize_as = Moment)]
    pub received_at: DateTime<Utc>,
    #[diesel(deserialize_as = MaybeMoment)]
    pub occurred_at: Option<DateTime<Utc>>,
    /// The mark of the worker.
    #[diesel(select_expression = webhook_events::lease.assume_not_null())]
    #[diesel(select_expression_type = AssumeNotNull<webhook_events::lease>)]
    pub lease: String,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub state: State,
    pub outcome: String,
    /// `None` leaves what was known.
    pub subject: Option<Subject>,
    pub payment: Option<PaymentId>,
    /// What the payment does not explain.
    pub findings: Vec<FindingId>,
    /// Whether the attempt came to something.
    pub settled: bool,
    /// When to look again; `None` when it rests.
    pub due_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

/// Whether anything is due.
pub fn has_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    Ok(oldest_due_event(conn, now)?.is_some())
}

/// Takes on up to `limit` events that are due, the longest due first. Nobody else gets them before `until`.
pub fn claim(
    tx: &mut Tx<'_>,
    lease: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let due = webhook_events::table
        .filter(webhook_events::due_at.le(timestamp::to_stored(now)))
        .order((webhook_events::due_at, webhook_events::id))
        .limit(limit)
        .select(webhook_events::id);
    let ids: Vec<EventId> = match tx.conn() {
        // What another replica is taking on in this moment is passed over.
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let taken = (
        webhook_events::due_at.eq(timestamp::to_stored(until)),
        webhook_events::attempts.eq(webhook_events::attempts + 1),
        webhook_events::lease.eq(lease),
        webhook_events::version.eq(webhook_events::version + 1),
    );
    Ok(
        on_each!(tx.conn(), conn => diesel::update(webhook_events::table)
        .filter(webhook_events::id.eq_any(&ids))
        .set(taken)
        .returning(Claimed::as_returning())
        .get_results(conn))?,
    )
}

/// Writes what came of an attempt. False when the event is somebody else's by now; then nothing is changed.
pub fn settle(tx: &mut Tx<'_>, event: &Claimed, to: &Settlement) -> Result<bool, StoreError> {
    let still_ours = webhook_events::table
        .find(event.id)
        .filter(webhook_events::lease.eq(&event.lease));
    let subject = to.subject.as_ref().map(|subject| {
        (
            webhook_events::apruve_order_id.eq(&subject.order),
            webhook_events::apruve_invoice_id.eq(&subject.invoice),
            webhook_events::merchant_order_id.eq(&subject.merchant_order_id),
        )
    });
    let payment = to.payment.map(|id| webhook_events::payment_id.eq(id));
    let settled_at = to
        .settled
        .then(|| webhook_events::settled_at.eq(timestamp::to_stored(to.now)));
    let rows = diesel::update(still_ours)
        .set((
            webhook_events::state.eq(to.state),
            webhook_events::outcome.eq(&to.outcome),
            // An assignment of None is left out of the statement.
            subject,
            payment,
            settled_at,
            webhook_events::due_at.eq(to.due_at.map(timestamp::to_stored)),
            webhook_events::lease.eq(None::<String>),
            webhook_events::version.eq(webhook_events::version + 1),
        ))
        .execute(tx.conn())?;
    if rows == 1 {
        link_findings(tx, event.id, &to.findings)?;
    }
    Ok(rows == 1)
}

/// So many payments that changed are read at a time.
const CHANGED_AT_ONCE: i64 = 500;

/// A payment that changed: its id and version, its integration, and by what an event may name it.
type Changed = (
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    NaiveDateTime,
);

/// Parked events that a payment which changed since `since` may concern, each with what to remember of that payment, unless
/// that is remembered already. Goes from the few payments that changed to the events, however many of those are parked.
pub fn list_matched(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut after = (timestamp::to_stored(since), String::new());
    let mut found = Vec::new();
    loop {
        let changed = list_changed(conn, &after)?;
        let Some(last) = changed.last() else {
            break;
        };
        after = (last.5, last.0.clone());
        match_parked(conn, &changed, &mut found)?;
    }
    // Where two payments concern one event, always the same of them counts, or it would be looked at for ever.
    found.sort_unstable();
    let mut unparkable = BTreeMap::new();
    for (event, matched, payment, version) in found {
        unparkable.insert(event, (matched, format!("{payment} {version}")));
    }
    Ok(unparkable
        .into_iter()
        .filter(|(_, (before, now))| before.as_ref() != Some(now))
        .map(|(event, (_, now))| (event, now))
        .collect())
}

/// The next few payments that changed, by when they did.
fn list_changed(
    conn: &mut Conn,
    (moment, id): &(NaiveDateTime, String),
) -> Result<Vec<Changed>, StoreError> {
    let later = payments::updated_at.gt(moment).or(payments::id.gt(id));
    Ok(payments::table
        .filter(payments::updated_at.ge(moment))
        .filter(later)
        .order((payments::updated_at.asc(), payments::id.asc()))
        .limit(CHANGED_AT_ONCE)
        .select((
            payments::id,
            payments::version,
            payments::integration_id,
            payments::provider_order_id,
            payments::merchant_order_id,
            payments::updated_at,
        ))
        .load(conn)?)
}

/// An event, what it was matched with, and the payment that it may concern.
type Match = (String, Option<String>, String, i64);

/// Adds the parked events that name one of the payments, by the order's id or its number.
fn match_parked(
    conn: &mut Conn,
    changed: &[Changed],
    found: &mut Vec<Match>,
) -> Result<(), StoreError> {
    let mut integrations: Vec<&str> = changed.iter().map(|it| it.2.as_str()).collect();
    integrations.sort_unstable();
    integrations.dedup();
    macro_rules! matching {
        ($column:expr, $name:tt) => {{
            let named: HashMap<(&str, &str), &Changed> = changed
                .iter()
                .filter_map(|it| Some(((it.2.as_str(), it.$name.as_deref()?), it)))
                .collect();
            let names: Vec<&str> = named.keys().map(|(_, name)| *name).collect();
            let parked: Vec<(String, Option<String>, String, Option<String>)> =
                webhook_events::table
                    .filter(webhook_events::integration_id.eq_any(&integrations))
                    .filter($column.eq_any(names))
                    // Not as a parameter: an index holds only those.
                    .filter(webhook_events::state.eq(sql::<Text>("'parked'")))
                    .filter(webhook_events::lease.is_null())
                    .select((
                        webhook_events::id,
                        webhook_events::matched,
                        webhook_events::integration_id,
                        $column,
                    ))
                    .load(conn)?;
            for (event, matched, integration, name) in parked {
                let name = name.unwrap_or_default();
                if let Some(payment) = named.get(&(integration.as_str(), name.as_str())) {
                    found.push((event, matched, payment.0.clone(), payment.1));
                }
            }
        }};
    }
    matching!(webhook_events::apruve_order_id, 3);
    matching!(webhook_events::merchant_order_id, 4);
    Ok(())
}

/// Makes parked events due, and remembers for which payment that was.
pub fn requeue_matched(
    tx: &mut Tx<'_>,
    events: &BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (id, matched) in events {
        diesel::update(webhook_events::table.find(id))
            .filter(webhook_events::state.eq(State::Parked))
            .filter(webhook_events::lease.is_null())
            .set((
                webhook_events::due_at.eq(timestamp::to_stored(now)),
                webhook_events::matched.eq(matched),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}
