//! Rate limits at their edges, and the headers that tell of them.

use std::time::Duration;

use serde_json::json;

use crate::support::{Answer, SECRET, Stage, claims, claims_with, hs256};

const HS256: (&str, &str) = ("ONTERMS__AUTH__HS256_SECRET", SECRET);

async fn check(stage: &Stage, subject: &str) -> Answer {
    let claims = claims_with(json!({ "sub": subject, "scope": "integrations:read" }));
    Answer::of(stage.get("/check").bearer_auth(hs256(&claims))).await
}

#[actix_web::test]
async fn the_quota_is_per_caller_and_comes_back_with_time() {
    let stage = Stage::new(&[HS256, ("ONTERMS__RATE_LIMITS__CHECK", "2")]);
    for remaining in [1, 0] {
        let answer = check(&stage, "a").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"check\";q=2;w=60");
        assert_eq!(
            answer.header("ratelimit"),
            format!("\"check\";r={remaining};t=30")
        );
    }
    let refused = check(&stage, "a").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.body["type"], "/problems/too-many-requests");
    assert_eq!(refused.header("retry-after"), "30");
    assert_eq!(refused.header("ratelimit-policy"), "\"check\";q=2;w=60");
    assert_eq!(refused.header("ratelimit"), "\"check\";r=0;t=30");
    assert_eq!(check(&stage, "b").await.status, 200);

    stage.at(Duration::from_millis(29_999));
    let early = check(&stage, "a").await;
    assert_eq!((early.status, early.header("retry-after")), (429, "1"));
    stage.at(Duration::from_secs(30));
    assert_eq!(check(&stage, "a").await.status, 200);
    assert_eq!(check(&stage, "a").await.status, 429);
}

#[actix_web::test]
async fn a_class_without_a_limit_has_no_headers() {
    let stage = Stage::new(&[HS256]);
    let answer = Answer::of(stage.get("/whoami").bearer_auth(hs256(&claims()))).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("ratelimit"));
    assert!(!answer.headers.contains_key("ratelimit-policy"));
}

#[actix_web::test]
async fn a_caller_without_the_scope_uses_nobodys_quota() {
    let stage = Stage::new(&[HS256, ("ONTERMS__RATE_LIMITS__CHECK", "1")]);
    let lacking = hs256(&claims_with(json!({ "sub": "a" })));
    for _ in 0..3 {
        let answer = Answer::of(stage.get("/check").bearer_auth(&lacking)).await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(check(&stage, "a").await.status, 200);
}
