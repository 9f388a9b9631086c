//! `invoice.overdue`: once for each invoice and bucket, over replicas and restarts.

use std::{sync::Arc, time::Duration};

use futures_util::future::join;
use serde_json::json;

use super::{check_method, moment, sale};
use crate::{
    TestApp,
    app::execute,
    events::{reported, text},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const DAY: Duration = Duration::from_secs(86_400);

/// What was told, as number and days past due.
async fn overdue(app: &TestApp) -> Vec<(String, u64)> {
    let events = reported(app, "type=invoice.overdue").await;
    let reported = |event: &serde_json::Value| {
        let invoice = &event["data"]["invoice"];
        assert_eq!(event["subject"], event["data"]["id"]);
        (
            text(invoice, "number").to_owned(),
            invoice["daysPastDue"].as_u64().expect("days"),
        )
    };
    let mut all: Vec<_> = events.iter().map(reported).collect();
    all.sort();
    all
}

async fn watch(app: &TestApp) -> u64 {
    app.service
        .watch_invoices()
        .await
        .expect("it is looked for")
}

on_both_databases! {
    async fn each_bucket_is_reported_once_however_many_replicas_look(database: Database) {
        let database = Arc::new(database);
        let shop = TestShop::open_with(Arc::clone(&database), &[], |options| options.physical_goods = false).await;
        let other = TestApp::start_with(Arc::clone(&database), &[]).await;
        let method = check_method(&shop, "checks").await;
        let due = moment(shop.app.now() + DAY * 2);
        sale(&shop, &method, "SO-1", json!({ "dueAt": due }), json!({})).await;
        let paid = sale(&shop, &method, "SO-2", json!({ "dueAt": due }), json!({})).await;
        shop.act(&paid, "capture", &json!({})).await.expect(201);
        sale(&shop, &method, "SO-3", json!({}), json!({})).await;
        let (_, invoice) = shop.with_invoice("SO-4").await;
        let number = text(&invoice, "number").to_owned();
        assert_eq!(watch(&shop.app).await, 0, "nothing is due yet");

        let mut expected = Vec::new();
        // Apruve's invoice has been due since the first day, the sale since the second one.
        for (days, sale, apruve) in [(1, None, Some(1)), (1, Some(1), None), (29, None, Some(30)), (1, None, Some(31)), (1, Some(31), None), (100, Some(131), Some(132))] {
            shop.pass(DAY * days).await;
            other.pass(DAY * days);
            let (one, two) = join(watch(&shop.app), watch(&other)).await;
            let days_past = |days: Option<u64>| days.filter(|days| *days != 30);
            expected.extend(days_past(sale).map(|days| ("SO-1".to_owned(), days)));
            expected.extend(days_past(apruve).map(|days| (number.clone(), days)));
            expected.sort();
            assert_eq!(overdue(&shop.app).await, expected, "{one} {two}");
            assert_eq!(watch(&shop.app).await + watch(&other).await, 0, "once is enough");
        }
        let again = TestApp::start_with(Arc::clone(&database), &[]).await;
        again.pass(DAY * 134);
        assert_eq!(watch(&again).await, 0, "a restart tells nothing again");
    }

    async fn what_was_overdue_before_the_upgrade_is_not_reported(database: Database) {
        let shop = TestShop::of_services(database).await;
        let method = check_method(&shop, "checks").await;
        let due = moment(shop.app.now() + DAY);
        sale(&shop, &method, "SO-1", json!({ "dueAt": due }), json!({})).await;
        shop.pass(DAY * 10).await;
        // As an older version leaves it.
        for statement in ["DELETE FROM invoices", "UPDATE payments SET listed_version = 0", "UPDATE transactions SET booked_at = '9999-12-31 00:00:00'"] {
            execute(&shop.app, statement).await;
        }
        assert_eq!(shop.app.service.fill_invoices().await.expect("it is filled"), 1);
        assert_eq!(shop.app.service.fill_invoices().await.expect("it is filled"), 0);
        assert_eq!(watch(&shop.app).await, 0);
        let listed = shop.app.get("/v1/invoices?overdue=true").await.expect(200);
        assert_eq!(listed["items"][0]["daysPastDue"], 9, "{listed}");
        shop.pass(DAY * 30).await;
        assert_eq!(watch(&shop.app).await, 1, "the next bucket is");
        assert_eq!(overdue(&shop.app).await, [("SO-1".to_owned(), 39)]);
    }
}
