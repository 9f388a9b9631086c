//! Parts of a document, on the heap or in an arena.
//!
//! A cart has some thirty records of which most live for one request. In an arena each of them costs a few instructions to
//! make and nothing to drop.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bumpalo::Bump;

use super::schema::Shape;
use super::value::{Record, Value};

/// A part of a document: its own, or lent by an arena.
pub enum Held<'v, T: ?Sized> {
    /// On the heap.
    Own(Box<T>),
    /// In an arena, which never drops it: it owns nothing.
    Lent(&'v T),
}

impl<T: ?Sized> Deref for Held<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Own(own) => own,
            Self::Lent(lent) => lent,
        }
    }
}

impl<T: ?Sized> Clone for Held<'_, T>
where
    Box<T>: Clone,
{
    fn clone(&self) -> Self {
        match self {
            Self::Own(own) => Self::Own(own.clone()),
            Self::Lent(lent) => Self::Lent(lent),
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Held<'_, T> {
    /// Where it lies is no part of a document.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl<T: ?Sized + ToOwned> Held<'_, T>
where
    Box<T>: From<T::Owned>,
{
    /// To change it. What is lent is copied first, so that the arena's own stays as it is.
    pub fn to_mut(&mut self) -> &mut T {
        match self {
            Self::Own(own) => own,
            Self::Lent(lent) => {
                *self = Self::Own(lent.to_owned().into());
                self.to_mut()
            }
        }
    }
}

impl<T: Clone> Held<'_, T> {
    /// Itself; copied where it is lent.
    pub(super) fn into_inner(self) -> T {
        match self {
            Self::Own(own) => *own,
            Self::Lent(lent) => lent.clone(),
        }
    }
}

/// Where the parts of a document are put while it is read.
#[derive(Clone, Copy)]
pub(super) enum Place<'v> {
    Heap,
    /// What is put here must own nothing, for it is never dropped.
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

    fn finish(self) -> Held<'v, [Value<'v>]> {
        match self {
            Self::Own(own) => Held::Own(own),
            Self::Lent(lent) => Held::Lent(lent),
        }
    }
}

impl<'v> Place<'v> {
    /// The slots of an empty record: every one is null.
    #[inline]
    pub(super) fn blank(self, shape: Option<&'static Shape>) -> Slots<'v> {
        let count = shape.map_or(0, |shape| shape.attributes().len());
        match self {
            Self::Heap => Slots::Own((0..count).map(|_| Value::Null).collect()),
            Self::Arena(arena) => Slots::Lent(arena.alloc_slice_fill_with(count, |_| Value::Null)),
        }
    }

    /// A list of what was read.
    pub(super) fn list<T>(self, items: Vec<T>) -> Held<'v, [T]> {
        match self {
            _ if items.is_empty() => Held::Lent(&[]),
            Self::Heap => Held::Own(items.into()),
            Self::Arena(arena) => Held::Lent(arena.alloc_slice_fill_iter(items)),
        }
    }

    /// A value that is a record.
    #[inline]
    pub(super) fn record(
        self,
        shape: Option<&'static Shape>,
        slots: Slots<'v>,
        custom: Held<'v, [(Cow<'v, str>, &'v str)]>,
    ) -> Value<'v> {
        let record = Record {
            shape,
            slots: slots.finish(),
            custom,
        };
        Value::Record(match self {
            Self::Heap => Held::Own(record.into()),
            Self::Arena(arena) => Held::Lent(arena.alloc(record)),
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
