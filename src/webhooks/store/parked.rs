//! Parked events whose payment has appeared or changed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::Text};

use crate::{
    store::{
        Conn, StoreError, Tx,
        schema::{payments, webhook_events},
        timestamp,
    },
    webhooks::state::WebhookState,
};

/// So many payments that changed are read at a time.
const CHANGED_AT_ONCE: i64 = 500;

/// A payment that changed: its id and version, its integration, and by what an event may name it.
type ChangedPayment = (
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
    // Where two payments concern one event, the choice is always the same one, or the event would be applied for ever.
    found.sort_unstable();
    let mut requeued = BTreeMap::new();
    for (event, matched, payment, version) in found {
        requeued.insert(event, (matched, format!("{payment} {version}")));
    }
    Ok(requeued
        .into_iter()
        .filter(|(_, (before, now))| before.as_ref() != Some(now))
        .map(|(event, (_, now))| (event, now))
        .collect())
}

/// The next few payments that changed, by when they did.
fn list_changed(
    conn: &mut Conn,
    (moment, id): &(NaiveDateTime, String),
) -> Result<Vec<ChangedPayment>, StoreError> {
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
    changed: &[ChangedPayment],
    found: &mut Vec<Match>,
) -> Result<(), StoreError> {
    let mut integrations: Vec<&str> = changed.iter().map(|it| it.2.as_str()).collect();
    integrations.sort_unstable();
    integrations.dedup();
    macro_rules! matching {
        ($column:expr, $name:tt) => {{
            let named: HashMap<(&str, &str), &ChangedPayment> = changed
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

/// Makes parked events due, and records for which payment.
pub fn requeue_matched(
    tx: &mut Tx<'_>,
    events: &BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (id, matched) in events {
        diesel::update(webhook_events::table.find(id))
            .filter(webhook_events::state.eq(WebhookState::Parked.as_str()))
            .filter(webhook_events::lease.is_null())
            .set((
                webhook_events::due_at.eq(timestamp::to_stored(now)),
                webhook_events::matched.eq(matched),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}
