//! Readers of the event feed beside two processes on one PostgreSQL under load, one of which is killed in the middle of its
//! writes: the one that puts events in order, or the other one.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::at, process::Served, replicas::Client, support::Database, test_cluster::TestCluster,
};

const ORDERS: usize = 10;
/// Each order has so many operations.
const STEPS: usize = 4;
const START: &str = "00000000000000000000";

/// Somebody who polls with the cursor that the last page gave, at whichever process answers.
struct Reader {
    cluster: Rc<TestCluster>,
    processes: [Rc<Served>; 2],
    /// Parameters of each page.
    wanted: &'static str,
    read: RefCell<Vec<Value>>,
    is_over: RefCell<bool>,
}

/// Which process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doomed {
    /// The one that puts events in order.
    Sequencer,
    /// The one that waits to take over.
    Other,
}

impl Reader {
    fn new(
        cluster: &Rc<TestCluster>,
        processes: [&Rc<Served>; 2],
        wanted: &'static str,
    ) -> Rc<Self> {
        Rc::new(Reader {
            cluster: Rc::clone(cluster),
            processes: processes.map(Rc::clone),
            wanted,
            read: RefCell::default(),
            is_over: RefCell::new(false),
        })
    }

    async fn follow(&self) {
        let (mut after, mut turn) = (START.to_owned(), 0);
        while !*self.is_over.borrow() {
            let path = format!("/v1/events?{}&after={after}", self.wanted);
            let page = self.cluster.try_get(&self.processes[turn % 2], &path).await;
            turn += 1;
            // The process that is killed: the same cursor at the other one.
            let Some((status, page)) = page else { continue };
            assert_eq!(status, 200, "{page}");
            after = text(&page, "next").to_owned();
            let items = page["items"].as_array().expect("a list");
            self.read.borrow_mut().extend(items.iter().cloned());
        }
    }

    fn has_captured(&self, payment: &Value) -> bool {
        let is_it = |event: &Value| {
            event["type"] == "payment.captured" && event["subject"] == payment["id"]
        };
        self.read.borrow().iter().any(is_it)
    }
}

async fn follow_while_one_is_killed(database: Database, who: Doomed, after: usize) {
    let (cluster, first) = TestCluster::open(database).await;
    // It was alone, so that it puts events in order as long as it lives.
    let second = cluster.serve();
    cluster.listen(&first).await;
    cluster.listen(&second).await;
    let (doomed, survivor) = match who {
        Doomed::Sequencer => (first, second),
        Doomed::Other => (second, first),
    };
    let (cluster, doomed, survivor) = (Rc::new(cluster), Rc::new(doomed), Rc::new(survivor));
    let reader = |wanted| Reader::new(&cluster, [&doomed, &survivor], wanted);
    // One that wants all, and one that wants a part.
    let (reader, some) = (
        reader("limit=7&wait=1"),
        reader("limit=3&wait=1&type=payment.captured"),
    );
    let following: Vec<_> = [&reader, &some]
        .map(|it| {
            let following = Rc::clone(it);
            actix_web::rt::spawn(async move { following.follow().await })
        })
        .into();
    let done = Rc::new(AtomicUsize::new(0));
    let traders: Vec<_> = (0..ORDERS)
        .map(|nth| {
            let (cluster, done) = (Rc::clone(&cluster), Rc::clone(&done));
            let processes = (Rc::clone(&doomed), Rc::clone(&survivor));
            actix_web::rt::spawn(async move {
                let client = Client {
                    cluster: &cluster,
                    processes: [&*processes.0, &*processes.1],
                };
                client.trade(nth, &done).await
            })
        })
        .collect();
    let is_time = || async { (done.load(Ordering::Relaxed) >= after).then_some(()) };
    cluster.eventually("the moment", is_time).await;
    doomed.kill();
    let acknowledged = done.load(Ordering::Relaxed);
    assert!(
        acknowledged < ORDERS * STEPS,
        "it was killed when there was nothing left to write"
    );
    let payments = join_all(traders).await.into_iter();
    let payments: Vec<Value> = payments.map(|it| it.expect("no panic")).collect();
    let held = cluster.held().await;
    for invoice in held["invoices"].as_array().expect("a list") {
        let path = format!("/invoices/{}/pay", text(invoice, "id"));
        cluster.control(Method::POST, &path, &Value::Null).await;
    }
    cluster
        .control(Method::POST, "/webhooks/flush", &Value::Null)
        .await;
    let all_captured = || async {
        let has_all = |it: &Reader| payments.iter().all(|payment| it.has_captured(payment));
        let all = has_all(&reader) && has_all(&some);
        all.then_some(())
    };
    cluster
        .eventually("the captures in the feed", all_captured)
        .await;
    for payment in &payments {
        let is_settled =
            |it: &Value| it["unsettled"] == false && it["amounts"]["captured"] != "0.00";
        cluster
            .until(&survivor, &at(payment), "a payment", is_settled)
            .await;
    }
    for reader in [&reader, &some] {
        *reader.is_over.borrow_mut() = true;
    }
    for following in join_all(following).await {
        following.expect("the reader does not panic");
    }
    let feed = read_again(&cluster, &survivor).await;
    let captures = feed.iter().filter(|it| it["type"] == "payment.captured");
    assert_nothing_missed(&some, &captures.cloned().collect::<Vec<_>>());
    assert_nothing_missed(&reader, &feed);
    for (place, event) in feed.iter().enumerate() {
        assert_eq!(text(event, "sequence"), format!("{:020}", place + 1));
    }
    for payment in &payments {
        let shown = cluster.get(&survivor, &at(payment)).await;
        assert_story(&reader, &shown);
    }
}

