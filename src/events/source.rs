//! The `source` of events.

use super::store::FeedPage;
use crate::{
    clock::Clock,
    settings::installation,
    store::{Store, StoreError},
};

/// The source for the events of a page.
pub async fn source_of(
    page: &FeedPage,
    store: &Store,
    clock: &Clock,
) -> Result<String, StoreError> {
    source_or(page.source.clone(), page.installation.clone(), store, clock).await
}

/// The source from the settings, else one made of the id of the installation, which is created if there is none.
pub async fn source_or(
    named: Option<String>,
    installation: Option<String>,
    store: &Store,
    clock: &Clock,
) -> Result<String, StoreError> {
    if let Some(source) = named {
        return Ok(source);
    }
    let installation = match installation {
        Some(id) => id,
        None => installation::id(store, clock).await?,
    };
    Ok(format!("urn:onterms:{installation}"))
}
