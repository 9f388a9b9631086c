//! Verifies a JWT: signature first, by a key chosen from configuration, then what it says.

use std::collections::HashSet;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::Deserialize;

use super::{
    header,
    keys::{self, KeyRing},
    revoked::{Named, RevokedTokens},
    scope::Scopes,
};
use crate::config::{self, WrongSettings};

/// A token that lives for longer is none that an issuer meant to hand out, and revocations need not be kept for longer.
pub const LONGEST_LIFE_SECONDS: i64 = 366 * 24 * 60 * 60;
/// Longer tokens are refused before any work is done on them.
const MOST_TOKEN_BYTES: usize = 8 * 1024;
/// Subjects go into the audit log and key the idempotency store.
pub(super) const MOST_SUBJECT_BYTES: usize = 255;

/// A token whose signature and claims were found good.
#[derive(Debug)]
pub struct Verified {
    subject: Box<str>,
    scopes: Scopes,
    /// Unix seconds from which it is no longer good, leeway included.
    ends_seconds: i64,
}

impl Verified {
    /// Who holds the token: its `sub`, never empty.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What it may do.
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// Whether it is too late to use it.
    pub fn has_expired(&self, now_seconds: i64) -> bool {
        now_seconds >= self.ends_seconds
    }
}

/// Why a token is rejected. Callers get a general reason; the log has the details at debug level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No `Authorization` header.
    Missing,
    /// The header is not one `Bearer` token.
    Malformed,
    /// Not signed by a key we trust, or not meant for us.
    Untrusted,
    /// No key with its `kid` is known; a JWK set may have it by now.
    UnknownKey,
    /// Properly signed, and over.
    Expired,
    /// Properly signed, and not begun.
    NotYet,
    /// Properly signed, and valid for longer than any token should be.
    TooLong,
    /// Properly signed, and denied by its `jti` or revoked.
    Denied,
}

/// The rules of verification, fixed at start. Keys of a JWK set come in as an argument because they change.
pub struct Verifier {
    /// The secret that signs, then retired ones.
    hs256: Vec<DecodingKey>,
    hs256_validation: Validation,
    jwks: Vec<(Algorithm, Validation)>,
    leeway_seconds: i64,
    denied: HashSet<String>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// NumericDate may have a fraction; a float of seconds is exact far beyond any date we meet.
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
    iss: String,
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    scope: String,
}

impl Verifier {
    /// Takes secret, issuer, audience, leeway and denied tokens from the configuration.
    pub fn new(settings: &config::Auth) -> Result<Self, WrongSettings> {
        let validation = |algorithm| {
            let mut validation = Validation::new(algorithm);
            validation.set_issuer(&[&settings.issuer]);
            validation.set_audience(&[&settings.audience]);
            validation.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
            // Times are judged below by our own clock.
            validation.validate_exp = false;
            validation
        };
        let hs256 = keys::hs256_secrets(settings)?;
        let hs256 = hs256.iter().map(|secret| DecodingKey::from_secret(secret));
        Ok(Verifier {
            hs256: hs256.collect(),
            hs256_validation: validation(Algorithm::HS256),
            jwks: keys::jwks_algorithms(&settings.jwks_algorithms)?
                .into_iter()
                .map(|algorithm| (algorithm, validation(algorithm)))
                .collect(),
            leeway_seconds: i64::try_from(settings.leeway.as_secs()).unwrap_or(i64::MAX),
            denied: settings.denied_jti.iter().cloned().collect(),
        })
    }

    /// The algorithms a JWK set's keys may be used with.
    pub fn jwks_algorithms(&self) -> Vec<Algorithm> {
        self.jwks.iter().map(|(algorithm, _)| *algorithm).collect()
    }

    /// Verifies the token, or returns the reason why it is rejected.
    pub fn verify(
        &self,
        token: &str,
        ring: &KeyRing,
        revoked: &RevokedTokens,
        now_seconds: i64,
    ) -> Result<Verified, Refusal> {
        if token.len() > MOST_TOKEN_BYTES {
            return Err(Refusal::Malformed);
        }
        let parts = decode_header(token).map_err(|_| Refusal::Untrusted)?;
        if !header::is_of_access_token(token) {
            return Err(Refusal::Untrusted);
        }
        let claims = if parts.alg == Algorithm::HS256 && !self.hs256.is_empty() {
            decode_with_any(token, &self.hs256, &self.hs256_validation)
        } else {
            let allowed = |(algorithm, _): &&(Algorithm, Validation)| *algorithm == parts.alg;
            let (algorithm, validation) =
                self.jwks.iter().find(allowed).ok_or(Refusal::Untrusted)?;
            let key = ring
                .find(*algorithm, parts.kid.as_deref())
                .ok_or(Refusal::UnknownKey)?;
            decode_with_any(token, std::iter::once(key), validation)
        };
        self.judge(claims?, revoked, now_seconds)
    }

    fn judge(
        &self,
        claims: Claims,
        revoked: &RevokedTokens,
        now_seconds: i64,
    ) -> Result<Verified, Refusal> {
        // A subject is written to the audit log; PostgreSQL keeps no NUL, and no name has a control character.
        let is_name = !claims.sub.is_empty() && !claims.sub.chars().any(char::is_control);
        if !is_name || claims.sub.len() > MOST_SUBJECT_BYTES {
            return Err(Refusal::Untrusted);
        }
        // `as` saturates, and dates are rounded against the token.
        let expires_seconds = claims.exp.floor() as i64;
        let ends_seconds = expires_seconds.saturating_add(self.leeway_seconds);
        if now_seconds >= ends_seconds {
            return Err(Refusal::Expired);
        }
        let issued_seconds = claims.iat.map(|iat| iat.floor() as i64);
        let from = issued_seconds.unwrap_or(now_seconds).min(now_seconds);
        if expires_seconds.saturating_sub(from) > LONGEST_LIFE_SECONDS + self.leeway_seconds {
            return Err(Refusal::TooLong);
        }
        let begins = claims.nbf.map(|nbf| nbf.ceil() as i64);
        if begins.is_some_and(|begins| begins > now_seconds.saturating_add(self.leeway_seconds)) {
            return Err(Refusal::NotYet);
        }
        let named = Named {
            jti: claims.jti.as_deref(),
            subject: &claims.sub,
            issuer: &claims.iss,
            issued_seconds,
        };
        let is_denied = named.jti.is_some_and(|jti| self.denied.contains(jti));
        if is_denied || revoked.has(&named) {
            return Err(Refusal::Denied);
        }
        Ok(Verified {
            subject: claims.sub.into_boxed_str(),
            scopes: Scopes::parse(&claims.scope),
            ends_seconds,
        })
    }
}

/// The claims, where one of the keys made the signature.
fn decode_with_any<'k>(
    token: &str,
    keys: impl IntoIterator<Item = &'k DecodingKey>,
    validation: &Validation,
) -> Result<Claims, Refusal> {
    for key in keys {
        match decode::<Claims>(token, key, validation) {
            Ok(decoded) => return Ok(decoded.claims),
            Err(error) => {
                log_cause(error.kind());
                if *error.kind() != ErrorKind::InvalidSignature {
                    return Err(Refusal::Untrusted);
                }
            }
        }
    }
    Err(Refusal::Untrusted)
}

fn log_cause(kind: &ErrorKind) {
    tracing::debug!(cause = ?kind, "a token is not believed");
}