/// The whole feed from the beginning.
async fn read_again(cluster: &TestCluster, served: &Served) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), START.to_owned());
    loop {
        let path = format!("/v1/events?limit=200&after={after}");
        let page = cluster.get(served, &path).await;
        all.extend(page["items"].as_array().expect("a list").iter().cloned());
        if page["caughtUp"] == true {
            return all;
        }
        after = text(&page, "next").to_owned();
    }
}

/// What the reader got while it happened is how what it wants of the feed begins, without a gap.
fn assert_nothing_missed(reader: &Reader, feed: &[Value]) {
    let read = reader.read.borrow();
    let ids: HashSet<&str> = read.iter().map(|it| text(it, "id")).collect();
    assert_eq!(ids.len(), read.len(), "an event was handed out twice");
    assert_eq!(
        read.as_slice(),
        &feed[..read.len()],
        "an event appeared behind a cursor"
    );
}

/// The payment's events come in the order of its versions and lead to what it is.
fn assert_story(reader: &Reader, payment: &Value) {
    let read = reader.read.borrow();
    let own: Vec<&Value> = read
        .iter()
        .filter(|it| it["subject"] == payment["id"])
        .collect();
    let versions: Vec<i64> = own
        .iter()
        .map(|it| it["data"]["version"].as_i64().expect("a version"))
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for event in &own {
        *counts.entry(text(event, "type")).or_default() += 1;
    }
    for kind in ["payment.created", "payment.authorized", "payment.captured"] {
        assert_eq!(counts.get(kind), Some(&1), "{kind}: {counts:?}");
    }
    // Each event continues where the one before left the status.
    let mut status = json!("pending");
    for event in own.iter().skip(1) {
        let data = &event["data"];
        if data["previousStatus"] != status {
            assert_eq!(data["status"], status, "{event:#}");
        }
        status = data["status"].clone();
    }
    assert_eq!(status, payment["status"]);
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().expect("a text")
}

fn with_one_killed(name: &str, who: Doomed, after: usize) {
    if let Some(database) = Database::postgresql(name) {
        actix_web::rt::System::new().block_on(follow_while_one_is_killed(database, who, after));
    }
}

#[test]
fn a_reader_misses_nothing_and_repeats_nothing_when_one_of_two_replicas_is_killed() {
    with_one_killed("a_reader_misses_nothing", Doomed::Sequencer, 12);
}

#[test]
fn a_reader_misses_nothing_when_the_replica_that_only_writes_is_killed() {
    with_one_killed("a_reader_misses_nothing_of_others", Doomed::Other, 22);
}
