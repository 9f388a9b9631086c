//! Reads Apruve's answers, whose spelling differs by year and client.
//!
//! Absent, null and of an unexpected kind are the same for what only informs. What money is decided by is different: an
//! amount that is there and cannot be read makes the whole answer unreadable, for it must not pass for an amount that is not
//! there.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::{Map, Value};

use super::id::ApruveId;

/// Why an answer is not what was asked for. Names the place and never the value, which may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("it is not {0}")]
    NotA(&'static str),
    #[error("`{0}` is missing or cannot be read")]
    Field(&'static str),
}

/// Something that Apruve answers with.
pub(super) trait Wire: Sized {
    /// Its name in the singular, as Apruve wraps it.
    const NOUN: &'static str;

    fn read(fields: &Fields) -> Result<Self, Unreadable>;
}

/// Reads one object, bare or wrapped in its name.
pub(super) fn read_one<T: Wire>(body: &[u8]) -> Result<T, Unreadable> {
    match parse(body)? {
        Value::Object(mut object) if !object.contains_key("id") => match object.remove(T::NOUN) {
            Some(inner @ Value::Object(_)) => of(inner),
            _ => of(Value::Object(object)),
        },
        value => of(value),
    }
}

/// Reads a list, bare or wrapped in its name. One element that cannot be read makes the list unreadable: without it, it
/// would pass for absent.
pub(super) fn read_list<T: Wire>(body: &[u8]) -> Result<Vec<T>, Unreadable> {
    let list = match parse(body)? {
        Value::Object(mut object) => object.remove(&format!("{}s", T::NOUN)),
        value => Some(value),
    };
    match list {
        Some(Value::Array(elements)) => elements.into_iter().map(of).collect(),
        _ => Err(Unreadable::NotA("a list")),
    }
}

fn parse(body: &[u8]) -> Result<Value, Unreadable> {
    // serde's own message could quote the body.
    serde_json::from_slice(body).map_err(|error| Unreadable::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

fn of<T: Wire>(value: Value) -> Result<T, Unreadable> {
    match value {
        Value::Object(object) => T::read(&Fields(object)),
        _ => Err(Unreadable::NotA("an object")),
    }
}

/// The fields of one object.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// The object's own id, which some resources call `uuid`.
    pub fn own_id(&self) -> Result<ApruveId, Unreadable> {
        self.id("id")
            .or_else(|| self.id("uuid"))
            .ok_or(Unreadable::Field("id"))
    }

    /// An id, which may be written as a number.
    pub fn id(&self, name: &str) -> Option<ApruveId> {
        ApruveId::parse(&self.text(name)?)
    }

    /// A text; numbers are taken as they are written.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A word of a list that may grow; empty where there is none.
    pub fn word<T: From<String>>(&self, name: &str) -> T {
        T::from(self.text(name).unwrap_or_default())
    }

    /// An amount in minor units, which may be written as a text.
    pub fn cents(&self, name: &'static str) -> Result<Option<i64>, Unreadable> {
        let cents = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        cents.map(Some).ok_or(Unreadable::Field(name))
    }

    /// A moment. Apruve writes RFC 3339 with its own offset; what has none is taken as UTC.
    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        time(self.text(name)?.trim())
    }

    /// An object inside.
    pub fn nested<T: Wire>(&self, name: &'static str) -> Result<Option<T>, Unreadable> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => of(value.clone()).map(Some),
        }
    }

    /// The objects of a list; an absent list is an empty one.
    pub fn list<T: Wire>(&self, name: &'static str) -> Result<Vec<T>, Unreadable> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(elements)) => elements.iter().cloned().map(of).collect(),
            Some(_) => Err(Unreadable::Field(name)),
        }
    }
}

