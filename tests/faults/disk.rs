//! What happens to a SQLite database under a running service: its file is moved away or replaced, and its disk is full.

use std::{cell::Cell, fs, path::PathBuf, sync::Arc};

use diesel::RunQueryDsl;
use onterms::store::{DatabaseUrl, StoreError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, until},
    support::Database,
};

async fn new_integration(app: &TestApp, name: &str) -> Answer {
    let body = json!({
        "type": "check_money_order", "name": name, "label": { "default": "Check" },
        "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
    });
    app.post("/v1/integrations", &body).await
}

async fn ready(app: &TestApp) -> Value {
    app.bare(Method::GET, "/health/ready")
        .send()
        .await
        .expect(200)
}

/// Refuses to write, says so, and says why.
async fn is_refused(app: &TestApp, why: &str) {
    let refused = new_integration(app, "refused").await;
    assert_eq!(refused.problem(503), "unavailable");
    assert_ne!(refused.header("retry-after"), "");
    until(async || {
        let refused = new_integration(app, "refused").await.status;
        let shown = ready(app).await;
        let reason = shown["reason"].as_str().unwrap_or_default();
        refused == 503 && shown["status"] == "degraded" && reason.contains(why)
    })
    .await;
}

async fn is_well(app: &TestApp, name: &str) {
    until(async || ready(app).await["status"] == "ok").await;
    new_integration(app, name).await.expect(201);
}

fn file(database: &Database) -> PathBuf {
    match database.options().url {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::PostgreSql(_) => unreachable!("not on SQLite"),
    }
}

#[actix_web::test]
async fn a_database_file_that_is_moved_away_or_replaced_takes_no_writes_until_it_is_back() {
    let database = Arc::new(Database::sqlite());
    let app = TestApp::start_with(Arc::clone(&database), &[]).await;
    is_well(&app, "first").await;
    let path = file(&database);
    let aside = path.with_extension("aside");

    fs::rename(&path, &aside).expect("moved away");
    is_refused(&app, "moved away or replaced").await;
    assert!(!path.exists(), "no other one was made in its place");
    fs::rename(&aside, &path).expect("moved back");
    is_well(&app, "second").await;

    // Somebody restores a copy, or anything else.
    let other = Database::sqlite();
    fs::rename(&path, &aside).expect("moved away");
    fs::copy(file(&other), &path).expect("another one in its place");
    is_refused(&app, "moved away or replaced").await;
    fs::rename(&aside, &path).expect("moved back");
    is_well(&app, "third").await;
    let kept = app.get("/v1/integrations?sort=name").await.expect(200);
    let names: Vec<&Value> = kept["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["first", "second", "third"]);
}

/// Sets how many pages the writer's connection may use.
async fn limit(app: &TestApp, pages: u32) {
    let statement = format!("PRAGMA max_page_count = {pages}");
    let done = app.service.store().write(move |tx| {
        diesel::sql_query(statement).execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    done.await.expect("a limit");
}

#[actix_web::test]
async fn a_full_disk_is_said_and_is_over_when_there_is_room_again() {
    let app = TestApp::start(Database::sqlite()).await;
    is_well(&app, "first").await;
    // As many as there are.
    limit(&app, 1).await;
    // Some room is left in them.
    let number = Cell::new(0);
    until(async || {
        number.set(number.get() + 1);
        let name = format!("{} {}", "x".repeat(200), number.get());
        new_integration(&app, &name).await.status == 503
    })
    .await;
    is_refused(&app, "full").await;
    app.get("/v1/integrations").await.expect(200);
    limit(&app, 1_000_000).await;
    is_well(&app, "last").await;
}

#[actix_web::test]
async fn a_service_starts_also_while_its_disk_is_full() {
    let database = Arc::new(Database::sqlite());
    let first = TestApp::start_with(Arc::clone(&database), &[]).await;
    is_well(&first, "first").await;
    // As a full disk does, for the row that says that a service is alive.
    let full = "CREATE TRIGGER full BEFORE INSERT ON replicas BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";
    let done = first.service.store().write(move |tx| {
        diesel::sql_query(full).execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    done.await.expect("a trigger");
    drop(first);
    let second = TestApp::start_with(database, &[]).await;
    let cart = json!({ "currency": "USD", "total": "10.00" });
    let answer = second.post("/v1/checkout/payment-methods", &cart).await;
    assert_eq!(answer.expect(200)["offered"], json!([]));
}
