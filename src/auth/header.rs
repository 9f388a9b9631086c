//! The rules for a token's header. A key may also sign other things than access tokens, so unknown headers are refused.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::IgnoredAny};

/// RFC 9068, 2.1, and RFC 7519, 5.1; case-insensitive, with or without `application/`.
const TYPES: [&str; 2] = ["jwt", "at+jwt"];

#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
    /// RFC 7516: the claims are compressed.
    zip: Option<IgnoredAny>,
    /// RFC 7797: the claims are not in Base64.
    b64: Option<bool>,
    /// RFC 7515, 4.1.11: extensions that must be understood; this service supports none.
    crit: Option<IgnoredAny>,
    /// RFC 7516: the token is encrypted.
    enc: Option<IgnoredAny>,
}

/// Whether the header is that of a plain signed access token.
pub(super) fn is_of_access_token(token: &str) -> bool {
    let part = token.split('.').next().unwrap_or_default();
    let Ok(json) = URL_SAFE_NO_PAD.decode(part) else {
        return false;
    };
    let Ok(header) = serde_json::from_slice::<Header>(&json) else {
        return false;
    };
    let Header {
        typ,
        zip,
        b64,
        crit,
        enc,
    } = header;
    let is_known = |typ: String| {
        let typ = typ.to_ascii_lowercase();
        TYPES.contains(&typ.strip_prefix("application/").unwrap_or(&typ))
    };
    typ.is_none_or(is_known)
        && b64 != Some(false)
        && zip.is_none()
        && crit.is_none()
        && enc.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_headers_of_plain_access_tokens_pass() {
        for (header, passes) in [
            (r#"{"alg":"HS256"}"#, true),
            (r#"{"alg":"HS256","typ":"JWT","kid":"1"}"#, true),
            (r#"{"alg":"RS256","typ":"at+jwt"}"#, true),
            (r#"{"alg":"RS256","typ":"application/AT+JWT"}"#, true),
            (r#"{"alg":"HS256","b64":true}"#, true),
            (r#"{"alg":"RS256","typ":"logout+jwt"}"#, false),
            (r#"{"alg":"RS256","typ":"secevent+jwt"}"#, false),
            (r#"{"alg":"RS256","typ":"dpop+jwt"}"#, false),
            (r#"{"alg":"RS256","typ":"JOSE"}"#, false),
            (r#"{"alg":"RS256","typ":""}"#, false),
            (r#"{"alg":"RS256","typ":7}"#, false),
            (r#"{"alg":"HS256","b64":false}"#, false),
            (r#"{"alg":"HS256","b64":"false"}"#, false),
            (r#"{"alg":"HS256","zip":"DEF"}"#, false),
            (r#"{"alg":"HS256","enc":"A256GCM"}"#, false),
            (r#"{"alg":"HS256","crit":[]}"#, false),
            (r#"{"alg":"HS256","typ":"JWT","typ":"JWT"}"#, false),
            ("[]", false),
        ] {
            let token = format!("{}.e30.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(is_of_access_token(&token), passes, "{header}");
        }
        assert!(!is_of_access_token("eyJ"));
        assert!(!is_of_access_token(""));
    }
}
