//! Keys of other issuers: from a file, and from a URL that is read again.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use jsonwebtoken::Algorithm;
use onterms::{auth::Auth, clock::Clock, rate_limit::Ticks};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use crate::support::{
    Issuer, SECRET, START, Stage, claims, claims_with, hs256, hs256_with, settings,
};

fn set(issuers: &[&Issuer]) -> Value {
    json!({ "keys": issuers.iter().map(|issuer| issuer.jwk()).collect::<Vec<_>>() })
}

fn file(document: &Value) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(file, "{document}").expect("it is written");
    file
}

fn stage_with_file(document: &Value, more: &[(&str, &str)]) -> Stage {
    let file = file(document);
    let path = file.path().to_str().expect("a path in UTF-8");
    Stage::new(&[&[("ONTERMS__AUTH__JWKS_FILE", path)], more].concat())
}

fn start(environment: &[(&str, &str)]) -> Result<Auth, String> {
    Auth::new(&settings(environment), Clock::system(), Ticks::system())
        .map_err(|error| error.to_string())
}

/// An issuer's server: answers with the document it is given, each time a permit is there.
struct JwksServer {
    url: String,
    document: Arc<Mutex<Value>>,
    reads: watch::Receiver<u32>,
    permits: Arc<Semaphore>,
}

impl JwksServer {
    fn new(document: Value) -> Self {
        let document = Arc::new(Mutex::new(document));
        let permits = Arc::new(Semaphore::new(1000));
        let (reading, reads) = watch::channel(0);
        let shared = web::Data::new((document.clone(), permits.clone(), reading));
        type Shared = (Arc<Mutex<Value>>, Arc<Semaphore>, watch::Sender<u32>);
        let server = HttpServer::new(move || {
            App::new().app_data(shared.clone()).route(
                "/jwks",
                web::get().to(|shared: web::Data<Shared>| async move {
                    shared.2.send_modify(|reads| *reads += 1);
                    if let Ok(permit) = shared.1.acquire().await {
                        permit.forget();
                    }
                    let document = shared.0.lock().expect("no test panics with it").clone();
                    match document {
                        Value::Null => HttpResponse::InternalServerError().finish(),
                        document => HttpResponse::Ok().json(document),
                    }
                }),
            )
        })
        .workers(1)
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let url = format!("http://{}/jwks", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        JwksServer {
            url,
            document,
            reads,
            permits,
        }
    }

    fn publish(&self, document: Value) {
        *self.document.lock().expect("no test panics with it") = document;
    }

    fn reads(&self) -> u32 {
        *self.reads.borrow()
    }

    async fn was_read(&self, times: u32) {
        let mut reads = self.reads.clone();
        tokio::time::timeout(
            Duration::from_secs(20),
            reads.wait_for(|reads| *reads >= times),
        )
        .await
        .expect("the set is read in time")
        .expect("the server runs");
    }
}

#[actix_web::test]
async fn each_asymmetric_algorithm_is_believed_with_its_key() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let (issuer, impostor) = (Issuer::new("a", algorithm), Issuer::new("a", algorithm));
        let stage = stage_with_file(&set(&[&issuer]), &[]);
        assert_eq!(
            stage.status(&issuer.token(&claims())).await,
            200,
            "{algorithm:?}"
        );
        assert_eq!(
            stage.status(&impostor.token(&claims())).await,
            401,
            "{algorithm:?}"
        );
        let expired = issuer.token(&claims_with(json!({ "exp": START - 60 })));
        assert_eq!(stage.status(&expired).await, 401, "{algorithm:?}");
    }
}

#[actix_web::test]
async fn a_public_key_is_no_hs256_secret() {
    let issuer = Issuer::new("rsa", Algorithm::RS256);
    let jwk = issuer.jwk();
    let modulus = jwk["n"].as_str().expect("an RSA key has a modulus");
    for configured in [vec![], vec![("ONTERMS__AUTH__HS256_SECRET", SECRET)]] {
        let stage = stage_with_file(&set(&[&issuer]), &configured);
        for secret in [
            issuer.pair.public_key_pem().as_bytes(),
            issuer.pair.public_key_pem().trim().as_bytes(),
            rcgen::PublicKeyData::der_bytes(&issuer.pair),
            jwk.to_string().as_bytes(),
            modulus.as_bytes(),
        ] {
            assert_eq!(stage.status(&hs256_with(secret, &claims())).await, 401);
        }
    }
}

