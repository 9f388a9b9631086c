//! Reads an administrator's JSON body and reports all of its errors at once.
//!
//! serde stops at the first error and gives no pointer. A [`Fields`] is one object that is being read: each reader takes a
//! field by name, adds an error for an invalid value, and returns a valid one.

mod findings;
mod limit;
mod members;
pub mod strict;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use actix_web::web::Bytes;
use serde_json::{Map, Value, value::RawValue};

pub use findings::Findings;
pub use limit::{BODY_LIMIT, CartBytes, CartLimit, broken_off, collect, too_large};
pub use members::Members;

use self::strict::Root;
use crate::http::problem::{FieldError, Kind, Problem};

/// The body as text, or 400 with everything in it that JSON parsers read differently. The nesting of a cart counts on its
/// own.
pub fn text(bytes: &[u8]) -> Result<&str, Problem> {
    strict::check(bytes, Root::Body)
}

/// Reads JSON text, or says where it is malformed.
pub fn parse(bytes: &Bytes) -> Result<Value, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let message = "The body is empty; a JSON value is required.";
        return Err(Problem::new(Kind::MalformedJson, message));
    }
    serde_json::from_str(text(bytes)?).map_err(|error| malformed(&error, 1, 1))
}

/// 400 with the place of a syntax error, in a text that begins at this line and column of the body.
pub fn malformed(error: &serde_json::Error, line: usize, column: usize) -> Problem {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = text.strip_suffix(&place).unwrap_or(&text);
    let column = match error.line() {
        1 => column + error.column() - 1,
        _ => error.column(),
    };
    let line = line + error.line() - 1;
    Problem::new(
        Kind::MalformedJson,
        format!("Line {line}, column {column}: {what}."),
    )
}

/// Reads a JSON object of which one member is to be read from its own text, so that its numbers stay exact. In the map that
/// member is an empty object.
pub fn parse_around<'b>(
    text: &'b str,
    member: &str,
) -> Result<(Map<String, Value>, Option<&'b RawValue>), Problem> {
    let (mut map, mut apart) = parse_apart(text, &[member])?;
    let apart = apart.remove(member);
    if apart.is_some() {
        map.insert(member.to_owned(), Value::Object(Map::new()));
    }
    Ok((map, apart))
}

/// The texts of members that are read by themselves, by name.
pub type RawMembers<'b> = HashMap<String, &'b RawValue>;

/// Reads a JSON object of which some members are to be read from their own texts, which come beside the map. In the map
/// those are missing, as are those among them that are null.
pub fn parse_apart<'b>(
    text: &'b str,
    members: &[&str],
) -> Result<(Map<String, Value>, RawMembers<'b>), Problem> {
    if !text.trim_start().starts_with('{') {
        let map = parse_object(&Bytes::copy_from_slice(text.as_bytes()))?;
        return Ok((map, HashMap::new()));
    }
    let Members(raw) = serde_json::from_str(text).map_err(|error| {
        // Of members that are kept as text, serde says less.
        let whole = serde_json::from_str::<Value>(text).err();
        malformed(&whole.unwrap_or(error), 1, 1)
    })?;
    let (mut map, mut apart) = (Map::new(), HashMap::new());
    for (name, value) in raw {
        if !members.contains(&name.as_str()) {
            let read =
                serde_json::from_str(value.get()).map_err(|error| malformed(&error, 1, 1))?;
            map.insert(name, read);
        } else if value.get() != "null" {
            apart.insert(name, value);
        }
    }
    Ok((map, apart))
}

/// Reads a JSON object.
pub fn parse_object(bytes: &Bytes) -> Result<Map<String, Value>, Problem> {
    match parse(bytes)? {
        Value::Object(map) => Ok(map),
        other => Err(Problem::invalid(vec![FieldError::at(
            "",
            "wrong_type",
            format!("Must be a JSON object, not {}.", kind_of(&other)),
        )])),
    }
}

