//! `GET /v1/webhook-events` and `…/{id}`; what is forgotten, and what is sealed again.

use std::time::Duration;

use onterms::{
    auth::Scope,
    config::SecretSettings,
    privacy::{self, Resealed},
    seal::Sealer,
    secret::SecretText,
    webhooks,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Account, at_rest, events, idle, send, webhook};
use crate::{
    TestApp,
    app::alone,
    apruve::{Apruve, Behaviour},
    support::{Database, on_both_databases},
};

/// Events a minute apart: one ignored of each account, and at last one parked of the first, which a later minute would
/// try again.
async fn three(app: &TestApp) -> (Account, Account) {
    let stand_in = Apruve::start(Behaviour::Status(404));
    let us = Account::at(app, "Apruve US", &stand_in).await;
    let eu = Account::with(app, "Apruve EU", json!({ "webhookPublicKeys": [] })).await;
    us.hears(app, idle("u1")).await.expect(200);
    app.pass(Duration::from_secs(60));
    send(app, &eu.path, idle("u2").into_bytes(), None)
        .await
        .expect(200);
    app.pass(Duration::from_secs(60));
    us.hears(app, webhook("u3", "order.accepted", json!({ "id": "o1" })))
        .await
        .expect(200);
    at_rest(app).await;
    (us, eu)
}

on_both_databases! {
    async fn each_filter_leaves_out_what_it_should(database: Database) {
        let app = TestApp::start(database).await;
        let (us, eu) = three(&app).await;
        for (query, expected) in [
            (String::new(), 3),
            ("state=ignored".to_owned(), 2),
            ("state=parked".to_owned(), 1),
            ("state=failed".to_owned(), 0),
            ("event=order.accepted".to_owned(), 1),
            ("event=order".to_owned(), 0),
            (format!("integrationId={}", us.id), 2),
            (format!("integration={}", eu.id), 1),
            ("verified=true".to_owned(), 2),
            ("paymentId=payment_01h455vb4pex5vsknk084sn02q".to_owned(), 0),
            ("receivedFrom=2026-03-01T12:01:00Z".to_owned(), 2),
            ("receivedTo=2026-03-01T12:01:00Z".to_owned(), 1),
            ("receivedFrom=2026-03-01T12:01:00Z&receivedTo=2026-03-01T12:02:00Z".to_owned(), 1),
        ] {
            let list = app.get(&format!("/v1/webhook-events?count=true&{query}")).await.expect(200);
            assert_eq!(list["total"], expected, "{query}");
            assert_eq!(list["items"].as_array().map(Vec::len), usize::try_from(expected).ok(), "{query}");
        }
        for (query, parameter) in [
            ("state=done", "state"), ("integrationId=x", "integrationId"), ("verified=maybe", "verified"),
            ("receivedFrom=soon", "receivedFrom"), ("sort=event", "sort"), ("cursor=x", "cursor"), ("status=parked", "status"),
        ] {
            assert_eq!(app.get(&format!("/v1/webhook-events?{query}")).await.pointers(), [parameter], "{query}");
        }
    }

    async fn a_list_goes_on_where_its_page_ended(database: Database) {
        let app = TestApp::start(database).await;
        three(&app).await;
        for sort in ["receivedAt", "-receivedAt", "state,-receivedAt"] {
            let base = format!("/v1/webhook-events?sort={sort}");
            let whole = app.get(&base).await.expect(200)["items"].clone();
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.get(&format!("{base}&limit=1{cursor}")).await.expect(200);
                seen.extend(page["items"].as_array().cloned().unwrap_or_default());
                match page["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen.len(), 3);
            assert_eq!(Value::Array(seen), whole, "{sort}");
        }
    }

    async fn a_list_carries_the_etag_of_each_event(database: Database) {
        let app = TestApp::start(database).await;
        three(&app).await;
        for item in at_rest(&app).await {
            let read = app.get(&format!("/v1/webhook-events/{}", item["id"].as_str().expect("an id"))).await;
            read.expect(200);
            assert_eq!(item["etag"], read.etag());
        }
    }

    async fn the_raw_body_needs_a_scope_of_its_own(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        let text = idle("u1");
        account.hears(&app, text.clone()).await.expect(200);
        app.pass(Duration::from_millis(1));
        account.hears(&app, b"\xff\xfe".to_vec()).await.expect(200);
        let kept: Vec<Value> = at_rest(&app).await.into_iter().map(alone).collect();
        let reader = app.token("reader", &[Scope::WebhooksRead]);
        let raw = app.token("reader", &[Scope::WebhooksRead, Scope::WebhooksReadRaw]);
        for (event, member, body) in [(&kept[0], "body", json!(text)), (&kept[1], "bodyBase64", json!("//4="))] {
            let path = format!("/v1/webhook-events/{}", event["id"].as_str().expect("an id"));
            let read = app.bare(Method::GET, &path).bearer(&reader).send().await;
            assert_eq!(&read.expect(200), event);
            let read = app.bare(Method::GET, &path).bearer(&raw).send().await;
            let mut expected = event.clone();
            expected[member] = body;
            assert_eq!(read.expect(200), expected);
            let again = app.bare(Method::GET, &path).bearer(&raw).header("if-none-match", &read.etag()).send().await;
            assert_eq!(again.status, 304);
        }
        for id in ["event_01h455vb4pex5vsknk084sn02q", "event_x", "integration_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(app.get(&format!("/v1/webhook-events/{id}")).await.problem(404), "not-found");
        }
    }

    async fn events_are_forgotten_after_ninety_days(database: Database) {
        let app = TestApp::start(database).await;
        three(&app).await;
        let day = Duration::from_secs(86_400);
        app.pass(day * 90 - Duration::from_secs(61));
        app.service.sweep().await.expect("it sweeps");
        assert_eq!(events(&app).await.len(), 2);
        app.pass(Duration::from_secs(62));
        app.service.sweep().await.expect("it sweeps");
        assert_eq!(events(&app).await, Vec::<Value>::new());
    }

    async fn bodies_are_sealed_again_under_a_new_key(database: Database) {
        let app = TestApp::start(database).await;
        let account = Account::new(&app, "Apruve US").await;
        for uuid in ["u1", "u2"] {
            account.hears(&app, idle(uuid)).await.expect(200);
        }
        let kept = at_rest(&app).await;
        let sealer = |current: char, retired: &[char]| {
            let key = |letter: &char| {
                let letters: String = std::iter::repeat_n(*letter, 43).collect();
                SecretText::new(format!("base64:{letters}="))
            };
            let master_key = key(&current);
            let retired_master_keys = retired.iter().map(key).collect();
            Sealer::new(&SecretSettings { master_key, retired_master_keys }).expect("keys of 32 bytes")
        };
        let store = app.service.store();
        let there = privacy::reseal(store, &sealer('E', &['A']), webhooks::SEALED).await.expect("it reseals");
        assert_eq!(there, Resealed { resealed: 2, current: 0, overtaken: 0 });
        let back = privacy::reseal(store, &sealer('A', &['E']), webhooks::SEALED).await.expect("it reseals");
        assert_eq!(back.resealed, 2);
        let read = app.get(&format!("/v1/webhook-events/{}", kept[0]["id"].as_str().expect("an id"))).await.expect(200);
        assert!(read["body"].as_str().is_some_and(|body| body.contains("order.archived")), "{read}");
    }
}