#[actix_web::test]
async fn configuration_and_not_the_token_says_which_algorithms_count() {
    let (rsa, ed) = (
        Issuer::new("rsa", Algorithm::RS256),
        Issuer::new("ed", Algorithm::EdDSA),
    );
    let only_ed = [("ONTERMS__AUTH__JWKS_ALGORITHMS", "EdDSA")];
    let stage = stage_with_file(&set(&[&rsa, &ed]), &only_ed);
    assert_eq!(stage.status(&rsa.token(&claims())).await, 401);
    assert_eq!(stage.status(&ed.token(&claims())).await, 200);
    assert_eq!(stage.status(&hs256(&claims())).await, 401);
    let error = start(&[("ONTERMS__AUTH__JWKS_ALGORITHMS", "RS256,HS256")]).err();
    assert!(error.is_some_and(|error| error.contains("auth.jwks_algorithms")));
}

#[actix_web::test]
async fn keys_for_other_purposes_are_not_used() {
    let issuer = Issuer::new("a", Algorithm::RS256);
    let other = Issuer::new("other", Algorithm::EdDSA);
    for change in [
        json!({ "use": "enc" }),
        json!({ "alg": "RS512" }),
        json!({ "alg": "HS256" }),
        json!({ "use": null, "key_ops": ["encrypt"] }),
    ] {
        let mut jwk = issuer.jwk();
        for (name, value) in change.as_object().expect("an object") {
            jwk[name] = value.clone();
        }
        jwk.as_object_mut()
            .expect("an object")
            .retain(|_, value| !value.is_null());
        let stage = stage_with_file(&json!({ "keys": [jwk, other.jwk()] }), &[]);
        assert_eq!(
            stage.status(&issuer.token(&claims())).await,
            401,
            "{change}"
        );
        assert_eq!(stage.status(&other.token(&claims())).await, 200, "{change}");
    }
}

