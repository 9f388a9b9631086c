//! Cancels everything of a payment: first each invoice, then the order. Each step is a transaction of its own, which
//! begins when the step before it has succeeded.
//!
//! The first transaction takes the request's idempotency key, and each later one a step of that key. A repeated request
//! continues where the first one stopped, nothing is sent twice, and no other request can use the key meanwhile.

use std::rc::Rc;

use super::{
    error::PaymentError,
    ledger::Ledger,
    open_payment::{OpenPayment, OperationResult, Performed},
    operations::{Operation, act, cancel, invoice},
    transaction::State,
};
use crate::string_enum::string_enum;

string_enum! {
    /// How much of the payment is canceled.
    Extent as "CancellationScope" {
        /// The part that is not invoiced; the default.
        Remainder = "remainder",
        /// Every invoice, then the remainder. No invoice may be paid, funded or shipped.
        All = "all",
    }
}

/// Whether the caller may cancel a payment in its current state.
pub type CancelCheck = Rc<dyn Fn(&Ledger) -> Result<(), PaymentError>>;

impl OpenPayment {
    /// Cancels the remainder or everything; each transaction of it keeps the reason. The result has the last
    /// transaction that was begun: if it has not succeeded, the later steps wait until the request is sent again.
    pub async fn abandon(
        self,
        extent: Extent,
        reason: Option<String>,
        may: CancelCheck,
    ) -> Result<OperationResult, PaymentError> {
        if extent == Extent::Remainder {
            return self.operate(remainder(reason, may)).await;
        }
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
            if let Some(first) = first {
                let replayed = payment.replay(first)?;
                if !leaves_more_to_do(payment.ledger(), &replayed) {
                    return Ok(replayed);
                }
            }
            let key = payment.context.key.clone();
            // The first transaction takes the request's own key.
            let mut is_taken = first.is_some();
            let mut key_of = |step: &str| match std::mem::replace(&mut is_taken, true) {
                true => key.step(step),
                false => key.clone(),
            };
            may(payment.ledger())?;
            for open in cancel::open_invoices(payment.ledger())? {
                let (may, reason) = (Rc::clone(&may), reason.clone());
                let cancel = act(move |ledger, start| {
                    may(ledger)?;
                    invoice::cancel(ledger, open, reason.as_deref(), start)
                });
                let done = payment.run_step(&key_of(&open.to_string()), cancel).await?;
                if !leaves_more_to_do(payment.ledger(), &done) {
                    return Ok(done);
                }
            }
            payment
                .run_step(&key_of(ORDER), remainder(reason, may))
                .await
        })
        .await
    }

    /// The last step of an earlier request whose first one was `first`. `None` if a step is left or not settled.
    async fn last_step(&self, first: Performed) -> Result<Option<Performed>, PaymentError> {
        let is_settled = |id| {
            self.ledger()
                .find(id)
                .is_some_and(|it| it.state.is_settled())
        };
        if !is_settled(first.transaction) {
            return Ok(None);
        }
        if !leaves_more_to_do(self.ledger(), &first) {
            return Ok(Some(first));
        }
        let last = self.context.key.step(ORDER);
        let last = self.service.operation_of(&last, self.context.actor.at);
        let settled = last.await?.filter(|last| is_settled(*last));
        settled.map(|last| self.replay(last)).transpose()
    }
}

/// The name of the last step, which cancels the order.
const ORDER: &str = "order";

/// Cancels what is not invoiced.
fn remainder(reason: Option<String>, may: CancelCheck) -> impl Operation {
    act(move |ledger, start| {
        may(ledger)?;
        let begun = cancel::begin(ledger, start)?;
        ledger.edit(begun.transaction, start.by.at, |it| {
            it.details.reason.clone_from(&reason);
        });
        Ok(begun)
    })
}

/// Whether `done` canceled an invoice, so that the next step follows.
fn leaves_more_to_do(ledger: &Ledger, done: &Performed) -> bool {
    let cancel = ledger.find(done.transaction);
    cancel.is_some_and(|it| it.state == State::Succeeded && ledger.is_of_invoice(it))
}
