//! The canonical form of a JSON body: bodies with the same content have the same form.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::http::body::read_instant;

/// Members that are read as exact numbers, whether written as strings or numbers.
const NUMBERS: [&str; 11] = [
    "amount",
    "discountAmount",
    "handlingAmount",
    "insuranceAmount",
    "line",
    "quantity",
    "shippingAmount",
    "surchargeAmount",
    "taxAmount",
    "total",
    "value",
];
/// Members that are moments.
const MOMENTS: [&str; 3] = ["deliveredAt", "dueAt", "shippedAt"];

/// The maximum depth of canonical values; deeper ones stay as written. No accepted body is that deep.
const MOST_LEVELS: usize = 128;

/// SHA-256 of the canonical form: sorted members without those that are null, numbers without needless digits, moments in UTC.
pub fn hash(body: &str) -> String {
    let text = canonical(body, "", MOST_LEVELS);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn canonical(json: &str, member: &str, levels: usize) -> String {
    let json = json.trim();
    let below = |value: &RawValue, name: &str| canonical(value.get(), name, levels - 1);
    let form = match json.as_bytes().first() {
        _ if levels == 0 => None,
        None => Some("{}".to_owned()),
        Some(b'{') => read::<BTreeMap<String, &RawValue>>(json).map(|members| {
            let given = members.iter().filter(|(_, value)| value.get() != "null");
            let members =
                given.map(|(name, value)| format!("{}:{}", json!(name), below(value, name)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }),
        Some(b'[') => read::<Vec<&RawValue>>(json).map(|items| {
            let items = items.into_iter().map(|item| below(item, member));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }),
        Some(b'"') => read::<String>(json).map(|text| json!(plain(&text, member)).to_string()),
        Some(b'n') if member.is_empty() => Some("{}".to_owned()),
        Some(_) if NUMBERS.contains(&member) => Some(json!(number(json)).to_string()),
        Some(_) => Some(number(json)),
    };
    form.unwrap_or_else(|| json.to_owned())
}

fn read<'j, T: Deserialize<'j>>(json: &'j str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn plain(text: &str, member: &str) -> String {
    if NUMBERS.contains(&member) {
        return number(text);
    }
    match read_instant(text) {
        Some(moment) if MOMENTS.contains(&member) => moment.to_rfc3339(),
        _ => text.to_owned(),
    }
}

/// A number without needless digits; any other text stays as it is.
fn number(text: &str) -> String {
    match Decimal::from_str_exact(text) {
        Ok(number) => number.normalize().to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_say_the_same_have_one_hash() {
        for same in [
            &["", " ", "{}", "null", "{ }", r#"{"amount":null}"#][..],
            &[
                r#"{"amount":"30.00","reason":"x"}"#,
                r#"{"reason":"x","amount":30}"#,
                r#"{ "amount" : 30.0, "reason": "\u0078", "refundReference": null }"#,
            ],
            &[
                r#"{"dueAt":"2026-04-01T00:00:00Z"}"#,
                r#"{"dueAt":"2026-04-01T02:00:00.000+02:00"}"#,
            ],
            &[
                r#"{"items":[{"line":0,"quantity":"1.50"}]}"#,
                r#"{"items":[{"quantity":1.5,"line":0}]}"#,
            ],
            &[
                r#"{"lineItems":[{"price":{"value":"12.50","currency":"USD"},"title":"a"}]}"#,
                r#"{"lineItems":[{"title":"a","price":{"currency":"USD","value":12.5}}]}"#,
            ],
        ] {
            for other in same {
                assert_eq!(hash(other), hash(same[0]), "{other}");
            }
        }
    }

    #[test]
    fn bodies_that_say_something_else_have_another() {
        let all = [
            "{}",
            r#"{"amount":"30.00"}"#,
            r#"{"amount":"30.01"}"#,
            r#"{"amount":"90071992547409.92"}"#,
            r#"{"amount":"90071992547409.93"}"#,
            r#"{"reason":"1"}"#,
            r#"{"reason":"1.0"}"#,
            r#"{"reason":"2026-04-01T00:00:00Z"}"#,
            r#"{"reason":"2026-04-01T02:00:00+02:00"}"#,
            r#"{"reason":""}"#,
            r#"{"issue":true}"#,
            r#"{"issue":false}"#,
            r#"{"issue":"true"}"#,
            r#"{"items":[]}"#,
            r#"{"items":[{"line":0},{"line":1}]}"#,
            r#"{"items":[{"line":1},{"line":0}]}"#,
            r#"{"shipment":{}}"#,
        ];
        for (index, one) in all.iter().enumerate() {
            for other in &all[..index] {
                assert_ne!(hash(one), hash(other), "{one} {other}");
            }
        }
    }
}
