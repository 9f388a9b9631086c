//! Tests of the loop with a job whose rows are in memory. The clock is set by hand and the poll interval is long, so
//! that no test waits for time to pass.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinHandle,
};

use super::{Job, Lease, Runner, Wakeup, every};
use crate::{
    clock::Clock,
    store::{Conn, Migrator, Store, StoreError, StoreOptions, Tx},
};

const HOUR: Duration = Duration::from_secs(3600);
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// The item that panics.
const CURSED: u32 = 13;

struct Row {
    due_at: DateTime<Utc>,
    mark: String,
}

/// The calls that the loop makes to the job.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Call {
    HasDue,
    Claim,
    Work(u32),
    Settle(u32),
    Settled(u32, bool),
}

struct FakeJob {
    rows: Mutex<BTreeMap<u32, Row>>,
    calls: mpsc::UnboundedSender<Call>,
    /// Each item of work ends when it gets a permit.
    permits: Semaphore,
    at_work: AtomicUsize,
    most_at_work: AtomicUsize,
    is_busy: AtomicBool,
}

impl Job for FakeJob {
    const NAME: &'static str = "fake";
    type Item = (u32, String);
    type Outcome = (u32, String);

    fn has_due(&self, _: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.note(Call::HasDue);
        Ok(self.lock().values().any(|row| row.due_at <= now))
    }

    fn claim(
        &self,
        _: &mut Tx<'_>,
        lease: &Lease,
        limit: i64,
    ) -> Result<Vec<Self::Item>, StoreError> {
        self.note(Call::Claim);
        if self.is_busy.swap(false, SeqCst) {
            return Err(StoreError::Busy);
        }
        let limit = usize::try_from(limit).expect("a small number");
        let mut rows = self.lock();
        let due = rows.iter_mut().filter(|(_, row)| row.due_at <= lease.now);
        let claimed = due.take(limit).map(|(id, row)| {
            row.due_at = lease.until;
            row.mark.clone_from(&lease.mark);
            (*id, lease.mark.clone())
        });
        Ok(claimed.collect())
    }

    async fn work(self: Arc<Self>, (id, mark): Self::Item) -> Option<Self::Outcome> {
        self.note(Call::Work(id));
        assert_ne!(id, CURSED, "as the test wants it");
        let at_work = self.at_work.fetch_add(1, SeqCst) + 1;
        self.most_at_work.fetch_max(at_work, SeqCst);
        self.permits.acquire().await.expect("permits").forget();
        self.at_work.fetch_sub(1, SeqCst);
        Some((id, mark))
    }

    fn settle(&self, _: &mut Tx<'_>, (id, mark): &Self::Outcome) -> Result<bool, StoreError> {
        self.note(Call::Settle(*id));
        let mut rows = self.lock();
        let is_ours = rows.get(id).is_some_and(|row| row.mark == *mark);
        if is_ours {
            rows.remove(id);
        }
        Ok(is_ours)
    }

    fn settled(&self, (id, _): Self::Outcome, was_ours: bool) {
        self.note(Call::Settled(id, was_ours));
    }
}

impl FakeJob {
    fn note(&self, call: Call) {
        let _ = self.calls.send(call);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, Row>> {
        self.rows.lock().expect("no panic while it is locked")
    }
}

/// A job with its database and its clock.
struct Bench {
    job: Arc<FakeJob>,
    calls: mpsc::UnboundedReceiver<Call>,
    store: Store,
    now: Arc<Mutex<DateTime<Utc>>>,
    wakeup: Wakeup<FakeJob>,
    _folder: TempDir,
}

impl Bench {
    fn new(ids: impl IntoIterator<Item = u32>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("jobs.db").display());
        let options = StoreOptions::new(url.parse().expect("an address"));
        drop(Migrator::open(&options).expect("a new file"));
        let (sender, calls) = mpsc::unbounded_channel();
        let bench = Bench {
            job: Arc::new(FakeJob {
                rows: Mutex::default(),
                calls: sender,
                permits: Semaphore::new(0),
                at_work: AtomicUsize::new(0),
                most_at_work: AtomicUsize::new(0),
                is_busy: AtomicBool::new(false),
            }),
            calls,
            store: Store::open(&options).expect("it opens"),
            now: Arc::new(Mutex::new(DateTime::UNIX_EPOCH)),
            wakeup: Wakeup::default(),
            _folder: folder,
        };
        ids.into_iter().for_each(|id| bench.add(id));
        bench
    }

    fn add(&self, id: u32) {
        let row = Row {
            due_at: DateTime::UNIX_EPOCH,
            mark: String::new(),
        };
        self.job.lock().insert(id, row);
    }

    fn start(&self, concurrency: usize, poll: Duration) -> JoinHandle<()> {
        let now = Arc::clone(&self.now);
        let runner = Runner {
            job: Arc::clone(&self.job),
            store: self.store.clone(),
            clock: Clock::from_fn(move || *now.lock().expect("a moment")),
            wakeup: self.wakeup.clone(),
            concurrency,
            poll,
            lease: LEASE,
        };
        tokio::spawn(runner.run())
    }

    fn pass(&self, time: TimeDelta) {
        *self.now.lock().expect("a moment") += time;
    }

