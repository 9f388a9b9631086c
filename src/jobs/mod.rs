//! Background work: a loop that claims due rows with a lease, works on them, and writes the results.
//!
//! A [`Job`] is a kind of work on a due column of its owner's table; its [`Runner`] is the loop, with the concurrency
//! of that kind. Every replica runs one of each. Runners belong to the thread that starts the service; other threads
//! answer requests. Work without rows is repeated by [`every`] or [`repeat`], or done [`once`].

mod backoff;
mod job;
mod periodic;
mod runner;
#[cfg(test)]
mod tests;
mod wakeup;

pub use backoff::Backoff;
pub use job::{Job, Lease};
pub use periodic::{every, once, repeat};
pub use runner::Runner;
pub use wakeup::Wakeup;
