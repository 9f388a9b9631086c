//! Who changed what, and when.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    TestApp,
    payment_rules::{least, make, path},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_change_is_reported_with_its_actor_its_request_and_its_fields(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let rule = make(&app, &least("A", &check)).await;
        app.pass(Duration::from_secs(1));
        let patched = app.patch(&path(&rule), &json!({ "name": "B" })).await;
        let entry = app.get("/v1/audit-log?resourceType=payment_rule").await.expect(200)["items"][0].clone();
        let expected = json!({
            "id": entry["id"], "happenedAt": "2026-03-01T12:00:01Z", "actor": "admin", "action": "update",
            "resourceType": "payment_rule", "resourceId": rule["id"], "requestId": patched.header("x-request-id"),
            "changes": { "name": { "from": "A", "to": "B" } },
        });
        assert_eq!(entry, expected);
    }

    async fn each_filter_leaves_out_what_it_should(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let a = make(&app, &least("A", &check)).await;
        app.pass(Duration::from_secs(60));
        let b = make(&app, &least("B", &check)).await;
        app.delete(&path(&b)).await;
        let (a, b) = (a["id"].as_str().expect("an id"), b["id"].as_str().expect("an id"));
        for (query, expected) in [
            ("".to_owned(), 3),
            (format!("resourceId={a}"), 1),
            (format!("resourceId={b}"), 2),
            ("action=create".to_owned(), 2),
            ("action=delete&actor=admin".to_owned(), 1),
            ("actor=nobody".to_owned(), 0),
            ("from=2026-03-01T12:00:30Z".to_owned(), 2),
            ("until=2026-03-01T12:01:00Z".to_owned(), 1),
            ("happenedFrom=2026-03-01T12:00:01Z&happenedUntil=2026-03-01T12:01:00Z".to_owned(), 0),
        ] {
            let list = app.get(&format!("/v1/audit-log?resourceType=payment_rule&count=true&{query}")).await.expect(200);
            assert_eq!(list["total"], expected, "{query}");
            assert_eq!(list["items"].as_array().map(Vec::len), usize::try_from(expected).ok(), "{query}");
        }
    }

    async fn the_log_goes_on_where_its_page_ended(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        for name in ["A", "B", "C"] {
            make(&app, &least(name, &check)).await;
        }
        for sort in ["happenedAt", "-happenedAt"] {
            let base = format!("/v1/audit-log?resourceType=payment_rule&sort={sort}");
            let whole = app.get(&base).await.expect(200)["items"].clone();
            let mut seen: Vec<Value> = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = app.get(&format!("{base}&limit=1{cursor}")).await.expect(200);
                seen.extend(page["items"].as_array().cloned().unwrap_or_default());
                match page["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(Value::Array(seen), whole, "{sort}");
        }
    }

    async fn a_parameter_that_is_not_valid_is_rejected(database: Database) {
        let app = TestApp::start(database).await;
        for (query, parameter) in [("from=yesterday", "from"), ("sort=actor", "sort"), ("who=me", "who")] {
            assert_eq!(app.get(&format!("/v1/audit-log?{query}")).await.pointers(), [parameter]);
        }
    }
}
