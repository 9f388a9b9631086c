//! Posted documents: records of values.
//!
//! A document is read once and evaluated by many expressions, so known attributes are in numbered slots and texts are slices
//! of the posted bytes. Attributes the schema does not know stay raw JSON and are only parsed when an expression reads them:
//! most carts have more attributes than any rule uses.

use std::borrow::Cow;

use rust_decimal::Decimal;

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
    List(Vec<Value<'v>>),
    /// An object with a known shape.
    Record(Record<'v>),
    /// A value the schema does not describe: its JSON text, known to be well-formed.
    Raw(&'v str),
}

/// An object: slots for the attributes its shape knows, and the rest by name.
#[derive(Clone, Debug)]
pub struct Record<'v> {
    shape: Option<&'static Shape>,
    slots: Box<[Value<'v>]>,
    /// Boxed because most records have none, and a record is moved often while it is read.
    custom: Option<Box<Custom<'v>>>,
}

/// No JSON, so that reading it fails with [`super::ErrorCode::UnusableValue`].
const WITHHELD: &str = "?";

/// Names and raw JSON.
type Custom<'v> = Vec<(Cow<'v, str>, &'v str)>;

impl<'v> Record<'v> {
    /// An empty record: every slot is null. Without a shape it has no slots and holds custom attributes only.
    pub fn new(shape: Option<&'static Shape>) -> Self {
        let slots = shape.map_or(0, |shape| shape.attributes().len());
        Self {
            shape,
            slots: (0..slots).map(|_| Value::Null).collect(),
            custom: None,
        }
    }

    /// The shape this record was read by; `None` in a free document.
    pub fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The value in a slot of the shape; null when there is no such slot.
    pub fn slot(&self, slot: usize) -> &Value<'v> {
        self.slots.get(slot).unwrap_or(&Value::Null)
    }

    /// Puts a value into a slot; ignored if the shape has no such slot.
    pub fn set_slot(&mut self, slot: usize, value: Value<'v>) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    pub(super) fn slot_mut(&mut self, slot: usize) -> Option<&mut Value<'v>> {
        self.slots.get_mut(slot)
    }

    pub(super) fn add_custom(&mut self, name: Cow<'v, str>, raw: &'v str) {
        self.custom.get_or_insert_default().push((name, raw));
    }

    /// The raw JSON of an attribute the shape does not know. The last of repeated names counts.
    pub fn custom(&self, name: &str) -> Option<&'v str> {
        self.custom
            .as_ref()?
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, raw)| *raw)
    }

    pub(super) fn custom_count(&self) -> u64 {
        self.custom.as_ref().map_or(0, |all| all.len() as u64)
    }

    /// Names and raw JSON of all attributes the shape does not know, as posted.
    pub fn customs(&self) -> impl Iterator<Item = (&str, &'v str)> {
        self.custom
            .iter()
            .flat_map(|all| all.iter())
            .map(|(name, raw)| (name.as_ref(), *raw))
    }

    /// As [`Record::get`], to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'v>> {
        let slot = self.shape?.slot_of(name)?;
        self.slots.get_mut(slot)
    }

    /// Makes an attribute unreadable: an expression that reads it fails with [`super::ErrorCode::UnusableValue`], and one that
    /// does not is not affected. `path` is as in [`super::Expression::attributes`]; `[]` means all items of a list.
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
                if let Some(value) = self.slots.get_mut(slot) {
                    value.withhold(rest);
                }
            }
            (None, None) => self.add_custom(Cow::Owned(name.to_owned()), WITHHELD),
            (None, Some(_)) => {}
        }
    }

    /// The value of a known attribute by name, for callers that read a document themselves; `None` when the shape has no
    /// such attribute.
    pub fn get(&self, name: &str) -> Option<&Value<'v>> {
        self.shape?.slot_of(name).map(|slot| self.slot(slot))
    }
}

impl<'v> Value<'v> {
    fn withhold(&mut self, path: &str) {
        match self {
            Self::Record(record) => record.withhold(path),
            Self::List(items) => items.iter_mut().for_each(|item| item.withhold(path)),
            _ => {}
        }
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The record, when it is one.
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
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
