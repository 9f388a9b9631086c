//! One issuer of tokens: its keys, its audiences, and the rules for reading its claims.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, errors::ErrorKind};

use super::{
    claims::{ClaimRules, Claims, quoted},
    jwks::KeySource,
    keys,
    refusal::TokenRefusal,
};
use crate::{
    clock::Clock,
    config::{self, WrongSettings},
    outbound::Proxy,
};

/// An issuer whose tokens are accepted.
pub(super) struct Issuer {
    /// Its `iss`.
    pub name: String,
    /// The callers of the first issuer are named by their subject alone.
    pub is_first: bool,
    pub rules: ClaimRules,
    pub keys: KeySource,
    audiences: Vec<String>,
    /// The signing secret, then retired secrets; only the first issuer has them.
    hs256: Vec<DecodingKey>,
    algorithms: Vec<Algorithm>,
}

impl Issuer {
    /// Every configured issuer; the first one is that of `[auth]`.
    pub fn all(
        auth: &config::AuthSettings,
        proxy: Option<&Proxy>,
        clock: &Clock,
    ) -> Result<Vec<Self>, WrongSettings> {
        let further = auth.issuers.iter().map(|issuer| auth.of_issuer(issuer));
        std::iter::once(auth.clone())
            .chain(further)
            .enumerate()
            .map(|(place, settings)| Issuer::new(&settings, place == 0, proxy, clock))
            .collect()
    }

    fn new(
        auth: &config::AuthSettings,
        is_first: bool,
        proxy: Option<&Proxy>,
        clock: &Clock,
    ) -> Result<Self, WrongSettings> {
        let secrets = keys::hs256_secrets(auth)?;
        let algorithms = keys::jwks_algorithms(&auth.jwks_algorithms)?;
        let (file, url) = (&auth.jwks_file, &auth.jwks_url);
        Ok(Issuer {
            name: auth.issuer.clone(),
            is_first,
            rules: ClaimRules::new(auth)?,
            keys: KeySource::new(file, url, proxy, algorithms.clone(), clock.clone())?,
            audiences: auth.audience.all().to_vec(),
            hs256: secrets
                .iter()
                .map(|secret| DecodingKey::from_secret(secret))
                .collect(),
            algorithms,
        })
    }

    /// The claims of a token with this algorithm and `kid`, if one of the issuer's keys signed it.
    pub fn decode(
        &self,
        token: &str,
        algorithm: Algorithm,
        kid: Option<&str>,
    ) -> Result<Claims, TokenRefusal> {
        let validation = self.validation(algorithm);
        if algorithm == Algorithm::HS256 && !self.hs256.is_empty() {
            return self.decode_with_any(token, &self.hs256, &validation);
        }
        if !self.algorithms.contains(&algorithm) {
            return Err(TokenRefusal::claim(format!(
                "Tokens signed with {algorithm:?} are not accepted here."
            )));
        }
        let ring = self.keys.ring();
        let key = ring.find(algorithm, kid).ok_or(TokenRefusal::UnknownKey)?;
        self.decode_with_any(token, std::iter::once(key), &validation)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&self.audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The service's own clock decides about times.
        validation.validate_exp = false;
        validation
    }

    fn decode_with_any<'k>(
        &self,
        token: &str,
        keys: impl IntoIterator<Item = &'k DecodingKey>,
        validation: &Validation,
    ) -> Result<Claims, TokenRefusal> {
        let mut refusal = TokenRefusal::UnknownKey;
        for key in keys {
            match decode::<Claims>(token, key, validation) {
                Ok(decoded) => return Ok(decoded.claims),
                Err(error) => {
                    let kind = error.kind();
                    tracing::debug!(cause = ?kind, "a token is rejected");
                    refusal = self.refusal(kind);
                    if *kind != ErrorKind::InvalidSignature {
                        break;
                    }
                }
            }
        }
        Err(refusal)
    }

    /// Names the wrong claim and the expected value.
    fn refusal(&self, kind: &ErrorKind) -> TokenRefusal {
        TokenRefusal::claim(match kind {
            ErrorKind::InvalidSignature => {
                "The token's signature does not match a key of its issuer.".to_owned()
            }
            ErrorKind::InvalidAudience => {
                format!(
                    "The token's `aud` must contain {}.",
                    quoted(&self.audiences, "or")
                )
            }
            ErrorKind::InvalidIssuer => format!("The token's `iss` must be `{}`.", self.name),
            ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => {
                format!(
                    "The token has no `aud`; it must contain {}.",
                    quoted(&self.audiences, "or")
                )
            }
            ErrorKind::MissingRequiredClaim(claim) => format!("The token has no `{claim}`."),
            _ => "The token is not a valid JWT.".to_owned(),
        })
    }
}
