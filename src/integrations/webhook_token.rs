//! The secret token in the webhook URL.
//!
//! The token authorizes its holder to post, so it is treated like a password: it is found by its SHA-256, stored
//! sealed, and shown only in the answers to creation, rotation and an audited reveal.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::{Queryable, Selectable};

use super::settings::hint;
use crate::{
    seal::{CannotOpen, CannotSeal, SealedField, Sealer},
    secret::SecretText,
    store::schema::webhook_tokens,
};

const TOKEN_BYTES: usize = 32;
/// The path of a webhook URL between origin and token.
const PATH: &str = "/webhooks/apruve/";

/// A token as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_tokens)]
pub struct SealedToken {
    /// SHA-256 of the token in Base64url; the row's id.
    #[diesel(column_name = token_hash)]
    pub hash: String,
    /// The token, sealed with the master key.
    pub sealed: String,
}

/// A token that was just made.
pub struct NewToken {
    pub stored: SealedToken,
    /// Its last four characters.
    pub hint: String,
}

/// The token in a webhook URL of any OnTerms service; `None` for any other address.
pub fn token_in(url: &str) -> Option<&str> {
    url.split_once(PATH).map(|(_, token)| token)
}

/// A webhook URL with a hint in place of its token; other addresses are unchanged.
pub fn masked(url: &str) -> String {
    match url.split_once(PATH) {
        Some((origin, token)) => format!("{origin}{PATH}{}", hint(token)),
        None => url.to_owned(),
    }
}

/// The hash by which a token is found.
pub fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// The sealed column of a token.
pub fn place(hash: &str) -> SealedField<'_> {
    SealedField::of("webhook_tokens", hash, "sealed")
}

/// Generates a token of 256 random bits and seals it.
pub fn generate(sealer: &Sealer) -> Result<NewToken, CannotSeal> {
    let mut bytes = zeroize::Zeroizing::new([0; TOKEN_BYTES]);
    rand::fill(&mut *bytes).map_err(|_| CannotSeal)?;
    let token = SecretText::new(URL_SAFE_NO_PAD.encode(*bytes));
    let hash = hash_of(token.expose());
    Ok(NewToken {
        hint: hint(token.expose()),
        stored: SealedToken {
            sealed: sealer.seal(place(&hash), &token)?,
            hash,
        },
    })
}

impl SealedToken {
    /// The token itself.
    pub fn open(&self, sealer: &Sealer) -> Result<SecretText, CannotOpen> {
        sealer.open(place(&self.hash), &self.sealed)
    }
}

/// The origin under which Apruve reaches this service, without a trailing slash; app data.
#[derive(Clone, Debug)]
pub struct PublicOrigin(pub String);

impl PublicOrigin {
    /// The webhook URL with this token, or with a hint in its place.
    pub fn webhook_url(&self, token: &str) -> String {
        format!("{}{PATH}{token}", self.0)
    }

    /// Whether a webhook URL is below this origin.
    pub fn is_of(&self, webhook_url: &str) -> bool {
        let rest = webhook_url.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.starts_with(PATH))
    }
}
