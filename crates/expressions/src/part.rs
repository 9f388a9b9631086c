//! A part of a document, on the heap or in an arena.

use std::fmt;
use std::ops::Deref;

/// A part of a document: its own, or lent by an arena.
pub enum Part<'v, T: ?Sized> {
    /// On the heap.
    Own(Box<T>),
    /// In an arena, which never drops it: it owns nothing.
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
    /// Where it lies is no part of a document.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl<T: ?Sized + ToOwned> Part<'_, T>
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

impl<T: Clone> Part<'_, T> {
    /// Itself; copied where it is lent.
    pub(super) fn into_inner(self) -> T {
        match self {
            Self::Own(own) => *own,
            Self::Lent(lent) => lent.clone(),
        }
    }
}
