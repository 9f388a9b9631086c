//! The connection of a database thread, and the gate that limits attempts to open one.
//!
//! A broken connection is dropped, and the next task opens another. While the database is away, one thread at a time
//! tries, with a pause in between; the others return [`StoreError::Unavailable`] at once instead of waiting for the
//! connect time-out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;

use super::conn::{Conn, Purpose, Shared};
use super::outage::Outage;
use super::share::ConnectionClass;
use super::transaction::{self, Mode};
use super::{StoreError, Tx};

/// The pause after a failed attempt to connect.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Slot {
    conn: Option<Conn>,
    purpose: Purpose,
    class: ConnectionClass,
    shared: Arc<Shared>,
    gates: Arc<Gates>,
    /// Set by the connection when it must not be used again.
    unfit: Arc<AtomicBool>,
    /// The generation of the connection; see `Outages::generation`.
    generation: u64,
}

/// The gates that all threads of a store share.
#[derive(Default)]
pub(super) struct Gates {
    /// Limits attempts to open a connection.
    open: Gate,
    /// Limits attempts to write while the server takes no writes.
    write: Gate,
}

impl Slot {
    pub(super) fn new(
        shared: Arc<Shared>,
        purpose: Purpose,
        class: ConnectionClass,
        gates: Arc<Gates>,
    ) -> Self {
        Self {
            conn: None,
            purpose,
            class,
            shared,
            gates,
            unfit: Arc::default(),
            generation: 0,
        }
    }

    /// The connection; opens one if there is none that can be used.
    pub(super) fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if !self.shared.is_same_database() {
            self.conn = None;
            return Err(StoreError::Unavailable);
        }
        let generation = self.shared.outages.generation();
        let is_current = generation == self.generation;
        let kept = self
            .conn
            .take()
            .and_then(|mut conn| (is_current && !conn.was_closed()).then_some(conn));
        let conn = match kept {
            Some(conn) => conn,
            None => {
                self.unfit = Arc::default();
                self.generation = generation;
                let open = || {
                    let unfit = Arc::clone(&self.unfit);
                    self.shared.open(self.purpose, self.class, unfit)
                };
                self.gates.open.pass(open)?
            }
        };
        Ok(self.conn.insert(conn))
    }

    /// Drops a connection that is broken or unfit, or that has an open transaction. Returns true if there is no
    /// connection now.
    pub(super) fn drop_if_spent(&mut self) -> bool {
        if self.unfit.load(Ordering::Relaxed) {
            self.conn = None;
        }
        self.conn = self
            .conn
            .take()
            .and_then(|mut conn| (!conn.is_spent()).then_some(conn));
        self.conn.is_none()
    }

    /// Drops the connection: after a panic its state is unknown.
    pub(super) fn drop_conn(&mut self) {
        self.conn = None;
    }

    /// Whether the connection was lost during the last operation.
    fn is_lost(&mut self) -> bool {
        self.conn.as_mut().is_none_or(R2D2Connection::is_broken)
    }

    /// Runs a read, and repeats it on a new connection if the first one was lost during it.
    pub(super) fn read<T, E: From<StoreError>>(
        &mut self,
        read: impl Fn(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let first = read(self.conn()?);
        if first.is_err() && self.drop_if_spent() {
            let second = read(self.conn()?);
            // Whatever the error says, the cause is the lost connection.
            if second.is_err() && self.is_lost() {
                return Err(StoreError::Unavailable.into());
            }
            return second;
        }
        first
    }

    /// Runs a write in its own transaction. A connection that turns out to be lost before the work begins is replaced.
    pub(super) fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.guarded(|slot| {
            if let Err(error) = transaction::begin(slot.conn()?, Mode::Write) {
                if !slot.drop_if_spent() {
                    return Err(error.into());
                }
                transaction::begin(slot.conn()?, Mode::Write)?;
            }
            let conn = slot.conn.as_mut().ok_or(StoreError::Unavailable)?;
            let result = work(&mut Tx::new(conn));
            transaction::finish(conn, result)
        })
    }

    /// Runs one statement, which is a transaction by itself. If the connection is lost, the outcome of a sent statement
    /// is unknown, so it is not sent again.
    pub(super) fn write_one<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.guarded(|slot| work(&mut Tx::new(slot.conn()?)))
    }

    /// Runs a write and records whether the database takes writes. While it takes none, one thread at a time tries.
    fn guarded<T, E: From<StoreError>>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let gates = Arc::clone(&self.gates);
        let mut turn = gates.write.turn()?;
        // A panic says nothing about the server.
        turn.went_well = true;
        let result = write(self);
        let unfit = self.unfit.load(Ordering::Relaxed);
        turn.went_well = !unfit;
        drop(turn);
        match result {
            Ok(value) => {
                self.shared.outages.clear();
                Ok(value)
            }
            // Whatever the error says, the cause is the connection.
            Err(_) if unfit => Err(StoreError::Unavailable.into()),
            Err(_) if self.is_lost() => {
                if self.shared.is_same_database() {
                    self.shared.outages.note(Outage::Away);
                }
                Err(StoreError::Unavailable.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the last operation showed that this server takes no writes.
    pub(super) fn is_unfit(&self) -> bool {
        self.unfit.load(Ordering::Relaxed)
    }

    /// Records that a write to SQLite is on disk.
    pub(super) fn wrote(&self) {
        self.shared.outages.clear();
    }
}

/// Limits an operation that fails: one thread at a time may try, with a pause in between.
#[derive(Default)]
struct Gate(Mutex<Attempts>);

#[derive(Default)]
struct Attempts {
    failed_at: Option<Instant>,
    someone_tries: bool,
}

impl Gate {
    fn pass<T>(&self, open: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut turn = self.turn()?;
        let opened = open();
        turn.went_well = opened.is_ok();
        opened
    }

    /// Takes a turn; refused for a short time after a failure.
    fn turn(&self) -> Result<Turn<'_>, StoreError> {
        if !self.admits(Instant::now()) {
            return Err(StoreError::Unavailable);
        }
        Ok(Turn {
            gate: self,
            went_well: false,
        })
    }

    /// All threads may try while attempts succeed; after a failure one at a time.
    fn admits(&self, now: Instant) -> bool {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match attempts.failed_at {
            None => true,
            Some(at) if attempts.someone_tries || now < at + PAUSE => false,
            Some(_) => {
                attempts.someone_tries = true;
                true
            }
        }
    }

    fn report(&self, opened: bool, now: Instant) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *attempts = Attempts {
            failed_at: (!opened).then_some(now),
            someone_tries: false,
        };
    }
}

/// One attempt, which reports its outcome when it is dropped; a panic counts as a failure.
struct Turn<'a> {
    gate: &'a Gate,
    went_well: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.gate.report(self.went_well, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_the_database_is_away_one_tries_and_the_rest_are_refused_at_once() {
        let gate = Gate::default();
        let start = Instant::now();
        assert!(
            gate.admits(start) && gate.admits(start),
            "all may open while nothing failed"
        );
        gate.report(false, start);
        assert!(
            !gate.admits(start + PAUSE - Duration::from_millis(1)),
            "the pause is not over"
        );
        assert!(gate.admits(start + PAUSE), "then one may try");
        assert!(!gate.admits(start + PAUSE), "and no other beside it");
        gate.report(true, start + PAUSE);
        assert!(
            gate.admits(start + PAUSE) && gate.admits(start + PAUSE),
            "it is back"
        );
    }
}
