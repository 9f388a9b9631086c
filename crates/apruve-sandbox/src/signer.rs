//! The sandbox's signing keys: its own, and another one for signatures that must be rejected.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::faults::Signature;

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    #[error("it is not a PEM file")]
    NotPem,
    #[error("it is not an RSA key in PKCS#8")]
    NotRsa,
    #[error("no key can be made")]
    NotMade,
}

/// Signs webhooks.
pub struct Signer {
    key: KeyPair,
    public_key_pem: String,
    other_key: OnceLock<Option<KeyPair>>,
}

impl Signer {
    /// Generates a key. Its 2048 bits are half of Apruve's and take a fraction of the time.
    pub fn generate() -> Result<Self, SigningKeyError> {
        Self::with(KeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningKeyError::NotMade)?)
    }

    /// Reads a key from a PEM file (PKCS#8).
    pub fn from_pem(text: &str) -> Result<Self, SigningKeyError> {
        let document = pem::parse(text).map_err(|_| SigningKeyError::NotPem)?;
        Self::with(KeyPair::from_pkcs8(document.contents()).map_err(|_| SigningKeyError::NotRsa)?)
    }

    fn with(key: KeyPair) -> Result<Self, SigningKeyError> {
        let public = key
            .public_key()
            .as_der()
            .map_err(|_| SigningKeyError::NotRsa)?;
        let public = pem::Pem::new("PUBLIC KEY", public.as_ref());
        Ok(Signer {
            key,
            public_key_pem: pem::encode_config(
                &public,
                pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
            ),
            other_key: OnceLock::new(),
        })
    }

    /// The public key, for receivers of webhooks.
    pub fn public_key_pem(&self) -> &str {
        &self.public_key_pem
    }

    /// The `X-Apruve-Signature` of a body: valid, or invalid in the requested way. `None` without a signature.
    pub fn sign(&self, body: &[u8], how: Signature) -> Option<String> {
        match how {
            Signature::Right => sign(&self.key, body),
            Signature::Missing => None,
            Signature::Garbage => Some(BASE64_STANDARD.encode([0x5a; 256])),
            Signature::OtherBody => sign(&self.key, b"{}"),
            Signature::OtherKey => {
                let make = || KeyPair::generate(KeySize::Rsa2048).ok();
                sign(self.other_key.get_or_init(make).as_ref()?, body)
            }
        }
    }
}

fn sign(key: &KeyPair, body: &[u8]) -> Option<String> {
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, body, &mut signature)
        .ok()?;
    Some(BASE64_STANDARD.encode(signature))
}
