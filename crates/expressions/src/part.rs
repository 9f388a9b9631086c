//! A part of a document, on the heap or in an arena.

use std::fmt;
use std::ops::Deref;

/// A part of a document: owned on the heap, or borrowed from an arena.
pub enum Part<'v, T: ?Sized> {
    /// On the heap.
    Own(Box<T>),
    /// In an arena, which never drops it; so it must not own memory.
    Lent(&'v T),
}

impl<T: ?Sized> Deref for Part<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Own(own) => own,
            Self::Lent(lent) => lent,
        }
    }
}

impl<T: ?Sized> Clone for Part<'_, T>
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

impl<T: ?Sized + fmt::Debug> fmt::Debug for Part<'_, T> {
    /// Shows only the value: where it is stored is no part of a document.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl<T: ?Sized + ToOwned> Part<'_, T>
where
    Box<T>: From<T::Owned>,
{
    /// A mutable reference. A borrowed part is copied to the heap first, so that the arena does not change.
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

impl<T: Clone> Part<'_, T> {
    /// The value; a copy if it is borrowed.
    pub(super) fn into_inner(self) -> T {
        match self {
            Self::Own(own) => *own,
            Self::Lent(lent) => lent.clone(),
        }
    }
}
