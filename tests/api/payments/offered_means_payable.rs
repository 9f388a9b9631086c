//! What checkout offers for a complete cart, a payment takes; what it refuses, a payment refuses with the same pointers.

use std::collections::BTreeSet;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use crate::{
    shop::{cart_with, ids},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

#[path = "../../support/any_cart.rs"]
mod any_cart;

const CARTS: usize = 60;

on_both_databases! {
    async fn what_is_offered_for_a_complete_cart_begins_a_payment(database: Database) {
        let shop = TestShop::open(database).await;
        let check = shop.app.check("Check").await;
        shop.app.rule("By check", 20, &[&check], json!({})).await;
        let mut runner = TestRunner::deterministic();
        let (mut paid, mut refused) = (0, 0);
        for number in 0..CARTS {
            let cart = any_cart::any_cart(&[("USD", 2)]).new_tree(&mut runner).expect("a cart").current();
            let answer = shop.app.post("/v1/checkout/payment-methods?explain=summary", &cart).await;
            if answer.status.as_u16() != 200 || !any_cart::is_complete(&cart) {
                continue;
            }
            let answer = answer.json();
            let offered = ids(&answer["offered"]);
            for method in [&check, &shop.method] {
                let body = json!({ "paymentMethodId": method, "orderId": format!("SO-{number}-{}", method.len()), "cart": cart });
                let begun = shop.post("/v1/payments", &body).await;
                if offered.contains(method) {
                    begun.expect(201);
                    paid += 1;
                    continue;
                }
                refused += 1;
                let codes = codes(&answer, method);
                let told = conflicts(&answer, method);
                match begun.status.as_u16() {
                    422 if codes.contains("nothing_to_pay") => assert_eq!(begun.pointers()[0], "/cart/total"),
                    422 => assert_eq!(told, begun.pointers().into_iter().collect(), "{cart}"),
                    status => assert!(status == 409 && codes.contains("amount_out_of_range"), "{cart}"),
                }
            }
        }
        assert!(paid > 20 && refused > 20, "{paid} paid, {refused} refused");
    }

    async fn rounding_is_taken_up_at_both_doors_alike(database: Database) {
        let shop = TestShop::open(database).await;
        let many = |count: usize, price: &str| json!(vec![json!({ "quantity": 1, "price": { "value": price } }); count]);
        for (number, (total, lines, fits)) in [
            ("495.00", many(500, "1.00"), false),
            ("0.01", many(3, "0.01"), false),
            ("0.02", many(3, "0.01"), true),
            ("1.02", many(3, "0.333"), true),
            ("1.03", many(3, "0.333"), false),
            ("61.72", json!([{ "quantity": 5, "price": { "value": "12.345" } }]), true),
            ("10.01", json!([{ "total": "10.00" }]), false),
        ].into_iter().enumerate() {
            let cart = cart_with(json!({ "total": total, "lineItems": lines, "taxAmount": 0, "shippingAmount": 0 }));
            assert_eq!(shop.app.offered(&cart).await.len(), usize::from(fits), "{total}");
            let body = json!({ "paymentMethodId": shop.method, "orderId": format!("SO-{number}"), "cart": cart });
            let begun = shop.post("/v1/payments", &body).await;
            if !fits {
                assert_eq!(begun.problem(422), "invalid");
                assert_eq!(begun.pointers(), ["/cart/total"]);
                continue;
            }
            let begun = begun.expect(201);
            let items = begun["nextAction"]["order"]["order_items"].as_array().cloned().unwrap_or_default();
            let cents = items.iter().map(|item| item["amount_cents"].as_i64().expect("cents"));
            assert!(cents.clone().all(|cents| cents >= 0), "{items:?}");
            assert_eq!(begun["nextAction"]["order"]["amount_cents"], cents.sum::<i64>());
        }
    }

    async fn what_the_shop_says_of_a_line_and_every_charge_reach_apruve(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = cart_with(json!({
            "total": "106.00", "taxAmount": "10.00", "shippingAmount": "1.00", "handlingAmount": "2.00",
            "insuranceAmount": "3.00", "surchargeAmount": "4.00", "discountAmount": "4.00",
            "lineItems": [{
                "productSku": "1GB82", "quantity": 2, "price": { "value": "45.00", "currency": "USD" }, "title": "Clog",
                "description": "<p>Wärm &amp; dry</p>\nfor \"wet\" days", "variantInfo": "Red\t/ 42",
                "vendor": "Acme <b>&</b> Söhne", "productUrl": "https://shop.example/p/1?a=1&b=%20",
            }],
        }));
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        let sent = &begun["nextAction"]["order"]["order_items"];
        assert_eq!(sent[0], json!({
            "title": "Clog", "price_total_cents": 9000, "amount_cents": 9000, "price_ea_cents": 4500, "quantity": 2,
            "description": "Wärm &amp; dry for \"wet\" days", "variant_info": "Red / 42", "sku": "1GB82",
            "vendor": "Acme & Söhne", "view_product_url": "https://shop.example/p/1?a=1&b=%20",
        }));
        // The sandbox refuses an order whose hash does not fit.
        let order = shop.confirm(&begun, true).await;
        let order_at_apruve = shop.at_apruve(&format!("/orders/{order}")).await;
        let items = &order_at_apruve["order_items"];
        for name in ["title", "description", "variant_info", "sku", "vendor", "quantity", "price_ea_cents"] {
            assert_eq!(items[0][name], sent[0][name], "{name}");
        }
        assert_eq!(items[0]["product_url"], sent[0]["view_product_url"]);
        let charges: Vec<_> = items.as_array().into_iter().flatten().skip(1)
            .map(|item| (item["title"].as_str().unwrap_or_default(), item["price_total_cents"].as_i64()))
            .collect();
        let expected = [("Handling", Some(200)), ("Insurance", Some(300)), ("Surcharge", Some(400)), ("Discount", Some(-400))];
        assert_eq!(charges, expected);
        assert_eq!((&order_at_apruve["tax_cents"], &order_at_apruve["shipping_cents"]), (&json!(1000), &json!(100)));
        assert_eq!(shop.authorize(&begun, &order).await.expect(200)["status"], "authorized");
    }

    async fn what_is_wrong_with_a_payment_its_cart_and_its_sums_is_reported_at_once(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO\n1");
        body["cart"]["shippingAmount"] = json!("-1");
        body["cart"]["lineItems"][0]["quantity"] = json!("-2");
        let refused = shop.post("/v1/payments", &body).await;
        assert_eq!(refused.pointers(), ["/orderId", "/cart/shippingAmount", "/cart/lineItems/0/quantity"]);
        body["cart"]["billingAddress"]["countryIso2"] = json!("UK");
        body["cart"]["total"] = json!("1.005");
        let refused = shop.post("/v1/payments", &body).await;
        let expected = ["/orderId", "/cart/total", "/cart/billingAddress/countryIso2", "/cart/shippingAmount", "/cart/lineItems/0/quantity"];
        assert_eq!(refused.pointers(), expected);
    }

    async fn a_cart_with_nothing_to_pay_begins_no_payment(database: Database) {
        let shop = TestShop::open(database).await;
        let check = shop.app.check("Check").await;
        shop.app.rule("By check", 20, &[&check], json!({})).await;
        for method in [&check, &shop.method] {
            for total in ["0", "0.00", "-1.00"] {
                let cart = cart_with(json!({ "total": total }));
                let body = json!({ "paymentMethodId": method, "orderId": "SO-1", "cart": cart });
                let refused = shop.post("/v1/payments", &body).await;
                assert_eq!(refused.problem(422), "invalid");
                assert_eq!(refused.pointers(), ["/cart/total"]);
            }
        }
    }
}

fn reasons<'a>(answer: &'a Value, method: &str) -> impl Iterator<Item = &'a Value> {
    let methods = answer["notOffered"].as_array().into_iter().flatten();
    let reasons = methods
        .filter(move |it| it["id"] == method)
        .map(|it| it["reasons"].as_array());
    reasons.flatten().flatten()
}

fn codes<'a>(answer: &'a Value, method: &str) -> BTreeSet<&'a str> {
    reasons(answer, method)
        .filter_map(|reason| reason["code"].as_str())
        .collect()
}

/// Where a cart contradicts itself by the reasons for one method, as pointers into a payment's body.
fn conflicts(answer: &Value, method: &str) -> BTreeSet<String> {
    let conflicts = reasons(answer, method).filter(|reason| reason["code"] == "totals_conflict");
    conflicts
        .map(|reason| format!("/cart{}", reason["pointer"].as_str().unwrap_or_default()))
        .collect()
}
