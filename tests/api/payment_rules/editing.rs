//! What rule editors ask of expressions.

use serde_json::{Value, json};

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

const COMPLETE: &str = "/v1/expressions/complete";

async fn complete(app: &TestApp, expression: &str, offset: usize) -> Vec<Value> {
    let body = json!({ "expression": expression, "offset": offset });
    let answer = app.post(COMPLETE, &body).await.expect(200);
    answer["items"].as_array().expect("items").clone()
}

fn labels(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| item["label"].as_str())
        .collect()
}

on_both_databases! {
    async fn what_fits_is_offered_with_the_codes_that_carts_have(database: Database) {
        let app = TestApp::start(database).await;
        let names = complete(&app, "tot", 3).await;
        assert_eq!(names, [json!({ "label": "total", "kind": "path", "type": "money", "insertText": "total", "start": 0, "end": 3 })]);
        let quoted = complete(&app, "currency = U", 12).await;
        assert!(quoted.iter().any(|item| item["label"] == "USD" && item["insertText"] == "'USD'" && item["kind"] == "value"), "{quoted:?}");
        let inside = complete(&app, "billingAddress.countryIso2 in ['US', 'D", 39).await;
        assert!(labels(&inside).contains(&"DE"), "{inside:?}");
        assert_eq!((&inside[0]["start"], &inside[0]["end"]), (&json!(38), &json!(39)));
        let items = complete(&app, "lineItems.any(li", 16).await;
        assert_eq!(labels(&items)[0], "lineItem");
        assert_eq!(items[0]["kind"], "variable");
        let members = complete(&app, "lineItems.any(lineItem.product.", 31).await;
        assert!(labels(&members).contains(&"sku"));
    }

    async fn an_offset_that_is_no_place_is_refused_with_its_field(database: Database) {
        let app = TestApp::start(database).await;
        let long = format!("total > 1 and '{}", "x".repeat(32_000));
        for (body, pointers) in [
            (json!({ "expression": "total", "offset": 6 }), &["/offset"][..]),
            (json!({ "expression": "'😀'", "offset": 2 }), &["/offset"]),
            (json!({ "expression": "total", "offset": -1 }), &["/offset"]),
            (json!({ "expression": "total", "offset": 1.5 }), &["/offset"]),
            (json!({ "expression": "total", "offset": "1" }), &["/offset"]),
            (json!({ "expression": "total" }), &["/offset"]),
            (json!({ "offset": 0 }), &["/expression"]),
            (json!({ "expression": "a\u{0}b", "offset": 0 }), &["/expression"]),
            (json!({ "expression": "x".repeat(32_769), "offset": 0 }), &["/expression"]),
            (json!({ "expression": 5, "offset": "x", "more": 1 }), &["/expression", "/more", "/offset"]),
        ] {
            let answer = app.post(COMPLETE, &body).await;
            assert_eq!(answer.status, 422, "{body}");
            let mut told = answer.pointers();
            told.sort_unstable();
            assert_eq!(told, pointers, "{body}");
        }
        for (text, offset) in [("'😀'", 3), ("total >\r\n cust", 14), ("", 0), (long.as_str(), long.len()), ("a # b", 5)] {
            complete(&app, text, offset).await;
        }
    }

    async fn a_diagnostic_has_an_end_and_an_edit_that_mends_it(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("Check").await;
        let text = "total > 5 and\n  curency = 'USD'";
        let checked = app.post("/v1/expressions/check", &json!({ "expression": text })).await.expect(200);
        let found = &checked["diagnostics"][0];
        assert_eq!(found["span"], json!({ "start": 16, "end": 23, "line": 2, "column": 3, "endLine": 2, "endColumn": 10 }));
        let fix = json!({ "kind": "replace", "start": 16, "end": 23, "text": "currency" });
        assert_eq!(found["fix"], fix);
        let rule = crate::payment_rules::with(crate::payment_rules::least("rule", &check), json!({ "expression": text }));
        let refused = app.post("/v1/payment-rules", &rule).await;
        assert_eq!(refused.status, 422);
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["fix"], &error["span"]["endColumn"]), (&fix, &json!(10)));
        let doubtful = crate::payment_rules::with(crate::payment_rules::least("rule", &check), json!({ "expression": "customer.id = 5" }));
        let saved = crate::payment_rules::make(&app, &doubtful).await;
        assert_eq!(saved["warnings"][0]["fix"], json!({ "kind": "insert", "start": 0, "end": 0, "text": "customer != null and " }));
        let language = app.get("/v1/expressions/schema").await.expect(200);
        let lines = language["names"].as_array().into_iter().flatten().find(|it| it["name"] == "lineItems").expect("lineItems");
        assert_eq!(lines["itemVariable"], "lineItem");
        assert_eq!(language["functions"][0]["parameters"], json!([{ "name": "list", "type": "list of any", "repeated": false }]));
        let codes = language["diagnostics"].as_array().expect("codes");
        assert!(codes.iter().all(|it| it["fixable"] == json!(it.get("reason").is_none())));
    }
}
