//! `/v1/reconciliation`: what Apruve has, compared with what we have.

mod recovery;
mod runs;

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{app::until, support::Database, test_shop::TestShop};

pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A shop whose workers poll so often that a test need not wait.
pub async fn open(database: Database) -> TestShop {
    open_on(Arc::new(database)).await
}

/// The same on a database that outlives it.
pub async fn open_on(database: Arc<Database>) -> TestShop {
    let flags = [("reconciliation.poll", "10ms"), ("payments.sweep", "10ms")];
    TestShop::open_with(database, &flags, |_| {}).await
}

/// The runs, newest first.
pub async fn runs(shop: &TestShop) -> Vec<Value> {
    let listed = shop.app.get("/v1/reconciliation/runs").await.expect(200);
    listed["items"].as_array().cloned().unwrap_or_default()
}

/// The newest run with what it came upon, once there are so many and all are over.
pub async fn finished(shop: &TestShop, how_many: usize) -> Value {
    until(async || {
        let runs = runs(shop).await;
        runs.len() == how_many && runs.iter().all(|run| run["state"] == "finished")
    })
    .await;
    let newest = runs(shop).await.swap_remove(0);
    let path = format!(
        "/v1/reconciliation/runs/{}",
        newest["id"].as_str().expect("an id")
    );
    shop.app.get(&path).await.expect(200)
}

/// The kinds and codes of what a run came upon.
pub fn findings(run: &Value) -> Vec<String> {
    let found = run["findings"].as_array().cloned().unwrap_or_default();
    found
        .iter()
        .map(|it| {
            let word = |field: &str| it[field].as_str().expect("a word");
            format!("{} {}", word("kind"), word("code"))
        })
        .collect()
}
