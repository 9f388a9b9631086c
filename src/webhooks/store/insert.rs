//! Adds events to the inbox.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp},
    sqlite::Sqlite,
};

use crate::{
    store::{Conn, StoreError, Tx, timestamp},
    webhooks::state::WebhookState,
};

/// A received event.
#[derive(Debug)]
pub struct NewEvent {
    pub id: String,
    pub integration: String,
    /// Events of an integration with the same deduplication key are the same event.
    pub dedup_key: String,
    pub event: Option<String>,
    /// Why the event cannot have an effect, if that is known already; otherwise it is due at once.
    pub ignored: Option<String>,
    pub verified: bool,
    pub body_sealed: String,
    pub occurred_at: Option<DateTime<Utc>>,
    pub received_at: DateTime<Utc>,
}

impl NewEvent {
    fn key(&self) -> (&str, &str) {
        (&self.integration, &self.dedup_key)
    }
}

/// Inserts events and returns for each whether it is new. A repeated event only increments the repeats of the stored
/// one. On PostgreSQL this is one statement for all.
pub fn insert(tx: &mut Tx<'_>, events: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
    let stored: Vec<StoredEvent> = match tx.conn() {
        Conn::Pg(conn) => Many::of(events).load(conn)?,
        Conn::Sqlite(conn) => {
            let each = events.iter().map(|event| One::of(event).get_result(conn));
            each.collect::<QueryResult<_>>()?
        }
    };
    let ids: HashMap<(&str, &str), &str> = stored
        .iter()
        .map(|(integration, key, id)| ((integration.as_str(), key.as_str()), id.as_str()))
        .collect();
    let is_new = |event: &NewEvent| ids.get(&event.key()) == Some(&event.id.as_str());
    Ok(events.iter().map(is_new).collect())
}

/// Integration, deduplication key, and the id of the stored event.
type StoredEvent = (String, String, String);

/// The initial state of an event, when it is due, and when it was settled.
fn beginning(event: &NewEvent) -> (WebhookState, Option<NaiveDateTime>, Option<NaiveDateTime>) {
    let received_at = timestamp::to_stored(event.received_at);
    match &event.ignored {
        None => (WebhookState::Received, Some(received_at), None),
        Some(_) => (WebhookState::Ignored, None, Some(received_at)),
    }
}

// Diesel prepares an upsert anew each time. These two statements declare that their text never changes, so they are
// prepared once per connection.

const COLUMNS: &str = "INSERT INTO webhook_events (id, integration_id, dedup_key, event, \
    verified, body_sealed, state, outcome, repeats, received_at, occurred_at, settled_at, due_at, \
    attempts, version) ";
const CONFLICT: &str = " ON CONFLICT (integration_id, dedup_key) DO UPDATE SET \
    repeats = webhook_events.repeats + excluded.repeats + 1, \
    version = webhook_events.version + excluded.repeats + 1 \
    RETURNING integration_id, dedup_key, id";

/// The statement for one event, for SQLite.
struct One<'a> {
    event: &'a NewEvent,
    state: WebhookState,
    received_at: NaiveDateTime,
    occurred_at: Option<NaiveDateTime>,
    settled_at: Option<NaiveDateTime>,
    due_at: Option<NaiveDateTime>,
}

impl<'a> One<'a> {
    fn of(event: &'a NewEvent) -> Self {
        let (state, due_at, settled_at) = beginning(event);
        One {
            event,
            state,
            received_at: timestamp::to_stored(event.received_at),
            occurred_at: event.occurred_at.map(timestamp::to_stored),
            settled_at,
            due_at,
        }
    }
}

impl QueryFragment<Sqlite> for One<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let event = self.event;
        out.push_sql(COLUMNS);
        out.push_sql("VALUES (");
        for text in [&event.id, &event.integration, &event.dedup_key] {
            out.push_bind_param::<Text, _>(text)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<Nullable<Text>, _>(&event.event)?;
        out.push_sql(", ");
        out.push_bind_param::<Bool, _>(&event.verified)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&event.body_sealed)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.state)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&event.ignored)?;
        out.push_sql(", 0, ");
        out.push_bind_param::<Timestamp, _>(&self.received_at)?;
        for moment in [&self.occurred_at, &self.settled_at, &self.due_at] {
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Timestamp>, _>(moment)?;
        }
        out.push_sql(", 0, 1)");
        out.push_sql(CONFLICT);
        Ok(())
    }
}

impl QueryId for One<'_> {
    type QueryId = One<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for One<'_> {
    type SqlType = (Text, Text, Text);
}

impl<C> RunQueryDsl<C> for One<'_> {}

/// The statement for any number of events, for PostgreSQL. It has one array per column, because a list of rows would
/// change the text of the statement with the number of events.
#[derive(Default)]
struct Many<'a> {
    ids: Vec<&'a str>,
    integrations: Vec<&'a str>,
    keys: Vec<&'a str>,
    events: Vec<Option<&'a str>>,
    verified: Vec<bool>,
    bodies: Vec<&'a str>,
    states: Vec<&'a str>,
    outcomes: Vec<Option<&'a str>>,
    repeats: Vec<i64>,
    received: Vec<NaiveDateTime>,
    occurred: Vec<Option<NaiveDateTime>>,
    settled: Vec<Option<NaiveDateTime>>,
    due: Vec<Option<NaiveDateTime>>,
}

impl<'a> Many<'a> {
    fn of(events: &'a [NewEvent]) -> Self {
        let mut many = Many::default();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        for event in events {
            // `ON CONFLICT DO UPDATE` may touch a row only once per statement.
            if let Some(place) = places.get(&event.key()) {
                many.repeats[*place] += 1;
                continue;
            }
            places.insert(event.key(), many.ids.len());
            let (state, due_at, settled_at) = beginning(event);
            many.ids.push(&event.id);
            many.integrations.push(&event.integration);
            many.keys.push(&event.dedup_key);
            many.events.push(event.event.as_deref());
            many.verified.push(event.verified);
            many.bodies.push(&event.body_sealed);
            many.states.push(state.as_str());
            many.outcomes.push(event.ignored.as_deref());
            many.repeats.push(0);
            many.received.push(timestamp::to_stored(event.received_at));
            many.occurred
                .push(event.occurred_at.map(timestamp::to_stored));
            many.settled.push(settled_at);
            many.due.push(due_at);
        }
        many
    }
}

impl QueryFragment<Pg> for Many<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(COLUMNS);
        out.push_sql("SELECT *, 0, 1 FROM unnest(");
        for texts in [&self.ids, &self.integrations, &self.keys] {
            out.push_bind_param::<Array<Text>, _>(texts)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.events)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Bool>, _>(&self.verified)?;
        for texts in [&self.bodies, &self.states] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Text>, _>(texts)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.outcomes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.repeats)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamp>, _>(&self.received)?;
        for moments in [&self.occurred, &self.settled, &self.due] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Nullable<Timestamp>>, _>(moments)?;
        }
        // In a fixed order, so that two statements with the same events cannot deadlock.
        out.push_sql(") ORDER BY 2, 3");
        out.push_sql(CONFLICT);
        Ok(())
    }
}

impl QueryId for Many<'_> {
    type QueryId = Many<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Many<'_> {
    type SqlType = (Text, Text, Text);
}

impl<C> RunQueryDsl<C> for Many<'_> {}
