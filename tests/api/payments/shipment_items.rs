//! What went out, by the line, and how it is corrected.

use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    app::Answer,
    buyer::at,
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};
use onterms::auth::Scope;

/// 3 × 33.33 and 2.5 × 4.00, tax 10.00, discount 1.00: 118.99.
fn cart() -> Value {
    cart_with(json!({
        "total": "118.99", "subtotal": null, "taxAmount": "10.00", "discountAmount": "1.00",
        "lineItems": [
            { "productSku": "A", "title": "Anvil", "quantity": 3, "price": { "value": "33.33", "currency": "USD" } },
            { "productSku": "R", "title": "Rope", "quantity": "2.5", "price": { "value": "4.00", "currency": "USD" } },
        ],
    }))
}

impl TestShop {
    /// A payment with one invoice over all of it.
    async fn invoiced_cart(&self, order_id: &str) -> (Value, Value) {
        let body = json!({ "paymentMethodId": self.method, "orderId": order_id, "cart": cart() });
        let payment = self.post("/v1/payments", &body).await.expect(201);
        let order = self.confirm(&payment, true).await;
        let payment = self.authorize(&payment, &order).await.expect(200);
        let invoice = self.act(&payment, "invoices", &json!({})).await.expect(201);
        (payment, invoice)
    }

    async fn correct(
        &self,
        payment: &Value,
        invoice: &Value,
        shipment: &Value,
        changes: &Value,
    ) -> Answer {
        let path = format!(
            "{}/{}/{}",
            at(payment),
            shipments(invoice),
            text(shipment, "id")
        );
        let request = self.app.request(Method::PATCH, &path);
        request.json(changes).send().await
    }

    async fn shipments_at_apruve(&self, invoice: &Value) -> Value {
        self.at_apruve(&format!(
            "/invoices/{}/shipments",
            text(invoice, "providerId")
        ))
        .await
    }
}

fn shipments(invoice: &Value) -> String {
    format!("invoices/{}/shipments", text(invoice, "id"))
}

