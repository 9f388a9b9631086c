//! Static types: what the check knows about a value without a document.

use super::schema::{Attribute, Kind, Schema, Shape};

/// The kind of value a part of an expression will have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Known only at run time.
    Any,
    Null,
    Boolean,
    Number,
    Text,
    /// A number or a text; the shop chooses.
    Scalar,
    List(Box<Type>),
    Object(&'static str),
    /// `{key: value}` in the expression.
    Map,
}

impl Type {
    pub(super) fn of(attribute: &Attribute) -> Self {
        Self::of_kind(attribute.kind())
    }

    fn of_kind(kind: &Kind) -> Self {
        match kind {
            Kind::Decimal | Kind::Money => Self::Number,
            Kind::Text => Self::Text,
            Kind::Boolean => Self::Boolean,
            Kind::Scalar => Self::Scalar,
            Kind::Object(shape) => Self::Object(shape),
            Kind::List(items) => Self::List(Box::new(Self::of_kind(items))),
            Kind::Any => Self::Any,
        }
    }

    pub(super) fn shape(&self, schema: &'static Schema) -> Option<&'static Shape> {
        match self {
            Self::Object(shape) => schema.shape(shape),
            _ => None,
        }
    }

    pub(super) fn may_be_number(&self) -> bool {
        matches!(self, Self::Any | Self::Number | Self::Scalar)
    }

    pub(super) fn may_be_text(&self) -> bool {
        matches!(self, Self::Any | Self::Text | Self::Scalar)
    }

    pub(super) fn may_be_list(&self) -> bool {
        matches!(self, Self::Any | Self::List(_) | Self::Map)
    }

    /// Whether values of the two types may be ordered.
    pub(super) fn orders_with(&self, other: &Self) -> bool {
        self.may_be_number() && other.may_be_number() || self.may_be_text() && other.may_be_text()
    }

    /// Whether `=` between the two is not certain to fail.
    pub(super) fn equates_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => true,
            (Self::List(_), Self::List(_)) | (Self::Object(_), Self::Object(_)) => true,
            _ => self == other || self.orders_with(other),
        }
    }

    /// The type in words, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Any => "a value of any kind",
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Scalar => "a number or a text",
            Self::List(_) => "a list",
            Self::Object(_) | Self::Map => "an object",
        }
    }

    /// The name of the type, for programs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Text => "text",
            Self::Scalar => "scalar",
            Self::List(_) => "list",
            Self::Object(_) | Self::Map => "object",
        }
    }
}
