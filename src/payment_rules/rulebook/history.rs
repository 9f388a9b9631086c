//! The rulebooks of earlier revisions, for questions about earlier answers. Checkout itself never uses them.
//!
//! A few stay compiled, because questions about the same revision often follow each other. They share each rule that
//! the present rulebook has in the same version.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

use super::{Rulebook, RulebookCache, RulebookChange};
use crate::{
    payment_methods::store::history as methods,
    payment_rules::store::history as rules,
    settings,
    store::{
        Conn, Store, StoreError,
        revisions::{self, Mark},
    },
};

/// The maximum numbers of rulebooks that are kept, and of rules in all of them. A single rulebook may have more rules.
const MOST_BOOKS: usize = 8;
const MOST_RULES: usize = 50_000;

/// Identifies an earlier rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The rulebook of this revision.
    Revision(i64),
    /// The rulebook that checkout used at this instant.
    AsOf(DateTime<Utc>),
}

/// The reason why there is no such rulebook.
#[derive(Debug, thiserror::Error)]
pub enum NoRulebook {
    /// There is no revision with this number.
    #[error("there is no revision {0}")]
    Unknown(i64),
    /// The revision keeps only rules, because it is older than complete revisions. `None`: the instant is before the
    /// first revision.
    #[error("the revision does not keep all that checkout saw")]
    Incomplete(Option<i64>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds and keeps rulebooks of earlier revisions; app data.
pub struct HistoricRulebooks {
    store: Store,
    present: RulebookCache,
    kept: Mutex<VecDeque<KeptBook>>,
}

struct KeptBook {
    /// Identifies the revision, because after a failover its number may be used again.
    mark: Mark,
    book: Arc<Rulebook>,
}

impl HistoricRulebooks {
    /// Reads from this store, and shares the compiled rules of the present rulebook.
    pub fn new(store: Store, present: RulebookCache) -> Self {
        HistoricRulebooks {
            store,
            present,
            kept: Mutex::default(),
        }
    }

    /// The rulebook of a revision.
    pub async fn find(&self, when: When) -> Result<Arc<Rulebook>, NoRulebook> {
        let (number, mark) = self.store.snapshot(move |conn| locate(conn, when)).await?;
        if let Some(book) = self.take_kept(number, &mark) {
            return Ok(book);
        }
        let present = self.present.newest();
        let known = Arc::clone(&present);
        let rows = self.store.snapshot(move |conn| read(conn, number, &known));
        let rows = rows.await?;
        let book = tokio::task::spawn_blocking(move || Arc::new(present.changed(rows)))
            .await
            .map_err(|_| StoreError::unreadable("earlier rules: compiling them panicked"))?;
        self.keep(mark, &book);
        Ok(book)
    }

    fn take_kept(&self, number: i64, mark: &Mark) -> Option<Arc<Rulebook>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |it: &KeptBook| it.book.revision() == number && it.mark == *mark;
        let place = kept.iter().position(is_it)?;
        let found = kept.remove(place)?;
        let book = Arc::clone(&found.book);
        kept.push_front(found);
        Some(book)
    }

    fn keep(&self, mark: Mark, book: &Arc<Rulebook>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(KeptBook {
            mark,
            book: Arc::clone(book),
        });
        let too_many = |kept: &VecDeque<KeptBook>| {
            let rules: usize = kept.iter().map(|it| it.book.rules().len()).sum();
            kept.len() > MOST_BOOKS || rules > MOST_RULES
        };
        while kept.len() > 1 && too_many(&kept) {
            kept.pop_back();
        }
    }
}

fn locate(conn: &mut Conn, when: When) -> Result<(i64, Mark), NoRulebook> {
    let number = match when {
        When::Revision(number) => number,
        When::AsOf(at) => revisions::newest_as_of(conn, at)?.ok_or(NoRulebook::Incomplete(None))?,
    };
    let mark = revisions::mark(conn, number)?.ok_or(NoRulebook::Unknown(number))?;
    match revisions::is_complete(conn, number)? {
        true => Ok((number, mark)),
        false => Err(NoRulebook::Incomplete(Some(number))),
    }
}

/// Reads the differences between a revision and the present rulebook.
pub(super) fn read(
    conn: &mut Conn,
    revision: i64,
    present: &Rulebook,
) -> Result<RulebookChange, StoreError> {
    let mut gone = present.versions();
    let mut new = rules::versions_as_of(conn, revision)?;
    new.retain(|(id, version)| match gone.get(id) == Some(version) {
        true => {
            gone.remove(id);
            false
        }
        false => true,
    });
    let methods = methods::as_of(conn, revision)?.into_iter();
    Ok(RulebookChange {
        revision,
        mark: None,
        gone: gone.into_keys().collect(),
        fresh: rules::load_versions(conn, &new)?,
        methods: methods.map(|version| version.method).collect(),
        settings: settings::store::as_of(conn, revision)?,
    })
}