on_both_databases! {
    async fn parts_that_are_shipped_come_to_the_invoice(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let first = json!({ "items": [{ "line": 0, "quantity": 1 }, { "line": 1, "quantity": "0.5" }], "notes": "Pallet 1", "deliveredAt": "2026-03-02T00:00:00Z", "carrier": "UPS", "trackingUrl": "https://ups.example/1Z" });
        let made = shop.act(&payment, &shipments(&invoice), &first).await.expect(201);
        // 35.33 of 109.99 goods, with that share of 9.00.
        assert_eq!(text(&made, "amount"), "38.22");
        let shown = &made["payment"]["invoices"][0]["shipments"][0];
        assert_eq!(shown["items"], json!([
            { "line": 0, "quantity": "1", "total": "33.33" }, { "line": 1, "quantity": "0.5", "total": "2.00" },
        ]));
        assert_eq!(
            (text(shown, "notes"), text(shown, "deliveredAt"), text(shown, "carrier"), text(shown, "shipper"), text(shown, "trackingUrl")),
            ("Pallet 1", "2026-03-02T00:00:00Z", "UPS", "UPS", "https://ups.example/1Z")
        );
        assert_eq!(shown["partial"], true);
        let there = shop.shipments_at_apruve(&invoice).await;
        let item = &there[0]["shipment_items"][0];
        assert_eq!((&item["title"], &item["sku"], &item["quantity"], &item["price_total_cents"]), (&json!("Anvil"), &json!("A"), &json!(1), &json!(3_333)));
        assert_eq!((&there[0]["merchant_notes"], &there[0]["status"]), (&json!("Pallet 1"), &json!("partial")));
        let rest = json!({ "items": [{ "line": 0, "quantity": 2 }, { "line": 1, "quantity": 2 }] });
        let made = shop.act(&payment, &shipments(&invoice), &rest).await.expect(201);
        assert_eq!(text(&made, "amount"), "80.77");
        assert_eq!(made["payment"]["invoices"][0]["shipments"][1]["partial"], false);
    }

    async fn items_that_are_wrong_are_reported_whole(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        shop.act(&payment, &shipments(&invoice), &json!({ "items": [{ "line": 0, "quantity": 2 }] })).await.expect(201);
        let too_much = json!({ "items": [{ "line": 0, "quantity": 2 }, { "line": 1, "quantity": "2.6" }] });
        let refused = shop.act(&payment, &shipments(&invoice), &too_much).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        let pointers: Vec<_> = refused.json()["errors"].as_array().into_iter().flatten().map(|error| error["pointer"].clone()).collect();
        assert_eq!(pointers, ["/items/0/quantity", "/items/1/quantity"]);
        let unknown = shop.act(&payment, &shipments(&invoice), &json!({ "items": [{ "line": 7, "quantity": 1 }] })).await;
        assert_eq!(unknown.pointers(), ["/items/0/line"]);
        let apart = json!({ "items": [{ "line": 0, "quantity": 1 }], "amount": "30.00" });
        let refused = shop.act(&payment, &shipments(&invoice), &apart).await;
        assert_eq!(refused.json()["errors"][0]["code"], "totals_do_not_add_up");
        let twice = json!({ "carrier": "UPS", "shipper": "DHL", "trackingUrl": "javascript:alert(1)" });
        let mut pointers = shop.act(&payment, &shipments(&invoice), &twice).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/carrier", "/trackingUrl"]);
        let other = shop.authorized("SO-2").await;
        let plain = shop.invoiced(&other, "10").await;
        let refused = shop.act(&other, &shipments(&plain), &json!({ "items": [{ "line": 0, "quantity": 1 }] })).await;
        assert_eq!(refused.problem(422), "lines-unknown");
        let along = json!({ "amount": "10", "shipment": { "items": [{ "line": 0, "quantity": 1 }] } });
        let refused = shop.act(&other, "invoices", &along).await;
        assert_eq!(refused.problem(422), "lines-unknown");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/shipment/items");
    }

    async fn what_was_reported_of_a_shipment_is_corrected_here_and_at_apruve(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let body = json!({ "amount": "50", "trackingNumber": "1Z", "shipper": "UPS", "notes": "Pallet 1" });
        let shipment = shop.act(&payment, &shipments(&invoice), &body).await.expect(201);
        shop.asked().await;
        let changes = json!({ "trackingNumber": "2Z", "carrier": "DHL", "deliveredAt": "2026-03-03T10:00:00+01:00", "notes": null, "trackingUrl": "https://dhl.example/2Z" });
        let corrected = shop.correct(&payment, &invoice, &shipment, &changes).await.expect(200);
        assert_eq!((&corrected["id"], text(&corrected, "trackingNumber"), text(&corrected, "carrier"), text(&corrected, "deliveredAt")), (&shipment["id"], "2Z", "DHL", "2026-03-03T09:00:00Z"));
        assert_eq!((&corrected["notes"], text(&corrected, "trackingUrl")), (&Value::Null, "https://dhl.example/2Z"));
        assert_eq!(shop.asked().await.len(), 1);
        let there = shop.shipments_at_apruve(&invoice).await[0].clone();
        assert_eq!((text(&there, "tracking_number"), text(&there, "shipper"), &there["merchant_notes"]), ("2Z", "DHL", &Value::Null));
        assert_eq!((&there["amount_cents"], &there["merchant_shipment_id"]), (&json!(5_000), &shipment["id"]));
        // What changes nothing does nothing, and what is ours alone is not told.
        let version = shop.payment(&payment).await["version"].clone();
        for same in [json!({}), changes] {
            let again = shop.correct(&payment, &invoice, &shipment, &same).await.expect(200);
            assert_eq!(again["payment"]["version"], version);
        }
        shop.correct(&payment, &invoice, &shipment, &json!({ "trackingUrl": null })).await.expect(200);
        assert!(shop.asked().await.is_empty());
        assert_eq!(shop.synced(&payment).await["findings"], json!([]));
    }

    async fn corrections_at_the_same_time_all_reach_apruve(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let shipment = shop.act(&payment, &shipments(&invoice), &json!({ "amount": "50" })).await.expect(201);
        let changes = [json!({ "notes": "Pallet 1" }), json!({ "carrier": "DHL" }), json!({ "trackingNumber": "1Z" })];
        let sent = changes.each_ref().map(|change| shop.correct(&payment, &invoice, &shipment, change));
        for corrected in futures_util::future::join_all(sent).await {
            corrected.expect(200);
        }
        let there = shop.shipments_at_apruve(&invoice).await[0].clone();
        assert_eq!((text(&there, "merchant_notes"), text(&there, "shipper"), text(&there, "tracking_number")), ("Pallet 1", "DHL", "1Z"));
    }

    async fn a_tracking_number_stays_unique_when_it_is_corrected(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let body = |number: &str| json!({ "amount": "10", "trackingNumber": number });
        let one = shop.act(&payment, &shipments(&invoice), &body("1Z")).await.expect(201);
        shop.act(&payment, &shipments(&invoice), &body("2Z")).await.expect(201);
        let taken = shop.correct(&payment, &invoice, &one, &json!({ "trackingNumber": "2Z" })).await;
        assert_eq!(taken.problem(409), "reference-taken");
        assert_eq!(taken.json()["errors"][0]["pointer"], "/trackingNumber");
        shop.correct(&payment, &invoice, &one, &json!({ "trackingNumber": "3Z" })).await.expect(200);
        // The request that made it is still the one that made it; the new number is another's.
        let again = shop.act(&payment, &shipments(&invoice), &body("1Z")).await;
        assert_eq!(again.expect(200)["id"], one["id"]);
        assert_eq!(shop.act(&payment, &shipments(&invoice), &body("3Z")).await.problem(409), "reference-taken");
    }

    async fn a_shipment_is_corrected_at_the_address_of_its_payment_too(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let (other, others) = shop.invoiced_cart("SO-2").await;
        let shipment = shop.act(&payment, &shipments(&invoice), &json!({ "trackingNumber": "1Z" })).await.expect(201);
        let foreign = shop.act(&other, &shipments(&others), &json!({})).await.expect(201);
        let correct = async |id: &str, changes: &Value| {
            let path = format!("{}/shipments/{id}", at(&payment));
            shop.app.request(Method::PATCH, &path).json(changes).send().await
        };
        let changes = json!({ "trackingNumber": "2Z", "carrier": "DHL" });
        let corrected = correct(text(&shipment, "id"), &changes).await.expect(200);
        assert_eq!((&corrected["id"], text(&corrected, "trackingNumber"), text(&corrected, "carrier")), (&shipment["id"], "2Z", "DHL"));
        let there = shop.shipments_at_apruve(&invoice).await[0].clone();
        assert_eq!((text(&there, "tracking_number"), text(&there, "shipper")), ("2Z", "DHL"));
        let at_invoice = shop.correct(&payment, &invoice, &shipment, &json!({})).await.expect(200);
        assert_eq!(at_invoice["payment"], corrected["payment"], "the same at both addresses");
        let purchase = text(&shop.payment(&payment).await["transactions"][0], "id").to_owned();
        for id in [text(&invoice, "id"), text(&foreign, "id"), &*purchase, "txn_01h455vb4pex5vsknk084sn02q", "nothing"] {
            assert_eq!(correct(id, &changes).await.problem(404), "not-found", "{id}");
        }
        assert_eq!(correct(text(&shipment, "id"), &json!({ "deliveredAt": "soon", "shipper": 7 })).await.pointers().len(), 2);
    }

    async fn a_correction_that_is_refused_changes_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.invoiced_cart("SO-1").await;
        let shipment = shop.act(&payment, &shipments(&invoice), &json!({ "trackingNumber": "1Z" })).await.expect(201);
        let mut wrong = shop.correct(&payment, &invoice, &shipment, &json!({ "shipper": "UPS", "deliveredAt": "soon", "trackingUrl": "x", "notes": 7 })).await.pointers();
        wrong.sort_unstable();
        assert_eq!(wrong, ["/deliveredAt", "/notes", "/shipper", "/trackingUrl"]);
        let before = shop.payment(&payment).await;
        for (status, problem) in [(400, 422), (503, 502)] {
            shop.fault(&json!({ "method": "PUT", "path": "/invoices/*/shipments/*", "effect": { "kind": "answer", "status": status } })).await;
            let answer = shop.correct(&payment, &invoice, &shipment, &json!({ "trackingNumber": "2Z" })).await;
            assert_eq!(answer.status.as_u16(), problem, "{answer:?}");
            assert_eq!(shop.payment(&payment).await, before);
        }
        shop.correct(&payment, &invoice, &shipment, &json!({ "trackingNumber": "2Z" })).await.expect(200);
        let unknown = shop.correct(&payment, &invoice, &invoice, &json!({ "notes": "x" })).await;
        assert_eq!(unknown.problem(404), "not-found");
        let path = format!("{}/{}/{}", at(&payment), shipments(&invoice), text(&shipment, "id"));
        let reader = shop.app.token("reader", &[Scope::PaymentsRead, Scope::PaymentsWrite]);
        let forbidden = shop.app.bare(Method::PATCH, &path).bearer(&reader).json(&json!({})).send().await;
        assert_eq!(forbidden.problem(403), "missing-scope");
    }
}
