//! The parts of a schema as JSON, and references to components.

use serde_json::{Value, json};

/// The prefix of a reference to a component.
pub(super) const PREFIX: &str = "#/components/schemas/";

/// Calls `change` for every value below this one, innermost values first.
pub(super) fn for_each_part(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    let parts: Vec<&mut Value> = match value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => return,
    };
    for part in parts {
        for_each_part(part, change);
        change(part);
    }
}

/// A reference to a component.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PREFIX}{name}") })
}
