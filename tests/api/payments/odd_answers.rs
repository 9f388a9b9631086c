//! Answers of Apruve whose members have shapes that nobody has seen, and answers that are very long.

use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::{amount, text};
use crate::{
    buyer::at,
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// Shapes that no member of an order or invoice has.
fn shapes() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    vec![
        json!({}),
        json!([]),
        json!([null, 1, {}]),
        json!(true),
        json!(100.5),
        json!(-1),
        json!("net30"),
        deep,
    ]
}

impl TestShop {
    async fn override_at_apruve(&self, id: &str, fields: &Value) {
        self.control(Method::PUT, &format!("/overrides/{id}"), fields)
            .await;
    }
}

on_both_databases! {
    async fn members_of_an_order_that_nobody_needs_may_have_any_shape(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        for shape in shapes() {
            let odd = ["customer_id", "shopper_id", "tax_cents", "shipping_cents", "amount_due", "po_number", "expire_at",
                "created_at", "final_state_at", "payment_term", "payment_terms", "payments", "order_items", "links",
                "accepts_payment_via", "default_payment_method", "unheard_of"];
            let odd: Value = odd.iter().map(|name| ((*name).to_owned(), shape.clone())).collect::<serde_json::Map<_, _>>().into();
            shop.override_at_apruve(&order, &odd).await;
            let authorized = shop.authorize(&payment, &order).await.expect(200);
            assert_eq!(authorized["status"], "authorized", "{shape}");
            let synced = shop.act(&payment, "sync", &json!({})).await.expect(200);
            assert_eq!((&synced["findings"], &synced["status"]), (&json!([]), &json!("authorized")), "{shape}");
        }
    }

    async fn members_that_money_is_decided_by_may_not(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        for shape in [json!({}), json!([]), json!(true), json!(100.5), json!("100.00"), json!("ten"), json!(1e30)] {
            shop.override_at_apruve(&order, &json!({ "amount_cents": shape })).await;
            let refused = shop.authorize(&payment, &order).await;
            assert_eq!(refused.problem(502), "gateway-unreachable", "{shape}");
            assert_eq!(shop.payment(&payment).await, payment);
        }
        shop.override_at_apruve(&order, &json!({ "amount_cents": "10000" })).await;
        assert_eq!(shop.authorize(&payment, &order).await.expect(200)["status"], "authorized");
    }

    async fn odd_members_of_an_invoice_hide_no_money(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let theirs = text(&invoice, "providerId");
        for shape in shapes() {
            let odd = ["amount_due", "payments", "invoice_items", "links", "merchant_notes", "tax_cents", "shipping_cents",
                "bill_to_address", "created_at", "unheard_of"];
            let odd: Value = odd.iter().map(|name| ((*name).to_owned(), shape.clone())).collect::<serde_json::Map<_, _>>().into();
            shop.override_at_apruve(theirs, &odd).await;
            assert_eq!(shop.synced(&payment).await["status"], "invoiced", "{shape}");
        }
        shop.at_invoice(&invoice, "fund").await;
        let paid = shop.synced(&payment).await;
        assert_eq!((text(&paid, "status"), amount(&paid, "captured")), ("paid", "100.00"));
    }

    async fn an_order_of_two_thousand_lines_is_paid_like_any_other(database: Database) {
        let shop = TestShop::of_services(database).await;
        let line = json!({ "productSku": "1GB82-15MM-COPPER-25", "quantity": 1, "price": { "value": "0.50", "currency": "USD" } });
        let cart = cart_with(json!({ "total": "1000.00", "subtotal": null, "lineItems": vec![line; 2000] }));
        let body = json!({ "paymentMethodId": shop.method, "orderId": "SO-1", "cart": cart });
        let payment = shop.post("/v1/payments", &body).await.expect(201);
        let order = shop.confirm(&payment, true).await;
        let shown = shop.at_apruve(&format!("/orders/{order}")).await.to_string();
        assert!(shown.len() > 1 << 20, "longer than most answers may be: {}", shown.len());
        let authorized = shop.authorize(&payment, &order).await.expect(200);
        assert_eq!(authorized["status"], "authorized");
        let invoice = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        shop.at_invoice(&invoice, "fund").await;
        assert_eq!(shop.synced(&payment).await["status"], "paid");

        // Also where the popup told nobody, on behalf of a buyer, and when it is given up.
        let unheard = json!({ "paymentMethodId": shop.method, "orderId": "SO-2", "cart": body["cart"] });
        let payment = shop.post("/v1/payments", &unheard).await.expect(201);
        shop.confirm(&payment, true).await;
        assert_eq!(shop.synced(&payment).await["status"], "authorized");
        let canceled = shop.post(&format!("{}/cancel", at(&payment)), &json!({})).await.expect(201);
        assert_eq!(canceled["status"], "canceled");
        let mut rep = json!({ "paymentMethodId": shop.method, "orderId": "SO-3", "cart": body["cart"] });
        rep["buyerEmail"] = json!(shop.sandbox.buyer_email);
        shop.control(Method::PUT, "/behaviour", &json!({ "approval": "approve" })).await;
        let made = shop.post("/v1/payments/on-behalf", &rep).await.expect(201);
        assert_eq!(made["status"], "authorized");
    }
}
