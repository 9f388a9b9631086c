//! Two processes on one PostgreSQL under load, one of which is killed at some moment.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    buyer::{at, fresh_key},
    process::Served,
    support::{Database, postgres},
    test_cluster::TestCluster,
};

const KILL_AFTER: &str = "ONTERMS_TEST_KILL_AFTER";
const ORDERS: usize = 12;
/// What each buyer does: begin, authorize, invoice, give a part back.
const STEPS: usize = 4;

/// A client that insists: it sends a request to one process and then the other, with the same key, until it is done.
pub struct Client<'m> {
    pub cluster: &'m TestCluster,
    pub processes: [&'m Served; 2],
}

impl Client<'_> {
    async fn insist(&self, first: usize, path: &str, body: &Value) -> Value {
        let key = fresh_key();
        let mut turn = first;
        self.cluster
            .eventually(path, || {
                let served = self.processes[turn % 2];
                turn += 1;
                let request = self.cluster.request(served, &key, path, body);
                async move {
                    let (status, answer) = request.send().await?;
                    // Its first request is still being answered, for all the other process knows.
                    let runs = status == 409 && answer["type"] == "/problems/still-running";
                    if status == 202 {
                        self.settle(&answer["payment"]).await;
                    }
                    assert!(
                        runs || (200..=202).contains(&status),
                        "{path}: {status} {answer}"
                    );
                    (status == 200 || status == 201).then_some(answer)
                }
            })
            .await
    }

    /// Waits for the outcome of a call; one that the killed process had not sent yet, a person says never went out.
    async fn settle(&self, payment: &Value) {
        let survivor = self.processes[1];
        let known = |it: &Value| it["unsettled"] == false || unknown(it).is_some();
        let payment = self
            .cluster
            .until(survivor, &at(payment), "the outcome of a call", known)
            .await;
        let sync = format!("{}/sync", at(&payment));
        let (status, payment) = self.cluster.post(survivor, &sync, &json!({})).await;
        assert_eq!(status, 200, "{payment}");
        if let Some(transaction) = unknown(&payment) {
            let resolve = format!("{}/transactions/{transaction}/resolve", at(&payment));
            let verdict =
                json!({ "state": "failed", "reason": "The process was killed before it sent it." });
            let (status, resolved) = self.cluster.post(survivor, &resolve, &verdict).await;
            assert_eq!(status, 200, "{resolved}");
        }
    }

    /// One order, from the cart to a partial refund; what was acknowledged is counted in `done`.
    pub async fn trade(&self, nth: usize, done: &AtomicUsize) -> Value {
        let acknowledged = || done.fetch_add(1, Ordering::Relaxed);
        let begin = self.cluster.new_payment(&format!("SO-{nth}"));
        let payment = self.insist(nth, "/v1/payments", &begin).await;
        acknowledged();
        let order = self.cluster.confirm(&payment).await;
        let order = json!({ "apruveOrderId": order });
        self.insist(nth + 1, &format!("{}/authorize", at(&payment)), &order)
            .await;
        acknowledged();
        let wanted = json!({ "amount": "60.00", "shipment": {} });
        let invoice = self
            .insist(nth, &format!("{}/invoices", at(&payment)), &wanted)
            .await;
        acknowledged();
        // What was to be shipped along need not be known yet.
        self.settle(&payment).await;
        let refund = json!({ "invoiceId": invoice["id"], "amount": "10.00", "currency": "USD" });
        self.insist(nth + 1, &format!("{}/refunds", at(&payment)), &refund)
            .await;
        acknowledged();
        payment
    }
}

/// A transaction whose outcome nobody knows.
fn unknown(payment: &Value) -> Option<&str> {
    let all = payment["transactions"].as_array().expect("a list");
    all.iter().find(|it| it["state"] == "unknown")?["id"].as_str()
}

/// After how many acknowledged operations the kill comes: any number that leaves some before it and some after it, or the one
/// that is asked for.
fn moment() -> usize {
    if let Ok(asked) = std::env::var(KILL_AFTER) {
        return asked.parse().expect("a number");
    }
    let chance = RandomState::new().hash_one(0);
    usize::try_from(chance % (ORDERS * STEPS - 4) as u64).expect("small") + 2
}

