//! Keys that make themselves on a developer's machine, and nowhere else.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Barrier},
    time::Duration,
};

use onterms::{
    auth::{Role, mint, startup::provide_keys},
    config::Settings,
    seal::Sealer,
};

use crate::support::{SECRET, START, Stage, settings};

fn provided(directory: &Path, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let mut settings = settings(environment);
    provide_keys(&mut settings, directory).map_err(|error| error.to_string())?;
    Ok(settings)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it exists").permissions().mode() & 0o777
}

fn keys_of(settings: &Settings) -> (String, String) {
    (
        settings.auth.hs256_secret.expose().to_owned(),
        settings.secrets.master_key.expose().to_owned(),
    )
}

#[actix_web::test]
async fn made_keys_are_private_stay_the_same_and_serve_both_purposes() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("keys");
    let first = provided(&directory, &[]).expect("keys are made");
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("hs256_secret")), 0o600);
    assert_eq!(mode(&directory.join("master_key")), 0o600);
    assert_eq!(fs::read_dir(&directory).expect("it exists").count(), 2);

    let again = provided(&directory, &[]).expect("keys are found");
    assert_eq!(keys_of(&first), keys_of(&again));
    assert_ne!(keys_of(&first).0, keys_of(&first).1);
    Sealer::new(&first.secrets).expect("the master key fits");

    let now = chrono::DateTime::from_timestamp(START, 0).expect("a date");
    let hour = Duration::from_secs(3600);
    let token = mint::mint(
        &again.auth,
        "shop",
        Role::Storefront.scopes(),
        None,
        hour,
        now,
    );
    let stage = Stage::with_settings(&first);
    assert_eq!(stage.status(&token.expect("a token")).await, 200);
}

#[test]
fn processes_that_start_together_agree_on_one_key() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = Arc::new(home.path().join("keys"));
    let barrier = Arc::new(Barrier::new(8));
    let started: Vec<_> = (0..8)
        .map(|_| {
            let (directory, barrier) = (directory.clone(), barrier.clone());
            std::thread::spawn(move || {
                barrier.wait();
                provided(&directory, &[]).map(|settings| keys_of(&settings))
            })
        })
        .collect();
    let mut keys: Vec<_> = started
        .into_iter()
        .map(|thread| thread.join().expect("no panic").expect("keys are provided"))
        .collect();
    keys.dedup();
    assert_eq!(keys.len(), 1);
}

#[test]
fn a_public_listener_or_postgresql_needs_keys_of_its_own() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("keys");
    let master = "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let public = ("ONTERMS__SERVER__HOST", "0.0.0.0");
    let postgresql = ("DATABASE_URL", "postgres://onterms:secret@db/onterms");
    let secret = ("ONTERMS__AUTH__HS256_SECRET", SECRET);
    let jwks = ("ONTERMS__AUTH__JWKS_URL", "https://issuer.example/jwks");
    let master = ("ONTERMS__SECRETS__MASTER_KEY", master);
    for (environment, missing) in [
        (
            vec![public],
            "Set auth.hs256_secret and secrets.master_key:",
        ),
        (
            vec![postgresql],
            "Set auth.hs256_secret and secrets.master_key:",
        ),
        (vec![public, secret], "Set secrets.master_key:"),
        (vec![public, jwks], "Set secrets.master_key:"),
        (vec![postgresql, master], "Set auth.hs256_secret:"),
    ] {
        let error = provided(&directory, &environment).expect_err("keys are missing");
        assert!(error.starts_with(missing), "{error}");
        assert!(!error.contains("secret@"), "{error}");
    }
    provided(&directory, &[public, secret, master]).expect("keys are given");
    provided(&directory, &[public, jwks, master]).expect("keys are given");
    assert!(!directory.exists());
}

#[test]
fn a_key_file_that_cannot_be_read_is_named() {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("hs256_secret"), "\n").expect("it is written");
    let error = provided(home.path(), &[]).expect_err("the file is empty");
    assert!(error.contains("hs256_secret"), "{error}");
}
