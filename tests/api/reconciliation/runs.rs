//! `/v1/reconciliation/runs`.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{DAY, HOUR, findings, finished, open, runs};
use crate::{
    TestApp,
    app::{execute, until},
    bazaar::Bazaar,
    support::{Database, on_both_databases},
};

const RUNS: &str = "/v1/reconciliation/runs";

async fn start(bazaar: &Bazaar) -> Value {
    bazaar
        .app
        .request(Method::POST, RUNS)
        .send()
        .await
        .expect(202)
}

on_both_databases! {
    async fn what_changed_at_apruve_without_a_webhook_is_healed_and_told(database: Database) {
        let bazaar = open(database).await;
        let drifted = bazaar.authorized("SO-1").await;
        bazaar.authorized("SO-2").await;
        let invoice = json!({ "invoice_items": [{ "title": "Nuts", "price_total_cents": 10_000 }], "amount_cents": 10_000, "issue_on_create": true });
        let order = drifted["provider"]["orderId"].as_str().expect("an order");
        let (status, made) = bazaar.call(Method::POST, &format!("/orders/{order}/invoices"), &invoice).await;
        assert!(status.is_success(), "{made}");

        let started = start(&bazaar).await;
        assert_eq!((&started["trigger"], &started["state"]), (&json!("caller"), &json!("running")));
        assert_eq!((&started["requestedBy"], &started["total"]), (&json!("admin"), &json!(2)));
        let run = finished(&bazaar, 1).await;
        assert_eq!(run["id"], started["id"]);
        assert_eq!((&run["looked"], &run["changed"]), (&json!(2), &json!(1)));
        assert_eq!((&run["unexplained"], &run["failed"]), (&json!(0), &json!(0)));
        assert_eq!(findings(&run), ["healed healed"]);
        assert_eq!(run["findingCount"], 1);
        assert_eq!(run["findings"][0]["paymentId"], drifted["id"]);
        let healed = bazaar.payment(&drifted).await;
        assert_eq!(healed["status"], "invoiced", "{healed}");

        bazaar.pass(HOUR / 60).await;
        start(&bazaar).await;
        let again = finished(&bazaar, 2).await;
        assert_eq!(findings(&again), [] as [&str; 0], "{again}");
        assert_eq!((&again["looked"], &again["changed"]), (&json!(2), &json!(0)));
        assert_eq!(bazaar.payment(&drifted).await, healed);
    }

    async fn an_order_whose_buyer_never_came_back_is_linked_after_an_hour(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let order = bazaar.confirm(&payment, true).await;
        bazaar.pass(HOUR).await;
        let run = finished(&bazaar, 1).await;
        assert_eq!((&run["trigger"], &run["requestedBy"]), (&json!("scheduled"), &json!("onterms:schedule")));
        assert_eq!((&run["total"], &run["changed"]), (&json!(1), &json!(1)));
        let linked = bazaar.payment(&payment).await;
        assert_eq!((&linked["status"], &linked["provider"]["orderId"]), (&json!("authorized"), &json!(order)));

        bazaar.pass(HOUR).await;
        assert_eq!(runs(&bazaar).await.len(), 1, "nothing is due before a day has passed");
        bazaar.pass(DAY).await;
        let next = finished(&bazaar, 2).await;
        assert_eq!((&next["total"], &next["changed"]), (&json!(1), &json!(0)));
    }

    async fn what_the_ledger_does_not_explain_is_told_and_left_alone(database: Database) {
        let bazaar = open(database).await;
        let payment = bazaar.begun("SO-1").await;
        let kept = bazaar.confirm(&payment, true).await;
        let order = bazaar.authorize(&payment, &kept).await.expect(200);
        let path = format!("/v1/payments/{}/cancel", payment["id"].as_str().expect("an id"));
        bazaar.post(&path, &json!({})).await.expect(201);
        let again = bazaar.begun("SO-1").await;
        let other = bazaar.confirm(&again, true).await;
        bazaar.control(Method::PUT, &format!("/overrides/{other}"), &json!({ "amount_cents": 1 })).await;
        start(&bazaar).await;
        let run = finished(&bazaar, 1).await;
        // The attempt that ended follows its order to its end.
        assert_eq!(findings(&run), ["healed healed", "unexplained order_not_ours"], "{run}");
        assert_eq!((&run["findings"][1]["reference"], &run["findings"][1]["paymentId"]), (&json!(other), &again["id"]));
        assert_eq!(bazaar.payment(&again).await["status"], "pending");
        assert_eq!(bazaar.payment(&payment).await["provider"]["orderId"], order["provider"]["orderId"]);
    }

    async fn a_payment_that_cannot_be_read_is_told_and_tried_again(database: Database) {
        let bazaar = open(database).await;
        bazaar.authorized("SO-1").await;
        bazaar.fault(&json!({ "path": "/orders/*", "count": null, "effect": { "kind": "answer", "status": 401 } })).await;
        start(&bazaar).await;
        let run = finished(&bazaar, 1).await;
        assert_eq!((&run["looked"], &run["failed"]), (&json!(1), &json!(1)));
        assert_eq!(findings(&run), ["failed not_read"]);
        bazaar.control(Method::DELETE, "/faults", &Value::Null).await;
        bazaar.pass(HOUR).await;
        let next = finished(&bazaar, 2).await;
        assert_eq!((&next["trigger"], &next["failed"]), (&json!("scheduled"), &json!(0)));
    }

    async fn who_asks_while_one_is_running_gets_that_one(database: Database) {
        let never = [("reconciliation.poll", "1h")];
        let bazaar = Bazaar::open_with(Arc::new(database), &never, |_| {}).await;
        bazaar.authorized("SO-1").await;
        bazaar.fault(&json!({ "path": "/orders/*", "effect": { "kind": "delay", "ms": 500 } })).await;
        let first = start(&bazaar).await;
        let second = start(&bazaar).await;
        assert_eq!(first["id"], second["id"]);
        until(async || runs(&bazaar).await[0]["state"] == "finished").await;
        assert_ne!(start(&bazaar).await["id"], first["id"]);
    }

    async fn the_same_key_again_is_one_run_and_tells_how_it_stands(database: Database) {
        let bazaar = open(database).await;
        bazaar.authorized("SO-1").await;
        let ask = || bazaar.app.request(Method::POST, RUNS).header("Idempotency-Key", "k").send();
        let first = ask().await.expect(202);
        finished(&bazaar, 1).await;
        let again = ask().await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.header("location"), format!("{RUNS}/{}", first["id"].as_str().expect("an id")));
        let again = again.expect(202);
        assert_eq!((&again["id"], &again["state"]), (&first["id"], &json!("finished")));
    }

    async fn two_replicas_compare_every_payment_once(database: Database) {
        let database = Arc::new(database);
        let flags = [("reconciliation.poll", "10ms")];
        let bazaar = Bazaar::open_with(Arc::clone(&database), &flags, |_| {}).await;
        let other = TestApp::start_with(database, &flags).await;
        for number in 0..20 {
            bazaar.authorized(&format!("SO-{number}")).await;
        }
        bazaar.calls().await;
        start(&bazaar).await;
        let run = finished(&bazaar, 1).await;
        assert_eq!((&run["total"], &run["looked"], &run["changed"]), (&json!(20), &json!(20), &json!(0)));
        let mut reads = bazaar.calls().await;
        reads.retain(|call| call.starts_with("GET /orders/") && !call.contains("/invoices"));
        assert_eq!(reads.len(), 20);
        reads.sort();
        reads.dedup();
        assert_eq!(reads.len(), 20, "each payment once");
        drop(other);
    }

    async fn what_a_killed_replica_left_behind_is_taken_over(database: Database) {
        let bazaar = open(database).await;
        bazaar.authorized("SO-1").await;
        let left = "INSERT INTO reconciliation_runs (id, trigger, state, requested_by, started_at, total, looked, changed, \
            unexplained, failed, position, lease, leased_until, progressed_at, attempts) VALUES \
            ('reconciliation_01h455vb4pex5vsknk084sn02q', 'caller', 'running', 'killed', '2026-03-01 12:00:00', 1, 0, 0, 0, 0, '', \
            'somebody', '2026-03-01 12:02:00', '2026-03-01 12:00:00', 1)";
        execute(&bazaar.app, left).await;
        let shown = start(&bazaar).await;
        assert_eq!(shown["id"], "reconciliation_01h455vb4pex5vsknk084sn02q");
        bazaar.pass(HOUR / 30).await;
        let run = finished(&bazaar, 1).await;
        assert_eq!((&run["looked"], &run["failed"]), (&json!(1), &json!(0)));
    }

    async fn runs_are_listed_and_filtered(database: Database) {
        let bazaar = open(database).await;
        start(&bazaar).await;
        finished(&bazaar, 1).await;
        bazaar.pass(HOUR).await;
        start(&bazaar).await;
        finished(&bazaar, 2).await;
        let page = bazaar.app.get(&format!("{RUNS}?limit=1&count=true&trigger=caller&state=finished")).await.expect(200);
        assert_eq!(page["total"], 2);
        let cursor = page["nextCursor"].as_str().expect("a cursor");
        let rest = bazaar.app.get(&format!("{RUNS}?limit=1&trigger=caller&state=finished&cursor={cursor}")).await.expect(200);
        assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
        assert_eq!(rest["nextCursor"], Value::Null);
        let none = bazaar.app.get(&format!("{RUNS}?trigger=scheduled")).await.expect(200);
        assert_eq!(none["items"], json!([]));
        let wrong = bazaar.app.get(&format!("{RUNS}?state=over&sort=id")).await;
        assert_eq!(wrong.pointers(), ["state", "sort"]);
        assert_eq!(bazaar.app.get(&format!("{RUNS}/run_1")).await.problem(404), "not-found");
    }
}
