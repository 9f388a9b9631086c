//! Whole and partial invoices: `{}`, `items` and `amount`, and what a payment says of its lines.

use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    buyer::at,
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// 10 × 120.00 + tax 50.00 + shipping 40.50.
fn usual_cart() -> Value {
    cart_with(json!({
        "total": "1290.50", "taxAmount": "50.00", "shippingAmount": "40.50", "subtotal": null,
        "lineItems": [{
            "productSku": "1GB82", "title": "Wool socks", "quantity": 10, "price": { "value": "120.00", "currency": "USD" },
            "vendor": "Acme", "variantInfo": "blue", "description": "Warm", "productUrl": "https://shop.example/socks",
        }],
    }))
}

impl TestShop {
    /// A payment of this cart that Apruve has accepted.
    async fn sold(&self, order_id: &str, cart: Value) -> Value {
        let body = json!({ "paymentMethodId": self.method, "orderId": order_id, "cart": cart });
        let payment = self.post("/v1/payments", &body).await.expect(201);
        let order = self.confirm(&payment, true).await;
        self.authorize(&payment, &order).await.expect(200)
    }

    async fn invoice_at_apruve(&self, invoice: &Value) -> Value {
        self.at_apruve(&format!("/invoices/{}", text(invoice, "providerId")))
            .await
    }
}

/// Titles and amounts of what Apruve has on an invoice or shipment.
fn items(there: &Value, list: &str) -> Vec<(String, i64)> {
    let items = there[list].as_array().expect("a list");
    let item = |item: &Value| {
        (
            text(item, "title").to_owned(),
            item["price_total_cents"].as_i64().expect("cents"),
        )
    };
    items.iter().map(item).collect()
}

fn item(title: &str, cents: i64) -> (String, i64) {
    (title.to_owned(), cents)
}

/// Quantity and amount that are invoiced of each line.
fn invoiced(payment: &Value) -> Vec<(&str, &str)> {
    let lines = payment["lines"].as_array().expect("lines");
    lines
        .iter()
        .map(|line| (text(line, "invoicedQuantity"), text(line, "invoicedAmount")))
        .collect()
}

