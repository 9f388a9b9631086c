//! Why a token is rejected.

/// Why a token is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// No `Authorization` header.
    Missing,
    /// There is not exactly one `Authorization` header with a `Bearer` token.
    Malformed,
    /// A claim is wrong; the sentence names it and the expected value.
    Claim(String),
    /// No known key has its `kid`; the JWK set may have it by now.
    UnknownKey,
    /// Properly signed, but expired.
    Expired,
    /// Properly signed, but not valid yet.
    NotYet,
    /// Properly signed, but valid for longer than a token may be.
    TooLong,
    /// Properly signed, but revoked or denied by its `jti`.
    Denied,
}

impl TokenRefusal {
    pub(super) fn claim(sentence: impl Into<String>) -> Self {
        TokenRefusal::Claim(sentence.into())
    }
}
