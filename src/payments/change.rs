//! One change of a payment, written in one database transaction: the ledger, the audit entries, and the idempotency
//! keys that it releases.
//!
//! When an operation failed, by its own response or a later read, its idempotency key is released in the
//! same database transaction. A process that is killed in between would otherwise leave a key without a result.

use chrono::{DateTime, Utc};

use super::{
    error::PaymentError,
    ledger::Ledger,
    record::Record,
    rivals,
    store::{self, Live, Written},
    transaction::{Action, State},
};
use crate::{
    audit::Actor,
    findings::{self, Finding, FindingSubject, Observation},
    idempotency,
    ids::{IntegrationId, PaymentId},
    privacy::EmailHash,
    store::{StoreError, Tx},
};

/// A change that is about to be written.
pub struct PaymentChange {
    written: Written,
    record: Record,
    came_to_nothing: Vec<String>,
    payment: (PaymentId, IntegrationId),
    reading: Option<ReadBackFindings>,
    /// The buyer whose credit the change used or gave back. `None` if no amount changed or the buyer is not known.
    pub credit: Option<(IntegrationId, EmailHash)>,
    at: DateTime<Utc>,
}

/// What writing a change did.
#[derive(Debug)]
pub struct SavedChange {
    pub live: Live,
    /// The findings that the reading noticed, in their current state.
    pub findings: Vec<Finding>,
}

/// What was noticed when the payment was read back at its provider.
struct ReadBackFindings {
    /// The version of the payment that was read back.
    version: i64,
    noticed: Vec<Observation>,
    complete: bool,
}

impl PaymentChange {
    /// The change of a ledger since it was read, by `actor`.
    pub fn of(ledger: &Ledger, actor: &Actor) -> Self {
        PaymentChange {
            written: Written::new(ledger),
            record: Record::of(ledger, actor),
            came_to_nothing: came_to_nothing(ledger),
            payment: (ledger.payment.id, ledger.payment.integration_id),
            reading: None,
            credit: credit_moved(ledger),
            at: actor.at,
        }
    }

    /// As [`PaymentChange::of`], after the payment was read back: the findings are written with the change.
    pub fn of_reading(
        ledger: &Ledger,
        actor: &Actor,
        noticed: &[Observation],
        complete: bool,
    ) -> Self {
        let reading = ReadBackFindings {
            version: ledger.payment.version,
            noticed: noticed.to_vec(),
            complete,
        };
        PaymentChange {
            reading: Some(reading),
            ..PaymentChange::of(ledger, actor)
        }
    }

    /// Writes the change. [`PaymentError::Contended`] after a concurrent write.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<SavedChange, PaymentError> {
        let live = store::save(tx, &self.written)?.ok_or(PaymentError::Contended)?;
        rivals::note(tx, self.payment, live, self.at)?;
        self.record.write(tx)?;
        for operation in &self.came_to_nothing {
            idempotency::forget_operation(tx, operation)?;
        }
        let findings = match &self.reading {
            Some(reading) => self.note(tx, reading)?,
            None => Vec::new(),
        };
        Ok(SavedChange { live, findings })
    }

    /// Records findings. It resolves earlier ones only if the payment still has the version that was read.
    fn note(
        &self,
        tx: &mut Tx<'_>,
        reading: &ReadBackFindings,
    ) -> Result<Vec<Finding>, StoreError> {
        let (payment, integration) = self.payment;
        let complete = reading.complete && store::is_at(tx, payment, reading.version)?;
        let subject = FindingSubject::Payment(payment, integration);
        findings::record(tx, subject, &reading.noticed, complete, self.at)
    }
}

fn credit_moved(ledger: &Ledger) -> Option<(IntegrationId, EmailHash)> {
    let payment = &ledger.payment;
    let moved = payment.provider_order.is_some() && ledger.amounts() != ledger.before().amounts();
    let email = payment.buyer.email_hash.clone().filter(|_| moved);
    email.map(|email| (payment.integration_id, email))
}

/// The operations that this change ends without effect. The key of an order on behalf of a buyer has the payment's id.
fn came_to_nothing(ledger: &Ledger) -> Vec<String> {
    let moved = ledger.happened().iter().filter(|it| it.changed);
    let moved = moved.filter_map(|it| ledger.find(it.transaction_id?));
    let failed = moved.filter(|it| {
        let failure = it.failure.as_ref().filter(|_| it.state == State::Failed);
        failure.is_some_and(|failure| failure.code.is_nothing_done())
    });
    let mut operations = Vec::new();
    for transaction in failed {
        operations.push(transaction.id.to_string());
        if transaction.action == Action::Authorize {
            operations.push(ledger.payment.id.to_string());
        }
    }
    operations
}
