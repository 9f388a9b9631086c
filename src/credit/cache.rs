//! The in-memory cache of credit entries, the only source that checkout reads.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use diesel::{Insertable, Queryable, Selectable};

use super::entry::{CreditEntry, CreditKey};
use crate::{ids::IntegrationId, privacy::EmailHash, store::schema::credit_changes};

const SHARDS: usize = 16;
/// The maximum number of entries in a shard; a full shard is cleared. A shop has fewer buyers at the same time.
const MOST_IN_A_SHARD: usize = 8192;
/// The number of changes that are remembered to detect that a value just read from the database is outdated already.
const MOST_CHANGES: usize = 1024;

/// What this process knows of a buyer's credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownCredit {
    Entry(Arc<CreditEntry>),
    /// The database has no entry either.
    Nothing,
}

/// A change of entries, as the log of changes has it.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = credit_changes, treat_none_as_default_value = false)]
pub struct CreditChange {
    pub number: i64,
    #[diesel(column_name = integration_id)]
    pub integration: IntegrationId,
    #[diesel(column_name = email_hash)]
    pub email: Option<EmailHash>,
    /// The account whose entries changed; the empty text stands for entries without an account.
    #[diesel(column_name = account_id)]
    pub account: Option<String>,
}

/// The entries of this process.
#[derive(Debug)]
pub struct CreditCache {
    shards: Vec<RwLock<HashMap<CreditKey, KnownCredit>>>,
    hasher: RandomState,
    seen: Mutex<AppliedChanges>,
}

/// The changes that were applied to this cache.
#[derive(Debug, Default)]
struct AppliedChanges {
    last: i64,
    recent: VecDeque<CreditChange>,
}

impl Default for CreditCache {
    fn default() -> Self {
        CreditCache {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            seen: Mutex::default(),
        }
    }
}

impl CreditChange {
    /// Whether the change is about a buyer's entry, or about there being none.
    pub fn concerns(&self, key: &CreditKey, entry: Option<&CreditEntry>) -> bool {
        if self.integration != key.integration {
            return false;
        }
        match (&self.email, &self.account, entry) {
            (Some(email), _, _) => *email == key.email,
            (None, Some(account), Some(entry)) => entry.tells_of(account),
            // A change of an account only removes entries, so the absence of an entry remains valid.
            (None, Some(_), None) => false,
            (None, None, _) => true,
        }
    }

    /// Whether the change makes a cached value outdated.
    fn outdates(&self, key: &CreditKey, known: &KnownCredit) -> bool {
        let entry = match known {
            KnownCredit::Entry(entry) => Some(&**entry),
            KnownCredit::Nothing => None,
        };
        let is_newer = entry.is_none_or(|entry| entry.number < self.number);
        is_newer && self.concerns(key, entry)
    }
}

