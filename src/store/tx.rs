//! The permit to write.

use std::ops::{Deref, DerefMut};

use super::Conn;

/// A connection inside a write. A store function that changes something takes one, and only [`Store::write`] and
/// [`Store::write_one`] make one. It goes wherever a `&mut Conn` does; Diesel itself is handed [`Tx::conn`].
///
/// [`Store::write`]: super::Store::write
/// [`Store::write_one`]: super::Store::write_one
pub struct Tx<'a>(&'a mut Conn);

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn) -> Self {
        Self(conn)
    }

    /// The connection itself, as Diesel wants it.
    pub fn conn(&mut self) -> &mut Conn {
        self.0
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0
    }
}

impl AsMut<Conn> for Tx<'_> {
    fn as_mut(&mut self) -> &mut Conn {
        self.0
    }
}
