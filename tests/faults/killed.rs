//! The process is killed between writing down what it means to do and writing the result: for every kind of operation,
//! before Apruve has done the work, after it, and before work that is done when the next process already looks for it.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    buyer::fresh_key,
    process::Served,
    steps::{self, Step},
    support::{Database, on_both_databases},
    test_cluster::TestCluster,
};

/// A shop with one operation of each kind under way, whose calls the sandbox holds; then the process is killed, and another
/// one started.
async fn killed(database: Database, when: &str, cut: bool) -> (TestCluster, Vec<Step>, Served) {
    let (cluster, first) = TestCluster::open(database).await;
    // What a sales rep orders is accepted at once.
    cluster
        .control(Method::PUT, "/behaviour", &json!({ "approval": "approve" }))
        .await;
    let steps = steps::all(&cluster, &first).await;
    for step in &steps {
        cluster.fault("POST", &step.call, when, "hold").await;
        if cut {
            cluster.fault("POST", &step.call, when, "cut").await;
        }
    }
    let asked: Vec<_> = steps
        .iter()
        .map(|step| cluster.request(&first, &step.key, &step.path, &step.body))
        .map(|request| actix_web::rt::spawn(request.send()))
        .collect();
    cluster.all_held().await;
    let done = usize::from(when == "after");
    cluster
        .eventually("the work of the calls", || async {
            let held = cluster.held().await;
            steps
                .iter()
                .all(|step| step.effects(&held) == done)
                .then_some(())
        })
        .await;
    drop(first);
    for answer in join_all(asked).await {
        assert_eq!(answer.expect("no panic"), None, "nobody was answered");
    }
    let second = cluster.serve();
    (cluster, steps, second)
}

/// The same request again while the first one's lease lasts, or after it.
async fn again(cluster: &TestCluster, served: &Served, step: &Step) -> (u16, Value) {
    let answer = cluster
        .send(served, &step.key, &step.path, &step.body)
        .await;
    let (status, body) = answer.expect("an answer");
    let running = status == 409 && body["type"] == "/problems/still-running";
    assert!(
        running || status == 201 || status == 202,
        "{}: {status} {body}",
        step.name
    );
    (status, body)
}

/// Everything is as if nobody had been killed.
async fn all_is_done_once(cluster: &TestCluster, served: &Served, steps: &[Step]) {
    for step in steps {
        let path = step.payment(cluster, served).await;
        let payment = cluster
            .until(served, &path, step.name, |payment| {
                payment["unsettled"] == false
            })
            .await;
        assert_eq!(
            step.transaction(&payment)["state"],
            "succeeded",
            "{}: {payment:#}",
            step.name
        );
        let held = cluster.held().await;
        assert_eq!(step.effects(&held), 1, "{}", step.name);
        agreement::agree(&payment, &held);
        let (status, replayed) = again(cluster, served, step).await;
        assert_eq!(status, 201, "{}: {replayed}", step.name);
        assert_eq!(
            cluster.posts(&step.call).await,
            1,
            "{} was asked once",
            step.name
        );
        let after = cluster.get(served, &path).await;
        assert_eq!(
            after["transactions"], payment["transactions"],
            "{}",
            step.name
        );
    }
}

on_both_databases! {
    async fn what_apruve_had_done_is_found_by_itself_after_a_kill(database: Database) {
        let (cluster, steps, second) = killed(database, "after", false).await;
        cluster.release().await;
        for step in &steps {
            again(&cluster, &second, step).await;
        }
        all_is_done_once(&cluster, &second, &steps).await;
    }

    async fn what_apruve_never_did_stays_visibly_unknown_after_a_kill_until_a_person_knows(database: Database) {
        let (cluster, steps, second) = killed(database, "before", true).await;
        cluster.release().await;
        for step in &steps {
            again(&cluster, &second, step).await;
            let path = step.payment(&cluster, &second).await;
            let waits = |payment: &Value| step.transaction(payment)["state"] == "unknown";
            let payment = cluster.until(&second, &path, step.name, waits).await;
            assert_eq!(payment["unsettled"], true, "{}", step.name);
            assert_eq!(again(&cluster, &second, step).await.0, 202, "{}", step.name);
            let held = cluster.held().await;
            assert_eq!((step.effects(&held), cluster.posts(&step.call).await), (0, 1), "{}", step.name);
        }
        let listed = cluster.get(&second, "/v1/payments?unsettled=true&count=true").await;
        assert_eq!(listed["total"], steps.len());
        for step in &steps {
            let path = step.payment(&cluster, &second).await;
            let payment = cluster.get(&second, &path).await;
            let transaction = step.transaction(&payment)["id"].as_str().expect("an id");
            let verdict = json!({ "state": "failed", "reason": "Apruve's log has no such call." });
            let resolve = format!("{path}/transactions/{transaction}/resolve");
            let (status, resolved) = cluster.post(&second, &resolve, &verdict).await;
            assert_eq!(status, 200, "{}: {resolved}", step.name);
            // Nothing was done, so that the very same request does it now.
            let (status, done) = again(&cluster, &second, step).await;
            assert_eq!(status, 201, "{}: {done}", step.name);
            let path = step.payment(&cluster, &second).await;
            let payment = cluster.get(&second, &path).await;
            let held = cluster.held().await;
            assert_eq!((step.effects(&held), cluster.posts(&step.call).await), (1, 2), "{}", step.name);
            agreement::agree(&payment, &held);
        }
    }

    async fn work_that_apruve_does_after_we_looked_for_it_is_found_later(database: Database) {
        let (cluster, steps, second) = killed(database, "before", false).await;
        for step in &steps {
            let path = step.payment(&cluster, &second).await;
            let waits = |payment: &Value| step.transaction(payment)["state"] == "unknown";
            cluster.until(&second, &path, step.name, waits).await;
        }
        cluster.release().await;
        cluster
            .eventually("the late work", || async {
                let held = cluster.held().await;
                steps.iter().all(|step| step.effects(&held) == 1).then_some(())
            })
            .await;
        for step in &steps {
            let sync = format!("{}/sync", step.payment(&cluster, &second).await);
            let (status, synced) = cluster.send(&second, &fresh_key(), &sync, &json!({})).await.expect("an answer");
            assert_eq!(status, 200, "{}: {synced}", step.name);
        }
        all_is_done_once(&cluster, &second, &steps).await;
    }
}
