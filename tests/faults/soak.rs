//! Everything at once, for minutes: sales, checkouts and webhooks on two replicas, while the master key is replaced, the
//! primary of PostgreSQL fails over to its standby, and every webhook is replayed.
//!
//! Not part of the suite; `ONTERMS_SOAK=10m cargo test --test faults soak -- --ignored --nocapture` runs it and prints what
//! the processes held.

use std::{
    cell::{Cell, RefCell},
    fs,
    rc::Rc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    agreement,
    buyer::{at, fresh_key, payable},
    process::Served,
    support::{Database, postgres, proxy::Proxy},
    test_cluster::{TestCluster, aside},
};

const DATABASE: &str = "soaked";
const TRADERS: usize = 4;
const MASTER: &str = "ONTERMS__SECRETS__MASTER_KEY";
const RETIRED: &str = "ONTERMS__SECRETS__RETIRED_MASTER_KEYS";

/// The replicas as they are now; one that is replaced ends when nobody uses it any more.
struct Shop {
    cluster: TestCluster,
    replicas: RefCell<[Rc<Served>; 2]>,
    turn: Cell<usize>,
    over: Cell<bool>,
    sales: Cell<usize>,
    checkouts: Cell<usize>,
    refused: Cell<usize>,
}

impl Shop {
    fn replica(&self) -> Rc<Served> {
        self.turn.set(self.turn.get() + 1);
        Rc::clone(&self.replicas.borrow()[self.turn.get() % 2])
    }

    /// Sends a request to one replica after the other, with one key, until it is done. No other refusal than 503, which says
    /// when to come back, is an answer to a database that is away; 500 never is.
    async fn insist(&self, path: &str, body: &Value) -> Value {
        let key = fresh_key();
        let done = self.cluster.eventually(path, || {
            let replica = self.replica();
            let request = self.cluster.request(&replica, &key, path, body);
            let key = &key;
            async move {
                let (status, answer) = request.send().await?;
                let runs = status == 409 && answer["type"] == "/problems/still-running";
                match status {
                    200 | 201 => Some(answer),
                    // The outcome of a call is read back, or it is sent again with the same key.
                    202 => None,
                    503 => {
                        self.refused.set(self.refused.get() + 1);
                        None
                    }
                    _ if runs => None,
                    _ => panic!("{path} with {key}: {status} {answer}"),
                }
            }
        });
        done.await
    }

    /// From the cart to a partial refund, paid by Apruve.
    async fn sell(&self, order: &str) -> Value {
        let payment = self
            .insist("/v1/payments", &self.cluster.new_payment(order))
            .await;
        let confirmed = json!({ "apruveOrderId": self.cluster.confirm(&payment).await });
        self.insist(&format!("{}/authorize", at(&payment)), &confirmed)
            .await;
        let wanted = json!({ "amount": "60.00", "merchantInvoiceId": format!("{order}-1") });
        let invoice = self
            .insist(&format!("{}/invoices", at(&payment)), &wanted)
            .await;
        let refund = json!({
            "invoiceId": invoice["id"], "amount": "10.00", "currency": "USD", "refundReference": format!("CM-{order}"),
        });
        self.insist(&format!("{}/refunds", at(&payment)), &refund)
            .await;
        let id = invoice["providerId"]
            .as_str()
            .expect("an invoice at Apruve");
        let pay = format!("/invoices/{id}/pay");
        self.cluster.control(Method::POST, &pay, &Value::Null).await;
        self.sales.set(self.sales.get() + 1);
        payment
    }

    async fn trade(self: Rc<Self>, trader: usize) -> Vec<Value> {
        let mut payments = Vec::new();
        while !self.over.get() {
            let order = format!("SO-{trader}-{}", payments.len());
            payments.push(self.sell(&order).await);
        }
        payments
    }

