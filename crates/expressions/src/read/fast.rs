//! Reads a valid document without naming problems.
//!
//! Nearly every posted document is valid. This reader gives up at the first unusual part: malformed JSON, a value that
//! the schema does not expect, or a repeated name. The careful reader then reads the document again. For an accepted
//! document both readers give the same result; a property test compares them.
//!
//! In the same pass it finds out whether every JSON parser reads the document alike.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::closing_quote::{Closing, closing_quote};
use super::complete::fill_aliases;
use crate::number;
use crate::part::Part;
use crate::place::Place;
use crate::schema::{Attribute, Kind, MONEY_DECIMALS, Schema, Shape};
use crate::value::{Record, Value, last_of};

/// The maximum nesting depth of records and lists in this reader. Documents of a recursive schema can be deeper.
const MAX_DEPTH: u8 = 32;

/// The maximum number of custom attributes of an object whose names are checked for repetition.
const MAX_CUSTOM: usize = 16;
/// The number of digits that every exact JSON parser can hold.
const MAX_RAW_NUMBER: usize = 28;

/// A valid document.
#[derive(Debug)]
pub struct ValidDocument<'v> {
    /// As [`Schema::read`] returns it.
    pub record: Record<'v>,
    /// True if no name is repeated in any object, no number has more than 28 digits or an exponent, and no text has
    /// half of a surrogate pair. False if that is not known, for instance because the content of objects and lists that
    /// the schema does not know was not checked.
    pub is_unambiguous: bool,
}

/// Reads a document of the root shape; `None` where the careful reader must look.
pub(super) fn read<'v>(
    schema: &'static Schema,
    json: &'v str,
    place: Place<'v>,
) -> Option<ValidDocument<'v>> {
    let mut cursor = Cursor {
        schema,
        place,
        json,
        rest: json.as_bytes(),
        depth: 0,
        is_unambiguous: true,
    };
    let mut value = Value::Null;
    cursor.record(schema.root(), &mut value)?;
    cursor.token();
    match value {
        Value::Record(record) if cursor.rest.is_empty() => Some(ValidDocument {
            record: record.into_inner(),
            is_unambiguous: cursor.is_unambiguous,
        }),
        _ => None,
    }
}

/// The byte that [`Cursor::peek`] returns at the end of the document. JSON does not contain it.
const END: u8 = 0;

struct Cursor<'v> {
    schema: &'static Schema,
    /// Where values are allocated.
    place: Place<'v>,
    json: &'v str,
    /// The bytes still to be read. Only texts are cut out of `json`, which checks character boundaries.
    rest: &'v [u8],
    depth: u8,
    is_unambiguous: bool,
}

/// The content of a JSON string between its quotes.
struct Quoted<'v> {
    inner: &'v str,
    has_escape: bool,
}

impl<'v> Cursor<'v> {
    #[inline]
    fn peek(&self) -> u8 {
        self.rest.first().copied().unwrap_or(END)
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
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.peek()
    }

