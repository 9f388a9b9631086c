//! Observes every statement of one connection. An error that only another server, or another state of this one, can
//! resolve makes the connection unfit.
//!
//! Diesel passes the error to the instrumentation before a use case translates it, so no use case can hide it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::outage::{Outage, Outages};

/// Receives the text of a statement, as Diesel prints it.
type Observer = Box<dyn Fn(&str) + Send + Sync>;

/// The observers of the statements of one store; for tests that look at plans or count statements.
#[derive(Default)]
pub(super) struct Statements {
    sent: OnceLock<Observer>,
    kept: OnceLock<Observer>,
}

impl Statements {
    /// Passes every further statement to the observer. Returns false if there already is one.
    pub(super) fn observe(&self, observer: impl Fn(&str) + Send + Sync + 'static) -> bool {
        self.sent.set(Box::new(observer)).is_ok()
    }

    /// Passes every statement that a connection caches to the observer. Returns false if there already is one.
    pub(super) fn observe_kept(&self, observer: impl Fn(&str) + Send + Sync + 'static) -> bool {
        self.kept.set(Box::new(observer)).is_ok()
    }
}

/// The instrumentation of one connection.
pub(super) struct Watch {
    pub(super) outages: Arc<Outages>,
    pub(super) statements: Arc<Statements>,
    /// Whether the connection may write.
    pub(super) writes: bool,
    /// Set when this connection must not be used again.
    pub(super) unfit: Arc<AtomicBool>,
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                if let Some(observe) = self.statements.sent.get() {
                    observe(&query.to_string());
                }
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                if let Some(observe) = self.statements.kept.get() {
                    observe(sql);
                }
            }
            InstrumentationEvent::FinishQuery {
                error: Some(error), ..
            } => match outage(error) {
                Some(Outage::ReadOnly) if !self.writes => {}
                Some(Outage::ReadOnly) => {
                    self.unfit.store(true, Ordering::Relaxed);
                    self.outages.note(Outage::ReadOnly);
                }
                Some(outage) => self.outages.note(outage),
                None => {}
            },
            _ => {}
        }
    }
}

/// What an error means for the whole database; `None` if the error concerns only its statement, or if the connection
/// itself shows it.
fn outage(error: &DieselError) -> Option<Outage> {
    let DieselError::DatabaseError(kind, info) = error else {
        return None;
    };
    match kind {
        // SQLSTATE 25006.
        DatabaseErrorKind::ReadOnlyTransaction => Some(Outage::ReadOnly),
        DatabaseErrorKind::Unknown => {
            let says = |words: &str| info.message().contains(words);
            if says("readonly database") {
                Some(Outage::ReadOnly)
            } else if says("disk is full") || says("No space left") {
                Some(Outage::Full)
            } else {
                None
            }
        }
        _ => None,
    }
}
