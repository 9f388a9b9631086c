//! Many rules at once.

use serde_json::{Value, json};

use super::{least, make, names, with};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// A in dollars, B and C in euros, in this order.
async fn rules(app: &TestApp) -> Vec<Value> {
    let check = app.check("Check").await;
    let mut rules = Vec::new();
    for (name, currency, sort_order) in [("A", "USD", 1), ("B", "EUR", 2), ("C", "EUR", 10)] {
        let more = json!({ "currency": currency, "sortOrder": sort_order });
        rules.push(make(app, &with(least(name, &check), more)).await);
    }
    rules
}

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    names(
        &app.get(&format!("/v1/payment-rules?{query}"))
            .await
            .expect(200)["items"],
    )
}

on_both_databases! {
    async fn rules_are_turned_off_by_id_in_one_revision(database: Database) {
        let app = TestApp::start(database).await;
        let rules = rules(&app).await;
        let body = json!({ "action": "disable", "ids": [rules[2]["id"], rules[0]["id"]] });
        let done = app.post("/v1/payment-rules/bulk", &body).await.expect(200);
        let newest = app.get("/v1/rule-revisions").await.expect(200)["items"][0].clone();
        assert_eq!(done, json!({ "count": 2, "changed": 2, "revision": newest["number"] }));
        assert_eq!(newest["action"], "disable");
        assert_eq!(listed(&app, "enabled=true").await, ["B"]);
        let again = app.post("/v1/payment-rules/bulk", &body).await.expect(200);
        assert_eq!(again, json!({ "count": 2, "changed": 0, "revision": newest["number"] }));
    }

    async fn rules_are_deleted_and_turned_on_by_filter(database: Database) {
        let app = TestApp::start(database).await;
        rules(&app).await;
        let bulk = async |body: Value| app.post("/v1/payment-rules/bulk", &body).await.expect(200)["count"].clone();
        assert_eq!(bulk(json!({ "action": "disable", "filter": {} })).await, 3);
        assert_eq!(bulk(json!({ "action": "enable", "filter": { "currency": "EUR", "name": "b" } })).await, 1);
        assert_eq!(bulk(json!({ "action": "delete", "filter": { "enabled": false } })).await, 2);
        assert_eq!(listed(&app, "").await, ["B"]);
    }

    async fn one_wrong_id_leaves_all_as_they_are(database: Database) {
        let app = TestApp::start(database).await;
        let rules = rules(&app).await;
        let ids = json!([rules[0]["id"], "rule_01h455vb4pex5vsknk084sn02q", "x", rules[0]["id"]]);
        for (path, body) in [
            ("/v1/payment-rules/bulk", json!({ "action": "delete", "ids": ids })),
            ("/v1/payment-rules/reorder", json!({ "ids": ids })),
        ] {
            assert_eq!(app.post(path, &body).await.pointers(), ["/ids/1", "/ids/2", "/ids/3"], "{path}");
        }
        assert_eq!(listed(&app, "").await, ["A", "B", "C"]);
        assert_eq!(app.get("/v1/rule-revisions?count=true").await.expect(200)["total"], 3);
    }

    async fn a_bulk_change_that_says_too_little_or_too_much_is_refused(database: Database) {
        let app = TestApp::start(database).await;
        for (body, pointer) in [
            (json!({ "action": "enable" }), "/ids"),
            (json!({ "action": "enable", "ids": [], "filter": {} }), "/filter"),
            (json!({ "action": "pause", "filter": {} }), "/action"),
            (json!({ "filter": {} }), "/action"),
            (json!({ "action": "enable", "filter": { "country": "UK" } }), "/filter/country"),
            (json!({ "action": "enable", "filter": { "colour": "red" } }), "/filter/colour"),
            (json!({ "action": "enable", "filter": { "paymentMethodId": "card" } }), "/filter/paymentMethodId"),
            (json!({ "action": "enable", "filter": { "paymentMethod": "card" } }), "/filter/paymentMethod"),
            (json!({ "action": "enable", "filter": 1 }), "/filter"),
            (json!({ "action": "enable", "ids": "all" }), "/ids"),
        ] {
            assert_eq!(app.post("/v1/payment-rules/bulk", &body).await.pointers(), [pointer], "{body}");
        }
        assert_eq!(app.post("/v1/payment-rules/reorder", &json!({})).await.pointers(), ["/ids"]);
    }

    async fn a_new_order_gives_sort_orders_ten_apart(database: Database) {
        let app = TestApp::start(database).await;
        let rules = rules(&app).await;
        let ids = [&rules[2]["id"], &rules[0]["id"], &rules[1]["id"]];
        let done = app.post("/v1/payment-rules/reorder", &json!({ "ids": ids })).await.expect(200);
        assert_eq!((&done["count"], &done["changed"]), (&json!(3), &json!(2)), "{done}");
        let items = app.get("/v1/payment-rules").await.expect(200)["items"].clone();
        assert_eq!(names(&items), ["C", "A", "B"]);
        let orders: Vec<_> = items.as_array().expect("a list").iter().map(|rule| rule["sortOrder"].clone()).collect();
        assert_eq!(orders, [10, 20, 30]);
    }
}
