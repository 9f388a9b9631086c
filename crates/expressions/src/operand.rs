//! What an expression computes with: posted values by reference, and what it made itself.
//!
//! Raw JSON stays raw here too: a member is looked up in it and a list is taken apart one level at a time, when an
//! expression asks, so no document is deep enough to hurt.

mod json;

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

/// A value in the hands of an expression, and the result of one.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A posted text, or one that stands in the expression.
    Text(&'a str),
    /// A text the expression made.
    MadeText(Rc<str>),
    /// A posted list of known kind.
    Values(&'a [Value<'a>]),
    /// A posted list nobody described: its JSON.
    RawList(&'a str),
    /// A list the expression made.
    Items(Rc<[Operand<'a>]>),
    /// Whole numbers from the first to the second, both included, in either direction.
    Range(i64, i64),
    /// A posted object of known shape.
    Record(&'a Record<'a>),
    /// A posted object nobody described: its JSON.
    RawRecord(&'a str),
    /// `{key: value}` in the expression.
    Map(Rc<[(Rc<str>, Operand<'a>)]>),
}

/// A posted value that is JSON but nothing an expression can use: a number of too many digits, an escape that means no
/// character.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unusable;

/// Two values of kinds that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unlike;

impl<'a> Operand<'a> {
    pub(super) fn of(value: &'a Value<'a>) -> Result<Self, Unusable> {
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
    pub(super) fn of_raw(raw: &'a str) -> Result<Self, Unusable> {
        Ok(match raw.as_bytes().first() {
            Some(b'"') => match text_of(raw).ok_or(Unusable)? {
                Cow::Borrowed(text) => Self::Text(text),
                Cow::Owned(text) => Self::MadeText(text.into()),
            },
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            Some(b'[') => Self::RawList(raw),
            Some(b'{') => Self::RawRecord(raw),
            _ => Self::Number(number::read_scientific(raw).map_err(|_| Unusable)?),
        })
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::MadeText(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it counts as true: everything but `false`, `null`, 0, the empty text, the empty list and `{}`.
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

    /// What it is, for messages.
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

    /// How many bytes comparing the two may look at: of two texts the shorter, of lists everything.
    pub(super) fn weight_against(&self, other: &Self) -> usize {
        match (self.as_text(), other.as_text()) {
            (Some(one), Some(other)) => one.len().min(other.len()),
            _ => self.weight() + other.weight(),
        }
    }

    /// How many bytes looking at all of it takes.
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
    pub(super) fn equals(&self, other: &Self) -> Result<bool, Unlike> {
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

    fn equals_as_list(&self, other: &Self) -> Result<bool, Unlike> {
        let (Some(one), Some(other)) = (self.list(), other.list()) else {
            return Err(Unlike);
        };
        if one.len() != other.len() {
            return Ok(false);
        }
        if let (Items::Range(one, _), Items::Range(other, _)) = (&one, &other) {
            return Ok(one == other);
        }
        Ok(
            (0..one.len()).all(|index| match (one.get(index), other.get(index)) {
                (Ok(one), Ok(other)) => one.is_same(&other),
                _ => false,
            }),
        )
    }

    /// Equality where unlike kinds are merely different, as among the members of a list.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.equals(other).unwrap_or(false)
    }

    /// Numbers by value, texts byte by byte; nothing else has an order.
    pub(super) fn compare(&self, other: &Self) -> Result<Ordering, Unlike> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Ok(one.cmp(other)),
            _ => match (self.as_text(), other.as_text()) {
                (Some(one), Some(other)) => Ok(one.cmp(other)),
                _ => Err(Unlike),
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
            // What is kept raw was found well-formed when it was read.
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
    pub(super) fn get(&self, index: u64) -> Result<Operand<'a>, Unusable> {
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

/// A member of a raw object; of a repeated name the last counts.
pub(super) fn raw_member<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    struct Find<'n>(&'n str);
    impl<'de> Visitor<'de> for Find<'_> {
        type Value = Option<&'de str>;

        fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some((Name(key), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                if key == self.0 {
                    found = Some(value.get());
                }
            }
            Ok(found)
        }
    }
    #[derive(serde::Deserialize)]
    struct Name<'n>(#[serde(borrow)] Cow<'n, str>);
    // What is kept raw was found well-formed when it was read.
    serde_json::Deserializer::from_str(raw)
        .deserialize_map(Find(name))
        .ok()
        .flatten()
}
