//! Claims of types that nobody expects.

use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::{
    issuers::{me, stage},
    support::{Issuer, SECRET, claims_with, hs256},
};

#[actix_web::test]
async fn claims_of_wrong_types_give_nothing_and_never_more_than_was_meant() {
    let issuer = Issuer::new("t1", Algorithm::EdDSA);
    let toml = format!(
        r#"
        [auth]
        hs256_secret = "{SECRET}"
        roles_claim = "realm_access.roles"
        [auth.roles]
        clerk = ["payments:read"]
        "#
    );
    let stage = stage(&toml, &issuer);
    let wrong = [
        json!(null),
        json!(7),
        json!(1.5),
        json!(true),
        json!({ "payments:read": true }),
        json!([["payments:read"]]),
        json!([null, 7, { "clerk": 1 }]),
        json!(""),
        json!([]),
        json!(["payments:read rules:read"]),
        json!("payments:read,rules:read"),
        json!("PAYMENTS:READ"),
        json!("payments:reed"),
        json!("payments:read\u{0}"),
    ];
    for value in &wrong {
        for claim in ["scope", "scp"] {
            let mut claims = claims_with(json!({}));
            claims["scope"] = json!(null);
            claims[claim] = value.clone();
            let shown = me(&stage, &hs256(&claims)).await;
            assert_eq!(shown["scopes"], json!([]), "{claim}: {value}");
        }
        for place in [json!({ "roles": value }), value.clone()] {
            let token = hs256(&claims_with(
                json!({ "scope": null, "realm_access": place }),
            ));
            assert_eq!(me(&stage, &token).await["scopes"], json!([]), "{place}");
        }
    }
    // One list may hold what cannot be read beside what can.
    let mixed =
        json!({ "scope": [7, "payments:read", null], "realm_access": { "roles": [{}, "clerk"] } });
    let shown = me(&stage, &hs256(&claims_with(mixed))).await;
    assert_eq!(shown["scopes"], json!(["payments:read"]));
    // What binds a token, names its caller or ends it must be readable.
    let refused = [
        (
            "websites",
            &[
                json!(7),
                json!(true),
                json!({}),
                json!([7]),
                json!([["us"]]),
                json!([null]),
            ][..],
        ),
        (
            "sub",
            &[
                json!(7),
                json!(null),
                json!(["shop"]),
                json!({}),
                json!(true),
                json!(""),
            ],
        ),
        (
            "exp",
            &[
                json!("soon"),
                json!(null),
                json!([1]),
                json!({}),
                json!(true),
            ],
        ),
        ("iss", &[json!(7), json!(null), json!({})]),
        ("nbf", &[json!("later"), json!([]), json!({})]),
    ];
    for (claim, values) in refused {
        for value in values {
            let token = hs256(&claims_with(json!({ claim: value })));
            assert_eq!(stage.status(&token).await, 401, "{claim}: {value}");
        }
    }
}
