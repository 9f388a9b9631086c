//! A cart whose sums a payment would refuse is offered nothing, and says where it is wrong.

use serde_json::{Value, json};

use crate::{
    TestApp,
    shop::ids,
    support::{Database, on_both_databases},
};

/// A cart that can be paid for, with other members at its top.
fn cart_with(members: Value) -> Value {
    let mut cart = json!({
        "currency": "USD", "total": "112.00", "taxAmount": "8.00", "shippingAmount": "4.00",
        "customer": { "id": 42, "paymentTerm": { "id": 1 } },
        "lineItems": [{ "productSku": "1GB82", "quantity": 2, "price": { "value": "50.00", "currency": "USD" } }],
    });
    for (name, value) in members.as_object().expect("an object") {
        cart[name] = value.clone();
    }
    cart
}

fn lines(lines: Value) -> Value {
    cart_with(json!({ "lineItems": lines }))
}

async fn explained(app: &TestApp, cart: &Value) -> Value {
    let answer = app
        .post("/v1/checkout/payment-methods?explain=summary", cart)
        .await;
    answer.expect(200)
}

/// Every reason of every method that is not offered.
fn reasons(answer: &Value) -> Vec<&Value> {
    let methods = answer["notOffered"].as_array().into_iter().flatten();
    methods
        .flat_map(|method| method["reasons"].as_array().into_iter().flatten())
        .collect()
}

