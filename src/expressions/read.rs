//! Reading a posted document by its schema, in one pass, naming everything that is wrong with it.
//!
//! A JSON number is taken from its text, never through a float, so where a number may stand the text is captured first.
//! The way to a value is a list on the stack: it costs nothing until something is wrong. A value that will not do becomes
//! null and reading goes on, so that one answer names all problems.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::number::{self, BadNumber};
use super::schema::{Attribute, Kind, MONEY_DECIMALS, Schema, Shape};
use super::value::{Record, Value};

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
        let seed = Place {
            reading: &self,
            expected: Expected::Object(shape),
            path: &Path::Root,
        };
        let value = seed
            .deserialize(&mut source)
            .and_then(|value| source.end().map(|()| value));
        let value = value.map_err(|error| malformed(&error))?;
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

/// What a value is read as.
#[derive(Clone, Copy)]
enum Expected {
    Kind {
        kind: &'static Kind,
        shape: Option<&'static Shape>,
    },
    Object(Option<&'static Shape>),
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Kind {
                kind: Kind::Text, ..
            } => "a text",
            Self::Kind {
                kind: Kind::Boolean,
                ..
            } => "true or false",
            Self::Kind {
                kind: Kind::Decimal | Kind::Money,
                ..
            } => "a decimal, as a number or a text such as \"12.50\"",
            Self::Kind {
                kind: Kind::Scalar, ..
            } => "a number or a text",
            Self::Kind {
                kind: Kind::List(_),
                ..
            } => "a list",
            Self::Kind {
                kind: Kind::Any, ..
            } => "any value",
            Self::Kind {
                kind: Kind::Object(_),
                ..
            }
            | Self::Object(_) => "an object",
        })
    }
}

/// One value to be read, and where it is.
struct Place<'p> {
    reading: &'p Reading,
    expected: Expected,
    path: &'p Path<'p>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value<'de>, D::Error> {
        match self.expected {
            Expected::Kind {
                kind: kind @ (Kind::Decimal | Kind::Money | Kind::Scalar | Kind::Any),
                ..
            } => {
                let raw: &'de RawValue = serde::Deserialize::deserialize(source)?;
                Ok(self.leaf(kind, raw.get()))
            }
            _ => source.deserialize_any(self),
        }
    }
}

