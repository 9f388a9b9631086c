//! The kind of value that the schema expects.

use std::fmt;

use crate::schema::{Kind, Shape};

/// The expected kind of a value; displayed in messages.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Kind {
        kind: &'static Kind,
        shape: Option<&'static Shape>,
    },
    Object(Option<&'static Shape>),
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Kind {
                kind: Kind::Text, ..
            } => "a text",
            Self::Kind {
                kind: Kind::Boolean,
                ..
            } => "true or false",
            Self::Kind {
                kind: Kind::Decimal | Kind::Money,
                ..
            } => "a decimal, as a number or a text such as \"12.50\"",
            Self::Kind {
                kind: Kind::Scalar, ..
            } => "a number or a text",
            Self::Kind {
                kind: Kind::List(_),
                ..
            } => "a list",
            Self::Kind {
                kind: Kind::Any, ..
            } => "any value",
            Self::Kind {
                kind: Kind::Object(_),
                ..
            }
            | Self::Object(_) => "an object",
        })
    }
}
