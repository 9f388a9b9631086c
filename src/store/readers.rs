//! Threads that hold one connection each and work off one queue. On SQLite they read; on PostgreSQL they also write, each
//! write in a transaction of its own.
//!
//! The driver blocks, so it gets threads of its own instead of a place among the async workers. A task that panics costs
//! its connection and nothing else.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::StoreError;
use super::slot::Slot;

type Task = Box<dyn FnOnce(&mut Slot) + Send>;

/// The queue and its threads. Dropping it lets the threads finish what is queued and end.
pub(super) struct Readers {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    capacity: usize,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    busy: usize,
    closed: bool,
}

impl Readers {
    /// Starts a thread for each slot, with at most `capacity` tasks waiting for them.
    pub(super) fn start(slots: Vec<Slot>, capacity: usize) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            capacity,
        });
        let readers = Self {
            shared,
            threads: Mutex::default(),
        };
        for (number, slot) in slots.into_iter().enumerate() {
            let shared = Arc::clone(&readers.shared);
            let thread = std::thread::Builder::new()
                .name(format!("database-{number}"))
                .spawn(move || shared.work(slot))
                .map_err(StoreError::broken)?;
            readers
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(thread);
        }
        Ok(readers)
    }

    /// Queues a task, or says why not: too many wait, or the store is closed.
    pub(super) fn submit(&self, task: Task) -> Result<(), StoreError> {
        let mut queue = self.shared.lock();
        if queue.closed {
            return Err(StoreError::Closed);
        }
        if queue.tasks.len() >= self.shared.capacity {
            return Err(StoreError::Busy);
        }
        queue.tasks.push_back(task);
        drop(queue);
        self.shared.arrived.notify_one();
        Ok(())
    }

    /// Tasks that wait, and threads at work.
    pub(super) fn load(&self) -> (usize, usize) {
        let queue = self.shared.lock();
        (queue.tasks.len(), queue.busy)
    }

    /// Accepts nothing more; hands back the threads, which end once the queue is empty.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_all();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// No task runs under this lock, so a poisoned one holds nothing half done.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, mut slot: Slot) {
        while let Some(task) = self.next() {
            if catch_unwind(AssertUnwindSafe(|| task(&mut slot))).is_err() {
                tracing::error!("a database task panicked");
                slot.drop_conn();
            } else {
                slot.drop_if_spent();
            }
            self.lock().busy -= 1;
        }
    }

    /// The next task, waiting for one; `None` once closed and empty.
    fn next(&self) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.tasks.pop_front() {
                queue.busy += 1;
                return Some(task);
            }
            if queue.closed {
                return None;
            }
            queue = self
                .arrived
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
