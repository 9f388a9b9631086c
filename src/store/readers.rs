//! Threads with one connection each that serve one queue. On SQLite they read; on PostgreSQL they also write, each
//! write in its own transaction.
//!
//! No topic holds all threads, so tasks that wait for a lock or a slow query do not block other topics.
//!
//! The thread that became idle last gets the next task, so that no more threads connect than are needed: a connection
//! takes half a megabyte here, and a process on a PostgreSQL server.
//!
//! The driver blocks, so it has separate threads instead of async workers. A task that panics costs only its
//! connection.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};

use super::StoreError;
use super::share::most_of;
use super::slot::Slot;

type Task = Box<dyn FnOnce(&mut Slot) + Send>;

/// The queue and its threads. When it is dropped, the threads finish the queued tasks and end.
pub(super) struct Readers {
    shared: Arc<ReadersInner>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct ReadersInner {
    queue: Mutex<TaskQueue>,
    /// The maximum numbers of waiting tasks: in all, and of one topic.
    capacity: usize,
    capacity_of_topic: usize,
    threads: usize,
    /// The maximum number of threads that one topic may hold.
    most_of_topic: usize,
}

#[derive(Default)]
struct TaskQueue {
    tasks: VecDeque<(&'static str, Task)>,
    waiting: HashMap<&'static str, usize>,
    /// The number of busy threads by topic.
    busy: HashMap<&'static str, usize>,
    /// The idle threads; the last one became idle most recently.
    idle: Vec<Thread>,
    closed: bool,
}

impl TaskQueue {
    /// Takes the first task whose topic may use another thread.
    fn take(&mut self, most_of_topic: usize) -> Option<(&'static str, Task)> {
        let busy = &self.busy;
        let may = |(topic, _): &(&'static str, Task)| {
            busy.get(topic).copied().unwrap_or_default() < most_of_topic
        };
        let place = self.tasks.iter().position(may)?;
        let (topic, task) = self.tasks.remove(place)?;
        *self.busy.entry(topic).or_default() += 1;
        lower(&mut self.waiting, topic);
        Some((topic, task))
    }

    fn wake_all(&mut self) {
        self.idle.drain(..).for_each(|thread| thread.unpark());
    }
}

fn lower(counts: &mut HashMap<&'static str, usize>, topic: &'static str) {
    if let Some(count) = counts.get_mut(topic) {
        *count = count.saturating_sub(1);
    }
}

impl Readers {
    /// Starts a thread for each slot. At most `capacity` tasks may wait, at most half of them of one topic.
    pub(super) fn start(slots: Vec<Slot>, capacity: usize) -> Result<Self, StoreError> {
        let shared = Arc::new(ReadersInner {
            queue: Mutex::default(),
            capacity,
            capacity_of_topic: (capacity / 2).max(1),
            threads: slots.len(),
            most_of_topic: most_of(slots.len()),
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

    /// Queues a task. Fails if too many tasks wait, or if the store is closed.
    pub(super) fn submit(&self, topic: &'static str, task: Task) -> Result<(), StoreError> {
        let mut queue = self.shared.lock();
        if queue.closed {
            return Err(StoreError::Closed);
        }
        let waiting = queue.waiting.get(topic).copied().unwrap_or_default();
        if queue.tasks.len() >= self.shared.capacity || waiting >= self.shared.capacity_of_topic {
            return Err(StoreError::Busy);
        }
        *queue.waiting.entry(topic).or_default() += 1;
        queue.tasks.push_back((topic, task));
        let idle = queue.idle.pop();
        drop(queue);
        if let Some(thread) = idle {
            thread.unpark();
        }
        Ok(())
    }

    /// The numbers of waiting tasks, busy threads, and threads.
    pub(super) fn load(&self) -> (usize, usize, usize) {
        let queue = self.shared.lock();
        let busy = queue.busy.values().sum();
        (queue.tasks.len(), busy, self.shared.threads)
    }

    /// Accepts no more tasks; returns the threads, which end once the queue is empty.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.wake_all();
        drop(queue);
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.close();
    }
}

impl ReadersInner {
    /// No task runs under this lock, so a poisoned lock leaves the queue consistent.
    fn lock(&self) -> MutexGuard<'_, TaskQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, mut slot: Slot) {
        while let Some((topic, task)) = self.next() {
            if catch_unwind(AssertUnwindSafe(|| task(&mut slot))).is_err() {
                tracing::error!("a database task panicked");
                slot.drop_conn();
            } else {
                slot.drop_if_spent();
            }
            // A task of this topic may have waited for this thread to finish; the next call of `next` finds it.
            lower(&mut self.lock().busy, topic);
        }
    }

    /// Waits for the next task; `None` once the queue is closed and empty.
    fn next(&self) -> Option<(&'static str, Task)> {
        let this = thread::current();
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.take(self.most_of_topic) {
                return Some(task);
            }
            if queue.closed && queue.tasks.is_empty() {
                // Threads that woke before the last task was taken may be idle again.
                queue.wake_all();
                return None;
            }
            queue.idle.push(this.clone());
            drop(queue);
            thread::park();
            queue = self.lock();
            // After a spurious wake-up the thread is still in the list; the one that wakes it removes it.
            queue.idle.retain(|thread| thread.id() != this.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::mpsc;

    use super::super::StoreOptions;
    use super::super::conn::{Purpose, Shared as Connections};
    use super::super::share::ConnectionClass;
    use super::*;

    const THREADS: usize = 4;

    /// Threads whose tasks need no connection.
    fn started() -> Readers {
        let url = "never-opened.db".parse().expect("a path");
        let shared = Arc::new(Connections::new(StoreOptions::new(url)));
        let slot = |_| {
            let shared = Arc::clone(&shared);
            Slot::new(
                shared,
                Purpose::Reading,
                ConnectionClass::Requests,
                Arc::default(),
            )
        };
        Readers::start((0..THREADS).map(slot).collect(), 64).expect("threads")
    }

    fn wait_until_idle(readers: &Readers) {
        while readers.shared.lock().idle.len() < THREADS {
            thread::yield_now();
        }
    }

    #[test]
    fn tasks_that_come_one_after_another_run_on_one_thread() {
        let readers = started();
        let (sender, ran) = mpsc::channel();
        let mut threads = HashSet::new();
        for _ in 0..50 {
            wait_until_idle(&readers);
            let sender = sender.clone();
            let task = move |_: &mut Slot| {
                sender.send(thread::current().id()).expect("a receiver");
            };
            readers.submit("topic", Box::new(task)).expect("room");
            threads.insert(ran.recv().expect("the task runs"));
        }
        assert_eq!(threads.len(), 1);
    }

    #[test]
    fn what_waits_is_done_and_every_thread_ends_when_it_closes() {
        let readers = started();
        wait_until_idle(&readers);
        let (sender, ran) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        // One more task than a topic may run: the last one waits although a thread is idle.
        for number in 0..THREADS {
            let (sender, gate) = (sender.clone(), Arc::clone(&gate));
            let task = move |_: &mut Slot| {
                let _ = gate.lock().expect("not poisoned").recv();
                sender.send(number).expect("a receiver");
            };
            readers.submit("topic", Box::new(task)).expect("room");
        }
        let threads = readers.close();
        drop(open);
        for thread in threads {
            thread.join().expect("it ends");
        }
        drop(sender);
        assert_eq!(ran.iter().collect::<HashSet<_>>().len(), THREADS);
    }
}
