//! Verified tokens, so that further requests with the same token need no signature check.
//!
//! Each worker has its own cache, which needs no lock. The key is the token's SHA-256: a wrong token cannot find
//! another's entry, and the map holds nothing that could be presented as a token.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use super::token::VerifiedToken;

/// The maximum number of cached tokens per worker. A shop has few callers; more tokens mean a new one for each request.
const MOST: usize = 1024;

/// Identifies a token without revealing it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint([u8; SHA256_OUTPUT_LEN]);

impl Fingerprint {
    /// The token's SHA-256.
    pub fn of(token: &str) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Fingerprint(bytes)
    }
}

/// One worker's verified tokens.
#[derive(Default)]
pub struct TokenCache {
    /// A fingerprint is already a hash, and a storefront has few tokens.
    tokens: BTreeMap<Fingerprint, Arc<VerifiedToken>>,
    /// The generation under which the tokens were verified.
    generation: Generation,
}

/// The generation of keys and that of revocations; see [`super::jwks::KeySource::generation`].
pub type Generation = (u64, u64);

impl TokenCache {
    /// A token that was verified under this generation and has not expired.
    pub fn find(
        &mut self,
        fingerprint: &Fingerprint,
        generation: Generation,
        now_seconds: i64,
    ) -> Option<Arc<VerifiedToken>> {
        if self.generation != generation {
            self.tokens.clear();
            self.generation = generation;
        }
        let verified = self.tokens.get(fingerprint)?;
        if verified.has_expired(now_seconds) {
            self.tokens.remove(fingerprint);
            return None;
        }
        Some(verified.clone())
    }

    /// Remembers a token that was just verified under this generation.
    pub fn insert(
        &mut self,
        fingerprint: Fingerprint,
        verified: Arc<VerifiedToken>,
        generation: Generation,
        now_seconds: i64,
    ) {
        if self.generation != generation {
            return;
        }
        if self.tokens.len() >= MOST {
            self.tokens
                .retain(|_, verified| !verified.has_expired(now_seconds));
        }
        if self.tokens.len() >= MOST {
            self.tokens.clear();
        }
        self.tokens.insert(fingerprint, verified);
    }
}
