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

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_column!(FilledText, FilledText::parse, as_str);

/// A part of a name, in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePart(pub String);

impl NamePart {
    fn parse(text: &str) -> Option<Self> {
        (text.chars().count() <= MAX_SEARCHED).then(|| Self(text.to_owned()))
    }
}

/// The beginning of one of the names of a row, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(pub String);

impl SearchText {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let length = text.chars().count();
        (1..=MAX_SEARCHED)
            .contains(&length)
            .then(|| Self(text.to_owned()))
    }
}

/// A string schema with these lengths.
pub fn text_schema(min: Option<usize>, max: Option<usize>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length(min).max_length(max).into()
}

macro_rules! text_values {
    ($($type:ty: $expected:literal, $read:expr, $schema:expr;)*) => {$(
        impl TextValue for $type {
            fn expected() -> String {
                $expected.to_owned()
            }

            fn from_text(text: &str) -> Option<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                read(text)
            }

            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }
    )*};
}
pub(crate) use text_values;

text_values! {
    String: "a text", |text| Some(text.to_owned()), text_schema(None, None);
    FilledText: "a text that is not empty", FilledText::parse, text_schema(Some(1), None);
    NamePart: "at most 255 characters", NamePart::parse, text_schema(None, Some(MAX_SEARCHED));
    SearchText: "1 to 255 characters", SearchText::parse, text_schema(Some(1), Some(MAX_SEARCHED));
    bool: "true or false", |text| text.parse().ok(), ObjectBuilder::new().schema_type(Type::Boolean);
    // A `+` that was not percent-encoded arrives as a blank.
    DateTime<Utc>: "an RFC 3339 date and time in the years 1970 to 9999", |text| read_instant(&text.replace(' ', "+")), date_time_schema();
    Currency: "an ISO 4217 currency such as USD", Currency::parse, Ref::from_schema_name(Currency::name());
}

fn date_time_schema() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
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
