//! A bounded place for work that costs processor time, apart from the threads that answer.
//!
//! Anybody who knows a webhook's address can make us check signatures. So few threads do it, and few may wait for one: who
//! arrives then is refused with `Retry-After`, and checkout is not slowed.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Threads for signatures. Clones share them.
#[derive(Clone, Debug)]
pub struct SignaturePool {
    /// Those at work and those that wait.
    places: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
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
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = match threads {
            0 => (cores / 2).max(1),
            given => given,
        };
        SignaturePool {
            places: Arc::new(Semaphore::new(
                threads.saturating_add(queue).min(Semaphore::MAX_PERMITS),
            )),
            at_work: Arc::new(Semaphore::new(threads.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Does it on one of the threads, in order of arrival.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let place = Arc::clone(&self.places);
        let place = place.try_acquire_owned().map_err(|_| PoolError::Full)?;
        // Never closed, so this only ever waits.
        let turn = Arc::clone(&self.at_work).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // The caller may be gone before the work is done, and its thread is taken all the same.
            let _held = (place, turn);
            work()
        });
        done.await.map_err(|_| PoolError::Panicked)
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
