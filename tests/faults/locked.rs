//! Somebody holds a lock on one table: what needs another one is answered.

use std::{rc::Rc, sync::Arc, time::Duration};

use diesel::RunQueryDsl;
use onterms::store::StoreError;
use reqwest::Method;
use serde_json::json;

use crate::{
    app::until,
    buyer::at,
    support::{Database, postgres},
    test_shop::TestShop,
};

/// More than there are threads for any of them.
const STUCK: usize = 12;

async fn others_are_answered(database: Database) {
    let database = Arc::new(database);
    let shop = Rc::new(TestShop::open_with(Arc::clone(&database), &[], |_| {}).await);
    let payment = shop.authorized("SO-1").await;
    let behind = onterms::store::Store::open(&database.options()).expect("the database opens");
    let (holding, held) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let lock = actix_web::rt::spawn(async move {
        let lock = behind.write(move |tx| {
            let statement = "LOCK TABLE webhook_events IN ACCESS EXCLUSIVE MODE";
            diesel::sql_query(statement).execute(tx.conn())?;
            holding.send(()).expect("the test waits");
            released.recv().expect("the test releases");
            Ok::<_, StoreError>(())
        });
        lock.await
    });
    held.await.expect("the lock is held");

    // Each of them waits for the table until its patience ends, and then again.
    let requests = |path: &'static str| {
        let requests = (0..STUCK).map(|_| {
            let shop = Rc::clone(&shop);
            actix_web::rt::spawn(async move {
                loop {
                    let answer = shop.app.request(Method::GET, path).send().await;
                    if answer.status != 503 {
                        return answer;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        });
        requests.collect::<Vec<_>>()
    };
    let mut stuck = requests("/v1/webhook-events");
    stuck.extend(requests(
        "/v1/webhook-events/event_01h455vb4pex5vsknk084sn02q",
    ));
    // All that threads may take of them is taken.
    let store = shop.app.service.store();
    until(async || store.load().reads_waiting >= STUCK).await;

    shop.app.get(&at(&payment)).await.expect(200);
    shop.app.get("/v1/payments").await.expect(200);
    shop.app.get("/v1/integrations").await.expect(200);
    shop.app.get("/v1/findings").await.expect(200);
    shop.begun("SO-2").await;
    let invoice = json!({ "amount": "40.00" });
    let url = format!("{}/invoices", at(&payment));
    shop.post(&url, &invoice).await.expect(201);
    let ready = shop.app.bare(Method::GET, "/health/ready").send().await;
    assert_eq!(ready.expect(200)["status"], "ok");
    until(async || store.load().reads_waiting >= STUCK).await;
    let answered = stuck.iter().filter(|request| request.is_finished()).count();
    assert_eq!(answered, 0, "the others were answered while these waited");

    release.send(()).expect("the lock is still held");
    lock.await
        .expect("no panic")
        .expect("the lock is given back");
    for request in stuck {
        let answer = request.await.expect("no panic");
        assert!([200, 404].contains(&answer.status.as_u16()), "{answer:?}");
    }
}

#[test]
fn a_lock_on_webhook_events_stops_nothing_that_is_about_payments() {
    match Database::postgresql("a_lock_on_webhook_events") {
        Some(database) => actix_web::rt::System::new().block_on(others_are_answered(database)),
        None => postgres::say("skipped a_lock_on_webhook_events"),
    }
}
