//! What `onterms erase-buyer` erases.

use chrono::DateTime;
use onterms::{
    audit::Actor,
    payments::{self, Erased, Erasure},
    pii::Email,
    privacy::EmailKey,
    seal::Sealer,
    webhooks,
};
use reqwest::Method;
use serde_json::json;

use crate::{
    TestApp,
    app::until,
    apruve::{API_KEY, MERCHANT},
    buyer::{at, payable},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const EMAIL: &str = "amanda@acme.example";

fn actor() -> Actor {
    Actor {
        subject: "tests".to_owned(),
        request_id: None,
        at: DateTime::UNIX_EPOCH,
    }
}

async fn erase(app: &TestApp, email: &str, open_too: bool) -> Erased {
    let buyer: Email = email.parse().expect("an address");
    let sealer = Sealer::new(&app.secrets()).expect("keys");
    let key = EmailKey::load(app.service.store(), &sealer, app.now());
    let key = key.await.expect("the key");
    let wanted = Erasure {
        buyer: &buyer,
        key: &key,
        actor: &actor(),
        open_too,
    };
    payments::erase(app.service.store(), &sealer, &wanted, &mut |_| {})
        .await
        .expect("it erases")
}

on_both_databases! {
    async fn carts_that_name_a_buyer_are_erased_once_their_payments_rest(database: Database) {
        let shop = TestShop::open(database).await;
        let app = &shop.app;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = payable();
        body["cart"]["customerUser"] = json!({ "email": "Amanda@ACME.example" });
        let named = shop.post("/v1/payments", &body).await.expect(201);
        let other = shop.begun("SO-2").await;
        let id = named["id"].as_str().expect("an id").to_owned();

        let kept = Erased { carts: 0, buyers: 0, kept: vec![id.parse().expect("an id")] };
        assert_eq!(erase(app, EMAIL, false).await, kept);
        assert_eq!(shop.payment(&named).await, named);
        shop.post(&format!("{}/cancel", at(&named)), &json!({})).await.expect(201);
        let canceled = shop.payment(&named).await;
        let gone = Erased { carts: 1, buyers: 1, kept: Vec::new() };
        assert_eq!(erase(app, EMAIL, false).await, gone);
        let after = shop.payment(&named).await;
        // Whatever has read the payment before cannot write the buyer again.
        assert_eq!(after["version"], canceled["version"].as_i64().expect("a number") + 1);
        assert_eq!(erase(app, EMAIL, true).await, Erased::default());
        assert_eq!(shop.payment(&other).await, other);

        let log = app.get(&format!("/v1/audit-log?resourceId={id}&action=erase")).await;
        assert!(!log.text.to_lowercase().contains("amanda"), "{}", log.text);
        let log = log.expect(200);
        assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(log["items"][0]["actor"], "tests");
    }

    async fn events_and_deliveries_name_nobody_so_that_erasing_a_buyer_leaves_them(database: Database) {
        let shop = TestShop::open(database).await;
        let endpoint = json!({ "url": "https://erp.shop.example/", "types": ["payment.*"] });
        let endpoint = shop.app.post("/v1/notification-endpoints", &endpoint).await.expect(201);
        let mut body = shop.new_payment("SO-1");
        body["cart"] = payable();
        body["cart"]["customer"]["name"] = json!("Amanda Acme Ltd");
        body["cart"]["customerUser"] = json!({ "id": "amanda-7", "email": EMAIL });
        let named = shop.post("/v1/payments", &body).await.expect(201);
        shop.post(&format!("{}/cancel", at(&named)), &json!({})).await.expect(201);
        let deliveries = format!("/v1/notification-endpoints/{}/deliveries", endpoint["id"].as_str().expect("an id"));
        let told = async || {
            let feed = shop.app.get("/v1/events?type=payment.*").await.expect(200);
            let ids = shop.app.get(&deliveries).await.expect(200);
            let ids: Vec<_> = ids["items"].as_array().expect("a list").iter().map(|it| it["eventId"].clone()).collect();
            (feed["items"].clone(), ids)
        };
        until(async || told().await.1.len() == 2).await;
        let before = told().await;
        assert_eq!(before.0.as_array().map(Vec::len), Some(2), "{before:?}");
        for personal in ["manda", "@", "90210", "lineItems"] {
            assert!(!before.0.to_string().contains(personal), "{personal}: {}", before.0);
        }
        assert_eq!(erase(&shop.app, EMAIL, false).await, Erased { carts: 1, buyers: 1, kept: Vec::new() });
        assert_eq!(told().await, before);
        for filter in ["q=amanda", "q=amanda-7"] {
            assert_eq!(shop.app.get(&format!("/v1/payments?{filter}")).await.expect(200)["items"], json!([]), "{filter}");
        }
        // The company's id stays, for the shop's books.
        assert_eq!(shop.app.get("/v1/payments?customerId=42").await.expect(200)["items"].as_array().map(Vec::len), Some(1));
    }

    async fn who_insists_erases_the_cart_of_an_open_payment_too(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"]["note"] = json!("ask amanda@acme.example");
        let named = shop.post("/v1/payments", &body).await.expect(201);
        let gone = Erased { carts: 1, buyers: 0, kept: Vec::new() };
        assert_eq!(erase(&shop.app, EMAIL, true).await, gone);
        let now = shop.payment(&named).await;
        assert_eq!((&now["status"], &now["nextAction"]), (&json!("pending"), &json!(null)));
    }

    async fn webhook_bodies_that_name_a_buyer_are_erased_and_the_others_kept(database: Database) {
        let app = TestApp::start(database).await;
        let unverified = json!({
            "type": "apruve", "name": "Apruve US", "label": { "default": "Terms" },
            "settings": { "merchantId": MERCHANT, "apiKey": API_KEY },
        });
        let made = app.post("/v1/integrations", &unverified).await.expect(201);
        let url = made["webhookUrl"].as_str().expect("a URL");
        let path = &url[url.find("/webhooks/").expect("a path")..];
        for (uuid, email) in [("1", "AMANDA@acme.example"), ("2", "joamanda@acme.example")] {
            let hint = json!({ "uuid": uuid, "event": "order.archived", "entity": { "email": email } });
            app.bare(Method::POST, path).raw(hint.to_string()).send().await.expect(200);
        }
        let buyer: Email = EMAIL.parse().expect("an address");
        let sealer = Sealer::new(&app.secrets()).expect("keys");
        let erase = async || {
            let store = app.service.store();
            webhooks::erase(store, &sealer, &actor(), &buyer, &mut |_| {}).await.expect("it erases")
        };
        assert_eq!(erase().await, 1);
        assert_eq!(erase().await, 0);
        let listed = app.get("/v1/webhook-events").await.expect(200);
        let ids: Vec<&str> = listed["items"].as_array().into_iter().flatten().filter_map(|it| it["id"].as_str()).collect();
        let mut kept = 0;
        for id in &ids {
            let event = app.get(&format!("/v1/webhook-events/{id}")).await.expect(200);
            kept += i32::from(event.to_string().contains("joamanda"));
            assert!(!event.to_string().contains("AMANDA"), "{event}");
        }
        assert_eq!((ids.len(), kept), (2, 1));
    }
}
