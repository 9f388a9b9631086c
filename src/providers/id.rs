//! Ids at providers.

use std::fmt;

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use serde::Serialize;

use crate::text_column::text_column;

/// The maximum length of an id in bytes; longer than any id that a provider is known to issue.
const MOST_BYTES: usize = 128;

/// An opaque id at a provider. It is safe as a single path segment: letters, digits, `-` and `_` only.
#[derive(
    AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize,
)]
#[diesel(sql_type = Text)]
pub struct ProviderId(String);

text_column!(ProviderId, ProviderId::parse, as_str);

impl ProviderId {
    /// Accepts an id that is safe as a path segment, unchanged.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=MOST_BYTES).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| ProviderId(text.to_owned()))
    }

    /// The id as the provider writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_segment_is_an_id() {
        for text in [
            "0123456789abcdef0123456789abcdef",
            "13484",
            "merchant-uuid_1",
        ] {
            assert_eq!(
                ProviderId::parse(text).map(|id| id.to_string()).as_deref(),
                Some(text)
            );
        }
        let long = "a".repeat(129);
        for text in [
            "", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "é", "a\n", &long,
        ] {
            assert_eq!(ProviderId::parse(text), None, "{text:?}");
        }
    }
}
