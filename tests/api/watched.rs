//! What operators watch, as the metrics read it.

use std::time::Duration;

use chrono::TimeDelta;
use onterms::{
    payments::{self, Status},
    store::{Conn, StoreError},
    webhooks::{self, WebhookEventState},
};
use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// Reads from the database of a running service.
async fn read<T: Send + 'static>(
    app: &TestApp,
    f: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
) -> T {
    app.service.store().read(f).await.expect("an answer")
}

on_both_databases! {
    async fn payments_are_counted_by_status(database: Database) {
        let shop = TestShop::open(database).await;
        shop.begun("SO-1").await;
        shop.authorized("SO-2").await;
        shop.authorized("SO-3").await;
        let counts = read(&shop.app, payments::store::count_by_status).await;
        let of = |status: Status| counts.get(status.as_str()).copied();
        assert_eq!((of(Status::Pending), of(Status::Authorized), of(Status::Paid)), (Some(1), Some(2), None));
    }

    async fn an_outcome_that_is_not_known_counts_from_the_moment_of_its_call(database: Database) {
        // Nothing is read back by itself.
        let shop = TestShop::open_with(database.into(), &[("payments.sweep", "1h"), ("reconciliation.poll", "1h")], |_| {}).await;
        let payment = shop.authorized("SO-1").await;
        let none = read(&shop.app, payments::store::oldest_unsettled).await;
        assert_eq!(none, None);
        shop.app.pass(Duration::from_secs(86_400));
        let began = shop.app.now();
        shop.deaf("/orders/*/invoices").await;
        shop.act(&payment, "invoices", &json!({})).await.expect(202);
        shop.app.pass(Duration::from_secs(300));
        let now = shop.app.now();
        assert_eq!(read(&shop.app, payments::store::oldest_unsettled).await, Some(began));
        for (age, count) in [(0, 1), (300, 1), (301, 0)] {
            let began_by = now - TimeDelta::seconds(age);
            let counted = read(&shop.app, move |conn| payments::store::count_unsettled_since(conn, began_by)).await;
            assert_eq!(counted, count, "{age} s");
        }
        // It was due five seconds after the call.
        let due = read(&shop.app, move |conn| payments::store::oldest_due(conn, now)).await;
        assert_eq!(due, Some(began + TimeDelta::seconds(5)));
    }

    async fn money_that_does_not_come_is_counted_once_its_time_is_over(database: Database) {
        let shop = TestShop::of_services(database).await;
        shop.with_invoice("SO-1").await;
        let overdue = async || {
            let now = shop.app.now();
            read(&shop.app, move |conn| payments::count_overdue(conn, now)).await
        };
        let changed = shop.app.patch(&shop.integration, &json!({ "settings": { "requiresShipment": false } })).await;
        changed.expect(200);
        assert_eq!(overdue().await, 0);
        shop.app.pass(Duration::from_secs(24 * 3600 + 1));
        assert_eq!(overdue().await, 1);
    }

    async fn events_that_wait_are_counted_and_the_oldest_is_known(database: Database) {
        let shop = TestShop::open_with(database.into(), &[("webhooks.poll", "1h")], |_| {}).await;
        let now = shop.app.now();
        assert_eq!(read(&shop.app, webhooks::oldest_pending_event).await, None);
        let due = read(&shop.app, move |conn| webhooks::oldest_due_event(conn, now)).await;
        assert_eq!(due, None);
        // Nobody can be asked about it, so it stays.
        shop.away().await;
        let path = shop.webhook_url.split_once("/webhooks").map(|(_, path)| format!("/webhooks{path}")).expect("a path");
        let key = json!({ "settings": { "webhookPublicKeys": [] } });
        shop.app.patch(&shop.integration, &key).await.expect(200);
        let event = json!({ "event": "order.accepted", "uuid": "1", "entity": { "id": "0123456789abcdef0123456789abcdef", "merchant_order_id": "SO-1" } });
        let sent = shop.app.bare(Method::POST, &path).json(&event).send().await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let count = async |state| read(&shop.app, move |conn| webhooks::count_events_in(conn, state)).await;
        assert_eq!(count(WebhookEventState::Received).await, 1);
        assert_eq!(count(WebhookEventState::Failed).await, 0);
        assert_eq!(read(&shop.app, webhooks::oldest_pending_event).await, Some(now));
    }
}
