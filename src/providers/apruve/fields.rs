//! Reads Apruve's answers, whose spelling differs by year and client.
//!
//! Each member is parsed from its own text on demand, so that an unused member may have any shape. A member that only
//! informs counts as absent if it is null or of an unexpected type. A member that decides about money does not: an
//! amount that is present but unreadable makes the whole answer unreadable, so that it cannot be mistaken for an absent
//! amount.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use crate::providers::ProviderId;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Why an answer cannot be read. It names the place and never the value, which may be personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableAnswer {
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("it is not {0}")]
    NotA(&'static str),
    #[error("`{0}` is missing or cannot be read")]
    Field(&'static str),
}

/// An object in Apruve's answers.
pub(super) trait Wire: Sized {
    /// The singular name under which Apruve may wrap the object.
    const NOUN: &'static str;

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer>;
}

/// Reads one object, bare or wrapped in its name.
pub(super) fn read_one<T: Wire>(body: &[u8]) -> Result<T, UnreadableAnswer> {
    // Lossy, because one invalid byte in a person's name must not make the rest unreadable.
    let text = String::from_utf8_lossy(body);
    T::read(&read_object(&text)?.unwrapped(T::NOUN))
}

/// The fields of a body that is one object.
pub(super) fn read_object(text: &str) -> Result<WireFields<'_>, UnreadableAnswer> {
    serde_json::from_str(text).or_else(|_| {
        parse(text)?;
        Err(UnreadableAnswer::NotA("an object"))
    })
}

/// Reads a list, bare or wrapped in its plural name. One unreadable element makes the whole list unreadable: if it were
/// left out, it would count as absent.
pub(super) fn read_list<T: Wire>(body: &[u8]) -> Result<Vec<T>, UnreadableAnswer> {
    let text = String::from_utf8_lossy(body);
    let whole = parse(&text)?;
    let wrapped = WireFields::of(whole);
    let list = match &wrapped {
        Some(object) => object.get(&format!("{}s", T::NOUN)),
        None => Some(whole),
    };
    let elements = list
        .and_then(elements)
        .ok_or(UnreadableAnswer::NotA("a list"))?;
    elements.into_iter().map(of).collect()
}

fn parse(text: &str) -> Result<&RawValue, UnreadableAnswer> {
    // Not serde's own message, which could quote the body.
    serde_json::from_str(text).map_err(|error| UnreadableAnswer::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

fn of<T: Wire>(value: &RawValue) -> Result<T, UnreadableAnswer> {
    T::read(&WireFields::of(value).ok_or(UnreadableAnswer::NotA("an object"))?)
}

/// The value, if it has the requested type.
fn scalar<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The fields of one object, each as its own text.
pub(super) struct WireFields<'b>(Vec<(Name<'b>, &'b RawValue)>);

/// The name of a member; borrowed unless it has escapes.
#[derive(Deserialize)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

impl<'b> Deserialize<'b> for WireFields<'b> {
    fn deserialize<D: Deserializer<'b>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'b> Visitor<'b> for FieldsVisitor {
    type Value = WireFields<'b>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<WireFields<'b>, A::Error> {
        let mut fields = Vec::with_capacity(16);
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(WireFields(fields))
    }
}

impl<'b> WireFields<'b> {
    fn of(value: &'b RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// The value of a member; the last one if the name is repeated.
    fn get(&self, name: &str) -> Option<&'b RawValue> {
        let mut fields = self.0.iter().rev();
        fields
            .find(|(known, _)| known.0 == name)
            .map(|(_, value)| *value)
    }

    /// A string; `None` for any other type.
    pub fn string(&self, name: &str) -> Option<String> {
        scalar(self.get(name)?)
    }

    /// The object's own id, which some objects call `uuid`.
    pub fn own_id(&self) -> Result<ProviderId, UnreadableAnswer> {
        self.id("id")
            .or_else(|| self.id("uuid"))
            .ok_or(UnreadableAnswer::Field("id"))
    }

    /// An id, which may be written as a number.
    pub fn id(&self, name: &str) -> Option<ProviderId> {
        ProviderId::parse(&self.text(name)?)
    }

    /// A string, or the text of a number.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        match value.get().as_bytes() {
            [b'"', ..] => scalar(value),
            [b'-' | b'0'..=b'9', ..] => Some(value.get().to_owned()),
            _ => None,
        }
    }

    /// An amount in minor units that decides about money; a number or a string. Unreadable amounts are an error.
    pub fn cents(&self, name: &'static str) -> Result<Option<i64>, UnreadableAnswer> {
        let Some(value) = self.get(name).filter(|value| value.get() != "null") else {
            return Ok(None);
        };
        let digits = self.text(name).ok_or(UnreadableAnswer::Field(name))?;
        let is_text = value.get().starts_with('"');
        match digits.trim() {
            "" if is_text => Ok(None),
            digits => digits
                .parse()
                .map(Some)
                .map_err(|_| UnreadableAnswer::Field(name)),
        }
    }

    /// An amount or number that only informs; `None` if it is unreadable.
    pub fn any_cents(&self, name: &'static str) -> Option<i64> {
        self.cents(name).ok().flatten()
    }

    /// A time. Apruve writes RFC 3339 with its own offset; a time without an offset is read as UTC.
    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        time(self.text(name)?.trim())
    }

    /// A nested object; `None` for any other type.
    pub fn object(&self, name: &str) -> Option<WireFields<'b>> {
        WireFields::of(self.get(name)?)
    }

    /// The object itself, or the one inside it under its name.
    pub fn unwrapped(self, noun: &str) -> Self {
        match (self.get("id"), self.object(noun)) {
            (None, Some(inner)) => inner,
            _ => self,
        }
    }

    /// The objects of a list that decides about money. An absent list is empty, an unreadable one an error.
    pub fn list<T: Wire>(&self, name: &'static str) -> Result<Vec<T>, UnreadableAnswer> {
        let Some(value) = self.get(name).filter(|value| value.get() != "null") else {
            return Ok(Vec::new());
        };
        let elements = elements(value).ok_or(UnreadableAnswer::Field(name))?;
        elements.into_iter().map(of).collect()
    }

    /// The objects of a list that only informs; unreadable ones are left out.
    pub fn any_list<T: Wire>(&self, name: &str) -> Vec<T> {
        let elements = self.get(name).and_then(elements);
        let read = elements.into_iter().flatten().map(of);
        read.filter_map(Result::ok).collect()
    }
}

/// Parses a time in any of the formats that Apruve is known to use.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let with_offset = |format| DateTime::parse_from_str(text, format);
    let naive = |format| NaiveDateTime::parse_from_str(text, format);
    let utc = |naive: NaiveDateTime| naive.and_utc();
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| with_offset("%Y-%m-%dT%H:%M:%S%.f%#z"))
        .or_else(|_| with_offset("%Y-%m-%d %H:%M:%S%.f %#z"))
        .map(|time| time.to_utc())
        .or_else(|_| naive("%Y-%m-%d %H:%M:%S%.f UTC").map(utc))
        .or_else(|_| naive("%Y-%m-%d %H:%M:%S%.f").map(utc))
        .or_else(|_| naive("%Y-%m-%dT%H:%M:%S%.f").map(utc))
        .or_else(|_| {
            text.parse::<NaiveDate>()
                .map(|date| utc(date.and_time(NaiveTime::MIN)))
        })
        .ok()
}
