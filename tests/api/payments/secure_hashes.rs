//! The secure hash of an open payment when the API key changes, whose popup may be open meanwhile.

use std::sync::Arc;

use diesel::prelude::*;
use onterms::store::{
    Migrator, Store, StoreError,
    schema::{payment_checkouts, payment_secure_hashes},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::execute,
    buyer::at,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

impl TestShop {
    /// The shop has another API key at Apruve, and an administrator enters it.
    async fn change_key(&self, key: &str) {
        let path = format!("/merchants/{}/key", self.sandbox.merchant_id);
        let body = json!({ "apiKey": key });
        self.control(Method::PUT, &path, &body).await;
        let patch = json!({ "settings": body });
        self.app.patch(&self.integration, &patch).await.expect(200);
    }
}

fn hash(payment: &Value) -> &str {
    payment["nextAction"]["secureHash"]
        .as_str()
        .expect("a hash")
}

/// How many hashes are kept besides the first.
async fn kept(app: &TestApp) -> i64 {
    let count = app
        .service
        .store()
        .read(|conn| Ok::<i64, StoreError>(payment_secure_hashes::table.count().get_result(conn)?));
    count.await.expect("a number")
}

/// The hash that is with the cart.
async fn first_hash(store: &Store, payment: &Value) -> Option<String> {
    let id = payment["id"].as_str().expect("an id").to_owned();
    let hash = store.read(move |conn| {
        let hash = payment_checkouts::table.find(&id);
        let hash = hash
            .select(payment_checkouts::secure_hash)
            .get_result(conn)?;
        Ok::<Option<String>, StoreError>(hash)
    });
    hash.await.expect("a row")
}

on_both_databases! {
    async fn every_hand_out_has_the_hash_of_the_present_key(database: Database) {
        let shop = TestShop::open(database).await;
        let begun = shop.begun("SO-1").await;
        shop.change_key("the-second-key").await;
        assert!(shop.open_popup(&begun).await.is_err(), "Apruve checks with the present key");
        let read = shop.payment(&begun).await;
        assert_ne!(hash(&read), hash(&begun));
        assert_eq!(read["nextAction"]["order"], begun["nextAction"]["order"]);
        let handed_back = shop.post("/v1/payments", &shop.new_payment("SO-1")).await.expect(200);
        assert_eq!(handed_back["nextAction"], read["nextAction"]);
        let order = shop.confirm(&read, true).await;
        assert_eq!(shop.authorize(&read, &order).await.expect(200)["status"], "authorized");
    }

    async fn an_order_of_any_popup_that_was_handed_out_is_ours(database: Database) {
        let shop = TestShop::open(database).await;
        // Which of the three popups the buyer confirms in.
        for confirmed in 0..3 {
            let payment = shop.begun(&format!("SO-{confirmed}")).await;
            let mut popups = vec![shop.open_popup(&payment).await.expect("a popup")];
            for change in 1..3 {
                shop.change_key(&format!("key-{confirmed}-{change}")).await;
                let read = shop.payment(&payment).await;
                popups.push(shop.open_popup(&read).await.expect("a popup"));
            }
            let order = shop.place(&popups[confirmed], true).await;
            let authorized = shop.authorize(&payment, &order).await.expect(200);
            assert_eq!(authorized["status"], "authorized", "popup {confirmed}");
        }
    }

    async fn an_order_of_an_old_popup_is_found_by_sync_too(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let popup = shop.open_popup(&payment).await.expect("a popup");
        shop.change_key("the-second-key").await;
        shop.payment(&payment).await;
        shop.change_key("the-third-key").await;
        let order = shop.place(&popup, true).await;
        let synced = shop.post(&format!("{}/sync", at(&payment)), &json!({})).await.expect(200);
        assert_eq!((&synced["status"], &synced["provider"]["orderId"]), (&json!("authorized"), &json!(order)));
        assert_eq!(synced["findings"], json!([]));
    }

    async fn a_hash_that_was_never_handed_out_is_not_ours(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        shop.change_key("the-second-key").await;
        let order = shop.confirm(&shop.payment(&payment).await, true).await;
        let strange = json!({ "secure_hash": "0".repeat(64) });
        shop.control(Method::PUT, &format!("/overrides/{order}"), &strange).await;
        assert_eq!(shop.authorize(&payment, &order).await.problem(409), "order-not-ours");
        let shouted = json!({ "secure_hash": hash(&payment).to_uppercase() });
        shop.control(Method::PUT, &format!("/overrides/{order}"), &shouted).await;
        assert_eq!(shop.authorize(&payment, &order).await.expect(200)["status"], "authorized");
    }

    async fn a_hash_is_kept_once_and_goes_with_the_cart(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        for _ in 0..3 {
            shop.payment(&payment).await;
        }
        assert_eq!(kept(&shop.app).await, 0, "the first is with the cart");
        let key = shop.sandbox.api_key.clone();
        for key in ["the-second-key", key.as_str(), "the-second-key"] {
            shop.change_key(key).await;
            let reads = (0..4).map(|_| shop.payment(&payment));
            futures_util::future::join_all(reads).await;
        }
        assert_eq!(kept(&shop.app).await, 1);
        let listed = shop.app.get("/v1/payments?orderId=SO-1").await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        shop.post(&format!("{}/cancel", at(&payment)), &json!({})).await.expect(201);
        shop.app.pass(std::time::Duration::from_secs(400 * 86_400));
        shop.app.service.sweep().await.expect("swept");
        assert_eq!(kept(&shop.app).await, 0);
    }

    async fn the_way_back_keeps_the_hash_that_was_given_last(database: Database) {
        let database = Arc::new(database);
        let shop = TestShop::open_with(Arc::clone(&database), &[], |_| {}).await;
        let untouched = shop.begun("SO-1").await;
        let payment = shop.begun("SO-2").await;
        let mut last = Value::Null;
        for key in ["the-second-key", "the-third-key"] {
            shop.change_key(key).await;
            shop.app.pass(std::time::Duration::from_secs(1));
            last = shop.payment(&payment).await;
        }
        drop(shop);
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        while !migrator.revert_last().expect("it undoes itself").expect("a migration").contains("secure_hashes") {}
        let store = Store::open(&database.options()).expect("the database opens");
        for (payment, expected) in [(&untouched, hash(&untouched)), (&payment, hash(&last))] {
            assert_eq!(first_hash(&store, payment).await.as_deref(), Some(expected));
        }
        migrator.run().expect("it runs again");
        assert_eq!(first_hash(&store, &payment).await.as_deref(), Some(hash(&last)));
    }

    async fn without_its_integration_a_payment_is_still_shown(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.begun("SO-1").await;
        let archive = "UPDATE integrations SET archived_at = created_at, api_key_sealed = NULL";
        execute(&shop.app, archive).await;
        assert_eq!(shop.payment(&payment).await["nextAction"], Value::Null);
    }
}
