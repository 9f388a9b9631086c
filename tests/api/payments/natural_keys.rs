//! `refundReference`, `merchantInvoiceId` and `trackingNumber`: a request that comes again under another `Idempotency-Key` is
//! recognised by the shop's own name for it.

use diesel::prelude::*;
use onterms::store::{StoreError, Tx};
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    app::Answer,
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

fn shipments(invoice: &Value) -> String {
    format!("invoices/{}/shipments", text(invoice, "id"))
}

/// The first operation, told again.
#[track_caller]
fn assert_replayed(answer: Answer, first: &Value) {
    assert_eq!(answer.header("idempotent-replayed"), "true", "{answer:?}");
    assert_eq!(answer.expect(200)["id"], first["id"]);
}

/// A refusal that says where the name is and nothing about what has it.
#[track_caller]
fn assert_taken(answer: &Answer, pointer: &str) {
    assert_eq!(answer.problem(409), "reference-taken", "{answer:?}");
    let problem = answer.json();
    assert_eq!(
        (
            &problem["errors"][0]["pointer"],
            &problem["errors"][0]["code"]
        ),
        (&json!(pointer), &json!("taken"))
    );
    assert!(!answer.text.contains("txn_"), "{}", answer.text);
}

on_both_databases! {
    async fn a_refund_whose_answer_was_lost_is_replayed(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let body = json!({ "invoiceId": invoice["id"], "amount": "30.00", "currency": "USD", "refundReference": "CM-000124" });
        shop.deaf("/invoices/*/invoice_returns").await;
        let lost = shop.act(&payment, "refunds", &body).await.expect(202);
        shop.asked().await;
        let spelled = format!(
            r#"{{"refundReference":"CM-000124","reason":null,"amount":30,"currency":"USD","invoiceId":{}}}"#,
            invoice["id"]
        );
        assert_replayed(shop.act(&payment, "refunds", &body).await, &lost);
        let path = format!("{}/refunds", at(&payment));
        let again = shop.app.request(reqwest::Method::POST, &path).header("Idempotency-Key", "spelled").raw(spelled).send().await;
        assert_replayed(again, &lost);
        assert!(shop.asked().await.is_empty());
        let there = shop.at_apruve(&format!("/invoices/{}/invoice_returns", text(&invoice, "providerId"))).await;
        assert_eq!(there.as_array().map(Vec::len), Some(1));
    }

    async fn the_second_key_stands_for_the_first_operation_too(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let path = format!("{}/refunds", at(&payment));
        let body = json!({ "invoiceId": invoice["id"], "amount": "30", "currency": "USD", "refundReference": "CM-1" });
        let first = shop.post_as("one", &path, &body).await.expect(201);
        assert_replayed(shop.post_as("two", &path, &body).await, &first);
        let replay = shop.post_as("two", &path, &body).await;
        assert_eq!(replay.header("idempotent-replayed"), "true");
        assert_eq!(replay.expect(201)["id"], first["id"]);
        let other = json!({ "invoiceId": invoice["id"], "amount": "31", "currency": "USD" });
        assert_eq!(shop.post_as("two", &path, &other).await.problem(422), "idempotency-key-reused");
    }

    async fn other_fields_under_a_refunds_reference_are_refused(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let (one, other) = (shop.invoiced(&payment, "40").await, shop.invoiced(&payment, "60").await);
        let body = json!({ "invoiceId": one["id"], "amount": "30.00", "currency": "USD", "reason": "Damaged", "refundReference": "CM-1" });
        let first = shop.act(&payment, "refunds", &body).await.expect(201);
        shop.asked().await;
        for (field, value) in [("amount", json!("10")), ("amount", json!("30.01")), ("reason", json!("damaged")), ("reason", Value::Null)] {
            let mut changed = body.clone();
            changed[field] = value;
            assert_taken(&shop.act(&payment, "refunds", &changed).await, "/refundReference");
        }
        assert!(shop.asked().await.is_empty());
        // References are unique within an invoice, and taken as they are.
        let mut elsewhere = body.clone();
        elsewhere["invoiceId"] = other["id"].clone();
        assert_ne!(shop.act(&payment, "refunds", &elsewhere).await.expect(201)["id"], first["id"]);
        let mut lower = body.clone();
        (lower["refundReference"], lower["amount"]) = (json!("cm-1"), json!("1"));
        shop.act(&payment, "refunds", &lower).await.expect(201);
        // Without a reference, the same again is another refund.
        for _ in 0..2 {
            let nameless = json!({ "invoiceId": one["id"], "amount": "1", "currency": "USD", "refundReference": " " });
            shop.act(&payment, "refunds", &nameless).await.expect(201);
        }
    }

    async fn a_refund_by_hand_has_a_reference_too(database: Database) {
        let shop = TestShop::open(database).await;
        let check = shop.by_check("CHECK-1").await;
        shop.act(&check, "capture", &json!({})).await.expect(201);
        let body = json!({ "amount": "30", "currency": "USD", "refundReference": "CM-1" });
        let first = shop.act(&check, "refunds", &body).await.expect(201);
        assert_replayed(shop.act(&check, "refunds", &body).await, &first);
        let other = json!({ "amount": "20", "currency": "USD", "refundReference": "CM-1" });
        assert_taken(&shop.act(&check, "refunds", &other).await, "/refundReference");
    }

    async fn what_failed_gives_its_name_back(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let other = shop.authorized("SO-2").await;
        for (of, path, operation, body) in [
            (&other, "/orders/*/invoices", "invoices".to_owned(), json!({ "amount": "10", "merchantInvoiceId": "INV-1" })),
            (&payment, "/invoices/*/shipments", shipments(&invoice), json!({ "amount": "10", "trackingNumber": "1Z" })),
            (&payment, "/invoices/*/invoice_returns", "refunds".to_owned(), json!({ "invoiceId": invoice["id"], "amount": "5", "currency": "USD", "refundReference": "CM-1" })),
        ] {
            shop.fault(&json!({ "method": "POST", "path": path, "effect": { "kind": "answer", "status": 400 } })).await;
            assert_eq!(shop.act(of, &operation, &body).await.problem(422), "provider-refused", "{operation}");
            let mut mended = body.clone();
            mended["amount"] = json!("6");
            let first = shop.act(of, &operation, &mended).await.expect(201);
            assert_replayed(shop.act(of, &operation, &mended).await, &first);
        }
    }

    async fn an_invoice_is_replayed_by_its_number(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let body = json!({ "amount": "40", "merchantInvoiceId": "INV-1", "dueAt": "2026-03-02T00:00:00Z", "shipment": { "trackingNumber": "1Z" } });
        let first = shop.act(&payment, "invoices", &body).await.expect(201);
        shop.pass(std::time::Duration::from_secs(3 * 24 * 3600)).await;
        shop.asked().await;
        // Its day is past, and there would be room for another.
        assert_replayed(shop.act(&payment, "invoices", &body).await, &first);
        for (field, value) in [("amount", json!("41")), ("issue", json!(true)), ("shipment", json!({}))] {
            let mut changed = body.clone();
            changed["dueAt"] = json!("2026-04-01T00:00:00Z");
            changed[field] = value;
            assert_taken(&shop.act(&payment, "invoices", &changed).await, "/merchantInvoiceId");
        }
        assert!(shop.asked().await.is_empty());
    }

    async fn a_canceled_invoice_keeps_its_number(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let body = json!({ "amount": "40", "merchantInvoiceId": "INV-1" });
        let first = shop.act(&payment, "invoices", &body).await.expect(201);
        shop.act(&payment, &format!("invoices/{}/cancel", text(&first, "id")), &json!({})).await.expect(201);
        for body in [body, json!({ "amount": "41", "merchantInvoiceId": "INV-1" })] {
            let refused = shop.act(&payment, "invoices", &body).await;
            assert_eq!(refused.problem(409), "reference-canceled");
            assert_eq!(refused.json()["errors"][0]["pointer"], "/merchantInvoiceId");
        }
        let other = shop.authorized("SO-2").await;
        assert_taken(&shop.act(&other, "invoices", &json!({ "amount": "40", "merchantInvoiceId": "INV-1" })).await, "/merchantInvoiceId");
    }

    async fn our_numbers_pass_over_those_that_are_taken(database: Database) {
        let shop = TestShop::open(database).await;
        let (one, other) = (shop.authorized("SO-1").await, shop.authorized("SO-2").await);
        for number in ["SO-1-1", "SO-1-2", "SO-1-4"] {
            shop.act(&other, "invoices", &json!({ "amount": "1", "merchantInvoiceId": number })).await.expect(201);
        }
        for number in ["SO-1-3", "SO-1-5", "SO-1-6"] {
            let made = shop.act(&one, "invoices", &json!({ "amount": "1" })).await.expect(201);
            assert_eq!(text(&made, "number"), number);
        }
        // Ours are nobody's to repeat.
        assert_taken(&shop.act(&one, "invoices", &json!({ "amount": "1", "merchantInvoiceId": "SO-1-3" })).await, "/merchantInvoiceId");
        let long = shop.authorized(&"x".repeat(255)).await;
        for _ in 0..2 {
            shop.act(&long, "invoices", &json!({ "amount": "1" })).await.expect(201);
        }
    }

    async fn a_shipment_is_replayed_by_its_tracking_number(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let body = json!({ "amount": "40", "shipment": { "amount": "10", "trackingNumber": "1Z 1" } });
        let invoice = shop.act(&payment, "invoices", &body).await.expect(201);
        shop.asked().await;
        let along = json!({ "trackingNumber": "1Z 1", "amount": 10.00 });
        assert_replayed(shop.act(&payment, &shipments(&invoice), &along).await, &invoice["shipment"]);
        let all = json!({ "trackingNumber": "1Z 1" });
        assert_taken(&shop.act(&payment, &shipments(&invoice), &all).await, "/trackingNumber");
        assert!(shop.asked().await.is_empty());
        let next = json!({ "trackingNumber": "1Z 2" });
        let rest = shop.act(&payment, &shipments(&invoice), &next).await.expect(201);
        // All of it is shipped now, which a repeat does not ask for.
        assert_replayed(shop.act(&payment, &shipments(&invoice), &next).await, &rest);
        let elsewhere = shop.invoiced(&payment, "60").await;
        shop.act(&payment, &shipments(&elsewhere), &next).await.expect(201);
    }

    async fn a_name_from_before_its_fields_were_kept_is_taken(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let ship = json!({ "amount": "10", "trackingNumber": "1Z" });
        shop.act(&payment, &shipments(&invoice), &ship).await.expect(201);
        let back = json!({ "invoiceId": invoice["id"], "amount": "5", "currency": "USD", "refundReference": "CM-1" });
        shop.act(&payment, "refunds", &back).await.expect(201);
        let aged = |tx: &mut Tx<'_>| {
            let statement = "UPDATE transactions SET earlier_key = natural_key, natural_key = NULL, content_hash = NULL";
            Ok::<_, StoreError>(diesel::sql_query(statement).execute(tx.conn())?)
        };
        shop.app.service.store().write(aged).await.expect("it ages");
        assert_taken(&shop.act(&payment, &shipments(&invoice), &ship).await, "/trackingNumber");
        assert_taken(&shop.act(&payment, "refunds", &back).await, "/refundReference");
    }

    async fn two_at_once_with_one_name_are_one_operation(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let other = shop.authorized("SO-2").await;
        shop.slow().await;
        for (of, operation, body) in [
            (&other, "invoices".to_owned(), json!({ "amount": "10", "merchantInvoiceId": "INV-1" })),
            (&payment, shipments(&invoice), json!({ "amount": "10", "trackingNumber": "1Z" })),
            (&payment, "refunds".to_owned(), json!({ "invoiceId": invoice["id"], "amount": "5", "currency": "USD", "refundReference": "CM-1" })),
        ] {
            shop.asked().await;
            let answers = shop.twice_at_once(of, &operation, &body, false).await;
            let mut problems: Vec<_> = answers.iter().filter(|it| it.status != 201 && it.status != 200).collect();
            if let Some(running) = problems.pop() {
                assert_eq!(running.problem(409), "still-running", "{operation}");
            }
            assert_eq!((problems.len(), shop.asked().await.len()), (0, 1), "{operation}");
            shop.act(of, &operation, &body).await.expect(200);
        }
    }
}