impl CreditCache {
    /// The cached entry of a buyer; `None` if the database has to be read.
    pub fn get(&self, key: &CreditKey) -> Option<KnownCredit> {
        let shard = self.shard(key).read();
        shard
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    /// The number of the last change that was applied to this cache.
    pub fn last_change(&self) -> i64 {
        self.seen().last
    }

    /// Caches a value that was read from the database when `as_of` was the last change. False if a later change may
    /// have made it outdated; then it has to be read again.
    pub fn insert(&self, key: CreditKey, known: KnownCredit, as_of: i64) -> bool {
        let seen = self.seen();
        // A change that is no longer remembered may concern the value.
        let oldest = seen
            .recent
            .front()
            .map_or(seen.last + 1, |change| change.number);
        let is_remembered = oldest <= as_of + 1;
        let later = |change: &&CreditChange| change.number > as_of;
        let mut later = seen.recent.iter().filter(later);
        if !is_remembered || later.any(|change| change.outdates(&key, &known)) {
            return false;
        }
        let shard = self.shard(&key).write();
        let mut shard = shard.unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= MOST_IN_A_SHARD {
            shard.clear();
        }
        shard.insert(key, known);
        true
    }

    /// Applies changes in order; `last` is the number of the newest change in the database.
    pub fn apply(&self, changes: Vec<CreditChange>, last: i64) {
        let mut seen = self.seen();
        for change in changes {
            if change.number <= seen.last {
                continue;
            }
            self.forget(|key, known| change.outdates(key, known));
            if seen.recent.len() >= MOST_CHANGES {
                seen.recent.pop_front();
            }
            seen.recent.push_back(change);
        }
        seen.last = seen.last.max(last);
    }

    /// Clears the cache, because changes may have been missed.
    pub fn clear(&self, last: i64) {
        let mut seen = self.seen();
        self.forget(|_, _| true);
        seen.recent.clear();
        seen.last = last;
    }

    fn forget(&self, is_outdated: impl Fn(&CreditKey, &KnownCredit) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|key, known| !is_outdated(key, known));
        }
    }

    fn shard(&self, key: &CreditKey) -> &RwLock<HashMap<CreditKey, KnownCredit>> {
        let hash = self.hasher.hash_one(key) as usize;
        &self.shards[hash % SHARDS]
    }

    fn seen(&self) -> MutexGuard<'_, AppliedChanges> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{credit::entry::CreditAccount, ids, privacy::EmailKey};

    fn key(integration: IntegrationId, email: &str) -> CreditKey {
        let email = email.parse().expect("an address");
        CreditKey {
            integration,
            email: EmailKey::of_bytes(&[7; 32]).hash(&email),
        }
    }

    fn entry(number: i64, accounts: &[&str]) -> KnownCredit {
        let account = |id: &&str| CreditAccount {
            id: (*id).to_owned(),
            name: None,
            status: None,
            disabled_at: None,
            terms: None,
            currency: None,
            limit: None,
            used: None,
            available: None,
        };
        KnownCredit::Entry(Arc::new(CreditEntry {
            accounts: accounts.iter().map(account).collect(),
            read_at: DateTime::UNIX_EPOCH,
            number,
        }))
    }

    fn change(number: i64, of: &CreditKey, email: bool, account: Option<&str>) -> CreditChange {
        CreditChange {
            number,
            integration: of.integration,
            email: email.then(|| of.email.clone()),
            account: account.map(str::to_owned),
        }
    }

    #[test]
    fn a_change_drops_what_it_is_about_and_what_is_older() {
        let here: IntegrationId = ids::fresh(DateTime::UNIX_EPOCH);
        let elsewhere: IntegrationId = ids::fresh(DateTime::UNIX_EPOCH);
        let ann = key(here, "ann@acme.example");
        for (known, what, stays) in [
            (entry(1, &["c1"]), change(2, &ann, true, None), false),
            (entry(2, &["c1"]), change(2, &ann, true, None), true),
            (entry(3, &["c1"]), change(2, &ann, true, None), true),
            (
                entry(1, &["c1"]),
                change(2, &key(here, "bob@acme.example"), true, None),
                true,
            ),
            (
                entry(1, &["c1", "c2"]),
                change(2, &ann, false, Some("c2")),
                false,
            ),
            (entry(1, &["c1"]), change(2, &ann, false, Some("c2")), true),
            (entry(1, &[]), change(2, &ann, false, Some("")), false),
            (entry(1, &["c1"]), change(2, &ann, false, Some("")), true),
            (entry(1, &["c1"]), change(2, &ann, false, None), false),
            (
                entry(1, &["c1"]),
                change(2, &key(elsewhere, "x@y.example"), false, None),
                true,
            ),
            (KnownCredit::Nothing, change(2, &ann, true, None), false),
            (
                KnownCredit::Nothing,
                change(2, &ann, false, Some("c1")),
                true,
            ),
        ] {
            let cache = CreditCache::default();
            assert!(cache.insert(ann.clone(), known.clone(), 0));
            cache.apply(vec![what.clone()], 2);
            assert_eq!(cache.get(&ann).is_some(), stays, "{known:?} {what:?}");
            assert_eq!(cache.last_change(), 2);
            // A value that was read before the change is not cached after it.
            let late = CreditCache::default();
            late.apply(
                vec![change(1, &key(elsewhere, "x@y.example"), true, None)],
                1,
            );
            late.apply(vec![what.clone()], 2);
            assert_eq!(
                late.insert(ann.clone(), known.clone(), 1),
                stays,
                "{known:?} {what:?}"
            );
        }
    }

    #[test]
    fn changes_that_are_not_remembered_may_have_been_about_anything() {
        let here: IntegrationId = ids::fresh(DateTime::UNIX_EPOCH);
        let ann = key(here, "ann@acme.example");
        let cache = CreditCache::default();
        cache.clear(10);
        for as_of in [5, 9] {
            assert!(!cache.insert(ann.clone(), entry(as_of, &["c1"]), as_of));
        }
        assert!(cache.insert(ann.clone(), entry(5, &["c1"]), 10));
        cache.clear(11);
        assert_eq!(cache.get(&ann), None);
    }
}
