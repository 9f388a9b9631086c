//! Looks at a few payments at once and says what came of each.

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};

use super::run::{Found, Kind, Seen};
use crate::{
    ids::PaymentId,
    payments::{Desk, Looked, NotDone, Source, heed::FundedAt, next_comparison},
    trace,
};

/// When to try again what could not be read.
const AFTER_FAILURE: TimeDelta = TimeDelta::hours(1);

/// Looks at these payments, so many at once.
pub async fn look_at(desk: &Desk, payments: &[PaymentId], at_once: usize) -> Vec<Seen> {
    stream::iter(payments)
        .map(|id| async move {
            // In a task of its own, so that a panic over one payment is one payment's.
            let task = tokio::spawn(trace::unit(None, look(desk.clone(), *id)));
            task.await.unwrap_or_else(|error| {
                let message = "The payment was not compared because of a failure on our side.";
                tracing::error!(payment = %id, %error, "a payment could not be compared");
                failed(desk, *id, message.to_owned())
            })
        })
        .buffer_unordered(at_once)
        .collect()
        .await
}

async fn look(desk: Desk, payment: PaymentId) -> Seen {
    let outcome = desk
        .look(payment, Source::Reconciliation, &FundedAt::new())
        .await;
    match outcome {
        Ok(looked) => Seen {
            payment,
            next: next_comparison(&looked.ledger, desk.clock().now()),
            found: found(payment, looked),
        },
        Err(error) => {
            tracing::warn!(%payment, %error, "a payment could not be compared");
            failed(&desk, payment, not_read(&error))
        }
    }
}

fn failed(desk: &Desk, payment: PaymentId, message: String) -> Seen {
    Seen {
        payment,
        next: Some(desk.clock().now() + AFTER_FAILURE),
        found: vec![Found {
            payment,
            kind: Kind::Failed,
            code: "not_read".to_owned(),
            message,
            reference: None,
            finding: None,
        }],
    }
}

fn found(payment: PaymentId, looked: Looked) -> Vec<Found> {
    let healed = healed(&looked).map(|message| Found {
        payment,
        kind: Kind::Healed,
        code: "healed".to_owned(),
        message,
        reference: None,
        finding: None,
    });
    let unexplained = looked.findings.into_iter().map(|finding| Found {
        payment,
        kind: Kind::Unexplained,
        code: finding.code.as_str().to_owned(),
        message: finding.message,
        reference: finding.provider_reference,
        finding: Some(finding.id),
    });
    healed.into_iter().chain(unexplained).collect()
}

/// What the payment followed Apruve in. A search that goes on is no difference.
fn healed(looked: &Looked) -> Option<String> {
    let moves = looked.ledger.happened().iter().filter(|it| it.changed);
    let messages: Vec<&str> = moves.map(|it| it.message.as_str()).collect();
    match (messages.is_empty(), looked.changed) {
        (false, _) => Some(messages.join(" ")),
        (true, true) if !looked.ledger.is_unsettled() => {
            Some("Details were brought up to date.".to_owned())
        }
        (true, _) => None,
    }
}

/// Why a payment could not be read, for whoever reads the run; failures of our own stand in the log only.
fn not_read(error: &NotDone) -> String {
    match error {
        NotDone::Unreachable(_)
        | NotDone::Later(_)
        | NotDone::KeyRefused
        | NotDone::NoAccount
        | NotDone::Contended
        | NotDone::OrderNotFound => format!("The payment was not compared: {error}."),
        _ => "The payment was not compared because of a failure on our side.".to_owned(),
    }
}
