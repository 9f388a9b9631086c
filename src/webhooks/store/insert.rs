//! Adds events to the inbox.

use std::collections::{HashMap, hash_map::Entry};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    QueryResult,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp},
};

use crate::{
    store::{Conn, Prepared, StoreError, Tx, schema::webhook_events, timestamp},
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

/// Integration, deduplication key, and the id of a stored event.
#[derive(Queryable, QueryableByName)]
struct StoredEvent {
    #[diesel(sql_type = Text)]
    integration_id: String,
    #[diesel(sql_type = Text)]
    dedup_key: String,
    #[diesel(sql_type = Text)]
    id: String,
}

/// Inserts events and returns for each whether it is new. A repeated event only increments the repeats of the stored
/// one. On PostgreSQL this is one statement for all.
pub fn insert(tx: &mut Tx<'_>, events: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
    let stored: Vec<StoredEvent> = match tx.conn() {
        Conn::Pg(conn) => insert_all(conn, events)?,
        Conn::Sqlite(conn) => {
            let each = events.iter().map(|event| insert_one(conn, event));
            each.collect::<QueryResult<_>>()?
        }
    };
    let ids: HashMap<(&str, &str), &str> = stored
        .iter()
        .map(|it| ((&*it.integration_id, &*it.dedup_key), &*it.id))
        .collect();
    let is_new = |event: &NewEvent| ids.get(&event.key()) == Some(&event.id.as_str());
    Ok(events.iter().map(is_new).collect())
}

/// The initial state of an event, when it is due, and when it was settled.
fn beginning(event: &NewEvent) -> (WebhookState, Option<NaiveDateTime>, Option<NaiveDateTime>) {
    let received_at = timestamp::to_stored(event.received_at);
    match &event.ignored {
        None => (WebhookState::Received, Some(received_at), None),
        Some(_) => (WebhookState::Ignored, None, Some(received_at)),
    }
}

fn insert_one(conn: &mut SqliteConnection, event: &NewEvent) -> QueryResult<StoredEvent> {
    let (state, due_at, settled_at) = beginning(event);
    let upsert = diesel::insert_into(webhook_events::table)
        .values((
            webhook_events::id.eq(&event.id),
            webhook_events::integration_id.eq(&event.integration),
            webhook_events::dedup_key.eq(&event.dedup_key),
            webhook_events::event.eq(&event.event),
            webhook_events::verified.eq(event.verified),
            webhook_events::body_sealed.eq(&event.body_sealed),
            webhook_events::state.eq(state),
            webhook_events::outcome.eq(&event.ignored),
            webhook_events::repeats.eq(0_i64),
            webhook_events::received_at.eq(timestamp::to_stored(event.received_at)),
            webhook_events::occurred_at.eq(event.occurred_at.map(timestamp::to_stored)),
            webhook_events::settled_at.eq(settled_at),
            webhook_events::due_at.eq(due_at),
            webhook_events::attempts.eq(0),
            webhook_events::version.eq(1_i64),
        ))
        .on_conflict((webhook_events::integration_id, webhook_events::dedup_key))
        .do_update()
        .set((
            webhook_events::repeats.eq(webhook_events::repeats + 1),
            webhook_events::version.eq(webhook_events::version + 1),
        ))
        .returning((
            webhook_events::integration_id,
            webhook_events::dedup_key,
            webhook_events::id,
        ));
    Prepared(upsert).get_result(conn)
}

/// One array per column, because a list of rows would change the text of the statement with the number of events. In a
/// fixed order, so that two statements with the same events cannot deadlock.
const INSERT_ALL: &str = "INSERT INTO webhook_events (id, integration_id, dedup_key, event, \
    verified, body_sealed, state, outcome, repeats, received_at, occurred_at, settled_at, due_at, \
    attempts, version) \
    SELECT *, 0, 1 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ORDER BY 2, 3 \
    ON CONFLICT (integration_id, dedup_key) DO UPDATE SET \
    repeats = webhook_events.repeats + excluded.repeats + 1, \
    version = webhook_events.version + excluded.repeats + 1 \
    RETURNING integration_id, dedup_key, id";

fn insert_all(conn: &mut PgConnection, events: &[NewEvent]) -> QueryResult<Vec<StoredEvent>> {
    // `ON CONFLICT DO UPDATE` may touch a row only once per statement.
    let mut different: Vec<&NewEvent> = Vec::with_capacity(events.len());
    let mut repeats: Vec<i64> = Vec::with_capacity(events.len());
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for event in events {
        match places.entry(event.key()) {
            Entry::Occupied(place) => repeats[*place.get()] += 1,
            Entry::Vacant(place) => {
                place.insert(different.len());
                different.push(event);
                repeats.push(0);
            }
        }
    }
    let texts = |text: fn(&NewEvent) -> &str| each(&different, text);
    let insert = diesel::sql_query(INSERT_ALL)
        .bind::<Array<Text>, _>(texts(|it| &it.id))
        .bind::<Array<Text>, _>(texts(|it| &it.integration))
        .bind::<Array<Text>, _>(texts(|it| &it.dedup_key))
        .bind::<Array<Nullable<Text>>, _>(each(&different, |it| it.event.as_deref()))
        .bind::<Array<Bool>, _>(each(&different, |it| it.verified))
        .bind::<Array<Text>, _>(texts(|it| &it.body_sealed))
        .bind::<Array<Text>, _>(each(&different, |it| beginning(it).0.as_str()))
        .bind::<Array<Nullable<Text>>, _>(each(&different, |it| it.ignored.as_deref()))
        .bind::<Array<BigInt>, _>(repeats)
        .bind::<Array<Timestamp>, _>(each(&different, |it| timestamp::to_stored(it.received_at)))
        .bind::<Array<Nullable<Timestamp>>, _>(each(&different, |it| {
            it.occurred_at.map(timestamp::to_stored)
        }))
        .bind::<Array<Nullable<Timestamp>>, _>(each(&different, |it| beginning(it).2))
        .bind::<Array<Nullable<Timestamp>>, _>(each(&different, |it| beginning(it).1));
    Prepared(insert).load(conn)
}

fn each<'e, T>(events: &[&'e NewEvent], value: impl Fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().map(|event| value(event)).collect()
}
