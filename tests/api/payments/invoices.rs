//! `POST /v1/payments/{id}/invoices`, `…/issue` and `…/cancel`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::shop_floor::{amount, assert_once, text};
use crate::{
    TestApp,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};
use onterms::auth::Scope;

on_both_databases! {
    async fn without_a_body_all_that_is_left_is_invoiced_and_issued(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.asked().await;
        let answer = shop.app.request(Method::POST, &format!("{}/invoices", at(&payment)))
            .header("Idempotency-Key", "one").send().await;
        assert_eq!(answer.header("location"), at(&payment));
        let invoice = answer.expect(201);
        assert_eq!(
            (text(&invoice, "amount"), text(&invoice, "status"), text(&invoice, "state"), text(&invoice, "number")),
            ("100.00", "open", "succeeded", "SO-1-1")
        );
        assert_eq!(invoice["payment"]["status"], "invoiced");
        assert_eq!(invoice["payment"]["invoices"][0]["id"], invoice["id"]);
        let order = text(&payment["provider"], "orderId");
        assert_eq!(shop.asked().await, [format!("POST /orders/{order}/invoices")]);
        let there = shop.at_apruve(&format!("/invoices/{}", text(&invoice, "providerId"))).await;
        assert_eq!((&there["amount_cents"], &there["status"]), (&json!(10_000), &json!("open")));
        assert_eq!(there["merchant_invoice_id"], "SO-1-1");
    }

    async fn partial_invoices_add_up_to_what_is_authorized_and_no_further(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let first = shop.invoiced(&payment, "40.00").await;
        assert_eq!(first["payment"]["status"], "partially_invoiced");
        assert_eq!(amount(&first["payment"], "openAuthorized"), "60.00");
        let refused = shop.act(&payment, "invoices", &json!({ "amount": "60.01" })).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(refused.json()["remaining"], "60.00");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/amount");
        let exact = shop.act(&payment, "invoices", &json!({ "amount": 60.00 })).await.expect(201);
        assert_eq!((text(&exact, "number"), &exact["payment"]["status"]), ("SO-1-2", &json!("invoiced")));
        let none = shop.act(&payment, "invoices", &json!({})).await;
        assert_eq!(none.problem(409), "wrong-state");
        assert_eq!(none.json()["paymentStatus"], "invoiced");
        assert_eq!(none.json()["possible"], json!(["shipments", "refunds"]));
        assert!(text(&none.json(), "detail").contains("possible: shipments, refunds"));
    }

    async fn lines_and_parts_have_to_come_to_the_amount(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let lines = json!([{ "title": "Clog", "productSku": "1GB82", "quantity": 1, "price": { "value": "45.00", "currency": "USD" } }]);
        let wrong = json!({ "amount": "60", "taxAmount": "5", "shippingAmount": "3.10", "discountAmount": "1.10", "lineItems": lines });
        let refused = shop.act(&payment, "invoices", &wrong).await;
        assert_eq!(refused.pointers(), ["/amount"]);
        assert_eq!(refused.json()["errors"][0]["code"], "totals_do_not_add_up");
        let right = json!({
            "amount": "52.00", "taxAmount": "5", "shippingAmount": "3.10", "discountAmount": "1.10", "lineItems": lines,
            "merchantInvoiceId": "INV 7", "dueAt": "2026-04-01T00:00:00Z", "issue": false,
        });
        let invoice = shop.act(&payment, "invoices", &right).await.expect(201);
        assert_eq!(
            (text(&invoice, "taxAmount"), text(&invoice, "shippingAmount"), text(&invoice, "discountAmount")),
            ("5.00", "3.10", "1.10")
        );
        assert_eq!((text(&invoice, "number"), text(&invoice, "status")), ("INV 7", "pending"));
        assert_eq!(invoice["lines"][0]["sku"], "1GB82");
        assert_eq!(text(&invoice, "dueAt"), "2026-04-01T00:00:00Z");
        let there = shop.at_apruve(&format!("/invoices/{}", text(&invoice, "providerId"))).await;
        assert_eq!((&there["amount_cents"], &there["tax_cents"]), (&json!(5_200), &json!(500)));
    }

    async fn everything_wrong_with_a_body_is_reported_at_once(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.asked().await;
        let body = json!({
            "amount": "10.001", "taxAmount": "-1", "dueAt": "soon", "issue": "yes", "merchantInvoiceId": " x",
            "isue": true, "shipment": { "amount": "NaN", "status": "half", "tracking": "1Z" },
        });
        let mut pointers = shop.act(&payment, "invoices", &body).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, [
            "/amount", "/dueAt", "/issue", "/isue", "/merchantInvoiceId",
            "/shipment/amount", "/shipment/status", "/shipment/tracking", "/taxAmount",
        ]);
        for (amount, code) in [("0", "not_positive"), ("\"-5\"", "not_positive"), ("1e1", "number_format"), ("1e20", "number_format"), ("true", "type")] {
            let raw = format!("{{\"amount\":{amount}}}");
            let request = shop.app.request(Method::POST, &format!("{}/invoices", at(&payment)));
            let refused = request.header("Idempotency-Key", &fresh_key()).raw(raw).send().await;
            assert_eq!(refused.pointers(), ["/amount"], "{amount}");
            assert_eq!(refused.json()["errors"][0]["code"], code, "{amount}");
        }
        let past = shop.act(&payment, "invoices", &json!({ "dueAt": "2026-02-28T00:00:00Z" })).await;
        assert_eq!(past.pointers(), ["/dueAt"]);
        let listed = shop.act(&payment, "invoices", &json!([])).await;
        assert_eq!(listed.status, StatusCode::UNPROCESSABLE_ENTITY);
        let request = shop.app.request(Method::POST, &format!("{}/invoices", at(&payment)));
        let broken = request.header("Idempotency-Key", "broken").raw("{\"amount\":").send().await;
        assert_eq!(broken.problem(400), "malformed-json");
        assert_eq!(shop.payment(&payment).await["version"], payment["version"]);
        assert!(shop.asked().await.is_empty());
    }

    async fn only_an_authorized_payment_is_invoiced(database: Database) {
        let shop = TestShop::open(database).await;
        let pending = shop.begun("SO-1").await;
        let refused = shop.act(&pending, "invoices", &json!({})).await;
        assert_eq!(refused.problem(409), "wrong-state");
        assert_eq!((&refused.json()["paymentStatus"], &refused.json()["possible"]), (&json!("pending"), &json!(["authorize", "cancel"])));
        let check = shop.by_check("SO-2").await;
        let refused = shop.act(&check, "invoices", &json!({})).await;
        assert_eq!(refused.problem(409), "wrong-state");
        assert_eq!(refused.json()["possible"], json!(["capture", "cancel"]));
    }

    async fn a_number_serves_once_in_an_integration(database: Database) {
        let shop = TestShop::open(database).await;
        let (one, other) = (shop.authorized("SO-1").await, shop.authorized("SO-2").await);
        let body = json!({ "amount": "10", "merchantInvoiceId": "INV-1" });
        shop.act(&one, "invoices", &body).await.expect(201);
        shop.asked().await;
        let refused = shop.act(&other, "invoices", &body).await;
        assert_eq!(refused.problem(409), "reference-taken");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/merchantInvoiceId");
        assert!(shop.asked().await.is_empty());
    }

    async fn a_shipment_may_go_along_and_its_failure_leaves_the_invoice(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let shipment = json!({ "shipper": "UPS", "trackingNumber": "1Z" });
        let body = json!({ "amount": "40", "shipment": shipment });
        let made = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!((&made["shipment"]["action"], &made["shipment"]["state"]), (&json!("shipment"), &json!("succeeded")));
        assert_eq!(made["shipments"][0]["trackingNumber"], "1Z");
        assert_eq!(made["shipments"][0]["amount"], "40.00");

        shop.fault(&json!({ "method": "POST", "path": "/invoices/*/shipments", "effect": { "kind": "answer", "status": 400 } })).await;
        let made = shop.act(&payment, "invoices", &body).await.expect(201);
        assert_eq!((&made["state"], &made["shipment"]["state"]), (&json!("succeeded"), &json!("failed")));
        assert_eq!(made["shipment"]["failure"]["code"], "provider_refused");
        let again = shop.act(&payment, &format!("invoices/{}/shipments", text(&made, "id")), &shipment).await;
        assert_eq!(again.expect(201)["state"], "succeeded");

        let too_much = json!({ "amount": "10", "shipment": { "amount": "10.01" } });
        let refused = shop.act(&payment, "invoices", &too_much).await;
        assert_eq!(refused.problem(409), "exceeds-remaining");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/shipment/amount");
        assert_eq!(amount(&shop.payment(&payment).await, "invoiced"), "80.00");
    }

    async fn a_shipment_that_waited_for_its_invoice_goes_when_the_request_comes_again(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/invoices").await;
        let (path, body) = (format!("{}/invoices", at(&payment)), json!({ "shipment": {} }));
        let lost = shop.post_as("one", &path, &body).await.expect(202);
        assert_eq!((&lost["state"], &lost["shipment"]), (&json!("unknown"), &Value::Null));
        let synced = shop.synced(&payment).await;
        assert_eq!(synced["invoices"][0]["state"], "succeeded");
        for replay in 0..2 {
            let told = shop.post_as("one", &path, &body).await;
            assert_eq!(told.header("idempotent-replayed"), "true");
            assert_eq!(told.expect(201)["shipment"]["state"], "succeeded", "{replay}");
        }
        let shipments = shop.payment(&payment).await["invoices"][0]["shipments"].clone();
        assert_eq!(shipments.as_array().map(Vec::len), Some(1));
    }

    async fn a_pending_invoice_is_issued_once(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let pending = shop.act(&payment, "invoices", &json!({ "issue": false })).await.expect(201);
        let issue = format!("invoices/{}/issue", text(&pending, "id"));
        let issued = shop.act(&payment, &issue, &json!({})).await.expect(201);
        assert_eq!((&issued["id"], &issued["status"]), (&pending["id"], &json!("open")));
        let again = shop.act(&payment, &issue, &json!({})).await;
        assert_eq!(again.problem(409), "wrong-state");
        let unknown = shop.act(&payment, &issue, &json!({ "force": true })).await;
        assert_eq!(unknown.pointers(), ["/force"]);
    }

    async fn a_canceled_invoice_may_be_invoiced_again(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let cancel = format!("invoices/{}/cancel", text(&invoice, "id"));
        let canceled = shop.act(&payment, &cancel, &json!({})).await.expect(201);
        assert_eq!((&canceled["status"], &canceled["payment"]["status"]), (&json!("canceled"), &json!("authorized")));
        let again = shop.act(&payment, &cancel, &json!({})).await;
        assert_eq!(again.problem(409), "wrong-state");
        for what in ["issue", "shipments"] {
            let refused = shop.act(&payment, &format!("invoices/{}/{what}", text(&invoice, "id")), &json!({})).await;
            assert_eq!(refused.problem(409), "wrong-state", "{what}");
        }
        let next = shop.act(&payment, "invoices", &json!({})).await.expect(201);
        assert_eq!((text(&next, "number"), text(&next, "amount")), ("SO-1-2", "100.00"));
    }

    async fn what_is_shipped_funded_or_paid_is_refunded_and_not_canceled(database: Database) {
        let shop = TestShop::of_services(database).await;
        for (order, what) in [("SO-1", "shipments"), ("SO-2", "fund"), ("SO-3", "pay")] {
            let (payment, invoice) = shop.with_invoice(order).await;
            if what == "shipments" {
                shop.act(&payment, &format!("invoices/{}/shipments", text(&invoice, "id")), &json!({})).await.expect(201);
            } else {
                shop.at_invoice(&invoice, what).await;
                shop.synced(&payment).await;
            }
            let refused = shop.act(&payment, &format!("invoices/{}/cancel", text(&invoice, "id")), &json!({})).await;
            assert_eq!(refused.problem(409), "use-refund", "{what}");
        }
    }

    async fn a_refusal_of_apruve_is_reported_in_its_words_and_gives_the_key_back(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.fault(&json!({ "method": "POST", "path": "/orders/*/invoices", "effect": { "kind": "answer", "status": 400 } })).await;
        let path = format!("{}/invoices", at(&payment));
        let refused = shop.post_as("one", &path, &json!({})).await;
        assert_eq!(refused.problem(422), "provider-refused");
        assert_eq!(shop.payment(&payment).await["status"], "authorized");
        let mended = shop.post_as("one", &path, &json!({})).await;
        assert_eq!(mended.header("idempotent-replayed"), "");
        assert_eq!(mended.expect(201)["number"], "SO-1-2");
    }

    async fn an_answer_that_was_lost_is_unknown_and_found_by_reading(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/invoices").await;
        shop.asked().await;
        let path = format!("{}/invoices", at(&payment));
        let lost = shop.post_as("one", &path, &json!({})).await.expect(202);
        assert_eq!((&lost["state"], &lost["payment"]["unsettled"]), (&json!("unknown"), &json!(true)));
        // Asked again, nothing is sent again.
        assert_eq!(shop.post_as("one", &path, &json!({})).await.expect(202)["id"], lost["id"]);
        // A new operation reads back first, finds the invoice, and has nothing left.
        let another = shop.post_as("two", &path, &json!({})).await;
        assert_eq!(another.problem(409), "wrong-state");
        let told = shop.post_as("one", &path, &json!({})).await.expect(201);
        assert_eq!((&told["id"], &told["state"]), (&lost["id"], &json!("succeeded")));
        assert_eq!(shop.asked().await.len(), 1);
    }

    async fn a_double_click_is_one_invoice_one_issue_and_one_cancellation(database: Database) {
        let shop = TestShop::open(database).await;
        for same_key in [true, false] {
            let payment = shop.authorized(&format!("SO-{same_key}")).await;
            shop.slow().await;
            shop.asked().await;
            assert_once(&shop.twice_at_once(&payment, "invoices", &json!({ "issue": false }), same_key).await);
            let invoice = shop.payment(&payment).await["invoices"][0].clone();
            assert_once(&shop.twice_at_once(&payment, &format!("invoices/{}/issue", text(&invoice, "id")), &json!({}), same_key).await);
            assert_once(&shop.twice_at_once(&payment, &format!("invoices/{}/cancel", text(&invoice, "id")), &json!({}), same_key).await);
            assert_eq!(shop.asked().await.len(), 3, "same key: {same_key}");
            assert_eq!(shop.payment(&payment).await["status"], "authorized");
            shop.mended().await;
        }
    }

    async fn two_clicks_for_the_same_part_are_one_invoice_and_two_numbers_are_two(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.slow().await;
        assert_once(&shop.twice_at_once(&payment, "invoices", &json!({ "amount": "10" }), false).await);
        shop.mended().await;
        let path = format!("{}/invoices", at(&payment));
        for number in ["A", "B"] {
            let body = json!({ "amount": "10", "merchantInvoiceId": number });
            shop.post(&path, &body).await.expect(201);
        }
        assert_eq!(shop.payment(&payment).await["amounts"]["invoiced"], "30.00");
    }

    async fn a_key_is_needed_and_serves_one_request(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let path = format!("{}/invoices", at(&payment));
        let without = shop.app.post(&path, &json!({})).await;
        assert_eq!(without.problem(400), "idempotency-key-required");
        let first = shop.post_as("one", &path, &json!({ "amount": "10" })).await.expect(201);
        let other = shop.post_as("one", &path, &json!({ "amount": "11" })).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        let again = shop.post_as("one", &path, &json!({ "amount": "10" })).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.expect(201), first);
    }

    async fn what_is_not_there_is_not_found_after_the_scope_was_asked_for(database: Database) {
        let app = TestApp::start(database).await;
        let nobody = "/v1/payments/payment_01h455vb4pex5vsknk084sn02q";
        let txn = "txn_01h455vb4pex5vsknk084sn02q";
        let settler = app.token("settler", &[Scope::PaymentsSettle, Scope::PaymentsWrite]);
        let reader = app.token("reader", &[Scope::PaymentsRead]);
        for what in ["invoices", "cancel", "capture", "refunds", "sync", &format!("invoices/{txn}/issue"),
            &format!("invoices/{txn}/cancel"), &format!("invoices/{txn}/shipments"), &format!("transactions/{txn}/resolve")] {
            for path in [format!("{nobody}/{what}"), format!("/v1/payments/nonsense/{what}")] {
                let body = json!({ "amount": "1", "currency": "USD" });
                let body = match what {
                    "refunds" | "capture" => body,
                    _ if what.ends_with("resolve") => json!({ "state": "failed", "reason": "gone" }),
                    _ => json!({}),
                };
                let request = |token: &str| app.bare(Method::POST, &path).bearer(token).header("Idempotency-Key", "k").json(&body);
                assert_eq!(request(&settler).send().await.problem(404), "not-found", "{path}");
                assert_eq!(request(&reader).send().await.problem(403), "missing-scope", "{path}");
            }
        }
    }
}
