//! What an upgrade does with rows that are there.

use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use onterms::clock::Clock;
use onterms::store::{
    Migrator, Store, StoreError,
    schema::{findings, payments, reconciliation_findings},
};
use serde_json::json;

use super::listed;
use crate::{
    TestApp,
    payments::shop_floor::text,
    reconciliation::{self, finished},
    support::{Database, on_both_databases},
};

/// The migration that made findings.
const VERSION: &str = "20261126000002";

/// Undoes everything down to the migration that made findings, and runs it all again.
fn down_and_up(database: &Database) {
    let mut migrator = Migrator::open(&database.options()).expect("the database opens");
    loop {
        let undone = migrator.revert_last().expect("a migration undoes itself");
        let undone = undone.expect("it is among them");
        if undone.replace('-', "").contains(VERSION) {
            break;
        }
    }
    migrator.run().expect("a migration runs again");
}

on_both_databases! {
    async fn runs_keep_what_they_found_and_ended_attempts_are_compared_again(database: Database) {
        let database = Arc::new(database);
        let shop = reconciliation::open_on(Arc::clone(&database)).await;
        let (_, second) = shop.with_two_orders("SO-1").await;
        for order_id in ["SO-2", "SO-3"] {
            let ended = shop.begun(order_id).await;
            shop.act(&ended, "cancel", &json!({})).await.expect(201);
        }
        shop.app.request(reqwest::Method::POST, "/v1/reconciliation/runs").send().await.expect(202);
        let run = finished(&shop, 1).await;
        assert_eq!(listed(&shop.app, "").await.len(), 1);
        // As it was before: nobody compares what has ended, lately or long ago.
        shop.app.is_tampered();
        let now = Clock::system().now();
        let written = shop.app.service.store().write(move |tx| {
            for (order_id, days) in [("SO-2", 119), ("SO-3", 121)] {
                let rests_since = (now - TimeDelta::days(days)).naive_utc();
                diesel::update(payments::table.filter(payments::order_id.eq(order_id)))
                    .set((payments::rests_since.eq(rests_since), payments::reconcile_at.eq(None::<NaiveDateTime>)))
                    .execute(tx.conn())?;
            }
            Ok::<_, StoreError>(())
        });
        written.await.expect("rows");
        drop(shop);

        down_and_up(&database);
        let store = Store::open(&database.options()).expect("the database opens");
        let left = store.read(|conn| {
            let findings: i64 = findings::table.count().get_result(conn)?;
            let found: Vec<(String, Option<String>, Option<String>)> = reconciliation_findings::table
                .select((reconciliation_findings::code, reconciliation_findings::reference, reconciliation_findings::finding_id))
                .load(conn)?;
            let due: Vec<(String, bool)> = payments::table
                .filter(payments::order_id.ne("SO-1"))
                .order(payments::order_id.asc())
                .select((payments::order_id, payments::reconcile_at.is_not_null()))
                .load(conn)?;
            Ok::<_, StoreError>((findings, found, due))
        });
        let (findings, found, due) = left.await.expect("rows");
        assert_eq!(findings, 0);
        assert_eq!(found, [("second_order".to_owned(), Some(second.clone()), None)]);
        assert_eq!(due, [("SO-2".to_owned(), true), ("SO-3".to_owned(), false)]);

        let app = TestApp::start_with(database, &[("reconciliation.poll", "1h")]).await;
        app.is_tampered();
        let path = format!("/v1/reconciliation/runs/{}", text(&run, "id"));
        let shown = app.get(&path).await.expect(200);
        let before = &run["findings"][0];
        assert_eq!(shown["findings"], json!([{
            "paymentId": before["paymentId"], "kind": "unexplained", "code": "second_order",
            "message": before["message"], "reference": second,
        }]));
    }
}
