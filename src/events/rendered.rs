//! One event as the feed shows it, for those who send it on.

use super::{cloud_event::CloudEvent, source::source_or, store};
use crate::{
    clock::Clock,
    settings::{self, installation},
    store::{Store, StoreError},
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

/// Renders the event with this id as an item of the feed.
pub async fn render(store: &Store, clock: &Clock, id: String) -> Result<RenderedEvent, StoreError> {
    let (event, source, installation) = store
        .snapshot(move |conn| {
            let event = store::find(conn, &id)?;
            let source = settings::store::load(conn)?.event_source;
            Ok::<_, StoreError>((event, source, installation::find(conn)?))
        })
        .await?;
    let Some(row) = event else {
        return Ok(RenderedEvent::Forgotten);
    };
    let Some(row) = row.numbered() else {
        return Ok(RenderedEvent::Unnumbered);
    };
    let source = source_or(source, installation, store, clock).await?;
    // These types have text keys only, which can always be written.
    let text = serde_json::to_string(&CloudEvent::of(row, &source)).unwrap_or_default();
    Ok(RenderedEvent::Ready(text))
}
