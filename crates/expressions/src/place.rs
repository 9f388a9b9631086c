//! Allocates the parts of a document while it is read.
//!
//! A cart has about thirty records, most of which live for one request. In an arena a record costs a few instructions
//! to allocate and nothing to drop.

use std::borrow::Cow;

use bumpalo::Bump;

use super::part::Part;
use super::schema::Shape;
use super::value::{Record, Value};

/// Where the parts of a document are allocated.
#[derive(Clone, Copy)]
pub(super) enum Place<'v> {
    Heap,
    /// Values here are never dropped, so they must not own memory.
    Arena(&'v Bump),
}

/// The slots of a record that is being read.
pub(super) enum Slots<'v> {
    Own(Box<[Value<'v>]>),
    Lent(&'v mut [Value<'v>]),
}

impl<'v> Slots<'v> {
    #[inline]
    pub(super) fn as_mut(&mut self) -> &mut [Value<'v>] {
        match self {
            Self::Own(own) => own,
            Self::Lent(lent) => lent,
        }
    }

    fn finish(self) -> Part<'v, [Value<'v>]> {
        match self {
            Self::Own(own) => Part::Own(own),
            Self::Lent(lent) => Part::Lent(lent),
        }
    }
}

impl<'v> Place<'v> {
    /// The slots of an empty record; all are null.
    #[inline]
    pub(super) fn blank(self, shape: Option<&'static Shape>) -> Slots<'v> {
        let count = shape.map_or(0, |shape| shape.attributes().len());
        match self {
            Self::Heap => Slots::Own((0..count).map(|_| Value::Null).collect()),
            Self::Arena(arena) => Slots::Lent(arena.alloc_slice_fill_with(count, |_| Value::Null)),
        }
    }

    /// A list of what was read.
    pub(super) fn list<T>(self, items: Vec<T>) -> Part<'v, [T]> {
        match self {
            _ if items.is_empty() => Part::Lent(&[]),
            Self::Heap => Part::Own(items.into()),
            Self::Arena(arena) => Part::Lent(arena.alloc_slice_fill_iter(items)),
        }
    }

    /// A value that is a record.
    #[inline]
    pub(super) fn record(
        self,
        shape: Option<&'static Shape>,
        slots: Slots<'v>,
        custom: Part<'v, [(Cow<'v, str>, &'v str)]>,
    ) -> Value<'v> {
        let record = Record {
            shape,
            slots: slots.finish(),
            custom,
        };
        Value::Record(match self {
            Self::Heap => Part::Own(record.into()),
            Self::Arena(arena) => Part::Lent(arena.alloc(record)),
        })
    }

    /// A text that was decoded.
    pub(super) fn text(self, text: String) -> Cow<'v, str> {
        match self {
            Self::Heap => Cow::Owned(text),
            Self::Arena(arena) => Cow::Borrowed(arena.alloc_str(&text)),
        }
    }

    /// The same record with another value in a slot.
    pub(super) fn with_slot(self, record: &Record<'v>, slot: usize, value: Value<'v>) -> Value<'v> {
        let mut slots = self.blank(record.shape);
        for (into, from) in slots.as_mut().iter_mut().zip(&*record.slots) {
            *into = from.clone();
        }
        if let Some(into) = slots.as_mut().get_mut(slot) {
            *into = value;
        }
        self.record(record.shape, slots, record.custom.clone())
    }
}
