//! `POST /v1/payments/{id}/sync`, `…/transactions/{txn}/resolve`, `GET …/events` and `GET /v1/orders/{orderId}/payment-status`.

use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::{amount, text};
use crate::{
    app::execute,
    buyer::{at, payable},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

impl TestShop {
    /// A payment with an invoice that was never sent off as far as anybody knows; the payment and the invoice.
    async fn in_doubt(&self, order_id: &str) -> (Value, Value) {
        let payment = self.authorized(order_id).await;
        let fault =
            json!({ "method": "POST", "path": "/orders/*/invoices", "effect": { "kind": "cut" } });
        self.fault(&fault).await;
        let invoice = self.act(&payment, "invoices", &json!({})).await.expect(202);
        (payment, invoice)
    }
}

fn resolve(transaction: &Value) -> String {
    format!("transactions/{}/resolve", text(transaction, "id"))
}

on_both_databases! {
    async fn sync_takes_over_what_happened_at_apruve(database: Database) {
        let shop = TestShop::of_services(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        shop.at_invoice(&invoice, "fund").await;
        let synced = shop.synced(&payment).await;
        assert_eq!((&synced["status"], amount(&synced, "captured")), (&json!("paid"), "100.00"));
        assert_eq!(synced["invoices"][0]["funding"]["feeAmount"], "3.00");
        assert_eq!(synced["findings"], json!([]));
        assert_eq!(shop.synced(&payment).await, synced, "again, nothing has changed");
    }

    async fn sync_says_when_apruve_is_away_and_changes_nothing(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.away().await;
        let refused = shop.act(&payment, "sync", &json!({})).await;
        assert_eq!(refused.problem(502), "gateway-unreachable");
        assert_eq!(shop.payment(&payment).await, payment);
        let without_key = shop.app.post(&format!("{}/sync", at(&payment)), &json!({})).await;
        assert_eq!(without_key.problem(400), "idempotency-key-required");
    }

    async fn a_reading_that_fails_plans_none_where_none_was_planned(database: Database) {
        // That `verify` agrees is seen at the end of every story.
        let shop = TestShop::open(database).await;
        let on_behalf = json!({
            "paymentMethodId": shop.method, "orderId": "SO-1", "cart": payable(), "buyerEmail": shop.sandbox.buyer_email,
        });
        let waits = shop.post("/v1/payments/on-behalf", &on_behalf).await.expect(202);
        let begun = shop.begun("SO-2").await;
        let authorized = shop.authorized("SO-3").await;
        let (invoiced, _) = shop.with_invoice("SO-4").await;
        let (doubtful, _) = shop.in_doubt("SO-5").await;
        let busy = json!({ "kind": "answer", "status": 429, "headers": { "Retry-After": "7" } });
        for effect in [busy, json!({ "kind": "answer", "status": 401 }), json!({ "kind": "cut" })] {
            shop.fault(&json!({ "method": "GET", "effect": effect, "count": null })).await;
            for payment in [&waits, &begun, &authorized, &invoiced, &doubtful] {
                let before = shop.payment(payment).await;
                let refused = shop.act(payment, "sync", &json!({})).await;
                assert!([502, 503].contains(&refused.status.as_u16()), "{refused:?}");
                assert_eq!(shop.payment(payment).await["status"], before["status"]);
            }
            shop.mended().await;
        }
        // Until the calls that failed are forgiven.
        shop.pass(std::time::Duration::from_secs(60)).await;
        for payment in [&waits, &begun, &authorized, &invoiced, &doubtful] {
            shop.synced(payment).await;
        }
    }

    async fn an_order_that_pays_for_another_payment_is_a_finding_until_it_is_free(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, other) = (shop.begun("SO-1").await, shop.begun("SO-2").await);
        let order = shop.confirm(&payment, true).await;
        let bind = |to: String| format!("UPDATE payments SET provider_order_id = {to} WHERE id = '{}'", text(&other, "id"));
        execute(&shop.app, &bind(format!("'{order}'"))).await;

        let refused = shop.authorize(&payment, &order).await;
        assert_eq!(refused.problem(409), "order-not-ours");
        for _ in 0..2 {
            let synced = shop.synced(&payment).await;
            assert_eq!((text(&synced, "status"), &synced["provider"]["orderId"]), ("pending", &json!(null)));
            let findings = synced["findings"].as_array().expect("a list");
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert_eq!((text(&findings[0], "code"), text(&findings[0], "providerReference")), ("order_conflict", order.as_str()));
        }

        execute(&shop.app, &bind("NULL".to_owned())).await;
        let synced = shop.synced(&payment).await;
        assert_eq!((text(&synced, "status"), &synced["provider"]["orderId"]), ("authorized", &json!(order)));
        assert_eq!(synced["findings"], json!([]));
    }

    async fn sync_of_an_offline_payment_has_nothing_to_ask(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        shop.calls().await;
        assert_eq!(shop.synced(&payment).await["version"], payment["version"]);
        assert!(shop.calls().await.is_empty());
    }

    async fn a_person_settles_what_reading_cannot(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.in_doubt("SO-1").await;
        let body = json!({ "state": "failed", "reason": "Apruve's support says no" });
        let settled = shop.act(&payment, &resolve(&invoice), &body).await.expect(200);
        assert_eq!((&settled["id"], text(&settled, "state")), (&invoice["id"], "failed"));
        assert_eq!(settled["failure"], json!({ "code": "resolved", "message": "Apruve's support says no" }));
        assert_eq!((&settled["payment"]["unsettled"], &settled["payment"]["status"]), (&json!(false), &json!("authorized")));
        let again = shop.act(&payment, &resolve(&invoice), &body).await;
        assert_eq!(again.problem(409), "wrong-state");
        let log = shop.app.get(&format!("/v1/audit-log?resourceId={}&limit=200", text(&payment, "id"))).await.expect(200);
        let entries = log["items"].as_array().expect("a list");
        let verdict = entries.iter().find(|it| it["changes"]["source"]["to"] == "operator").expect("the verdict");
        assert_eq!((text(verdict, "actor"), text(verdict, "action")), ("admin", "invoice"));
        assert_eq!(verdict["changes"]["state"]["to"], "failed");
        shop.act(&payment, "invoices", &json!({})).await.expect(201);
    }

    async fn a_person_may_say_that_it_happened(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.in_doubt("SO-1").await;
        let unnamed = json!({ "state": "succeeded", "reason": "Seen at Apruve" });
        assert_eq!(shop.act(&payment, &resolve(&invoice), &unnamed).await.pointers(), ["/providerId"]);
        let body = json!({ "state": "succeeded", "reason": "Seen at Apruve", "providerId": "9a9c3389fdc281b5c6c8d542a7e91ff6" });
        let path = format!("{}/{}", at(&payment), resolve(&invoice));
        let settled = shop.post_as("one", &path, &body).await.expect(200);
        assert_eq!((text(&settled, "state"), &settled["payment"]["status"]), ("succeeded", &json!("invoiced")));
        assert!(text(&settled, "note").contains("Seen at Apruve"));
        assert_eq!(settled["payment"]["invoices"][0]["providerId"], "9a9c3389fdc281b5c6c8d542a7e91ff6");
        let told = shop.post_as("one", &path, &body).await;
        assert_eq!(told.header("idempotent-replayed"), "true");
        assert_eq!(told.expect(200), settled);
    }

    async fn nobody_overrules_what_apruve_reports(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/invoices").await;
        let invoice = shop.act(&payment, "invoices", &json!({})).await.expect(202);
        let body = json!({ "state": "failed", "reason": "I think so" });
        let refused = shop.act(&payment, &resolve(&invoice), &body).await;
        assert_eq!(refused.problem(409), "known-otherwise");
        assert_eq!(refused.json()["state"], "succeeded");
        assert_eq!(shop.payment(&payment).await["status"], "invoiced");
        let late = shop.act(&payment, &resolve(&invoice), &body).await;
        assert_eq!(late.problem(409), "wrong-state", "nothing is unknown any more");
    }

    async fn a_verdict_that_reading_confirms_is_taken(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        shop.deaf("/orders/*/invoices").await;
        let invoice = shop.act(&payment, "invoices", &json!({})).await.expect(202);
        let order = text(&payment["provider"], "orderId");
        let there = shop.at_apruve(&format!("/orders/{order}/invoices")).await;
        let body = json!({ "state": "succeeded", "reason": "Seen at Apruve", "providerId": there[0]["id"] });
        let path = format!("{}/{}", at(&payment), resolve(&invoice));
        let settled = shop.post_as("one", &path, &body).await.expect(200);
        assert_eq!((text(&settled, "state"), &settled["note"]), ("succeeded", &Value::Null), "reading settled it");
        assert_eq!(shop.post_as("one", &path, &body).await.header("idempotent-replayed"), "true");
    }

    async fn an_invoice_or_a_refund_fails_by_hand_only_when_a_listing_lacks_it_or_by_force(database: Database) {
        let shop = TestShop::open(database).await;
        let body = json!({ "state": "failed", "reason": "They say so" });
        let by_force = json!({ "state": "failed", "reason": "They say so", "force": true });
        for what in ["invoice", "refund"] {
            let (payment, unknown) = match what {
                "invoice" => shop.in_doubt("SO-1").await,
                _ => {
                    let (payment, invoice) = shop.with_invoice("SO-2").await;
                    let lost = json!({ "method": "POST", "path": "/invoices/*/invoice_returns", "effect": { "kind": "cut" } });
                    shop.fault(&lost).await;
                    let refund = json!({ "invoiceId": invoice["id"], "amount": "1", "currency": "USD" });
                    let refund = shop.act(&payment, "refunds", &refund).await.expect(202);
                    (payment, refund)
                }
            };
            shop.away().await;
            let refused = shop.act(&payment, &resolve(&unknown), &body).await;
            assert_eq!(refused.problem(409), "wrong-state", "{what}");
            assert!(text(&refused.json(), "detail").contains("force"), "{what}");
            let settled = shop.act(&payment, &resolve(&unknown), &by_force).await.expect(200);
            assert_eq!((text(&settled, "state"), text(&settled, "note")), ("failed", "Resolved by a person with `force`: They say so"));
            let log = shop.app.get(&format!("/v1/audit-log?resourceId={}&limit=200", text(&payment, "id"))).await.expect(200);
            let entries = log["items"].as_array().expect("a list");
            let forced = entries.iter().filter(|it| it["changes"]["note"]["to"] == "Resolved by a person with `force`: They say so");
            assert_eq!(forced.count(), 1, "{log}");
            shop.mended().await;
            shop.pass(std::time::Duration::from_secs(120)).await;
        }
        let (payment, invoice) = shop.in_doubt("SO-3").await;
        let settled = shop.act(&payment, &resolve(&invoice), &body).await.expect(200);
        assert_eq!(text(&settled, "note"), "Resolved by a person: They say so");
    }

    async fn a_verdict_that_is_not_valid_is_rejected(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.in_doubt("SO-1").await;
        let mut missing = shop.act(&payment, &resolve(&invoice), &json!({})).await.pointers();
        missing.sort_unstable();
        assert_eq!(missing, ["/reason", "/state"]);
        let with_id = json!({ "state": "failed", "reason": "x", "providerId": "abc" });
        assert_eq!(shop.act(&payment, &resolve(&invoice), &with_id).await.pointers(), ["/providerId"]);
        let no_id = json!({ "state": "succeeded", "reason": "x", "providerId": "a/b", "force": "yes" });
        let mut wrong = shop.act(&payment, &resolve(&invoice), &no_id).await.pointers();
        wrong.sort_unstable();
        assert_eq!(wrong, ["/force", "/providerId"]);
        let body = json!({ "state": "unknown", "reason": " ", "reasn": 1 });
        let mut wrong = shop.act(&payment, &resolve(&invoice), &body).await.pointers();
        wrong.sort_unstable();
        assert_eq!(wrong, ["/reasn", "/reason", "/state"]);
    }

    async fn a_double_click_is_one_verdict(database: Database) {
        let shop = TestShop::open(database).await;
        for same_key in [true, false] {
            let (payment, invoice) = shop.in_doubt(&format!("SO-{same_key}")).await;
            let body = json!({ "state": "failed", "reason": "No" });
            let answers = shop.twice_at_once(&payment, &resolve(&invoice), &body, same_key).await;
            let done = answers.iter().filter(|it| it.status == 200 && it.header("idempotent-replayed").is_empty());
            assert_eq!(done.count(), 1, "{answers:?}");
            let events = shop.app.get(&format!("{}/events?limit=200", at(&payment))).await.expect(200);
            let failures = events["items"].as_array().expect("a list").iter().filter(|it| it["kind"] == "invoice.failed");
            assert_eq!(failures.count(), 1, "{events}");
        }
    }

    async fn the_history_shows_everything_in_order_and_in_pages(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let path = format!("{}/events", at(&payment));
        let all = shop.app.get(&format!("{path}?count=true")).await.expect(200);
        let items = all["items"].as_array().expect("a list").clone();
        assert_eq!((all["total"].as_u64(), &all["nextCursor"]), (u64::try_from(items.len()).ok(), &Value::Null));
        let kinds: Vec<&str> = items.iter().map(|it| text(it, "kind")).collect();
        assert_eq!(kinds.first(), Some(&"purchase.pending"));
        assert_eq!(kinds[kinds.len() - 2..], ["invoice.pending", "invoice.succeeded"]);
        let last = items.last().expect("an entry");
        assert_eq!((text(last, "source"), &last["transactionId"], &last["changed"]), ("answer", &invoice["id"], &json!(true)));
        assert!(last["version"].as_i64() > items[0]["version"].as_i64());

        let mut paged = Vec::new();
        let mut next = format!("{path}?limit=2&sort=-at");
        loop {
            let page = shop.app.get(&next).await.expect(200);
            paged.extend(page["items"].as_array().expect("a list").clone());
            match page["nextCursor"].as_str() {
                Some(cursor) => next = format!("{path}?limit=2&sort=-at&cursor={cursor}"),
                None => break,
            }
        }
        paged.reverse();
        assert_eq!(paged, items);
        assert_eq!(shop.app.get(&format!("{path}?sort=kind&from=x")).await.pointers(), ["sort", "from"]);
        let nobody = shop.app.get("/v1/payments/payment_01h455vb4pex5vsknk084sn02q/events").await;
        assert_eq!(nobody.problem(404), "not-found");
    }

    async fn the_status_of_an_order_is_that_of_its_decisive_payment(database: Database) {
        let shop = TestShop::open(database).await;
        let status = "/v1/orders/SO-1/payment-status";
        assert_eq!(shop.app.get(status).await.problem(404), "not-found");
        let first = shop.begun("SO-1").await;
        shop.act(&first, "cancel", &json!({})).await.expect(201);
        shop.pass(std::time::Duration::from_secs(1)).await;
        let second = shop.authorized("SO-1").await;
        shop.invoiced(&second, "40").await;
        let told = shop.app.get(status).await.expect(200);
        assert_eq!((&told["paymentId"], text(&told, "status")), (&second["id"], "partially_invoiced"));
        assert_eq!((text(&told, "orderId"), text(&told, "website"), amount(&told, "invoiced")), ("SO-1", "us-store", "40.00"));
        assert_eq!(told["payments"], json!([
            { "id": second["id"], "status": "partially_invoiced", "live": true, "createdAt": second["createdAt"] },
            { "id": first["id"], "status": "canceled", "live": false, "createdAt": first["createdAt"] },
        ]));
        let elsewhere = shop.app.get(&format!("{status}?website=eu-store")).await;
        assert_eq!(elsewhere.problem(404), "not-found");
        let odd = shop.app.request(Method::GET, "/v1/orders/%00/payment-status").send().await;
        assert_eq!(odd.problem(404), "not-found");
    }

    async fn an_order_number_of_several_websites_needs_the_website(database: Database) {
        let shop = TestShop::open(database).await;
        shop.begun("SO-1").await;
        let mut cart = payable();
        cart.as_object_mut().expect("an object").remove("website");
        let without = json!({ "paymentMethodId": shop.method, "orderId": "SO-1", "cart": cart });
        let without = shop.post("/v1/payments", &without).await.expect(201);
        let status = "/v1/orders/SO-1/payment-status";
        let refused = shop.app.get(status).await;
        assert_eq!(refused.pointers(), ["website"]);
        assert_eq!(refused.json()["websites"], json!(["", "us-store"]));
        assert_eq!(shop.app.get(&format!("{status}?website=us-store")).await.expect(200)["website"], "us-store");
        let told = shop.app.get(&format!("{status}?website=")).await.expect(200);
        assert_eq!((&told["website"], &told["paymentId"]), (&Value::Null, &without["id"]));
    }
}
