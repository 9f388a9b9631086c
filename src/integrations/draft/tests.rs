//! Tables of accepted and refused bodies.

use chrono::DateTime;
use serde_json::json;

use super::*;
use crate::{config, providers::apruve::TEST_WEBHOOK_KEY};

fn policy() -> HostPolicy {
    let sources = config::Sources {
        environment: Some(Vec::new()),
        ..config::Sources::default()
    };
    let settings = config::Settings::load(sources).expect("the defaults load");
    HostPolicy::new(&settings).expect("the defaults have a policy")
}

fn apruve() -> Value {
    json!({
        "type": "apruve",
        "name": "Apruve US",
        "label": { "default": "Pay on terms" },
        "settings": { "merchantId": "a1b2", "apiKey": "0123456789ab9f3c" },
    })
}

fn draft(body: Value, current: Option<&Integration>) -> Result<IntegrationDraft, Problem> {
    read(body.as_object().expect("an object"), current, &policy())
}

fn saved() -> Integration {
    let draft = draft(apruve(), None).unwrap_or_else(|problem| panic!("{problem}"));
    Integration {
        id: crate::ids::fresh(DateTime::UNIX_EPOCH),
        name: draft.name,
        enabled: draft.enabled,
        label: draft.label,
        short_label: draft.short_label,
        settings: draft.settings,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

/// The good body with one value changed by a merge patch whose nulls stay, and what is found wrong with it.
fn wrong(change: Value, current: Option<&Integration>) -> Vec<(String, String)> {
    let mut body = apruve();
    if let (Value::Object(body), Value::Object(change)) = (&mut body, change) {
        crate::http::merge_patch::overlay(body, change);
    }
    let errors = draft(body, current).map_or_else(|p| p.errors().to_vec(), |_| Vec::new());
    errors
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.into_owned()))
        .collect()
}

#[test]
fn what_is_left_out_gets_its_default() {
    let draft = draft(apruve(), None).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(draft.enabled);
    assert_eq!(draft.short_label, draft.label);
    assert_eq!(
        Value::Object(draft.settings.to_json()),
        json!({
            "merchantId": "a1b2", "testMode": false, "currencies": ["USD"], "baseUrl": null,
            "webhookPublicKeys": [], "financing": "apruve", "requiresShipment": false, "fundingAlertHours": 24,
            "credit": { "check": "off", "maxAge": "15m", "whenUnknown": "offer", "whenUnreachable": "warn" },
        })
    );
}

#[test]
fn test_mode_brings_the_key_of_apruves_test_environment_unless_keys_are_given() {
    for (settings, keys) in [
        (
            json!({ "testMode": true }),
            vec![TEST_WEBHOOK_KEY.to_owned()],
        ),
        (json!({ "testMode": true, "webhookPublicKeys": [] }), vec![]),
        (json!({ "testMode": false }), vec![]),
    ] {
        let mut body = apruve();
        let given = settings.as_object().expect("an object").clone();
        body["settings"]
            .as_object_mut()
            .expect("an object")
            .extend(given);
        let draft = draft(body, None).unwrap_or_else(|problem| panic!("{problem}"));
        let read = draft
            .settings
            .as_provider()
            .map(|it| it.webhook_public_keys.clone());
        assert_eq!(read, Some(keys), "{settings}");
    }
}

