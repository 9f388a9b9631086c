//! What the options decide.

use apruve_sandbox::{CannotStart, Options, Sandbox};

use crate::bed::Bed;

#[actix_web::test]
async fn one_seed_gives_the_same_shop_and_key_again() {
    let shop = |bed: &Bed| (bed.sandbox.merchant_id.clone(), bed.sandbox.api_key.clone());
    let (first, second) = (Bed::new().await, Bed::new().await);
    assert_eq!(shop(&first), shop(&second));
    let other = Bed::with(|options| options.seed = 8).await;
    assert_ne!(shop(&first), shop(&other));
}

#[actix_web::test]
async fn a_signing_key_may_be_given_and_one_that_is_none_stops_the_start() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let pem = key.serialize_pem();
    let bed = Bed::with(|options| options.signing_key_pem = Some(pem)).await;
    assert_eq!(
        bed.sandbox.public_key_pem.trim(),
        key.public_key_pem().replace("\r\n", "\n").trim()
    );
    let options = Options {
        signing_key_pem: Some("no key".to_owned()),
        ..Options::default()
    };
    let outcome = Sandbox::start(options).await;
    assert!(matches!(outcome, Err(CannotStart::Key(_))));
}
