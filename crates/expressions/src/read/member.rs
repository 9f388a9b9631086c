//! Reads the name of a member.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Visitor};

use crate::schema::{Attribute, Shape};

/// Looks up the name of a member while the parser reads it, without copying it.
pub(super) struct MemberSeed(pub(super) Option<&'static Shape>);

pub(super) enum Member<'de> {
    Known(usize, &'static Attribute),
    Custom(Cow<'de, str>),
}

impl MemberSeed {
    fn known<'de>(&self, name: &str) -> Option<Member<'de>> {
        let shape = self.0?;
        let slot = shape.slot_of(name)?;
        Some(Member::Known(slot, &shape.attributes()[slot]))
    }
}

impl<'de> DeserializeSeed<'de> for MemberSeed {
    type Value = Member<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Member<'de>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for MemberSeed {
    type Value = Member<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Member<'de>, E> {
        let custom = Member::Custom(Cow::Borrowed(name));
        Ok(self.known(name).unwrap_or(custom))
    }

    fn visit_str<E>(self, name: &str) -> Result<Member<'de>, E> {
        let custom = || Member::Custom(Cow::Owned(name.to_owned()));
        Ok(self.known(name).unwrap_or_else(custom))
    }
}
