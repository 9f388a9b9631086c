//! The place a database thread keeps its connection in, and the gate all of them pass to open one.
//!
//! A connection that broke is dropped, and the next task opens another. While the database is away one thread at a time
//! tries, with a pause in between; the rest answer [`StoreError::Unavailable`] at once instead of each waiting for the
//! connect time-out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::conn::{self, Conn, Purpose};
use super::transaction::{self, Mode};
use super::{StoreError, StoreOptions, Tx};

/// How long after a failed attempt nobody tries again.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Slot {
    conn: Option<Conn>,
    options: Arc<StoreOptions>,
    purpose: Purpose,
    gate: Arc<Gate>,
}

impl Slot {
    pub(super) fn new(
        conn: Option<Conn>,
        options: Arc<StoreOptions>,
        purpose: Purpose,
        gate: Arc<Gate>,
    ) -> Self {
        Self {
            conn,
            options,
            purpose,
            gate,
        }
    }

    /// The connection, opened if there is none.
    pub(super) fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.gate.pass(|| conn::open(&self.options, self.purpose))?,
        };
        Ok(self.conn.insert(conn))
    }

    /// Gives up a connection that broke, or in which a transaction was left open. True when there is none now.
    pub(super) fn drop_if_spent(&mut self) -> bool {
        self.conn = self
            .conn
            .take()
            .and_then(|mut conn| (!conn.is_spent()).then_some(conn));
        self.conn.is_none()
    }

    /// Gives up the connection: after a panic nobody knows what state it is in.
    pub(super) fn drop_conn(&mut self) {
        self.conn = None;
    }

    /// Runs a read, once more on a new connection when the first was lost under it.
    pub(super) fn read<T, E: From<StoreError>>(
        &mut self,
        read: impl Fn(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let first = read(self.conn()?);
        if first.is_err() && self.drop_if_spent() {
            return read(self.conn()?);
        }
        first
    }

    /// Runs a write in a transaction of its own. A connection that turns out lost before the work began is replaced.
    pub(super) fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Err(error) = transaction::begin(self.conn()?, Mode::Write) {
            if !self.drop_if_spent() {
                return Err(error.into());
            }
            transaction::begin(self.conn()?, Mode::Write)?;
        }
        let conn = self.conn()?;
        let result = work(&mut Tx::new(conn));
        transaction::finish(conn, result)
    }
}

/// Lets threads open connections, one at a time and with a pause while that fails.
#[derive(Default)]
pub(super) struct Gate(Mutex<Attempts>);

#[derive(Default)]
struct Attempts {
    failed_at: Option<Instant>,
    someone_tries: bool,
}

impl Gate {
    fn pass<T>(&self, open: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if !self.admits(Instant::now()) {
            return Err(StoreError::Unavailable);
        }
        let opened = open();
        self.report(opened.is_ok(), Instant::now());
        opened
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
