//! The settings of authentication: accepted issuers, and the reading of their claims.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use super::WrongSettings;
use crate::secret::SecretText;

/// The first issuer, and the defaults for the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSettings {
    pub hs256_secret: SecretText,
    /// Secrets that only verify older tokens.
    pub retired_hs256_secrets: Vec<SecretText>,
    pub jwks_file: String,
    pub jwks_url: String,
    pub jwks_algorithms: Vec<String>,
    pub issuer: String,
    pub audience: OneOrMany,
    #[serde(with = "humantime_serde")]
    pub leeway: Duration,
    pub denied_jti: Vec<String>,
    /// The claims that name the caller; the first one that a token has is used.
    pub subject_claims: Vec<String>,
    /// Claims with scopes, each a text or a list; all of them count.
    pub scope_claims: Vec<String>,
    /// The prefix of this service's scopes at the issuer; may be empty.
    pub scope_prefix: String,
    /// The place of the roles: a path such as `realm_access.roles`, or a JSON pointer if it begins with `/`.
    pub roles_claim: String,
    /// The scopes of each role; `*` means all scopes.
    pub roles: BTreeMap<String, Vec<String>>,
    /// The claim that binds a token to websites.
    pub websites_claim: String,
    /// Whether tokens without that claim are refused.
    pub require_websites: bool,
    /// Further issuers.
    pub issuers: Vec<IssuerSettings>,
}

/// A further issuer. A missing setting has the value of [`AuthSettings`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    pub issuer: String,
    pub audience: Option<OneOrMany>,
    #[serde(default)]
    pub jwks_file: String,
    #[serde(default)]
    pub jwks_url: String,
    pub jwks_algorithms: Option<Vec<String>>,
    pub subject_claims: Option<Vec<String>>,
    pub scope_claims: Option<Vec<String>>,
    pub scope_prefix: Option<String>,
    pub roles_claim: Option<String>,
    pub roles: Option<BTreeMap<String, Vec<String>>>,
    pub websites_claim: Option<String>,
    pub require_websites: Option<bool>,
}

/// One text or a list of them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// Each of them.
    pub fn all(&self) -> &[String] {
        match self {
            OneOrMany::One(text) => std::slice::from_ref(text),
            OneOrMany::Many(texts) => texts,
        }
    }

    /// The first one.
    pub fn first(&self) -> &str {
        self.all().first().map_or("", String::as_str)
    }
}

impl AuthSettings {
    /// The complete settings of a further issuer, which signs with none of the secrets.
    pub fn of_issuer(&self, further: &IssuerSettings) -> Self {
        let (first, further) = (self.clone(), further.clone());
        AuthSettings {
            hs256_secret: SecretText::new(""),
            retired_hs256_secrets: Vec::new(),
            issuer: further.issuer,
            audience: further.audience.unwrap_or(first.audience),
            jwks_file: further.jwks_file,
            jwks_url: further.jwks_url,
            jwks_algorithms: further.jwks_algorithms.unwrap_or(first.jwks_algorithms),
            subject_claims: further.subject_claims.unwrap_or(first.subject_claims),
            scope_claims: further.scope_claims.unwrap_or(first.scope_claims),
            scope_prefix: further.scope_prefix.unwrap_or(first.scope_prefix),
            roles_claim: further.roles_claim.unwrap_or(first.roles_claim),
            roles: further.roles.unwrap_or(first.roles),
            websites_claim: further.websites_claim.unwrap_or(first.websites_claim),
            require_websites: further.require_websites.unwrap_or(first.require_websites),
            issuers: Vec::new(),
            leeway: first.leeway,
            denied_jti: first.denied_jti,
        }
    }

    pub(super) fn check(&self) -> Result<(), WrongSettings> {
        let wrong = |sentence: String| Err(WrongSettings(sentence));
        let is_blank = |audience: &OneOrMany| {
            audience.all().is_empty() || audience.all().iter().any(String::is_empty)
        };
        if self.issuer.is_empty() || is_blank(&self.audience) {
            return wrong("auth.issuer and auth.audience must not be empty.".to_owned());
        }
        if !self.jwks_file.is_empty() && !self.jwks_url.is_empty() {
            let sentence = "auth.jwks_file and auth.jwks_url exclude each other: give one of them.";
            return wrong(sentence.to_owned());
        }
        let mut names = vec![self.issuer.as_str()];
        for issuer in &self.issuers {
            let name = issuer.issuer.as_str();
            if name.is_empty() || issuer.audience.as_ref().is_some_and(is_blank) {
                let sentence =
                    "Each of auth.issuers needs an `issuer`, and an `audience` that is not empty.";
                return wrong(sentence.to_owned());
            }
            if names.contains(&name) {
                return wrong(format!("auth.issuers names `{name}` twice."));
            }
            if issuer.jwks_file.is_empty() == issuer.jwks_url.is_empty() {
                return wrong(format!(
                    "auth.issuers needs one of `jwks_file` and `jwks_url` for `{name}`."
                ));
            }
            names.push(name);
        }
        Ok(())
    }
}
