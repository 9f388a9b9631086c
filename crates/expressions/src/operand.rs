//! The values of an evaluation: posted values by reference, and computed values.
//!
//! Raw JSON stays raw here too. It is parsed one level at a time, when an expression reads a member or an item, so that
//! deep nesting causes no deep recursion.

pub(super) mod json;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

use rust_decimal::Decimal;
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::number;
use super::read::text_of;
use super::value::{Record, Value};

/// An intermediate value or the result of an expression.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A posted text, or a literal.
    Text(&'a str),
    /// A computed text.
    MadeText(Rc<str>),
    /// A posted list of known kind.
    Values(&'a [Value<'a>]),
    /// A posted list the schema does not describe: its JSON.
    RawList(&'a str),
    /// A computed list.
    Items(Rc<[Operand<'a>]>),
    /// Whole numbers from the first to the second, both included, in either direction.
    Range(i64, i64),
    /// A posted object of known shape.
    Record(&'a Record<'a>),
    /// A posted object the schema does not describe: its JSON.
    RawRecord(&'a str),
    /// `{key: value}` in the expression.
    Map(Rc<[(Rc<str>, Operand<'a>)]>),
}

/// A posted value that is valid JSON but unusable: a number with too many digits, or an escape that is not a character.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UnusableValue;

/// Two values of kinds that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Incomparable;

impl<'a> Operand<'a> {
    pub(super) fn of(value: &'a Value<'a>) -> Result<Self, UnusableValue> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text),
            Value::List(items) => Self::Values(items),
            Value::Record(record) => Self::Record(record),
            Value::Raw(raw) => return Self::of_raw(raw),
        })
    }

    /// Reads one level of JSON.
    pub(super) fn of_raw(raw: &'a str) -> Result<Self, UnusableValue> {
        Ok(match raw.as_bytes().first() {
            Some(b'"') => match text_of(raw).ok_or(UnusableValue)? {
                Cow::Borrowed(text) => Self::Text(text),
                Cow::Owned(text) => Self::MadeText(text.into()),
            },
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            Some(b'[') => Self::RawList(raw),
            Some(b'{') => Self::RawRecord(raw),
            _ => Self::Number(number::read_scientific(raw).map_err(|_| UnusableValue)?),
        })
    }

    /// The text; `None` if the value is not a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::MadeText(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the value counts as true: every value does except `false`, `null`, 0, the empty text, the empty list and
    /// the map `{}` of an expression.
    pub fn truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => !number.is_zero(),
            Self::Text(text) => !text.is_empty(),
            Self::MadeText(text) => !text.is_empty(),
            Self::Values(items) => !items.is_empty(),
            Self::RawList(raw) => !raw[1..raw.len() - 1].trim_ascii().is_empty(),
            Self::Items(items) => !items.is_empty(),
            Self::Map(entries) => !entries.is_empty(),
            Self::Range(..) | Self::Record(_) | Self::RawRecord(_) => true,
        }
    }

    /// The kind of the value, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::MadeText(_) => "a text",
            Self::Values(_) | Self::RawList(_) | Self::Items(_) | Self::Range(..) => "a list",
            Self::Record(_) | Self::RawRecord(_) | Self::Map(_) => "an object",
        }
    }

    /// The maximum number of bytes that a comparison of two values reads: the shorter of two texts, or both lists.
    pub(super) fn weight_against(&self, other: &Self) -> usize {
        match (self.as_text(), other.as_text()) {
            (Some(one), Some(other)) => one.len().min(other.len()),
            _ => self.weight() + other.weight(),
        }
    }

    /// The number of bytes of the whole value.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::MadeText(text) => text.len(),
            Self::RawList(raw) => raw.len(),
            Self::Values(items) => items.len() * 16,
            Self::Items(items) => items.iter().map(|item| 16 + item.weight()).sum(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| 16 + key.len() + value.weight())
                .sum(),
            _ => 0,
        }
    }

    /// Strict equality: numbers by value, objects by identity, and null equals null only.
    pub(super) fn equals(&self, other: &Self) -> Result<bool, Incomparable> {
        Ok(match (self, other) {
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Null, Self::Null) => true,
            (Self::Null, _) | (_, Self::Null) => false,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Record(one), Self::Record(other)) => std::ptr::eq(*one, *other),
            (Self::RawRecord(one), Self::RawRecord(other)) => std::ptr::eq(*one, *other),
            (Self::Record(_), Self::RawRecord(_)) | (Self::RawRecord(_), Self::Record(_)) => false,
            (Self::Map(one), Self::Map(other)) => {
                let same = |(key, value): &(Rc<str>, Self)| {
                    other
                        .iter()
                        .any(|(known, there)| known == key && value.is_same(there))
                };
                one.len() == other.len() && one.iter().all(same)
            }
            _ => match (self.as_text(), other.as_text()) {
                (Some(one), Some(other)) => one == other,
                _ => return self.equals_as_list(other),
            },
        })
    }

    fn equals_as_list(&self, other: &Self) -> Result<bool, Incomparable> {
        let (Some(one), Some(other)) = (self.list(), other.list()) else {
            return Err(Incomparable);
        };
        if one.len() != other.len() {
            return Ok(false);
        }
        if let (Items::Range(first, last), Items::Range(other, other_last)) = (&one, &other) {
            return Ok((first, last) == (other, other_last));
        }
        Ok(
            (0..one.len()).all(|index| match (one.get(index), other.get(index)) {
                (Ok(one), Ok(other)) => one.is_same(&other),
                _ => false,
            }),
        )
    }

    /// Equality where values of different kinds are unequal instead of incomparable, as for members of a list.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.equals(other).unwrap_or(false)
    }

    /// Numbers by value, texts byte by byte; nothing else has an order.
    pub(super) fn compare(&self, other: &Self) -> Result<Ordering, Incomparable> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Ok(one.cmp(other)),
            _ => match (self.as_text(), other.as_text()) {
                (Some(one), Some(other)) => Ok(one.cmp(other)),
                _ => Err(Incomparable),
            },
        }
    }

    fn list(&self) -> Option<Items<'a>> {
        match self {
            Self::Map(_) => None,
            _ => self.items(),
        }
    }

    /// The members of a list, or the values of `{…}`.
    pub(super) fn items(&self) -> Option<Items<'a>> {
        Some(match self {
            Self::Values(items) => Items::Values(items),
            Self::Items(items) => Items::Made(items.clone()),
            Self::Map(entries) => Items::Entries(entries.clone()),
            Self::Range(first, last) => Items::Range(*first, *last),
            // Cannot fail: the JSON was well-formed when the document was read.
            Self::RawList(raw) => {
                Items::Raw(serde_json::from_str::<Vec<&RawValue>>(raw).unwrap_or_default())
            }
            _ => return None,
        })
    }
}

