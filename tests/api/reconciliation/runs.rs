//! `/v1/reconciliation/runs`.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{DAY, HOUR, findings, finished, open, runs};
use crate::{
    TestApp,
    app::{execute, until},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const RUNS: &str = "/v1/reconciliation/runs";

async fn start(shop: &TestShop) -> Value {
    shop.app
        .request(Method::POST, RUNS)
        .send()
        .await
        .expect(202)
}

on_both_databases! {
    async fn what_changed_at_apruve_without_a_webhook_is_healed_and_reported(database: Database) {
        let shop = open(database).await;
        let drifted = shop.authorized("SO-1").await;
        shop.authorized("SO-2").await;
        let invoice = json!({ "invoice_items": [{ "title": "Nuts", "price_total_cents": 10_000 }], "amount_cents": 10_000, "issue_on_create": true });
        let order = drifted["provider"]["orderId"].as_str().expect("an order");
        let (status, made) = shop.call(Method::POST, &format!("/orders/{order}/invoices"), &invoice).await;
        assert!(status.is_success(), "{made}");

        let started = start(&shop).await;
        assert_eq!((&started["trigger"], &started["state"]), (&json!("caller"), &json!("running")));
        assert_eq!((&started["requestedBy"], &started["total"]), (&json!("admin"), &json!(2)));
        let run = finished(&shop, 1).await;
        assert_eq!(run["id"], started["id"]);
        assert_eq!((&run["looked"], &run["changed"]), (&json!(2), &json!(1)));
        assert_eq!((&run["unexplained"], &run["failed"]), (&json!(0), &json!(0)));
        assert_eq!(findings(&run), ["healed healed"]);
        assert_eq!(run["findingCount"], 1);
        assert_eq!(run["findings"][0]["paymentId"], drifted["id"]);
        let healed = shop.payment(&drifted).await;
        assert_eq!(healed["status"], "invoiced", "{healed}");

        shop.pass(HOUR / 60).await;
        start(&shop).await;
        let again = finished(&shop, 2).await;
        assert_eq!(findings(&again), [] as [&str; 0], "{again}");
        assert_eq!((&again["looked"], &again["changed"]), (&json!(2), &json!(0)));
        assert_eq!(shop.payment(&drifted).await, healed);
    }

    async fn an_order_whose_buyer_never_came_back_is_linked_after_an_hour(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        let order = shop.confirm(&payment, true).await;
        shop.pass(HOUR).await;
        let run = finished(&shop, 1).await;
        assert_eq!((&run["trigger"], &run["requestedBy"]), (&json!("scheduled"), &json!("onterms:schedule")));
        assert_eq!((&run["total"], &run["changed"]), (&json!(1), &json!(1)));
        let linked = shop.payment(&payment).await;
        assert_eq!((&linked["status"], &linked["provider"]["orderId"]), (&json!("authorized"), &json!(order)));

        shop.pass(HOUR).await;
        assert_eq!(runs(&shop).await.len(), 1, "nothing is due before a day has passed");
        shop.pass(DAY).await;
        let next = finished(&shop, 2).await;
        assert_eq!((&next["total"], &next["changed"]), (&json!(1), &json!(0)));
    }

    async fn what_the_ledger_does_not_explain_is_reported_and_left_alone(database: Database) {
        let shop = open(database).await;
        let payment = shop.begun("SO-1").await;
        let kept = shop.confirm(&payment, true).await;
        let order = shop.authorize(&payment, &kept).await.expect(200);
        let path = format!("/v1/payments/{}/cancel", payment["id"].as_str().expect("an id"));
        shop.post(&path, &json!({})).await.expect(201);
        let again = shop.begun("SO-1").await;
        let other = shop.confirm(&again, true).await;
        shop.control(Method::PUT, &format!("/overrides/{other}"), &json!({ "amount_cents": 1 })).await;
        start(&shop).await;
        let run = finished(&shop, 1).await;
        // The attempt that ended follows its order to its end.
        assert_eq!(findings(&run), ["healed healed", "unexplained order_not_ours"], "{run}");
        assert_eq!((&run["findings"][1]["reference"], &run["findings"][1]["paymentId"]), (&json!(other), &again["id"]));
        assert_eq!(shop.payment(&again).await["status"], "pending");
        assert_eq!(shop.payment(&payment).await["provider"]["orderId"], order["provider"]["orderId"]);
    }

    async fn a_payment_that_cannot_be_read_is_reported_and_tried_again(database: Database) {
        let shop = open(database).await;
        shop.authorized("SO-1").await;
        shop.fault(&json!({ "path": "/orders/*", "count": null, "effect": { "kind": "answer", "status": 401 } })).await;
        start(&shop).await;
        let run = finished(&shop, 1).await;
        assert_eq!((&run["looked"], &run["failed"]), (&json!(1), &json!(1)));
        assert_eq!(findings(&run), ["failed not_read"]);
        shop.control(Method::DELETE, "/faults", &Value::Null).await;
        shop.pass(HOUR).await;
        let next = finished(&shop, 2).await;
        assert_eq!((&next["trigger"], &next["failed"]), (&json!("scheduled"), &json!(0)));
    }

    async fn who_asks_while_one_is_running_gets_that_one(database: Database) {
        let never = [("reconciliation.poll", "1h")];
        let shop = TestShop::open_with(Arc::new(database), &never, |_| {}).await;
        shop.authorized("SO-1").await;
        shop.fault(&json!({ "path": "/orders/*", "effect": { "kind": "hold" } })).await;
        let first = start(&shop).await;
        let second = start(&shop).await;
        assert_eq!(first["id"], second["id"]);
        shop.control(Method::DELETE, "/faults", &Value::Null).await;
        until(async || runs(&shop).await[0]["state"] == "finished").await;
        assert_ne!(start(&shop).await["id"], first["id"]);
    }

    async fn the_same_key_again_is_one_run_and_shows_its_state(database: Database) {
        let shop = open(database).await;
        shop.authorized("SO-1").await;
        let ask = || shop.app.request(Method::POST, RUNS).header("Idempotency-Key", "k").send();
        let first = ask().await.expect(202);
        finished(&shop, 1).await;
        let again = ask().await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.header("location"), format!("{RUNS}/{}", first["id"].as_str().expect("an id")));
        let again = again.expect(202);
        assert_eq!((&again["id"], &again["state"]), (&first["id"], &json!("finished")));
    }

    async fn two_replicas_compare_every_payment_once(database: Database) {
        let database = Arc::new(database);
        let flags = [("reconciliation.poll", "10ms")];
        let shop = TestShop::open_with(Arc::clone(&database), &flags, |_| {}).await;
        let other = TestApp::start_with(database, &flags).await;
        for number in 0..20 {
            shop.authorized(&format!("SO-{number}")).await;
        }
        shop.calls().await;
        start(&shop).await;
        let run = finished(&shop, 1).await;
        assert_eq!((&run["total"], &run["looked"], &run["changed"]), (&json!(20), &json!(20), &json!(0)));
        let mut reads = shop.calls().await;
        reads.retain(|call| call.starts_with("GET /orders/") && !call.contains("/invoices"));
        assert_eq!(reads.len(), 20);
        reads.sort();
        reads.dedup();
        assert_eq!(reads.len(), 20, "each payment once");
        drop(other);
    }

    async fn what_a_killed_replica_left_behind_is_taken_over(database: Database) {
        let shop = open(database).await;
        shop.authorized("SO-1").await;
        let left = "INSERT INTO reconciliation_runs (id, trigger, state, requested_by, started_at, total, looked, changed, \
            unexplained, failed, position, lease, leased_until, progressed_at, attempts) VALUES \
            ('reconciliation_01h455vb4pex5vsknk084sn02q', 'caller', 'running', 'killed', '2026-03-01 12:00:00', 1, 0, 0, 0, 0, '', \
            'somebody', '2026-03-01 12:02:00', '2026-03-01 12:00:00', 1)";
        execute(&shop.app, left).await;
        let shown = start(&shop).await;
        assert_eq!(shown["id"], "reconciliation_01h455vb4pex5vsknk084sn02q");
        shop.pass(HOUR / 30).await;
        let run = finished(&shop, 1).await;
        assert_eq!((&run["looked"], &run["failed"]), (&json!(1), &json!(0)));
    }

    async fn runs_are_listed_and_filtered(database: Database) {
        let shop = open(database).await;
        start(&shop).await;
        finished(&shop, 1).await;
        shop.pass(HOUR).await;
        start(&shop).await;
        finished(&shop, 2).await;
        let page = shop.app.get(&format!("{RUNS}?limit=1&count=true&trigger=caller&state=finished")).await.expect(200);
        assert_eq!(page["total"], 2);
        let cursor = page["nextCursor"].as_str().expect("a cursor");
        let rest = shop.app.get(&format!("{RUNS}?limit=1&trigger=caller&state=finished&cursor={cursor}")).await.expect(200);
        assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
        assert_eq!(rest["nextCursor"], Value::Null);
        let none = shop.app.get(&format!("{RUNS}?trigger=scheduled")).await.expect(200);
        assert_eq!(none["items"], json!([]));
        let wrong = shop.app.get(&format!("{RUNS}?state=over&sort=id")).await;
        assert_eq!(wrong.pointers(), ["state", "sort"]);
        assert_eq!(shop.app.get(&format!("{RUNS}/run_1")).await.problem(404), "not-found");
    }
}
