//! A cache of accounts with sealed keys.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::account::SealedAccount;
use crate::ids::IntegrationId;

/// The cached accounts; clones share them. A user of an account must check, in its own write, that the integration
/// still has the version of the account.
#[derive(Clone, Default)]
pub struct KnownAccounts(Arc<Mutex<HashMap<IntegrationId, SealedAccount>>>);

impl KnownAccounts {
    /// The account as it was read last, if it was read.
    pub fn get(&self, id: IntegrationId) -> Option<SealedAccount> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }

    /// Stores an account that was just read.
    pub fn keep(&self, account: &SealedAccount) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(account.id, account.clone());
    }
}
