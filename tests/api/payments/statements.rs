//! How many statements each operation on a payment sends: the payment is loaded once, and written once for what is about to
//! be done and once for its result.
//!
//! An operation may send fewer statements than its row says, never more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use onterms::store::Backend;
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    TestApp,
    app::Answer,
    buyer::{at, fresh_key},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// Nothing runs by itself meanwhile.
pub const QUIET: [(&str, &str); 5] = [
    ("payments.sweep", "1h"),
    ("reconciliation.poll", "1h"),
    ("notifications.poll", "1h"),
    ("webhooks.poll", "1h"),
    ("rulebook.refresh", "1h"),
];

/// The most of an operation: all statements, and how often the transactions of a payment are loaded.
const MOST: [(&str, usize, usize); 17] = [
    ("create", 12, 0),
    ("create again", 13, 1),
    ("create offline", 11, 0),
    ("create on behalf", 30, 1),
    ("authorize", 21, 1),
    ("invoice", 21, 1),
    ("invoice again", 5, 1),
    ("invoice with shipment", 38, 1),
    ("issue", 20, 1),
    ("cancel invoice", 22, 1),
    ("close", 28, 2),
    ("shipment", 25, 1),
    ("capture", 19, 1),
    ("cancel", 26, 1),
    ("refund", 23, 1),
    ("sync", 12, 2),
    ("resolve", 29, 3),
];

/// Only background work reads and writes these, whenever it is its turn.
const BACKGROUND: [&str; 3] = ["`what_ifs`", "`integration_health`", "`replicas`"];

/// What was sent during one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sent {
    statements: usize,
    loads: usize,
}

/// Counts what the service sends during each operation.
pub struct Counted {
    pub shop: TestShop,
    sent: Arc<Mutex<Vec<String>>>,
    /// Those of all operations.
    pub all: Arc<Mutex<Vec<String>>>,
    /// Those that a connection prepared to keep them.
    pub kept: Arc<Mutex<BTreeSet<String>>>,
    found: BTreeMap<String, Sent>,
}

impl Counted {
    pub async fn open(database: Database) -> Self {
        let app = TestApp::start_with(Arc::new(database), &QUIET).await;
        let sent: Arc<Mutex<Vec<String>>> = Arc::default();
        let all: Arc<Mutex<Vec<String>>> = Arc::default();
        let notes = [Arc::clone(&sent), Arc::clone(&all)];
        let store = app.service.store();
        let observed = store.observe_statements(move |text| {
            let verb = text.split(' ').next().unwrap_or_default();
            let is_counted = !BACKGROUND.iter().any(|table| text.contains(table));
            if is_counted && ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb) {
                let text = text.split(" -- binds").next().unwrap_or_default();
                for notes in &notes {
                    notes.lock().expect("no panic").push(text.to_owned());
                }
            }
        });
        assert!(observed);
        let kept: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let texts = Arc::clone(&kept);
        assert!(store.observe_kept_statements(move |sql| {
            texts.lock().expect("no panic").insert(sql.to_owned());
        }));
        let shop = TestShop::of(app, |options| options.physical_goods = false).await;
        Counted {
            shop,
            sent,
            all,
            kept,
            found: BTreeMap::new(),
        }
    }

    /// What was sent since it was taken last, in this order.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.sent.lock().expect("no panic"))
    }

    /// Sends one request and notes what it takes.
    async fn count(&mut self, name: &str, path: &str, body: &Value, status: u16) -> Value {
        self.count_as(name, &fresh_key(), path, body, status).await
    }

    async fn count_as(
        &mut self,
        name: &str,
        key: &str,
        path: &str,
        body: &Value,
        status: u16,
    ) -> Value {
        self.take();
        let answer: Answer = self.shop.post_as(key, path, body).await;
        let sent = self.take();
        let loads =
            |it: &&String| it.contains("FROM `transactions`") && it.contains("`content_hash`");
        let found = Sent {
            statements: sent.len(),
            loads: sent.iter().filter(loads).count(),
        };
        if std::env::var_os("ONTERMS_SHOW_STATEMENTS").is_some() {
            eprintln!("== {name}: {found:?}\n{}", sent.join("\n"));
        }
        self.found.insert(name.to_owned(), found);
        answer.expect(status)
    }

    /// The same for an operation on a payment.
    async fn act(&mut self, name: &str, payment: &Value, what: &str, body: Value) -> Value {
        self.count(name, &format!("{}/{what}", at(payment)), &body, 201)
            .await
    }
}

