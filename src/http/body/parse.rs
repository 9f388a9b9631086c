//! Parses the text of a JSON body, or reports where it is malformed.

use std::collections::HashMap;

use serde_json::{Map, Value, value::RawValue};

use super::{
    members::Members,
    strict::{self, Root},
    value::kind_of,
};
use crate::http::problem::{FieldError, Kind, Problem};

/// Returns the body as text, or 400 with every place that JSON parsers read differently. The nesting inside a cart is
/// counted from the cart.
pub fn text(bytes: &[u8]) -> Result<&str, Problem> {
    strict::check(bytes, Root::Body)
}

/// Parses JSON text, or reports where it is malformed.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.trim_ascii().is_empty() {
        let message = "The body is empty; a JSON value is required.";
        return Err(Problem::new(Kind::MalformedJson, message));
    }
    serde_json::from_str(text(bytes)?).map_err(|error| malformed(&error, 1, 1))
}

/// 400 with the place of a syntax error, for a text that begins at this line and column of the body.
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

/// Parses a JSON object except one member, which is returned as text so that its numbers stay exact. The map holds an
/// empty object in its place.
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

/// The texts of the members that the caller parses itself, by name.
pub type RawMembers<'b> = HashMap<String, &'b RawValue>;

/// Parses a JSON object except some members, which are returned as texts beside the map. The map does not contain these
/// members, even if they are null.
pub fn parse_apart<'b>(
    text: &'b str,
    members: &[&str],
) -> Result<(Map<String, Value>, RawMembers<'b>), Problem> {
    if !text.trim_start().starts_with('{') {
        let map = parse_object(text.as_bytes())?;
        return Ok((map, HashMap::new()));
    }
    let Members(raw) = serde_json::from_str(text).map_err(|error| {
        // serde's error is less precise for members that are kept as text.
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
pub fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match parse(bytes)? {
        Value::Object(map) => Ok(map),
        other => Err(Problem::invalid(vec![FieldError::at(
            "",
            "wrong_type",
            format!("Must be a JSON object, not {}.", kind_of(&other)),
        )])),
    }
}
