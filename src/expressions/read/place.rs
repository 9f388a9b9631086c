//! One value: what is expected of it, and what it is.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::key::{Key, Name};
use super::{Path, Reading, text_of};
use crate::expressions::number::{self, BadNumber};
use crate::expressions::schema::{Kind, MONEY_DECIMALS, Shape};
use crate::expressions::value::{Record, Value};

/// What a value is read as.
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

/// One value to be read, and where it is.
pub(super) struct Place<'p> {
    pub(super) reading: &'p Reading,
    pub(super) expected: Expected,
    pub(super) path: &'p Path<'p>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value<'de>, D::Error> {
        match self.expected {
            Expected::Kind {
                kind: kind @ (Kind::Decimal | Kind::Money | Kind::Scalar | Kind::Any),
                ..
            } => {
                let raw: &'de RawValue = serde::Deserialize::deserialize(source)?;
                Ok(self.leaf(kind, raw.get()))
            }
            _ => source.deserialize_any(self),
        }
    }
}

impl Place<'_> {
    fn leaf<'de>(&self, kind: &Kind, raw: &'de str) -> Value<'de> {
        if *kind == Kind::Any && raw != "null" {
            return Value::Raw(raw);
        }
        match raw.as_bytes().first() {
            Some(b'n') => Value::Null,
            Some(b'"') => match (text_of(raw), kind) {
                (Some(text), Kind::Scalar) => self.text(text),
                (Some(text), _) => self.number(kind, &text),
                (None, _) => self.unfit(),
            },
            Some(b'-' | b'0'..=b'9') => self.number(kind, raw),
            _ => self.unfit(),
        }
    }

    fn number<'de>(&self, kind: &Kind, text: &str) -> Value<'de> {
        let (code, message) = match number::read(text) {
            Ok(number) if *kind == Kind::Money && number.scale() > MONEY_DECIMALS => (
                "too_many_decimals",
                format!("must have at most {MONEY_DECIMALS} decimals"),
            ),
            Ok(number) => return Value::Number(number),
            Err(BadNumber::Exponent) => (
                "number_format",
                "must be written without an exponent, such as 100000".into(),
            ),
            Err(BadNumber::TooLong) => ("too_many_digits", "must have at most 28 digits".into()),
            Err(BadNumber::Malformed) => (
                "number_format",
                "must be a decimal such as \"12.50\"".into(),
            ),
        };
        self.reading.problem(self.path, code, message);
        Value::Null
    }

    fn text<'de>(&self, text: Cow<'de, str>) -> Value<'de> {
        if text.as_bytes().contains(&0) {
            self.reading.problem(
                self.path,
                "nul_character",
                "must not contain the character U+0000",
            );
            return Value::Null;
        }
        Value::Text(text)
    }

    #[cold]
    fn unfit<'de>(&self) -> Value<'de> {
        self.reading
            .problem(self.path, "type", format!("must be {}", self.expected));
        Value::Null
    }

    fn record<'de, A: MapAccess<'de>>(
        &self,
        shape: Option<&'static Shape>,
        mut map: A,
    ) -> Result<Value<'de>, A::Error> {
        let mut record = Record::new(shape);
        let mut seen: u128 = 0;
        while let Some(key) = map.next_key_seed(Key(shape))? {
            match key {
                Name::Known(slot, attribute) => {
                    let path = Path::Name(self.path, attribute.name());
                    let target = self
                        .reading
                        .schema
                        .and_then(|schema| schema.shape_of(attribute));
                    let expected = Expected::Kind {
                        kind: attribute.kind(),
                        shape: target,
                    };
                    let value = map.next_value_seed(Place {
                        reading: self.reading,
                        expected,
                        path: &path,
                    })?;
                    let bit = 1_u128
                        .checked_shl(u32::try_from(slot).unwrap_or(u32::MAX))
                        .unwrap_or_default();
                    if seen & bit != 0 {
                        self.reading.problem(&path, "duplicate", "is given twice");
                    }
                    seen |= bit;
                    record.set_slot(slot, value);
                }
                Name::Custom(name) => {
                    let raw: &'de RawValue = map.next_value()?;
                    record.add_custom(name, raw.get());
                }
            }
        }
        if let Some(shape) = shape {
            self.complete(shape, &mut record);
        }
        Ok(Value::Record(record))
    }

    /// Refuses what is missing, and lets each pair of spellings fill the other.
    fn complete(&self, shape: &'static Shape, record: &mut Record<'_>) {
        for (slot, attribute) in shape.attributes().iter().enumerate() {
            if !record.slot(slot).is_null() {
                continue;
            }
            let path = Path::Name(self.path, attribute.name());
            if attribute.is_empty_when_absent() {
                record.set_slot(slot, Value::List(Vec::new()));
            } else if attribute.is_required() && !self.is_named(&path) {
                self.reading.problem(&path, "required", "is required");
            }
        }
        for alias in shape.aliases() {
            let inner = self
                .reading
                .schema
                .and_then(|schema| schema.shape_of(&shape.attributes()[alias.object]));
            let Some((inner, member)) =
                inner.and_then(|inner| Some((inner, alias.member_in(inner)?)))
            else {
                continue;
            };
            let own = record.slot(alias.own).clone();
            match record.slot_mut(alias.object) {
                Some(Value::Record(object)) if own.is_null() => {
                    let posted = object.slot(member).clone();
                    record.set_slot(alias.own, posted);
                }
                Some(Value::Record(object)) if object.slot(member).is_null() => {
                    object.set_slot(member, own)
                }
                Some(object @ Value::Null) if !own.is_null() => {
                    let mut made = Record::new(Some(inner));
                    made.set_slot(member, own);
                    *object = Value::Record(made);
                }
                _ => {}
            }
        }
    }

    /// Whether a problem was already named here, so that a value that will not do is not called missing too.
    fn is_named(&self, path: &Path<'_>) -> bool {
        let problems = self.reading.problems.borrow();
        !problems.is_empty() && {
            let pointer = path.to_string();
            problems.iter().any(|problem| problem.pointer == pointer)
        }
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.expected)
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind { .. } => Ok(Value::Null),
            Expected::Object(_) => Ok(self.unfit()),
        }
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Boolean,
                ..
            } => Ok(Value::Bool(value)),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Text, ..
            } => Ok(self.text(Cow::Borrowed(value))),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Text, ..
            } => Ok(self.text(Cow::Owned(value.to_owned()))),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        match self.expected {
            Expected::Object(shape)
            | Expected::Kind {
                kind: Kind::Object(_),
                shape,
            } => self.record(shape, map),
            Expected::Kind { .. } => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(self.unfit())
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let Expected::Kind {
            kind: Kind::List(kind),
            shape,
        } = self.expected
        else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.unfit());
        };
        let mut items = Vec::new();
        loop {
            let path = Path::Index(self.path, items.len());
            let expected = match **kind {
                Kind::Object(_) => Expected::Object(shape),
                _ => Expected::Kind { kind, shape },
            };
            match seq.next_element_seed(Place {
                reading: self.reading,
                expected,
                path: &path,
            })? {
                Some(item) => items.push(item),
                None => return Ok(Value::List(items)),
            }
        }
    }
}
