//! Tokens of common identity providers, by configuration alone: each with claims of the provider's own shape, signed by a
//! test key.

use std::io::Write;

use jsonwebtoken::Algorithm;
use onterms::config::{Settings, Sources};
use serde_json::{Value, json};

use crate::support::{Answer, Issuer, SECRET, START, Stage, claims_with, hs256};

/// Settings from a file such as an operator writes, with the keys of `issuer` beside it.
pub fn stage(toml: &str, issuer: &Issuer) -> Stage {
    Stage::with_settings(&load(toml, issuer).expect("the settings fit"))
}

fn load(toml: &str, issuer: &Issuer) -> Result<Settings, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let keys = directory.path().join("jwks.json");
    let set = json!({ "keys": [issuer.jwk(), encryption_key()] });
    std::fs::write(&keys, set.to_string()).expect("it is written");
    // The file is read when the service starts, and may go after that.
    let directory = Box::leak(Box::new(directory));
    let file = directory.path().join("onterms.toml");
    let text = toml.replace("JWKS", keys.to_str().expect("a path in UTF-8"));
    write!(std::fs::File::create(&file).expect("a file"), "{text}").expect("it is written");
    Settings::load(Sources {
        file: Some(&file),
        environment: Some(Vec::new()),
        ..Sources::default()
    })
    .map_err(|error| error.to_string())
}

/// Keycloak publishes such a key beside those that sign.
fn encryption_key() -> Value {
    json!({ "kid": "enc", "kty": "RSA", "alg": "RSA-OAEP", "use": "enc", "n": "AQAB", "e": "AQAB" })
}

