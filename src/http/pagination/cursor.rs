//! The position after a page, encoded as `nextCursor` and in the link to the next page.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::Position;

/// The length in bytes of the shortened hash that distinguishes lists and their filters.
const LIST_BYTES: usize = 9;

#[derive(Serialize, Deserialize)]
pub(super) struct Cursor {
    pub sort: String,
    /// The list of the cursor, see [`list_of`]. Cursors of earlier versions lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    #[serde(flatten)]
    pub position: Position,
}

impl Cursor {
    /// Returns `None` if the text is not a cursor.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Identifies a list by its path and its filters, in any order. Parameters that only choose a page of the list do not
/// count.
pub(super) fn list_of(path: &str, query: &str) -> String {
    let mut filters = pairs(query);
    filters.retain(|(name, _)| !["cursor", "limit", "count", "sort"].contains(&name.as_str()));
    filters.sort_unstable();
    let named = serde_json::to_vec(&(path, filters)).unwrap_or_default();
    let digest = digest(&SHA256, &named);
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..LIST_BYTES])
}

/// The first value of a parameter.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = pairs(query).into_iter();
    pairs.find(|(key, _)| key == name).map(|(_, value)| value)
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(query);
    pairs.map(|pairs| pairs.into_inner()).unwrap_or_default()
}