#[test]
fn a_file_without_a_usable_public_key_stops_the_start() {
    let symmetric = json!({ "keys": [{ "kty": "oct", "kid": "a", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" }] });
    for document in [symmetric, json!({ "keys": [] }), json!([]), json!("no set")] {
        let file = file(&document);
        let path = file.path().to_str().expect("a path in UTF-8");
        let error = start(&[("ONTERMS__AUTH__JWKS_FILE", path)]).err();
        assert!(
            error.is_some_and(|error| error.contains("auth.jwks_file")),
            "{document}"
        );
    }
    assert!(start(&[("ONTERMS__AUTH__JWKS_FILE", "/no/such/file")]).is_err());
}

#[test]
fn a_url_must_be_https_outside_loopback() {
    for (url, fits) in [
        ("https://issuer.example/jwks", true),
        ("http://127.0.0.1:9/jwks", true),
        ("http://issuer.example/jwks", false),
        ("https://169.254.169.254/jwks", false),
        ("file:///etc/passwd", false),
        ("issuer", false),
    ] {
        match start(&[("ONTERMS__AUTH__JWKS_URL", url)]) {
            Ok(_) => assert!(fits, "{url}"),
            Err(error) => assert!(!fits && error.contains("auth.jwks_url"), "{url}: {error}"),
        }
    }
}

#[actix_web::test]
async fn an_unknown_kid_causes_at_most_one_read_a_minute() {
    let (old, new, never) = (
        Issuer::new("old", Algorithm::ES256),
        Issuer::new("new", Algorithm::ES256),
        Issuer::new("never", Algorithm::ES256),
    );
    let server = JwksServer::new(set(&[&old]));
    let stage = Stage::new(&[("ONTERMS__AUTH__JWKS_URL", &server.url)]);
    assert_eq!(stage.status(&old.token(&claims())).await, 200);
    assert_eq!(server.reads(), 1);

    server.publish(set(&[&old, &new]));
    for _ in 0..3 {
        assert_eq!(stage.status(&new.token(&claims())).await, 401);
        assert_eq!(stage.status(&never.token(&claims())).await, 401);
    }
    stage.at(Duration::from_secs(59));
    assert_eq!(stage.status(&new.token(&claims())).await, 401);
    assert_eq!(server.reads(), 1);

    stage.at(Duration::from_secs(60));
    assert_eq!(stage.status(&new.token(&claims())).await, 200);
    assert_eq!(stage.status(&never.token(&claims())).await, 401);
    assert_eq!(server.reads(), 2);
}

#[actix_web::test]
async fn known_keys_do_not_wait_for_a_read_and_a_broken_answer_changes_nothing() {
    let (known, new) = (
        Issuer::new("known", Algorithm::ES256),
        Issuer::new("new", Algorithm::ES256),
    );
    let server = JwksServer::new(set(&[&known]));
    let stage = Stage::new(&[("ONTERMS__AUTH__JWKS_URL", &server.url)]);
    assert_eq!(stage.status(&known.token(&claims())).await, 200);

    stage.at(Duration::from_secs(60));
    server.permits.forget_permits(1000);
    server.publish(Value::Null);
    let fresh = new.token(&claims());
    let waiting = stage.status(&fresh);
    let meanwhile = async {
        server.was_read(2).await;
        let again = known.token(&claims_with(json!({ "jti": "not remembered" })));
        let status = stage.status(&again).await;
        server.permits.add_permits(1000);
        status
    };
    assert_eq!(
        futures_util::future::join(waiting, meanwhile).await,
        (401, 200)
    );
    assert_eq!(stage.status(&known.token(&claims())).await, 200);
}

#[actix_web::test]
async fn a_set_without_a_usable_key_changes_nothing() {
    let (known, new) = (
        Issuer::new("known", Algorithm::ES256),
        Issuer::new("new", Algorithm::ES256),
    );
    let server = JwksServer::new(set(&[&known]));
    let stage = Stage::new(&[("ONTERMS__AUTH__JWKS_URL", &server.url)]);
    assert_eq!(stage.status(&known.token(&claims())).await, 200);

    let mut encrypts = new.jwk();
    encrypts["use"] = json!("enc");
    for (minute, document) in [
        (1, json!({ "keys": [] })),
        (2, json!({ "keys": [encrypts] })),
        (3, json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] })),
    ] {
        server.publish(document.clone());
        stage.at(Duration::from_secs(60 * minute));
        let fresh = new.token(&claims_with(json!({ "jti": minute.to_string() })));
        assert_eq!(stage.status(&fresh).await, 401, "{document}");
        let again = claims_with(json!({ "jti": format!("not remembered {minute}") }));
        assert_eq!(stage.status(&known.token(&again)).await, 200, "{document}");
    }
    assert_eq!(server.reads(), 4);
    server.publish(set(&[&new]));
    stage.at(Duration::from_secs(60 * 4));
    assert_eq!(stage.status(&new.token(&claims())).await, 200);
    assert_eq!(stage.status(&known.token(&claims())).await, 401);
}

#[actix_web::test]
async fn a_withdrawn_key_is_forgotten_with_what_it_verified() {
    let (kept, withdrawn) = (
        Issuer::new("kept", Algorithm::ES256),
        Issuer::new("withdrawn", Algorithm::ES256),
    );
    let server = JwksServer::new(set(&[&kept, &withdrawn]));
    let stage = Stage::new(&[("ONTERMS__AUTH__JWKS_URL", &server.url)]);
    let (kept, withdrawn) = (kept.token(&claims()), withdrawn.token(&claims()));
    assert_eq!(stage.status(&withdrawn).await, 200);
    assert_eq!(stage.status(&kept).await, 200);

    let jwk = server.document.lock().expect("no test panics with it")["keys"][0].clone();
    server.publish(json!({ "keys": [jwk] }));
    stage.at(Duration::from_secs(15 * 60));
    // Old by now: these calls cause a read, without waiting for it.
    assert_eq!(stage.status(&kept).await, 200);
    server.was_read(2).await;
    let gone = async {
        while stage.status(&withdrawn).await != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .expect("the withdrawn key is forgotten");
    assert_eq!(stage.status(&kept).await, 200);
    assert_eq!(server.reads(), 2);
}

#[actix_web::test]
async fn an_unreachable_url_does_not_keep_other_tokens_out() {
    let stage = Stage::new(&[
        ("ONTERMS__AUTH__JWKS_URL", "http://127.0.0.1:1/jwks"),
        ("ONTERMS__AUTH__HS256_SECRET", SECRET),
    ]);
    stage.auth.fetch_keys();
    assert_eq!(stage.status(&hs256(&claims())).await, 200);
    let stranger = Issuer::new("stranger", Algorithm::ES256);
    assert_eq!(stage.status(&stranger.token(&claims())).await, 401);
}

#[actix_web::test]
async fn no_body_is_read_while_its_token_waits_for_a_key() {
    let issuer = Issuer::new("a", Algorithm::ES256);
    let server = JwksServer::new(set(&[]));
    let stage = Stage::new(&[("ONTERMS__AUTH__JWKS_URL", &server.url)]);
    server.publish(set(&[&issuer]));
    stage.at(Duration::from_secs(120));
    let rules = claims_with(json!({ "scope": "rules:write" }));
    // A body that is no JSON is found out before the key is there, if it is read before.
    let strangers = Issuer::new("b", Algorithm::ES256).token(&rules);
    let answer = stage.post("/rules/1").bearer_auth(strangers);
    let answer = answer.header("content-type", "application/json").body("{");
    assert_eq!(crate::support::Answer::of(answer).await.status, 401);
    stage.at(Duration::from_secs(240));
    let body = stage.post("/rules/1").bearer_auth(issuer.token(&rules));
    let answer = crate::support::Answer::of(body.json(&json!({ "a": 1 }))).await;
    assert_eq!((answer.status, answer.body), (200, json!({ "a": 1 })));
}
