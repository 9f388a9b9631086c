//! What `onterms rotate-key` does.

use onterms::{
    config::SecretSettings,
    integrations::SEALED,
    privacy::{CannotReseal, Resealed, reseal},
    seal::Sealer,
    secret::SecretText,
};
use serde_json::json;

use super::{apruve, create, payment_term};
use crate::{
    TestApp,
    apruve::{Apruve, Behaviour},
    support::{Database, on_both_databases},
};

/// A sealer under a key made of this letter; the service of the tests seals under `A`.
pub fn sealer(current: char, retired: &[char]) -> Sealer {
    let key = |letter: &char| {
        let letters: String = std::iter::repeat_n(*letter, 43).collect();
        SecretText::new(format!("base64:{letters}="))
    };
    let secrets = SecretSettings {
        master_key: key(&current),
        retired_master_keys: retired.iter().map(key).collect(),
    };
    Sealer::new(&secrets).expect("keys of 32 bytes")
}

on_both_databases! {
    async fn every_secret_is_sealed_again_once_and_stays_readable(database: Database) {
        let app = TestApp::start(database).await;
        let stand_in = Apruve::start(Behaviour::Genuine);
        let mut body = apruve("Apruve US");
        body["settings"]["baseUrl"] = stand_in.origin.clone().into();
        let (address, created) = create(&app, &body).await;
        create(&app, &payment_term("Terms")).await;
        let store = app.service.store();

        let run = |current, retired: &'static [char]| async move {
            reseal(store, &sealer(current, retired), SEALED).await
        };
        let there = run('E', &['A']).await.expect("it reseals");
        assert_eq!(there, Resealed { resealed: 2, current: 0, overtaken: 0 });
        let again = run('E', &['A']).await.expect("it reseals");
        assert_eq!(again, Resealed { resealed: 0, current: 2, overtaken: 0 });
        let without = run('I', &[]).await;
        assert!(matches!(without, Err(CannotReseal::CannotOpen { .. })), "{without:?}");

        let back = run('A', &['E']).await.expect("it reseals");
        assert_eq!(back.resealed, 2);
        let shown = app.post(&format!("{address}/reveal-webhook-url"), &json!({})).await.expect(200);
        assert_eq!(shown["webhookUrl"], created["webhookUrl"]);
        let checked = app.post(&format!("{address}/check"), &json!({})).await.expect(200);
        assert_eq!(checked["result"], "ok");
    }
}
