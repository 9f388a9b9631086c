//! Accounts as they were read last, their keys still sealed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::account::SealedAccount;
use crate::ids::IntegrationId;

/// The accounts; clones share them. Whoever uses one finds out, in the same write, whether its integration still has the
/// account's version.
#[derive(Clone, Default)]
pub struct KnownAccounts(Arc<Mutex<HashMap<IntegrationId, SealedAccount>>>);

impl KnownAccounts {
    /// An account as it was read last.
    pub fn get(&self, id: IntegrationId) -> Option<SealedAccount> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }

    /// Keeps an account that was read just now.
    pub fn keep(&self, account: &SealedAccount) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(account.id(), account.clone());
    }
}
