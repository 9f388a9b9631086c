//! Why a token is rejected.

/// Why a token is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// No `Authorization` header.
    Missing,
    /// The header is not one `Bearer` token.
    Malformed,
    /// What is wrong about the token and what was expected, in a sentence.
    Claim(String),
    /// No key with its `kid` is known; a JWK set may have it by now.
    UnknownKey,
    /// Properly signed, and over.
    Expired,
    /// Properly signed, and not begun.
    NotYet,
    /// Properly signed, and valid for longer than any token should be.
    TooLong,
    /// Properly signed, and denied by its `jti` or revoked.
    Denied,
}

impl TokenRefusal {
    pub(super) fn claim(sentence: impl Into<String>) -> Self {
        TokenRefusal::Claim(sentence.into())
    }
}
