//! `POST /v1/payments/{id}/capture` and `…/refunds`.

use serde_json::json;

use super::shop_floor::{amount, assert_once, text};
use crate::{
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn an_offline_payment_is_captured_in_parts_or_whole(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        assert_eq!((&payment["status"], &payment["nextAction"]), (&json!("pending"), &json!(null)));
        let part = json!({ "amount": "30.00", "currency": "USD" });
        let captured = shop.act(&payment, "capture", &part).await.expect(201);
        assert_eq!((text(&captured, "action"), text(&captured, "state"), text(&captured, "amount")), ("capture", "succeeded", "30.00"));
        assert_eq!((&captured["payment"]["status"], amount(&captured["payment"], "due")), (&json!("partially_paid"), "70.00"));
        let refused = shop.act(&payment, "capture", &json!({ "amount": "70.01" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(refused.json()["remaining"], "70.00");
        let rest = shop.act(&payment, "capture", &json!({})).await.expect(201);
        assert_eq!((text(&rest, "amount"), &rest["payment"]["status"]), ("70.00", &json!("paid")));
        let none = shop.act(&payment, "capture", &json!({})).await;
        assert_eq!(none.problem(409), "wrong-state");
        assert_eq!(none.json()["possible"], json!(["refunds"]));
    }

    async fn what_apruve_pays_is_not_captured_by_hand(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, _) = shop.with_invoice("SO-1").await;
        let refused = shop.act(&payment, "capture", &json!({})).await;
        assert_eq!(refused.problem(409), "wrong-state");
    }

    async fn a_capture_that_is_not_valid_is_rejected(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        let body = json!({ "amount": "1.001", "currency": "EUR", "amnt": 1 });
        let mut pointers = shop.act(&payment, "capture", &body).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/amnt", "/amount", "/currency"]);
        assert_eq!(shop.payment(&payment).await, payment);
    }

    async fn the_rest_of_an_offline_payment_may_be_given_up(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        shop.act(&payment, "capture", &json!({ "amount": "30" })).await.expect(201);
        let canceled = shop.act(&payment, "cancel", &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], amount(&canceled, "canceled")), (&json!("paid"), "70.00"));
        let late = shop.act(&payment, "capture", &json!({})).await;
        assert_eq!(late.problem(409), "wrong-state");
    }

    async fn an_offline_refund_is_booked_up_to_what_came(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        shop.act(&payment, "capture", &json!({ "amount": "50" })).await.expect(201);
        let refused = shop.act(&payment, "refunds", &json!({ "amount": "50.01", "currency": "USD" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        let body = json!({ "amount": "20", "currency": "USD", "reason": "Damaged", "refundReference": "RMA-17" });
        let refunded = shop.act(&payment, "refunds", &body).await.expect(201);
        assert_eq!((text(&refunded, "reason"), text(&refunded, "refundReference")), ("Damaged", "RMA-17"));
        assert_eq!(refunded["payment"]["status"], "partially_refunded");
        let rest = shop.act(&payment, "refunds", &json!({ "amount": 30, "currency": "USD" })).await.expect(201);
        assert_eq!((&rest["payment"]["status"], amount(&rest["payment"], "due")), (&json!("partially_refunded"), "50.00"));
        let over = shop.act(&payment, "cancel", &json!({})).await.expect(201);
        assert_eq!(over["status"], "refunded", "and nothing is due any more");
    }

    async fn a_return_on_an_open_invoice_lowers_what_is_due(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let body = json!({ "invoiceId": invoice["id"], "amount": "25.00", "currency": "USD", "reason": "DAMAGED", "refundReference": "RMA-17" });
        let returned = shop.act(&payment, "refunds", &body).await.expect(201);
        assert_eq!((text(&returned, "action"), &returned["parentId"]), ("refund", &invoice["id"]));
        let now = &returned["payment"];
        assert_eq!((amount(now, "returned"), amount(now, "refunded"), amount(now, "due")), ("25.00", "0.00", "75.00"));
        let there = shop.at_apruve(&format!("/invoices/{}/invoice_returns", text(&invoice, "providerId"))).await;
        assert_eq!((&there[0]["amount_cents"], &there[0]["reason"]), (&json!(2_500), &json!("DAMAGED")));
        assert_eq!(there[0]["merchant_notes"], format!("{} RMA-17", text(&returned, "id")));
        let refused = shop.act(&payment, "refunds", &json!({ "invoiceId": invoice["id"], "amount": "75.01", "currency": "USD" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(refused.json()["remaining"], "75.00");
    }

    async fn money_that_came_is_given_back(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.at_invoice(&invoice, "pay").await;
        assert_eq!(shop.synced(&payment).await["status"], "paid");
        let body = json!({ "invoiceId": invoice["id"], "amount": "100", "currency": "USD" });
        let refunded = shop.act(&payment, "refunds", &body).await.expect(201);
        assert_eq!((&refunded["payment"]["status"], amount(&refunded["payment"], "refunded")), (&json!("refunded"), "100.00"));
        let more = shop.act(&payment, "refunds", &json!({ "invoiceId": invoice["id"], "amount": "0.01", "currency": "USD" })).await;
        assert_eq!(more.problem(409), "exceeds-remaining");
    }

    async fn a_refund_that_is_not_valid_is_rejected_with_every_error(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.asked().await;
        let mut missing = shop.act(&payment, "refunds", &json!({})).await.pointers();
        missing.sort_unstable();
        assert_eq!(missing, ["/amount", "/currency"]);
        let body = json!({ "invoiceId": "INV-1", "amount": "ten", "currency": "usd", "reson": "x" });
        let mut wrong = shop.act(&payment, "refunds", &body).await.pointers();
        wrong.sort_unstable();
        assert_eq!(wrong, ["/amount", "/currency", "/invoiceId", "/reson"]);
        let no_invoice = shop.act(&payment, "refunds", &json!({ "amount": "1", "currency": "USD" })).await;
        assert_eq!(no_invoice.pointers(), ["/invoiceId"]);
        let (_, foreign) = shop.with_invoice("SO-2").await;
        let body = json!({ "invoiceId": foreign["id"], "amount": "1", "currency": "USD" });
        assert_eq!(shop.act(&payment, "refunds", &body).await.pointers(), ["/invoiceId"]);
        shop.act(&payment, &format!("invoices/{}/cancel", text(&invoice, "id")), &json!({})).await.expect(201);
        let body = json!({ "invoiceId": invoice["id"], "amount": "1", "currency": "USD" });
        assert_eq!(shop.act(&payment, "refunds", &body).await.problem(409), "wrong-state");
    }

    async fn while_a_return_is_unknown_no_other_is_begun(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.deaf("/invoices/*/invoice_returns").await;
        let body = json!({ "invoiceId": invoice["id"], "amount": "60", "currency": "USD" });
        let lost = shop.act(&payment, "refunds", &body).await.expect(202);
        assert_eq!(lost["state"], "unknown");
        shop.away().await;
        let refused = shop.act(&payment, "refunds", &body).await;
        assert_eq!(refused.problem(409), "wrong-state");
        shop.mended().await;
        shop.pass(std::time::Duration::from_secs(120)).await;
        let refused = shop.act(&payment, "refunds", &body).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(amount(&shop.payment(&payment).await, "returned"), "60.00");
    }

    async fn a_double_click_is_one_capture_and_one_refund(database: Database) {
        let shop = TestShop::open(database).await;
        for same_key in [true, false] {
            let check = shop.by_check(&format!("CHECK-{same_key}")).await;
            assert_once(&shop.twice_at_once(&check, "capture", &json!({}), same_key).await);
            let back = json!({ "amount": "100", "currency": "USD" });
            assert_once(&shop.twice_at_once(&check, "refunds", &back, same_key).await);
            let (payment, invoice) = shop.with_invoice(&format!("SO-{same_key}")).await;
            shop.slow().await;
            shop.asked().await;
            let back = json!({ "invoiceId": invoice["id"], "amount": "10", "currency": "USD" });
            assert_once(&shop.twice_at_once(&payment, "refunds", &back, same_key).await);
            assert_eq!(shop.asked().await.len(), 1, "same key: {same_key}");
            shop.mended().await;
        }
    }
}
