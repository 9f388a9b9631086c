//! What follows from the answer of a receiver.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Behaviour, ENDPOINTS, Receiver, change_rules, deliveries, got, path, rested, subscribe,
};
use crate::{
    TestApp,
    app::until,
    events::reported,
    support::{Database, on_both_databases},
};

/// Two attempts more after the first, five seconds and an hour later, and not to be found by chance.
const SCHEDULE: (&str, &str) = ("notifications.retry_schedule", "5s,1h");

async fn start(database: Database) -> TestApp {
    TestApp::start_with(database.into(), &[SCHEDULE]).await
}

async fn endpoint(app: &TestApp, made: &Value) -> Value {
    app.get(&path(made)).await.expect(200)
}

on_both_databases! {
    async fn an_error_is_tried_again_by_the_schedule_until_it_ends(database: Database) {
        let app = start(database).await;
        let receiver = Receiver::start(Behaviour::Status(500));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "One").await;
        let first = rested(&app, &made, 1).await.remove(0);
        assert_eq!((&first["state"], &first["status"], &first["failure"]), (&json!("pending"), &json!(500), &json!("server_error")));
        app.pass(Duration::from_secs(6));
        got(&receiver, 2).await;
        rested(&app, &made, 1).await;
        receiver.behave(Behaviour::Status(200));
        app.pass(Duration::from_secs(4320));
        got(&receiver, 3).await;
        let done = rested(&app, &made, 1).await.remove(0);
        assert_eq!((&done["state"], &done["attempts"], &done["failure"]), (&json!("delivered"), &json!(3), &Value::Null));
        let ids: Vec<String> = receiver.received().into_iter().map(|it| it.id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));

        receiver.behave(Behaviour::Status(404));
        change_rules(&app, "Two").await;
        rested(&app, &made, 2).await;
        for (pause, count) in [(6, 5), (4320, 6)] {
            app.pass(Duration::from_secs(pause));
            got(&receiver, count).await;
            rested(&app, &made, 2).await;
        }
        let lost = rested(&app, &made, 2).await.remove(1);
        assert_eq!((&lost["state"], &lost["failure"], &lost["nextAttemptAt"]), (&json!("failed"), &json!("client_error"), &Value::Null));
    }

    async fn a_receiver_may_ask_for_a_longer_pause(database: Database) {
        let app = start(database).await;
        let receiver = Receiver::start(Behaviour::RetryAfter(429, "90"));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "One").await;
        let waiting = rested(&app, &made, 1).await.remove(0);
        assert_eq!(waiting["nextAttemptAt"], "2026-03-01T12:01:30Z");
    }

    async fn one_that_is_gone_is_switched_off_and_the_others_are_reported(database: Database) {
        let app = start(database).await;
        let (receiver, other) = (Receiver::start(Behaviour::Status(410)), Receiver::start(Behaviour::Status(200)));
        let made = subscribe(&app, &receiver.url(), &["*"]).await;
        subscribe(&app, &other.url(), &["endpoint.*"]).await;
        change_rules(&app, "One").await;
        got(&other, 1).await;
        let event = other.received()[0].event();
        assert_eq!((&event["type"], &event["subject"]), (&json!("endpoint.disabled"), &made["id"]));
        assert_eq!(event["data"], json!({ "id": made["id"], "version": 2, "enabled": false, "disabledReason": "gone", "updatedAt": "2026-03-01T12:00:00Z" }));
        let off = endpoint(&app, &made).await;
        assert_eq!((&off["enabled"], &off["disabledReason"]), (&json!(false), &json!("gone")));
        assert_eq!(rested(&app, &made, 1).await[0]["state"], "failed");
        let log = app.get("/v1/audit-log?action=disable").await.expect(200);
        assert_eq!(log["items"][0]["actor"], "onterms");
        let on = app.patch(&path(&made), &json!({ "enabled": true })).await.expect(200);
        assert_eq!(on["disabledReason"], Value::Null);
        assert_eq!(receiver.received().len(), 1);
    }

    async fn five_days_of_nothing_but_errors_switch_an_endpoint_off(database: Database) {
        let app = start(database).await;
        let receiver = Receiver::start(Behaviour::Status(503));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        let attempt = async |name: &str, count: usize| {
            change_rules(&app, name).await;
            rested(&app, &made, count).await;
        };
        attempt("One", 1).await;
        app.pass(Duration::from_secs(4 * 86_400));
        receiver.behave(Behaviour::Status(200));
        attempt("Two", 2).await;
        receiver.behave(Behaviour::Status(503));
        app.pass(Duration::from_secs(2 * 86_400));
        attempt("Three", 3).await;
        assert_eq!(endpoint(&app, &made).await["enabled"], true, "it worked in between");
        app.pass(Duration::from_secs(5 * 86_400));
        change_rules(&app, "Four").await;
        until(async || endpoint(&app, &made).await["enabled"] == false).await;
        assert_eq!(endpoint(&app, &made).await["disabledReason"], "failing");
        assert_eq!(reported(&app, "type=endpoint.disabled").await.len(), 1);
    }

    async fn a_redirect_is_not_followed_and_an_endless_answer_is_cut(database: Database) {
        let app = start(database).await;
        let receiver = Receiver::start(Behaviour::Redirect);
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "One").await;
        let waiting = rested(&app, &made, 1).await.remove(0);
        assert_eq!((&waiting["status"], &waiting["failure"]), (&json!(307), &json!("redirect")));
        assert_eq!(receiver.received().len(), 1);
        receiver.behave(Behaviour::Endless);
        app.pass(Duration::from_secs(6));
        got(&receiver, 2).await;
        assert_eq!(rested(&app, &made, 1).await[0]["state"], "delivered");
        assert!(receiver.received().iter().all(|it| it.path == "/hook?token=1"));
    }

    async fn an_answer_that_trickles_ends_with_the_time_for_it(database: Database) {
        let limit = ("notifications.timeout", "1s");
        let app = TestApp::start_with(database.into(), &[SCHEDULE, limit]).await;
        let (slow, quick) = (Receiver::start(Behaviour::Trickle), Receiver::start(Behaviour::Status(200)));
        let made = subscribe(&app, &slow.url(), &["rules.changed"]).await;
        subscribe(&app, &quick.url(), &["rules.changed"]).await;
        for nth in 0..9 {
            change_rules(&app, &format!("Rule {nth}")).await;
        }
        got(&quick, 9).await;
        // The status was the answer.
        until(async || deliveries(&app, &made).await.iter().filter(|it| it["state"] == "delivered").count() == 9).await;
        let all = deliveries(&app, &made).await;
        let longest = all.iter().filter_map(|it| it["durationMs"].as_i64()).max();
        assert!(longest.is_some_and(|it| (800..10_000).contains(&it)), "{longest:?}");
    }

    async fn one_that_is_slow_delays_nobody_else(database: Database) {
        let app = start(database).await;
        let (slow, quick) = (Receiver::start(Behaviour::Silent), Receiver::start(Behaviour::Status(200)));
        let made = subscribe(&app, &slow.url(), &["rules.changed"]).await;
        subscribe(&app, &quick.url(), &["rules.changed"]).await;
        for nth in 0..10 {
            change_rules(&app, &format!("Rule {nth}")).await;
        }
        got(&quick, 10).await;
        got(&slow, 4).await;
        assert_eq!(slow.received().len(), 4, "no more are under way than may be");
        assert!(rested_not(&app, &made).await);
    }

    async fn one_that_does_not_answer_in_time_or_at_all_is_tried_again(database: Database) {
        let app = TestApp::start_with(database.into(), &[SCHEDULE, ("notifications.timeout", "100ms")]).await;
        let silent = Receiver::start(Behaviour::Silent);
        let late = subscribe(&app, &silent.url(), &["rules.changed"]).await;
        let nobody = subscribe(&app, "http://127.0.0.1:1/", &["rules.changed"]).await;
        change_rules(&app, "One").await;
        for (made, failure) in [(late, "timeout"), (nobody, "unreachable")] {
            until(async || deliveries(&app, &made).await.first().is_some_and(|it| it["failure"] == failure)).await;
        }
    }

    async fn an_address_is_checked_again_at_every_attempt(database: Database) {
        let database = std::sync::Arc::new(database);
        let (private, url) = ([("notifications.allowed_hosts", "10.255.255.1"), ("notifications.timeout", "50ms"), SCHEDULE], "http://10.255.255.1:81/hook");
        let made = {
            let app = TestApp::start_with(std::sync::Arc::clone(&database), &private).await;
            let made = subscribe(&app, url, &["rules.changed"]).await;
            // Its workers end with the store.
            app.service.store().close().await;
            made
        };
        // Another configuration allows it no more.
        let app = TestApp::start_with(database, &[SCHEDULE]).await;
        assert_eq!(app.post(ENDPOINTS, &json!({ "url": url, "types": ["*"] })).await.pointers(), ["/url"]);
        change_rules(&app, "One").await;
        until(async || deliveries(&app, &made).await.first().is_some_and(|it| it["failure"] == "address_refused")).await;
    }
}

/// Whether some delivery is under way.
async fn rested_not(app: &TestApp, made: &Value) -> bool {
    let all = deliveries(app, made).await;
    all.iter()
        .any(|it| it["attempts"] == 1 && it["status"].is_null())
}
