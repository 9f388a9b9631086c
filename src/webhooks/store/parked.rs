//! Matches parked events with payments that have appeared or changed.

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

/// The number of changed payments that are read at a time.
const CHANGED_AT_ONCE: i64 = 500;

/// A changed payment: id, version, integration, the provider's order id, our order number, and the time of the change.
type ChangedPayment = (
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    NaiveDateTime,
);

/// Parked events that match a payment changed since `since`, each with the payment's id and version to store. Events
/// that were already requeued for this version are left out. The search starts from the changed payments, which are
/// few, so that the number of parked events does not matter.
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
    // If two payments match one event, the choice must always be the same, or the event would be requeued forever.
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

/// The next batch of changed payments, ordered by the time of the change.
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

/// An event, what it was matched with before, and the id and version of the matching payment.
type Match = (String, Option<String>, String, i64);

/// Adds the parked events that name one of the payments by the order's id or number.
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
                    // A literal and not a parameter, so that the partial index can be used.
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

/// Makes parked events due, and records which payment and version they were matched with.
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
