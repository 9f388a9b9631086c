//! The reads of buyers' credit that are running.

use std::collections::HashMap;

use tokio::task;

use super::entry::CreditKey;

/// The newest running read of each buyer, with the task that does it.
#[derive(Debug)]
pub struct RunningReads<R>(HashMap<CreditKey, (task::Id, R)>);

impl<R> Default for RunningReads<R> {
    fn default() -> Self {
        RunningReads(HashMap::new())
    }
}

impl<R: Clone> RunningReads<R> {
    /// The read to share.
    pub fn get(&self, key: &CreditKey) -> Option<R> {
        self.0.get(key).map(|(_, read)| read.clone())
    }

    /// Shares a read from now on.
    pub fn share(&mut self, key: CreditKey, task: task::Id, read: R) {
        self.0.insert(key, (task, read));
    }

    /// Stops sharing the current read. It continues for the callers that wait for it.
    pub fn part_with(&mut self, key: &CreditKey) {
        self.0.remove(key);
    }

    /// The read of a task has ended. A later read, which may have replaced it, is still shared.
    pub fn end(&mut self, key: &CreditKey, task: task::Id) {
        if self.0.get(key).is_some_and(|(of, _)| *of == task) {
            self.0.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{ids, privacy::EmailKey};

    #[tokio::test]
    async fn the_end_of_a_read_leaves_the_one_that_replaced_it() {
        let email = "ann@acme.example".parse().expect("an address");
        let key = CreditKey {
            integration: ids::fresh(DateTime::UNIX_EPOCH),
            email: EmailKey::of_bytes(&[7; 32]).hash(&email),
        };
        let (first, second) = (tokio::spawn(async {}), tokio::spawn(async {}));
        let mut reads = RunningReads::default();
        reads.share(key.clone(), first.id(), "first");
        reads.part_with(&key);
        assert_eq!(reads.get(&key), None);
        reads.share(key.clone(), second.id(), "second");
        reads.end(&key, first.id());
        assert_eq!(reads.get(&key), Some("second"));
        reads.end(&key, second.id());
        assert_eq!(reads.get(&key), None);
    }
}
