//! Which tokens are accepted, and with which error the others are rejected.

use std::time::Duration;

use onterms::auth::{Role, mint};
use serde_json::json;

use crate::support::{
    Answer, SECRET, START, Stage, by_hand, claims, claims_with, hs256, hs256_with, settings,
    signed_by_hand,
};

const HS256: (&str, &str) = ("ONTERMS__AUTH__HS256_SECRET", SECRET);

#[actix_web::test]
async fn a_good_token_says_who_calls() {
    let stage = Stage::new(&[HS256]);
    let answer = stage
        .get("/whoami")
        .bearer_auth(hs256(&claims()))
        .send()
        .await
        .expect("the service answers");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.expect("a body"), "shop");
}

#[actix_web::test]
async fn a_token_that_does_not_fit_is_refused_whatever_is_wrong_with_it() {
    let stage = Stage::new(&[HS256, ("ONTERMS__AUTH__DENIED_JTI", "stolen,lost")]);
    let good = hs256(&claims());
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let refused = [
        ("expired", hs256(&claims_with(json!({ "exp": START - 6 })))),
        (
            "over the moment its leeway ends",
            hs256(&claims_with(json!({ "exp": START - 5 }))),
        ),
        ("no exp", hs256(&claims_with(json!({ "exp": null })))),
        (
            "exp as text",
            hs256(&claims_with(json!({ "exp": "2100-01-01" }))),
        ),
        (
            "not begun",
            hs256(&claims_with(json!({ "nbf": START + 6 }))),
        ),
        ("nbf as text", hs256(&claims_with(json!({ "nbf": "now" })))),
        (
            "another audience",
            hs256(&claims_with(json!({ "aud": "another" }))),
        ),
        ("no audience", hs256(&claims_with(json!({ "aud": null })))),
        (
            "another issuer",
            hs256(&claims_with(json!({ "iss": "another" }))),
        ),
        ("no issuer", hs256(&claims_with(json!({ "iss": null })))),
        ("no subject", hs256(&claims_with(json!({ "sub": null })))),
        (
            "an empty subject",
            hs256(&claims_with(json!({ "sub": "" }))),
        ),
        (
            "an endless subject",
            hs256(&claims_with(json!({ "sub": "x".repeat(256) }))),
        ),
        (
            "a denied jti",
            hs256(&claims_with(json!({ "jti": "lost" }))),
        ),
        (
            "a subject with NUL",
            hs256(&claims_with(json!({ "sub": "shop\u{0}" }))),
        ),
        (
            "a subject with a line end",
            hs256(&claims_with(json!({ "sub": "shop\n" }))),
        ),
        (
            "an absurd exp",
            hs256(&claims_with(json!({ "exp": 1e300 }))),
        ),
        (
            "an exp in more than a year",
            hs256(&claims_with(json!({ "exp": START + 366 * 86_400 + 6 }))),
        ),
        (
            "a life of more than a year",
            hs256(&claims_with(
                json!({ "iat": START - 300 * 86_400, "exp": START + 67 * 86_400 }),
            )),
        ),
        ("another secret", hs256_with(&[7; 32], &claims())),
        (
            "alg none",
            by_hand(&json!({ "alg": "none" }), &claims(), b""),
        ),
        (
            "alg None",
            by_hand(&json!({ "alg": "None" }), &claims(), b""),
        ),
        ("no signature", format!("{signed}.")),
        (
            "a signature of another token",
            format!(
                "{}.{signature}",
                hs256(&claims_with(json!({ "sub": "admin" })))
                    .rsplit_once('.')
                    .expect("three parts")
                    .0
            ),
        ),
        ("two parts", signed.to_owned()),
        ("four parts", format!("{good}.x")),
        ("no token at all", "x".to_owned()),
        ("a huge one", "x".repeat(9000)),
    ];
    for (what, token) in refused {
        for round in ["first", "second"] {
            let answer = Answer::of(stage.get("/whoami").bearer_auth(&token)).await;
            assert_eq!(answer.status, 401, "{what}, {round} time");
            assert_eq!(answer.body["type"], "/problems/unauthorized", "{what}");
            let challenge = answer.header("www-authenticate");
            assert!(
                challenge.starts_with("Bearer realm=\"onterms\", error=\"invalid_token\""),
                "{what}: {challenge}"
            );
        }
    }
    assert_eq!(stage.status(&good).await, 200);
}

