//! Several replicas share what was read, and drop it together; and what is erased is gone from all of them.

use std::{path::Path, process::Command, sync::Arc};

use onterms::{
    credit,
    privacy::{self, EmailKey},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{AMANDA, PATH, cart_of, reported};
use crate::{
    TestApp,
    app::until,
    integrations::reseal::sealer,
    support::{Database, on_both_databases},
    test_shop::TestShop,
    webhooks::payments::listen,
};

async fn reported_by(app: &TestApp, shop: &TestShop, email: &str) -> Vec<String> {
    let path = "/v1/checkout/payment-methods?explain=summary";
    reported(
        &app.post(path, &cart_of(email)).await.expect(200),
        &shop.method,
    )
}

on_both_databases! {
    async fn one_replica_reads_what_the_other_has_read_and_learns_what_is_dropped(database: Database) {
        let database = Arc::new(database);
        let flags = [("credit.background", "0")];
        let shop = TestShop::open_with(Arc::clone(&database), &flags, |_| {}).await;
        listen(&shop).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "hide" })).await;
        let other = TestApp::start_with(Arc::clone(&database), &flags).await;
        assert_eq!(reported_by(&other, &shop, AMANDA).await, ["credit_unknown"]);
        shop.credit(AMANDA).await;
        // It knows that there was nothing, until it hears of the change.
        until(async || reported_by(&other, &shop, AMANDA).await == ["offered"]).await;
        shop.calls().await;
        assert_eq!(reported_by(&other, &shop, AMANDA).await, ["offered"]);
        assert_eq!(shop.calls().await, Vec::<String>::new());
        shop.limit(1).await;
        until(async || reported_by(&other, &shop, AMANDA).await == ["credit_unknown"]).await;
        until(async || shop.reported(&cart_of(AMANDA)).await == ["credit_unknown"]).await;
        // The other way round.
        let body = json!({ "paymentMethodId": shop.method, "buyerEmail": AMANDA });
        other.post(PATH, &body).await.expect(200);
        until(async || shop.reported(&cart_of(AMANDA)).await == ["credit_insufficient"]).await;
    }

    async fn what_is_erased_is_gone_from_running_replicas_too(database: Database) {
        let database = Arc::new(database);
        let flags = [("credit.background", "0")];
        let shop = TestShop::open_with(Arc::clone(&database), &flags, |_| {}).await;
        shop.policy(json!({ "check": "require", "whenUnknown": "hide" })).await;
        shop.credit(AMANDA).await;
        assert_eq!(shop.reported(&cart_of(AMANDA)).await, ["offered"]);
        let erased = Command::new(env!("CARGO_BIN_EXE_onterms"))
            .args(["erase-buyer", "--email", " Amanda@acme.example"])
            .current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")))
            .env("ONTERMS__DATABASE__URL", database.url())
            .env("ONTERMS__SECRETS__MASTER_KEY", format!("base64:{}=", "A".repeat(43)))
            .output()
            .expect("it runs");
        assert!(erased.status.success(), "{erased:?}");
        let said = String::from_utf8_lossy(&erased.stdout).into_owned();
        assert!(said.contains("1 entries of credit"), "{said}");
        until(async || shop.reported(&cart_of(AMANDA)).await == ["credit_unknown"]).await;
        assert_eq!(shop.control(Method::GET, "/faults", &Value::Null).await["calls"], json!([]));
    }

    async fn what_is_kept_is_sealed_again_under_another_key_and_written_for_the_buyer(database: Database) {
        let shop = TestShop::open(database).await;
        shop.credit(AMANDA).await;
        let (store, old) = (shop.app.service.store(), sealer('A', &[]));
        let key = EmailKey::find(store, &old).await.expect("it opens").expect("a key");
        let buyer = " Amanda@ACME.example".parse().expect("an address");
        let kept = credit::export(store, &old, &key, &buyer).await.expect("it opens");
        assert_eq!(kept[0]["credit"]["email"], AMANDA);
        let done = privacy::reseal(store, &sealer('E', &['A']), credit::SEALED).await.expect("it reseals");
        assert_eq!((done.resealed, done.current, done.overtaken), (1, 0, 0));
        assert!(credit::export(store, &old, &key, &buyer).await.is_err(), "the old key opens it no more");
        let again = credit::export(store, &sealer('E', &[]), &key, &buyer).await.expect("it opens");
        assert_eq!(again, kept);
        let back = privacy::reseal(store, &sealer('A', &['E']), credit::SEALED).await.expect("it reseals");
        assert_eq!(back.resealed, 1);
        let nobody = "nobody@acme.example".parse().expect("an address");
        assert_eq!(credit::export(store, &old, &key, &nobody).await.expect("an answer"), Vec::<Value>::new());
    }
}
