//! What the feed tells of a payment, from the cart to the refund.

use std::time::Duration;

use onterms::store::StoreError;
use reqwest::Method;
use serde_json::{Value, json};

use super::{reported, text, types};
use crate::{
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

fn subject(payment: &Value) -> String {
    format!("subject={}", payment["id"].as_str().expect("an id"))
}

/// Events of one payment come in the order of its versions.
#[track_caller]
fn assert_in_order(events: &[Value]) {
    let versions: Vec<i64> = events
        .iter()
        .filter_map(|it| it["data"]["version"].as_i64())
        .collect();
    assert_eq!(versions.len(), events.len());
    assert!(versions.is_sorted(), "{versions:?}");
    let sequences: Vec<&str> = events.iter().map(|it| text(it, "sequence")).collect();
    assert!(
        sequences.is_sorted_by(|one, next| one < next),
        "{sequences:?}"
    );
}

on_both_databases! {
    async fn a_sale_is_reported_from_the_cart_to_the_refund(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let shipments = format!("invoices/{}/shipments", text(&invoice, "id"));
        shop.act(&payment, &shipments, &json!({ "trackingNumber": "1Z" })).await.expect(201);
        shop.at_invoice(&invoice, "fund").await;
        shop.at_invoice(&invoice, "pay").await;
        shop.synced(&payment).await;
        let refund = json!({ "invoiceId": invoice["id"], "amount": "10", "currency": "USD", "refundReference": "RMA-1", "reason": "Told by buyer@example.com" });
        shop.act(&payment, "refunds", &refund).await.expect(201);
        let rest = json!({ "invoiceId": invoice["id"], "amount": "90", "currency": "USD" });
        shop.act(&payment, "refunds", &rest).await.expect(201);

        let events = reported(&shop.app, &subject(&payment)).await;
        assert_eq!(types(&events), [
            "payment.created", "payment.authorized", "payment.invoiced", "payment.shipped", "invoice.funded", "invoice.closed",
            "payment.captured", "payment.paid", "payment.partially_refunded", "payment.refunded",
        ]);
        assert_in_order(&events);
        let last = &events[9];
        let shown = shop.payment(&payment).await;
        assert_eq!(last["data"]["amounts"], shown["amounts"], "the sums are those of the payment");
        assert_eq!((&last["data"]["previousStatus"], &last["data"]["status"]), (&json!("partially_refunded"), &json!("refunded")));
        assert_eq!(last["data"]["version"], shown["version"]);
        assert_eq!(events[8]["data"]["transaction"]["refundReference"], "RMA-1");
        for event in &events {
            let event = event.to_string();
            assert!(event.len() <= 20_000);
            for personal in ["@", "street", "lineItems", "sku", "buyer"] {
                assert!(!event.contains(personal), "{personal} in {event}");
            }
        }
        let sold = &events[7];
        assert_eq!(sold["specversion"], "1.0");
        assert_eq!(sold["datacontenttype"], "application/json");
        assert_eq!(sold["subject"], payment["id"]);
        assert!(text(sold, "id").starts_with("evt_"));
        assert!(text(sold, "source").starts_with("urn:onterms:installation_"), "{sold}");
        assert_eq!(sold["time"], "2026-03-01T12:00:00Z");
        assert_eq!(sold["data"]["invoice"]["number"], invoice["number"]);

        shop.app.put("/v1/settings", &json!({ "eventSource": "https://shop.example" })).await.expect(200);
        let again = reported(&shop.app, &subject(&payment)).await;
        assert_eq!(again[0]["source"], "https://shop.example");
        assert_eq!(again[0]["id"], events[0]["id"], "the event is the same");
    }

    async fn attempts_that_come_to_nothing_are_reported(database: Database) {
        let shop = TestShop::open(database).await;
        let superseded = shop.begun("SO-1").await;
        let check = shop.by_check("SO-1").await;
        assert_eq!(types(&reported(&shop.app, &subject(&superseded)).await), ["payment.created", "payment.canceled"]);
        shop.act(&check, "capture", &json!({ "amount": "30" })).await.expect(201);
        shop.act(&check, "cancel", &json!({})).await.expect(201);
        let events = reported(&shop.app, &subject(&check)).await;
        assert_eq!(types(&events), ["payment.created", "payment.captured", "payment.partially_paid", "payment.paid"]);
        assert_in_order(&events);

        let declined = shop.begun("SO-2").await;
        let order = shop.confirm(&declined, false).await;
        shop.authorize(&declined, &order).await.expect(202);
        shop.control(Method::POST, &format!("/orders/{order}/decline"), &json!({})).await;
        shop.authorize(&declined, &order).await.expect(200);
        assert_eq!(types(&reported(&shop.app, &subject(&declined)).await), ["payment.created", "payment.declined"]);
    }

    async fn an_outcome_that_nobody_knows_is_reported_until_it_is_known(database: Database) {
        let shop = TestShop::open_with(database.into(), &[("payments.sweep", "1h")], |_| {}).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/invoices").await;
        shop.act(&payment, "invoices", &json!({})).await.expect(202);
        let events = reported(&shop.app, &subject(&payment)).await;
        assert_eq!(types(&events), ["payment.created", "payment.authorized", "payment.unsettled"]);
        assert_eq!(events[2]["data"]["unsettled"], true);
        shop.synced(&payment).await;
        let events = reported(&shop.app, &subject(&payment)).await;
        assert_eq!(types(&events)[3..], ["payment.invoiced", "payment.settled"]);
        assert_in_order(&events);
    }

    async fn overdue_money_is_reported_once_for_each_time_it_is_waited_for(database: Database) {
        let shop = TestShop::of_services(database).await;
        let integration = json!({ "settings": { "requiresShipment": false } });
        shop.app.patch(&shop.integration, &integration).await.expect(200);
        let (payment, _) = shop.with_invoice("SO-1").await;
        let note = async || shop.app.service.note_overdue().await.expect("an answer");
        assert_eq!(note().await, 0, "it is not due yet");
        shop.app.pass(Duration::from_secs(25 * 3600));
        assert_eq!((note().await, note().await), (1, 0));
        let filter = format!("{}&type=payment.funding_overdue", subject(&payment));
        let events = reported(&shop.app, &filter).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["data"]["status"], "invoiced");
        assert_eq!(events[0]["data"]["version"], shop.payment(&payment).await["version"], "the payment itself did not change");
        // Waited for since another moment, it is told again.
        let moved = shop.app.service.store().write(|tx| {
            use diesel::RunQueryDsl;
            let statement = "UPDATE payments SET overdue_noted_for = '2026-01-01 00:00:00'";
            diesel::sql_query(statement).execute(tx.conn())?;
            Ok::<_, StoreError>(())
        });
        moved.await.expect("a statement");
        assert_eq!((note().await, note().await), (1, 0));
    }
}
