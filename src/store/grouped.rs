//! Rows that many callers write at the same time. On PostgreSQL one statement writes all waiting rows, so that they
//! share one commit, the main cost of a durable write; each caller gets its answer after the commit. SQLite's writer
//! already shares commits.

use std::collections::VecDeque;
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::slot::Slot;
use super::{Backend, Store, StoreError, Tx, answer};

/// The maximum number of rows of one statement. More rows gain little speed and delay the first row.
const MAX_BATCH: usize = 64;
/// The maximum number of concurrent batches: while one waits for its commit, another is prepared.
const MAX_LANES: usize = 2;
/// The maximum number of waiting rows.
const MAX_WAITING: usize = 4096;

/// Writes rows, and returns one result for each row, in order.
type BatchStatement<R, T> = fn(&mut Tx<'_>, &[R]) -> Result<Vec<T>, StoreError>;

/// One kind of row, with the statement that writes any number of them.
pub struct Grouped<R, T> {
    store: Store,
    statement: BatchStatement<R, T>,
    queue: Arc<RowQueue<R, T>>,
}

type ReplySender<T> = oneshot::Sender<Result<T, StoreError>>;

/// The waiting rows.
struct RowQueue<R, T>(Mutex<RowQueueState<R, T>>);

struct RowQueueState<R, T> {
    waiting: VecDeque<(R, ReplySender<T>)>,
    lanes: usize,
}

impl<R, T> Grouped<R, T>
where
    R: Send + 'static,
    T: Send + 'static,
{
    /// `statement` must be exactly one statement, as for [`Store::write_one`].
    pub fn new(store: Store, statement: BatchStatement<R, T>) -> Self {
        let state = RowQueueState {
            waiting: VecDeque::new(),
            lanes: 0,
        };
        Grouped {
            store,
            statement,
            queue: Arc::new(RowQueue(Mutex::new(state))),
        }
    }

    /// Writes a row; returns when it is on disk. If its batch fails because of one row, each row is written again by
    /// itself.
    ///
    /// Errors are those of [`Store::write_one`].
    pub async fn write(&self, row: R) -> Result<T, StoreError> {
        let statement = self.statement;
        if self.store.backend() == Backend::Sqlite {
            let alone = move |tx: &mut Tx<'_>| only(statement(tx, slice::from_ref(&row))?);
            return self.store.write_one(alone).await;
        }
        let (reply, receiver) = oneshot::channel();
        if self.queue.push(row, reply)? {
            let queue = Arc::clone(&self.queue);
            let began = self
                .store
                .start(move |slot| Lane::open(queue).run(slot, statement));
            if let Err(error) = began {
                self.queue.give_back_lane(&error);
            }
        }
        answer(receiver).await
    }
}

/// A statement for one row has one result.
fn only<T>(results: Vec<T>) -> Result<T, StoreError> {
    let first = results.into_iter().next();
    first.ok_or_else(|| StoreError::broken("a statement has no result for its row"))
}

impl<R, T> RowQueue<R, T> {
    /// No row is written under this lock, so a poisoned one holds nothing half done.
    fn lock(&self) -> MutexGuard<'_, RowQueueState<R, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a row. Returns true if the caller must open another lane for it.
    fn push(&self, row: R, reply: ReplySender<T>) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if state.waiting.len() >= MAX_WAITING {
            return Err(StoreError::Busy);
        }
        state.waiting.push_back((row, reply));
        let opens = state.lanes < MAX_LANES;
        state.lanes += usize::from(opens);
        Ok(opens)
    }

    /// A lane could not begin. Another one writes what waits, also the row that it was for; where there is none, `error` is the
    /// answer to all of it.
    fn give_back_lane(&self, error: &StoreError) {
        let mut state = self.lock();
        state.lanes -= 1;
        if state.lanes == 0 {
            let error = of_all_rows(error).unwrap_or(|| StoreError::Busy);
            for (_, reply) in state.waiting.drain(..) {
                // A caller that went away does not mind.
                let _ = reply.send(Err(error()));
            }
        }
    }
}

/// The work of one thread: batch after batch, until no row waits.
struct Lane<R, T> {
    queue: Arc<RowQueue<R, T>>,
    is_open: bool,
}

impl<R, T> Lane<R, T> {
    fn open(queue: Arc<RowQueue<R, T>>) -> Self {
        Lane {
            queue,
            is_open: true,
        }
    }

    fn run(mut self, slot: &mut Slot, statement: BatchStatement<R, T>) {
        while let Some((rows, replies)) = self.next() {
            write_batch(slot, statement, &rows, replies);
        }
    }

