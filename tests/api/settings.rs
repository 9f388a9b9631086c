//! What holds for the whole shop.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// The codes of accounts that are not set.
fn usual() -> Value {
    json!({ "receivable": "1200", "providerReceivable": "1210", "revenue": "4000", "fees": "6800", "returns": "4100", "cash": "1000" })
}

on_both_databases! {
    async fn settings_are_replaced_and_read_back(database: Database) {
        let app = TestApp::start(database).await;
        let empty = app.get("/v1/settings").await;
        assert_eq!(empty.expect(200), json!({ "merchantCountry": null, "defaultLocale": null, "eventSource": null, "accounts": usual() }));
        let put = app.put("/v1/settings", &json!({ "merchantCountry": "US", "defaultLocale": "FR-ca" })).await;
        assert_eq!(put.expect(200), json!({ "merchantCountry": "US", "defaultLocale": "fr-CA", "eventSource": null, "accounts": usual() }));
        assert_ne!(put.etag(), empty.etag());
        let read = app.get("/v1/settings").await;
        assert_eq!((read.json(), read.etag()), (put.json(), put.etag()));
        let same = app.request(Method::GET, "/v1/settings").header("if-none-match", &put.etag()).send().await;
        assert_eq!(same.status, 304);
        let cleared = app.put("/v1/settings", &json!({ "merchantCountry": "DE" })).await;
        assert_eq!(cleared.expect(200), json!({ "merchantCountry": "DE", "defaultLocale": null, "eventSource": null, "accounts": usual() }));
        let entry = app.get("/v1/audit-log?resourceType=settings").await.expect(200)["items"].clone();
        assert_eq!(entry.as_array().map(Vec::len), Some(2));
        assert_eq!(entry[1]["actor"], "admin");
    }

    async fn a_stale_etag_changes_nothing(database: Database) {
        let app = TestApp::start(database).await;
        let stale = app.get("/v1/settings").await.etag();
        app.put("/v1/settings", &json!({ "merchantCountry": "US" })).await.expect(200);
        let late = app.request(Method::PUT, "/v1/settings").header("if-match", &stale);
        assert_eq!(late.json(&json!({ "merchantCountry": "DE" })).send().await.problem(412), "stale");
        assert_eq!(app.get("/v1/settings").await.expect(200)["merchantCountry"], "US");
        let bare = app.request(Method::PUT, "/v1/settings").json(&json!({ "merchantCountry": "DE" })).send().await;
        assert_eq!(bare.expect(200)["merchantCountry"], "DE");
    }

    async fn where_events_come_from_is_an_absolute_uri(database: Database) {
        let app = TestApp::start(database).await;
        for source in ["https://shop.example/payments", "urn:shop:payments"] {
            let put = app.put("/v1/settings", &json!({ "eventSource": source })).await;
            assert_eq!(put.expect(200)["eventSource"], source);
            assert_eq!(app.get("/v1/settings").await.expect(200)["eventSource"], source);
        }
        for source in ["shop", "/payments", "https://shop.example/a b", "https://"] {
            let answer = app.put("/v1/settings", &json!({ "eventSource": source })).await;
            assert_eq!(answer.pointers(), ["/eventSource"], "{source}");
        }
    }

    async fn what_is_not_valid_is_rejected(database: Database) {
        let app = TestApp::start(database).await;
        let wrong = json!({ "merchantCountry": "UK", "defaultLocale": "not a language", "country": "US" });
        let answer = app.put("/v1/settings", &wrong).await;
        assert_eq!(answer.pointers(), ["/merchantCountry", "/defaultLocale", "/country"]);
        assert!(answer.json()["errors"][0]["message"].as_str().is_some_and(|text| text.contains("`GB`")));
    }
}
