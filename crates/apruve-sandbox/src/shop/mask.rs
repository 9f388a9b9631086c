//! Hides secrets in the data that the page shows.

use serde_json::Value;

/// The replacement of a hidden value.
pub const HIDDEN: &str = "••••••";

/// The endings of member names whose values are secret.
const SECRETS: [&str; 5] = ["secret", "apikey", "token", "password", "authorization"];

/// The value with its secrets hidden, at any depth.
pub fn mask(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(mask_member).collect()),
        Value::Array(items) => items.into_iter().map(mask).collect(),
        other => other,
    }
}

fn mask_member((name, value): (String, Value)) -> (String, Value) {
    let plain = name.to_ascii_lowercase().replace(['_', '-'], "");
    let is_secret = SECRETS.iter().any(|end| plain.ends_with(end));
    let masked = match value {
        Value::Null => Value::Null,
        _ if is_secret => HIDDEN.into(),
        other => mask(other),
    };
    (name, masked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_at_any_depth_and_nothing_else_is() {
        let shown = mask(json!({
            "id": "endpoint_1", "secret": "whsec_1", "tokens": 3, "secureHash": "ab",
            "settings": [{ "apiKey": "k", "api_key": "k", "Authorization": "Bearer e", "webhook_token": { "a": 1 }, "secret": null }],
        }));
        assert_eq!(
            shown,
            json!({
                "id": "endpoint_1", "secret": HIDDEN, "tokens": 3, "secureHash": "ab",
                "settings": [{ "apiKey": HIDDEN, "api_key": HIDDEN, "Authorization": HIDDEN, "webhook_token": HIDDEN, "secret": null }],
            })
        );
    }
}
