//! The rulebooks before and after a transaction that is not committed yet.

use std::sync::Arc;

use super::{Rulebook, RulebookChange, cache::load, history};
use crate::store::{StoreError, Tx, revisions};

/// The rows read in the transaction; they are compiled outside of it.
pub struct Candidate {
    present: Arc<Rulebook>,
    /// The rows of the revision before the transaction, unless it is the present one.
    before: Option<RulebookChange>,
    /// The rows after the transaction; `None` if it changes nothing that checkout sees.
    after: Option<RulebookChange>,
}

impl Candidate {
    /// Reads the rows that differ from the present rulebook.
    pub fn read(tx: &mut Tx<'_>, present: Arc<Rulebook>) -> Result<Self, StoreError> {
        let after = match tx.first_revision() {
            None => None,
            Some(_) => Some(load::read(tx, &present, Vec::new())?.change),
        };
        let found = match tx.first_revision() {
            Some(first) => first - 1,
            None => revisions::current(tx)?,
        };
        let before = match present.revision() == found {
            true => None,
            false => Some(history::read(tx, found, &present)?),
        };
        Ok(Candidate {
            present,
            before,
            after,
        })
    }

    /// Compiles the rulebooks before and after the transaction.
    pub fn compile(self) -> (Arc<Rulebook>, Arc<Rulebook>) {
        let present = self.present;
        let before = match self.before {
            None => Arc::clone(&present),
            Some(change) => Arc::new(present.changed(change)),
        };
        let after = match self.after {
            None => Arc::clone(&before),
            Some(change) => Arc::new(present.changed(change)),
        };
        (before, after)
    }
}