#[test]
fn every_wrong_value_is_refused_with_its_pointer() {
    let long = "x".repeat(256);
    for (change, pointer, code) in [
        (json!({ "type": "paypal" }), "/type", "unknown_word"),
        (json!({ "type": null }), "/type", "required"),
        (json!({ "type": 1 }), "/type", "wrong_type"),
        (json!({ "name": "ab" }), "/name", "too_short"),
        (json!({ "name": "    " }), "/name", "too_short"),
        (json!({ "name": long }), "/name", "too_long"),
        (json!({ "name": "a\0bc" }), "/name", "control_character"),
        (json!({ "enabled": "yes" }), "/enabled", "wrong_type"),
        (json!({ "label": null }), "/label", "required"),
        (json!({ "label": "Terms" }), "/label", "wrong_type"),
        (
            json!({ "label": { "default": "" } }),
            "/label/default",
            "too_short",
        ),
        (
            json!({ "label": { "default": long } }),
            "/label/default",
            "too_long",
        ),
        (
            json!({ "label": { "localised": {} } }),
            "/label/localised",
            "unknown_field",
        ),
        (
            json!({ "label": { "localized": [] } }),
            "/label/localized",
            "wrong_type",
        ),
        (
            json!({ "label": { "localized": { "french": "x" } } }),
            "/label/localized/french",
            "unknown_language",
        ),
        (
            json!({ "label": { "localized": { "fr": "" } } }),
            "/label/localized/fr",
            "too_short",
        ),
        (
            json!({ "label": { "localized": { "fr-CA": "a", "FR-ca": "b" } } }),
            "/label/localized/fr-CA",
            "duplicate",
        ),
        (
            json!({ "shortLabel": { "default": 7 } }),
            "/shortLabel/default",
            "wrong_type",
        ),
        (
            json!({ "settings": null }),
            "/settings/merchantId",
            "required",
        ),
        (json!({ "settings": [] }), "/settings", "wrong_type"),
        (
            json!({ "settings": { "merchantID": "x" } }),
            "/settings/merchantID",
            "unknown_field",
        ),
        (
            json!({ "settings": { "merchantId": "../orders" } }),
            "/settings/merchantId",
            "not_understood",
        ),
        (
            json!({ "settings": { "merchantId": "a".repeat(129) } }),
            "/settings/merchantId",
            "too_long",
        ),
        (
            json!({ "settings": { "apiKey": null } }),
            "/settings/apiKey",
            "required",
        ),
        (
            json!({ "settings": { "apiKey": "" } }),
            "/settings/apiKey",
            "too_short",
        ),
        (
            json!({ "settings": { "apiKey": " key" } }),
            "/settings/apiKey",
            "not_understood",
        ),
        (
            json!({ "settings": { "apiKey": "schlüssel" } }),
            "/settings/apiKey",
            "not_understood",
        ),
        (
            json!({ "settings": { "apiKey": "a\r\nHost: b" } }),
            "/settings/apiKey",
            "not_understood",
        ),
        (
            json!({ "settings": { "apiKey": long } }),
            "/settings/apiKey",
            "too_long",
        ),
        (
            json!({ "settings": { "apiKey": 5 } }),
            "/settings/apiKey",
            "wrong_type",
        ),
        (
            json!({ "settings": { "testMode": 1 } }),
            "/settings/testMode",
            "wrong_type",
        ),
        (
            json!({ "settings": { "currencies": [] } }),
            "/settings/currencies",
            "too_short",
        ),
        (
            json!({ "settings": { "currencies": "USD" } }),
            "/settings/currencies",
            "wrong_type",
        ),
        (
            json!({ "settings": { "currencies": ["usd"] } }),
            "/settings/currencies/0",
            "unknown_currency",
        ),
        (
            json!({ "settings": { "currencies": ["USD", "XXX"] } }),
            "/settings/currencies/1",
            "unknown_currency",
        ),
        (
            json!({ "settings": { "currencies": ["USD", "USD"] } }),
            "/settings/currencies/1",
            "duplicate",
        ),
        (
            json!({ "settings": { "baseUrl": "https://evil.example" } }),
            "/settings/baseUrl",
            "not_allowed",
        ),
        (
            json!({ "settings": { "webhookPublicKeys": ["key"] } }),
            "/settings/webhookPublicKeys/0",
            "not_a_public_key",
        ),
        (
            json!({ "settings": { "financing": "bank" } }),
            "/settings/financing",
            "unknown_word",
        ),
        (
            json!({ "settings": { "fundingAlertHours": 0 } }),
            "/settings/fundingAlertHours",
            "out_of_range",
        ),
        (
            json!({ "settings": { "fundingAlertHours": 1.5 } }),
            "/settings/fundingAlertHours",
            "out_of_range",
        ),
        (json!({ "enabeld": true }), "/enabeld", "unknown_field"),
    ] {
        let found = wrong(change.clone(), None);
        assert!(
            found.contains(&(pointer.to_owned(), code.to_owned())),
            "{change}: {found:?}"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let found = wrong(
        json!({ "name": "", "settings": { "merchantId": "a/b", "apiKey": "", "financing": "x" }, "colour": 1 }),
        None,
    );
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/name",
            "/settings/merchantId",
            "/settings/apiKey",
            "/settings/financing",
            "/colour"
        ]
    );
}

#[test]
fn a_change_may_leave_the_api_key_out_but_not_take_it_away() {
    let current = saved();
    let without_key = json!({ "name": "Renamed", "label": { "default": "L" }, "settings": { "merchantId": "a1b2" } });
    let kept = draft(without_key, Some(&current)).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(kept.api_key.is_none());
    let hint = kept
        .settings
        .as_provider()
        .map(|it| it.api_key_hint.as_str());
    assert_eq!(hint, Some("…9f3c"));
    let taken = wrong(json!({ "settings": { "apiKey": null } }), Some(&current));
    assert_eq!(
        taken,
        [("/settings/apiKey".to_owned(), "required".to_owned())]
    );
}

#[test]
fn another_account_needs_its_api_key() {
    let current = saved();
    for settings in [
        json!({ "merchantId": "other" }),
        json!({ "merchantId": "a1b2", "testMode": true }),
        json!({ "merchantId": "a1b2", "baseUrl": "http://127.0.0.1:4000" }),
    ] {
        let mut body =
            json!({ "name": "Apruve US", "label": { "default": "L" }, "settings": settings });
        let problem = draft(body.clone(), Some(&current))
            .err()
            .expect("no key was given");
        assert_eq!(
            problem.errors()[0].pointer.as_deref(),
            Some("/settings/apiKey")
        );
        body["settings"]["apiKey"] = json!("another key");
        assert!(draft(body, Some(&current)).is_ok());
    }
}

#[test]
fn type_and_state_may_be_sent_back_but_not_changed() {
    let current = saved();
    assert_eq!(wrong(json!({ "enabled": true }), Some(&current)), []);
    for (change, pointer, code) in [
        (json!({ "enabled": false }), "/enabled", "use_action"),
        (
            json!({ "type": "payment_term", "settings": null }),
            "/type",
            "immutable",
        ),
    ] {
        let found = wrong(change, Some(&current));
        assert!(
            found.contains(&(pointer.to_owned(), code.to_owned())),
            "{found:?}"
        );
    }
}

#[test]
fn languages_are_written_the_usual_way_and_null_is_no_translation() {
    let mut body = apruve();
    body["label"]["localized"] = json!({ "FR-ca": "Payer", "de": null });
    let draft = draft(body, None).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(json!(draft.label.localized), json!({ "fr-CA": "Payer" }));
}
