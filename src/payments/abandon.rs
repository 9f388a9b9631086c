//! Giving up everything: first each invoice, then the order. Every one is a transaction of its own, begun when the one before
//! has succeeded.
//!
//! The request's key belongs to the first of them, and a step of the key to each of the others. A repeated request continues
//! where it stopped, nothing is sent twice, and the key serves no other request meanwhile.

use std::rc::Rc;

use super::{
    error::PaymentError,
    ledger::{Cause, Ledger},
    open_payment::{OpenPayment, OperationResult, Performed},
    operations::{Operation, act, cancel, invoice},
    service::Intent,
    transaction::State,
};
use crate::{idempotency::Key, string_enum::string_enum};

string_enum! {
    /// How much is to be given up.
    Extent as "CancellationScope" {
        /// What is not invoiced; the default.
        Remainder = "remainder",
        /// Every invoice first, none of which may be paid, funded or shipped.
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
    /// Kept with each transaction of it.
    pub reason: Option<String>,
}

impl Cancellation {
    /// Keeps the reason with a transaction that was just begun.
    fn explain(&self, ledger: &mut Ledger, begun: &Intent, by: Cause) {
        ledger.edit(begun.transaction, by.at, |it| {
            it.details.reason.clone_from(&self.reason);
        });
    }
}

/// Whether the caller may cancel a payment in its current state.
pub type CancelCheck = Rc<dyn Fn(&Ledger) -> Result<(), PaymentError>>;

impl OpenPayment {
    /// Cancels the remainder or everything. The transaction of the answer is the last one that was begun: when it has not
    /// succeeded, the rest waits for the request to be sent again.
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
            // Refused while it is still being answered.
            self.replay(first)?;
        }
        self.detached(async move |payment| {
            // What is unknown is read back, so that all invoices are judged by their current state.
            payment.ready().await?;
            let mut steps = Steps::of(payment.context.key.clone());
            if let Some(first) = first {
                let told = payment.replay(first)?;
                if !leaves_more_to_do(payment.ledger(), &told) {
                    return Ok(told);
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
                .run(&steps.next("order"), remainder(wanted, may))
                .await
        })
        .await
    }
}

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

/// Whether an invoice was canceled, after which the next one follows.
fn leaves_more_to_do(ledger: &Ledger, done: &Performed) -> bool {
    let cancel = ledger.find(done.transaction);
    cancel.is_some_and(|it| it.state == State::Succeeded && ledger.is_of_invoice(it))
}
