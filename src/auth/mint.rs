//! Makes HS256 tokens, for `onterms token`, the demo and tests.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{claims::MOST_SUBJECT_BYTES, keys, scope::Scope};
use crate::config::{self, WrongSettings};

/// The maximum lifetime of a token. A longer one needs an issuer that can withdraw tokens.
pub const LONGEST: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The reason why no token was made, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CannotMint {
    /// The configured secret does not fit.
    #[error(transparent)]
    Settings(#[from] WrongSettings),
    /// There is no secret to sign with.
    #[error("Set auth.hs256_secret: with a JWK set alone, tokens come from its issuer.")]
    NoSecret,
    /// The subject is empty, too long, or has control characters.
    #[error("The subject must have 1 to 255 bytes and no control characters.")]
    Subject,
    /// The lifetime is below one second or above [`LONGEST`].
    #[error("A token lives for at least a second and at most 90 days.")]
    Lifetime,
    /// The signature failed.
    #[error("The token cannot be signed: {0}.")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

#[derive(Serialize)]
struct MintedClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    scope: String,
    #[serde(flatten)]
    websites: Map<String, Value>,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signs a token with the configured secret, for the first issuer and audience; bound to `websites` if they are given.
pub fn mint(
    settings: &config::AuthSettings,
    subject: &str,
    scopes: &[Scope],
    websites: Option<&[String]>,
    lifetime: Duration,
    now: DateTime<Utc>,
) -> Result<String, CannotMint> {
    if settings.hs256_secret.is_empty() {
        return Err(CannotMint::NoSecret);
    }
    let is_name = !subject.is_empty() && !subject.chars().any(char::is_control);
    if !is_name || subject.len() > MOST_SUBJECT_BYTES {
        return Err(CannotMint::Subject);
    }
    if lifetime < Duration::from_secs(1) || lifetime > LONGEST {
        return Err(CannotMint::Lifetime);
    }
    let secret = keys::signing_secret(settings)?;
    let issued = now.timestamp();
    let words: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    let claims = MintedClaims {
        iss: &settings.issuer,
        aud: settings.audience.first(),
        sub: subject,
        scope: words.join(" "),
        websites: websites
            .map(|names| (settings.websites_claim.clone(), json!(names)))
            .into_iter()
            .collect(),
        iat: issued,
        // The lifetime is at most 90 days, so the sum cannot overflow.
        exp: issued.saturating_add_unsigned(lifetime.as_secs()),
        jti: Uuid::now_v7().to_string(),
    };
    Ok(encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(&secret),
    )?)
}
