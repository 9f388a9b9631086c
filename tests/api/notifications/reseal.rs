//! What `onterms rotate-key` does with the secrets of endpoints.

use onterms::{
    notifications,
    privacy::{self, CannotReseal, Resealed},
};
use serde_json::json;

use super::{Behaviour, Receiver, change_rules, got, path, secret, subscribe};
use crate::{
    TestApp,
    integrations::reseal::sealer,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn a_secret_signs_the_same_after_it_was_sealed_under_another_key(database: Database) {
        let app = TestApp::start(database).await;
        let receiver = Receiver::start(Behaviour::Status(200));
        let made = subscribe(&app, &receiver.url(), &["rules.changed"]).await;
        let rotate = format!("{}/rotate-secret", path(&made));
        app.post(&rotate, &json!({ "graceSeconds": 3600 })).await.expect(200);
        let store = app.service.store();
        let run = async |current, retired: &'static [char]| privacy::reseal(store, &sealer(current, retired), notifications::SEALED).await;
        let there = run('E', &['A']).await.expect("it reseals");
        assert_eq!(there, Resealed { resealed: 2, current: 0, overtaken: 0 });
        let again = run('E', &['A']).await.expect("it reseals");
        assert_eq!(again, Resealed { resealed: 0, current: 2, overtaken: 0 });
        let without = run('I', &[]).await;
        assert!(matches!(without, Err(CannotReseal::CannotOpen { .. })), "{without:?}");
        // The service of the test has the first key alone.
        assert_eq!(run('A', &['E']).await.expect("it reseals").resealed, 2);
        change_rules(&app, "One").await;
        got(&receiver, 1).await;
        let message = &receiver.received()[0];
        assert!(message.signatures.len() == 2 && message.is_signed_with(secret(&made)));
    }
}