impl Place<'_> {
    fn leaf<'de>(&self, kind: &Kind, raw: &'de str) -> Value<'de> {
        if *kind == Kind::Any {
            return Value::Raw(raw);
        }
        match raw.as_bytes().first() {
            Some(b'n') => Value::Null,
            Some(b'"') => match (text_of(raw), kind) {
                (Some(text), Kind::Scalar) => self.text(text),
                (Some(text), _) => self.number(kind, &text),
                (None, _) => self.unfit(),
            },
            Some(b'-' | b'0'..=b'9') => self.number(kind, raw),
            _ => self.unfit(),
        }
    }

    fn number<'de>(&self, kind: &Kind, text: &str) -> Value<'de> {
        let (code, message) = match number::read(text) {
            Ok(number) if *kind == Kind::Money && number.scale() > MONEY_DECIMALS => (
                "too_many_decimals",
                format!("must have at most {MONEY_DECIMALS} decimals"),
            ),
            Ok(number) => return Value::Number(number),
            Err(BadNumber::Exponent) => (
                "number_format",
                "must be written without an exponent, such as 100000".into(),
            ),
            Err(BadNumber::TooLong) => ("too_many_digits", "must have at most 28 digits".into()),
            Err(BadNumber::Malformed) => (
                "number_format",
                "must be a decimal such as \"12.50\"".into(),
            ),
        };
        self.reading.problem(self.path, code, message);
        Value::Null
    }

    fn text<'de>(&self, text: Cow<'de, str>) -> Value<'de> {
        if text.as_bytes().contains(&0) {
            self.reading.problem(
                self.path,
                "nul_character",
                "must not contain the character U+0000",
            );
            return Value::Null;
        }
        Value::Text(text)
    }

    #[cold]
    fn unfit<'de>(&self) -> Value<'de> {
        self.reading
            .problem(self.path, "type", format!("must be {}", self.expected));
        Value::Null
    }

    fn record<'de, A: MapAccess<'de>>(
        &self,
        shape: Option<&'static Shape>,
        mut map: A,
    ) -> Result<Value<'de>, A::Error> {
        let mut record = Record::new(shape);
        let mut seen: u128 = 0;
        while let Some(key) = map.next_key_seed(Key(shape))? {
            match key {
                Name::Known(slot, attribute) => {
                    let path = Path::Name(self.path, attribute.name());
                    let target = self
                        .reading
                        .schema
                        .and_then(|schema| schema.shape_of(attribute));
                    let expected = Expected::Kind {
                        kind: attribute.kind(),
                        shape: target,
                    };
                    let value = map.next_value_seed(Place {
                        reading: self.reading,
                        expected,
                        path: &path,
                    })?;
                    let bit = 1_u128
                        .checked_shl(u32::try_from(slot).unwrap_or(u32::MAX))
                        .unwrap_or_default();
                    if seen & bit != 0 {
                        self.reading.problem(&path, "duplicate", "is given twice");
                    }
                    seen |= bit;
                    record.set_slot(slot, value);
                }
                Name::Custom(name) => {
                    let raw: &'de RawValue = map.next_value()?;
                    record.add_custom(name, raw.get());
                }
            }
        }
        if let Some(shape) = shape {
            self.complete(shape, &mut record);
        }
        Ok(Value::Record(record))
    }

    /// Refuses what is missing, and lets each pair of spellings fill the other.
    fn complete(&self, shape: &'static Shape, record: &mut Record<'_>) {
        for (slot, attribute) in shape.attributes().iter().enumerate() {
            if !record.slot(slot).is_null() {
                continue;
            }
            let path = Path::Name(self.path, attribute.name());
            if attribute.is_empty_when_absent() {
                record.set_slot(slot, Value::List(Vec::new()));
            } else if attribute.is_required() && !self.is_named(&path) {
                self.reading.problem(&path, "required", "is required");
            }
        }
        for alias in shape.aliases() {
            let inner = self
                .reading
                .schema
                .and_then(|schema| schema.shape_of(&shape.attributes()[alias.object]));
            let Some((inner, member)) =
                inner.and_then(|inner| Some((inner, alias.member_in(inner)?)))
            else {
                continue;
            };
            let own = record.slot(alias.own).clone();
            match record.slot_mut(alias.object) {
                Some(Value::Record(object)) if own.is_null() => {
                    let posted = object.slot(member).clone();
                    record.set_slot(alias.own, posted);
                }
                Some(Value::Record(object)) if object.slot(member).is_null() => {
                    object.set_slot(member, own)
                }
                Some(object @ Value::Null) if !own.is_null() => {
                    let mut made = Record::new(Some(inner));
                    made.set_slot(member, own);
                    *object = Value::Record(made);
                }
                _ => {}
            }
        }
    }

    /// Whether a problem was already named here, so that a value that will not do is not called missing too.
    fn is_named(&self, path: &Path<'_>) -> bool {
        let problems = self.reading.problems.borrow();
        !problems.is_empty() && {
            let pointer = path.to_string();
            problems.iter().any(|problem| problem.pointer == pointer)
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

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.expected)
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind { .. } => Ok(Value::Null),
            Expected::Object(_) => Ok(self.unfit()),
        }
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Boolean,
                ..
            } => Ok(Value::Bool(value)),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Text, ..
            } => Ok(self.text(Cow::Borrowed(value))),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        match self.expected {
            Expected::Kind {
                kind: Kind::Text, ..
            } => Ok(self.text(Cow::Owned(value.to_owned()))),
            _ => Ok(self.unfit()),
        }
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(self.unfit())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        match self.expected {
            Expected::Object(shape)
            | Expected::Kind {
                kind: Kind::Object(_),
                shape,
            } => self.record(shape, map),
            Expected::Kind { .. } => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(self.unfit())
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        let Expected::Kind {
            kind: Kind::List(kind),
            shape,
        } = self.expected
        else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.unfit());
        };
        let mut items = Vec::new();
        loop {
            let path = Path::Index(self.path, items.len());
            let expected = match **kind {
                Kind::Object(_) => Expected::Object(shape),
                _ => Expected::Kind { kind, shape },
            };
            match seq.next_element_seed(Place {
                reading: self.reading,
                expected,
                path: &path,
            })? {
                Some(item) => items.push(item),
                None => return Ok(Value::List(items)),
            }
        }
    }
}

/// The name of a member, looked up while it is still in the parser's hands.
struct Key(Option<&'static Shape>);

enum Name<'de> {
    Known(usize, &'static Attribute),
    Custom(Cow<'de, str>),
}

impl Key {
    fn known<'de>(&self, name: &str) -> Option<Name<'de>> {
        let shape = self.0?;
        let slot = shape.slot_of(name)?;
        Some(Name::Known(slot, &shape.attributes()[slot]))
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Name<'de>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Name<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(self
            .known(name)
            .unwrap_or(Name::Custom(Cow::Borrowed(name))))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(self
            .known(name)
            .unwrap_or_else(|| Name::Custom(Cow::Owned(name.to_owned()))))
    }
}
