//! Which label a buyer reads.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    shop::{cart, cart_with},
    support::{Database, on_both_databases},
};

const PATH: &str = "/v1/checkout/payment-methods";

/// A shop with one method; the default label is `-`, and each translation is its own tag.
async fn shop(database: Database, default: Value, tags: &[&str]) -> TestApp {
    let app = TestApp::start(database).await;
    let localized: serde_json::Map<_, _> = tags
        .iter()
        .map(|tag| ((*tag).to_owned(), json!(tag)))
        .collect();
    let method = app
        .method(json!({
            "type": "check_money_order", "name": "The check", "settings": { "payTo": "A", "sendTo": "B" },
            "label": { "default": "-", "localized": localized },
        }))
        .await;
    app.rule("r", 1, &[&method], json!({ "expression": "total <= 1000" }))
        .await;
    app.put("/v1/settings", &json!({ "defaultLocale": default }))
        .await
        .expect(200);
    app
}

/// The label for a reader with these lines of `Accept-Language`.
async fn label(app: &TestApp, lines: &[&str]) -> String {
    let request = app.request(Method::POST, PATH);
    let request = lines.iter().fold(request, |request, line| {
        request.header("accept-language", line)
    });
    let answer = request.json(&cart()).send().await.expect(200);
    answer["offered"][0]["label"]
        .as_str()
        .expect("a label")
        .to_owned()
}

on_both_databases! {
    async fn the_readers_best_language_wins_even_if_it_is_the_default_labels(database: Database) {
        let app = shop(database, json!("en"), &["fr", "es", "es-419", "zh-Hant", "zh", "nb"]).await;
        for (lines, text) in [
            (&["en-US,en;q=0.8,fr;q=0.4"][..], "-"),
            (&["fr;q=0.4", "en-US,en;q=0.8"], "-"),
            (&["en;q=0.4", "fr;q=0.8"], "fr"),
            (&["de", "it, fr-CH;q=0.3"], "fr"),
            (&["de, *;q=0.5"], "-"),
            (&["en;q=0, *"], "es"),
            (&["zh-TW"], "zh-Hant"),
            (&["zh-SG"], "zh"),
            (&["es-MX,es;q=0.9"], "es-419"),
            (&["es-ES"], "es"),
            (&["no"], "nb"),
            (&["nn-NO"], "nb"),
            (&[], "-"),
        ] {
            assert_eq!(label(&app, lines).await, text, "{lines:?}");
        }
        for (parameter, text) in [("fr_FR", "fr"), ("zh_TW", "zh-Hant"), ("en_GB", "-"), ("no", "nb"), ("de", "-")] {
            let answer = app.request(Method::POST, &format!("{PATH}?locale={parameter}")).header("accept-language", "fr");
            assert_eq!(answer.json(&cart()).send().await.expect(200)["offered"][0]["label"], text, "{parameter}");
        }
        assert_eq!(app.post(&format!("{PATH}?locale=fr__FR"), &cart()).await.pointers(), ["locale"]);
    }

    async fn a_default_label_without_a_language_is_matched_last(database: Database) {
        let app = shop(database, json!(null), &["fr", "in"]).await;
        for (line, text) in [("en-US,en;q=0.8,fr;q=0.4", "fr"), ("en", "-"), ("*", "-"), ("id", "in")] {
            assert_eq!(label(&app, &[line]).await, text, "{line}");
        }
        // As soon as it has one, it counts like every other.
        let put = app.put("/v1/settings", &json!({ "defaultLocale": "en_US" })).await;
        assert_eq!(put.expect(200)["defaultLocale"], "en-US");
        assert_eq!(label(&app, &["en-US,en;q=0.8,fr;q=0.4"]).await, "-");
    }

    async fn reasons_name_the_method_by_the_readers_label(database: Database) {
        let app = shop(database, json!("en"), &["fr"]).await;
        let method = app.terms("t").await;
        for (locale, label) in [("fr", "Invoice"), ("en", "Invoice")] {
            let path = format!("{PATH}?explain=summary&locale={locale}");
            let answer = app.post(&path, &cart()).await.expect(200);
            assert_eq!(answer["notOffered"][0]["id"], method);
            assert_eq!(answer["notOffered"][0]["reasons"][0]["message"], format!("No rule names \"{label}\"."));
        }
        let check = app.get("/v1/integrations?sort=createdAt").await.expect(200)["items"][0]["id"].clone();
        let deactivate = format!("/v1/integrations/{}/deactivate", check.as_str().expect("an id"));
        app.post(&deactivate, &json!({})).await.expect(200);
        for (locale, label) in [("fr", "fr"), ("en", "-")] {
            let path = format!("{PATH}?explain=full&locale={locale}");
            let answer = app.post(&path, &cart_with(json!({}))).await.expect(200);
            let reasons: Vec<_> = answer["notOffered"].as_array().into_iter().flatten().map(|one| &one["reasons"][0]["message"]).collect();
            assert!(reasons.contains(&&json!(format!("The integration of \"{label}\" is deactivated."))), "{reasons:?}");
        }
    }
}
