//! The start options.

use apruve_sandbox::{Options, Sandbox, StartError};

use crate::test_sandbox::TestSandbox;

#[actix_web::test]
async fn one_seed_gives_the_same_shop_and_key_again() {
    let shop = |sandbox: &TestSandbox| {
        (
            sandbox.running.merchant_id.clone(),
            sandbox.running.api_key.clone(),
        )
    };
    let (first, second) = (TestSandbox::new().await, TestSandbox::new().await);
    assert_eq!(shop(&first), shop(&second));
    let other = TestSandbox::with(|options| options.seed = 8).await;
    assert_ne!(shop(&first), shop(&other));
}

#[actix_web::test]
async fn a_signing_key_may_be_given_and_one_that_is_none_stops_the_start() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let pem = key.serialize_pem();
    let sandbox = TestSandbox::with(|options| options.signing_key_pem = Some(pem)).await;
    assert_eq!(
        sandbox.running.public_key_pem.trim(),
        key.public_key_pem().replace("\r\n", "\n").trim()
    );
    let options = Options {
        signing_key_pem: Some("no key".to_owned()),
        ..Options::default()
    };
    let outcome = Sandbox::start(options).await;
    assert!(matches!(outcome, Err(StartError::Key(_))));
}
