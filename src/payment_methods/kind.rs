//! The types of payment methods.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{providers::ProviderKind, string_enum::StringEnum, text_column::text_column};

/// The type of method that an integration provides.
#[derive(
    AsExpression,
    Clone,
    Copy,
    Debug,
    Deserialize,
    FromSqlRow,
    Hash,
    PartialEq,
    Eq,
    Serialize,
    ToSchema,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "snake_case")]
pub enum MethodType {
    /// A credit line at Apruve.
    Apruve,
    /// The shop's own terms: the buyer pays within a number of days.
    PaymentTerm,
    /// Payment by check or money order in the mail.
    CheckMoneyOrder,
}

text_column!(MethodType, MethodType::parse, as_str);

impl MethodType {
    /// All types, in the order of lists.
    pub const ALL: [MethodType; 3] = [
        MethodType::Apruve,
        MethodType::PaymentTerm,
        MethodType::CheckMoneyOrder,
    ];

    /// The word in JSON, in the database, and before the suffix of a method's id.
    pub const fn as_str(self) -> &'static str {
        match self {
            MethodType::Apruve => "apruve",
            MethodType::PaymentTerm => "payment_term",
            MethodType::CheckMoneyOrder => "check_money_order",
        }
    }

    /// The provider that pays the shop; offline methods are between shop and buyer.
    pub const fn provider(self) -> Option<ProviderKind> {
        match self {
            MethodType::Apruve => Some(ProviderKind::Apruve),
            MethodType::PaymentTerm | MethodType::CheckMoneyOrder => None,
        }
    }

    /// Whether a provider pays the shop.
    pub const fn has_provider(self) -> bool {
        self.provider().is_some()
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl StringEnum for MethodType {
    const WORDS: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}