/// The JSON type of a value, for a sentence.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// One segment of an RFC 6901 pointer.
pub fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// One object that is being read.
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    pointer: String,
    names: RefCell<Vec<&'static str>>,
    findings: &'a Findings,
}

impl<'a> Fields<'a> {
    /// Starts with the body's top object.
    pub fn of(map: &'a Map<String, Value>, findings: &'a Findings) -> Self {
        Fields::at(map, String::new(), findings)
    }

    /// Starts with an object at `pointer`.
    pub fn at(map: &'a Map<String, Value>, pointer: String, findings: &'a Findings) -> Self {
        Fields {
            map,
            pointer,
            names: RefCell::default(),
            findings,
        }
    }

    /// The pointer of a field of this object.
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escape(name))
    }

    /// Adds an error at a field of this object.
    pub fn refuse(&self, name: &str, code: &'static str, message: impl Into<String>) {
        self.findings
            .push(FieldError::at(self.pointer(name), code, message));
    }

    /// The errors, for readers of parts.
    pub fn findings(&self) -> &'a Findings {
        self.findings
    }

    /// Names that are known but not read, so that a client may send back what GET returned.
    pub fn ignore(&self, names: &[&'static str]) {
        self.names.borrow_mut().extend_from_slice(names);
    }

    /// The raw value, `null` included; `None` when the field is absent.
    pub fn raw(&self, name: &'static str) -> Option<&'a Value> {
        self.names.borrow_mut().push(name);
        self.map.get(name)
    }

    /// The value, where `null` counts as absent.
    pub fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.raw(name).filter(|value| !value.is_null())
    }

    /// Adds the error that a required field is absent or null.
    pub fn required(&self, name: &'static str) -> Option<&'a Value> {
        let value = self.value(name);
        if value.is_none() {
            self.refuse(name, "required", format!("`{name}` is required."));
        }
        value
    }

    /// A text of `min..=max` characters after trimming is not done: what was sent is kept. NUL is refused because
    /// PostgreSQL cannot store it.
    pub fn text(&self, name: &'static str, min: usize, max: usize) -> Option<String> {
        let value = self.required(name)?;
        self.as_text(name, value, min, max)
    }

    /// As [`Fields::text`], for a field that may be absent.
    pub fn optional_text(&self, name: &'static str, max: usize) -> Option<String> {
        let value = self.value(name)?;
        self.as_text(name, value, 0, max)
    }

    fn as_text(&self, name: &str, value: &Value, min: usize, max: usize) -> Option<String> {
        match check_text(value, min, max) {
            Ok(text) => Some(text.to_owned()),
            Err((code, message)) => {
                self.refuse(name, code, format!("`{name}` {message}"));
                None
            }
        }
    }

    /// A trimmed text; a blank one counts as absent.
    pub fn optional_name(&self, name: &'static str, max: usize) -> Option<String> {
        let text = self.optional_text(name, max)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// `true` or `false`, or the default when absent.
    pub fn flag(&self, name: &'static str, default: bool) -> bool {
        match self.value(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.refuse(
                    name,
                    "wrong_type",
                    format!("`{name}` must be true or false, not {}.", kind_of(other)),
                );
                default
            }
        }
    }

    /// A whole number in a range. Absent and wrong are both `None`; only wrong adds an error.
    pub fn integer(&self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(name)?;
        let number = whole(value).filter(|number| range.contains(number));
        if number.is_none() {
            self.refuse(
                name,
                "out_of_range",
                format!(
                    "`{name}` must be a whole number from {} to {}.",
                    range.start(),
                    range.end()
                ),
            );
        }
        number
    }

    /// Days until something is to be paid: 0 to 3650.
    pub fn net_days(&self, name: &'static str) -> Option<u16> {
        self.integer(name, 0..=3650)
            .and_then(|days| u16::try_from(days).ok())
    }

    /// The elements of a list with their pointers; absent is empty.
    pub fn list(&self, name: &'static str, max: usize) -> Vec<(String, &'a Value)> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.len() <= max => items
                .iter()
                .enumerate()
                .map(|(index, item)| (format!("{}/{index}", self.pointer(name)), item))
                .collect(),
            Some(Value::Array(_)) => {
                self.refuse(
                    name,
                    "too_many",
                    format!("`{name}` takes at most {max} entries."),
                );
                Vec::new()
            }
            Some(other) => {
                self.refuse(
                    name,
                    "wrong_type",
                    format!("`{name}` must be a list, not {}.", kind_of(other)),
                );
                Vec::new()
            }
        }
    }

    /// A list of texts, each of `1..=max_length` characters.
    pub fn texts(&self, name: &'static str, max: usize, max_length: usize) -> Vec<String> {
        self.located_texts(name, max, max_length)
            .map(|(_, text)| text)
            .collect()
    }

    /// As [`Fields::texts`], without duplicates.
    pub fn unique_texts(&self, name: &'static str, max: usize, max_length: usize) -> Vec<String> {
        let texts = self.unique_located_texts(name, max, max_length);
        texts.into_iter().map(|(_, text)| text).collect()
    }

    /// As [`Fields::located_texts`], without duplicates.
    pub fn unique_located_texts(
        &self,
        name: &'static str,
        max: usize,
        max_length: usize,
    ) -> Vec<(String, String)> {
        let mut seen = HashSet::new();
        self.located_texts(name, max, max_length)
            .inspect(|(pointer, text)| {
                if !seen.insert(text.clone()) {
                    let message = format!("`{text}` is listed twice.");
                    self.findings
                        .push(FieldError::at(pointer.clone(), "duplicate", message));
                }
            })
            .collect()
    }

    /// As [`Fields::texts`], each with its pointer.
    pub fn located_texts(
        &self,
        name: &'static str,
        max: usize,
        max_length: usize,
    ) -> impl Iterator<Item = (String, String)> {
        self.list(name, max)
            .into_iter()
            .filter_map(move |(pointer, item)| {
                let text = text_at(item, &pointer, max_length, self.findings)?;
                Some((pointer, text))
            })
    }

    /// A nested object.
    pub fn object(&self, name: &'static str) -> Option<Fields<'a>> {
        let value = self.value(name)?;
        object_at(value, self.pointer(name), self.findings)
    }

    /// A moment as RFC 3339, normalised to UTC microseconds.
    pub fn instant(&self, name: &'static str) -> Option<chrono::DateTime<chrono::Utc>> {
        let value = self.value(name)?;
        let instant = value.as_str().and_then(read_instant);
        if instant.is_none() {
            self.refuse(
                name,
                "not_an_instant",
                format!("`{name}` must be an RFC 3339 date and time such as 2026-03-01T00:00:00Z."),
            );
        }
        instant
    }

    /// Adds an error for each unknown field, with the nearest known name.
    pub fn finish(self) {
        let names = self.names.into_inner();
        for unknown in self.map.keys().filter(|key| !names.contains(&key.as_str())) {
            let nearest = names
                .iter()
                .map(|name| (strsim::damerau_levenshtein(name, unknown), name))
                .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
                .min();
            let message = match nearest {
                Some((_, name)) => format!("There is no field `{unknown}`; did you mean `{name}`?"),
                None => format!("There is no field `{unknown}`."),
            };
            self.findings.push(FieldError::at(
                format!("{}/{}", self.pointer, escape(unknown)),
                "unknown_field",
                message,
            ));
        }
    }
}

