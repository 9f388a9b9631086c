//! Types of values that are given as text, in a query parameter or in a member of a body.

use chrono::{DateTime, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use type_safe_id::StaticType;
use utoipa::{
    ToSchema,
    openapi::{KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type},
};

use crate::{
    http::body::read_instant, ids::Id, money::Currency, string_enum::StringEnum,
    text_column::text_column,
};

/// The maximum length of a text that rows are searched for, in characters.
const MAX_SEARCHED: usize = 255;

/// A value that is given as text.
pub trait TextValue: Sized {
    /// What the text must be; completes the sentence "must be …".
    fn expected() -> String;

    /// `None` if the text is no such value.
    fn from_text(text: &str) -> Option<Self>;

    /// The schema in the API document.
    fn schema() -> RefOr<Schema>;
}

/// A filter by a text that is not empty. An empty one would match the rows without a value.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct FilledText(String);

impl FilledText {
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

text_column!(FilledText, FilledText::parse, as_str);

/// A part of a name, in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePart(pub String);

/// The beginning of one of the names of a row, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(pub String);

/// A string schema with these lengths.
pub fn text_schema(min: Option<usize>, max: Option<usize>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length(min).max_length(max).into()
}

impl TextValue for String {
    fn expected() -> String {
        "a text".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn schema() -> RefOr<Schema> {
        text_schema(None, None)
    }
}

impl TextValue for FilledText {
    fn expected() -> String {
        "a text".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn schema() -> RefOr<Schema> {
        text_schema(Some(1), None)
    }
}

impl TextValue for NamePart {
    fn expected() -> String {
        "at most 255 characters".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        (text.chars().count() <= MAX_SEARCHED).then(|| Self(text.to_owned()))
    }

    fn schema() -> RefOr<Schema> {
        text_schema(None, Some(MAX_SEARCHED))
    }
}

impl TextValue for SearchText {
    fn expected() -> String {
        "1 to 255 characters".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (1..=MAX_SEARCHED)
            .contains(&text.chars().count())
            .then(|| Self(text.to_owned()))
    }

    fn schema() -> RefOr<Schema> {
        text_schema(Some(1), Some(MAX_SEARCHED))
    }
}

impl TextValue for bool {
    fn expected() -> String {
        "true or false".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).into()
    }
}

impl TextValue for DateTime<Utc> {
    fn expected() -> String {
        "an RFC 3339 date and time".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        // A `+` that was not percent-encoded arrives as a blank.
        read_instant(&text.replace(' ', "+"))
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl<T: StaticType> TextValue for Id<T> {
    fn expected() -> String {
        format!("an id such as {}_01h455vb4pex5vsknk084sn02q", T::TYPE)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn schema() -> RefOr<Schema> {
        text_schema(Some(1), None)
    }
}

impl TextValue for Currency {
    fn expected() -> String {
        "an ISO 4217 currency such as USD".to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        Currency::parse(text)
    }

    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name(Currency::name()).into()
    }
}

impl<T: StringEnum + ToSchema> TextValue for T {
    fn expected() -> String {
        let words: Vec<&str> = T::WORDS.iter().map(|it| it.word()).collect();
        format!("one of {}", words.join(", "))
    }

    fn from_text(text: &str) -> Option<Self> {
        T::WORDS.iter().copied().find(|it| it.word() == text)
    }

    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name(T::name()).into()
    }
}
