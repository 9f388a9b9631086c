//! The place a database thread keeps its connection in, and the gate all of them pass to open one.
//!
//! A connection that broke is dropped, and the next task opens another. While the database is away one thread at a time
//! tries, with a pause in between; the rest answer [`StoreError::Unavailable`] at once instead of each waiting for the
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
    /// Of the connection; see `Outages::generation`.
    generation: u64,
}

/// What all threads of a store pass.
#[derive(Default)]
pub(super) struct Gates {
    /// To open a connection.
    open: Gate,
    /// To write, where the server takes no writes.
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

    /// The connection, opened if there is none that can be used.
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

    /// Gives up a connection that broke, that is unfit, or in which a transaction was left open. True when there is none now.
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

    /// Whether the connection was lost under what has just been done.
    fn is_lost(&mut self) -> bool {
        self.conn.as_mut().is_none_or(R2D2Connection::is_broken)
    }

    /// Runs a read, once more on a new connection when the first was lost under it.
    pub(super) fn read<T, E: From<StoreError>>(
        &mut self,
        read: impl Fn(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let first = read(self.conn()?);
        if first.is_err() && self.drop_if_spent() {
            let second = read(self.conn()?);
            // Whatever the error was taken for, the reason is the connection.
            if second.is_err() && self.is_lost() {
                return Err(StoreError::Unavailable.into());
            }
            return second;
        }
        first
    }

    /// Runs a write in a transaction of its own. A connection that turns out lost before the work began is replaced.
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

    /// Runs one statement, which is a transaction by itself. Nobody knows whether a statement that was sent on a connection
    /// that was lost then was done, so it is not sent twice.
    pub(super) fn write_one<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.guarded(|slot| work(&mut Tx::new(slot.conn()?)))
    }

    /// Notes whether the database takes writes. While it takes none, one thread at a time tries.
    fn guarded<T, E: From<StoreError>>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let gates = Arc::clone(&self.gates);
        let mut turn = gates.write.turn()?;
        // A panic says nothing of the server.
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
            // Whatever the error was taken for, the reason is the connection.
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

    /// Whether what was tried last shows that nothing can be written here.
    pub(super) fn is_unfit(&self) -> bool {
        self.unfit.load(Ordering::Relaxed)
    }

    /// What was written to SQLite is on disk.
    pub(super) fn wrote(&self) {
        self.shared.outages.clear();
    }
}

/// Lets threads try something, one at a time and with a pause while it fails.
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

    /// A turn to try; refused while others failed a moment ago.
    fn turn(&self) -> Result<Turn<'_>, StoreError> {
        if !self.admits(Instant::now()) {
            return Err(StoreError::Unavailable);
        }
        Ok(Turn {
            gate: self,
            went_well: false,
        })
    }

    /// Everyone may open while that goes well; afterwards one at a time.
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

/// Somebody who tries, and at its end says how that went; a panic went badly.
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
    fn while_the_database_is_away_one_tries_and_the_rest_are_told_at_once() {
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
