//! JSON Merge Patch (RFC 7396).

use actix_web::{HttpRequest, http::header};
use serde_json::{Map, Value};

use crate::http::problem::{Kind, Problem};

/// A change of a resource, as the body of PUT or PATCH describes it.
pub enum BodyChange {
    /// PUT: the complete new resource.
    Replace(Map<String, Value>),
    /// PATCH: the fields to change; all other fields stay as they are.
    Merge(Map<String, Value>),
}

impl BodyChange {
    /// Returns the complete resource after the change; `current` is the complete resource before it.
    pub fn apply_to(&self, mut current: Map<String, Value>) -> Map<String, Value> {
        match self {
            BodyChange::Replace(body) => body.clone(),
            BodyChange::Merge(patch) => {
                overlay(&mut current, patch.clone());
                current
            }
        }
    }
}

/// Applies `patch` to `target`: an object merges, anything else replaces. What null removes stays as null: a reader that
/// treats null as absent gets the same result, and can still reject a null for an unknown field or for one that cannot be
/// removed.
pub fn overlay(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, change) in patch {
        match change {
            Value::Object(inner) => {
                let slot = target.entry(name).or_insert(Value::Null);
                if !slot.is_object() {
                    *slot = Value::Object(Map::new());
                }
                if let Value::Object(map) = slot {
                    overlay(map, inner);
                }
            }
            other => {
                target.insert(name, other);
            }
        }
    }
}

/// Returns 415 unless the body has one of these media types. A missing Content-Type is taken as JSON.
pub fn expect_media_type(request: &HttpRequest, accepted: &[&str]) -> Result<(), Problem> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if accepted
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
    {
        return Ok(());
    }
    Err(Problem::new(
        Kind::UnsupportedMediaType,
        format!("Send the body as {}.", accepted.join(" or ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What a reader sees that treats null as absent.
    fn seen(value: Value) -> Value {
        match value {
            Value::Object(map) => map
                .into_iter()
                .filter(|(_, member)| !member.is_null())
                .map(|(name, member)| (name, seen(member)))
                .collect(),
            other => other,
        }
    }

    /// The examples of RFC 7396, appendix A, whose target and patch are objects.
    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (
                json!({"a":"b","b":"c"}),
                json!({"a":null}),
                json!({"b":"c"}),
            ),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ] {
            let (Value::Object(current), Value::Object(change)) = (target, patch.clone()) else {
                panic!("both are objects");
            };
            let after = BodyChange::Merge(change).apply_to(current);
            assert_eq!(seen(Value::Object(after)), seen(result), "{patch}");
        }
    }

    #[test]
    fn an_overlay_keeps_what_was_set_to_null_in_sight() {
        let mut target = json!({ "a": { "b": 1, "c": 2 }, "d": 3 });
        let patch = json!({ "a": { "b": null, "x": null }, "d": null });
        if let (Value::Object(target), Value::Object(patch)) = (&mut target, patch) {
            overlay(target, patch);
        }
        assert_eq!(
            target,
            json!({ "a": { "b": null, "c": 2, "x": null }, "d": null })
        );
    }
}
