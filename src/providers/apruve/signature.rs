//! Verifies the signature of a webhook: RSA PKCS#1 v1.5 with SHA-256 over the raw bytes of the body.
//!
//! The raw bytes are needed because Apruve escapes some characters in its own way: a body that was parsed and
//! serialized again does not verify.

use aws_lc_rs::{
    digest::{Digest, SHA256, digest},
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The header that carries the signature, in Base64.
pub const SIGNATURE_HEADER: &str = "X-Apruve-Signature";

/// Why a text is not a usable public key. Each message continues a sentence such as "The entry …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("is not PEM.")]
    NotPem,
    #[error("must be exactly one PEM block, from BEGIN PUBLIC KEY to END PUBLIC KEY.")]
    NotOneBlock,
    #[error("is a private key; only the public key belongs here.")]
    Private,
    #[error("must be a PUBLIC KEY, not another kind of PEM.")]
    AnotherKind,
    #[error("is not an RSA public key of 2048 to 8192 bits.")]
    NotRsa,
}

/// An RSA public key of 2048 to 8192 bits.
#[derive(Debug)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    /// Reads one PEM block, SPKI or PKCS#1.
    pub fn parse(pem: &str) -> Result<Self, BadKey> {
        let blocks = ::pem::parse_many(pem).map_err(|_| BadKey::NotPem)?;
        let [block] = blocks.as_slice() else {
            return Err(BadKey::NotOneBlock);
        };
        match block.tag() {
            "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
            tag if tag.contains("PRIVATE KEY") => return Err(BadKey::Private),
            _ => return Err(BadKey::AnotherKind),
        }
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, block.contents())
            .map(PublicKey)
            .map_err(|_| BadKey::NotRsa)
    }
}

/// Why a signature is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    #[error("there is none")]
    Missing,
    #[error("the signature is not Base64")]
    NotBase64,
    /// Also if there are no keys at all.
    #[error("none of the keys made the signature")]
    NoKeyFits,
}

/// Verifies a body with any of an account's keys. `header` is the value of [`SIGNATURE_HEADER`].
///
/// # Errors
/// The header is empty or not base64, or none of the keys made the signature.
pub fn verify(keys: &[PublicKey], body: &[u8], header: &str) -> Result<(), BadSignature> {
    if header.trim().is_empty() {
        return Err(BadSignature::Missing);
    }
    let signature = STANDARD
        .decode(header.trim())
        .map_err(|_| BadSignature::NotBase64)?;
    // Hashed once for all keys.
    signed(keys, &digest(&SHA256, body), &signature)
}

