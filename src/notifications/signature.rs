//! Signatures of Standard Webhooks,
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::secret::PREFIX;
use crate::secret::SecretText;

/// The value of `webhook-signature`, with one signature per secret. `None` if there is no secret or one is malformed.
pub fn sign(secrets: &[SecretText], id: &str, timestamp: i64, body: &str) -> Option<String> {
    let content = format!("{id}.{timestamp}.{body}");
    let one = |secret: &SecretText| {
        let key = Zeroizing::new(
            STANDARD
                .decode(secret.expose().strip_prefix(PREFIX)?)
                .ok()?,
        );
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), content.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(tag)))
    };
    let signatures: Option<Vec<String>> = secrets.iter().map(one).collect();
    signatures
        .filter(|all| !all.is_empty())
        .map(|all| all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text)
    }

    /// From the tests of the libraries at github.com/standard-webhooks/standard-webhooks.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_vector_of_the_specification_holds() {
        let body = r#"{"test": 2432232314}"#;
        let signed = sign(
            &[secret(SECRET)],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(signed.as_deref(), Some(SIGNATURE));
    }

    #[test]
    fn each_secret_signs_and_what_is_none_does_not() {
        let other = format!("{PREFIX}{}", STANDARD.encode([7; 32]));
        let both = sign(&[secret(&other), secret(SECRET)], "id", 1, "{}").expect("two secrets");
        let alone = |text: &str| sign(&[secret(text)], "id", 1, "{}");
        let expected = [&other, SECRET]
            .map(|it| alone(it).expect("a secret"))
            .join(" ");
        assert_eq!(both, expected);
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?"] {
            assert_eq!(alone(text).is_some(), text == "whsec_", "{text}");
        }
        assert_eq!(sign(&[], "id", 1, "{}"), None);
    }
}
