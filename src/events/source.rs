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
    if let Some(source) = &page.source {
        return Ok(source.clone());
    }
    let installation = match &page.installation {
        Some(id) => id.clone(),
        None => installation::id(store, clock).await?,
    };
    Ok(format!("urn:onterms:{installation}"))
}
