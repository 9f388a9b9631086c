//! Reads a valid document without naming problems.
//!
//! Nearly every posted document is valid. This reader gives up at the first thing that is unusual: whatever is not JSON, is
//! not what the schema expects, or is given twice. The careful reader then reads the document again. What is accepted here
//! is read as the careful reader reads it; a property test compares the two.
//!
//! On the way it finds out whether every JSON parser reads the document the same, so that this takes no pass of its own.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::complete::fill_aliases;
use crate::number;
use crate::schema::{Attribute, Kind, MONEY_DECIMALS, Schema, Shape};
use crate::value::{Record, Value};

/// How deep records and lists may be inside of each other here. Documents of a recursive schema can be deeper.
const MAX_DEPTH: u8 = 32;

/// Values that the schema does not know are compared one by one for repeated names, up to so many.
const MAX_CUSTOM: u64 = 16;
/// Every parser that keeps numbers exactly holds so many digits.
const MAX_RAW_NUMBER: usize = 28;

/// A valid document.
#[derive(Debug)]
pub struct ValidDocument<'v> {
    /// As [`Schema::read`] returns it.
    pub record: Record<'v>,
    /// Whether no name is repeated in any object, no number has more than 28 digits or an exponent, and no text has half of a
    /// surrogate pair. Where it is false, nobody has looked: values inside of values that the schema does not know, for
    /// instance, are not looked at.
    pub is_unambiguous: bool,
}

/// Reads a document of the root shape; `None` where the careful reader must look.
pub(super) fn read<'v>(schema: &'static Schema, json: &'v str) -> Option<ValidDocument<'v>> {
    let mut cursor = Cursor {
        schema,
        json,
        at: 0,
        has_escape: false,
        depth: 0,
        is_unambiguous: true,
    };
    let mut value = Value::Null;
    cursor.record(schema.root(), &mut value)?;
    cursor.token();
    match value {
        Value::Record(record) if cursor.at == json.len() => Some(ValidDocument {
            record,
            is_unambiguous: cursor.is_unambiguous,
        }),
        _ => None,
    }
}

/// What is read at the end of the document. JSON has no such byte.
const END: u8 = 0;

struct Cursor<'v> {
    schema: &'static Schema,
    json: &'v str,
    at: usize,
    /// Whether the text that was read last has escapes.
    has_escape: bool,
    depth: u8,
    is_unambiguous: bool,
}

impl<'v> Cursor<'v> {
    #[inline]
    fn peek(&self) -> u8 {
        self.json.as_bytes().get(self.at).copied().unwrap_or(END)
    }

    /// The next byte behind white space.
    #[inline]
    fn token(&mut self) -> u8 {
        let byte = self.peek();
        if byte > b' ' {
            return byte;
        }
        self.token_behind_space()
    }

    #[cold]
    fn token_behind_space(&mut self) -> u8 {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.peek()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.token() == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.json.get(self.at..)?;
        rest.starts_with(word).then(|| self.at += word.len())
    }