fn signed(keys: &[PublicKey], digest: &Digest, signature: &[u8]) -> Result<(), BadSignature> {
    let made_it = |PublicKey(key): &PublicKey| key.verify_digest_sig(digest, signature).is_ok();
    keys.iter()
        .any(made_it)
        .then_some(())
        .ok_or(BadSignature::NoKeyFits)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::providers::apruve::TEST_WEBHOOK_KEY;

    #[derive(Deserialize)]
    struct Vector {
        public_key_pem: String,
        body_utf8: Option<String>,
        body_sha256_hex: String,
        header_name: String,
        header_value: String,
    }

    /// A genuine vector, of whose body only the digest is public, and a synthetic one.
    fn vectors() -> [Vector; 2] {
        let mut all: Value =
            serde_json::from_str(include_str!("../../../tests/fixtures/apruve-vectors.json"))
                .expect("the fixture is well-formed");
        serde_json::from_value(all["webhook_signature_vectors"].take()).expect("two vectors")
    }

    fn key(pem: &str) -> PublicKey {
        PublicKey::parse(pem).expect("a key")
    }

    fn imported(hex: &str) -> Digest {
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
            .collect();
        Digest::import_less_safe(&bytes, &SHA256).expect("32 bytes")
    }

    #[test]
    fn a_genuine_signature_of_apruves_test_environment_verifies() {
        let [genuine, _] = vectors();
        let signature = STANDARD.decode(&genuine.header_value).expect("Base64");
        let digest = imported(&genuine.body_sha256_hex);
        for pem in [genuine.public_key_pem.as_str(), TEST_WEBHOOK_KEY] {
            assert_eq!(signed(&[key(pem)], &digest, &signature), Ok(()));
        }
        let another = imported(&genuine.body_sha256_hex.replacen('0', "1", 1));
        assert_eq!(
            signed(&[key(TEST_WEBHOOK_KEY)], &another, &signature),
            Err(BadSignature::NoKeyFits)
        );
        assert_eq!(genuine.header_name, SIGNATURE_HEADER);
    }

    #[test]
    fn the_raw_bytes_verify_and_nothing_but_them() {
        let [_, made] = vectors();
        let body = made.body_utf8.expect("a body");
        let keys = [key(&made.public_key_pem)];
        let verified = verify(&keys, body.as_bytes(), &made.header_value);
        assert_eq!(verified, Ok(()));
        let parsed: Value = serde_json::from_str(&body).expect("JSON");
        for other in [
            format!("{body}\n"),
            body.replace("\\u0026", "&"),
            parsed.to_string(),
            String::new(),
        ] {
            assert_eq!(
                verify(&keys, other.as_bytes(), &made.header_value),
                Err(BadSignature::NoKeyFits),
                "{other}"
            );
        }
    }

    #[test]
    fn any_of_several_keys_will_do_and_none_will_not() {
        let [_, made] = vectors();
        let body = made.body_utf8.expect("a body");
        let check = |keys: &[PublicKey]| verify(keys, body.as_bytes(), &made.header_value);
        let both = [key(TEST_WEBHOOK_KEY), key(&made.public_key_pem)];
        assert_eq!(check(&both), Ok(()));
        assert_eq!(check(&both[..1]), Err(BadSignature::NoKeyFits));
        assert_eq!(check(&[]), Err(BadSignature::NoKeyFits));
    }

    #[test]
    fn a_header_that_is_no_signature_is_refused() {
        let [_, made] = vectors();
        let keys = [key(&made.public_key_pem)];
        let cut = &made.header_value[..made.header_value.len() - 4];
        for (header, why) in [
            ("", BadSignature::Missing),
            (" ", BadSignature::Missing),
            ("AAAA", BadSignature::NoKeyFits),
            (cut, BadSignature::NoKeyFits),
            ("not Base64!", BadSignature::NotBase64),
        ] {
            assert_eq!(verify(&keys, b"{}", header), Err(why), "{header}");
        }
    }

    #[test]
    fn what_is_not_one_rsa_public_key_is_refused_by_name() {
        let elliptic = rcgen::KeyPair::generate().expect("a key pair");
        let cut: String = TEST_WEBHOOK_KEY
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("DvdHi"))
            .collect();
        let private = elliptic.serialize_pem();
        for (text, why) in [
            (String::new(), BadKey::NotOneBlock),
            (
                "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A".to_owned(),
                BadKey::NotOneBlock,
            ),
            (
                "-----BEGIN PUBLIC KEY-----\n???\n-----END PUBLIC KEY-----".to_owned(),
                BadKey::NotPem,
            ),
            (TEST_WEBHOOK_KEY.repeat(2), BadKey::NotOneBlock),
            (
                TEST_WEBHOOK_KEY.replace("PUBLIC KEY", "CERTIFICATE"),
                BadKey::AnotherKind,
            ),
            (private, BadKey::Private),
            (elliptic.public_key_pem(), BadKey::NotRsa),
            (cut, BadKey::NotRsa),
        ] {
            let refused = PublicKey::parse(&text).map(drop);
            assert_eq!(refused, Err(why), "{text}");
        }
        assert!(PublicKey::parse(TEST_WEBHOOK_KEY.trim()).is_ok());
    }
}