#[actix_web::test]
async fn a_header_of_another_kind_of_token_is_refused_although_the_signature_is_good() {
    let stage = Stage::new(&[HS256]);
    for (header, status) in [
        (json!({ "alg": "HS256", "typ": "JWT" }), 200),
        (json!({ "alg": "HS256", "typ": "at+jwt" }), 200),
        (json!({ "alg": "HS256" }), 200),
        (json!({ "alg": "HS256", "typ": "logout+jwt" }), 401),
        (json!({ "alg": "HS256", "b64": false }), 401),
        (json!({ "alg": "HS256", "zip": "DEF" }), 401),
    ] {
        let token = signed_by_hand(&header, &claims());
        assert_eq!(stage.status(&token).await, status, "{header}");
    }
}

#[actix_web::test]
async fn a_retired_secret_verifies_until_it_is_removed_and_signs_nothing() {
    let retired = ("ONTERMS__AUTH__RETIRED_HS256_SECRETS", SECRET);
    let new = (
        "ONTERMS__AUTH__HS256_SECRET",
        "another HS256 secret of more than 32 bytes",
    );
    let old_token = hs256(&claims());
    let new_token = hs256_with(new.1.as_bytes(), &claims());
    assert_eq!(Stage::new(&[HS256]).status(&old_token).await, 200);
    let rotating = Stage::new(&[new, retired]);
    assert_eq!(rotating.status(&old_token).await, 200);
    assert_eq!(rotating.status(&new_token).await, 200);
    assert_eq!(rotating.status(&hs256_with(&[7; 32], &claims())).await, 401);
    let rotated = Stage::new(&[new]);
    assert_eq!(rotated.status(&old_token).await, 401);
    assert_eq!(rotated.status(&new_token).await, 200);
    let minted = mint::mint(
        &settings(&[new, retired]).auth,
        "shop",
        Role::Storefront.scopes(),
        None,
        Duration::from_secs(60),
        chrono::DateTime::from_timestamp(START, 0).expect("a moment"),
    );
    assert_eq!(rotated.status(&minted.expect("a token")).await, 200);
    let short = settings(&[HS256, (retired.0, "too short")]);
    let refused = onterms::auth::Auth::new(
        &short,
        onterms::clock::Clock::system(),
        onterms::rate_limit::Ticks::system(),
    );
    let sentence = refused.err().expect("it does not fit").to_string();
    assert!(
        sentence.contains("auth.retired_hs256_secrets"),
        "{sentence}"
    );
}

#[actix_web::test]
async fn a_critical_header_we_do_not_understand_is_refused() {
    let stage = Stage::new(&[HS256]);
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    header.crit = Some(vec!["exp".to_owned()]);
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&header, &claims(), &key).expect("it signs");
    assert_eq!(stage.status(&token).await, 401);
}

#[actix_web::test]
async fn leeway_times_with_fractions_and_lists_of_audiences_are_honoured() {
    let stage = Stage::new(&[HS256]);
    for accepted in [
        json!({ "exp": START - 4 }),
        json!({ "exp": START as f64 + 0.5 }),
        json!({ "nbf": START + 5 }),
        json!({ "aud": ["another", "onterms"] }),
        json!({ "jti": "stolen" }),
        json!({ "scope": "openid checkout" }),
    ] {
        let token = hs256(&claims_with(accepted.clone()));
        assert_eq!(stage.status(&token).await, 200, "{accepted}");
    }
}

#[actix_web::test]
async fn the_header_must_be_one_bearer_token() {
    let stage = Stage::new(&[HS256]);
    let token = hs256(&claims());
    let missing = Answer::of(stage.get("/whoami")).await;
    assert_eq!(missing.status, 401);
    assert_eq!(
        missing.header("www-authenticate"),
        "Bearer realm=\"onterms\""
    );
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "bearer",
        &token,
        "\u{e9}",
    ] {
        let answer = Answer::of(
            stage
                .get("/whoami")
                .header("authorization", header.as_bytes()),
        )
        .await;
        assert_eq!(answer.status, 401, "{header}");
    }
    let twice = stage
        .get("/whoami")
        .header("authorization", format!("Bearer {token}"))
        .header("authorization", format!("Bearer {token}"));
    assert_eq!(Answer::of(twice).await.status, 401);
    let lower = stage
        .get("/whoami")
        .header("authorization", format!("bearer  {token}"));
    assert_eq!(Answer::of(lower).await.status, 200);
}

