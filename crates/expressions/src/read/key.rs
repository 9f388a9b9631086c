//! The name of a member.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Visitor};

use crate::schema::{Attribute, Shape};

/// The name of a member, looked up while it is still in the parser's hands.
pub(super) struct Key(pub(super) Option<&'static Shape>);

pub(super) enum Name<'de> {
    Known(usize, &'static Attribute),
    Custom(Cow<'de, str>),
}

impl Key {
    fn known<'de>(&self, name: &str) -> Option<Name<'de>> {
        let shape = self.0?;
        let slot = shape.slot_of(name)?;
        Some(Name::Known(slot, &shape.attributes()[slot]))
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Name<'de>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Name<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(self
            .known(name)
            .unwrap_or(Name::Custom(Cow::Borrowed(name))))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(self
            .known(name)
            .unwrap_or_else(|| Name::Custom(Cow::Owned(name.to_owned()))))
    }
}
