//! Pages of long lists: by default 25 items, from page 1.

use std::collections::HashMap;

use serde_json::Value;

use crate::error::{ApiError, invalid};

const USUAL: usize = 25;
const MOST: usize = 100;

/// One page of a list.
pub fn page<T>(
    all: impl Iterator<Item = T>,
    query: &HashMap<String, String>,
    show: impl Fn(T) -> Value,
) -> Result<Value, ApiError> {
    let page = number(query, "page")?.unwrap_or(1);
    let size = number(query, "per_page")?.unwrap_or(USUAL).min(MOST);
    let before = (page - 1).saturating_mul(size);
    Ok(all.skip(before).take(size).map(show).collect())
}

fn number(query: &HashMap<String, String>, name: &str) -> Result<Option<usize>, ApiError> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number > 0);
    let wrong = || invalid(name, format!("{name} is not a number above 0"));
    number.ok_or_else(wrong).map(Some)
}