    /// The next batch; `None` closes the lane. Rows whose caller has gone away are skipped.
    fn next(&mut self) -> Option<(Vec<R>, Vec<ReplySender<T>>)> {
        let mut state = self.queue.lock();
        state.waiting.retain(|(_, reply)| !reply.is_closed());
        if state.waiting.is_empty() {
            state.lanes -= 1;
            self.is_open = false;
            return None;
        }
        let size = state.waiting.len().min(MAX_BATCH);
        Some(state.waiting.drain(..size).unzip())
    }
}

impl<R, T> Drop for Lane<R, T> {
    /// A lane that panicked must leave no row waiting: their callers get an error.
    fn drop(&mut self) {
        if self.is_open {
            let mut state = self.queue.lock();
            state.lanes -= 1;
            if state.lanes == 0 {
                state.waiting.clear();
            }
        }
    }
}

fn write_batch<R, T>(
    slot: &mut Slot,
    statement: BatchStatement<R, T>,
    rows: &[R],
    replies: Vec<ReplySender<T>>,
) {
    match slot.write_one(|tx| statement(tx, rows)) {
        Ok(results) => {
            for (reply, result) in replies.into_iter().zip(results) {
                // The caller may have gone away.
                let _ = reply.send(Ok(result));
            }
        }
        Err(error) if rows.len() == 1 => {
            if let Some(reply) = replies.into_iter().next() {
                let _ = reply.send(Err(error));
            }
        }
        Err(error) => match of_all_rows(&error) {
            Some(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error()));
                }
            }
            // One of the rows caused the error.
            None => {
                for (row, reply) in rows.iter().zip(replies) {
                    let row = slice::from_ref(row);
                    let _ = reply.send(slot.write_one(|tx| only(statement(tx, row)?)));
                }
            }
        },
    }
}

/// Repeats the error for all rows if each single row would fail in the same way, or if the statement may have been
/// executed.
fn of_all_rows(error: &StoreError) -> Option<fn() -> StoreError> {
    match error {
        StoreError::Busy => Some(|| StoreError::Busy),
        StoreError::Unavailable => Some(|| StoreError::Unavailable),
        StoreError::Closed => Some(|| StoreError::Closed),
        StoreError::Conflict { .. }
        | StoreError::Reference
        | StoreError::NotFound
        | StoreError::Broken(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answer = oneshot::Receiver<Result<u8, StoreError>>;

    /// Queues rows, and tells for which of them a lane was opened.
    fn queue(rows: &[u8]) -> (Arc<RowQueue<u8, u8>>, Vec<Answer>, Vec<bool>) {
        let state = RowQueueState {
            waiting: VecDeque::new(),
            lanes: 0,
        };
        let queue = Arc::new(RowQueue(Mutex::new(state)));
        let push = |row: &u8| {
            let (reply, answer) = oneshot::channel();
            (answer, queue.push(*row, reply).expect("there is room"))
        };
        let (answers, opened) = rows.iter().map(push).unzip();
        (queue, answers, opened)
    }

    #[test]
    fn a_row_whose_lane_cannot_begin_is_written_by_another_lane() {
        let (queue, mut answers, opened) = queue(&[1, 2]);
        assert_eq!(opened, [true, true]);
        let mut other = Lane::open(Arc::clone(&queue));
        let (rows, replies) = other.next().expect("rows");
        queue.give_back_lane(&StoreError::Busy);
        assert_eq!(rows, [1, 2]);
        for (row, reply) in rows.into_iter().zip(replies) {
            reply.send(Ok(row)).expect("somebody waits");
        }
        let told = answers.iter_mut().map(|it| it.try_recv().expect("told"));
        let told: Vec<_> = told.map(|it| it.expect("written")).collect();
        assert_eq!(told, [1, 2]);
        assert!(other.next().is_none() && queue.lock().lanes == 0);
    }

    #[test]
    fn rows_without_any_lane_get_the_reason() {
        for (reason, expected) in [
            (StoreError::Busy, "the database is busy"),
            (StoreError::Closed, "the store is closed"),
        ] {
            let (queue, mut answers, opened) = queue(&[1, 2, 3]);
            assert_eq!(opened, [true, true, false]);
            queue.give_back_lane(&reason);
            assert!(answers.iter_mut().all(|it| it.try_recv().is_err()));
            queue.give_back_lane(&reason);
            for answer in &mut answers {
                let told = answer.try_recv().expect("told").expect_err("not written");
                assert_eq!(told.to_string(), expected);
            }
            assert_eq!(queue.lock().lanes, 0);
        }
    }
}