#[actix_web::test]
async fn token_and_scope_come_before_path_and_body() {
    let stage = Stage::new(&[HS256]);
    let storefront = hs256(&claims());
    let rules = hs256(&claims_with(json!({ "scope": "rules:write" })));
    for (path, body) in [
        ("/rules/no-number", "{}"),
        ("/rules/1", "{broken"),
        ("/rules/1", ""),
    ] {
        let call = || {
            stage
                .post(path)
                .header("content-type", "application/json")
                .body(body)
        };
        assert_eq!(Answer::of(call()).await.status, 401, "{path} {body}");
        let answer = Answer::of(call().bearer_auth(&storefront)).await;
        assert_eq!(answer.status, 403, "{path} {body}");
        assert_eq!(answer.body["type"], "/problems/missing-scope");
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer realm=\"onterms\", error=\"insufficient_scope\", scope=\"rules:write\""
        );
        let status = Answer::of(call().bearer_auth(&rules)).await.status;
        assert!([400, 404].contains(&status), "{path} {body}: {status}");
    }
    let good = stage.post("/rules/1").json(&json!({})).bearer_auth(&rules);
    assert_eq!(Answer::of(good).await.status, 200);
}

#[actix_web::test]
async fn a_handler_may_need_a_further_scope() {
    let stage = Stage::new(&[HS256]);
    let call = |scope: &str| {
        stage
            .get("/settle")
            .bearer_auth(hs256(&claims_with(json!({ "scope": scope }))))
    };
    assert_eq!(Answer::of(call("payments:read")).await.status, 403);
    assert_eq!(Answer::of(call("payments:settle")).await.status, 403);
    assert_eq!(
        Answer::of(call("payments:read payments:settle"))
            .await
            .status,
        200
    );
}

#[actix_web::test]
async fn a_remembered_token_ends_when_it_expires() {
    let stage = Stage::new(&[HS256]);
    let token = hs256(&claims_with(json!({ "exp": START + 60 })));
    assert_eq!(stage.status(&token).await, 200);
    stage.at(Duration::from_millis(64_999));
    assert_eq!(stage.status(&token).await, 200);
    stage.at(Duration::from_secs(65));
    let answer = Answer::of(stage.get("/whoami").bearer_auth(&token)).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.body["detail"]
            .as_str()
            .is_some_and(|it| it.contains("`exp`"))
    );
}

#[actix_web::test]
async fn a_minted_token_opens_the_door_of_its_role_for_as_long_as_it_said() {
    let settings = settings(&[HS256]);
    let stage = Stage::with_settings(&settings);
    let start = chrono::DateTime::from_timestamp(START, 0).expect("a date");
    let minted = |role: Role, lifetime| {
        mint::mint(
            &settings.auth,
            "backend",
            role.scopes(),
            None,
            lifetime,
            start,
        )
    };
    let hour = Duration::from_secs(3600);
    let storefront = minted(Role::Storefront, hour).expect("a token");
    let admin = minted(Role::Admin, mint::LONGEST).expect("a token");
    assert_eq!(stage.status(&storefront).await, 200);
    assert_eq!(stage.status(&admin).await, 200);
    let check = |token| Answer::of(stage.get("/check").bearer_auth(token));
    assert_eq!(check(&storefront).await.status, 403);
    assert_eq!(check(&admin).await.status, 200);
    stage.at(hour + Duration::from_secs(5));
    assert_eq!(stage.status(&storefront).await, 401);
    assert_eq!(stage.status(&admin).await, 200);

    for wrong in [Duration::ZERO, mint::LONGEST + Duration::from_secs(1)] {
        assert!(minted(Role::Admin, wrong).is_err(), "{wrong:?}");
    }
}
