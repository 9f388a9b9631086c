//! A key is remembered with its operation, and forgotten with it.

use std::time::Duration;

use actix_web::{HttpRequest, test::TestRequest};
use chrono::{DateTime, TimeDelta, Utc};
use onterms::{
    http::problem::Kind,
    idempotency::{self, Key, KeyReused, Once},
    store::{Store, StoreError},
};

use crate::helpers::open;
use crate::support::{Database, on_both_databases};

#[derive(Debug)]
enum Failed {
    KeyReused,
    Store,
}

impl From<KeyReused> for Failed {
    fn from(_: KeyReused) -> Self {
        Failed::KeyReused
    }
}

impl From<StoreError> for Failed {
    fn from(_: StoreError) -> Self {
        Failed::Store
    }
}

fn request(key: &str) -> HttpRequest {
    TestRequest::post()
        .uri("/v1/payments")
        .insert_header(("idempotency-key", key))
        .to_http_request()
}

/// Does an operation with this id under a key, or tells which one was done under it before.
async fn operate(
    store: &Store,
    key: &str,
    body: &str,
    operation: &str,
) -> Result<Once<String>, Failed> {
    let key = Key::require(&request(key), "shop", body.as_bytes()).expect("a key");
    let operation = operation.to_owned();
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                Some(&key),
                DateTime::UNIX_EPOCH,
                |_| Ok((operation.clone(), operation)),
                |_, earlier| Ok(earlier.to_owned()),
            )
        })
        .await
}

on_both_databases! {
    async fn an_operation_that_ended_as_a_refusal_frees_its_keys_and_no_others(database: Database) {
        let store = open(&database);
        for (key, operation) in [("a", "txn_1"), ("b", "txn_1"), ("c", "txn_2")] {
            let done = operate(&store, key, "{}", operation).await.expect("a new key");
            assert!(!done.replayed, "{key}");
        }
        store.write(|tx| idempotency::forget_operation(tx, "txn_1")).await.expect("two rows fewer");

        for key in ["a", "b"] {
            let again = operate(&store, key, r#"{"mended":1}"#, "txn_3").await.expect("a free key");
            assert_eq!((again.value.as_str(), again.replayed), ("txn_3", false), "{key}");
        }
        let kept = operate(&store, "c", "{}", "txn_3").await.expect("the same request");
        assert_eq!((kept.value.as_str(), kept.replayed), ("txn_2", true));
        let other = operate(&store, "c", r#"{"mended":1}"#, "txn_3").await;
        assert!(matches!(other, Err(Failed::KeyReused)), "{other:?}");
    }
}

#[test]
fn an_operation_that_needs_a_key_names_the_header_that_is_missing() {
    let bare = TestRequest::post().uri("/v1/payments").to_http_request();
    let problem = Key::require(&bare, "shop", b"{}").expect_err("there is no key");
    assert_eq!(problem.kind(), Kind::IdempotencyKeyRequired);
    let [error] = problem.errors() else {
        panic!("one error: {problem:?}")
    };
    assert_eq!(error.parameter.as_deref(), Some("Idempotency-Key"));
    assert_eq!(error.code, "required");

    for malformed in ["", " ", &"x".repeat(256)] {
        let problem = Key::require(&request(malformed), "shop", b"{}").expect_err(malformed);
        assert_eq!(problem.kind(), Kind::BadRequest, "{malformed:?}");
    }
    let twice = TestRequest::post().uri("/v1/payments");
    let twice = ["k", "l"].into_iter().fold(twice, |request, key| {
        request.append_header(("idempotency-key", key))
    });
    let problem = Key::require(&twice.to_http_request(), "shop", b"{}").expect_err("two keys");
    assert_eq!(problem.kind(), Kind::BadRequest);
    Key::require(&request("k"), "shop", b"{}").expect("a key");
}

#[test]
fn who_asks_while_an_operation_runs_gets_a_time_to_retry() {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH;
    for (left, seconds) in [
        (Duration::from_secs(12), "12"),
        (Duration::from_millis(11_001), "12"),
        (Duration::from_millis(1), "1"),
        (Duration::ZERO, "1"),
    ] {
        let lease_ends = now + TimeDelta::from_std(left).expect("a short time");
        let answer = idempotency::still_running(lease_ends, now).respond(None);
        assert_eq!(answer.status(), 409);
        let told = answer.headers().get("retry-after").expect("a header");
        assert_eq!(told, seconds, "{left:?}");
    }
    let overdue = idempotency::still_running(now, now + TimeDelta::hours(1)).respond(None);
    assert_eq!(overdue.headers().get("retry-after").expect("a header"), "1");
}
