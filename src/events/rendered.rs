//! Events as the feed shows them, for those who send them on.

use std::collections::HashMap;

use super::{
    cloud_event::CloudEvent,
    source::source_or,
    store::{self, AppendedEvent},
};
use crate::{
    clock::Clock,
    settings::{self, installation},
    store::{Conn, Store, StoreError},
};

/// An event by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderedEvent {
    /// The JSON text of the CloudEvent.
    Ready(String),
    /// It has no place in the feed yet; it gets one soon.
    Unnumbered,
    /// It is not kept any more.
    Forgotten,
}

/// Events that were read together, with what they say of their source.
#[derive(Debug)]
pub struct EventBatch {
    events: HashMap<String, AppendedEvent>,
    source: Option<String>,
    installation: Option<String>,
}

impl EventBatch {
    /// Reads the events with these ids; those that are not kept any more are missing.
    pub fn read(conn: &mut Conn, ids: &[String]) -> Result<Self, StoreError> {
        Ok(EventBatch {
            events: store::find_each(conn, ids)?,
            source: settings::store::load(conn)?.event_source,
            installation: installation::find(conn)?,
        })
    }

    /// Renders the event with this id as an item of the feed.
    pub async fn render(
        &self,
        store: &Store,
        clock: &Clock,
        id: &str,
    ) -> Result<RenderedEvent, StoreError> {
        let Some(row) = self.events.get(id).cloned() else {
            return Ok(RenderedEvent::Forgotten);
        };
        let Some(row) = row.numbered() else {
            return Ok(RenderedEvent::Unnumbered);
        };
        let (source, installation) = (self.source.clone(), self.installation.clone());
        let source = source_or(source, installation, store, clock).await?;
        // These types have text keys only, which can always be written.
        let text = serde_json::to_string(&CloudEvent::of(row, &source)).unwrap_or_default();
        Ok(RenderedEvent::Ready(text))
    }
}
