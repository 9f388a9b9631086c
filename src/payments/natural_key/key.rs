//! A shop's name for an operation as it is kept, and the hash of the fields sent with it.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};

use super::canonical;
use crate::text_column::text_column;

/// A name that was given to an operation, kept with its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaturalKey {
    pub name: String,
    /// Of the fields that were given; `None` for rows from before these were kept.
    pub content: Option<ContentHash>,
}

/// SHA-256 of the given fields as canonical JSON.
#[derive(AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Text)]
pub struct ContentHash(String);

text_column!(
    ContentHash,
    |text| Some(ContentHash(text.to_owned())),
    as_str
);

impl ContentHash {
    /// The hash of a body. Null counts as absent; the same amount or moment in another spelling is the same.
    pub fn of(body: &str) -> Self {
        ContentHash(canonical::hash(body))
    }

    /// As it is stored.
    fn as_str(&self) -> &str {
        &self.0
    }
}
