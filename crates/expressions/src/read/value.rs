//! Reads one value as what the schema expects.
//!
//! A value is written directly to its destination, because returning it through every level of the parser took as long
//! as parsing.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::expected::Expected;
use super::member::{Member, MemberSeed};
use super::{Pointer, Reader, text_of};
use crate::number::{self, NumberError};
use crate::place::Place;
use crate::schema::{Kind, MONEY_DECIMALS, Shape};
use crate::value::Value;

/// Reads one value at `path` into `into`.
pub(super) struct ValueReader<'p, 'de> {
    pub(super) reader: &'p Reader,
    pub(super) expected: Expected,
    pub(super) path: &'p Pointer<'p>,
    pub(super) into: &'p mut Value<'de>,
}

impl<'de> DeserializeSeed<'de> for ValueReader<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        match self.expected.kind {
            kind @ (Kind::Decimal | Kind::Money | Kind::Scalar | Kind::Any) => {
                let raw: &'de RawValue = serde::Deserialize::deserialize(source)?;
                self.leaf(kind, raw.get());
                Ok(())
            }
            _ => source.deserialize_any(self),
        }
    }
}

impl<'de> ValueReader<'_, 'de> {
    fn leaf(self, kind: &Kind, raw: &'de str) {
        match (raw.as_bytes().first(), kind) {
            (Some(b'n'), _) => *self.into = Value::Null,
            (_, Kind::Any) => *self.into = Value::Raw(raw),
            (Some(b'"'), kind) => match text_of(raw) {
                Some(Cow::Borrowed(text)) if *kind == Kind::Scalar => {
                    *self.into = Value::Text(Cow::Borrowed(text))
                }
                Some(Cow::Owned(text)) if *kind == Kind::Scalar => self.escaped_text(&text),
                Some(text) => self.number(kind, &text),
                None => self.wrong_type(),
            },
            (Some(b'-' | b'0'..=b'9'), kind) => self.number(kind, raw),
            _ => self.wrong_type(),
        }
    }

    fn number(self, kind: &Kind, text: &str) {
        let (code, message) = match number::read(text) {
            Ok(number) if *kind != Kind::Money || number.scale() <= MONEY_DECIMALS => {
                *self.into = Value::Number(number);
                return;
            }
            Ok(_) => {
                let message = format!("must have at most {MONEY_DECIMALS} decimals");
                ("too_many_decimals", message)
            }
            Err(NumberError::Exponent) => {
                let message = "must be written without an exponent, such as 100000";
                ("number_format", message.into())
            }
            Err(NumberError::TooLong) => ("too_many_digits", "must have at most 28 digits".into()),
            Err(NumberError::Malformed) => {
                let message = "must be a decimal such as \"12.50\"";
                ("number_format", message.into())
            }
        };
        self.reader.problem(self.path, code, message);
    }

    /// A text with escapes; only an escape can produce the character U+0000.
    fn escaped_text(self, text: &str) {
        if text.as_bytes().contains(&0) {
            let message = "must not contain the character U+0000";
            self.reader.problem(self.path, "nul_character", message);
        } else {
            *self.into = Value::Text(Cow::Owned(text.to_owned()));
        }
    }

    #[cold]
    fn wrong_type(self) {
        self.reader
            .problem(self.path, "type", format!("must be {}", self.expected));
    }

    fn record<A: MapAccess<'de>>(
        self,
        shape: Option<&'static Shape>,
        mut map: A,
    ) -> Result<(), A::Error> {
        let mut slots = Place::Heap.blank(shape);
        let mut custom = Vec::new();
        let mut seen: u128 = 0;
        while let Some(key) = map.next_key_seed(MemberSeed(shape))? {
            let (slot, attribute) = match key {
                Member::Known(slot, attribute) => (slot, attribute),
                Member::Custom(name) => {
                    let raw: &'de RawValue = map.next_value()?;
                    custom.push((name, raw.get()));
                    continue;
                }
            };
            let path = Pointer::Name(self.path, attribute.name());
            let schema = self.reader.schema;
            let expected = Expected {
                kind: attribute.kind(),
                shape: schema.and_then(|schema| schema.shape_of(attribute)),
                may_be_null: true,
            };
            let bit = 1_u128.checked_shl(slot as u32).unwrap_or_default();
            if seen & bit != 0 {
                self.reader.problem(&path, "duplicate", "is given twice");
            }
            seen |= bit;
            match slots.as_mut().get_mut(slot) {
                Some(into) => map.next_value_seed(ValueReader {
                    reader: self.reader,
                    expected,
                    path: &path,
                    into,
                })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if let Some(shape) = shape {
            self.reader.complete(shape, slots.as_mut(), self.path);
        }
        *self.into = Place::Heap.record(shape, slots, Place::Heap.list(custom));
        Ok(())
    }

    fn list<A: SeqAccess<'de>>(
        self,
        kind: &'static Kind,
        shape: Option<&'static Shape>,
        mut seq: A,
    ) -> Result<(), A::Error> {
        let expected = Expected {
            kind,
            shape,
            may_be_null: !matches!(kind, Kind::Object(_)),
        };
        // Most lists are the few lines of a cart; growing by doubling would move them several times.
        let mut items = Vec::with_capacity(8);
        loop {
            let path = Pointer::Index(self.path, items.len());
            let mut item = Value::Null;
            let place = ValueReader {
                reader: self.reader,
                expected,
                path: &path,
                into: &mut item,
            };
            if seq.next_element_seed(place)?.is_none() {
                *self.into = Value::List(Place::Heap.list(items));
                return Ok(());
            }
            items.push(item);
        }
    }
}

impl<'de> Visitor<'de> for ValueReader<'_, 'de> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.expected)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        match self.expected.may_be_null {
            true => *self.into = Value::Null,
            false => self.wrong_type(),
        }
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        match self.expected.kind {
            Kind::Boolean => *self.into = Value::Bool(value),
            _ => self.wrong_type(),
        }
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        match self.expected.kind {
            Kind::Text => *self.into = Value::Text(Cow::Borrowed(value)),
            _ => self.wrong_type(),
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        match self.expected.kind {
            Kind::Text => self.escaped_text(value),
            _ => self.wrong_type(),
        }
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.wrong_type();
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.wrong_type();
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.wrong_type();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Expected {
            kind: Kind::Object(_),
            shape,
            ..
        } = self.expected
        {
            return self.record(shape, map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong_type();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if let Expected {
            kind: Kind::List(kind),
            shape,
            ..
        } = self.expected
        {
            return self.list(kind, shape, seq);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong_type();
        Ok(())
    }
}
