//! Verifies a JWT: signature first, by a key chosen from configuration, then what it says.

use std::collections::HashSet;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::Deserialize;

use super::{
    keys::{self, KeyRing},
    scope::Scopes,
};
use crate::config::{self, WrongSettings};

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

/// Why a token is not believed. Callers are told little of it; the log has the rest at debug level.
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
    /// Properly signed, and denied by its `jti`.
    Denied,
}

/// The rules of verification, fixed at start. Keys of a JWK set come in as an argument because they change.
pub struct Verifier {
    hs256: Option<(DecodingKey, Validation)>,
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
        let hs256 = if settings.hs256_secret.is_empty() {
            None
        } else {
            let secret = keys::hs256_secret(&settings.hs256_secret)?;
            Some((
                DecodingKey::from_secret(&secret),
                validation(Algorithm::HS256),
            ))
        };
        Ok(Verifier {
            hs256,
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

    /// Believes the token, or says why not.
    pub fn verify(
        &self,
        token: &str,
        ring: &KeyRing,
        now_seconds: i64,
    ) -> Result<Verified, Refusal> {
        if token.len() > MOST_TOKEN_BYTES {
            return Err(Refusal::Malformed);
        }
        let header = decode_header(token).map_err(|_| Refusal::Untrusted)?;
        // We understand no critical extension, and RFC 7515 has us refuse what we do not understand.
        if header.crit.is_some() {
            return Err(Refusal::Untrusted);
        }
        let (key, validation) = match (header.alg, &self.hs256) {
            (Algorithm::HS256, Some((key, validation))) => (key, validation),
            (algorithm, _) => {
                let (_, validation) = self
                    .jwks
                    .iter()
                    .find(|(allowed, _)| *allowed == algorithm)
                    .ok_or(Refusal::Untrusted)?;
                let key = ring
                    .find(algorithm, header.kid.as_deref())
                    .ok_or(Refusal::UnknownKey)?;
                (key, validation)
            }
        };
        let claims = decode::<Claims>(token, key, validation)
            .inspect_err(|error| log_cause(error.kind()))
            .map_err(|_| Refusal::Untrusted)?
            .claims;
        self.judge(claims, now_seconds)
    }

    fn judge(&self, claims: Claims, now_seconds: i64) -> Result<Verified, Refusal> {
        if claims.sub.is_empty() || claims.sub.len() > MOST_SUBJECT_BYTES {
            return Err(Refusal::Untrusted);
        }
        // `as` saturates, and both dates are rounded against the token.
        let ends_seconds = (claims.exp.floor() as i64).saturating_add(self.leeway_seconds);
        if now_seconds >= ends_seconds {
            return Err(Refusal::Expired);
        }
        let begins = claims.nbf.map(|nbf| nbf.ceil() as i64);
        if begins.is_some_and(|begins| begins > now_seconds.saturating_add(self.leeway_seconds)) {
            return Err(Refusal::NotYet);
        }
        if claims.jti.is_some_and(|jti| self.denied.contains(&jti)) {
            return Err(Refusal::Denied);
        }
        Ok(Verified {
            subject: claims.sub.into_boxed_str(),
            scopes: Scopes::parse(&claims.scope),
            ends_seconds,
        })
    }
}

fn log_cause(kind: &ErrorKind) {
    tracing::debug!(cause = ?kind, "a token is not believed");
}
