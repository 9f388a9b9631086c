//! Follows the feed and creates a delivery for each endpoint that an event is for.
//!
//! Every replica does this. An endpoint's position is advanced in the same write as its deliveries are created, and
//! only from the position that was read. So of two concurrent replicas, one finds a changed position and creates
//! nothing.

use std::time::Duration;

use super::{endpoint::Endpoint, store, worker::Deliverer};
use crate::{
    clock::Clock,
    events::store::{EventRow, FeedQuery, FeedRead, last_sequence, read_page},
    jobs::{self, Wakeup},
    store::{Store, StoreError},
};

/// The number of deliveries that are created in one write, so that other writes need not wait for long.
const BATCH: i64 = 200;

/// Works until the store is closed or the future is dropped.
pub async fn follow(store: Store, clock: Clock, poll: Duration, wakeup: Wakeup<Deliverer>) {
    let complaint = "events cannot be handed on to notification endpoints right now";
    jobs::every(poll, complaint, async || {
        while step(&store, &clock, &wakeup).await? {}
        Ok(())
    })
    .await;
}

/// Creates a batch of deliveries for each endpoint. True if there are more events.
async fn step(
    store: &Store,
    clock: &Clock,
    wakeup: &Wakeup<Deliverer>,
) -> Result<bool, StoreError> {
    let behind = store
        .read(|conn| {
            let last = last_sequence(conn)?;
            store::list_behind(conn, last)
        })
        .await?;
    let mut has_more = false;
    for endpoint in behind {
        let query = query_of(&endpoint);
        let read = store.snapshot(move |conn| read_page(conn, &query)).await?;
        let (rows, next, caught_up) = match read {
            FeedRead::Page(page) => (page.rows, page.next, page.caught_up),
            FeedRead::Expired { oldest } => (Vec::new(), oldest, false),
        };
        let made = !rows.is_empty();
        if hand_on(store, clock, &endpoint, rows, next).await? && made {
            wakeup.ring();
        }
        has_more |= !caught_up;
    }
    Ok(has_more)
}

fn query_of(endpoint: &Endpoint) -> FeedQuery {
    FeedQuery {
        after: Some(endpoint.position),
        types: Some(endpoint.event_types()),
        subject: None,
        website: None,
        websites: endpoint.websites(),
        limit: BATCH,
    }
}

async fn hand_on(
    store: &Store,
    clock: &Clock,
    endpoint: &Endpoint,
    rows: Vec<(EventRow, i64)>,
    next: i64,
) -> Result<bool, StoreError> {
    let (id, from, now) = (endpoint.id, endpoint.position, clock.now());
    store
        .write(move |tx| {
            if !store::advance(tx, id, from, next)? {
                return Ok(false);
            }
            let events: Vec<(&str, &str)> = rows
                .iter()
                .map(|(event, _)| (event.id.as_str(), event.kind.as_str()))
                .collect();
            if !events.is_empty() {
                store::insert_deliveries(tx, id, &events, now)?;
            }
            Ok(true)
        })
        .await
}
