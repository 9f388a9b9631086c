//! Reading a posted document by its schema, in one pass, naming everything that is wrong with it.
//!
//! A JSON number is taken from its text, never through a float, so where a number may stand the text is captured first.
//! The way to a value is a list on the stack: it costs nothing until something is wrong. A value that will not do becomes
//! null and reading goes on, so that one answer names all problems.

mod complete;
mod expected;
mod key;
mod place;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::de::DeserializeSeed;

use super::schema::{Schema, Shape};
use super::value::{Record, Value};
use crate::http::problem::FieldError;
use expected::Expected;
use place::Place;

/// No answer names more problems than this; a document with more is not worth a longer one.
const MAX_PROBLEMS: usize = 100;

/// Why a document cannot be read.
#[derive(Debug, PartialEq)]
pub enum Unreadable {
    /// Not JSON at all.
    Malformed {
        /// What the parser stumbled over.
        message: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// JSON, with values that will not do; never empty.
    Wrong(Vec<Problem>),
}

/// One value that will not do.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where it is, as an RFC 6901 pointer; empty for the whole document.
    pub pointer: String,
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for people: what would do.
    pub message: String,
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        FieldError::at(problem.pointer, problem.code, problem.message)
    }
}

impl Schema {
    /// Reads a document of the root shape. Attributes the schema does not know are kept as custom ones.
    ///
    /// # Errors
    /// Malformed JSON, or all the values that will not do.
    pub fn read<'v>(&'static self, json: &'v str) -> Result<Record<'v>, Unreadable> {
        let reading = Reading {
            schema: Some(self),
            problems: RefCell::default(),
        };
        reading.document(json, Some(self.root()))
    }

    /// As [`Schema::read`], for a caller that has more to say of the document: what will not do reads as null, and the
    /// problems come beside the record. There is no record when the document is no object.
    ///
    /// # Errors
    /// Malformed JSON only.
    pub fn read_all<'v>(
        &'static self,
        json: &'v str,
    ) -> Result<(Option<Record<'v>>, Vec<Problem>), Unreadable> {
        let reading = Reading {
            schema: Some(self),
            problems: RefCell::default(),
        };
        reading.parts(json, Some(self.root()))
    }
}

/// Reads a document nobody described: any top-level name is a custom attribute.
///
/// # Errors
/// Malformed JSON, or something other than an object.
pub fn read_free(json: &str) -> Result<Record<'_>, Unreadable> {
    Reading {
        schema: None,
        problems: RefCell::default(),
    }
    .document(json, None)
}

struct Reading {
    schema: Option<&'static Schema>,
    problems: RefCell<Vec<Problem>>,
}

impl Reading {
    fn document<'v>(
        self,
        json: &'v str,
        shape: Option<&'static Shape>,
    ) -> Result<Record<'v>, Unreadable> {
        match self.parts(json, shape)? {
            (Some(record), problems) if problems.is_empty() => Ok(record),
            (_, problems) => Err(Unreadable::Wrong(problems)),
        }
    }

    fn parts<'v>(
        self,
        json: &'v str,
        shape: Option<&'static Shape>,
    ) -> Result<(Option<Record<'v>>, Vec<Problem>), Unreadable> {
        let mut source = serde_json::Deserializer::from_str(json);
        let mut value = Value::Null;
        let (expected, path) = (Expected::Object(shape), &Path::Root);
        Place {
            reading: &self,
            expected,
            path,
            into: &mut value,
        }
        .deserialize(&mut source)
        .and_then(|()| source.end())
        .map_err(|error| malformed(&error))?;
        let problems = self.problems.into_inner();
        match value {
            Value::Record(record) => Ok((Some(record), problems)),
            _ => Ok((None, problems)),
        }
    }

    fn problem(&self, path: &Path<'_>, code: &'static str, message: impl Into<String>) {
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

/// The way from the root to a value.
enum Path<'p> {
    Root,
    Name(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Name(parent, name) => write!(
                out,
                "{parent}/{}",
                name.replace('~', "~0").replace('/', "~1")
            ),
            Self::Index(parent, index) => write!(out, "{parent}/{index}"),
        }
    }
}

/// The text of a JSON string; a slice of it where it holds no escapes. `None` for escapes that mean no character.
pub(super) fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}
