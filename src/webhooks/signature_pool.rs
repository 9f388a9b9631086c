//! A bounded thread pool for work that needs processor time, separate from the threads that serve requests.
//!
//! Anyone who knows a webhook URL can make the service verify signatures. So only a few threads do it, with a lower
//! priority than those that serve requests, and the queue is bounded: when it is full, a webhook is refused with
//! `Retry-After`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

/// The niceness of the threads: beside a thread of normal priority, each gets about a third of a processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 3;

type Check = Box<dyn FnOnce() + Send>;

/// A pool of threads for signatures. Clones share the threads, which end with the last clone.
#[derive(Clone, Debug)]
pub struct SignaturePool {
    waiting: SyncSender<Check>,
}

/// Why a check was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    #[error("too many webhooks wait for their signature to be checked")]
    Full,
    #[error("checking a signature panicked")]
    Panicked,
}

impl SignaturePool {
    /// A pool of `threads` threads (0 is half the cores) with a queue of `queue` checks.
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

    /// Runs `work` on one of the threads, in order of arrival, even if the caller stops waiting.
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
    // On other systems, `nice` would apply to the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the threads for signatures do not give way to others");
    }
    loop {
        // The lock is released before the check runs.
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
    async fn who_finds_every_place_taken_is_refused_at_once() {
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
