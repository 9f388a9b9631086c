//! The keys that tokens are verified with.
//!
//! Each key is bound to one algorithm when it is read, never by what a token claims: the configured secret verifies
//! only HS256, and a key of a JWK set verifies the one algorithm of its type and curve. So a token that is signed with
//! HS256 and a public key as its secret finds no matching key.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    config::{self, WrongSettings},
    secret::SecretText,
};

/// The minimum length of an HS256 secret in bytes: the output length of its hash.
const LEAST_SECRET_BYTES: usize = 32;

/// The secrets that verify HS256: the signing one, then retired ones. The error names the wrong setting.
pub fn hs256_secrets(
    settings: &config::AuthSettings,
) -> Result<Vec<Zeroizing<Vec<u8>>>, WrongSettings> {
    let current = std::iter::once(&settings.hs256_secret).filter(|secret| !secret.is_empty());
    let current = current.map(|secret| hs256_secret("auth.hs256_secret", secret));
    let retired = settings.retired_hs256_secrets.iter();
    let retired = retired.map(|secret| hs256_secret("auth.retired_hs256_secrets", secret));
    current.chain(retired).collect()
}

/// The secret that signs tokens.
pub fn signing_secret(
    settings: &config::AuthSettings,
) -> Result<Zeroizing<Vec<u8>>, WrongSettings> {
    hs256_secret("auth.hs256_secret", &settings.hs256_secret)
}

fn hs256_secret(name: &str, secret: &SecretText) -> Result<Zeroizing<Vec<u8>>, WrongSettings> {
    let bytes = secret
        .key_bytes()
        .map_err(|error| WrongSettings(format!("{name} does not fit: {error}.")))?;
    if bytes.len() < LEAST_SECRET_BYTES {
        return Err(WrongSettings(format!(
            "{name} has {} bytes but needs at least {LEAST_SECRET_BYTES}.",
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// Reads `auth.jwks_algorithms`; the error names the word that is no supported algorithm.
pub fn jwks_algorithms(names: &[String]) -> Result<Vec<Algorithm>, WrongSettings> {
    names
        .iter()
        .map(|name| match name.as_str() {
            "RS256" => Ok(Algorithm::RS256),
            "ES256" => Ok(Algorithm::ES256),
            "EdDSA" => Ok(Algorithm::EdDSA),
            other => Err(WrongSettings(format!(
                "auth.jwks_algorithms may name RS256, ES256 and EdDSA, not `{other}`."
            ))),
        })
        .collect()
}

/// The usable public keys of a JWK set.
#[derive(Default)]
pub struct KeyRing(Vec<VerificationKey>);

struct VerificationKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The document is not a JWK set.
#[derive(Debug, thiserror::Error)]
#[error("it is not a JWK set: {0}")]
pub struct NotAKeySet(#[from] serde_json::Error);

impl KeyRing {
    /// Keeps the keys of a JWK set that verify signatures of an allowed algorithm.
    ///
    /// A key that cannot be used does not affect the others, because issuers also publish encryption keys and newer
    /// algorithms; such keys are named in the log.
    pub fn read(document: &[u8], allowed: &[Algorithm]) -> Result<Self, NotAKeySet> {
        #[derive(Deserialize)]
        struct KeySetDocument {
            keys: Vec<serde_json::Value>,
        }
        let document: KeySetDocument = serde_json::from_slice(document)?;
        let mut ring = KeyRing::default();
        for value in document.keys {
            let id = value
                .get("kid")
                .and_then(|kid| kid.as_str())
                .map(str::to_owned);
            match public_key(value, allowed) {
                Ok((algorithm, key)) => ring.0.push(VerificationKey { id, algorithm, key }),
                Err(Unusable::OtherUse) => {}
                Err(Unusable::Because(reason)) => {
                    tracing::warn!(kid = id, reason, "a key of the JWK set is not used");
                }
            }
        }
        Ok(ring)
    }

    /// The key for a token's header. A token without `kid` has a key only if a single key has its algorithm.
    pub fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&DecodingKey> {
        let mut fitting = self.0.iter().filter(|key| {
            key.algorithm == algorithm && (kid.is_none() || key.id.as_deref() == kid)
        });
        match (fitting.next(), fitting.next(), kid) {
            (Some(_), Some(_), None) => None,
            (first, _, _) => first.map(|key| &key.key),
        }
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether every key of `self` is still in `other`, so that tokens verified with `self` stay valid.
    pub fn is_within(&self, other: &KeyRing) -> bool {
        self.0.iter().all(|ours| {
            other.0.iter().any(|theirs| {
                ours.algorithm == theirs.algorithm
                    && ours.id == theirs.id
                    && same_key(&ours.key, &theirs.key)
            })
        })
    }
}

fn same_key(one: &DecodingKey, other: &DecodingKey) -> bool {
    use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
    let same = |a: &[u8], b: &[u8]| verify_slices_are_equal(a, b).is_ok();
    match (one.kind(), other.kind()) {
        (SecretOrDer(a), SecretOrDer(b)) => same(a, b),
        (RsaModulusExponent { n, e }, RsaModulusExponent { n: n2, e: e2 }) => {
            same(n, n2) && same(e, e2)
        }
        _ => false,
    }
}

/// Why a key of a JWK set is not used.
enum Unusable {
    /// The key has another purpose, such as encryption; issuers publish such keys beside signing keys.
    OtherUse,
    Because(&'static str),
}

impl From<&'static str> for Unusable {
    fn from(reason: &'static str) -> Self {
        Unusable::Because(reason)
    }
}

/// The one algorithm that a key may be used with, by its type and curve, or the reason why it is not used.
fn public_key(
    value: serde_json::Value,
    allowed: &[Algorithm],
) -> Result<(Algorithm, DecodingKey), Unusable> {
    let other_use = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    if other_use("use").is_some_and(|usage| usage != "sig") {
        return Err(Unusable::OtherUse);
    }
    let jwk: Jwk = serde_json::from_value(value).map_err(|_| "it is not a JWK we can read")?;
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        AlgorithmParameters::OctetKey(_) => {
            return Err(
                "it is symmetric, so that everyone who can read the set could sign with it".into(),
            );
        }
        _ => return Err("its type or curve is not one of RS256, ES256 or EdDSA".into()),
    };
    if !allowed.contains(&algorithm) {
        return Err("jwks_algorithms does not name its algorithm".into());
    }
    if jwk
        .common
        .key_algorithm
        .is_some_and(|named| named != KeyAlgorithm::from(algorithm))
    {
        return Err("its `alg` is not the one its type is accepted for".into());
    }
    if jwk
        .common
        .key_operations
        .is_some_and(|operations| !operations.contains(&KeyOperations::Verify))
    {
        return Err(Unusable::OtherUse);
    }
    let key = DecodingKey::from_jwk(&Jwk {
        common: Default::default(),
        algorithm: jwk.algorithm,
    })
    .map_err(|_| "its parameters are not Base64")?;
    Ok((algorithm, key))
}
