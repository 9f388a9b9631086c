//! Reads Apruve's answers, whose spelling differs by year and client.
//!
//! Each member is parsed from its own text on demand, so that an unused member may have any shape. Absent, null and
//! of an unexpected kind are the same for what only informs. What money is decided by is different: an amount that is there
//! and cannot be read makes the whole answer unreadable, for it must not pass for an amount that is not there.

use std::{borrow::Cow, fmt};

use crate::providers::ProviderId;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

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

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable>;
}

/// Reads one object, bare or wrapped in its name.
pub(super) fn read_one<T: Wire>(body: &[u8]) -> Result<T, Unreadable> {
    // One invalid byte in a person's name must not hide the rest.
    let text = String::from_utf8_lossy(body);
    unwrapped(&read_object(&text)?)
}

/// The fields of the object that a body is.
pub(super) fn read_object(text: &str) -> Result<Fields<'_>, Unreadable> {
    serde_json::from_str(text).or_else(|_| {
        parse(text)?;
        Err(Unreadable::NotA("an object"))
    })
}

/// Reads the object itself, or the one inside that is called by its name.
pub(super) fn unwrapped<T: Wire>(object: &Fields<'_>) -> Result<T, Unreadable> {
    let wrapped = || Fields::of(object.get(T::NOUN)?);
    match (object.get("id"), wrapped()) {
        (None, Some(inner)) => T::read(&inner),
        _ => T::read(object),
    }
}

/// Reads a list, bare or wrapped in its name. One element that cannot be read makes the list unreadable: without it, it
/// would pass for absent.
pub(super) fn read_list<T: Wire>(body: &[u8]) -> Result<Vec<T>, Unreadable> {
    let text = String::from_utf8_lossy(body);
    let whole = parse(&text)?;
    let wrapped = Fields::of(whole);
    let list = match &wrapped {
        Some(object) => object.get(&format!("{}s", T::NOUN)),
        None => Some(whole),
    };
    let elements = list.and_then(elements).ok_or(Unreadable::NotA("a list"))?;
    elements.into_iter().map(of).collect()
}

