//! The shapes of Apruve's answers. What we do not need is not named, and what may be missing is optional.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A shop, as Apruve knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
// By way of a map: a struct with nothing but optional fields could be read from an empty list, too.
#[serde(from = "Map<String, Value>")]
pub struct Merchant {
    pub name: Option<String>,
}

impl From<Map<String, Value>> for Merchant {
    fn from(mut object: Map<String, Value>) -> Self {
        Merchant {
            name: match object.remove("name") {
                Some(Value::String(name)) => Some(name),
                _ => None,
            },
        }
    }
}
