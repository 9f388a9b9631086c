//! Which methods a cart may use, in which order.

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    shop::{cart, cart_with, ids},
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn methods_come_in_the_order_of_their_rules_and_once_at_their_first_place(database: Database) {
        let app = TestApp::start(database).await;
        let (check, terms, apruve) = (app.check("c").await, app.terms("t").await, app.apruve("a").await);
        app.rule("second", 20, &[&check, &terms], json!({})).await;
        app.rule("first", -10, &[&apruve, &terms], json!({})).await;
        app.rule("also second", 20, &[&apruve], json!({})).await;
        assert_eq!(app.offered(&cart()).await, [apruve, terms, check]);
    }

    async fn only_rules_of_the_carts_currency_website_and_destination_count(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let places = json!([{ "country": "US", "region": "US-CA", "postalCodes": ["902*"] }, { "country": "XK" }]);
        app.rule("r", 1, &[&check], json!({ "destinations": places, "websites": ["us-store"] })).await;
        let billing = |address| cart_with(json!({ "billingAddress": address }));
        for (offered, cart) in [
            (true, cart()),
            (true, cart_with(json!({ "website": null }))),
            (false, cart_with(json!({ "website": "eu-store" }))),
            (false, cart_with(json!({ "currency": "EUR", "subtotal": null }))),
            (true, billing(json!({ "countryIso2": "US", "regionCode": "US-CA", "postalCode": "902 10" }))),
            (false, billing(json!({ "countryIso2": "US", "regionCode": "NY", "postalCode": "90210" }))),
            (false, billing(json!({ "countryIso2": "US", "postalCode": "90210" }))),
            (false, billing(json!({ "countryIso2": "US", "regionCode": "CA" }))),
            (true, billing(json!({ "countryIso2": "XK" }))),
            (false, billing(json!({ "countryIso2": "FR" }))),
            (false, billing(json!({ "city": "Nowhere" }))),
            (false, billing(json!(null))),
        ] {
            assert_eq!(!app.offered(&cart).await.is_empty(), offered, "{cart}");
        }
    }

    async fn a_rule_that_does_not_apply_stops_nothing(database: Database) {
        let app = TestApp::start(database).await;
        let (check, apruve) = (app.check("c").await, app.apruve("a").await);
        for (name, fields) in [
            ("disabled", json!({ "enabled": false })),
            ("false", json!({ "expression": "total > 1000" })),
            ("failing", json!({ "expression": "customerUser.email = 'x'" })),
            ("over", json!({ "activeUntil": "2026-03-01T12:00:00Z" })),
            ("elsewhere", json!({ "websites": ["eu-store"] })),
        ] {
            let mut fields = fields;
            fields["stopProcessing"] = json!(true);
            app.rule(name, 1, &[&apruve], fields).await;
        }
        app.rule("last", 2, &[&check], json!({})).await;
        assert_eq!(app.offered(&cart()).await, [check]);
    }

    async fn a_stop_rule_stops_even_when_none_of_its_methods_is_usable(database: Database) {
        let app = TestApp::start(database).await;
        let (check, apruve) = (app.check("c").await, app.apruve("a").await);
        app.rule("stop", 1, &[&apruve], json!({ "stopProcessing": true })).await;
        app.rule("behind", 2, &[&check], json!({})).await;
        assert_eq!(app.offered(&cart()).await, std::slice::from_ref(&apruve));
        let integration = apruve.replace("apruve_", "integration_");
        app.post(&format!("/v1/integrations/{integration}/deactivate"), &json!({})).await.expect(200);
        assert_eq!(app.offered(&cart()).await, Vec::<String>::new());
        assert_eq!(app.reasons(&cart(), &check).await, ["behind: stopped_by"]);
    }

    async fn dates_are_half_open_and_judged_when_asked(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let dates = json!({ "activeFrom": "2026-03-01T12:00:10Z", "activeUntil": "2026-03-01T12:00:20Z" });
        app.rule("r", 1, &[&check], dates).await;
        let second = std::time::Duration::from_secs(1);
        for (pass, offered) in [(9, false), (1, true), (9, true), (1, false)] {
            app.pass(second * pass);
            assert_eq!(!app.offered(&cart()).await.is_empty(), offered, "{}", app.now());
        }
    }

    async fn a_method_must_fit_the_cart(database: Database) {
        let app = TestApp::start(database).await;
        let (apruve, terms) = (app.apruve("a").await, app.terms("t").await);
        app.rule("usd", 1, &[&apruve, &terms], json!({})).await;
        app.rule("gbp", 1, &[&apruve], json!({ "currency": "GBP" })).await;
        let total = |total| cart_with(json!({ "total": total, "lineItems": [] }));
        for (total, fits) in [
            (total("0.01"), true), (total("999999.99"), true),
            (total("0"), false), (total("-1"), false), (total("1000000"), false),
        ] {
            assert_eq!(app.offered(&total).await.contains(&apruve), fits, "{total}");
        }
        let pounds = cart_with(json!({ "currency": "GBP", "subtotal": null, "lineItems": [] }));
        assert_eq!(app.reasons(&pounds, &apruve).await, ["usd: currency_mismatch", "gbp: currency_unsupported"]);
        let guest = cart_with(json!({ "customer": null }));
        assert_eq!(app.reasons(&guest, &terms).await, ["usd: no_payment_term"]);
        let by_group = cart_with(json!({ "customer": { "group": { "paymentTerm": { "id": 1 } } } }));
        assert!(app.offered(&by_group).await.contains(&terms));
    }

    async fn labels_speak_the_callers_language(database: Database) {
        let app = TestApp::start(database).await;
        let apruve = app.apruve("a").await;
        app.rule("r", 1, &[&apruve], json!({})).await;
        let path = "/v1/checkout/payment-methods";
        let label = |answer: serde_json::Value| answer["offered"][0]["label"].as_str().unwrap_or_default().to_owned();
        assert_eq!(label(app.post(path, &cart()).await.expect(200)), "Pay on terms");
        assert_eq!(label(app.post(&format!("{path}?locale=fr-CA"), &cart()).await.expect(200)), "Payer à terme");
        let by_header = app.request(Method::POST, path).header("accept-language", "de, fr;q=0.5").json(&cart());
        assert_eq!(label(by_header.send().await.expect(200)), "Payer à terme");
        assert_eq!(app.post(&format!("{path}?locale=%25"), &cart()).await.pointers(), ["locale"]);
    }

    async fn no_method_is_an_empty_list(database: Database) {
        let app = TestApp::start(database).await;
        let answer = app.post("/v1/checkout/payment-methods", &json!({ "currency": "USD" })).await.expect(200);
        assert_eq!(ids(&answer["offered"]), Vec::<String>::new());
        assert!(answer["revision"].is_i64());
        assert!(answer.get("notOffered").is_none());
    }

    async fn a_cart_that_is_not_valid_is_rejected_with_every_reason(database: Database) {
        let app = TestApp::start(database).await;
        let refused = json!({
            "currency": "USD", "total": "1.005",
            "billingAddress": { "countryIso2": "UK" },
            "lineItems": [{ "price": { "value": "0.1234567" } }, { "quantity": "NaN" }],
        });
        let mut pointers = app.post("/v1/checkout/payment-methods", &refused).await.pointers();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            ["/billingAddress/countryIso2", "/lineItems/0/price/value", "/lineItems/1/quantity", "/total"]
        );
        for (body, status, kind) in [
            ("{", 400, "malformed-json"),
            ("", 400, "malformed-json"),
            ("[]", 422, "invalid"),
            ("{\"currency\":\"usd\"}", 422, "invalid"),
            ("{\"currency\":\"USD\",\"total\":1e5}", 422, "invalid"),
            ("{\"currency\":\"USD\",\"website\":\"a\\u0000b\"}", 422, "invalid"),
        ] {
            let answer = app.request(Method::POST, "/v1/checkout/payment-methods").raw(body).send().await;
            assert_eq!(answer.problem(status), kind, "{body}");
        }
        let nested = "[".repeat(100_000);
        let deep = format!("{{\"currency\":\"USD\",\"x\":{nested}");
        let answer = app.request(Method::POST, "/v1/checkout/payment-methods").raw(deep).send().await;
        assert_eq!(answer.problem(400), "malformed-json");
        let large = format!("{{\"currency\":\"USD\",\"x\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
        let answer = app.request(Method::POST, "/v1/checkout/payment-methods").raw(large).send().await;
        assert_eq!(answer.problem(413), "too-large");
        let answer = app.request(Method::POST, "/v1/checkout/payment-methods").raw(vec![b'"', 0xff, b'"']).send().await;
        assert_eq!(answer.problem(400), "malformed-json");
    }

    async fn custom_attributes_are_for_expressions_to_see(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let expression = "decimal(customer.loyalty.points) > 10 and lineItems.all(lineItem.product.hazard = false)";
        app.rule("r", 1, &[&check], json!({ "expression": expression })).await;
        let with = |points, hazard| cart_with(json!({
            "customer": { "loyalty": { "points": points } },
            "lineItems": [{ "product": { "sku": "A", "hazard": hazard }, "total": "100" }],
        }));
        assert_eq!(app.offered(&with("10.5", false)).await.len(), 1);
        assert_eq!(app.offered(&with("9.5", false)).await.len(), 0);
        assert_eq!(app.offered(&with("10.5", true)).await.len(), 0);
        assert_eq!(app.reasons(&cart(), &check).await, ["r: expression_error"]);
    }

    async fn a_token_and_its_scope_come_before_the_cart(database: Database) {
        let app = TestApp::start(database).await;
        let path = "/v1/checkout/payment-methods";
        assert_eq!(app.bare(Method::POST, path).raw("{").send().await.problem(401), "unauthorized");
        let other = app.token("s", &[Scope::RulesRead]);
        let answer = app.bare(Method::POST, path).bearer(&other).raw("{").send().await;
        assert_eq!(answer.problem(403), "missing-scope");
        assert!(answer.header("www-authenticate").contains("scope=\"checkout\""));
        let checkout = app.token("s", &[Scope::Checkout]);
        let full = format!("{path}?explain=full");
        let answer = app.bare(Method::POST, &full).bearer(&checkout).json(&cart()).send().await;
        assert_eq!(answer.problem(403), "missing-scope");
    }
}
