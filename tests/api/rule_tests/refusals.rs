//! Tests that are none.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Shop, put, test};
use crate::{
    shop::cart_with,
    support::{Database, on_both_databases},
};

fn with(more: Value) -> Value {
    let mut made = test("One", json!({ "offered": [] }));
    made.as_object_mut()
        .expect("an object")
        .extend(more.as_object().expect("an object").clone());
    made
}

on_both_databases! {
    async fn each_fault_of_a_test_is_reported_at_its_place(database: Database) {
        let shop = Shop::open(database).await;
        for (tests, pointers) in [
            (json!(null), vec!["/tests"]),
            (json!({}), vec!["/tests"]),
            (json!("x"), vec!["/tests"]),
            (json!([5]), vec!["/tests/0"]),
            (json!([null]), vec!["/tests/0"]),
            (json!([{}]), vec!["/tests/0/cart", "/tests/0/expect", "/tests/0/name"]),
            (json!([with(json!({ "name": null }))]), vec!["/tests/0/name"]),
            (json!([with(json!({ "name": "" }))]), vec!["/tests/0/name"]),
            (json!([with(json!({ "name": "  " }))]), vec!["/tests/0/name"]),
            (json!([with(json!({ "name": 5 }))]), vec!["/tests/0/name"]),
            (json!([with(json!({ "name": "n".repeat(256) }))]), vec!["/tests/0/name"]),
            (json!([with(json!({ "cart": null }))]), vec!["/tests/0/cart"]),
            (json!([with(json!({ "cart": [] }))]), vec!["/tests/0/cart"]),
            (json!([with(json!({ "cart": "cart" }))]), vec!["/tests/0/cart"]),
            (json!([with(json!({ "cart": {} }))]), vec!["/tests/0/cart/currency"]),
            (json!([with(json!({ "cart": { "currency": "XXX" } }))]), vec!["/tests/0/cart/currency"]),
            (json!([with(json!({ "cart": cart_with(json!({ "total": "much" })) }))]), vec!["/tests/0/cart/total"]),
            (json!([with(json!({ "at": "2026-03-01T00:00:00" }))]), vec!["/tests/0/at"]),
            (json!([with(json!({ "at": "2026-03-01" }))]), vec!["/tests/0/at"]),
            (json!([with(json!({ "at": 5 }))]), vec!["/tests/0/at"]),
            (json!([with(json!({ "expect": null }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": [] }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": {} }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": { "offered": null } }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": { "offered": [], "contains": ["A"] } }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": { "contains": ["A"], "excludes": ["B"] } }))]), vec!["/tests/0/expect"]),
            (json!([with(json!({ "expect": { "contains": [] } }))]), vec!["/tests/0/expect/contains"]),
            (json!([with(json!({ "expect": { "excludes": [] } }))]), vec!["/tests/0/expect/excludes"]),
            (json!([with(json!({ "expect": { "offered": "A" } }))]), vec!["/tests/0/expect/offered"]),
            (json!([with(json!({ "expect": { "offered": [5] } }))]), vec!["/tests/0/expect/offered/0"]),
            (json!([with(json!({ "expect": { "offered": ["A", "A"] } }))]), vec!["/tests/0/expect/offered/1"]),
            (json!([with(json!({ "expect": { "offered": [""] } }))]), vec!["/tests/0/expect/offered/0"]),
            (json!([with(json!({ "expect": { "offers": [] } }))]), vec!["/tests/0/expect", "/tests/0/expect/offers"]),
            (json!([with(json!({ "carts": {} }))]), vec!["/tests/0/carts"]),
            (json!([with(json!({})), with(json!({}))]), vec!["/tests/1/name"]),
        ] {
            let mut found = put(&shop.app, tests.clone()).await.pointers();
            found.sort_unstable();
            assert_eq!(found, pointers, "{tests}");
        }
        let unknown = shop.app.put("/v1/rule-tests", &json!({ "tests": [], "test": 1 })).await;
        assert_eq!(unknown.pointers(), ["/test"]);
        assert_eq!(shop.app.get("/v1/rule-tests").await.expect(200)["tests"], json!([]));
    }

    async fn five_hundred_tests_are_the_most_and_large_carts_have_room(database: Database) {
        let shop = Shop::open(database).await;
        let many = |count: usize| -> Value {
            let tests = (0..count).map(|it| test(&format!("Test {it}"), json!({ "contains": ["Method a"] })));
            tests.collect()
        };
        assert_eq!(put(&shop.app, many(501)).await.pointers(), ["/tests"]);
        assert_eq!(put(&shop.app, many(500)).await.expect(200).get("warnings"), None);
        // Those of a file are counted with those that are kept.
        let mut file = shop.app.get("/v1/payment-rules/export").await.expect(200);
        file["tests"] = json!([test("One more", json!({ "offered": [] }))]);
        assert_eq!(shop.app.post("/v1/payment-rules/import", &file).await.pointers(), ["/tests"]);
        let lines: Vec<Value> = (0..4000).map(|it| json!({ "productSku": format!("SKU-{it}"), "quantity": 1, "note": "x".repeat(200) })).collect();
        let large = with(json!({ "cart": { "currency": "USD", "lineItems": lines } }));
        put(&shop.app, json!([large])).await.expect(200);
        let read = shop.app.get("/v1/payment-rules/export").await;
        assert!(read.text.len() > 900_000);
        let import = shop.request(Method::POST, "/v1/payment-rules/import").raw(read.text).send().await;
        import.expect(200);
        let huge = "x".repeat(9 * 1024 * 1024);
        let body = json!({ "tests": [with(json!({ "cart": { "currency": "USD", "note": huge } }))] }).to_string();
        let refused = shop.request(Method::PUT, "/v1/rule-tests").raw(body).send().await;
        assert_eq!(refused.problem(413), "too-large");
    }
}