/// The members of a list.
pub(super) enum Items<'a> {
    Values(&'a [Value<'a>]),
    Made(Rc<[Operand<'a>]>),
    Entries(Rc<[(Rc<str>, Operand<'a>)]>),
    Raw(Vec<&'a RawValue>),
    Range(i64, i64),
}

impl<'a> Items<'a> {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Values(items) => items.len() as u64,
            Self::Made(items) => items.len() as u64,
            Self::Entries(entries) => entries.len() as u64,
            Self::Raw(items) => items.len() as u64,
            Self::Range(first, last) => first.abs_diff(*last).saturating_add(1),
        }
    }

    /// A member; null beyond the end.
    pub(super) fn get(&self, index: u64) -> Result<Operand<'a>, UnusableValue> {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        match self {
            Self::Values(items) => items.get(at).map_or(Ok(Operand::Null), Operand::of),
            Self::Made(items) => Ok(items.get(at).cloned().unwrap_or(Operand::Null)),
            Self::Entries(entries) => Ok(entries
                .get(at)
                .map_or(Operand::Null, |(_, value)| value.clone())),
            Self::Raw(items) => items
                .get(at)
                .map_or(Ok(Operand::Null), |raw| Operand::of_raw(raw.get())),
            Self::Range(first, last) => {
                let step = i128::from(index) * if last < first { -1 } else { 1 };
                Ok(
                    Decimal::try_from_i128_with_scale(i128::from(*first) + step, 0)
                        .map_or(Operand::Null, Operand::Number),
                )
            }
        }
    }
}

/// The JSON of a member of a raw object; the last one if the name is repeated.
pub(super) fn raw_member<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    struct FindMember<'n>(&'n str);
    impl<'de> Visitor<'de> for FindMember<'_> {
        type Value = Option<&'de str>;

        fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some((RawName(key), value)) =
                map.next_entry::<RawName<'de>, &'de RawValue>()?
            {
                if key == self.0 {
                    found = Some(value.get());
                }
            }
            Ok(found)
        }
    }
    #[derive(serde::Deserialize)]
    struct RawName<'n>(#[serde(borrow)] Cow<'n, str>);
    // Cannot fail: the JSON was well-formed when the document was read.
    serde_json::Deserializer::from_str(raw)
        .deserialize_map(FindMember(name))
        .ok()
        .flatten()
}
