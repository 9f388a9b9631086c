//! `POST /v1/payments` and `POST /v1/payments/on-behalf`.

use serde_json::{Value, json};

use crate::{
    buyer::{at, fresh_key, payable},
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn a_payment_begins_with_what_the_popup_is_to_be_given(database: Database) {
        let shop = TestShop::open(database).await;
        let begun = shop.begun("SO-1").await;
        assert_eq!(begun["status"], "pending");
        assert_eq!(begun["amount"], "100.00");
        assert_eq!(begun["currency"], "USD");
        assert_eq!(begun["website"], "us-store");
        assert_eq!(begun["amounts"]["due"], "100.00");
        assert_eq!(begun["paymentMethod"], json!({ "id": shop.method, "type": "apruve", "label": "Pay on terms", "shortLabel": "Pay on terms" }));
        let next = &begun["nextAction"];
        assert_eq!(next["type"], "apruve_checkout");
        assert_eq!(next["scriptUrl"], format!("{}/js/v4/apruve.js", shop.sandbox.origin()));
        assert_eq!(next["order"]["merchant_order_id"], "SO-1");
        assert_eq!(next["order"]["amount_cents"], 10000);
        assert_eq!(next["order"]["finalize_on_create"], true);
        assert_eq!(next["order"]["invoice_on_create"], false);
        assert_eq!(shop.calls().await, Vec::<String>::new(), "nothing is asked of Apruve");
        assert_eq!(shop.payment(&begun).await, begun);
    }

    async fn the_same_cart_again_is_handed_the_attempt_that_stands(database: Database) {
        let shop = TestShop::open(database).await;
        let body = shop.new_payment("SO-1");
        let first = shop.post("/v1/payments", &body).await.expect(201);
        let again = shop.post("/v1/payments", &body).await.expect(200);
        assert_eq!(again, first);
    }

    async fn the_same_key_again_is_one_operation(database: Database) {
        let shop = TestShop::open(database).await;
        let body = shop.new_payment("SO-1");
        let first = shop.post_as("k", "/v1/payments", &body).await;
        let again = shop.post_as("k", "/v1/payments", &body).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(first.expect(201), again.expect(201));
        let other = shop.post_as("k", "/v1/payments", &shop.new_payment("SO-2")).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        let bare = shop.app.post("/v1/payments", &body).await;
        assert_eq!(bare.problem(400), "idempotency-key-required");
    }

    async fn two_clicks_at_once_begin_one_payment(database: Database) {
        let shop = TestShop::open(database).await;
        let body = shop.new_payment("SO-1");
        let clicks = (0..8).map(|_| shop.post("/v1/payments", &body));
        let answers = futures_util::future::join_all(clicks).await;
        let ids: std::collections::HashSet<String> = answers
            .iter()
            .map(|answer| answer.json()["id"].as_str().expect("an id").to_owned())
            .collect();
        assert_eq!(ids.len(), 1);
        let listed = shop.app.get("/v1/payments?orderId=SO-1&count=true").await.expect(200);
        assert_eq!(listed["total"], 1);
    }

    async fn another_cart_takes_the_place_of_an_attempt_that_nobody_took_up(database: Database) {
        let shop = TestShop::open(database).await;
        let first = shop.begun("SO-1").await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = cart_with(json!({ "total": "95.00", "discountAmount": "-0" , "lineItems": [
            { "productSku": "1GB82", "quantity": 1, "price": { "value": "95.00", "currency": "USD" } }] }));
        let second = shop.post("/v1/payments", &body).await.expect(201);
        assert_ne!(second["id"], first["id"]);
        assert_eq!(second["nextAction"]["order"]["merchant_order_id"], "SO-1-2");
        let first = shop.payment(&first).await;
        assert_eq!(first["status"], "canceled");
        assert_eq!(first["nextAction"], Value::Null);
    }

    async fn a_payment_that_is_under_way_is_not_pushed_aside(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let mut body = shop.new_payment("SO-1");
        body["poNumber"] = json!("PO-7");
        let refused = shop.post("/v1/payments", &body).await;
        assert_eq!(refused.problem(409), "another-payment-is-live");
        assert_eq!(refused.json()["paymentId"], payment["id"]);
        assert_eq!(shop.payment(&payment).await, payment);
    }

    async fn totals_that_do_not_add_up_are_refused_with_the_sums(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"]["total"] = json!("120.00");
        let refused = shop.post("/v1/payments", &body).await;
        assert_eq!(refused.problem(422), "invalid");
        assert_eq!(refused.pointers(), ["/cart/total"]);
    }

    async fn everything_wrong_with_a_body_is_reported_at_once(database: Database) {
        let shop = TestShop::open(database).await;
        let refused = shop.post("/v1/payments", &json!({ "paymentMethodID": "x", "orderId": "a\nb" })).await;
        assert_eq!(refused.problem(422), "invalid");
        assert_eq!(refused.pointers(), ["/paymentMethodId", "/orderId", "/cart", "/paymentMethodID"]);
    }

    async fn a_cart_that_may_not_use_the_method_gets_the_reason(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"]["currency"] = json!("EUR");
        body["cart"]["lineItems"] = json!([]);
        let refused = shop.post("/v1/payments", &body).await;
        assert_eq!(refused.problem(409), "not-eligible");
        let codes: Vec<_> = refused.json()["reasons"].as_array().expect("reasons").iter()
            .map(|reason| reason["code"].clone()).collect();
        assert!(codes.contains(&json!("currency_mismatch")), "{codes:?}");
        body["paymentMethodId"] = json!("apruve_01h455vb4pex5vsknk084sn02q");
        let unknown = shop.post("/v1/payments", &body).await;
        assert_eq!(unknown.problem(422), "invalid");
        assert_eq!(unknown.pointers(), ["/paymentMethodId"]);
    }

    async fn a_deactivated_integration_takes_no_new_payments_and_goes_on_with_the_old(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.app.post(&format!("{}/deactivate", shop.integration), &Value::Null).await.expect(200);
        let refused = shop.post("/v1/payments", &shop.new_payment("SO-2")).await;
        assert_eq!(refused.problem(409), "not-eligible");
        let order = shop.confirm(&payment, true).await;
        assert_eq!(shop.authorize(&payment, &order).await.expect(200)["status"], "authorized");
    }

    async fn an_offline_payment_waits_without_a_next_action(database: Database) {
        let shop = TestShop::open(database).await;
        let method = shop.app.check("Check").await;
        shop.app.rule("By check", 20, &[&method], json!({})).await;
        let body = json!({ "paymentMethodId": method, "orderId": "SO-1", "cart": payable() });
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        assert_eq!(begun["status"], "pending");
        assert_eq!(begun["nextAction"], Value::Null);
        assert_eq!(begun["provider"], Value::Null);
    }

    async fn a_sales_rep_orders_for_a_buyer_and_apruve_accepts(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["buyerEmail"] = json!(shop.sandbox.buyer_email);
        let key = fresh_key();
        let made = shop.post_as(&key, "/v1/payments/on-behalf", &body).await.expect(202);
        assert_eq!(made["status"], "pending");
        let order = made["provider"]["orderId"].as_str().expect("an order");
        shop.control(reqwest::Method::POST, &format!("/orders/{order}/approve"), &json!({})).await;
        let synced = shop.post_as(&key, "/v1/payments/on-behalf", &body).await;
        assert_eq!(synced.expect(202)["id"], made["id"]);
        let orders = shop.calls().await.into_iter().filter(|call| call == "POST /orders").count();
        assert_eq!(orders, 1, "{}", at(&made));
    }

    async fn an_order_on_behalf_needs_a_company_with_a_credit_line_at_a_provider(database: Database) {
        let shop = TestShop::open(database).await;
        let offline = shop.by_check("SO-0").await["paymentMethod"]["id"].clone();
        let known = &shop.sandbox.buyer_email;
        for (field, value, kind, pointer) in [
            ("buyerEmail", json!("nobody@nowhere.example"), "no-corporate-account", "/buyerEmail"),
            ("corporateAccountId", json!("nope"), "no-corporate-account", "/corporateAccountId"),
            ("paymentMethodId", offline, "invalid", "/paymentMethodId"),
        ] {
            let mut body = shop.new_payment("SO-1");
            body["buyerEmail"] = json!(known);
            body[field] = value;
            let refused = shop.post("/v1/payments/on-behalf", &body).await;
            assert_eq!(refused.problem(422), kind, "{body}");
            assert_eq!(refused.pointers(), [pointer], "{body}");
        }
        let listed = shop.app.get("/v1/payments?orderId=SO-1&count=true").await.expect(200);
        assert_eq!(listed["total"], 0);
    }
}
