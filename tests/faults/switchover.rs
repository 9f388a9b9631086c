//! PostgreSQL behind one address changes: the address leads to a standby for a while, and to another server for good.

use std::sync::Arc;

use diesel::RunQueryDsl;
use onterms::store::StoreError;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, until},
    support::{Database, postgres, proxy::Proxy},
};

const DATABASE: &str = "switched";

async fn new_integration(app: &TestApp, name: &str) -> Answer {
    let body = json!({
        "type": "check_money_order", "name": name, "label": { "default": "Check" },
        "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
    });
    app.post("/v1/integrations", &body).await
}

/// Writes by one statement, which is a transaction by itself.
async fn write_one(app: &TestApp) -> Result<usize, StoreError> {
    let statement = "UPDATE revision_counter SET number = number";
    let write = app
        .service
        .store()
        .write_one(move |tx| Ok::<_, StoreError>(diesel::sql_query(statement).execute(tx.conn())?));
    write.await
}

async fn ready(app: &TestApp) -> Value {
    app.bare(Method::GET, "/health/ready")
        .send()
        .await
        .expect(200)
}

async fn switched(primary: postgres::Cluster) {
    primary.create(DATABASE);
    let standby = primary.standby();
    let proxy = Proxy::to(primary.socket());
    let url = format!("postgresql://onterms@{}/{DATABASE}", proxy.address);
    let app = TestApp::start_with(Arc::new(Database::at(url)), &[]).await;
    new_integration(&app, "before").await.expect(201);
    assert_eq!(ready(&app).await["status"], "ok");
    // What the standby has not received yet, it must not lose.
    until(async || postgres::count(&standby, DATABASE, "integrations") == Some(1)).await;

    // A stale address: what answers there takes no writes.
    proxy.point_at(standby.socket());
    proxy.cut();
    for _ in 0..4 {
        let refused = new_integration(&app, "refused").await;
        assert_eq!(refused.problem(503), "unavailable");
        assert_ne!(refused.header("retry-after"), "");
        let one = write_one(&app).await;
        assert!(matches!(one, Err(StoreError::Unavailable)), "{one:?}");
    }
    until(async || ready(&app).await["reason"] == "the database is read-only").await;
    assert_eq!(ready(&app).await["status"], "degraded");
    let read = app.get("/v1/integrations").await.expect(200);
    assert_eq!(
        read["items"].as_array().map(Vec::len),
        Some(1),
        "it still reads"
    );

    // The address is mended. Nobody ends the connections to the standby but the service itself.
    proxy.point_at(primary.socket());
    until(async || write_one(&app).await.is_ok()).await;
    new_integration(&app, "after").await.expect(201);
    until(async || ready(&app).await["status"] == "ok").await;
    until(async || postgres::count(&standby, DATABASE, "integrations") == Some(2)).await;

    // The primary fails, and the standby takes over.
    primary.stop();
    let away = new_integration(&app, "away").await;
    assert_eq!(away.problem(503), "unavailable");
    until(async || ready(&app).await["status"] == "degraded").await;
    standby.promote();
    proxy.point_at(standby.socket());
    until(async || write_one(&app).await.is_ok()).await;
    new_integration(&app, "promoted").await.expect(201);
    until(async || ready(&app).await["status"] == "ok").await;
    let kept = app.get("/v1/integrations?sort=name").await.expect(200);
    let names: Vec<&str> = kept["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["name"].as_str())
        .collect();
    assert_eq!(names, ["after", "before", "promoted"]);
}

#[test]
fn a_server_that_turns_read_only_is_left_and_its_successor_found_without_a_restart() {
    match postgres::own_cluster() {
        Some(primary) => actix_web::rt::System::new().block_on(switched(primary)),
        None => postgres::skipped("a_server_that_turns_read_only"),
    }
}