on_both_databases! {
    async fn all_that_was_ordered_is_invoiced_as_it_was_ordered(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        assert_eq!(payment["lines"], json!([{
            "line": 0, "sku": "1GB82", "name": "Wool socks", "quantity": "10", "total": "1200.00",
            "invoicedQuantity": "0", "invoicedAmount": "0.00",
        }]));
        let invoice = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        assert_eq!(
            (text(&invoice, "amount"), text(&invoice, "taxAmount"), text(&invoice, "shippingAmount")),
            ("1290.50", "50.00", "40.50")
        );
        let there = shop.invoice_at_apruve(&invoice).await;
        assert_eq!((&there["tax_cents"], &there["shipping_cents"]), (&json!(5_000), &json!(4_050)));
        assert_eq!(items(&there, "invoice_items"), [item("Wool socks", 120_000)]);
        let line = &there["invoice_items"][0];
        assert_eq!((&line["quantity"], &line["price_ea_cents"], &line["sku"]), (&json!(10), &json!(12_000), &json!("1GB82")));
        assert_eq!((&line["vendor"], &line["variant_info"], &line["description"]), (&json!("Acme"), &json!("blue"), &json!("Warm")));
        assert_eq!(line["product_url"], "https://shop.example/socks");
        assert_eq!(invoiced(&invoice["payment"]), [("10", "1200.00")]);
        assert_eq!(invoiced(&shop.payment(&payment).await), [("10", "1200.00")]);
    }

    async fn parts_of_lines_come_to_the_whole(database: Database) {
        let shop = TestShop::open(database).await;
        let cart = cart_with(json!({
            "total": "61.72", "subtotal": null,
            "lineItems": [{ "productSku": "ROPE", "quantity": 5, "price": { "value": "12.345", "currency": "USD" } }],
        }));
        let payment = shop.sold("SO-1", cart.clone()).await;
        let part = |quantity: Value| json!({ "items": [{ "line": 0, "quantity": quantity }] });
        let first = shop.act(&payment, "invoices", &part(json!(3))).await.expect(201);
        assert_eq!((text(&first, "amount"), invoiced(&first["payment"])), ("37.03", vec![("3", "37.03")]));
        assert_eq!((&first["lines"][0]["line"], &first["lines"][0]["quantity"]), (&json!(0), &json!("3")));
        let second = shop.act(&payment, "invoices", &part(json!("2.0"))).await.expect(201);
        assert_eq!((text(&second, "amount"), invoiced(&second["payment"])), ("24.69", vec![("5", "61.72")]));
        // The same with lines of the shop's own, which are rounded one by one.
        let payment = shop.sold("SO-2", cart).await;
        let own = |quantity: i64| json!({ "lineItems": [{ "productSku": "ROPE", "quantity": quantity, "price": { "value": "12.345", "currency": "USD" } }] });
        shop.act(&payment, "invoices", &own(3)).await.expect(201);
        let rest = shop.act(&payment, "invoices", &own(2)).await.expect(201);
        assert_eq!((text(&rest, "amount"), &rest["payment"]["status"]), ("24.68", &json!("invoiced")));
    }

    async fn a_canceled_invoice_gives_its_quantities_back_and_a_return_does_not(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        let body = json!({ "items": [{ "line": 0, "quantity": 4 }] });
        let first = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!((text(&first, "amount"), text(&first, "taxAmount"), text(&first, "shippingAmount")), ("516.20", "20.00", "16.20"));
        let back = json!({ "invoiceId": first["id"], "amount": "100.00", "currency": "USD" });
        let returned = shop.act(&payment, "refunds", &back).await.expect(201);
        assert_eq!(invoiced(&returned["payment"]), [("4", "480.00")]);
        let second = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!(invoiced(&second["payment"]), [("8", "960.00")]);
        let too_much = shop.act(&payment, "invoices", &json!({ "items": [{ "line": 0, "quantity": "2.5" }] })).await;
        assert_eq!(too_much.problem(409), "exceeds-remaining");
        assert_eq!((&too_much.json()["errors"][0]["pointer"], &too_much.json()["remaining"]), (&json!("/items/0/quantity"), &json!("2")));
        shop.act(&payment, &format!("invoices/{}/cancel", text(&second, "id")), &json!({})).await.expect(201);
        assert_eq!(invoiced(&shop.payment(&payment).await), [("4", "480.00")]);
        let rest = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        assert_eq!((text(&rest, "amount"), invoiced(&rest["payment"])), ("774.30", vec![("10", "1200.00")]));
    }

    async fn charges_and_discounts_are_lines_of_their_own(database: Database) {
        let shop = TestShop::open(database).await;
        let cart = cart_with(json!({
            "total": "105.00", "subtotal": null, "taxAmount": "5.00", "handlingAmount": "4.00", "insuranceAmount": "2.00",
            "surchargeAmount": "2.00", "discountAmount": "8.00",
            "lineItems": [{ "productSku": "A", "quantity": 2, "price": { "value": "50.00", "currency": "USD" } }],
        }));
        let payment = shop.sold("SO-1", cart).await;
        let body = json!({ "items": [{ "line": 0, "quantity": 1 }], "discountAmount": "8" });
        let first = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!((text(&first, "amount"), text(&first, "discountAmount"), text(&first, "handlingAmount")), ("48.50", "8.00", "2.00"));
        let there = shop.invoice_at_apruve(&first).await;
        assert_eq!(
            items(&there, "invoice_items"),
            [item("A", 5_000), item("Handling", 200), item("Insurance", 100), item("Surcharge", 100), item("Discount", -800)]
        );
        let rest = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        let there = shop.invoice_at_apruve(&rest).await;
        assert_eq!((text(&rest, "amount"), items(&there, "invoice_items").len()), ("56.50", 4));
    }

    async fn an_amount_alone_is_one_line(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        let first = shop.act(&payment, "invoices", &json!({ "amount": "500" })).await.expect(201);
        assert_eq!((text(&first, "taxAmount"), text(&first, "shippingAmount")), ("19.37", "0.00"));
        let there = shop.invoice_at_apruve(&first).await;
        assert_eq!(items(&there, "invoice_items"), [item("Part of order SO-1", 48_063)]);
        assert_eq!(invoiced(&first["payment"]), [("0", "0.00")]);
        let rest = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        assert_eq!((text(&rest, "amount"), text(&rest, "taxAmount")), ("790.50", "30.63"));
    }

    async fn without_the_cart_only_amounts_are_invoiced(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        let erase = |tx: &mut onterms::store::Tx<'_>| {
            Ok::<_, onterms::store::StoreError>(diesel::RunQueryDsl::execute(diesel::sql_query("DELETE FROM payment_checkouts"), tx.conn())?)
        };
        shop.app.service.store().write(erase).await.expect("the cart is erased");
        assert_eq!(shop.payment(&payment).await["lines"], json!([]));
        let refused = shop.act(&payment, "invoices", &json!({ "items": [{ "line": 0, "quantity": 1 }] })).await;
        assert_eq!(refused.problem(422), "lines-unknown");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/items");
        let part = shop.act(&payment, "invoices", &json!({ "amount": "90.50" })).await.expect(201);
        let rest = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        for (invoice, cents) in [(&part, 9_050), (&rest, 120_000)] {
            let there = shop.invoice_at_apruve(invoice).await;
            assert_eq!(items(&there, "invoice_items"), [item("Part of order SO-1", cents)]);
        }
    }

    async fn items_that_are_wrong_are_reported_whole(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        shop.asked().await;
        for (body, expected) in [
            (json!({ "items": [] }), vec!["/items"]),
            (json!({ "items": {} }), vec!["/items"]),
            (json!({ "lineItems": [] }), vec!["/lineItems"]),
            (json!({ "items": [7, { "line": "0", "quantity": 0 }, { "quantity": "1.0000001" }, { "line": 0, "quantity": "one", "sku": "A" }] }),
                vec!["/items/0", "/items/1/line", "/items/1/quantity", "/items/2/line", "/items/2/quantity", "/items/3/quantity", "/items/3/sku"]),
            (json!({ "items": [{ "line": 0, "quantity": 1 }, { "line": 0, "quantity": 1 }] }), vec!["/items/1/line"]),
            (json!({ "items": [{ "line": 0, "quantity": 1 }, { "line": 1, "quantity": 1 }] }), vec!["/items/1/line"]),
            (json!({ "items": [{ "line": 0, "quantity": 1 }], "lineItems": [{ "title": "A", "total": "1" }] }), vec!["/items"]),
            (json!({ "billTo": { "countryIso2": "UK", "zip": "1" }, "shipTo": "here", "notes": 7, "handlingAmount": "-1" }),
                vec!["/billTo/countryIso2", "/billTo/zip", "/handlingAmount", "/notes", "/shipTo"]),
        ] {
            let mut pointers = shop.act(&payment, "invoices", &body).await.pointers();
            pointers.sort_unstable();
            assert_eq!(pointers, expected, "{body}");
        }
        let free = shop.act(&payment, "invoices", &json!({ "items": [{ "line": 0, "quantity": "0.000001" }], "shippingAmount": "0", "taxAmount": 0 })).await;
        assert_eq!(free.problem(422), "nothing-to-invoice");
        assert_eq!(shop.payment(&payment).await["version"], payment["version"]);
        assert!(shop.asked().await.is_empty());
    }

    async fn notes_addresses_and_terms_of_delivery_reach_apruve(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        let body = json!({
            "notes": "Gate 7,  ring twice", "termsOfDelivery": "DAP Springfield",
            "billTo": { "organization": "Acme", "firstName": "Amanda", "lastName": "Cole", "street": "1 Main Street", "city": "Springfield",
                "regionCode": "US-CA", "postalCode": "90210", "countryIso2": "US", "phone": "+1 555 0100" },
            "shipTo": { "firstName": "Sam", "lastName": "Lee", "street": "2 Dock Road", "street2": "Hall 4", "regionCode": "NV" },
        });
        let invoice = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!((text(&invoice, "notes"), text(&invoice, "termsOfDelivery")), ("Gate 7,  ring twice", "DAP Springfield"));
        let there = shop.invoice_at_apruve(&invoice).await;
        assert_eq!((text(&there, "merchant_notes"), text(&there, "terms_of_delivery")), ("Gate 7, ring twice", "DAP Springfield"));
        assert_eq!(there["bill_to_address"], json!({
            "name": "Acme", "contact_name": "Amanda Cole", "address_1": "1 Main Street", "city": "Springfield", "state": "CA",
            "postal_code": "90210", "country_code": "US", "phone_number": "+1 555 0100",
        }));
        assert_eq!(there["ship_to_address"], json!({ "name": "Sam Lee", "address_1": "2 Dock Road", "address_2": "Hall 4", "state": "NV" }));
        // They are persons' data, and Apruve's to keep.
        assert!(!shop.app.get(&at(&payment)).await.text.contains("Main Street"));
    }

    async fn the_day_on_which_it_is_due_is_read_back(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.sold("SO-1", usual_cart()).await;
        assert_eq!(payment["dueAt"], Value::Null);
        for (amount, due, first) in [("100", "2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"), ("200", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z"), ("300", "2026-06-01T00:00:00Z", "2026-04-01T00:00:00Z")] {
            let invoice = shop.act(&payment, "invoices", &json!({ "amount": amount, "dueAt": due })).await.expect(201);
            assert_eq!((text(&invoice, "dueAt"), text(&invoice["payment"], "dueAt")), (due, first));
        }
        let theirs = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        assert!(theirs["dueAt"].is_string(), "Apruve's terms: {theirs}");
    }

    async fn an_order_expires_when_the_shop_says(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = json!({ "paymentMethodId": shop.method, "orderId": "SO-1", "cart": usual_cart(), "expiresAt": "2026-03-02T10:00:00+02:00" });
        let payment = shop.post("/v1/payments", &body).await.expect(201);
        assert_eq!(text(&payment, "expiresAt"), "2026-03-02T08:00:00Z");
        assert_eq!(payment["nextAction"]["order"]["expire_at"], "2026-03-02T08:00:00+00:00");
        let order = shop.confirm(&payment, true).await;
        shop.authorize(&payment, &order).await.expect(200);
        body["orderId"] = json!("SO-2");
        for (expires, code) in [(json!("2026-03-01T12:00:00Z"), "past"), (json!("2026-02-01T00:00:00Z"), "past"), (json!("soon"), "not_an_instant"), (json!(7), "not_an_instant")] {
            body["expiresAt"] = expires;
            let refused = shop.post("/v1/payments", &body).await;
            assert_eq!(refused.pointers(), ["/expiresAt"], "{body}");
            assert_eq!(refused.json()["errors"][0]["code"], code);
        }
        body["expiresAt"] = json!("2026-03-01T12:30:00Z");
        let payment = shop.post("/v1/payments", &body).await.expect(201);
        shop.pass(std::time::Duration::from_secs(45 * 60)).await;
        assert_eq!(shop.synced(&payment).await["status"], "expired");
    }
}
