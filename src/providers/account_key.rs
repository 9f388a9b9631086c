//! The key of the provider account that an order belongs to.

use std::fmt;

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};

use crate::text_column::text_column;

/// Host and merchant in one text. An order is bound to one payment per account key.
#[derive(AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Text)]
pub struct AccountKey {
    text: String,
    /// The length of the origin in bytes.
    origin: usize,
}

text_column!(AccountKey, AccountKey::parse, as_str);

impl AccountKey {
    /// Joins an origin, such as `https://app.apruve.com`, and the id of a merchant.
    pub fn new(origin: &str, merchant_id: &str) -> Self {
        AccountKey {
            text: format!("{origin}/{merchant_id}"),
            origin: origin.len(),
        }
    }

    /// Parses the stored form. Merchant ids contain no slash; a text without a slash has an empty merchant.
    fn parse(text: &str) -> Option<Self> {
        Some(AccountKey {
            origin: text.rfind('/').unwrap_or(text.len()),
            text: text.to_owned(),
        })
    }

    /// The host, with its scheme.
    pub fn origin(&self) -> &str {
        self.text.get(..self.origin).unwrap_or_default()
    }

    /// The merchant's id at the provider.
    pub fn merchant(&self) -> &str {
        self.text.get(self.origin + 1..).unwrap_or_default()
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_with_its_parts() {
        for (origin, merchant) in [
            ("https://app.apruve.com", "9a9c3389"),
            ("http://127.0.0.1:4100", "m-1_2"),
        ] {
            let key = AccountKey::new(origin, merchant);
            let read = AccountKey::parse(key.as_str()).expect("a key");
            assert_eq!((read.origin(), read.merchant()), (origin, merchant));
            assert_eq!(read, key);
        }
        let read = AccountKey::parse("nowhere").expect("a key");
        assert_eq!((read.origin(), read.merchant()), ("nowhere", ""));
    }
}
