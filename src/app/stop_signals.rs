//! The signals by which a supervisor or a terminal asks the process to stop.

use std::io;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::events::EventFeed;

/// SIGTERM, SIGINT and SIGQUIT. From their registration on they no longer kill the process, so register them before
/// anybody learns that the process is ready.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
}

/// Whether requests in flight are answered first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// As a supervisor asks by SIGTERM.
    Graceful,
    /// As somebody at a terminal asks by Ctrl-C.
    AtOnce,
}

impl StopSignals {
    /// Must be called inside a Tokio runtime.
    pub fn register() -> io::Result<Self> {
        Ok(StopSignals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Waits for the next signal.
    pub async fn recv(&mut self) -> Stop {
        tokio::select! {
            _ = self.terminate.recv() => Stop::Graceful,
            _ = self.interrupt.recv() => Stop::AtOnce,
            _ = self.quit.recv() => Stop::AtOnce,
        }
    }

    /// Stops a server at the first signal. Readers that wait for events are answered at once, so that a graceful stop
    /// does not wait for them.
    pub(super) async fn stop(mut self, server: ServerHandle, feed: EventFeed) {
        let stop = self.recv().await;
        feed.end_waiting();
        server.stop(stop == Stop::Graceful).await;
    }
}