/// What is done to a payment, one after the other.
pub async fn operations(it: &mut Counted, order: &str) {
    let new = it.shop.new_payment(order);
    let begun = it.count("create", "/v1/payments", &new, 201).await;
    it.count("create again", "/v1/payments", &new, 200).await;
    let order = it.shop.confirm(&begun, true).await;
    let path = format!("{}/authorize", at(&begun));
    let body = json!({ "apruveOrderId": order });
    let payment = it.count("authorize", &path, &body, 200).await;

    let path = format!("{}/invoices", at(&payment));
    let body = json!({ "amount": "10", "issue": false });
    let invoice = it.count_as("invoice", "one", &path, &body, 201).await;
    it.count_as("invoice again", "one", &path, &body, 201).await;
    let below = |invoice: &Value, what: &str| format!("invoices/{}/{what}", text(invoice, "id"));
    it.act("issue", &payment, &below(&invoice, "issue"), json!({}))
        .await;
    it.act(
        "cancel invoice",
        &payment,
        &below(&invoice, "cancel"),
        json!({}),
    )
    .await;
    let body = json!({ "amount": "10", "shipment": {} });
    it.act("invoice with shipment", &payment, "invoices", body)
        .await;
    let invoice = it.shop.invoiced(&payment, "20").await;
    it.act(
        "shipment",
        &payment,
        &below(&invoice, "shipments"),
        json!({}),
    )
    .await;
    let body = json!({ "invoiceId": invoice["id"], "amount": "5", "currency": "USD" });
    it.act("refund", &payment, "refunds", body).await;
    it.act("cancel", &payment, "cancel", json!({})).await;
    let sync = format!("{}/sync", at(&payment));
    it.count("sync", &sync, &json!({}), 200).await;
}

async fn others(it: &mut Counted) {
    let method = it.shop.app.check("SO-2").await;
    it.shop.app.rule("Check", 20, &[&method], json!({})).await;
    let mut new = it.shop.new_payment("SO-2");
    new["paymentMethodId"] = json!(method);
    let check = it.count("create offline", "/v1/payments", &new, 201).await;
    it.act("capture", &check, "capture", json!({})).await;

    let mut new = it.shop.new_payment("SO-3");
    new["buyerEmail"] = json!(it.shop.sandbox.buyer_email);
    it.count("create on behalf", "/v1/payments/on-behalf", &new, 202)
        .await;

    let payment = it.shop.authorized("SO-4").await;
    it.shop.deaf("/orders/*/invoices").await;
    let lost = it
        .shop
        .act(&payment, "invoices", &json!({ "amount": "10" }))
        .await;
    let lost = lost.expect(202);
    it.shop.away().await;
    let path = format!(
        "{}/transactions/{}/resolve",
        at(&payment),
        text(&lost, "id")
    );
    let body = json!({ "state": "failed", "reason": "The provider says so.", "force": true });
    it.count("resolve", &path, &body, 200).await;
    it.shop.mended().await;

    let own = json!({ "settings": { "financing": "self" } });
    it.shop
        .app
        .patch(&it.shop.integration, &own)
        .await
        .expect(200);
    let (payment, invoice) = it.shop.with_invoice("SO-5").await;
    let what = format!("invoices/{}/close", text(&invoice, "id"));
    it.act("close", &payment, &what, json!({ "outcome": "paid" }))
        .await;
}

async fn all(database: Database) {
    let mut counted = Counted::open(database).await;
    operations(&mut counted, "SO-1").await;
    others(&mut counted).await;
    let over: Vec<String> = MOST
        .iter()
        .filter_map(|(name, statements, loads)| {
            let found = counted.found[*name];
            let is_more = found.statements > *statements || found.loads > *loads;
            is_more.then(|| format!("{name}: {found:?}"))
        })
        .collect();
    assert!(over.is_empty(), "{over:#?}");
    assert_eq!(counted.found.len(), MOST.len());
}

#[test]
fn an_operation_loads_its_payment_once_and_sends_few_statements() {
    actix_web::rt::System::new().block_on(all(Database::sqlite()));
}

/// What one request to begin a payment sent, without what the service does beside it.
async fn begun(it: &Counted, order: &str) -> Vec<String> {
    it.take();
    it.shop.begun(order).await;
    let tables = ["payments", "idempotency_keys", "integrations"];
    let about = |text: &String| tables.iter().any(|table| text.contains(table));
    it.take().into_iter().filter(about).collect()
}

on_both_databases! {
    async fn the_first_attempt_to_pay_an_order_is_written_at_once(database: Database) {
        let it = Counted::open(database).await;
        let reads = |sent: &[String]| sent.iter().filter(|text| text.starts_with("SELECT")).count();
        let is_one = it.shop.app.service.store().backend() == Backend::PostgreSql;
        // On SQLite, where a statement is no round trip: whether it is the first, and whether the account is the one that was
        // read last.
        let (most, checks) = if is_one { (1, 0) } else { (10, 2) };
        let accounts = 2;
        let first = begun(&it, "SO-1").await;
        assert!(first.len() <= accounts + most, "{first:#?}");
        let second = begun(&it, "SO-2").await;
        assert!(second.len() <= most && reads(&second) == checks, "{second:#?}");
        // The account may be another one now, which the write finds out.
        let label = json!({ "label": { "default": "Terms" } });
        it.shop.app.patch(&it.shop.integration, &label).await.expect(200);
        assert!(begun(&it, "SO-3").await.len() > most);
        let after = begun(&it, "SO-4").await;
        assert!(after.len() <= most && reads(&after) == checks, "{after:#?}");
    }
}
