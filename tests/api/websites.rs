//! Tokens that are bound to websites: what they may do with every operation of the document, and what a shop with two
//! websites sees.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::Answer,
    buyer::{at, fresh_key},
    every_operation::operations,
    shop::{cart_with, ids},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// A shop with a payment, a rule and an order of the website `us`.
struct TwoWebsites {
    shop: TestShop,
    payment: Value,
    rule: String,
}

impl TwoWebsites {
    async fn open(database: Database) -> Self {
        let shop = TestShop::open(database).await;
        let rule = rule_for(&shop, &["us"]);
        let made = shop.app.post("/v1/payment-rules", &rule).await.expect(201);
        let payment = begin(&shop, &shop.app.token_of(&["us"]), "SO-us", json!({}))
            .await
            .expect(201);
        TwoWebsites {
            rule: made["id"].as_str().expect("an id").to_owned(),
            payment,
            shop,
        }
    }

    fn id(&self) -> &str {
        self.payment["id"].as_str().expect("an id")
    }
}

fn rule_for(shop: &TestShop, websites: &[&str]) -> Value {
    json!({
        "name": "Of a website", "currency": "USD", "sortOrder": 5, "websites": websites,
        "paymentMethods": [{ "id": shop.method }],
    })
}

async fn begin(shop: &TestShop, token: &str, order: &str, more: Value) -> Answer {
    let mut body = json!({ "paymentMethodId": shop.method, "orderId": order, "cart": cart_with(json!({ "website": null, "subtotal": null, "total": "90.00" })) });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let request = shop.app.bare(Method::POST, "/v1/payments").bearer(token);
    request
        .header("Idempotency-Key", &fresh_key())
        .json(&body)
        .send()
        .await
}

async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    app.bare(Method::GET, path).bearer(token).send().await
}

