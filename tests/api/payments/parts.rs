//! Money that comes in parts, is corrected, comes twice, or never.

use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::{amount, text};
use crate::{
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

impl TestShop {
    /// Moves an invoice at Apruve with figures, such as `fund` with `amountCents`.
    async fn moved(&self, invoice: &Value, what: &str, cents: i64) {
        let path = format!("/invoices/{}/{what}", text(invoice, "providerId"));
        self.control(Method::POST, &path, &json!({ "amountCents": cents }))
            .await;
    }

    /// The shop finances itself from now on.
    async fn finances_itself(&self) {
        let body = json!({ "settings": { "financing": "self" } });
        self.app.patch(&self.integration, &body).await.expect(200);
    }

    async fn refunded(&self, payment: &Value, invoice: &Value, sum: &str) -> Value {
        let body = json!({ "invoiceId": invoice["id"], "amount": sum, "currency": "USD" });
        self.act(payment, "refunds", &body).await.expect(201)
    }

    async fn closed(&self, payment: &Value, invoice: &Value, outcome: &str) -> Value {
        let path = format!("invoices/{}/close", text(invoice, "id"));
        self.act(
            payment,
            &path,
            &json!({ "outcome": outcome, "reason": "A bank transfer" }),
        )
        .await
        .expect(201)
    }

    /// The payments of an order: each one's status, and whether it is live; oldest first.
    async fn attempts(&self, order: &str) -> Vec<(String, bool)> {
        let told = self
            .app
            .get(&format!("/v1/orders/{order}/payment-status"))
            .await;
        let told = told.expect(200);
        let mut attempts = told["payments"].as_array().expect("a list").clone();
        attempts.sort_by_key(|it| text(it, "id").to_owned());
        attempts
            .iter()
            .map(|it| (text(it, "status").to_owned(), it["live"] == true))
            .collect()
    }
}

/// Captured, refunded, due.
fn sums(payment: &Value) -> [&str; 3] {
    ["captured", "refunded", "due"].map(|name| amount(payment, name))
}

fn codes(synced: &Value) -> Vec<&str> {
    let findings = synced["findings"].as_array().expect("a list");
    findings.iter().map(|it| text(it, "code")).collect()
}

on_both_databases! {
    async fn an_order_is_live_while_anything_of_it_is_open_or_due(database: Database) {
        let shop = TestShop::of_services(database).await;
        let payment = shop.authorized("SO-1").await;
        let first = shop.invoiced(&payment, "40.00").await;
        let second = shop.invoiced(&payment, "60.00").await;
        shop.at_invoice(&first, "fund").await;
        assert_eq!(sums(&shop.synced(&payment).await), ["40.00", "0.00", "60.00"]);
        let refunded = shop.refunded(&payment, &first, "40.00").await;
        assert_eq!(refunded["payment"]["status"], "partially_refunded");
        let again = shop.post("/v1/payments", &shop.new_payment("SO-1")).await.expect(200);
        assert_eq!(again["id"], payment["id"]);
        shop.at_invoice(&second, "fund").await;
        let synced = shop.synced(&payment).await;
        assert_eq!((&synced["status"], sums(&synced)), (&json!("partially_refunded"), ["100.00", "40.00", "0.00"]));
        assert_eq!(shop.attempts("SO-1").await, [("partially_refunded".to_owned(), true)]);
        shop.refunded(&payment, &second, "60.00").await;
        assert_eq!(shop.attempts("SO-1").await, [("refunded".to_owned(), false)]);
        let next = shop.post("/v1/payments", &shop.new_payment("SO-1")).await.expect(201);
        assert_ne!(next["id"], payment["id"]);
    }

    async fn apruve_pays_an_invoice_in_parts(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.moved(&invoice, "fund", 6_000).await;
        let synced = shop.synced(&payment).await;
        assert_eq!((&synced["status"], sums(&synced)), (&json!("partially_paid"), ["60.00", "0.00", "40.00"]));
        shop.moved(&invoice, "fund", 4_000).await;
        let synced = shop.synced(&payment).await;
        assert_eq!((&synced["status"], sums(&synced)), (&json!("paid"), ["100.00", "0.00", "0.00"]));
        assert_eq!(text(&synced["invoices"][0], "captured"), "100.00");
        shop.at_invoice(&invoice, "pay").await;
        assert_eq!(shop.synced(&payment).await["amounts"], synced["amounts"], "the buyer's money is not the shop's");
    }

    async fn an_invoice_that_was_changed_at_apruve_is_reported_and_its_money_booked(database: Database) {
        let shop = TestShop::of_services(database).await;
        let payment = shop.authorized("SO-1").await;
        let less = shop.invoiced(&payment, "60.00").await;
        let more = shop.invoiced(&payment, "40.00").await;
        shop.moved(&less, "change", 5_000).await;
        shop.moved(&more, "change", 4_500).await;
        shop.at_invoice(&less, "fund").await;
        shop.at_invoice(&more, "fund").await;
        let synced = shop.synced(&payment).await;
        assert_eq!(sums(&synced), ["95.00", "0.00", "5.00"]);
        let mut found = codes(&synced);
        found.sort_unstable();
        assert_eq!(found, ["invoice_differs", "invoice_differs", "paid_too_much"]);
    }

    async fn the_buyer_of_a_shop_that_finances_itself_pays_in_parts(database: Database) {
        let shop = TestShop::open(database).await;
        shop.finances_itself().await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.moved(&invoice, "pay", 4_000).await;
        assert_eq!(sums(&shop.synced(&payment).await), ["40.00", "0.00", "60.00"]);
        shop.refunded(&payment, &invoice, "80.00").await;
        shop.pass(std::time::Duration::from_secs(90)).await;
        assert_eq!(sums(&shop.synced(&payment).await), ["40.00", "20.00", "0.00"]);
        shop.pass(std::time::Duration::from_secs(90)).await;
        shop.at_invoice(&invoice, "close").await;
        let synced = shop.synced(&payment).await;
        assert_eq!((sums(&synced), amount(&synced, "returned")), (["40.00", "20.00", "0.00"], "80.00"));
        assert_eq!(synced["status"], "partially_refunded");
    }

    async fn money_of_a_buyer_that_comes_back_is_believed_when_two_readings_agree(database: Database) {
        let shop = TestShop::open(database).await;
        shop.finances_itself().await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.moved(&invoice, "pay", 4_000).await;
        shop.synced(&payment).await;
        shop.control(Method::POST, &format!("/invoices/{}/bounce", text(&invoice, "providerId")), &json!({})).await;
        assert_eq!(sums(&shop.synced(&payment).await), ["40.00", "0.00", "60.00"]);
        shop.pass(std::time::Duration::from_secs(59)).await;
        assert_eq!(sums(&shop.synced(&payment).await), ["40.00", "0.00", "60.00"]);
        shop.pass(std::time::Duration::from_secs(1)).await;
        let synced = shop.synced(&payment).await;
        assert_eq!((&synced["status"], sums(&synced)), (&json!("invoiced"), ["0.00", "0.00", "100.00"]));
    }

    async fn a_shop_that_finances_itself_closes_its_invoices(database: Database) {
        let shop = TestShop::open(database).await;
        let (waits, not_ours) = shop.with_invoice("SO-0").await;
        let path = format!("invoices/{}/close", text(&not_ours, "id"));
        let refused = shop.act(&waits, &path, &json!({ "outcome": "paid" })).await;
        assert_eq!(refused.problem(409), "wrong-state", "Apruve finances it");
        shop.finances_itself().await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.moved(&invoice, "pay", 3_000).await;
        shop.synced(&payment).await;
        let closed = shop.closed(&payment, &invoice, "paid").await;
        assert_eq!((text(&closed, "status"), text(&closed, "captured")), ("closed", "100.00"));
        assert_eq!((&closed["payment"]["status"], sums(&closed["payment"])), (&json!("paid"), ["100.00", "0.00", "0.00"]));
        assert_eq!(sums(&shop.synced(&payment).await), ["100.00", "0.00", "0.00"], "closed brings nothing more");

        let (payment, invoice) = shop.with_invoice("SO-2").await;
        shop.moved(&invoice, "pay", 3_000).await;
        shop.synced(&payment).await;
        let closed = shop.closed(&payment, &invoice, "written_off").await;
        let now = &closed["payment"];
        assert_eq!((sums(now), amount(now, "canceled"), &now["status"]), (["30.00", "0.00", "0.00"], "70.00", &json!("paid")));
        let synced = shop.synced(&payment).await;
        assert_eq!((sums(&synced), codes(&synced)), (["30.00", "0.00", "0.00"], vec![]));
        let last = synced["transactions"].as_array().expect("a list").last().expect("one").clone();
        assert_eq!((text(&last, "action"), text(&last, "amount"), text(&last, "reason")), ("cancel", "70.00", "A bank transfer"));
        let path = format!("invoices/{}/close", text(&invoice, "id"));
        assert_eq!(shop.act(&payment, &path, &json!({ "outcome": "paid" })).await.problem(409), "wrong-state");
        assert_eq!(shop.act(&payment, &path, &json!({ "outcome": "lost", "why": 1 })).await.pointers(), ["/outcome", "/why"]);

        let (payment, invoice) = shop.with_invoice("SO-3").await;
        let closed = shop.closed(&payment, &invoice, "written_off").await;
        assert_eq!(closed["payment"]["status"], "canceled");
        assert_eq!(shop.attempts("SO-3").await, [("canceled".to_owned(), false)]);
    }

    async fn what_a_buyer_paid_before_an_invoice_is_closed_is_booked_though_nobody_had_looked(database: Database) {
        let shop = TestShop::open(database).await;
        shop.finances_itself().await;
        for (order, paid, returned, outcome, expected, canceled) in [
            ("SO-1", 4_000, "", "written_off", ["40.00", "0.00", "0.00"], "60.00"),
            ("SO-2", 4_000, "", "paid", ["100.00", "0.00", "0.00"], "0.00"),
            ("SO-3", 1, "", "written_off", ["0.01", "0.00", "0.00"], "99.99"),
            ("SO-4", 4_000, "30.00", "written_off", ["40.00", "0.00", "0.00"], "30.00"),
            ("SO-5", 4_000, "30.00", "paid", ["70.00", "0.00", "0.00"], "0.00"),
        ] {
            let (payment, invoice) = shop.with_invoice(order).await;
            if !returned.is_empty() {
                shop.refunded(&payment, &invoice, returned).await;
            }
            shop.moved(&invoice, "pay", paid).await;
            let closed = shop.closed(&payment, &invoice, outcome).await;
            assert_eq!((sums(&closed["payment"]), amount(&closed["payment"], "canceled")), (expected, canceled), "{order}");
            let synced = shop.synced(&payment).await;
            assert_eq!((sums(&synced), amount(&synced, "canceled")), (expected, canceled), "{order}");
            assert_eq!(codes(&synced), Vec::<&str>::new(), "{order}");
        }
        // All of it is paid: nothing is left to close.
        let (payment, invoice) = shop.with_invoice("SO-6").await;
        shop.moved(&invoice, "pay", 10_000).await;
        let path = format!("invoices/{}/close", text(&invoice, "id"));
        let late = shop.act(&payment, &path, &json!({ "outcome": "written_off" })).await;
        assert_eq!(late.problem(409), "wrong-state");
        assert_eq!(sums(&shop.payment(&payment).await), ["100.00", "0.00", "0.00"]);
    }

    async fn an_invoice_that_cannot_be_read_is_not_closed(database: Database) {
        let shop = TestShop::open(database).await;
        shop.finances_itself().await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let down = json!({ "method": "GET", "count": null, "effect": { "kind": "answer", "status": 401 } });
        shop.fault(&down).await;
        shop.calls().await;
        let path = format!("invoices/{}/close", text(&invoice, "id"));
        let body = json!({ "outcome": "written_off" });
        let refused = shop.act(&payment, &path, &body).await;
        assert_eq!(refused.problem(502), "key-refused");
        let calls = shop.calls().await;
        assert!(calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
        shop.mended().await;
        shop.act(&payment, &path, &body).await.expect(201);
    }

    async fn whatever_apruve_pays_is_booked_however_much_it_is(database: Database) {
        let shop = TestShop::of_services(database).await;
        let huge = i64::MAX - 1;
        for (order, cents, captured) in [
            ("SO-1", 1_000_000_000_001, "10000000000.01".to_owned()),
            ("SO-2", 9_007_199_254_740_993, "90071992547409.93".to_owned()),
            ("SO-3", huge, format!("{}.{:02}", huge / 100, huge % 100)),
        ] {
            let (payment, invoice) = shop.with_invoice(order).await;
            shop.moved(&invoice, "fund", cents).await;
            let synced = shop.synced(&payment).await;
            assert_eq!((sums(&synced), codes(&synced)), ([captured.as_str(), "0.00", "0.00"], vec!["paid_too_much"]), "{order}");
            let again = shop.synced(&payment).await;
            assert_eq!((&again["amounts"], &again["status"]), (&synced["amounts"], &json!("paid")), "{order}");
            let given = shop.refunded(&payment, &invoice, "100.00").await;
            assert_eq!(amount(&given["payment"], "refunded"), "100.00", "{order}");
        }
        // Two of them are more than one sum can hold.
        let payment = shop.authorized("SO-4").await;
        for part in ["40.00", "60.00"] {
            let invoice = shop.invoiced(&payment, part).await;
            shop.moved(&invoice, "fund", huge).await;
        }
        let synced = shop.synced(&payment).await;
        assert_eq!((amount(&synced, "captured"), &synced["status"]), (&*format!("{}.07", i64::MAX / 100), &json!("paid")));
    }

    async fn a_closing_whose_answer_was_lost_is_read_back(database: Database) {
        let shop = TestShop::open(database).await;
        shop.finances_itself().await;
        for (number, outcome, captured, due) in [(1, "paid", "100.00", "0.00"), (2, "written_off", "0.00", "0.00")] {
            let (payment, invoice) = shop.with_invoice(&format!("SO-{number}")).await;
            let lost = json!({ "method": "POST", "path": "/invoices/*/close", "when": "after", "effect": { "kind": "cut" } });
            shop.fault(&lost).await;
            let path = format!("invoices/{}/close", text(&invoice, "id"));
            let body = json!({ "outcome": outcome });
            let told = shop.act(&payment, &path, &body).await.expect(202);
            assert_eq!(told["payment"]["unsettled"], true);
            let synced = shop.synced(&payment).await;
            assert_eq!((&synced["unsettled"], sums(&synced)), (&json!(false), [captured, "0.00", due]), "{outcome}");
        }
    }

    async fn money_on_an_order_that_is_paid_anew_is_booked_and_waits_for_its_turn(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (first, invoice) = shop.with_invoice("SO-1").await;
        shop.at_invoice(&invoice, "fund").await;
        shop.synced(&first).await;
        shop.refunded(&first, &invoice, "100.00").await;
        let second = shop.post("/v1/payments", &shop.new_payment("SO-1")).await.expect(201);
        assert_ne!(second["id"], first["id"]);
        // Apruve pays once more for the first.
        shop.moved(&invoice, "fund", 2_500).await;
        let synced = shop.synced(&first).await;
        assert_eq!(sums(&synced), ["125.00", "100.00", "0.00"]);
        let mut found = codes(&synced);
        found.sort_unstable();
        assert_eq!(found, ["paid_too_much", "two_live_payments"]);
        assert_eq!(shop.attempts("SO-1").await, [("partially_refunded".to_owned(), false), ("pending".to_owned(), true)]);
        // Another cart would take the pending one's place, and with it the first becomes the live one.
        let mut other = shop.new_payment("SO-1");
        other["poNumber"] = json!("PO-7");
        let refused = shop.post("/v1/payments", &other).await;
        assert_eq!(refused.problem(409), "another-payment-is-live");
        assert_eq!(refused.json()["paymentId"], first["id"]);
        shop.act(&second, "cancel", &json!({})).await.expect(201);
        assert_eq!(shop.attempts("SO-1").await, [("partially_refunded".to_owned(), true), ("canceled".to_owned(), false)]);
        let synced = shop.synced(&first).await;
        assert_eq!(codes(&synced), ["paid_too_much"]);
        let refused = shop.post("/v1/payments", &other).await;
        assert_eq!(refused.problem(409), "another-payment-is-live");
        assert!(at(&first).ends_with(text(&refused.json(), "paymentId")));
    }
}
