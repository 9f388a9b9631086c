//! Renders events in the format of the feed, for notifications.

use std::collections::HashMap;

use super::{
    cloud_event::CloudEvent,
    source::EventSource,
    store::{self, EventRow},
};
use crate::{
    clock::Clock,
    store::{Conn, Store, StoreError},
};

/// The result of rendering an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderedEvent {
    /// The JSON text of the CloudEvent.
    Ready(String),
    /// The event has no place in the feed yet, but will get one soon.
    Unnumbered,
    /// The event is not stored any more.
    Forgotten,
}

/// Events that were read together, with the data for their `source`.
#[derive(Debug)]
pub struct EventBatch {
    events: HashMap<String, (EventRow, Option<i64>)>,
    source: EventSource,
}

impl EventBatch {
    /// Reads the events with these ids; those that are not stored any more are missing.
    pub fn read(conn: &mut Conn, ids: &[&str]) -> Result<Self, StoreError> {
        Ok(EventBatch {
            events: store::find_each(conn, ids)?,
            source: EventSource::read(conn)?,
        })
    }

    /// Renders the event with this id as an item of the feed.
    pub async fn render(
        &self,
        store: &Store,
        clock: &Clock,
        id: &str,
    ) -> Result<RenderedEvent, StoreError> {
        let (row, sequence) = match self.events.get(id) {
            Some((row, Some(sequence))) => (row.clone(), *sequence),
            Some((_, None)) => return Ok(RenderedEvent::Unnumbered),
            None => return Ok(RenderedEvent::Forgotten),
        };
        let source = self.source.text(store, clock).await?;
        // Serialization cannot fail: these types have only text keys.
        let text =
            serde_json::to_string(&CloudEvent::of((row, sequence), &source)).unwrap_or_default();
        Ok(RenderedEvent::Ready(text))
    }
}
