//! Verifies a JWT: first the signature with a key of its issuer, then the claims.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::decode_header;
use serde::Deserialize;
use serde_json::Value;

use super::{
    claims::{Claims, quoted},
    header,
    issuer::Issuer,
    refusal::TokenRefusal,
    revoked::{RevokedTokens, TokenIdentity},
    scope::Scopes,
    websites::Websites,
};
use crate::{
    clock::Clock,
    config::{self, WrongSettings},
    outbound::Proxy,
};

/// The maximum lifetime of a token in seconds; it limits how long revocations must be kept.
pub const LONGEST_LIFE_SECONDS: i64 = 366 * 24 * 60 * 60;
/// The maximum length of a token in bytes; longer ones are refused before any work.
const MOST_TOKEN_BYTES: usize = 8 * 1024;
/// Separates the issuer and the subject in the name of a caller whose issuer is not the first.
const BETWEEN: char = '#';

/// A token whose signature and claims are valid.
#[derive(Debug)]
pub struct VerifiedToken {
    subject: Box<str>,
    scopes: Scopes,
    websites: Websites,
    expires_seconds: i64,
    /// Unix seconds from which the token is expired, leeway included.
    ends_seconds: i64,
}

impl VerifiedToken {
    /// The caller's name: the subject, preceded by the issuer unless that is the first one. Never empty.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The scopes of the token.
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// The websites that the token is good for.
    pub fn websites(&self) -> &Websites {
        &self.websites
    }

    /// Its `exp` in Unix seconds.
    pub fn expires_seconds(&self) -> i64 {
        self.expires_seconds
    }

    /// Whether the token has expired.
    pub fn has_expired(&self, now_seconds: i64) -> bool {
        now_seconds >= self.ends_seconds
    }
}

/// The rules of verification, fixed at start.
pub struct Verifier {
    issuers: Vec<Issuer>,
    leeway_seconds: i64,
    denied: HashSet<String>,
}

impl Verifier {
    /// Takes issuers, leeway and denied tokens from the configuration.
    pub fn new(
        settings: &config::AuthSettings,
        proxy: Option<&Proxy>,
        clock: &Clock,
    ) -> Result<Self, WrongSettings> {
        Ok(Verifier {
            issuers: Issuer::all(settings, proxy, clock)?,
            leeway_seconds: i64::try_from(settings.leeway.as_secs()).unwrap_or(i64::MAX),
            denied: settings.denied_jti.iter().cloned().collect(),
        })
    }

    /// Every issuer.
    pub(super) fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// The issuer that the token names. The name is not trusted until the signature is verified.
    pub(super) fn issuer_of(&self, token: &str) -> Result<&Issuer, TokenRefusal> {
        #[derive(Deserialize)]
        struct UnverifiedIssuer {
            iss: Option<Value>,
        }
        let claims = token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).ok();
        let named: Option<UnverifiedIssuer> =
            claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        let name = named
            .ok_or_else(|| TokenRefusal::claim("The token is not a valid JWT."))?
            .iss;
        let found = self
            .issuers
            .iter()
            .find(|it| name.as_ref().and_then(Value::as_str) == Some(&it.name));
        found.ok_or_else(|| {
            let names: Vec<String> = self.issuers.iter().map(|it| it.name.clone()).collect();
            TokenRefusal::claim(format!(
                "The token's `iss` must be {}.",
                quoted(&names, "or")
            ))
        })
    }

    /// Verifies the token, or returns the reason why it is rejected.
    pub fn verify(
        &self,
        token: &str,
        revoked: &RevokedTokens,
        now_seconds: i64,
    ) -> Result<VerifiedToken, TokenRefusal> {
        if token.len() > MOST_TOKEN_BYTES {
            return Err(TokenRefusal::Malformed);
        }
        let parts = decode_header(token)
            .map_err(|_| TokenRefusal::claim("The token is not a valid JWT."))?;
        if !header::is_of_access_token(token) {
            return Err(TokenRefusal::claim(
                "The token's header must be that of a signed access token: its `typ` is `JWT` or `at+jwt`.",
            ));
        }
        let issuer = self.issuer_of(token)?;
        let claims = issuer.decode(token, parts.alg, parts.kid.as_deref())?;
        self.judge(issuer, &claims, revoked, now_seconds)
    }

    fn judge(
        &self,
        issuer: &Issuer,
        claims: &Claims,
        revoked: &RevokedTokens,
        now_seconds: i64,
    ) -> Result<VerifiedToken, TokenRefusal> {
        let subject = issuer.rules.subject(claims)?;
        // NumericDate may have a fraction. `as` saturates, and dates are rounded to the token's disadvantage.
        let expires =
            number(claims, "exp")?.ok_or_else(|| TokenRefusal::claim("The token has no `exp`."))?;
        let expires_seconds = expires.floor() as i64;
        let ends_seconds = expires_seconds.saturating_add(self.leeway_seconds);
        if now_seconds >= ends_seconds {
            return Err(TokenRefusal::Expired);
        }
        let issued_seconds = number(claims, "iat")?.map(|iat| iat.floor() as i64);
        let from = issued_seconds.unwrap_or(now_seconds).min(now_seconds);
        if expires_seconds.saturating_sub(from) > LONGEST_LIFE_SECONDS + self.leeway_seconds {
            return Err(TokenRefusal::TooLong);
        }
        let begins = number(claims, "nbf")?.map(|nbf| nbf.ceil() as i64);
        if begins.is_some_and(|begins| begins > now_seconds.saturating_add(self.leeway_seconds)) {
            return Err(TokenRefusal::NotYet);
        }
        let named = TokenIdentity {
            jti: claims.get("jti").and_then(Value::as_str),
            subject,
            issuer: &issuer.name,
            issued_seconds,
        };
        let is_denied = named.jti.is_some_and(|jti| self.denied.contains(jti));
        if is_denied || revoked.has(&named) {
            return Err(TokenRefusal::Denied);
        }
        Ok(VerifiedToken {
            subject: self.caller(issuer, subject)?.into_boxed_str(),
            scopes: issuer.rules.scopes(claims),
            websites: issuer.rules.websites(claims)?,
            expires_seconds,
            ends_seconds,
        })
    }

    /// The caller's name, which is unique across issuers.
    fn caller(&self, issuer: &Issuer, subject: &str) -> Result<String, TokenRefusal> {
        if !issuer.is_first {
            return Ok(format!("{}{BETWEEN}{subject}", issuer.name));
        }
        let is_of_another = |it: &Issuer| {
            let rest = subject.strip_prefix(it.name.as_str());
            !it.is_first && rest.is_some_and(|rest| rest.starts_with(BETWEEN))
        };
        if self.issuers.iter().any(is_of_another) {
            return Err(TokenRefusal::claim(
                "The token's `sub` is in the spelling of another issuer's callers.",
            ));
        }
        Ok(subject.to_owned())
    }
}

/// Reads a numeric claim.
fn number(claims: &Claims, name: &str) -> Result<Option<f64>, TokenRefusal> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| {
            TokenRefusal::claim(format!("The token's `{name}` must be a number of seconds."))
        }),
    }
}
