//! The shapes of Apruve's answers. What we do not need is not named, and what may be missing is optional.

use serde::Deserialize;

/// A shop, as Apruve knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Merchant {
    #[serde(default)]
    pub name: Option<String>,
}
