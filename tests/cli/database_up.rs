//! The metrics of a service whose database goes away and comes back.

use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use onterms::store::{Store, StoreError, StoreOptions};

use crate::{
    process::{Served, Workspace},
    support::Database,
};

async fn execute(server: &Store, statement: String) {
    let done = server.write_one(move |tx| {
        diesel::sql_query(statement).execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    done.await.expect("an administrator may");
}

async fn until_it_is(service: &mut Served, up: &str) {
    let line = format!("onterms_database_up {up}");
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let metrics = service.metrics().await;
        if metrics.lines().any(|it| it == line) {
            return;
        }
        assert!(Instant::now() < patience, "never `{line}`:\n{metrics}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_database_that_goes_away_is_down_until_it_is_back() {
    let Some(database) = Database::postgresql("a_database_that_goes_away_is_down") else {
        return;
    };
    let (address, options) = database.url().split_once('?').expect("options");
    let (server, name) = address.rsplit_once('/').expect("a name");
    let url = format!("{server}/postgres?{options}").parse();
    let mut options = StoreOptions::new(url.expect("an address like ours"));
    options.readers = 1;
    let server = Store::open(&options).expect("the server answers");
    let place = Workspace::new()
        .with_keys()
        .with("DATABASE_URL", database.url())
        .with("ONTERMS__METRICS__REFRESH", "20ms");
    let mut service = place.serve(&[]);
    until_it_is(&mut service, "1").await;
    let allow = |allowed: bool| format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS {allowed}");
    execute(&server, allow(false)).await;
    let end = format!(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    execute(&server, end).await;
    until_it_is(&mut service, "0").await;
    execute(&server, allow(true)).await;
    until_it_is(&mut service, "1").await;
}
