//! Constructors for the attributes of a cart's shapes.

use crate::expressions::{Attribute, Kind};

pub(super) fn text(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Text, summary)
}

pub(super) fn money(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Money, summary)
}

pub(super) fn decimal(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Decimal, summary).expected()
}

pub(super) fn flag(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Boolean, summary).expected()
}

pub(super) fn id(summary: &'static str) -> Attribute {
    Attribute::new("id", Kind::Scalar, summary).expected()
}

pub(super) fn object(name: &'static str, shape: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Object(shape), summary)
}

pub(super) fn list(name: &'static str, shape: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::list_of(shape), summary)
}

pub(super) fn any(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Any, summary)
}
