//! Exports the webhook bodies that name a buyer, for a data subject request.

use serde::Serialize;
use serde_json::Value;

use super::store;
use crate::{
    pii::Email,
    privacy::{CannotSearch, for_each_mention},
    seal::Sealer,
    store::Store,
};

/// A body that names the buyer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedBody {
    pub webhook_event_id: String,
    /// The body as JSON, or as a string if it is not JSON.
    pub body: Value,
}

/// Every body that names the buyer. `progress` gets the number of bodies read.
pub async fn export(
    store: &Store,
    sealer: &Sealer,
    buyer: &Email,
    progress: &mut impl FnMut(u64),
) -> Result<Vec<ExportedBody>, CannotSearch> {
    let mut bodies = Vec::new();
    let mut keep = |webhook_event_id: String, opened: &[u8]| {
        let text = || Value::from(String::from_utf8_lossy(opened));
        bodies.push(ExportedBody {
            webhook_event_id,
            body: serde_json::from_slice(opened).unwrap_or_else(|_| text()),
        });
    };
    for_each_mention(store, sealer, store::BODIES, buyer, progress, &mut keep).await?;
    Ok(bodies)
}
