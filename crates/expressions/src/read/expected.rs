//! The kind of value that the schema expects.

use std::fmt;

use crate::schema::{Kind, Shape};

/// The kind of a document without a schema.
static OBJECT: Kind = Kind::Object("");

/// The expected kind of a value; displayed in messages.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    pub(super) kind: &'static Kind,
    /// The shape of the object, or of the listed objects.
    pub(super) shape: Option<&'static Shape>,
    pub(super) may_be_null: bool,
}

impl Expected {
    pub(super) fn document(shape: Option<&'static Shape>) -> Self {
        Self {
            kind: &OBJECT,
            shape,
            may_be_null: false,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.kind {
            Kind::Text => "a text",
            Kind::Boolean => "true or false",
            Kind::Decimal | Kind::Money => "a decimal, as a number or a text such as \"12.50\"",
            Kind::Scalar => "a number or a text",
            Kind::List(_) => "a list",
            Kind::Any => "any value",
            Kind::Object(_) => "an object",
        })
    }
}
