//! What is posted: which events, with which signature, and again when somebody asks for it.

use std::time::Duration;

use serde_json::json;

use super::{Behaviour, Receiver, change_rules, deliveries, got, path, rested, secret, subscribe};
use crate::{
    TestApp,
    app::until,
    events::{numbered, reported},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

on_both_databases! {
    async fn what_happens_is_posted_as_the_feed_shows_it(database: Database) {
        let shop = TestShop::open(database).await;
        let receiver = Receiver::start(Behaviour::Status(204));
        numbered(&shop.app).await;
        let made = subscribe(&shop.app, &receiver.url(), &["payment.paid", "payment.created"]).await;
        let payment = shop.by_check("SO-1").await;
        shop.act(&payment, "capture", &json!({})).await.expect(201);
        got(&receiver, 2).await;
        assert_eq!(receiver.kinds(), ["payment.created", "payment.paid"], "other types are left out");
        let fed = reported(&shop.app, "type=payment.paid").await;
        let all = receiver.received();
        let paid = all.iter().find(|it| it.kind() == "payment.paid").expect("it was paid");
        assert_eq!(paid.event(), fed[0]);
        assert_eq!(paid.id, fed[0]["id"]);
        assert_eq!(paid.content_type, "application/cloudevents+json");
        assert_eq!(paid.path, "/hook?token=1");
        assert_eq!(paid.timestamp, shop.app.now().timestamp());
        assert_eq!(paid.signatures.len(), 1);
        assert!(paid.is_signed_with(secret(&made)));
        let done = rested(&shop.app, &made, 2).await;
        for delivery in &done {
            assert_eq!((&delivery["state"], &delivery["status"], &delivery["attempts"]), (&json!("delivered"), &json!(204), &json!(1)));
            assert!(delivery["durationMs"].is_number() && delivery["nextAttemptAt"].is_null(), "{delivery}");
            assert!(!delivery.to_string().contains("taken"), "nothing of the answer is kept");
        }
        // Finished ones go with the events.
        shop.app.pass(Duration::from_secs(31 * 86_400));
        shop.app.service.sweep().await.expect("old rows are swept");
        assert_eq!(deliveries(&shop.app, &made).await.len(), 0);
    }

    async fn after_a_rotation_both_secrets_sign_until_the_grace_is_over(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        let rotate = format!("{}/rotate-secret", path(&made));
        let rotated = app.post(&rotate, &json!({ "graceSeconds": 60 })).await;
        assert_eq!(rotated.etag(), "\"2\"");
        let rotated = rotated.expect(200);
        assert_ne!(secret(&made), secret(&rotated));
        change_rules(&app, "One").await;
        got(&receiver, 1).await;
        rested(&app, &made, 1).await;
        app.pass(Duration::from_secs(61));
        change_rules(&app, "Two").await;
        got(&receiver, 2).await;
        let [both, one] = &receiver.received()[..] else { panic!("two messages") };
        assert!(both.is_signed_with(secret(&made)) && both.is_signed_with(secret(&rotated)));
        assert!(!one.is_signed_with(secret(&made)) && one.is_signed_with(secret(&rotated)));
        assert_eq!((both.signatures.len(), one.signatures.len()), (2, 1));
        let last = app.post(&rotate, &json!({ "graceSeconds": 0 })).await.expect(200);
        change_rules(&app, "Three").await;
        got(&receiver, 3).await;
        let third = &receiver.received()[2];
        assert!(third.is_signed_with(secret(&last)) && third.signatures.len() == 1);
    }

    async fn a_rotation_within_the_grace_of_another_leaves_each_secret_its_own_time(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        let first = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        let rotate = format!("{}/rotate-secret", path(&first));
        let second = app.post(&rotate, &json!({ "graceSeconds": 60 })).await.expect(200);
        app.pass(Duration::from_secs(10));
        let third = app.post(&rotate, &json!({ "graceSeconds": 20 })).await.expect(200);
        let signers = async |name: &str, count: usize| {
            change_rules(&app, name).await;
            got(&receiver, count).await;
            let message = receiver.received().pop().expect("a message");
            let valid = [&first, &second, &third].map(|it| message.is_signed_with(secret(it)));
            assert_eq!(message.signatures.len(), valid.iter().filter(|it| **it).count(), "{name}");
            valid
        };
        // A shorter grace also shortens that of the ones before: what is retired now is not to be trusted for longer.
        assert_eq!(signers("One", 1).await, [true, true, true]);
        app.pass(Duration::from_secs(21));
        assert_eq!(signers("Two", 2).await, [false, false, true]);
        // The header stays short however often somebody rotates.
        for _ in 0..6 {
            app.post(&rotate, &json!({ "graceSeconds": 3600 })).await.expect(200);
            app.pass(Duration::from_secs(1));
        }
        change_rules(&app, "Three").await;
        got(&receiver, 3).await;
        assert_eq!(receiver.received()[2].signatures.len(), 5);
    }

    async fn one_that_is_under_way_is_delivered_again_and_its_first_result_is_dropped(database: Database) {
        let app = TestApp::start_with(database.into(), &[("notifications.per_endpoint", "1")]).await;
        let release = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
        let receiver = Receiver::start(Behaviour::AfterPermit(std::sync::Arc::clone(&release), 500));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "One").await;
        got(&receiver, 1).await;
        let under_way = deliveries(&app, &made).await.remove(0);
        assert_eq!((&under_way["state"], &under_way["attempts"]), (&json!("pending"), &json!(1)));
        receiver.behave(Behaviour::Status(200));
        let again = format!("/v1/deliveries/{}/redeliver", under_way["id"].as_str().expect("an id"));
        app.post(&again, &json!({})).await.expect(202);
        got(&receiver, 2).await;
        let is_delivered = async || deliveries(&app, &made).await[0]["state"] == "delivered";
        until(is_delivered).await;
        release.add_permits(1);
        change_rules(&app, "Two").await;
        got(&receiver, 3).await;
        let all = rested(&app, &made, 2).await;
        assert_eq!((&all[0]["state"], &all[0]["status"], &all[0]["attempts"]), (&json!("delivered"), &json!(200), &json!(1)), "{all:?}");
        let [one, two, _] = &receiver.received()[..] else { panic!("three messages") };
        assert_eq!((&one.id, &one.body), (&two.id, &two.body));
    }

    async fn a_ping_goes_to_the_one_that_is_tried(database: Database) {
        let app = TestApp::start(database).await;
        let (one, other) = (Receiver::start(Behaviour::Status(200)), Receiver::start(Behaviour::Status(200)));
        let tried = subscribe(&app, &one.url(), &["payment.paid"]).await;
        subscribe(&app, &other.url(), &["*"]).await;
        let ping = app.post(&format!("{}/ping", path(&tried)), &json!({})).await.expect(202);
        assert_eq!((&ping["eventType"], &ping["state"]), (&json!("ping"), &json!("pending")));
        got(&one, 1).await;
        let event = one.received()[0].event();
        assert_eq!((&event["type"], &event["subject"], &event["id"]), (&json!("ping"), &tried["id"], &ping["eventId"]));
        change_rules(&app, "One").await;
        got(&other, 1).await;
        assert_eq!(other.kinds(), ["rules.changed"]);
        assert_eq!(one.kinds(), ["ping"]);
    }

    async fn a_delivery_is_made_again_with_the_id_of_its_event(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "One").await;
        let first = rested(&app, &made, 1).await.remove(0);
        let again = format!("/v1/deliveries/{}/redeliver", first["id"].as_str().expect("an id"));
        app.pass(Duration::from_secs(10));
        assert_eq!(app.post(&again, &json!({})).await.expect(202)["state"], "pending");
        got(&receiver, 2).await;
        let [one, two] = &receiver.received()[..] else { panic!("two messages") };
        assert_eq!((&one.id, &one.body, one.timestamp + 10), (&two.id, &two.body, two.timestamp));
        assert_eq!(rested(&app, &made, 1).await.len(), 1, "it is the same delivery");
    }

    async fn what_happened_since_a_moment_is_delivered_again(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        for name in ["One", "Two", "Three"] {
            change_rules(&app, name).await;
            app.pass(Duration::from_secs(60));
        }
        numbered(&app).await;
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        change_rules(&app, "Four").await;
        got(&receiver, 1).await;
        rested(&app, &made, 1).await;
        let since = json!({ "since": "2026-03-01T12:01:00Z" });
        let started = app.post(&format!("{}/replay", path(&made)), &since).await.expect(202);
        assert_eq!(started, json!({ "since": since["since"], "after": format!("{:020}", 1) }));
        got(&receiver, 4).await;
        rested(&app, &made, 3).await;
        let mut sequences: Vec<String> = receiver.received().iter().map(|it| it.event()["sequence"].as_str().expect("a text").to_owned()).collect();
        sequences.sort();
        assert_eq!(sequences, [2, 3, 4, 4].map(|it| format!("{it:020}")));
    }

    async fn one_that_is_off_gets_nothing_and_begins_with_what_comes_then(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        let control = Receiver::start(Behaviour::Status(200));
        let other = subscribe(&app, &control.url(), &["rules.changed"]).await;
        app.patch(&path(&made), &json!({ "enabled": false })).await.expect(200);
        change_rules(&app, "One").await;
        got(&control, 1).await;
        app.patch(&path(&made), &json!({ "enabled": true })).await.expect(200);
        change_rules(&app, "Two").await;
        got(&receiver, 1).await;
        assert_eq!(receiver.received()[0].event()["sequence"], format!("{:020}", 2));
        app.delete(&path(&made)).await.expect(204);
        change_rules(&app, "Three").await;
        got(&control, 3).await;
        until(async || app.service.sweep().await.expect("its rows go") == 0).await;
        assert_eq!(receiver.received().len(), 1);
        assert_eq!(rested(&app, &other, 3).await.len(), 3);
    }
}