    #[inline]
    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.token() == byte).then_some(())?;
        self.skip(1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(())
    }

    /// The number of bytes read so far.
    #[inline]
    fn position(&self) -> usize {
        self.json.len() - self.rest.len()
    }

    /// Reads the string that begins here and moves the cursor behind it.
    #[inline]
    fn quoted(&mut self) -> Option<Quoted<'v>> {
        let start = self.position();
        let Closing { at, has_escape } = closing_quote(self.rest)?;
        self.skip(at + 1)?;
        Some(Quoted {
            inner: self.json.get(start + 1..start + at)?,
            has_escape,
        })
    }

    /// The decoded text of the string that was read last.
    #[inline]
    fn decoded(&self, quoted: &Quoted<'v>) -> Option<Cow<'v, str>> {
        match quoted.has_escape {
            false => Some(Cow::Borrowed(quoted.inner)),
            true => self.unescaped(quoted).map(|text| self.place.text(text)),
        }
    }

    #[cold]
    fn unescaped(&self, quoted: &Quoted<'v>) -> Option<String> {
        let end = self.position();
        let whole = self.json.get(end - quoted.inner.len() - 2..end)?;
        serde_json::from_str(whole).ok()
    }

    fn record(&mut self, shape: &'static Shape, into: &mut Value<'v>) -> Option<()> {
        self.take(b'{')?;
        self.enter()?;
        let mut filled = self.place.blank(Some(shape));
        let slots = filled.as_mut();
        let mut custom = Vec::new();
        let mut given: u64 = 0;
        let mut before = None;
        if self.token() == b'}' {
            self.skip(1);
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
                        let attribute = &shape.attributes()[slot];
                        self.value(attribute.kind(), attribute, slots.get_mut(slot)?)?;
                    }
                    Err(name) => {
                        self.custom(name, &mut custom)?;
                    }
                }
                if self.has_ended(b'}')? {
                    break;
                }
            }
        }
        for slot in shape.never_null() {
            let attribute = &shape.attributes()[*slot];
            match slots.get_mut(*slot) {
                Some(absent @ Value::Null) if attribute.is_empty_when_absent() => {
                    put(absent, Value::List(Part::Lent(&[])));
                }
                Some(Value::Null) | None => return None,
                Some(_) => {}
            }
        }
        fill_aliases(self.schema, shape, slots, self.place);
        let custom = self.place.list(custom);
        put(into, self.place.record(Some(shape), filled, custom));
        self.depth -= 1;
        Some(())
    }

    /// Reads the name of a member and its colon; returns its slot, or the name if the shape does not know it. Members
    /// mostly come in the order of the previous document, without white space before the colon, so the name that
    /// followed there is tried first, with its quotes and colon. A known name that is spelled with escapes is left to
    /// the careful reader.
    #[inline]
    fn known_name(
        &mut self,
        shape: &'static Shape,
        before: Option<usize>,
    ) -> Option<Result<usize, Cow<'v, str>>> {
        let guess = shape.followers().after(before);
        if let Some(attribute) = shape.attributes().get(guess)
            && let Some(rest) = self.rest.strip_prefix(attribute.opening().as_bytes())
        {
            self.rest = rest;
            return Some(Ok(guess));
        }
        let quoted = self.quoted()?;
        let name = self.decoded(&quoted)?;
        self.take(b':')?;
        match shape.slot_of(&name) {
            Some(_) if quoted.has_escape => None,
            Some(slot) => {
                shape.followers().note(before, slot);
                Some(Ok(slot))
            }
            None => Some(Err(name)),
        }
    }

    /// Reads a member that the shape does not know.
    #[cold]
    fn custom(
        &mut self,
        name: Cow<'v, str>,
        custom: &mut Vec<(Cow<'v, str>, &'v str)>,
    ) -> Option<()> {
        let raw = self.raw()?;
        self.is_unambiguous &= custom.len() < MAX_CUSTOM && last_of(custom, &name).is_none();
        custom.push((name, raw));
        Some(())
    }

    /// Reads the list of an attribute, or a list inside it.
    fn list(
        &mut self,
        kind: &'static Kind,
        attribute: &'static Attribute,
        into: &mut Value<'v>,
    ) -> Option<()> {
        self.take(b'[')?;
        self.enter()?;
        // Most lists are the few lines of a cart; growing by doubling would move them several times.
        let mut items = Vec::with_capacity(8);
        if self.token() == b']' {
            self.skip(1);
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
        put(into, Value::List(self.place.list(items)));
        self.depth -= 1;
        Some(())
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Reads the separator after a member or an item: whether it was the last one.
    #[inline]
    fn has_ended(&mut self, end: u8) -> Option<bool> {
        let token = self.token();
        self.skip(1)?;
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
                let text = self.decoded(&quoted)?;
                // Only an escape can produce the character U+0000.
                if quoted.has_escape && text.as_bytes().contains(&0) {
                    return None;
                }
                put(into, Value::Text(text));
                Some(())
            }
            (b'"', Kind::Decimal | Kind::Money) => {
                // Digits spelled with escapes are left to the careful reader: `number::read` rejects a backslash.
                number(kind, self.quoted()?.inner, into)
            }
            (b'n', _) => self.word("null"),
            (b'-' | b'0'..=b'9', Kind::Decimal | Kind::Money | Kind::Scalar) => {
                let is_end =
                    |byte: &u8| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
                let end = self.rest.iter().position(is_end);
                let start = self.position();
                self.skip(end.unwrap_or(self.rest.len()))?;
                number(kind, self.json.get(start..self.position())?, into)
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

    /// Skips a value that the schema does not describe; returns its JSON.
    fn raw(&mut self) -> Option<&'v str> {
        let first = self.token();
        let start = self.position();
        if first == b'"' {
            let quoted = self.quoted()?;
            self.decoded(&quoted)?;
            return self.json.get(start..self.position());
        }
        let mut source = serde_json::Deserializer::from_str(self.json.get(start..)?);
        let raw = <&RawValue>::deserialize(&mut source).ok()?.get();
        self.skip(raw.len())?;
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

/// Stores a value in a place that holds null. An assignment would check for an old value to drop.
#[inline]
fn put<'v>(into: &mut Value<'v>, value: Value<'v>) {
    std::mem::forget(std::mem::replace(into, value));
}
