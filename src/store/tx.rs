//! The permit to write.

use std::ops::{Deref, DerefMut};

use super::Conn;

/// A connection inside a write. A store function that changes something takes one, and only [`Store::write`] and
/// [`Store::write_one`] make one. It goes wherever a `&mut Conn` does; Diesel itself is handed [`Tx::conn`].
///
/// [`Store::write`]: super::Store::write
/// [`Store::write_one`]: super::Store::write_one
pub struct Tx<'a> {
    conn: &'a mut Conn,
    first_revision: Option<i64>,
    last_revision: Option<i64>,
    changes_tests: bool,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn) -> Self {
        Self {
            conn,
            first_revision: None,
            last_revision: None,
            changes_tests: false,
        }
    }

    /// The first revision that this transaction has taken: what checkout sees changes with it.
    pub fn first_revision(&self) -> Option<i64> {
        self.first_revision
    }

    /// The newest revision that this transaction has taken or answers with. Checkout should answer from it before the caller
    /// goes on.
    pub fn last_revision(&self) -> Option<i64> {
        self.last_revision
    }

    pub(super) fn note_revision(&mut self, number: i64) {
        self.first_revision.get_or_insert(number);
        self.last_revision = Some(number);
    }

    /// Notes that this transaction answers with a revision that an earlier one has taken.
    pub fn answer_with(&mut self, number: i64) {
        self.last_revision = Some(number);
    }

    /// Whether this transaction changes the tests of the rules.
    pub fn changes_tests(&self) -> bool {
        self.changes_tests
    }

    /// Notes that this transaction changes the tests of the rules.
    pub fn note_tests(&mut self) {
        self.changes_tests = true;
    }

    /// The connection itself, as Diesel wants it.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}

impl AsMut<Conn> for Tx<'_> {
    fn as_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