async fn one_is_killed(database: Database) {
    let after = moment();
    postgres::say(&format!(
        "two replicas: one is killed after {after} acknowledged operations ({KILL_AFTER}={after} does it again)"
    ));
    let (cluster, first) = TestCluster::open(database).await;
    let second = cluster.serve();
    cluster.listen(&first).await;
    cluster.listen(&second).await;
    let (cluster, survivor) = (Rc::new(cluster), Rc::new(second));
    let doomed = Rc::new(first);
    let done = Rc::new(AtomicUsize::new(0));
    let traders: Vec<_> = (0..ORDERS)
        .map(|nth| {
            let (cluster, done) = (Rc::clone(&cluster), Rc::clone(&done));
            let processes = (Rc::clone(&doomed), Rc::clone(&survivor));
            actix_web::rt::spawn(async move {
                let processes = [&*processes.0, &*processes.1];
                Client {
                    cluster: &cluster,
                    processes,
                }
                .trade(nth, &done)
                .await
            })
        })
        .collect();
    cluster
        .eventually("the moment", || async {
            (done.load(Ordering::Relaxed) >= after).then_some(())
        })
        .await;
    doomed.kill();
    let payments: Vec<Value> = join_all(traders)
        .await
        .into_iter()
        .map(|it| it.expect("no panic"))
        .collect();
    assert_eq!(done.load(Ordering::Relaxed), ORDERS * STEPS);
    // What is paid now is reported to the survivor.
    let held = cluster.held().await;
    for invoice in held["invoices"].as_array().expect("a list") {
        let id = invoice["id"].as_str().expect("an id");
        cluster
            .control(Method::POST, &format!("/invoices/{id}/pay"), &Value::Null)
            .await;
    }
    cluster
        .control(Method::POST, "/webhooks/flush", &Value::Null)
        .await;
    for payment in &payments {
        let settled = |it: &Value| it["unsettled"] == false && it["amounts"]["captured"] != "0.00";
        let payment = cluster
            .until(&survivor, &at(payment), "a payment", settled)
            .await;
        assert_eq!(payment["amounts"]["invoiced"], "60.00", "{payment:#}");
        assert_eq!(payment["amounts"]["returned"], "10.00", "{payment:#}");
        agreement::agree(&payment, &cluster.held().await);
    }
    every_accepted_webhook_rests(&cluster, &survivor).await;
}

/// A webhook is kept and applied, whichever replica accepted it.
async fn every_accepted_webhook_rests(cluster: &TestCluster, survivor: &Served) {
    let sent = cluster
        .control(Method::GET, "/webhooks", &Value::Null)
        .await;
    let is_accepted = |it: &&Value| {
        let attempts = it["attempts"].as_array().expect("a list");
        attempts.iter().any(|one| {
            one["statuses"]
                .as_array()
                .is_some_and(|all| all.contains(&json!(200)))
        })
    };
    let accepted = sent.as_array().expect("a list").iter().filter(is_accepted);
    let accepted: HashSet<&str> = accepted.filter_map(|it| it["uuid"].as_str()).collect();
    assert!(!accepted.is_empty());
    let events = "/v1/webhook-events?limit=200";
    let rests = |list: &Value| {
        let all = list["items"].as_array().expect("a list");
        all.iter()
            .all(|it| it["state"] == "applied" || it["state"] == "ignored")
    };
    let events = cluster.until(survivor, events, "the events", rests).await;
    assert_eq!(events["nextCursor"], Value::Null, "all on one page");
    let mut kept = HashSet::new();
    for event in events["items"].as_array().expect("a list") {
        let id = event["id"].as_str().expect("an id");
        let event = cluster
            .get(survivor, &format!("/v1/webhook-events/{id}"))
            .await;
        let body: Value =
            serde_json::from_str(event["body"].as_str().expect("a body")).expect("JSON");
        let uuid = body["uuid"].as_str().expect("a uuid").to_owned();
        assert!(kept.insert(uuid), "kept twice: {event:#}");
    }
    let lost: Vec<_> = accepted
        .iter()
        .filter(|uuid| !kept.contains(**uuid))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn one_of_two_replicas_is_killed_and_nothing_is_lost_or_done_twice() {
    if let Some(database) = Database::postgresql("one_of_two_replicas_is_killed") {
        actix_web::rt::System::new().block_on(one_is_killed(database));
    }
}
