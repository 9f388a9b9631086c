//! Giving up everything: first each invoice, then the order. Every one is a transaction of its own, begun when the one before
//! has succeeded.
//!
//! The request's key belongs to the first of them, and a step of the key to each of the others. A repeated request continues
//! where it stopped, nothing is sent twice, and the key serves no other request meanwhile.

use super::{
    error::PaymentError,
    ledger::{Cause, Ledger},
    operate::OperationResult,
    operations::{cancel, invoice},
    service::{CallerContext, Intent, PaymentService},
    transaction::State,
};
use crate::ids::PaymentId;

/// How much to cancel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What is not invoiced.
    #[default]
    Remainder,
    /// The invoices too.
    All,
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

impl PaymentService {
    /// Gives up the remainder or everything; `may` says whether the caller may do that as things stand. The transaction of the
    /// answer is the last one that was begun: when it has not succeeded, the rest waits for the request to be sent again.
    pub async fn abandon(
        &self,
        id: PaymentId,
        context: &CallerContext,
        wanted: &Cancellation,
        may: impl Fn(&Ledger) -> Result<(), PaymentError>,
    ) -> Result<OperationResult, PaymentError> {
        match wanted.extent {
            Extent::Remainder => self.abandon_remainder(id, context, wanted, &may).await,
            Extent::All => self.abandon_all(id, context, wanted, &may).await,
        }
    }

    async fn abandon_remainder(
        &self,
        id: PaymentId,
        context: &CallerContext,
        wanted: &Cancellation,
        may: &impl Fn(&Ledger) -> Result<(), PaymentError>,
    ) -> Result<OperationResult, PaymentError> {
        self.operate(id, context, |ledger, start| {
            may(ledger)?;
            let begun = cancel::begin(ledger, start)?;
            wanted.explain(ledger, &begun, start.by);
            Ok(begun)
        })
        .await
    }

    async fn abandon_all(
        &self,
        id: PaymentId,
        context: &CallerContext,
        wanted: &Cancellation,
        may: &impl Fn(&Ledger) -> Result<(), PaymentError>,
    ) -> Result<OperationResult, PaymentError> {
        let mut steps = Steps::of(context);
        if let Some(first) = self.done_before(context).await? {
            // Refused while it is still being answered.
            self.replay(id, first).await?;
            self.ready(id).await?;
            let told = self.replay(id, first).await?;
            if !leaves_more_to_do(&told) {
                return Ok(told);
            }
            steps.begun = true;
        }
        // What is unknown is read back, so that all invoices are judged by how they stand.
        self.ready(id).await?;
        let ledger = self.ledger(id).await?;
        may(&ledger)?;
        for open in cancel::open_invoices(&ledger)? {
            let step = steps.next(&open.to_string());
            let canceled = self.operate(id, &step, |ledger, start| {
                may(ledger)?;
                invoice::cancel(ledger, open, wanted.reason.as_deref(), start)
            });
            let done = canceled.await?;
            if !leaves_more_to_do(&done) {
                return Ok(done);
            }
        }
        self.abandon_remainder(id, &steps.next("order"), wanted, may)
            .await
    }
}

/// The keys of one request's transactions.
struct Steps<'a> {
    context: &'a CallerContext,
    /// Whether the request's own key is taken.
    begun: bool,
}

impl<'a> Steps<'a> {
    fn of(context: &'a CallerContext) -> Self {
        Steps {
            context,
            begun: false,
        }
    }

    fn next(&mut self, name: &str) -> CallerContext {
        let mut context = self.context.clone();
        if std::mem::replace(&mut self.begun, true) {
            context.key = context.key.step(name);
        }
        context
    }
}

/// Whether an invoice was canceled, after which the next one follows.
fn leaves_more_to_do(done: &OperationResult) -> bool {
    let cancel = done.ledger.find(done.transaction);
    cancel.is_some_and(|it| it.state == State::Succeeded && done.ledger.is_of_invoice(it))
}
