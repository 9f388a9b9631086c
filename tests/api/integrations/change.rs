//! `PUT` and `PATCH /v1/integrations/{id}`.

use apruve_sandbox::{Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::{apruve, audited, begin_payment, create, end_payment, payment_term};
use crate::{
    TestApp,
    apruve::API_KEY,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn what_get_returns_can_be_put_back_and_changes_nothing(database: Database) {
        let app = TestApp::start(database).await;
        for body in [apruve("Apruve US"), payment_term("Terms")] {
            let (address, _) = create(&app, &body).await;
            let before = app.get(&address).await;
            let after = app.put(&address, &before.expect(200)).await;
            assert_eq!(after.expect(200), before.expect(200));
            assert_eq!(after.etag(), before.etag());
            assert_eq!(audited(&app, &address).await.len(), 1);
        }
    }

    async fn a_put_replaces_and_leaves_the_api_key_alone(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        let etag = app.get(&address).await.etag();
        let body = json!({
            "name": "Apruve", "label": { "default": "Terms" },
            "settings": { "merchantId": created["settings"]["merchantId"], "testMode": true, "currencies": ["USD", "CAD"] },
        });
        let answer = app.put(&address, &body).await;
        let changed = answer.expect(200);
        assert_ne!(answer.etag(), etag);
        assert_eq!(changed["label"], json!({ "default": "Terms", "localized": {} }));
        assert_eq!(changed["shortLabel"], changed["label"]);
        assert_eq!(changed["settings"]["currencies"], json!(["USD", "CAD"]));
        assert_eq!(changed["settings"]["apiKeyHint"], "…9f3c");
        assert_eq!(changed["settings"]["webhookUrlHint"], created["settings"]["webhookUrlHint"]);
        assert_eq!(changed["createdAt"], created["createdAt"]);
    }

    async fn a_patch_changes_what_it_names(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        app.pass(std::time::Duration::from_secs(60));
        let patch = json!({ "label": { "localized": { "fr": null, "de": "Rechnung" } }, "settings": { "financing": "self" } });
        let changed = app.patch(&address, &patch).await.expect(200);
        assert_eq!(changed["label"], json!({ "default": "Pay on terms", "localized": { "de": "Rechnung" } }));
        assert_eq!(changed["settings"]["financing"], "self");
        assert_eq!(changed["settings"]["webhookPublicKeys"], created["settings"]["webhookPublicKeys"]);
        assert_eq!(changed["updatedAt"], json!(app.now()));
        let changed = app.patch(&address, &json!({ "settings": { "financing": null } })).await.expect(200);
        assert_eq!(changed["settings"]["financing"], "apruve");
    }

    async fn a_patch_cannot_take_the_api_key_away_or_name_what_is_not_there(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        for (patch, pointer) in [
            (json!({ "settings": { "apiKey": null } }), "/settings/apiKey"),
            (json!({ "settings": { "apiKey": "" } }), "/settings/apiKey"),
            (json!({ "settings": { "colour": null } }), "/settings/colour"),
            (json!({ "colour": null }), "/colour"),
            (json!({ "name": null }), "/name"),
            (json!({ "enabled": false }), "/enabled"),
            (json!({ "type": "payment_term" }), "/type"),
            (json!({ "settings": { "merchantId": "other" } }), "/settings/apiKey"),
            (json!({ "settings": { "testMode": false } }), "/settings/apiKey"),
        ] {
            assert_eq!(app.patch(&address, &patch).await.pointers(), [pointer], "{patch}");
        }
        let both = json!({ "settings": { "merchantId": "other", "apiKey": "another key of theirs" } });
        let changed = app.patch(&address, &both).await.expect(200);
        assert_eq!(changed["settings"]["apiKeyHint"], "…eirs");
    }

    async fn once_a_payment_was_made_the_account_stays_and_all_else_may_change(database: Database) {
        let app = TestApp::start(database).await;
        let (address, created) = create(&app, &apruve("Apruve US")).await;
        let (other, _) = create(&app, &apruve("Apruve too")).await;
        begin_payment(&app, &created, "payment_1").await;
        end_payment(&app, "payment_1").await;
        let key = "another key of theirs";
        for (settings, pointers) in [
            (json!({ "merchantId": "other", "apiKey": key }), json!(["/settings/merchantId"])),
            (json!({ "testMode": false, "apiKey": key }), json!(["/settings/testMode"])),
            (
                json!({ "merchantId": "other", "baseUrl": "http://127.0.0.1:1", "apiKey": key }),
                json!(["/settings/merchantId", "/settings/baseUrl"]),
            ),
        ] {
            let patch = json!({ "settings": settings });
            let refused = app.patch(&address, &patch).await;
            assert_eq!(refused.problem(409), "wrong-state", "{settings}");
            let errors = refused.json()["errors"].clone();
            let told = errors.as_array().expect("a list").iter();
            assert_eq!(told.map(|error| error["pointer"].clone()).collect::<Value>(), pointers);
            app.patch(&other, &patch).await.expect(200);
        }
        let rest = json!({ "name": "Apruve", "settings": { "apiKey": key, "currencies": ["EUR"] } });
        let changed = app.patch(&address, &rest).await.expect(200);
        assert_eq!(changed["settings"]["merchantId"], created["settings"]["merchantId"]);
        assert_eq!(changed["settings"]["apiKeyHint"], "…eirs");
    }

    async fn a_change_says_which_version_it_means(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let patch = |etag: Option<&str>, name: &str| {
            let request = app.request(Method::PATCH, &address).json(&json!({ "name": name }));
            match etag {
                Some(etag) => request.header("if-match", etag).send(),
                None => request.send(),
            }
        };
        let read = app.get(&address).await.etag();
        assert_eq!(patch(None, "One").await.problem(428), "precondition-required");
        let changed = patch(Some(&read), "One").await;
        changed.expect(200);
        let stale = patch(Some(&read), "Two").await;
        assert_eq!(stale.problem(412), "stale");
        assert_eq!(stale.etag(), changed.etag());
        patch(Some("*"), "Three").await.expect(200);
        assert_eq!(app.get(&address).await.expect(200)["name"], "Three");
    }

    async fn the_test_key_goes_with_test_mode_and_the_answer_warns(database: Database) {
        let app = TestApp::start(database).await;
        let test_key = onterms::providers::apruve::TEST_WEBHOOK_KEY;
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let own_key = sandbox.public_key_pem.as_str();
        let codes = |answer: &Value| -> Value {
            let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
            warnings.iter().map(|it| it["code"].clone()).collect()
        };
        for (turn, (before, given, after, warned)) in [
            (json!([test_key]), None, json!([]), json!(["test_webhook_key_dropped", "no_webhook_key"])),
            (json!([test_key, own_key]), None, json!([own_key]), json!(["test_webhook_key_dropped"])),
            (json!([test_key]), Some(json!([own_key])), json!([own_key]), json!(["test_webhook_key_dropped"])),
            (json!([test_key]), Some(json!([test_key])), json!([]), json!(["test_webhook_key_dropped", "no_webhook_key"])),
            (json!([own_key]), None, json!([own_key]), json!([])),
            (json!([]), None, json!([]), json!([])),
        ].into_iter().enumerate() {
            for put in [true, false] {
                let mut body = apruve(&format!("Apruve {turn} {put}"));
                body["settings"]["webhookPublicKeys"] = before.clone();
                let (address, _) = create(&app, &body).await;
                let mut settings = json!({ "testMode": false, "apiKey": API_KEY });
                if let Some(keys) = &given {
                    settings["webhookPublicKeys"] = keys.clone();
                }
                let changed = if put {
                    let mut whole = app.get(&address).await.expect(200);
                    for (name, value) in settings.as_object().expect("an object") {
                        whole["settings"][name] = value.clone();
                    }
                    app.put(&address, &whole).await.expect(200)
                } else {
                    app.patch(&address, &json!({ "settings": settings })).await.expect(200)
                };
                assert_eq!(codes(&changed), warned, "{turn} {put}");
                let read = app.get(&address).await.expect(200);
                assert_eq!(read["settings"]["webhookPublicKeys"], after, "{turn} {put}");
                // What it answered is taken back as it is, and changes nothing.
                let again = app.put(&address, &changed).await;
                assert_eq!((codes(&again.expect(200)), again.json()), (json!([]), read));
            }
        }
        // A key that somebody adds in live mode stays; the check warns of it.
        let mut live = apruve("Apruve live");
        live["settings"]["testMode"] = json!(false);
        let (address, _) = create(&app, &live).await;
        let patch = json!({ "settings": { "webhookPublicKeys": [test_key] } });
        let changed = app.patch(&address, &patch).await.expect(200);
        assert_eq!((codes(&changed), &changed["settings"]["webhookPublicKeys"]), (json!([]), &json!([test_key])));
    }

    async fn of_two_changes_to_one_version_one_is_kept(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &payment_term("Terms")).await;
        let etag = app.get(&address).await.etag();
        let change = |name: &'static str| {
            let request = app.request(Method::PATCH, &address).header("if-match", &etag);
            request.json(&json!({ "name": name })).send()
        };
        let (one, other) = futures_util::future::join(change("One"), change("Other")).await;
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let kept = if one.status == 200 { "One" } else { "Other" };
        assert_eq!(app.get(&address).await.expect(200)["name"], kept);
        assert_eq!(audited(&app, &address).await.len(), 2);
    }

    async fn a_name_of_another_cannot_be_taken(database: Database) {
        let app = TestApp::start(database).await;
        create(&app, &payment_term("Terms")).await;
        let (address, _) = create(&app, &payment_term("More terms")).await;
        assert_eq!(app.patch(&address, &json!({ "name": "Terms" })).await.problem(409), "name-taken");
    }

    async fn a_change_is_audited_field_by_field_with_dots_for_the_api_key(database: Database) {
        let app = TestApp::start(database).await;
        let (address, _) = create(&app, &apruve("Apruve US")).await;
        let patch = json!({ "name": "Apruve", "settings": { "apiKey": "0000111122223333", "fundingAlertHours": 48 } });
        app.patch(&address, &patch).await.expect(200);
        let log = audited(&app, &address).await;
        assert_eq!(log[1], ("update".to_owned(), json!({
            "name": { "from": "Apruve US", "to": "Apruve" },
            "fundingAlertHours": { "from": 24, "to": 48 },
            "apiKey": { "from": "••••", "to": "••••" },
        })));
        assert!(!format!("{log:?}").contains(API_KEY));
    }
}