    /// Waits for this call, and returns the calls before it.
    async fn until(&mut self, wanted: Call) -> Vec<Call> {
        let mut before = Vec::new();
        loop {
            let next = tokio::time::timeout(Duration::from_secs(60), self.calls.recv()).await;
            match next.expect("the call comes").expect("the job lives") {
                call if call == wanted => return before,
                call => before.push(call),
            }
        }
    }

    /// Wakes the runner and waits until it has found nothing due.
    async fn find_nothing(&mut self) -> Vec<Call> {
        self.wakeup.ring();
        self.until(Call::HasDue).await
    }
}

#[tokio::test]
async fn no_more_than_the_concurrency_are_worked_on_at_once() {
    let mut bench = Bench::new(1..=5);
    bench.start(2, HOUR);
    bench.until(Call::Work(2)).await;
    for next in 3..=5 {
        bench.job.permits.add_permits(1);
        bench.until(Call::Work(next)).await;
    }
    bench.job.permits.add_permits(2);
    bench.until(Call::Settled(5, true)).await;
    assert_eq!(bench.job.most_at_work.load(SeqCst), 2);
}

#[tokio::test]
async fn a_result_and_the_next_claim_share_a_write() {
    let mut bench = Bench::new(1..=2);
    bench.job.permits.add_permits(2);
    bench.start(1, HOUR);
    let calls = bench.until(Call::Settled(2, true)).await;
    let expected = [
        Call::HasDue,
        Call::Claim,
        Call::Work(1),
        Call::Settle(1),
        Call::Claim,
        Call::Settled(1, true),
        Call::Work(2),
        Call::Settle(2),
        Call::Claim,
    ];
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn a_panic_harms_one_item_which_is_taken_on_again_after_its_lease() {
    let mut bench = Bench::new([1, CURSED, 20]);
    bench.job.permits.add_permits(2);
    bench.start(1, HOUR);
    bench.until(Call::Work(CURSED)).await;
    bench.until(Call::Settled(20, true)).await;
    assert_eq!(bench.find_nothing().await, []);
    bench.pass(LEASE);
    bench.wakeup.ring();
    bench.until(Call::Work(CURSED)).await;
}

#[tokio::test]
async fn without_due_rows_nothing_is_written_until_a_wake_up_finds_one() {
    let mut bench = Bench::new([]);
    bench.start(1, HOUR);
    bench.until(Call::HasDue).await;
    assert_eq!(bench.find_nothing().await, []);
    assert_eq!(bench.find_nothing().await, []);
    bench.add(1);
    bench.wakeup.ring();
    bench.until(Call::Work(1)).await;
}

#[tokio::test]
async fn the_poll_finds_what_nobody_rang_for() {
    let mut bench = Bench::new([]);
    bench.start(1, Duration::from_millis(1));
    bench.until(Call::HasDue).await;
    bench.add(1);
    bench.until(Call::Work(1)).await;
}

#[tokio::test]
async fn what_a_lost_worker_had_is_taken_on_after_its_lease_and_not_before() {
    let mut bench = Bench::new([1]);
    let lost = bench.start(1, HOUR);
    bench.until(Call::Work(1)).await;
    lost.abort();
    assert!(lost.await.expect_err("it was lost").is_cancelled());

    bench.start(1, HOUR);
    assert_eq!(bench.until(Call::HasDue).await, []);
    bench.pass(LEASE - TimeDelta::microseconds(1));
    assert_eq!(bench.find_nothing().await, []);
    bench.pass(TimeDelta::microseconds(1));
    bench.wakeup.ring();
    bench.until(Call::Work(1)).await;
}

#[tokio::test]
async fn a_result_that_comes_after_the_lease_is_distinguished_from_that_of_the_next_worker() {
    let mut bench = Bench::new([1]);
    bench.start(2, HOUR);
    bench.until(Call::Work(1)).await;
    bench.pass(LEASE);
    bench.wakeup.ring();
    bench.until(Call::Work(1)).await;
    // The first permit goes to the item that waits longest.
    bench.job.permits.add_permits(1);
    bench.until(Call::Settled(1, false)).await;
    bench.job.permits.add_permits(1);
    bench.until(Call::Settled(1, true)).await;
}

#[tokio::test]
async fn a_write_that_fails_is_tried_again() {
    let mut bench = Bench::new([1]);
    bench.job.is_busy.store(true, SeqCst);
    bench.start(1, HOUR);
    bench.until(Call::Claim).await;
    bench.wakeup.ring();
    bench.until(Call::Work(1)).await;
}

#[tokio::test]
async fn the_runner_and_what_is_repeated_end_with_the_store() {
    let mut bench = Bench::new([]);
    let runner = bench.start(1, HOUR);
    bench.until(Call::HasDue).await;
    bench.store.close().await;
    bench.wakeup.ring();
    runner.await.expect("it ends by itself");

    let mut results = vec![Err(StoreError::Closed), Err(StoreError::Busy), Ok(())];
    let task = async || results.pop().expect("no further round");
    every(Duration::from_millis(1), "as the test wants it", task).await;
    assert!(results.is_empty());
}
