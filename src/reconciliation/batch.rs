//! Compares a batch of payments with their providers and returns the result of each.

use std::future::ready;

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use tokio::time::{Duration, Instant, timeout_at};

use super::run::{ComparedPayment, RunFinding, RunFindingKind};
use crate::{
    ids::PaymentId,
    payments::{
        PaymentError, PaymentService, Source, SyncOutcome, apply_snapshot::FundedAt,
        next_comparison,
    },
    trace,
};

const OUR_FAILURE: &str = "The payment was not compared because of a failure on our side.";

/// The pause before a payment that could not be read is compared again.
const AFTER_FAILURE: TimeDelta = TimeDelta::hours(1);

/// How long a batch may take.
#[derive(Clone, Copy, Debug)]
pub struct BatchTime {
    /// After this time no further payment is begun.
    pub begins: Duration,
    /// After this time the payments that were begun are given up.
    pub ends: Duration,
}

/// Compares these payments with their providers, `at_once` at a time. The result has the first payments up to the last
/// one that could be begun in time.
pub async fn compare(
    service: &PaymentService,
    payments: &[PaymentId],
    at_once: usize,
    time: BatchTime,
) -> Vec<ComparedPayment> {
    let end = Instant::now() + time.ends;
    let work = |id| async move {
        // In a task of its own, so that a panic affects only one payment.
        let task = tokio::spawn(trace::unit(None, sync(service.clone(), id)));
        let running = task.abort_handle();
        match timeout_at(end, task).await {
            Ok(Ok(compared)) => compared,
            Ok(Err(error)) => {
                tracing::error!(payment = %id, %error, "a payment could not be compared");
                failed(service, id, OUR_FAILURE)
            }
            Err(_) => {
                running.abort();
                let message = "The payment was not compared: the provider took too long to answer.";
                tracing::warn!(payment = %id, "a payment could not be compared in time");
                failed(service, id, message)
            }
        }
    };
    let until = Instant::now() + time.begins;
    let may_begin = || Instant::now() < until;
    begin_while(may_begin, payments.to_vec(), at_once, work).await
}

/// Works on items in their order, `at_once` at a time, and begins none after `may_begin` says no.
async fn begin_while<T, W: Future>(
    may_begin: impl Fn() -> bool,
    items: Vec<T>,
    at_once: usize,
    work: impl Fn(T) -> W,
) -> Vec<W::Output> {
    stream::iter(items)
        .take_while(|_| ready(may_begin()))
        .map(work)
        .buffer_unordered(at_once)
        .collect()
        .await
}

async fn sync(service: PaymentService, payment: PaymentId) -> ComparedPayment {
    let outcome = service
        .sync(payment, Source::Reconciliation, &FundedAt::new())
        .await;
    match outcome {
        Ok(synced) => ComparedPayment {
            payment,
            next: next_comparison(&synced.ledger, service.clock().now()),
            found: found(payment, synced),
        },
        Err(error) => {
            tracing::warn!(%payment, %error, "a payment could not be compared");
            failed(&service, payment, &not_read(&error))
        }
    }
}

fn failed(service: &PaymentService, payment: PaymentId, message: &str) -> ComparedPayment {
    let found = RunFinding::new(payment, RunFindingKind::Failed, "not_read", message);
    ComparedPayment {
        payment,
        next: Some(service.clock().now() + AFTER_FAILURE),
        found: vec![found],
    }
}

fn found(payment: PaymentId, synced: SyncOutcome) -> Vec<RunFinding> {
    let entry = |kind, code, message: &str| RunFinding::new(payment, kind, code, message);
    let healed = healed(&synced);
    let healed = healed.map(|message| entry(RunFindingKind::Healed, "healed", &message));
    let unexplained = synced.findings.into_iter().map(|it| RunFinding {
        reference: it.provider_reference,
        finding: Some(it.id),
        ..entry(RunFindingKind::Unexplained, it.code.as_str(), &it.message)
    });
    healed.into_iter().chain(unexplained).collect()
}

/// Describes how the payment was corrected; `None` if it was not. A search that is still running is not a correction.
fn healed(synced: &SyncOutcome) -> Option<String> {
    let moves = synced.ledger.happened().iter().filter(|it| it.changed);
    let messages: Vec<&str> = moves.map(|it| it.message.as_str()).collect();
    match (messages.is_empty(), synced.changed) {
        (false, _) => Some(messages.join(" ")),
        (true, true) if !synced.ledger.is_unsettled() => {
            Some("Details were brought up to date.".to_owned())
        }
        (true, _) => None,
    }
}

/// Why a payment could not be read, as shown in the run; internal failures are only logged.
fn not_read(error: &PaymentError) -> String {
    match error {
        PaymentError::Unreachable(_)
        | PaymentError::Later(_)
        | PaymentError::KeyRefused
        | PaymentError::NoAccount
        | PaymentError::Contended
        | PaymentError::OrderNotFound => format!("The payment was not compared: {error}."),
        _ => OUR_FAILURE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn nothing_is_begun_after_the_limit_and_what_was_begun_is_kept() {
        for (allowed, expected) in [(0, vec![]), (2, vec![1, 2]), (9, vec![1, 2, 3])] {
            let asked = Cell::new(0);
            let may_begin = || asked.replace(asked.get() + 1) < allowed;
            let mut done = begin_while(may_begin, vec![1, 2, 3], 2, ready).await;
            done.sort_unstable();
            assert_eq!(done, expected, "{allowed}");
        }
    }
}