fn parse(text: &str) -> Result<&RawValue, Unreadable> {
    // serde's own message could quote the body.
    serde_json::from_str(text).map_err(|error| Unreadable::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

fn of<T: Wire>(value: &RawValue) -> Result<T, Unreadable> {
    T::read(&Fields::of(value).ok_or(Unreadable::NotA("an object"))?)
}

/// What a value is where it is of the kind asked for.
fn scalar<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The fields of one object, each as its own text.
pub(super) struct Fields<'b>(Vec<(Name<'b>, &'b RawValue)>);

/// Borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

impl<'b> Deserialize<'b> for Fields<'b> {
    fn deserialize<D: Deserializer<'b>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'b> Visitor<'b> for FieldsVisitor {
    type Value = Fields<'b>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Fields<'b>, A::Error> {
        let mut fields = Vec::with_capacity(16);
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl<'b> Fields<'b> {
    fn of(value: &'b RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// The last of those with this name.
    fn get(&self, name: &str) -> Option<&'b RawValue> {
        let mut fields = self.0.iter().rev();
        fields
            .find(|(known, _)| known.0 == name)
            .map(|(_, value)| *value)
    }

    /// A text, and nothing else.
    pub fn string(&self, name: &str) -> Option<String> {
        scalar(self.get(name)?)
    }

    /// The object's own id, which some resources call `uuid`.
    pub fn own_id(&self) -> Result<ProviderId, Unreadable> {
        self.id("id")
            .or_else(|| self.id("uuid"))
            .ok_or(Unreadable::Field("id"))
    }

    /// An id, which may be written as a number.
    pub fn id(&self, name: &str) -> Option<ProviderId> {
        ProviderId::parse(&self.text(name)?)
    }

    /// A text; numbers are taken as they are written.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        match value.get().as_bytes() {
            [b'"', ..] => scalar(value),
            [b'-' | b'0'..=b'9', ..] => Some(value.get().to_owned()),
            _ => None,
        }
    }

    /// A word of a list that may grow; empty where there is none.
    pub fn word<T: From<String>>(&self, name: &str) -> T {
        T::from(self.text(name).unwrap_or_default())
    }

    /// An amount in minor units that money is decided by; it may be written as a text.
    pub fn cents(&self, name: &'static str) -> Result<Option<i64>, Unreadable> {
        let Some(value) = self.get(name).filter(|value| value.get() != "null") else {
            return Ok(None);
        };
        let digits = self.text(name).ok_or(Unreadable::Field(name))?;
        let is_text = value.get().starts_with('"');
        match digits.trim() {
            "" if is_text => Ok(None),
            digits => digits
                .parse()
                .map(Some)
                .map_err(|_| Unreadable::Field(name)),
        }
    }

    /// An amount or number that only informs.
    pub fn any_cents(&self, name: &'static str) -> Option<i64> {
        self.cents(name).ok().flatten()
    }

    /// A moment. Apruve writes RFC 3339 with its own offset; what has none is taken as UTC.
    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        time(self.text(name)?.trim())
    }

    /// An object inside.
    pub fn nested<T: Wire>(&self, name: &str) -> Option<T> {
        of(self.get(name)?).ok()
    }

    /// The objects of a list that money is decided by; an absent list is an empty one.
    pub fn list<T: Wire>(&self, name: &'static str) -> Result<Vec<T>, Unreadable> {
        let Some(value) = self.get(name).filter(|value| value.get() != "null") else {
            return Ok(Vec::new());
        };
        let elements = elements(value).ok_or(Unreadable::Field(name))?;
        elements.into_iter().map(of).collect()
    }

    /// The objects of a list that only informs, as far as they can be read.
    pub fn any_list<T: Wire>(&self, name: &str) -> Vec<T> {
        let elements = self.get(name).and_then(elements);
        let read = elements.into_iter().flatten().map(of);
        read.filter_map(Result::ok).collect()
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
    struct Thing(ProviderId, Option<i64>);

    impl Wire for Thing {
        const NOUN: &'static str = "thing";

        fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
            Ok(Thing(fields.own_id()?, fields.cents("amount_cents")?))
        }
    }

    fn thing(id: &str, cents: Option<i64>) -> Thing {
        Thing(ProviderId::parse(id).expect("an id"), cents)
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

    /// Optional information beside the required members.
    #[derive(Debug, PartialEq)]
    struct Optionals(
        Option<String>,
        Option<i64>,
        Option<DateTime<Utc>>,
        Vec<Thing>,
        Option<Thing>,
    );

    impl Wire for Optionals {
        const NOUN: &'static str = "told";

        fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
            fields.own_id()?;
            Ok(Optionals(
                fields.text("text"),
                fields.any_cents("cents"),
                fields.time("at"),
                fields.any_list("things"),
                fields.nested("thing"),
            ))
        }
    }

    #[test]
    fn a_member_that_only_informs_may_have_any_shape() {
        let absent = Optionals(None, None, None, Vec::new(), None);
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        let shapes = [
            "null",
            "true",
            "{}",
            "[]",
            "[null, 1, \"x\", [], {}]",
            "{\"id\": {}, \"id\": []}",
            "\"\\ud83d\"",
            &deep,
        ];
        for member in ["text", "cents", "at", "things", "thing", "unheard_of"] {
            for shape in shapes {
                let body = format!("{{\"id\":\"a1\",\"{member}\":{shape}}}");
                assert_eq!(
                    read_one::<Optionals>(body.as_bytes()).as_ref(),
                    Ok(&absent),
                    "{member}: {shape:.40}"
                );
            }
        }
        for (shape, cents) in [
            ("100.5", None),
            ("1e999", None),
            ("\"12.50\"", None),
            ("\" 7 \"", Some(7)),
            ("-3", Some(-3)),
        ] {
            let body = format!("{{\"id\":\"a1\",\"cents\":{shape}}}");
            let read = read_one::<Optionals>(body.as_bytes()).expect("readable");
            assert_eq!(read.1, cents, "{shape}");
        }
        let some = r#"{"id":"a1","things":[{"id":"b2"},{},7,{"id":"c3","amount_cents":1.5}],"thing":{"id":"d4"}}"#;
        let read = read_one::<Optionals>(some.as_bytes()).expect("readable");
        assert_eq!(
            (read.3, read.4),
            (vec![thing("b2", None)], Some(thing("d4", None)))
        );
        let bad_byte = b"{\"id\":\"a1\",\"unheard_of\":\"\xff\"}";
        assert_eq!(read_one::<Optionals>(bad_byte), Ok(absent));
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