    /// What a text has between its quotes; the cursor is at the first.
    fn quoted(&mut self) -> Option<&'v str> {
        let bytes = self.json.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        self.has_escape = false;
        loop {
            while let Some(word) = bytes.get(at..)?.first_chunk() {
                let special = special_bytes(u64::from_le_bytes(*word));
                if special != 0 {
                    at += special.trailing_zeros() as usize / 8;
                    break;
                }
                at += 8;
            }
            match *bytes.get(at)? {
                b'"' => break,
                b'\\' => {
                    self.has_escape = true;
                    at += 2;
                }
                0..b' ' => return None,
                // Near the end of the document.
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.json.get(start..at)
    }

    /// The text that was read last; borrowed where it has no escapes.
    #[inline]
    fn decoded(&self, quoted: &'v str) -> Option<Cow<'v, str>> {
        match self.has_escape {
            false => Some(Cow::Borrowed(quoted)),
            true => {
                let whole = self.at - quoted.len() - 2..self.at;
                let text = serde_json::from_str(self.json.get(whole)?);
                text.ok().map(Cow::Owned)
            }
        }
    }

    fn record(&mut self, shape: &'static Shape, into: &mut Value<'v>) -> Option<()> {
        self.take(b'{')?;
        self.enter()?;
        let mut record = Record::new(Some(shape));
        let mut given: u64 = 0;
        let mut before = None;
        if self.token() == b'}' {
            self.at += 1;
        } else {
            loop {
                if self.token() != b'"' {
                    return None;
                }
                match self.known_name(shape, before)? {
                    Ok(slot) => {
                        before = Some(slot);
                        let bit = 1_u64.checked_shl(slot as u32)?;
                        if given & bit != 0 {
                            return None;
                        }
                        given |= bit;
                        self.take(b':')?;
                        let attribute = &shape.attributes()[slot];
                        self.value(attribute.kind(), attribute, record.slot_mut(slot)?)?;
                    }
                    Err(name) => {
                        let name = self.decoded(name)?;
                        self.take(b':')?;
                        self.custom(shape, name, &mut record)?;
                    }
                }
                if self.has_ended(b'}')? {
                    break;
                }
            }
        }
        for slot in shape.never_null() {
            let attribute = &shape.attributes()[*slot];
            match record.slot_mut(*slot) {
                Some(absent @ Value::Null) if attribute.is_empty_when_absent() => {
                    *absent = Value::List(Vec::new());
                }
                Some(Value::Null) | None => return None,
                Some(_) => {}
            }
        }
        fill_aliases(self.schema, shape, &mut record);
        put(into, Value::Record(record));
        self.depth -= 1;
        Some(())
    }

    /// The slot of the member whose name is here, or else what its name has between its quotes. Members mostly come in the
    /// order of the last document, so the name that followed then is tried first.
    #[inline]
    fn known_name(
        &mut self,
        shape: &'static Shape,
        before: Option<usize>,
    ) -> Option<Result<usize, &'v str>> {
        let guess = shape.followers().after(before);
        if let Some(attribute) = shape.attributes().get(guess) {
            let rest = self.json.as_bytes().get(self.at + 1..)?;
            let behind = rest.strip_prefix(attribute.name().as_bytes());
            if behind.and_then(<[u8]>::first) == Some(&b'"') {
                self.at += attribute.name().len() + 2;
                return Some(Ok(guess));
            }
        }
        let name = self.quoted()?;
        let known = match self.has_escape {
            false => shape.slot_of(name),
            true => None,
        };
        if let Some(slot) = known {
            shape.followers().note(before, slot);
        }
        Some(known.ok_or(name))
    }

    /// Keeps a member that the shape does not know. One that it knows, spelled with escapes, is left to the careful reader.
    #[cold]
    fn custom(
        &mut self,
        shape: &'static Shape,
        name: Cow<'v, str>,
        record: &mut Record<'v>,
    ) -> Option<()> {
        if matches!(name, Cow::Owned(_)) && shape.slot_of(&name).is_some() {
            return None;
        }
        let raw = self.raw()?;
        self.is_unambiguous &= record.custom_count() < MAX_CUSTOM && record.custom(&name).is_none();
        record.add_custom(name, raw);
        Some(())
    }

    /// A list of an attribute, or a list in one.
    fn list(
        &mut self,
        kind: &'static Kind,
        attribute: &'static Attribute,
        into: &mut Value<'v>,
    ) -> Option<()> {
        self.take(b'[')?;
        self.enter()?;
        // Most lists are the few lines of a cart; growth by doubling would move them several times.
        let mut items = Vec::with_capacity(8);
        if self.token() == b']' {
            self.at += 1;
        } else {
            loop {
                items.push(Value::Null);
                let item = items.last_mut()?;
                match kind {
                    Kind::Object(_) => self.record(self.schema.shape_of(attribute)?, item)?,
                    kind => self.value(kind, attribute, item)?,
                }
                if self.has_ended(b']')? {
                    break;
                }
            }
        }
        put(into, Value::List(items));
        self.depth -= 1;
        Some(())
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Behind a member or an item: whether it was the last one.
    #[inline]
    fn has_ended(&mut self, end: u8) -> Option<bool> {
        let token = self.token();
        self.at += 1;
        match token {
            b',' => Some(false),
            token if token == end => Some(true),
            _ => None,
        }
    }

    fn value(
        &mut self,
        kind: &'static Kind,
        attribute: &'static Attribute,
        into: &mut Value<'v>,
    ) -> Option<()> {
        match (self.token(), kind) {
            (b'"', Kind::Text | Kind::Scalar) => {
                let quoted = self.quoted()?;
                if !self.has_escape {
                    put(into, Value::Text(Cow::Borrowed(quoted)));
                    return Some(());
                }
                let text = self.decoded(quoted)?;
                // Only an escape can produce the character U+0000.
                if text.as_bytes().contains(&0) {
                    return None;
                }
                put(into, Value::Text(text));
                Some(())
            }
            (b'"', Kind::Decimal | Kind::Money) => {
                let text = self.quoted()?;
                // Digits spelled with escapes are left to the careful reader: this does not read a backslash as a number.
                number(kind, text, into)
            }
            (b'n', _) => self.word("null"),
            (b'-' | b'0'..=b'9', Kind::Decimal | Kind::Money | Kind::Scalar) => {
                let start = self.at;
                while matches!(self.peek(), b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E') {
                    self.at += 1;
                }
                number(kind, self.json.get(start..self.at)?, into)
            }
            (b't', Kind::Boolean) => {
                put(into, Value::Bool(true));
                self.word("true")
            }
            (b'f', Kind::Boolean) => {
                put(into, Value::Bool(false));
                self.word("false")
            }
            (b'{', Kind::Object(_)) => self.record(self.schema.shape_of(attribute)?, into),
            (b'[', Kind::List(items)) => self.list(items, attribute, into),
            (_, Kind::Any) => {
                put(into, Value::Raw(self.raw()?));
                Some(())
            }
            _ => None,
        }
    }

    /// Passes over a value that the schema does not describe; returns its JSON.
    fn raw(&mut self) -> Option<&'v str> {
        let first = self.token();
        let start = self.at;
        if first == b'"' {
            let quoted = self.quoted()?;
            self.decoded(quoted)?;
            return self.json.get(start..self.at);
        }
        let mut source = serde_json::Deserializer::from_str(self.json.get(start..)?);
        let raw = <&RawValue>::deserialize(&mut source).ok()?.get();
        self.at += raw.len();
        let is_exact = || raw.len() <= MAX_RAW_NUMBER && !raw.contains(['e', 'E']);
        self.is_unambiguous &= match first {
            b'{' | b'[' => false,
            b'-' | b'0'..=b'9' => is_exact(),
            _ => true,
        };
        Some(raw)
    }
}

fn number(kind: &Kind, text: &str, into: &mut Value<'_>) -> Option<()> {
    let number = number::read(text).ok()?;
    let fits = !matches!(kind, Kind::Money) || number.scale() <= MONEY_DECIMALS;
    fits.then(|| put(into, Value::Number(number)))
}

/// Puts a value into a place that holds null. An assignment would look for something to drop in it.
#[inline]
fn put<'v>(into: &mut Value<'v>, value: Value<'v>) {
    std::mem::forget(std::mem::replace(into, value));
}

/// The high bit of each byte that ends the plain characters of a text: a quote, a backslash or a control character. Bytes
/// behind the first of them may be marked too.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // A byte borrows from the next one where it is less than what is taken away.
    let below = |limit: u8, word: u64| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let is = |byte: u8| below(1, word ^ (ONES * u64::from(byte)));
    (below(b' ', word) | is(b'"') | is(b'\\')) & HIGH
}
