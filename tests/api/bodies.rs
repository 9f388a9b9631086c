//! What holds for every body: JSON that all readers understand alike, the same at every address, and limits that are named.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::Answer,
    buyer::{fresh_key, payable},
    shop::{cart_with, ids},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// The usual cart with one more member, as text.
fn cart_text(member: &str) -> String {
    let cart = payable().to_string();
    format!("{{{member},{}", cart.trim_start_matches('{'))
}

/// A member whose value nests so many levels; the cart's own object is the first of them.
fn nested(levels: usize) -> String {
    let inside = levels - 1;
    format!("\"gift\":{}{}", "[".repeat(inside), "]".repeat(inside))
}

async fn raw(app: &TestApp, path: &str, body: String) -> Answer {
    let request = app
        .request(Method::POST, path)
        .header("idempotency-key", &fresh_key());
    request.raw(body).send().await
}

/// The pointers of a refusal of any kind, each with its code.
fn reported(answer: &Answer) -> Vec<(String, String)> {
    let errors = answer.json()["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |error: &Value, field: &str| error[field].as_str().unwrap_or("?").to_owned();
    errors
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "code")))
        .collect()
}

on_both_databases! {
    async fn a_cart_is_read_alike_at_every_address(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        for (member, pointer, code) in [
            (r#""giftMessage":"\ud83d""#.to_owned(), "/giftMessage", "lone_surrogate"),
            (r#""gift":{"to":["\udc00"]}"#.to_owned(), "/gift/to/0", "lone_surrogate"),
            (r#""weight":1e999"#.to_owned(), "/weight", "number_out_of_range"),
            (r#""weight":12345678901234567890123456789"#.to_owned(), "/weight", "number_out_of_range"),
            (r#""shippingAmount":0e0,"gift":{"id":1e-29}"#.to_owned(), "/gift/id", "number_out_of_range"),
            (r#""gift":{"to":"A","to":"B"}"#.to_owned(), "/gift/to", "duplicate_name"),
            (r#""gift":1,"g\u0069ft":1"#.to_owned(), "/gift", "duplicate_name"),
            (r#""total":"100.00""#.to_owned(), "/total", "duplicate_name"),
            (r#""t\u006ftal":"1.00""#.to_owned(), "/total", "duplicate_name"),
            (nested(65), &*format!("/gift{}", "/0".repeat(63)), "too_deep"),
            (nested(200), &*format!("/gift{}", "/0".repeat(63)), "too_deep"),
        ] {
            let cart = cart_text(&member);
            for (path, body, prefix) in [
                ("/v1/checkout/payment-methods", cart.clone(), ""),
                ("/v1/checkout/availability", cart.clone(), ""),
                ("/v1/payment-rules/evaluate", format!("{{\"cart\":{cart}}}"), "/cart"),
                ("/v1/expressions/evaluate", format!("{{\"expression\":\"true\",\"cart\":{cart}}}"), "/cart"),
                ("/v1/payments", format!("{{\"paymentMethodId\":\"{}\",\"orderId\":\"A\",\"cart\":{cart}}}", shop.method), "/cart"),
                (
                    "/v1/payments/on-behalf",
                    format!("{{\"cart\":{cart},\"buyerEmail\":\"a@b.example\",\"paymentMethodId\":\"{}\",\"orderId\":\"A\"}}", shop.method),
                    "/cart",
                ),
            ] {
                let answer = raw(app, path, body).await;
                assert_eq!(answer.problem(400), "malformed-json", "{path} {member}");
                let expected = vec![(format!("{prefix}{pointer}"), code.to_owned())];
                assert_eq!(reported(&answer), expected, "{path} {member}");
            }
        }
        assert_eq!(app.get("/v1/payments?count=true").await.expect(200)["total"], 0, "nothing was written");
    }

    async fn what_one_door_takes_the_other_takes_and_it_reads_back(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        for (order, member) in [
            r#""giftMessage":"\ud83d\ude00""#.to_owned(),
            r#""weight":1e27"#.to_owned(),
            r#""weight":0e999"#.to_owned(),
            r#""weight":0.0000000000000000000000000001"#.to_owned(),
            r#""gift":{"a":{"a":{"a":[{"a":1},{"a":1}]}}}"#.to_owned(),
            r#""Total":1,"TOTAL":2"#.to_owned(),
            nested(64),
        ].iter().enumerate() {
            let cart = cart_text(member);
            let offered = raw(app, "/v1/checkout/payment-methods", cart.clone()).await.expect(200);
            assert_eq!(ids(&offered["offered"]), [shop.method.as_str()], "{member}");
            let body = format!("{{\"paymentMethodId\":\"{}\",\"orderId\":\"SO-{order}\",\"cart\":{cart}}}", shop.method);
            let begun = raw(app, "/v1/payments", body.clone()).await.expect(201);
            assert_eq!(shop.payment(&begun).await, begun, "{member}");
            assert_eq!(raw(app, "/v1/payments", body).await.expect(200)["id"], begun["id"], "{member}");
        }
    }

    async fn a_large_cart_is_taken_at_both_doors_and_limits_are_named(database: Database) {
        let shop = TestShop::open_with(database.into(), &[], |_| {}).await;
        let app = &shop.app;
        let stock: Vec<Value> = (0..8).map(|house| json!({ "quantity": house, "warehouse": { "name": format!("Warehouse {house} of the north") } })).collect();
        let line = |number: usize| json!({
            "productSku": format!("SKU-{number}"), "quantity": 1, "price": { "value": "1.00", "currency": "USD" },
            "product": { "sku": format!("SKU-{number}"), "inventoryLevels": stock },
        });
        let lines: Vec<Value> = (0..500).map(line).collect();
        let cart = cart_with(json!({ "lineItems": lines, "total": "500.00", "subtotal": { "value": "500.00", "currency": "USD" } }));
        assert!(cart.to_string().len() > 300 * 1024);
        let offered = app.post("/v1/checkout/payment-methods", &cart).await.expect(200);
        assert_eq!(ids(&offered["offered"]), [shop.method.as_str()]);
        let mut body = shop.new_payment("SO-1");
        body["cart"] = cart.clone();
        shop.post("/v1/payments", &body).await.expect(201);
        app.post("/v1/payment-rules/evaluate", &json!({ "cart": cart })).await.expect(200);

        let cart_of = |size: usize| cart_text(&format!("\"x\":\"{}\"", "x".repeat(size)));
        for path in [
            "/v1/checkout/payment-methods", "/v1/checkout/availability", "/v1/payment-rules/evaluate",
            "/v1/expressions/evaluate", "/v1/payments", "/v1/payments/on-behalf",
        ] {
            let refused = raw(app, path, cart_of(2 * 1024 * 1024)).await;
            assert_eq!(refused.problem(413), "too-large", "{path}");
            let refused = refused.json();
            assert_eq!(refused["limit"], 2 * 1024 * 1024, "{path}");
            assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("2 MiB")), "{refused}");
        }
        raw(app, "/v1/checkout/payment-methods", cart_of(2 * 1024 * 1024 - 1024)).await.expect(200);
        for (verb, path) in [
            (Method::POST, "/v1/payment-rules"), (Method::PUT, "/v1/settings"), (Method::POST, "/v1/integrations"),
            (Method::POST, "/v1/payment-rules/bulk"), (Method::POST, "/v1/expressions/check"),
        ] {
            let refused = app.request(verb, path).raw(vec![b' '; 256 * 1024 + 1]).send().await;
            assert_eq!(refused.problem(413), "too-large", "{path}");
            assert_eq!(refused.json()["limit"], 256 * 1024, "{path}");
            assert!(refused.text.contains("256 KiB"), "{}", refused.text);
        }
    }

    async fn an_operator_sets_how_large_a_cart_may_be(database: Database) {
        let app = TestApp::start_with(database.into(), &[("server.cart_limit", "2048")]).await;
        let path = "/v1/checkout/payment-methods";
        raw(&app, path, cart_text(&format!("\"x\":\"{}\"", "x".repeat(1024)))).await.expect(200);
        let refused = raw(&app, path, cart_text(&format!("\"x\":\"{}\"", "x".repeat(2048)))).await;
        assert_eq!(refused.problem(413), "too-large");
        assert_eq!(refused.json()["limit"], 2048);
    }

    async fn a_website_that_is_null_or_blank_is_none(database: Database) {
        let shop = TestShop::open(database).await;
        let ours = shop.app.rule("ours", 1, &[&shop.method], json!({ "websites": ["us-store"] })).await;
        assert!(!ours.is_empty());
        let absent = json!({ "absent": true });
        let nothing = [Value::Null, json!(""), json!("  "), absent.clone()];
        let mut order = 0;
        for in_cart in nothing.iter().chain([&json!("us-store")]) {
            for beside in nothing.iter().chain([&json!("us-store")]) {
                order += 1;
                let mut body = shop.new_payment(&format!("SO-{order}"));
                body["cart"]["website"] = in_cart.clone();
                body["website"] = beside.clone();
                if *in_cart == absent {
                    body["cart"].as_object_mut().expect("a cart").remove("website");
                }
                if *beside == absent {
                    body.as_object_mut().expect("a body").remove("website");
                }
                let has_one = [in_cart, beside].contains(&&json!("us-store"));
                let begun = shop.post("/v1/payments", &body).await.expect(201);
                let expected = if has_one { json!("us-store") } else { Value::Null };
                assert_eq!(begun["website"], expected, "{in_cart} and {beside}");
            }
        }
        for (in_cart, beside, pointer) in [
            (json!("us-store"), json!("eu-store"), "/website"),
            (json!("us-store"), json!(7), "/website"),
            (json!(7), json!("us-store"), "/cart/website"),
            (json!(["us-store"]), Value::Null, "/cart/website"),
        ] {
            let mut body = shop.new_payment("SO-X");
            (body["cart"]["website"], body["website"]) = (in_cart, beside);
            assert_eq!(shop.post("/v1/payments", &body).await.pointers(), [pointer], "{body}");
        }
        let cart = |website: Value| cart_with(json!({ "website": website, "taxAmount": "10.00" }));
        let here = async |website: Value| {
            let body = json!({ "expression": "website = null", "cart": cart(website) });
            shop.app.post("/v1/expressions/evaluate", &body).await.expect(200)["applies"].clone()
        };
        for website in [Value::Null, json!(""), json!(" \t")] {
            assert_eq!(here(website).await, true);
        }
        assert_eq!(here(json!("us-store")).await, false);
        // What is only warned of is no error of a text that has one.
        let body = json!({ "expression": "\"a\" + 1", "cart": cart(Value::Null) });
        assert_eq!(shop.app.post("/v1/expressions/evaluate", &body).await.pointers(), ["/expression"]);
    }

    async fn all_that_is_wrong_with_a_new_payment_comes_in_one_answer(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("a\nb");
        body["cart"]["total"] = json!("1.005");
        body["cart"]["lineItems"][0]["quantity"] = json!("two");
        body["poNumber"] = json!(5);
        body["website"] = json!("eu-store");
        body["colour"] = json!("red");
        for path in ["/v1/payments", "/v1/payments/on-behalf"] {
            let refused = shop.post(path, &body).await;
            let mut pointers = refused.pointers();
            pointers.sort_unstable();
            let mut expected = vec!["/cart/lineItems/0/quantity", "/cart/total", "/colour", "/orderId", "/poNumber", "/website"];
            if path.ends_with("on-behalf") {
                expected.insert(2, "/buyerEmail");
            }
            expected.sort_unstable();
            assert_eq!(pointers, expected, "{path}");
        }
        // Sums that do not add up come with it too.
        let mut body = shop.new_payment("");
        body["cart"]["total"] = json!("90.00");
        let mut pointers = shop.post("/v1/payments", &body).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/cart/total", "/orderId"]);
        assert_eq!(shop.app.get("/v1/payments?count=true").await.expect(200)["total"], 0);
    }

    async fn a_whole_number_may_be_written_with_a_fraction(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let rule = |number: &str| format!(
            r#"{{"name":"A","currency":"USD","paymentMethods":[{{"id":"{check}"}}],"sortOrder":{number}}}"#
        );
        for (number, value) in [("5.0", 5), ("5", 5), ("-5.000", -5), ("5e0", 5), ("0.5e1", 5), ("-0.0", 0), ("2147483647.0", 2_147_483_647)] {
            let made = raw(&app, "/v1/payment-rules", rule(number)).await.expect(201);
            assert_eq!(made["sortOrder"], value, "{number}");
        }
        for number in ["5.5", "\"5\"", "2147483648.0", "1e20", "true", "0.000001"] {
            let refused = raw(&app, "/v1/payment-rules", rule(number)).await;
            assert_eq!(refused.pointers(), ["/sortOrder"], "{number}");
        }
    }

    async fn a_name_given_twice_is_refused_in_merge_patches_and_lists(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let id = app.rule("r", 1, &[&check], json!({})).await;
        let path = format!("/v1/payment-rules/{id}");
        let before = app.get(&path).await;
        for (verb, body, pointer) in [
            (Method::PATCH, r#"{"name":"B","name":null}"#.to_owned(), "/name"),
            (Method::PATCH, r#"{"name":"B","n\u0061me":"C"}"#.to_owned(), "/name"),
            (Method::PATCH, format!(r#"{{"paymentMethods":[{{"id":"{check}","options":{{"a":1,"a":2}}}}]}}"#), "/paymentMethods/0/options/a"),
            (Method::PUT, format!(r#"{{"name":"B","sortOrder":1,"currency":"USD","destinations":[{{"country":"US","country":"CA"}}],"paymentMethods":[{{"id":"{check}"}}]}}"#), "/destinations/0/country"),
        ] {
            let request = app.request(verb, &path).header("if-match", &before.etag());
            let answer = request.raw(body.clone()).send().await;
            assert_eq!(answer.problem(400), "malformed-json", "{body}");
            assert_eq!(reported(&answer), [(pointer.to_owned(), "duplicate_name".to_owned())], "{body}");
        }
        for (path, body, pointer) in [
            ("/v1/payment-rules/bulk", r#"{"action":"delete","filter":{"enabled":true,"enabled":false}}"#, "/filter/enabled"),
            ("/v1/payment-rules/reorder", r#"{"ids":[],"ids":[]}"#, "/ids"),
            ("/v1/payment-rules/import", r#"{"rules":[],"rules":[]}"#, "/rules"),
            ("/v1/payment-rules/import", r#"{"rules":[{"name":"A"},{"x":{"y":1,"y":2}}]}"#, "/rules/1/x/y"),
            ("/v1/integrations", r#"{"type":"payment_term","label":{"default":"A","localized":{"fr":"B","fr":"C"}}}"#, "/label/localized/fr"),
        ] {
            let answer = raw(&app, path, body.to_owned()).await;
            assert_eq!(answer.problem(400), "malformed-json", "{body}");
            assert_eq!(reported(&answer), [(pointer.to_owned(), "duplicate_name".to_owned())], "{body}");
        }
        let after = app.get(&path).await;
        assert_eq!((after.expect(200), after.etag()), (before.expect(200), before.etag()));
    }
}