    /// Checkout answers all the time, from the last rules where it must.
    async fn check_out(self: Rc<Self>) {
        while !self.over.get() {
            let replica = self.replica();
            let path = "/v1/checkout/payment-methods";
            let sent = self
                .cluster
                .request(&replica, &fresh_key(), path, &payable());
            if let Some((status, answer)) = sent.send().await {
                assert_eq!(
                    (status, answer["offered"].as_array().map(Vec::len)),
                    (200, Some(1))
                );
                self.checkouts.set(self.checkouts.get() + 1);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Replaces each replica by one with these keys, one after the other.
    async fn replace(&self, master: &str, retired: Option<&str>) {
        for place in [0, 1] {
            let keys = [(MASTER, Some(master)), (RETIRED, retired)];
            let fresh = Rc::new(self.cluster.serve_with(&keys).await);
            self.cluster.listen(&fresh).await;
            self.replicas.borrow_mut()[place] = fresh;
        }
    }

    /// Memory in MB and open files of both replicas.
    fn held(&self) -> [(f64, usize); 2] {
        let replicas = self.replicas.borrow();
        [0, 1].map(|place| {
            let process = format!("/proc/{}", replicas[place].id());
            let pages = fs::read_to_string(format!("{process}/statm")).unwrap_or_default();
            let pages: f64 = pages
                .split(' ')
                .nth(1)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0.0);
            let files = fs::read_dir(format!("{process}/fd")).map_or(0, Iterator::count);
            (pages * 4096.0 / 1e6, files)
        })
    }
}

fn key(letter: &str) -> String {
    format!("base64:{}A=", letter.repeat(42))
}

async fn soaked(primary: postgres::Cluster, time: Duration) {
    primary.create(DATABASE);
    let standby = primary.standby();
    // What is acknowledged is on the standby too, so that a failover loses nothing.
    primary.execute(DATABASE, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.execute(DATABASE, "SELECT pg_reload_conf()");
    let proxy = Proxy::to(primary.socket());
    let url = format!("postgresql://onterms@{}/{DATABASE}", proxy.address);
    let (cluster, first) = TestCluster::open(Database::at(url)).await;
    let second = cluster.serve();
    cluster.listen(&first).await;
    cluster.listen(&second).await;
    let shop = Rc::new(Shop {
        cluster,
        replicas: RefCell::new([Rc::new(first), Rc::new(second)]),
        turn: Cell::new(0),
        over: Cell::new(false),
        sales: Cell::new(0),
        checkouts: Cell::new(0),
        refused: Cell::new(0),
    });
    let traders = (0..TRADERS).map(|trader| actix_web::rt::spawn(Rc::clone(&shop).trade(trader)));
    let traders: Vec<_> = traders.collect();
    let buyers = [(); 2].map(|()| actix_web::rt::spawn(Rc::clone(&shop).check_out()));
    let start = Instant::now();
    let share = |share: f64| tokio::time::sleep_until((start + time.mul_f64(share)).into());

    share(0.1).await;
    let (old, new) = (key("A"), key("B"));
    shop.replace(&old, Some(&new)).await;
    shop.replace(&new, Some(&old)).await;
    let rotated = shop
        .cluster
        .run_with(
            &[(MASTER, Some(&new)), (RETIRED, Some(&old))],
            &["rotate-key"],
        )
        .await;
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    shop.replace(&new, None).await;
    println!("{:?}: the master key is replaced", start.elapsed());

    share(0.3).await;
    let (_primary, standby) = aside(move || {
        primary.stop();
        standby.promote();
        (primary, standby)
    })
    .await;
    proxy.point_at(standby.socket());
    println!("{:?}: the standby has taken over", start.elapsed());

    let mut samples = Vec::new();
    for (place, from) in [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0].into_iter().enumerate() {
        share(from).await;
        if place == 2 || place == 4 {
            let since = json!({ "since": "2020-01-01T00:00:00Z" });
            let path = "/v1/webhook-events/replay";
            let replay = shop.cluster.post(&shop.replica(), path, &since).await;
            println!("{:?}: replay of all events: {}", start.elapsed(), replay.0);
            assert_eq!(replay.0, 202, "{}", replay.1);
        }
        let held = shop.held();
        println!(
            "{:>4} s: {} sales, {} checkouts, {} times 503; memory {:.0} and {:.0} MB, {} and {} files",
            start.elapsed().as_secs(),
            shop.sales.get(),
            shop.checkouts.get(),
            shop.refused.get(),
            held[0].0,
            held[1].0,
            held[0].1,
            held[1].1,
        );
        samples.push(held);
    }
    shop.over.set(true);
    let payments = join_all(traders).await.into_iter();
    let payments: Vec<Value> = payments.flat_map(|sold| sold.expect("no panic")).collect();
    for buyer in buyers {
        buyer.await.expect("no panic");
    }
    shop.cluster
        .control(Method::POST, "/webhooks/flush", &Value::Null)
        .await;
    let replica = shop.replica();
    // What was reported while nobody could write is found by comparing.
    let run = shop
        .cluster
        .post(&replica, "/v1/reconciliation/runs", &json!({}))
        .await;
    assert_eq!(run.0, 202, "{}", run.1);
    let mut settled = Vec::new();
    for payment in &payments {
        let is_settled =
            |it: &Value| it["unsettled"] == false && it["amounts"]["captured"] != "0.00";
        settled.push(
            shop.cluster
                .until(&replica, &at(payment), "a payment", is_settled)
                .await,
        );
    }
    let held = shop.cluster.held().await;
    for payment in &settled {
        agreement::agree(payment, &held);
    }
    let verified = shop
        .cluster
        .run_with(&[(MASTER, Some(&new))], &["verify"])
        .await;
    assert_eq!(verified.code, Some(0), "{verified:?}");
    println!(
        "{} payments agree with Apruve, and `verify` agrees",
        payments.len()
    );
    for place in [0, 1] {
        let [(before, files_before), (after, files_after)] = [samples[1][place], samples[6][place]];
        assert!(
            after < before * 1.3 + 10.0,
            "memory grew from {before:.0} to {after:.0} MB"
        );
        assert!(
            files_after < files_before + 20,
            "open files grew from {files_before} to {files_after}"
        );
    }
}

#[test]
#[ignore = "takes minutes; see the top of the file"]
fn soak() {
    let time = std::env::var("ONTERMS_SOAK").unwrap_or_else(|_| "10m".to_owned());
    let time =
        humantime_serde::re::humantime::parse_duration(&time).expect("a duration such as 10m");
    match postgres::own_cluster() {
        Some(primary) => actix_web::rt::System::new().block_on(soaked(primary, time)),
        None => postgres::skipped("soak"),
    }
}
