//! SQLite's single writer: runs all waiting work in one transaction, commits once, and then answers.
//!
//! The sync to disk is the main cost of a durable write; many writes share one here. Each unit of work runs in a
//! savepoint and under a panic guard, so a failing unit leaves the others unharmed. If the commit itself fails, all
//! units fail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::slot::Slot;
use super::transaction::{self, Mode};
use super::{Conn, StoreError, Tx};
use crate::error_chain;

/// The maximum number of units in one commit. More would not be faster, and the first would wait longer.
const MAX_BATCH: usize = 256;

/// The transaction depth outside of a unit's savepoint: the transaction of the batch.
const BATCH_DEPTH: u32 = 1;

pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Unit>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. At most `capacity` units may wait.
    pub(super) fn start(slot: Slot, capacity: usize) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(capacity);
        let thread = std::thread::Builder::new()
            .name("database-writer".to_owned())
            .spawn(move || write_batches(slot, receiver))
            .map_err(StoreError::broken)?;
        Ok(Self {
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues a unit of work; the receiver gets the result after the commit.
    pub(super) fn submit<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>, StoreError>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, receiver) = oneshot::channel();
        let unit = Box::new(Work {
            work: Some(work),
            result: None,
            reply,
        });
        match self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            None => Err(StoreError::Closed),
            Some(queue) => match queue.try_send(unit) {
                Ok(()) => Ok(receiver),
                Err(mpsc::error::TrySendError::Full(_)) => Err(StoreError::Busy),
                Err(mpsc::error::TrySendError::Closed(_)) => Err(StoreError::Closed),
            },
        }
    }

    /// The number of waiting units.
    pub(super) fn waiting(&self) -> usize {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue
            .as_ref()
            .map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Accepts no more units; returns the thread, which ends once all queued units are committed.
    pub(super) fn close(&self) -> Option<JoinHandle<()>> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// The work of one caller, with its types erased.
trait Unit: Send {
    /// Does the work and stores its result. Returns true if its changes may be committed.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Sends the result to the caller after the end of the batch.
    fn settle(self: Box<Self>, end: End);
}

struct Work<T, E, F> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Unit for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        self.result = self.work.take().map(|work| work(tx));
        matches!(self.result, Some(Ok(_)))
    }

    fn settle(self: Box<Self>, end: End) {
        let answer = match (self.result, end) {
            // An error of the unit itself is more specific, unless it may be a consequence of the failed batch.
            (Some(Err(error)), End::Committed | End::Busy) => Err(error),
            (Some(Ok(value)), End::Committed) => Ok(value),
            (None, End::Committed) => Err(StoreError::broken("a unit of work panicked").into()),
            (_, End::Busy) => Err(StoreError::Busy.into()),
            (_, End::Lost) => Err(StoreError::Unavailable.into()),
        };
        // The caller may have gone away.
        let _ = self.reply.send(answer);
    }
}

/// How a batch ended.
#[derive(Clone, Copy)]
enum End {
    Committed,
    /// Another process holds the file; no unit was run.
    Busy,
    /// No unit was committed.
    Lost,
}

fn write_batches(mut slot: Slot, mut queue: mpsc::Receiver<Box<dyn Unit>>) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while queue.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
        let mut end = slot
            .conn()
            .map_or(End::Lost, |conn| write_batch(conn, &mut batch));
        if slot.is_unfit() {
            end = End::Lost;
        }
        slot.drop_if_spent();
        if matches!(end, End::Committed) {
            slot.wrote();
        }
        batch.drain(..).for_each(|unit| unit.settle(end));
    }
}

fn write_batch(conn: &mut Conn, batch: &mut [Box<dyn Unit>]) -> End {
    match transaction::begin(conn, Mode::Write) {
        Ok(()) => {}
        Err(StoreError::Busy) => return End::Busy,
        Err(error) => {
            let error = error_chain::chain(&error);
            tracing::error!(error, "a batch of writes could not begin");
            return End::Lost;
        }
    }
    let done = batch
        .iter_mut()
        .try_for_each(|unit| run_guarded(conn, unit.as_mut()));
    match transaction::finish(conn, done) {
        Ok(()) => End::Committed,
        Err(error) => {
            let error = error_chain::chain(&error);
            tracing::error!(
                error,
                units = batch.len(),
                "a batch of writes could not be committed"
            );
            End::Lost
        }
    }
}

/// Runs one unit in its savepoint. An error means that the savepoint could be neither kept nor undone (on a full disk
/// SQLite ends the whole transaction): the batch is lost, and no other unit may run outside of it.
fn run_guarded(conn: &mut Conn, unit: &mut dyn Unit) -> Result<(), StoreError> {
    transaction::begin_savepoint(conn)?;
    let keep =
        catch_unwind(AssertUnwindSafe(|| unit.run(&mut Tx::new(conn)))).unwrap_or_else(|_| {
            tracing::error!("a unit of work panicked");
            false
        });
    if keep {
        transaction::release_savepoint(conn)
    } else {
        transaction::roll_back_to(conn, BATCH_DEPTH)
    }
}