pub async fn me(stage: &Stage, token: &str) -> Value {
    let answer = Answer::of(stage.get("/me").bearer_auth(token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn detail(stage: &Stage, token: &str) -> String {
    let answer = Answer::of(stage.get("/me").bearer_auth(token)).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    answer.body["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[actix_web::test]
async fn keycloak_names_roles_in_a_path() {
    let issuer = Issuer::new("k1", Algorithm::RS256);
    let stage = stage(
        r#"
        [auth]
        issuer = "https://id.shop.example/realms/shop"
        audience = "onterms"
        jwks_file = "JWKS"
        roles_claim = "realm_access.roles"
        [auth.roles]
        clerk = ["payments:read", "findings:read"]
        "shop.admin" = ["*"]
        "#,
        &issuer,
    );
    let token = |roles: Value| {
        issuer.token(&json!({
            "iss": "https://id.shop.example/realms/shop", "aud": ["onterms", "account"], "exp": START + 300, "iat": START,
            "jti": "7f0d", "sub": "3b1f2c3d-0000-4000-8000-000000000001", "typ": "Bearer", "azp": "storefront",
            "scope": "openid profile email checkout", "realm_access": { "roles": roles },
        }))
    };
    let clerk = me(&stage, &token(json!(["clerk", "offline_access"]))).await;
    assert_eq!(clerk["subject"], "3b1f2c3d-0000-4000-8000-000000000001");
    assert_eq!(
        clerk["scopes"],
        json!(["checkout", "payments:read", "findings:read"])
    );
    let admin = me(&stage, &token(json!(["shop.admin"]))).await;
    assert_eq!(
        admin["scopes"].as_array().map(Vec::len),
        Some(onterms::auth::Scope::ALL.len())
    );
    let nobody = me(&stage, &token(json!(["uma_authorization"]))).await;
    assert_eq!(nobody["scopes"], json!(["checkout"]));
}

#[actix_web::test]
async fn auth0_lists_permissions_and_puts_namespaces_into_claims() {
    let issuer = Issuer::new("a1", Algorithm::RS256);
    let stage = stage(
        r#"
        [auth]
        issuer = "https://shop.eu.auth0.com/"
        audience = ["https://pay.shop.example", "https://other.example"]
        jwks_file = "JWKS"
        scope_claims = ["scope", "permissions"]
        roles_claim = "/https:~1~1shop.example~1roles"
        websites_claim = "https://shop.example/websites"
        [auth.roles]
        finance = ["payments:refund"]
        "#,
        &issuer,
    );
    let token = issuer.token(&json!({
        "iss": "https://shop.eu.auth0.com/", "aud": ["https://pay.shop.example", "https://shop.eu.auth0.com/userinfo"],
        "sub": "auth0|6123", "azp": "AbC", "exp": START + 300, "iat": START, "scope": "openid payments:read",
        "permissions": ["rules:read"], "https://shop.example/roles": ["finance"],
        "https://shop.example/websites": ["us", "eu"],
    }));
    let shown = me(&stage, &token).await;
    assert_eq!(shown["subject"], "auth0|6123");
    assert_eq!(
        shown["scopes"],
        json!(["payments:read", "payments:refund", "rules:read"])
    );
    assert_eq!(shown["websites"], json!(["us", "eu"]));
}

#[actix_web::test]
async fn entra_id_uses_scp_app_roles_and_a_prefix() {
    let issuer = Issuer::new("e1", Algorithm::RS256);
    let stage = stage(
        r#"
        [auth]
        issuer = "https://login.microsoftonline.com/72f988bf/v2.0"
        audience = "6e74172b-be56-4843-9ff4-e66a39bb12e3"
        jwks_file = "JWKS"
        scope_prefix = "OnTerms."
        subject_claims = ["oid", "azp"]
        roles_claim = "roles"
        [auth.roles]
        "Payments.Settle" = ["payments:settle"]
        "#,
        &issuer,
    );
    let claims = json!({
        "iss": "https://login.microsoftonline.com/72f988bf/v2.0", "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "exp": START + 300, "nbf": START, "iat": START, "sub": "pairwise", "ver": "2.0",
    });
    let with = |more: Value| {
        let mut claims = claims.clone();
        for (name, value) in more.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        issuer.token(&claims)
    };
    let person = me(&stage, &with(json!({ "oid": "0a1b", "scp": "OnTerms.payments:read OnTerms.checkout access_as_user" }))).await;
    assert_eq!(person["subject"], "0a1b");
    assert_eq!(person["scopes"], json!(["checkout", "payments:read"]));
    let daemon = me(
        &stage,
        &with(json!({ "azp": "daemon", "roles": ["Payments.Settle"] })),
    )
    .await;
    assert_eq!(daemon["subject"], "daemon");
    let settling = [
        "settle", "invoice", "capture", "cancel", "refund", "resolve",
    ];
    assert_eq!(
        daemon["scopes"],
        json!(settling.map(|it| format!("payments:{it}")))
    );
    assert!(
        detail(&stage, &with(json!({ "sub": "pairwise" })))
            .await
            .contains("`oid` or `azp`")
    );
}

#[actix_web::test]
async fn okta_lists_scopes_and_names_clients_otherwise() {
    let issuer = Issuer::new("o1", Algorithm::RS256);
    let stage = stage(
        r#"
        [auth]
        issuer = "https://shop.okta.com/oauth2/default"
        audience = "api://default"
        jwks_file = "JWKS"
        "#,
        &issuer,
    );
    let token = issuer.token(&json!({
        "ver": 1, "jti": "AT.1", "iss": "https://shop.okta.com/oauth2/default", "aud": "api://default",
        "iat": START, "exp": START + 300, "cid": "0oa1", "uid": "00u1", "scp": ["openid", "payments:read"],
        "sub": "amanda@shop.example",
    }));
    let shown = me(&stage, &token).await;
    assert_eq!(shown["subject"], "amanda@shop.example");
    assert_eq!(shown["scopes"], json!(["payments:read"]));
}

#[actix_web::test]
async fn callers_of_several_issuers_are_kept_apart() {
    let issuer = Issuer::new("s1", Algorithm::ES256);
    let toml = format!(
        r#"
        [auth]
        hs256_secret = "{SECRET}"
        [[auth.issuers]]
        issuer = "https://idp.example"
        audience = "pay"
        jwks_file = "JWKS"
        scope_claims = ["permissions"]
        "#
    );
    let stage = stage(&toml, &issuer);
    let foreign = |changes: Value| {
        let mut claims = json!({
            "iss": "https://idp.example", "aud": "pay", "sub": "shop", "permissions": ["checkout"], "exp": START + 60,
        });
        for (name, value) in changes.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims
    };
    assert_eq!(
        me(&stage, &hs256(&claims_with(json!({})))).await["subject"],
        "shop"
    );
    let shown = me(&stage, &issuer.token(&foreign(json!({})))).await;
    assert_eq!(shown["subject"], "https://idp.example#shop");
    assert_eq!(shown["scopes"], json!(["checkout"]));
    // Nobody takes the name of another issuer's caller, and no issuer signs for another.
    let posing = hs256(&claims_with(json!({ "sub": "https://idp.example#shop" })));
    assert!(detail(&stage, &posing).await.contains("another issuer"));
    let signed_for_us = issuer.token(&claims_with(json!({})));
    assert_eq!(stage.status(&signed_for_us).await, 401);
    let with_our_secret = hs256(&foreign(json!({})));
    assert!(detail(&stage, &with_our_secret).await.contains("HS256"));
    for (changes, expected) in [
        (json!({ "aud": "other" }), "`aud` must contain `pay`"),
        (
            json!({ "iss": "https://evil.example" }),
            "`iss` must be `onterms` or `https://idp.example`",
        ),
        (json!({ "sub": "" }), "`sub`, `client_id` or `azp`"),
        (json!({ "websites": 7 }), "`websites` must be"),
        (json!({ "exp": "soon" }), "exp"),
    ] {
        let told = detail(&stage, &issuer.token(&foreign(changes.clone()))).await;
        assert!(told.contains(expected), "{changes}: {told}");
    }
}

#[actix_web::test]
async fn a_claim_binds_a_token_to_websites() {
    let issuer = Issuer::new("w1", Algorithm::EdDSA);
    let toml = |more: &str| format!("[auth]\nhs256_secret = \"{SECRET}\"\n{more}");
    let stage_of = |more: &str| stage(&toml(more), &issuer);
    let open = stage_of("");
    for (claim, websites) in [
        (json!(null), json!(null)),
        (json!("us"), json!(["us"])),
        (json!(["us", "eu"]), json!(["us", "eu"])),
        (json!([]), json!([])),
    ] {
        let token = hs256(&claims_with(json!({ "websites": claim })));
        assert_eq!(me(&open, &token).await["websites"], websites, "{claim}");
    }
    let strict = stage_of("require_websites = true\n");
    assert!(
        detail(&strict, &hs256(&claims_with(json!({}))))
            .await
            .contains("`websites`")
    );
    // An operation that says nothing about websites is closed to tokens that are bound to some.
    let bound = hs256(&claims_with(json!({ "websites": ["us"] })));
    let answer = Answer::of(open.get("/whoami").bearer_auth(&bound)).await;
    assert_eq!(
        (answer.status, &answer.body["type"]),
        (403, &json!("/problems/website-token"))
    );
}

#[test]
fn settings_that_do_not_fit_say_so() {
    let issuer = Issuer::new("x1", Algorithm::EdDSA);
    for (toml, expected) in [
        (
            "[[auth.issuers]]\nissuer = \"https://a.example\"\n",
            "jwks_file",
        ),
        (
            "[[auth.issuers]]\nissuer = \"onterms\"\njwks_file = \"JWKS\"\n",
            "twice",
        ),
        (
            "[[auth.issuers]]\nissuer = \"\"\njwks_file = \"JWKS\"\n",
            "issuer",
        ),
        ("[auth]\naudience = []\n", "audience"),
        (
            "[[auth.issuers]]\nissuer = \"https://a.example\"\njwks = \"JWKS\"\n",
            "jwks",
        ),
    ] {
        let refused = load(toml, &issuer).expect_err(toml);
        assert!(refused.contains(expected), "{toml}: {refused}");
    }
    let unknown = load(
        "[auth]\nhs256_secret = \"12345678901234567890123456789012\"\n[auth.roles]\nclerk = [\"payments:reed\"]\n",
        &issuer,
    );
    let refused = onterms::auth::Auth::new(
        &unknown.expect("it is read"),
        onterms::clock::Clock::system(),
        onterms::rate_limit::Ticks::system(),
    );
    let sentence = refused.err().expect("it does not fit").to_string();
    assert!(sentence.contains("payments:reed"), "{sentence}");
}