on_both_databases! {
    async fn a_cart_that_contradicts_itself_is_offered_nothing_and_says_where(database: Database) {
        let app = TestApp::start(database).await;
        let methods = [app.apruve("a").await, app.check("c").await, app.terms("t").await];
        app.rule("all", 1, &methods.each_ref().map(String::as_str), json!({})).await;
        for (cart, pointer) in [
            (cart_with(json!({ "total": "111.00" })), "/total"),
            (cart_with(json!({ "total": "113.00" })), "/total"),
            (cart_with(json!({ "handlingAmount": "3.00" })), "/total"),
            (cart_with(json!({ "discountAmount": "2.00" })), "/total"),
            (cart_with(json!({ "total": "99.00", "taxAmount": null, "shippingAmount": null })), "/total"),
            (cart_with(json!({ "shippingAmount": "-4.00" })), "/shippingAmount"),
            (cart_with(json!({ "taxAmount": "-8.00" })), "/taxAmount"),
            (cart_with(json!({ "insuranceAmount": "-0.01" })), "/insuranceAmount"),
            (cart_with(json!({ "surchargeAmount": -1 })), "/surchargeAmount"),
            (cart_with(json!({ "discountAmount": "-1" })), "/discountAmount"),
            (cart_with(json!({ "subtotal": { "value": "100", "currency": "CAD" } })), "/subtotal/currency"),
            (lines(json!([{ "quantity": 2, "price": { "value": "50", "currency": "CAD" } }])), "/lineItems/0/price/currency"),
            (lines(json!([{ "total": "100" }, { "quantity": 1, "price": { "value": "-1" } }])), "/lineItems/1/price/value"),
            (lines(json!([{ "quantity": "-2", "price": { "value": "50" } }])), "/lineItems/0/quantity"),
            (lines(json!([{ "quantity": 0, "price": { "value": "50" } }])), "/lineItems/0/quantity"),
            (lines(json!([{ "total": "-100" }])), "/lineItems/0/total"),
            (lines(json!([{ "total": "100.001" }])), "/lineItems/0/total"),
            (lines(json!([{ "quantity": 2 }])), "/lineItems/0/price"),
            (lines(json!([{ "price": { "value": "100" } }])), "/lineItems/0/quantity"),
        ] {
            let answer = explained(&app, &cart).await;
            assert_eq!(ids(&answer["offered"]), Vec::<String>::new(), "{cart}");
            assert!(answer.get("paymentRequired").is_none(), "{cart}");
            let not_offered = answer["notOffered"].as_array().expect("a list");
            assert_eq!(not_offered.len(), 3);
            for method in not_offered {
                let told = &method["reasons"][0];
                assert_eq!((&told["code"], &told["pointer"]), (&json!("totals_conflict"), &json!(pointer)), "{cart}");
                assert_eq!(told["rule"]["name"], "all");
                assert!(told["message"].as_str().is_some_and(|message| message.len() > 10));
            }
            let tried = app.post("/v1/payment-rules/evaluate", &json!({ "cart": cart })).await.expect(200);
            assert_eq!(tried["notOffered"], answer["notOffered"]);
            let body = json!({ "paymentMethodId": methods[1], "orderId": "SO-1", "cart": cart });
            let refused = app.request(reqwest::Method::POST, "/v1/payments").header("Idempotency-Key", pointer);
            let refused = refused.json(&body).send().await;
            assert_eq!(refused.pointers(), [format!("/cart{pointer}")], "{cart}");
        }
    }

    async fn every_contradiction_is_reported_but_no_more_than_anybody_reads(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        let mut cart = lines(json!([{ "quantity": 0 }, { "total": "-1" }]));
        cart["shippingAmount"] = json!("-1");
        let answer = explained(&app, &cart).await;
        let pointers: Vec<_> = reasons(&answer).into_iter().map(|reason| reason["pointer"].clone()).collect();
        assert_eq!(pointers, ["/shippingAmount", "/lineItems/0/quantity", "/lineItems/0/price", "/lineItems/1/total"]);
        let answer = explained(&app, &lines(json!(vec![json!({}); 1000]))).await;
        assert_eq!(reasons(&answer).len(), 20);
    }

    async fn a_cart_that_is_not_finished_is_not_judged(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        app.rule("r", 1, &[&check], json!({})).await;
        for cart in [
            cart_with(json!({ "taxAmount": null })),
            cart_with(json!({ "shippingAmount": null })),
            cart_with(json!({ "taxAmount": null, "shippingAmount": null })),
            cart_with(json!({ "taxAmount": null, "total": "500.00" })),
            // The discount may be still to come.
            cart_with(json!({ "taxAmount": null, "total": "101.00" })),
            cart_with(json!({ "lineItems": [] })),
            cart_with(json!({ "lineItems": null, "total": "1.00" })),
            json!({ "currency": "USD", "lineItems": [{ "quantity": 1 }] }),
            json!({ "currency": "USD" }),
            cart_with(json!({ "total": "112.00" })),
            cart_with(json!({ "total": "112.01" })),
            cart_with(json!({ "total": "111.99" })),
        ] {
            assert_eq!(app.offered(&cart).await, std::slice::from_ref(&check), "{cart}");
        }
    }

    async fn a_cart_with_nothing_to_pay_needs_no_payment(database: Database) {
        let app = TestApp::start(database).await;
        let methods = [app.apruve("a").await, app.check("c").await, app.terms("t").await];
        app.rule("all", 1, &methods.each_ref().map(String::as_str), json!({ "stopProcessing": true })).await;
        let unnamed = app.check("unnamed").await;
        for total in ["0", "0.00", "-0.01", "-112"] {
            for lines in [json!([]), json!([{ "quantity": 1 }]), cart_with(json!({}))["lineItems"].clone()] {
                let cart = cart_with(json!({ "total": total, "lineItems": lines }));
                let answer = explained(&app, &cart).await;
                assert_eq!(answer["offered"], json!([]));
                assert_eq!(answer["paymentRequired"], false);
                for method in answer["notOffered"].as_array().expect("a list") {
                    let told = method["reasons"].as_array().into_iter().flatten();
                    let codes: Vec<_> = told.map(|reason| reason["code"].as_str().unwrap_or_default()).collect();
                    let expected = if method["id"] == json!(unnamed) { &["not_in_any_rule", "nothing_to_pay"][..] } else { &["nothing_to_pay"] };
                    assert_eq!(codes, expected, "{cart}");
                }
                let plain = app.post("/v1/checkout/payment-methods", &cart).await.expect(200);
                assert_eq!((&plain["offered"], &plain["paymentRequired"]), (&json!([]), &json!(false)));
                let possible = app.post("/v1/checkout/availability", &cart).await.expect(200);
                assert_eq!((&possible["possible"], &possible["paymentRequired"]), (&json!([]), &json!(false)));
            }
        }
        let possible = app.post("/v1/checkout/availability", &cart_with(json!({ "total": "1" }))).await.expect(200);
        assert_eq!(ids(&possible["possible"]), methods, "the total moves with the cart");
        assert!(possible.get("paymentRequired").is_none());
    }

    async fn what_apruve_takes_is_judged_in_minor_units_of_the_currency(database: Database) {
        let app = TestApp::start(database).await;
        let currencies = json!(["USD", "JPY", "KWD", "CLF", "ISK", "TND"]);
        let apruve = app.method(json!({
            "type": "apruve", "name": "Everywhere", "label": { "default": "Pay on terms" },
            "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef",
                "currencies": currencies },
        })).await;
        for (currency, least, most, more) in [
            ("USD", "0.01", "999999.99", "1000000.00"),
            ("JPY", "1", "99999999", "100000000"),
            ("ISK", "1", "99999999", "100000000"),
            ("KWD", "0.001", "99999.999", "100000.000"),
            ("TND", "0.001", "99999.999", "100000"),
            ("CLF", "0.0001", "9999.9999", "10000"),
        ] {
            app.rule(currency, 1, &[&apruve], json!({ "currency": currency })).await;
            let total = |total: &str| json!({ "currency": currency, "total": total, "taxAmount": 0, "shippingAmount": 0,
                "lineItems": [{ "total": total }] });
            for fits in [least, most] {
                assert_eq!(app.offered(&total(fits)).await, std::slice::from_ref(&apruve), "{fits} {currency}");
            }
            let answer = explained(&app, &total(more)).await;
            let reasons = reasons(&answer);
            let reason = reasons.iter().find(|reason| reason["code"] == "amount_out_of_range").expect("a reason");
            let message = reason["message"].as_str().unwrap_or_default();
            assert!(message.contains(&format!("from {least} to {most} {currency}")), "{message}");
        }
    }

    async fn the_options_of_a_rules_method_come_back_with_it(database: Database) {
        let app = TestApp::start(database).await;
        let (check, terms) = (app.check("c").await, app.terms("t").await);
        let options = json!({ "badge": "new", "payTo": "someone else", "steps": [1, { "deep": null }], "ü": "ö" });
        let offers = json!({ "paymentMethods": [{ "id": check, "options": options }, { "id": terms }] });
        app.rule("r", 1, &[], offers).await;
        for path in ["/v1/checkout/payment-methods", "/v1/checkout/payment-methods?explain=summary&locale=fr"] {
            let answer = app.post(path, &cart_with(json!({}))).await.expect(200);
            let offered = &answer["offered"];
            assert_eq!(offered[0]["ruleOptions"], options);
            assert_eq!(offered[0]["options"]["payTo"], "Acme", "the method's own options stay as they are");
            assert!(offered[1].get("ruleOptions").is_none());
        }
        let possible = app.post("/v1/checkout/availability", &cart_with(json!({}))).await.expect(200);
        assert_eq!(possible["possible"][0]["ruleOptions"], options);
    }

    async fn expressions_see_every_amount_of_the_cart_as_a_decimal(database: Database) {
        let app = TestApp::start(database).await;
        let check = app.check("c").await;
        let expression = "handlingAmount + insuranceAmount + surchargeAmount = 6 and handlingAmount < 2.5";
        app.rule("r", 1, &[&check], json!({ "expression": expression })).await;
        let cart = |handling: Value| cart_with(json!({ "total": "118.00", "handlingAmount": handling,
            "insuranceAmount": "2.00", "surchargeAmount": 2 }));
        assert_eq!(app.offered(&cart(json!("2.00"))).await, std::slice::from_ref(&check));
        assert_eq!(app.offered(&cart(json!(2.0))).await, std::slice::from_ref(&check));
        assert_eq!(app.reasons(&cart(json!("3.00")), &check).await, ["r: expression_false", "totals_conflict"]);
        let wrong = app.post("/v1/checkout/payment-methods", &cart(json!("2.001"))).await;
        assert_eq!(wrong.pointers(), ["/handlingAmount"]);
    }
}
