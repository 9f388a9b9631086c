//! `POST /v1/payments/{id}/invoices/{txn}/shipments`.

use serde_json::{Value, json};

use super::shop_floor::{assert_once, text};
use crate::{
    app::START,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

fn shipments(invoice: &Value) -> String {
    format!("invoices/{}/shipments", text(invoice, "id"))
}

on_both_databases! {
    async fn an_empty_body_ships_all_of_the_invoice_now(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let shipped = shop.act(&payment, &shipments(&invoice), &json!({})).await.expect(201);
        assert_eq!((text(&shipped, "action"), text(&shipped, "amount")), ("shipment", "100.00"));
        assert_eq!(shipped["parentId"], invoice["id"]);
        let shown = &shipped["payment"]["invoices"][0]["shipments"][0];
        assert_eq!((&shown["id"], &shown["shippedAt"], &shown["partial"]), (&shipped["id"], &json!(START), &json!(false)));
        let at_invoice = format!("/invoices/{}/shipments", text(&invoice, "providerId"));
        let there = shop.at_apruve(&at_invoice).await;
        assert_eq!((&there[0]["status"], &there[0]["merchant_shipment_id"]), (&json!("fulfilled"), &shipped["id"]));
        let again = shop.act(&payment, &shipments(&invoice), &json!({})).await;
        assert_eq!(again.problem(409), "wrong-state");
    }

    async fn parts_are_shipped_until_nothing_is_left(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let part = json!({ "amount": "30.00", "shippedAt": "2026-02-27T10:00:00+01:00", "shipper": "UPS", "trackingNumber": "1Z" });
        let shipped = shop.act(&payment, &shipments(&invoice), &part).await.expect(201);
        let shown = &shipped["payment"]["invoices"][0]["shipments"][0];
        assert_eq!(shown["partial"], true);
        assert_eq!((text(shown, "shippedAt"), text(shown, "shipper"), text(shown, "trackingNumber")), ("2026-02-27T09:00:00Z", "UPS", "1Z"));
        let refused = shop.act(&payment, &shipments(&invoice), &json!({ "amount": "70.01" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(refused.json()["remaining"], "70.00");
        let rest = shop.act(&payment, &shipments(&invoice), &json!({})).await.expect(201);
        assert_eq!(rest["amount"], "70.00");
        let all = rest["payment"]["invoices"][0]["shipments"].as_array().expect("a list").clone();
        assert_eq!(all.iter().map(|it| it["partial"] == true).collect::<Vec<_>>(), [true, false]);
    }

    async fn a_body_that_is_not_valid_is_rejected_with_every_error(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let body = json!({ "amount": 0, "status": "sent", "shippedAt": 7, "trackingnumber": "1Z", "taxAmount": "1" });
        let mut pointers = shop.act(&payment, &shipments(&invoice), &body).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/amount", "/shippedAt", "/status", "/taxAmount", "/trackingnumber"]);
        let body = json!({ "shippedAt": "2026-02-27T10:00:00Z", "deliveredAt": "2026-02-27T09:59:59Z" });
        assert_eq!(shop.act(&payment, &shipments(&invoice), &body).await.pointers(), ["/deliveredAt"]);
        let unknown = shop.act(&payment, "invoices/txn_01h455vb4pex5vsknk084sn02q/shipments", &json!({})).await;
        assert_eq!(unknown.problem(404), "not-found");
        let purchase = &shop.payment(&payment).await["transactions"][0];
        let no_invoice = shop.act(&payment, &shipments(purchase), &json!({})).await;
        assert_eq!(no_invoice.problem(404), "not-found");
    }

    async fn a_double_click_is_one_shipment(database: Database) {
        let shop = TestShop::open(database).await;
        for same_key in [true, false] {
            let (payment, invoice) = shop.with_invoice(&format!("SO-{same_key}")).await;
            shop.slow().await;
            shop.asked().await;
            assert_once(&shop.twice_at_once(&payment, &shipments(&invoice), &json!({}), same_key).await);
            assert_eq!(shop.asked().await.len(), 1, "same key: {same_key}");
            shop.mended().await;
        }
    }

    async fn a_lost_answer_is_unknown_and_found_by_reading(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.deaf("/invoices/*/shipments").await;
        shop.asked().await;
        let lost = shop.act(&payment, &shipments(&invoice), &json!({})).await.expect(202);
        assert_eq!(lost["state"], "unknown");
        let synced = shop.synced(&payment).await;
        let found = &synced["invoices"][0]["shipments"][0];
        assert_eq!((&found["id"], &found["state"]), (&lost["id"], &json!("succeeded")));
        assert_eq!((&synced["unsettled"], &synced["findings"]), (&json!(false), &json!([])));
        assert_eq!(shop.asked().await.len(), 1);
    }
}
