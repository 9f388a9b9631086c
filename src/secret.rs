//! Text that must never be printed.
//!
//! `SecretText` has no `Serialize`, and its `Debug` shows dots; [`SecretText::expose`] returns the text.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// The prefix of a key that is written in Base64.
const BASE64: &str = "base64:";

/// The text starts with `base64:`, but the rest is not padded standard Base64.
#[derive(Debug, thiserror::Error)]
#[error("what follows `base64:` is not Base64")]
pub struct NotBase64;

/// A key, token or password in memory; wiped when dropped.
#[derive(Clone)]
pub struct SecretText(SecretString);

impl SecretText {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        SecretText(SecretString::from(text.into()))
    }

    /// The text. Call it where the secret is used, not where it is passed on.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The key as bytes: decoded if the text starts with `base64:`, otherwise the bytes of the text.
    pub fn key_bytes(&self) -> Result<Zeroizing<Vec<u8>>, NotBase64> {
        match self.expose().strip_prefix(BASE64) {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| NotBase64),
            None => Ok(self.expose().as_bytes().to_vec()),
        }
        .map(Zeroizing::new)
    }

    /// Writes key bytes in the spelling that [`SecretText::key_bytes`] reads.
    pub fn from_key_bytes(bytes: &[u8]) -> Self {
        SecretText::new(format!("{BASE64}{}", STANDARD.encode(bytes)))
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"…\"")
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(SecretText::new)
    }
}