/// A whole number, however it is written: `5.0` and `5e0` are 5.
fn whole(value: &Value) -> Option<i64> {
    // Whole numbers up to here are exact in a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = || {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and within the range"
        )]
        (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
    };
    value.as_i64().or_else(float)
}

/// An object, or an error.
pub fn object_at<'a>(
    value: &'a Value,
    pointer: String,
    findings: &'a Findings,
) -> Option<Fields<'a>> {
    match value {
        Value::Object(map) => Some(Fields::at(map, pointer, findings)),
        other => {
            let message = format!("Must be an object, not {}.", kind_of(other));
            findings.push(FieldError::at(pointer, "wrong_type", message));
            None
        }
    }
}

/// A text of `1..=max` characters that is an entry of a list or a map, or an error.
pub fn text_at(value: &Value, pointer: &str, max: usize, findings: &Findings) -> Option<String> {
    match check_text(value, 1, max) {
        Ok(text) => Some(text.to_owned()),
        Err((code, message)) => {
            let message = format!("An entry {message}");
            findings.push(FieldError::at(pointer, code, message));
            None
        }
    }
}

/// An RFC 3339 moment in the years a database can hold.
pub fn read_instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    use chrono::{Datelike, SubsecRound};
    let instant = chrono::DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    (1970..=9999)
        .contains(&instant.year())
        .then(|| instant.trunc_subsecs(6))
}