on_both_databases! {
    async fn no_operation_shows_or_changes_what_belongs_to_another_website(database: Database) {
        let two = TwoWebsites::open(database).await;
        let app = &two.shop.app;
        let mut closed = 0;
        for (websites, operation) in [vec!["eu"], vec![]].into_iter().flat_map(|it| operations().into_iter().map(move |operation| (it.clone(), operation))) {
            if operation.scopes.is_empty() && operation.template != "/v1/me" {
                continue;
            }
            let path = operation.template
                .replace("/payments/{id}", &format!("/payments/{}", two.id()))
                .replace("/payment-rules/{id}", &format!("/payment-rules/{}", two.rule))
                .replace("{orderId}", "SO-us");
            let names_one = path != operation.template;
            let path = if names_one { path.replace("{txn}", "txn_01h455vb4pex5vsknk084sn02q").replace("{shipment}", "txn_01h455vb4pex5vsknk084sn02q") } else { operation.path.clone() };
            let request = app.bare(operation.method.clone(), &path).bearer(&app.token_of(&websites));
            let request = request.header("If-Match", "*").header("Idempotency-Key", &fresh_key());
            let answer = match operation.method {
                Method::GET => request.send().await,
                _ => request.json(&json!({})).send().await,
            };
            let what = format!("{} {path} {websites:?}: {} {}", operation.method, answer.status, answer.text);
            match answer.status.as_u16() {
                403 if answer.text.contains("website-token") => closed += 1,
                404 => {}
                // What is asked of a body comes before what it is about.
                422 if operation.method != Method::GET => {}
                _ => assert!(!names_one, "{what}"),
            }
            for mine in [two.id(), &two.rule, "SO-us"] {
                assert!(!answer.text.contains(mine) || path.contains(mine), "{what}");
            }
        }
        assert!(closed > 40, "{closed} operations are closed");
        assert_eq!(app.get(&at(&two.payment)).await.expect(200)["status"], two.payment["status"]);
        app.get(&format!("/v1/payment-rules/{}", two.rule)).await.expect(200);
    }

    async fn a_token_of_one_website_works_in_it_alone(database: Database) {
        let two = TwoWebsites::open(database).await;
        let (shop, app) = (&two.shop, &two.shop.app);
        let (us, eu, both) = (app.token_of(&["us"]), app.token_of(&["eu"]), app.token_of(&["us", "eu"]));
        assert_eq!(two.payment["website"], "us");
        let shown = get(app, &us, "/v1/me").await.expect(200);
        assert_eq!((&shown["subject"], &shown["websites"]), (&json!("clerk"), &json!(["us"])));
        for (token, more, status, problem) in [
            (&eu, json!({ "website": "us" }), 403, "website-not-yours"),
            (&eu, json!({ "cart": cart_with(json!({ "website": "us", "subtotal": null, "total": "90.00" })) }), 403, "website-not-yours"),
            (&both, json!({}), 422, "website-required"),
            (&app.token_of(&[]), json!({}), 403, "website-not-yours"),
        ] {
            assert_eq!(begin(shop, token, "SO-2", more.clone()).await.problem(status), problem, "{more}");
        }
        let made = begin(shop, &both, "SO-2", json!({ "website": "eu" })).await.expect(201);
        assert_eq!(made["website"], "eu");
        for (token, seen) in [(&us, vec![two.id()]), (&eu, vec![made["id"].as_str().expect("an id")])] {
            let listed = get(app, token, "/v1/payments?count=true").await.expect(200);
            assert_eq!((ids(&listed["items"]), &listed["total"]), (seen.iter().map(|it| (*it).to_owned()).collect(), &json!(1)));
            get(app, token, &at(&two.payment)).await.expect(if seen[0] == two.id() { 200 } else { 404 });
        }
        let status = get(app, &eu, "/v1/orders/SO-us/payment-status").await;
        assert_eq!(status.problem(404), "not-found");
        // The same order number may be an order of each website.
        begin(shop, &eu, "SO-us", json!({})).await.expect(201);
        let status = get(app, &us, "/v1/orders/SO-us/payment-status").await.expect(200);
        assert_eq!(status["paymentId"], two.payment["id"]);
    }

    async fn rules_of_other_websites_are_not_seen_and_shared_ones_not_changed(database: Database) {
        let two = TwoWebsites::open(database).await;
        let (shop, app) = (&two.shop, &two.shop.app);
        let eu = app.token_of(&["eu"]);
        let listed = get(app, &eu, "/v1/payment-rules").await.expect(200);
        let names: Vec<&str> = listed["items"].as_array().expect("a list").iter().filter_map(|it| it["name"].as_str()).collect();
        // The rule for all websites, and not the one for `us`.
        assert_eq!(names, ["On terms"]);
        let shared = format!("/v1/payment-rules/{}", ids(&listed["items"])[0]);
        get(app, &eu, &shared).await.expect(200);
        let write = async |method: Method, path: &str, body: Value| {
            let request = app.bare(method, path).bearer(&eu).header("If-Match", "*");
            request.json(&body).send().await
        };
        for (method, path, body) in [
            (Method::PATCH, shared.clone(), json!({ "name": "Mine" })),
            (Method::PUT, shared.clone(), rule_for(shop, &["eu"])),
            (Method::DELETE, shared.clone(), json!({})),
            (Method::POST, format!("{shared}/disable"), json!({})),
            (Method::POST, format!("{shared}/duplicate"), json!({})),
            (Method::POST, "/v1/payment-rules".to_owned(), rule_for(shop, &[])),
            (Method::POST, "/v1/payment-rules".to_owned(), rule_for(shop, &["eu", "us"])),
        ] {
            let answer = write(method.clone(), &path, body).await;
            assert_eq!(answer.problem(403), "website-not-yours", "{method} {path}");
        }
        let made = write(Method::POST, "/v1/payment-rules", rule_for(shop, &["eu"])).await.expect(201);
        let mine = format!("/v1/payment-rules/{}", made["id"].as_str().expect("an id"));
        write(Method::PATCH, &mine, json!({ "sortOrder": 7 })).await.expect(200);
        assert_eq!(write(Method::PATCH, &mine, json!({ "websites": [] })).await.problem(403), "website-not-yours");
        assert_eq!(write(Method::PATCH, &format!("/v1/payment-rules/{}", two.rule), json!({ "sortOrder": 7 })).await.problem(404), "not-found");
        assert_eq!(write(Method::DELETE, &mine, json!({})).await.status, 204);
    }

    async fn checkout_takes_the_only_website_of_the_token(database: Database) {
        let two = TwoWebsites::open(database).await;
        let app = &two.shop.app;
        let ask = async |token: &str, cart: Value| {
            app.bare(Method::POST, "/v1/checkout/payment-methods").bearer(token).json(&cart).send().await
        };
        ask(&app.token_of(&["us"]), cart_with(json!({ "website": null, "subtotal": null, "total": "90.00" }))).await.expect(200);
        let several = app.token_of(&["us", "eu"]);
        assert_eq!(ask(&several, cart_with(json!({ "website": null, "subtotal": null, "total": "90.00" }))).await.problem(422), "website-required");
        ask(&several, cart_with(json!({ "website": "eu" }))).await.expect(200);
        assert_eq!(ask(&several, cart_with(json!({ "website": "asia" }))).await.problem(403), "website-not-yours");
        let full = app.bare(Method::POST, "/v1/checkout/payment-methods?explain=full").bearer(&app.token_of(&["us"]));
        assert_eq!(full.json(&cart_with(json!({ "website": "us" }))).send().await.problem(403), "website-token");
    }

    async fn an_explanation_names_no_rule_of_another_website_to_a_bound_token(database: Database) {
        let two = TwoWebsites::open(database).await;
        let (shop, app) = (&two.shop, &two.shop.app);
        let check = app.check("Check").await;
        app.rule("Secret of eu", 1, &[&check], json!({ "websites": ["eu"] })).await;
        app.rule("Shared", 2, &[&check], json!({ "websites": ["eu", "us"], "expression": "total > 1000" })).await;
        app.rule("Of all", 3, &[&check], json!({ "expression": "total > 2000" })).await;
        let only = app.check("Only eu").await;
        app.rule("Another secret", 4, &[&only], json!({ "websites": ["eu"] })).await;
        let cart = cart_with(json!({ "website": "us" }));
        let path = "/v1/checkout/payment-methods?explain=summary";
        for (token, named) in [(app.token_of(&["us"]), false), (app.token_of(&["us", "eu"]), true), (app.token("whole", onterms::auth::Scope::ALL), true)] {
            let answer = app.bare(Method::POST, path).bearer(&token).json(&cart).send().await;
            let told = answer.expect(200);
            let codes = |method: &str| {
                let methods = told["notOffered"].as_array().expect("a list").iter();
                let reasons = methods.filter(|it| it["id"] == method).flat_map(|it| it["reasons"].as_array().expect("a list"));
                reasons.map(|it| it["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(answer.text.contains("ecret"), named, "{}", answer.text);
            assert_eq!(codes(&check).len(), if named { 3 } else { 2 }, "{told}");
            assert_eq!(codes(&only), if named { ["website_mismatch"] } else { ["not_in_any_rule"] }, "{told}");
        }
        let refused = begin(shop, &app.token_of(&["us"]), "SO-9", json!({ "paymentMethodId": check, "website": "us" })).await;
        assert_eq!(refused.problem(409), "not-eligible");
        assert!(!refused.text.contains("ecret") && refused.text.contains("Shared"), "{}", refused.text);
    }
}
