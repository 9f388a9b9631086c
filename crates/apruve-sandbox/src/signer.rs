//! The stand-in's signing keys: its own, and a stranger's for signatures that must not be believed.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::faults::Signature;

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum BadKey {
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
    stranger: OnceLock<Option<KeyPair>>,
}

impl Signer {
    /// With a key made just now. Its 2048 bits are half of Apruve's, and made in a fraction of the time.
    pub fn generate() -> Result<Self, BadKey> {
        Self::with(KeyPair::generate(KeySize::Rsa2048).map_err(|_| BadKey::NotMade)?)
    }

    /// With a key from a PEM file (PKCS#8).
    pub fn from_pem(text: &str) -> Result<Self, BadKey> {
        let document = pem::parse(text).map_err(|_| BadKey::NotPem)?;
        Self::with(KeyPair::from_pkcs8(document.contents()).map_err(|_| BadKey::NotRsa)?)
    }

    fn with(key: KeyPair) -> Result<Self, BadKey> {
        let public = key.public_key().as_der().map_err(|_| BadKey::NotRsa)?;
        let public = pem::Pem::new("PUBLIC KEY", public.as_ref());
        Ok(Signer {
            key,
            public_key_pem: pem::encode_config(
                &public,
                pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
            ),
            stranger: OnceLock::new(),
        })
    }

    /// What a receiver verifies with.
    pub fn public_key_pem(&self) -> &str {
        &self.public_key_pem
    }

    /// The `X-Apruve-Signature` of a body: right, or wrong in the way that is asked for. `None` where there is none.
    pub fn sign(&self, body: &[u8], how: Signature) -> Option<String> {
        match how {
            Signature::Right => sign(&self.key, body),
            Signature::Missing => None,
            Signature::Garbage => Some(BASE64_STANDARD.encode([0x5a; 256])),
            Signature::OtherBody => sign(&self.key, b"{}"),
            Signature::OtherKey => {
                let make = || KeyPair::generate(KeySize::Rsa2048).ok();
                sign(self.stranger.get_or_init(make).as_ref()?, body)
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
