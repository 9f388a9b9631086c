//! Posted documents: records of values.
//!
//! A document is read once and evaluated by many expressions, so known attributes are in numbered slots and texts are
//! slices of the posted bytes. Attributes that the schema does not know stay raw JSON and are parsed only when an
//! expression reads them, because most carts have more attributes than the rules use.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::part::Part;
use super::schema::Shape;

/// One posted value.
#[derive(Clone, Debug)]
pub enum Value<'v> {
    /// Posted as `null`, or a known attribute that was not posted.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A decimal with the scale it was posted with: `"1290.50"` keeps its zero.
    Number(Decimal),
    /// A text, borrowed from the document unless it held escapes.
    Text(Cow<'v, str>),
    /// A list of values of one kind.
    List(Part<'v, [Value<'v>]>),
    /// An object with a known shape.
    Record(Part<'v, Record<'v>>),
    /// A value the schema does not describe: its JSON text, known to be well-formed.
    Raw(&'v str),
}

/// An object: slots for the attributes its shape knows, and the rest by name.
#[derive(Clone, Debug)]
pub struct Record<'v> {
    pub(super) shape: Option<&'static Shape>,
    pub(super) slots: Part<'v, [Value<'v>]>,
    /// Names and raw JSON.
    pub(super) custom: Part<'v, [(Cow<'v, str>, &'v str)]>,
}

/// Invalid JSON, so that reading it fails with [`super::ErrorCode::UnusableValue`].
const WITHHELD: &str = "?";

impl<'v> Record<'v> {
    /// An empty record: every slot is null. Without a shape it has no slots and holds custom attributes only.
    pub fn new(shape: Option<&'static Shape>) -> Self {
        let slots = shape.map_or(0, |shape| shape.attributes().len());
        Self {
            shape,
            slots: Part::Own((0..slots).map(|_| Value::Null).collect()),
            custom: Part::Lent(&[]),
        }
    }

    /// The shape this record was read by; `None` in a free document.
    pub fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The value in a slot of the shape; null when there is no such slot.
    #[inline]
    pub fn slot(&self, slot: usize) -> &Value<'v> {
        self.slots.get(slot).unwrap_or(&Value::Null)
    }

    /// Puts a value into a slot; ignored if the shape has no such slot.
    pub fn set_slot(&mut self, slot: usize, value: Value<'v>) {
        if let Some(place) = self.slot_mut(slot) {
            *place = value;
        }
    }

    pub(super) fn slot_mut(&mut self, slot: usize) -> Option<&mut Value<'v>> {
        self.slots.to_mut().get_mut(slot)
    }

    /// The raw JSON of an attribute the shape does not know. The last of repeated names counts.
    pub fn custom(&self, name: &str) -> Option<&'v str> {
        last_of(&self.custom, name)
    }

    pub(super) fn custom_count(&self) -> u64 {
        self.custom.len() as u64
    }

    /// Names and raw JSON of all attributes the shape does not know, as posted.
    pub fn customs(&self) -> impl Iterator<Item = (&str, &'v str)> {
        self.custom.iter().map(|(name, raw)| (name.as_ref(), *raw))
    }

    /// As [`Record::get`], to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'v>> {
        let slot = self.shape?.slot_of(name)?;
        self.slot_mut(slot)
    }

    /// Makes an attribute unreadable: an expression that reads it fails with [`super::ErrorCode::UnusableValue`]; other
    /// expressions are not affected. `path` is as in [`super::Expression::attributes`]; `[]` means all items of a list.
    pub fn withhold(&mut self, path: &str) {
        let (step, rest) = match path.split_once('.') {
            Some((step, rest)) => (step, Some(rest)),
            None => (path, None),
        };
        let name = step.strip_suffix("[]").unwrap_or(step);
        let slot = self.shape.and_then(|shape| shape.slot_of(name));
        match (slot, rest) {
            (Some(slot), None) => self.set_slot(slot, Value::Raw(WITHHELD)),
            (Some(slot), Some(rest)) => {
                if let Some(value) = self.slot_mut(slot) {
                    value.withhold(rest);
                }
            }
            (None, None) => {
                let mut custom = self.custom.to_vec();
                custom.push((Cow::Owned(name.to_owned()), WITHHELD));
                self.custom = Part::Own(custom.into());
            }
            (None, Some(_)) => {}
        }
    }

    /// The value of a known attribute by name, for callers that read a document themselves; `None` when the shape has no
    /// such attribute. Inlined, since most names are constants, whose hash is then known to the compiler.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&Value<'v>> {
        self.shape?.slot_of(name).map(|slot| self.slot(slot))
    }
}

/// The raw JSON of the last attribute of this name.
pub(super) fn last_of<'v>(custom: &[(Cow<'v, str>, &'v str)], name: &str) -> Option<&'v str> {
    let mut of_name = custom.iter().rev().filter(|(known, _)| known == name);
    of_name.next().map(|(_, raw)| *raw)
}

impl<'v> Value<'v> {
    fn withhold(&mut self, path: &str) {
        match self {
            Self::Record(record) => record.to_mut().withhold(path),
            Self::List(items) => items
                .to_mut()
                .iter_mut()
                .for_each(|item| item.withhold(path)),
            _ => {}
        }
    }

    /// The text, when it is one.
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is one.
    #[inline]
    pub fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The record, when it is one.
    #[inline]
    pub fn as_record(&self) -> Option<&Record<'v>> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The items, when it is a list.
    pub fn as_list(&self) -> Option<&[Value<'v>]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether nothing was posted.
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
