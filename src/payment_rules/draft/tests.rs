//! Tests of valid and invalid drafts.

use super::*;
use serde_json::json;

const METHOD: &str = "apruve_01h455vb4pex5vsknk084sn02q";

fn least() -> Map<String, Value> {
    let least = json!({ "name": "n", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": METHOD }] });
    least.as_object().cloned().unwrap_or_default()
}

fn refusals(changes: Value) -> Vec<(String, String)> {
    let mut body = least();
    body.extend(changes.as_object().cloned().unwrap_or_default());
    let problem = Draft::from_body(&body, Kept::Nothing).err();
    problem.map_or_else(Vec::new, |it| it.pointers_and_codes())
}

#[test]
fn what_is_left_out_gets_its_default() {
    let (draft, _) = Draft::from_body(&least(), Kept::Nothing).expect("a draft");
    assert!(draft.enabled && !draft.stop_processing);
    assert_eq!(draft.expression, None);
    assert!(draft.destinations.is_empty() && draft.websites.is_empty());
    assert_eq!(draft.payment_methods[0].id.to_string(), METHOD);
}

#[test]
fn a_blank_expression_is_none() {
    let mut body = least();
    body.insert("expression".into(), json!(" \n"));
    assert_eq!(
        Draft::from_body(&body, Kept::Nothing)
            .map(|(draft, _)| draft.expression)
            .ok(),
        Some(None)
    );
}

#[test]
fn each_wrong_value_is_refused_where_it_stands() {
    for (changes, pointer, code) in [
        (json!({ "name": "" }), "/name", "too_short"),
        (json!({ "name": "x".repeat(256) }), "/name", "too_long"),
        (json!({ "name": "a\u{0}" }), "/name", "control_character"),
        (json!({ "sortOrder": null }), "/sortOrder", "required"),
        (
            json!({ "sortOrder": 2_147_483_648_u32 }),
            "/sortOrder",
            "out_of_range",
        ),
        (json!({ "sortOrder": 1.5 }), "/sortOrder", "out_of_range"),
        (
            json!({ "currency": "usd" }),
            "/currency",
            "unknown_currency",
        ),
        (
            json!({ "currency": "XXX" }),
            "/currency",
            "unknown_currency",
        ),
        (json!({ "enabled": 1 }), "/enabled", "wrong_type"),
        (
            json!({ "expression": "1".repeat(33 * 1024) }),
            "/expression",
            "too_long",
        ),
        (
            json!({ "expression": "é".repeat(17_000) }),
            "/expression",
            "too_long",
        ),
        (
            json!({ "websites": ["a", "a"] }),
            "/websites/1",
            "duplicate",
        ),
        (
            json!({ "paymentMethods": [] }),
            "/paymentMethods",
            "required",
        ),
        (
            json!({ "enabled": true, "paymentMethods": [] }),
            "/paymentMethods",
            "required",
        ),
        (
            json!({ "enabled": false, "paymentMethods": null }),
            "/paymentMethods",
            "required",
        ),
        (
            json!({ "paymentMethods": [METHOD] }),
            "/paymentMethods/0",
            "wrong_type",
        ),
        (
            json!({ "paymentMethods": [{ "id": "cash_1" }] }),
            "/paymentMethods/0/id",
            "unknown_payment_method",
        ),
        (
            json!({ "paymentMethods": [{ "id": METHOD }, { "id": METHOD }] }),
            "/paymentMethods/1/id",
            "duplicate",
        ),
        (
            json!({ "paymentMethods": [{ "id": METHOD, "options": [] }] }),
            "/paymentMethods/0/options",
            "wrong_type",
        ),
        (
            json!({ "destinations": [{ "country": "UK" }] }),
            "/destinations/0/country",
            "unknown_country",
        ),
        (
            json!({ "activeFrom": "2026-02-01T00:00:00Z", "activeUntil": "2026-02-01T00:00:00Z" }),
            "/activeUntil",
            "before_active_from",
        ),
        (
            json!({ "activeFrom": "tomorrow" }),
            "/activeFrom",
            "not_an_instant",
        ),
        (json!({ "sort_order": 1 }), "/sort_order", "unknown_field"),
    ] {
        let expected = vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(refusals(changes.clone()), expected, "{changes}");
    }
}

#[test]
fn a_rule_that_is_off_may_offer_nothing() {
    let nothing = json!({ "enabled": false, "paymentMethods": [] });
    assert_eq!(refusals(nothing), []);
}

#[test]
fn what_get_returned_may_be_sent_back() {
    let (draft, _) = Draft::from_body(&least(), Kept::Nothing).expect("a draft");
    let id = crate::ids::fresh(DateTime::UNIX_EPOCH);
    let rule = super::super::Rule::new(id, draft, DateTime::UNIX_EPOCH);
    let (again, _) = Draft::from_body(&rule.to_json(), Kept::Nothing).expect("a draft");
    assert_eq!(rule.redrafted(again), rule);
}
