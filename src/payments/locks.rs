//! One lock per payment, so that the tasks of this process read a payment back one after the other.
//!
//! Several webhooks about one payment arrive at once. Without the locks each would read it back at the same time, and
//! all but one would find that the payment had changed meanwhile. The payment's version detects other processes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

use crate::ids::PaymentId;

/// The locks; clones share them.
#[derive(Clone, Default)]
pub struct PaymentLocks(Arc<Mutex<HashMap<PaymentId, Weak<tokio::sync::Mutex<()>>>>>);

impl PaymentLocks {
    /// Waits until no other task of this process holds the payment's lock.
    pub async fn lock(&self, payment: PaymentId) -> OwnedMutexGuard<()> {
        self.lock_of(payment).lock_owned().await
    }

    fn lock_of(&self, payment: PaymentId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(&payment).and_then(Weak::upgrade) {
            return lock;
        }
        // Drops unused locks, so that only payments that are being read back have one.
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        locks.insert(payment, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;

    #[tokio::test]
    async fn a_payment_has_one_lock_as_long_as_it_is_held_and_others_do_not_wait() {
        let now = "2026-03-01T12:00:00Z".parse().expect("a moment");
        let (one, other) = (ids::fresh(now), ids::fresh(now));
        let locks = PaymentLocks::default();
        let held = locks.lock(one).await;
        let second = locks.clone().lock_of(one);
        assert!(second.try_lock().is_err());
        drop(locks.lock(other).await);
        drop(held);
        assert!(second.try_lock().is_ok());
        drop(second);
        drop(locks.lock(other).await);
        assert_eq!(locks.0.lock().expect("the locks").len(), 1);
    }
}
