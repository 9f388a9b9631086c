//! Where events say that they come from.

use super::store::FeedPage;
use crate::{
    clock::Clock,
    settings::installation,
    store::{Store, StoreError},
};

/// What the page's settings say, or else the installation.
pub async fn source_of(
    page: &FeedPage,
    store: &Store,
    clock: &Clock,
) -> Result<String, StoreError> {
    source_or(page.source.clone(), page.installation.clone(), store, clock).await
}

/// The source that the settings name, or else the installation, which gets an id when it has none.
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