/// A moment in any of the forms seen.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The least thing there can be.
    #[derive(Debug, PartialEq)]
    struct Thing(ApruveId, Option<i64>);

    impl Wire for Thing {
        const NOUN: &'static str = "thing";

        fn read(fields: &Fields) -> Result<Self, Unreadable> {
            Ok(Thing(fields.own_id()?, fields.cents("amount_cents")?))
        }
    }

    fn thing(id: &str, cents: Option<i64>) -> Thing {
        Thing(ApruveId::parse(id).expect("an id"), cents)
    }

    #[test]
    fn one_object_is_read_bare_and_wrapped_and_whatever_stands_beside() {
        for (body, expected) in [
            (
                json!({ "id": "a1", "amount_cents": 5, "new": [1] }),
                thing("a1", Some(5)),
            ),
            (
                json!({ "thing": { "id": "a1", "amount_cents": "-5" } }),
                thing("a1", Some(-5)),
            ),
            (
                json!({ "id": "a1", "thing": { "id": "b2" } }),
                thing("a1", None),
            ),
            (
                json!({ "id": 13484, "amount_cents": null }),
                thing("13484", None),
            ),
            (
                json!({ "uuid": "a1", "amount_cents": "" }),
                thing("a1", None),
            ),
        ] {
            assert_eq!(
                read_one(body.to_string().as_bytes()),
                Ok(expected),
                "{body}"
            );
        }
    }

    #[test]
    fn what_is_not_such_an_object_is_told_without_quoting_it() {
        let broken = Unreadable::NotJson { line: 1, column: 6 };
        let field = Unreadable::Field;
        for (body, why) in [
            ("{\"id\":", broken),
            ("[]", Unreadable::NotA("an object")),
            ("[\"a1\", 5]", Unreadable::NotA("an object")),
            ("null", Unreadable::NotA("an object")),
            ("{}", field("id")),
            ("{\"id\":\"../orders\"}", field("id")),
            (
                "{\"id\":\"a1\",\"amount_cents\":12.5}",
                field("amount_cents"),
            ),
            (
                "{\"id\":\"a1\",\"amount_cents\":12.0}",
                field("amount_cents"),
            ),
            (
                "{\"id\":\"a1\",\"amount_cents\":\"12.50\"}",
                field("amount_cents"),
            ),
            (
                "{\"id\":\"a1\",\"amount_cents\":99999999999999999999}",
                field("amount_cents"),
            ),
            (
                "{\"id\":\"a1\",\"amount_cents\":true}",
                field("amount_cents"),
            ),
        ] {
            assert_eq!(read_one::<Thing>(body.as_bytes()), Err(why), "{body}");
        }
    }

    #[test]
    fn a_list_is_read_bare_and_wrapped_and_only_as_a_whole() {
        let all = vec![thing("a1", None), thing("b2", None)];
        let list = json!([{ "id": "a1" }, { "id": "b2" }]);
        assert_eq!(read_list(list.to_string().as_bytes()), Ok(all));
        let wrapped = json!({ "things": [{ "id": "a1" }] });
        assert_eq!(
            read_list(wrapped.to_string().as_bytes()),
            Ok(vec![thing("a1", None)])
        );
        assert_eq!(read_list::<Thing>(b"[]"), Ok(Vec::new()));
        for body in [
            "{}",
            "{\"things\":{}}",
            "null",
            "[{\"id\":\"a1\"},{}]",
            "[[]]",
        ] {
            assert!(read_list::<Thing>(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn times_are_read_in_every_form_seen() {
        let expected = "2017-05-11T14:05:09Z".parse().ok();
        for text in [
            "2017-05-11T09:05:09-05:00",
            "2017-05-11T09:05:09.000-05:00",
            "2017-05-11T09:05:09-0500",
            "2017-05-11 09:05:09 -0500",
            "2017-05-11T14:05:09Z",
            "2017-05-11 14:05:09 UTC",
            "2017-05-11 14:05:09",
            "2017-05-11T14:05:09",
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!(time("2017-05-11"), "2017-05-11T00:00:00Z".parse().ok());
        for text in ["", "soon", "1494511509", "2017-13-01T00:00:00Z"] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
