//! One object of a body that is being read, and its fields.

use std::{cell::RefCell, collections::HashSet};

use serde_json::{Map, Value};

use super::{
    findings::Findings,
    pointer::escape,
    value::{check_text, kind_of, read_instant, whole},
};
use crate::http::{
    problem::{FieldError, Problem},
    text_value::TextValue,
    unknown_name::there_is_no,
};

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

    /// Reads the body's top object with `read`, which returns `None` after an error. A field that `read` does not ask
    /// for is an error too.
    pub fn read<T>(
        map: &Map<String, Value>,
        read: impl FnOnce(&Fields<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let findings = Findings::default();
        let fields = Fields::of(map, &findings);
        let value = read(&fields);
        fields.finish();
        findings.into_result(value)
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

    /// Accepts these names without reading them, so that a client may send back what GET returned.
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

    /// The value; absent or null adds an error.
    pub fn required(&self, name: &'static str) -> Option<&'a Value> {
        let value = self.value(name);
        if value.is_none() {
            self.refuse(name, "required", format!("`{name}` is required."));
        }
        value
    }

    /// A text of `min..=max` characters. The text is kept as it was sent, with the blanks around it. NUL is refused
    /// because PostgreSQL cannot store it.
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

    /// An optional text parsed by `read`; `what` completes the sentence "must be …".
    pub fn parsed<T>(
        &self,
        name: &'static str,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.optional_text(name, 255)?;
        let value = read(&text);
        if value.is_none() {
            let message = format!("`{name}` must be {what}, not `{text}`.");
            self.refuse(name, "not_understood", message);
        }
        value
    }

    /// An optional value of this type.
    pub fn text_value<T: TextValue>(&self, name: &'static str) -> Option<T> {
        self.parsed(name, &T::expected(), T::from_text)
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

    /// A whole number in a range. Returns `None` for an absent and for a wrong value; only a wrong one adds an error.
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

    /// The number of days until a payment is due: 0 to 3650.
    pub fn net_days(&self, name: &'static str) -> Option<u16> {
        self.integer(name, 0..=3650)
            .and_then(|days| u16::try_from(days).ok())
    }

    /// `graceSeconds`: how long something that is replaced still works, at most 30 days; one day if it is absent.
    pub fn grace(&self) -> chrono::TimeDelta {
        const DAY: i64 = 86_400;
        let seconds = self.integer("graceSeconds", 0..=30 * DAY);
        chrono::TimeDelta::seconds(seconds.unwrap_or(DAY))
    }

    /// The elements of a list with their pointers; an absent list is empty.
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
                format!("`{name}` must be an RFC 3339 date and time in the years 1970 to 9999, such as 2026-03-01T00:00:00Z."),
            );
        }
        instant
    }

    /// As [`Fields::instant`]; absent or null adds an error.
    pub fn required_instant(&self, name: &'static str) -> Option<chrono::DateTime<chrono::Utc>> {
        self.required(name)?;
        self.instant(name)
    }

    /// Adds an error for each unknown field, with the nearest known name.
    pub fn finish(self) {
        let names = self.names.into_inner();
        for unknown in self.map.keys().filter(|key| !names.contains(&key.as_str())) {
            let message = there_is_no("field", unknown, &names);
            self.findings.push(FieldError::at(
                format!("{}/{}", self.pointer, escape(unknown)),
                "unknown_field",
                message,
            ));
        }
    }
}

/// Reads the value as an object; another type adds an error.
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

/// Reads an entry of a list or a map as a text of `1..=max` characters; another value adds an error.
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

#[cfg(test)]
mod tests;
