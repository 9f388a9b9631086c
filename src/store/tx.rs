//! The type that permits writing.

use std::ops::{Deref, DerefMut};

use super::Conn;

/// A connection inside a write. A store function that changes something takes it, and only [`Store::write`] and
/// [`Store::write_one`] create it. It derefs to [`Conn`]; Diesel itself needs [`Tx::conn`].
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

    /// The first revision that this transaction has taken, if any.
    pub fn first_revision(&self) -> Option<i64> {
        self.first_revision
    }

    /// The newest revision that this transaction has taken or answers with. Checkout should have loaded it before the
    /// caller continues.
    pub fn last_revision(&self) -> Option<i64> {
        self.last_revision
    }

    pub(super) fn note_revision(&mut self, number: i64) {
        self.first_revision.get_or_insert(number);
        self.last_revision = Some(number);
    }

    /// Records that this transaction answers with a revision that an earlier transaction took.
    pub fn answer_with(&mut self, number: i64) {
        self.last_revision = Some(number);
    }

    /// Whether this transaction changes the tests of the rules.
    pub fn changes_tests(&self) -> bool {
        self.changes_tests
    }

    /// Records that this transaction changes the tests of the rules.
    pub fn note_tests(&mut self) {
        self.changes_tests = true;
    }

    /// The connection in the type that Diesel needs.
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
