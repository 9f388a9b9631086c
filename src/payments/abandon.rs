//! Cancels everything of a payment: first each invoice, then the order. Each step is a transaction of its own, which
//! begins when the step before it has succeeded.
//!
//! The first transaction takes the request's idempotency key, and each later one a step of that key. A repeated request
//! continues where the first one stopped, nothing is sent twice, and no other request can use the key meanwhile.

use std::rc::Rc;

use super::{
    error::PaymentError,
    ledger::{Cause, Ledger},
    open_payment::{OpenPayment, OperationResult, Performed},
    operations::{Operation, act, cancel, invoice},
    service::Intent,
    transaction::{State, Transaction},
};
use crate::{idempotency::Key, string_enum::string_enum};

string_enum! {
    /// How much of the payment is canceled.
    Extent as "CancellationScope" {
        /// The part that is not invoiced; the default.
        Remainder = "remainder",
        /// Every invoice, then the remainder. No invoice may be paid, funded or shipped.
        All = "all",
    }
}

#[expect(clippy::derivable_impls, reason = "`string_enum!` derives no default")]
impl Default for Extent {
    fn default() -> Self {
        Extent::Remainder
    }
}

/// What to cancel, and why.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    pub extent: Extent,
    /// Stored with each transaction of the cancellation.
    pub reason: Option<String>,
}

impl Cancellation {
    /// Stores the reason with a transaction that was just begun.
    fn explain(&self, ledger: &mut Ledger, begun: &Intent, by: Cause) {
        ledger.edit(begun.transaction, by.at, |it| {
            it.details.reason.clone_from(&self.reason);
        });
    }
}

/// Whether the caller may cancel a payment in its current state.
pub type CancelCheck = Rc<dyn Fn(&Ledger) -> Result<(), PaymentError>>;

impl OpenPayment {
    /// Cancels the remainder or everything. The result has the last transaction that was begun: if it has not
    /// succeeded, the later steps wait until the request is sent again.
    pub async fn abandon(
        self,
        wanted: Cancellation,
        may: CancelCheck,
    ) -> Result<OperationResult, PaymentError> {
        match wanted.extent {
            Extent::Remainder => self.operate(remainder(wanted, may)).await,
            Extent::All => self.abandon_all(wanted, may).await,
        }
    }

    async fn abandon_all(
        self,
        wanted: Cancellation,
        may: CancelCheck,
    ) -> Result<OperationResult, PaymentError> {
        let first = self.earlier()?;
        if let Some(first) = first {
            // Refuses while the call of the first request is under way.
            let replayed = self.replay(first)?;
            // What is done needs no account any more.
            if let Some(done) = self.last_step(replayed).await? {
                return Ok(self.into_result(done));
            }
        }
        self.detached(async move |payment| {
            // Unknown outcomes are read back first, so that each invoice is judged by its current state.
            payment.ready().await?;
            let mut steps = Steps::of(payment.context.key.clone());
            if let Some(first) = first {
                let replayed = payment.replay(first)?;
                if !leaves_more_to_do(payment.ledger(), &replayed) {
                    return Ok(replayed);
                }
                steps.begun = true;
            }
            may(payment.ledger())?;
            for open in cancel::open_invoices(payment.ledger())? {
                let step = steps.next(&open.to_string());
                let (may, reason) = (Rc::clone(&may), wanted.reason.clone());
                let cancel = act(move |ledger, start| {
                    may(ledger)?;
                    invoice::cancel(ledger, open, reason.as_deref(), start)
                });
                let done = payment.run(&step, cancel).await?;
                if !leaves_more_to_do(payment.ledger(), &done) {
                    return Ok(done);
                }
            }
            payment
                .run(&steps.next(ORDER), remainder(wanted, may))
                .await
        })
        .await
    }

    /// The last step of an earlier request whose first one was `first`. `None` if a step is left or not settled.
    async fn last_step(&self, first: Performed) -> Result<Option<Performed>, PaymentError> {
        let is_settled = |it: &Transaction| it.state.is_settled();
        if !self
            .ledger()
            .find(first.transaction)
            .is_some_and(is_settled)
        {
            return Ok(None);
        }
        if !leaves_more_to_do(self.ledger(), &first) {
            return Ok(Some(first));
        }
        let last = self.context.key.step(ORDER);
        match self
            .service
            .operation_of(&last, self.context.actor.at)
            .await?
        {
            Some(last) if self.ledger().find(last).is_some_and(is_settled) => {
                self.replay(last).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// The name of the last step, which cancels the order.
const ORDER: &str = "order";

/// Cancels what is not invoiced.
fn remainder(wanted: Cancellation, may: CancelCheck) -> impl Operation {
    act(move |ledger, start| {
        may(ledger)?;
        let begun = cancel::begin(ledger, start)?;
        wanted.explain(ledger, &begun, start.by);
        Ok(begun)
    })
}

/// The keys of one request's transactions.
struct Steps {
    key: Key,
    /// Whether the request's own key is taken.
    begun: bool,
}

impl Steps {
    fn of(key: Key) -> Self {
        Steps { key, begun: false }
    }

    fn next(&mut self, name: &str) -> Key {
        if std::mem::replace(&mut self.begun, true) {
            self.key.step(name)
        } else {
            self.key.clone()
        }
    }
}

/// Whether `done` canceled an invoice, so that the next step follows.
fn leaves_more_to_do(ledger: &Ledger, done: &Performed) -> bool {
    let cancel = ledger.find(done.transaction);
    cancel.is_some_and(|it| it.state == State::Succeeded && ledger.is_of_invoice(it))
}
