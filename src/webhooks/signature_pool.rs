//! A bounded place for work that costs processor time, apart from the threads that answer.
//!
//! Anybody who knows a webhook's address can make us check signatures. So few threads do it, which give way to those that
//! answer where processors are short, and few may wait for one: who arrives then is refused with `Retry-After`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

/// How much these threads give way: beside one that answers, each gets a third of a processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 3;

type Check = Box<dyn FnOnce() + Send>;

/// Threads for signatures. Clones share them; they end with the last one.
#[derive(Clone, Debug)]
pub struct SignaturePool {
    waiting: SyncSender<Check>,
}

/// Why a piece of work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    #[error("too many webhooks wait for their signature to be checked")]
    Full,
    #[error("checking a signature panicked")]
    Panicked,
}

impl SignaturePool {
    /// `threads` at a time, 0 meaning half the cores, and `queue` that wait.
    pub fn new(threads: usize, queue: usize) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = match threads {
            0 => (cores / 2).max(1),
            given => given,
        };
        let (waiting, next) = sync_channel(queue);
        let next = Arc::new(Mutex::new(next));
        for _ in 0..threads {
            let next = Arc::clone(&next);
            thread::spawn(move || check_all(&next));
        }
        SignaturePool { waiting }
    }

    /// Does it on one of the threads, in order of arrival, also where the caller is gone before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (done, result) = oneshot::channel();
        let check = move || {
            let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
        };
        let placed = self.waiting.try_send(Box::new(check));
        placed.map_err(|_| PoolError::Full)?;
        let result = result.await.map_err(|_| PoolError::Panicked)?;
        result.map_err(|_| PoolError::Panicked)
    }
}

fn check_all(next: &Mutex<Receiver<Check>>) {
    // Elsewhere the whole process would give way.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the threads for signatures do not give way to others");
    }
    loop {
        // The lock is free again before the check begins.
        let check = next.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match check {
            Ok(check) => check(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_finds_every_place_taken_is_told_at_once() {
        let signature_pool = SignaturePool::new(1, 1);
        let (release, wait) = mpsc::channel::<()>();
        let (started, at_work) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let signature_pool = signature_pool.clone();
            async move {
                let work = move || {
                    let _ = started.send(());
                    wait.recv()
                };
                signature_pool.run(work).await
            }
        });
        at_work.await.expect("the first is at work");
        let mut second = Box::pin(signature_pool.run(|| 2));
        assert!((&mut second).now_or_never().is_none(), "the second waits");
        assert_eq!(signature_pool.run(|| 3).await, Err(PoolError::Full));
        release.send(()).expect("the first waits");
        assert!(first.await.expect("it ends").is_ok());
        assert_eq!(second.await, Ok(2));
        assert_eq!(signature_pool.run(|| 4).await, Ok(4));
    }

    #[tokio::test]
    async fn a_panic_frees_its_place() {
        let signature_pool = SignaturePool::new(1, 1);
        for _ in 0..3 {
            let done = signature_pool.run(|| -> () { panic!("meant") }).await;
            assert_eq!(done, Err(PoolError::Panicked));
        }
        assert_eq!(signature_pool.run(|| 1).await, Ok(1));
    }
}