fn check_text(value: &Value, min: usize, max: usize) -> Result<&str, (&'static str, String)> {
    let Value::String(text) = value else {
        return Err((
            "wrong_type",
            format!("must be a text, not {}.", kind_of(value)),
        ));
    };
    let length = text.chars().count();
    if text.contains('\0') {
        Err(("control_character", "must not contain NUL.".into()))
    } else if length < min || (min > 0 && text.trim().is_empty()) {
        let sentence = if min <= 1 {
            "must not be empty.".into()
        } else {
            format!("needs at least {min} characters.")
        };
        Err(("too_short", sentence))
    } else if length > max {
        Err((
            "too_long",
            format!("takes at most {max} characters; this has {length}."),
        ))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(json: Value, read: impl Fn(&Fields)) -> Vec<(String, String)> {
        let map = json.as_object().expect("an object").clone();
        let findings = Findings::default();
        let fields = Fields::of(&map, &findings);
        read(&fields);
        fields.finish();
        findings
            .into_result(Some(()))
            .map_or_else(|problem| problem.errors().to_vec(), |()| Vec::new())
            .into_iter()
            .map(|error| (error.pointer.unwrap_or_default(), error.code.into_owned()))
            .collect()
    }

    #[test]
    fn every_wrong_field_is_noted_at_once_with_its_pointer() {
        let found = errors(
            serde_json::json!({ "name": "", "enabled": "yes", "sortOrder": 3_000_000_000_u32, "websites": ["a", 7] }),
            |fields| {
                fields.text("name", 3, 255);
                fields.flag("enabled", true);
                fields.integer("sortOrder", i64::from(i32::MIN)..=i64::from(i32::MAX));
                fields.texts("websites", 10, 50);
            },
        );
        let expected = [
            ("/name", "too_short"),
            ("/enabled", "wrong_type"),
            ("/sortOrder", "out_of_range"),
            ("/websites/1", "wrong_type"),
        ];
        assert_eq!(found, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_nearest_known_name() {
        let map = serde_json::json!({ "sortorder": 1, "a/b": 2 });
        let map = map.as_object().expect("an object");
        let findings = Findings::default();
        let fields = Fields::of(map, &findings);
        fields.integer("sortOrder", 0..=9);
        fields.finish();
        let problem = findings
            .into_result(Some(()))
            .expect_err("two unknown fields");
        let messages: Vec<_> = problem
            .errors()
            .iter()
            .map(|e| (e.pointer.as_deref(), e.message.as_str()))
            .collect();
        assert_eq!(
            messages,
            [
                (Some("/a~1b"), "There is no field `a/b`."),
                (
                    Some("/sortorder"),
                    "There is no field `sortorder`; did you mean `sortOrder`?"
                ),
            ]
        );
    }

    #[test]
    fn nul_is_refused_because_not_every_database_can_keep_it() {
        let found = errors(serde_json::json!({ "name": "a\0bc" }), |fields| {
            fields.text("name", 3, 255);
        });
        assert_eq!(
            found,
            [("/name".to_owned(), "control_character".to_owned())]
        );
    }
}
