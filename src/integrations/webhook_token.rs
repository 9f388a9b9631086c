//! The secret in the address Apruve posts to.
//!
//! Who knows the token can post, so it is treated like a password: found by its SHA-256, sealed beside that, and shown only
//! in the answers to creation, rotation and an audited reveal.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::settings::hint;
use crate::{
    seal::{CannotOpen, CannotSeal, Place, Sealer},
    secret::SecretText,
};

const TOKEN_BYTES: usize = 32;

/// A token as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedToken {
    /// SHA-256 of the token in Base64url; the row's id.
    pub hash: String,
    /// The token under the master key.
    pub sealed: String,
}

/// A token that was just made.
pub struct NewToken {
    pub stored: SealedToken,
    /// Its last four characters.
    pub hint: String,
}

/// The name by which a token is found.
pub fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// Where a token's sealed text lies.
pub fn place(hash: &str) -> Place<'_> {
    Place {
        table: "webhook_tokens",
        id: hash,
        field: "sealed",
    }
}

/// Makes a token of 256 random bits and seals it.
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
    /// The whole address, or with a hint in the token's place what may be shown to anybody.
    pub fn webhook_url(&self, token: &str) -> String {
        format!("{}/webhooks/apruve/{token}", self.0)
    }
}
