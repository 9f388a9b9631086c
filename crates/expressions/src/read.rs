//! Reads a posted document by its schema in one pass and reports every problem.
//!
//! [`fast`] reads most valid documents. The careful reader here reads the other documents again and names every
//! problem.
//!
//! A JSON number is read from its text, never as a float, so the text is captured wherever a number is allowed. The pointer
//! to a value is a linked list on the stack: it costs nothing until there is a problem. An invalid value becomes null and
//! reading continues, so that one answer has all problems.

mod closing_quote;
mod complete;
mod expected;
mod fast;
mod member;
mod value;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use bumpalo::Bump;
use serde::de::DeserializeSeed;

use super::place::Place;
use super::schema::{Schema, Shape};
use super::value::{Record, Value};
use expected::Expected;
pub use fast::ValidDocument;
use value::ValueReader;

/// The maximum number of problems reported for one document.
const MAX_PROBLEMS: usize = 100;

/// Why a document cannot be read.
#[derive(Debug, PartialEq)]
pub enum Unreadable {
    /// Not JSON at all.
    Malformed {
        /// The message of the JSON parser.
        message: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// JSON with invalid values; never empty.
    Wrong(Vec<Problem>),
}

/// One invalid value.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where it is, as an RFC 6901 pointer; empty for the whole document.
    pub pointer: String,
    /// A stable code for programs.
    pub code: &'static str,
    /// What a valid value is, for people.
    pub message: String,
}

impl Schema {
    /// Reads a document of the root shape. Attributes the schema does not know are kept as custom ones.
    ///
    /// # Errors
    /// Malformed JSON, or all the invalid values.
    pub fn read<'v>(&'static self, json: &'v str) -> Result<Record<'v>, Unreadable> {
        match self.read_all(json)? {
            (Some(record), problems) if problems.is_empty() => Ok(record),
            (_, problems) => Err(Unreadable::Wrong(problems)),
        }
    }

    /// As [`Schema::read`], for a caller with further checks: invalid values read as null, and the problems are returned
    /// with the record. There is no record when the document is not an object.
    ///
    /// # Errors
    /// Malformed JSON only.
    pub fn read_all<'v>(&'static self, json: &'v str) -> Result<Read<'v>, Unreadable> {
        match self.read_valid(json) {
            Some(valid) => Ok((Some(valid.record), Vec::new())),
            None => self.read_carefully(json),
        }
    }

    /// As [`Schema::read`], by the fast reader alone: `None` for a document with problems, and for some without any.
    pub fn read_valid<'v>(&'static self, json: &'v str) -> Option<ValidDocument<'v>> {
        fast::read(self, json, Place::Heap)
    }

    /// As [`Schema::read_valid`], allocated in an arena, for a document that is dropped soon.
    pub fn read_valid_in<'v>(
        &'static self,
        arena: &'v Bump,
        json: &'v str,
    ) -> Option<ValidDocument<'v>> {
        fast::read(self, json, Place::Arena(arena))
    }

    /// As [`Schema::read_all`], always by the careful reader. The result is the same, but reading takes longer.
    ///
    /// # Errors
    /// Malformed JSON only.
    pub fn read_carefully<'v>(&'static self, json: &'v str) -> Result<Read<'v>, Unreadable> {
        let reader = Reader {
            schema: Some(self),
            problems: RefCell::default(),
        };
        reader.parts(json, Some(self.root()))
    }
}

/// What was read, and the problems. There is no record when the document is not an object.
pub type Read<'v> = (Option<Record<'v>>, Vec<Problem>);

/// Reads a document without a schema: any top-level name is a custom attribute.
///
/// # Errors
/// Malformed JSON, or something other than an object.
pub fn read_free(json: &str) -> Result<Record<'_>, Unreadable> {
    let reader = Reader {
        schema: None,
        problems: RefCell::default(),
    };
    match reader.parts(json, None)? {
        (Some(record), problems) if problems.is_empty() => Ok(record),
        (_, problems) => Err(Unreadable::Wrong(problems)),
    }
}

struct Reader {
    schema: Option<&'static Schema>,
    problems: RefCell<Vec<Problem>>,
}

impl Reader {
    fn parts<'v>(
        self,
        json: &'v str,
        shape: Option<&'static Shape>,
    ) -> Result<Read<'v>, Unreadable> {
        let mut source = serde_json::Deserializer::from_str(json);
        let mut value = Value::Null;
        ValueReader {
            reader: &self,
            expected: Expected::document(shape),
            path: &Pointer::Root,
            into: &mut value,
        }
        .deserialize(&mut source)
        .and_then(|()| source.end())
        .map_err(|error| malformed(&error))?;
        let problems = self.problems.into_inner();
        match value {
            Value::Record(record) => Ok((Some(record.into_inner()), problems)),
            _ => Ok((None, problems)),
        }
    }

    fn problem(&self, path: &Pointer<'_>, code: &'static str, message: impl Into<String>) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MAX_PROBLEMS {
            problems.push(Problem {
                pointer: path.to_string(),
                code,
                message: message.into(),
            });
        }
    }
}

fn malformed(error: &serde_json::Error) -> Unreadable {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
    Unreadable::Malformed {
        message,
        line: error.line(),
        column: error.column(),
    }
}

/// The location of a value, displayed as an RFC 6901 pointer.
enum Pointer<'p> {
    Root,
    Name(&'p Pointer<'p>, &'p str),
    Index(&'p Pointer<'p>, usize),
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Name(parent, name) => {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                write!(out, "{parent}/{escaped}")
            }
            Self::Index(parent, index) => write!(out, "{parent}/{index}"),
        }
    }
}

/// The text of a JSON string; borrowed if it has no escapes. `None` for escapes that are not a character.
pub(super) fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}
