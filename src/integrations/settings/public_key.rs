//! Public keys that webhooks are verified with, as PEM.

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};

/// Says what keeps a text from being one RSA public key of 2048 to 8192 bits in PEM.
pub fn check(pem: &str) -> Result<(), &'static str> {
    let blocks = ::pem::parse_many(pem).map_err(|_| "is not PEM.")?;
    let [block] = blocks.as_slice() else {
        return Err("must be exactly one PEM block, from BEGIN PUBLIC KEY to END PUBLIC KEY.");
    };
    match block.tag() {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
        tag if tag.contains("PRIVATE KEY") => {
            return Err("is a private key; only the public key belongs here.");
        }
        _ => return Err("must be a PUBLIC KEY, not another kind of PEM."),
    }
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, block.contents())
        .map(|_| ())
        .map_err(|_| "is not an RSA public key of 2048 to 8192 bits.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apruve::TEST_WEBHOOK_KEY;

    #[test]
    fn the_key_of_apruves_test_environment_is_one() {
        assert_eq!(check(TEST_WEBHOOK_KEY), Ok(()));
        assert_eq!(check(TEST_WEBHOOK_KEY.trim()), Ok(()));
    }

    #[test]
    fn what_is_not_one_rsa_public_key_is_refused() {
        let elliptic = rcgen::KeyPair::generate().expect("a key pair");
        let twice = TEST_WEBHOOK_KEY.repeat(2);
        let cut: String = TEST_WEBHOOK_KEY
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("DvdHi"))
            .collect();
        let certificate = TEST_WEBHOOK_KEY.replace("PUBLIC KEY", "CERTIFICATE");
        for text in [
            "",
            "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAyW11",
            &elliptic.public_key_pem(),
            &twice,
            &cut,
            &certificate,
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        assert_eq!(
            check(&elliptic.serialize_pem()),
            Err("is a private key; only the public key belongs here.")
        );
    }
}
