//! An account that does not answer is left alone for a while.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::DateTime;
use onterms::{
    clock::Clock,
    providers::{Breaker, Breakers, CommandOutcome, Later, ProviderError},
};
use serde_json::json;

use crate::{
    INVOICE, ORDER, PATIENT, Shop, id, nobody,
    stand_in::{Reply, StandIn, says, says_text},
};

/// A clock that the test sets, in seconds.
fn clock() -> (Clock, Arc<AtomicI64>) {
    let second = Arc::new(AtomicI64::new(1_767_225_600));
    let read = Arc::clone(&second);
    let now = move || DateTime::from_timestamp(read.load(Ordering::SeqCst), 0).unwrap_or_default();
    (Clock::from_fn(now), second)
}

#[tokio::test]
async fn calls_are_held_back_after_five_failures_until_one_gets_through() {
    let (clock, second) = clock();
    let breaker = Breaker::default();
    let fine = || says(200, &json!({ "id": INVOICE }));
    let apruve = StandIn::start([
        says_text(500, ""),
        Reply::HangsUp,
        says_text(503, ""),
        Reply::BreaksOff(200),
        says_text(502, ""),
        says_text(500, ""),
        fine(),
        fine(),
    ])
    .await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let issue = || async {
        let account = shop.account().guarded(&breaker, &clock);
        account.issue_invoice(&id(INVOICE)).await
    };
    for _ in 0..5 {
        assert!(matches!(issue().await, CommandOutcome::Lost(_)));
    }
    let held_back = |seconds| Later::HeldBack { seconds };
    assert_eq!(issue().await, CommandOutcome::Later(held_back(30)));
    second.fetch_add(29, Ordering::SeqCst);
    assert_eq!(issue().await, CommandOutcome::Later(held_back(1)));
    let account = shop.account().guarded(&breaker, &clock);
    let read = account.order(&id(ORDER)).await.err();
    assert_eq!(read, Some(ProviderError::Later(held_back(1))));
    assert_eq!(apruve.count(), 5, "nothing reached it");

    second.fetch_add(1, Ordering::SeqCst);
    assert!(
        matches!(issue().await, CommandOutcome::Lost(_)),
        "one goes through"
    );
    assert!(
        matches!(issue().await, CommandOutcome::Later(_)),
        "and the next waits"
    );
    second.fetch_add(30, Ordering::SeqCst);
    assert!(matches!(issue().await, CommandOutcome::Done(_)));
    assert!(
        matches!(issue().await, CommandOutcome::Done(_)),
        "all is well again"
    );
}

#[tokio::test]
async fn a_refused_connection_counts_as_a_failure_and_a_clear_no_does_not() {
    let (clock, _) = clock();
    let breaker = Breaker::default();
    let apruve = StandIn::start((0..6).map(|_| says_text(404, "Not Found"))).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    for _ in 0..6 {
        let account = shop.account().guarded(&breaker, &clock);
        let outcome = account.cancel_order(&id(ORDER)).await;
        assert!(
            matches!(outcome, CommandOutcome::Refused { .. }),
            "{outcome:?}"
        );
    }
    let gone = Shop::new(&nobody(), PATIENT);
    for failure in 1..=5 {
        assert!(breaker.admits(clock.now()), "before failure {failure}");
        let account = gone.account().guarded(&breaker, &clock);
        assert!(matches!(
            account.cancel_order(&id(ORDER)).await,
            CommandOutcome::NotSent(_)
        ));
    }
    assert!(!breaker.admits(clock.now()));
}

/// What was logged, line by line.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Logged {
    fn lines(&self) -> Vec<serde_json::Value> {
        let text = String::from_utf8(self.0.lock().expect("no panic").clone()).expect("UTF-8");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        lines
            .filter(|line: &serde_json::Value| {
                line["message"]
                    .as_str()
                    .is_some_and(|it| it.contains("provider"))
            })
            .collect()
    }
}

#[tokio::test]
async fn an_account_that_stops_answering_is_reported_once_and_once_when_it_answers_again() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (clock, second) = clock();
    let breakers = Breakers::default();
    let breaker = breakers.of("integration_1");
    let fine = || says(200, &json!({ "id": INVOICE }));
    let mut replies: Vec<Reply> = vec![fine()];
    replies.extend((0..7).map(|_| says_text(503, "")));
    replies.extend([fine(), fine()]);
    let apruve = StandIn::start(replies).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let issue = || async {
        second.fetch_add(31, Ordering::SeqCst);
        // A test beside this one may have met these log lines while nobody listened, which is remembered for the process.
        tracing::callsite::rebuild_interest_cache();
        let account = shop.account().guarded(&breaker, &clock);
        let _ = account.issue_invoice(&id(INVOICE)).await;
    };
    for (calls, lines) in [(1, 0), (4, 0), (1, 1), (2, 1), (1, 2), (1, 2)] {
        for _ in 0..calls {
            issue().await;
        }
        assert_eq!(logged.lines().len(), lines, "{:?}", logged.lines());
    }
    let lines = logged.lines();
    for (line, level) in lines.iter().zip(["WARN", "INFO"]) {
        assert_eq!(line["level"], level, "{line}");
        assert_eq!(
            (&line["integration"], &line["host"]),
            (&json!("integration_1"), &json!("127.0.0.1"))
        );
    }
}
