//! Giving up everything: first each invoice, then the order. Every one is a transaction of its own, begun when the one before
//! has succeeded.
//!
//! The request's key stands for the first of them, and a step of it for each of the others. So the request sent again goes on
//! where it stopped, nothing is asked twice, and the key serves no other request meanwhile.

use super::{
    desk::{Asked, Begun, Desk},
    ledger::{Ledger, Mover},
    not_done::NotDone,
    operate::Done,
    operations::{cancel, invoice},
    transaction::State,
};
use crate::ids::PaymentId;

/// How much is to be given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What is not invoiced.
    #[default]
    Remainder,
    /// The invoices too.
    All,
}

/// What is to be given up, and why.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    pub extent: Extent,
    /// Kept with each transaction of it.
    pub reason: Option<String>,
}

impl Cancellation {
    /// Keeps the reason with a transaction that was just begun.
    fn explain(&self, ledger: &mut Ledger, begun: &Begun, by: Mover) {
        ledger.edit(begun.transaction, by.at, |it| {
            it.details.reason.clone_from(&self.reason);
        });
    }
}

impl Desk {
    /// Gives up the remainder or everything; `may` says whether the caller may do that as things stand. The transaction of the
    /// answer is the last one that was begun: when it has not succeeded, the rest waits for the request to be sent again.
    pub async fn give_up(
        &self,
        id: PaymentId,
        asked: &Asked,
        wanted: &Cancellation,
        may: impl Fn(&Ledger) -> Result<(), NotDone>,
    ) -> Result<Done, NotDone> {
        match wanted.extent {
            Extent::Remainder => self.give_up_remainder(id, asked, wanted, &may).await,
            Extent::All => self.give_up_all(id, asked, wanted, &may).await,
        }
    }

    async fn give_up_remainder(
        &self,
        id: PaymentId,
        asked: &Asked,
        wanted: &Cancellation,
        may: &impl Fn(&Ledger) -> Result<(), NotDone>,
    ) -> Result<Done, NotDone> {
        self.operate(id, asked, |ledger, intent| {
            may(ledger)?;
            let begun = cancel::begin(ledger, intent)?;
            wanted.explain(ledger, &begun, intent.by);
            Ok(begun)
        })
        .await
    }

    async fn give_up_all(
        &self,
        id: PaymentId,
        asked: &Asked,
        wanted: &Cancellation,
        may: &impl Fn(&Ledger) -> Result<(), NotDone>,
    ) -> Result<Done, NotDone> {
        let mut steps = Steps::of(asked);
        if let Some(first) = self.done_before(asked).await? {
            // Refused while it is still being answered.
            self.told_again(id, first).await?;
            self.ready(id).await?;
            let told = self.told_again(id, first).await?;
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
            let canceled = self.operate(id, &step, |ledger, intent| {
                may(ledger)?;
                invoice::cancel(ledger, open, wanted.reason.as_deref(), intent)
            });
            let done = canceled.await?;
            if !leaves_more_to_do(&done) {
                return Ok(done);
            }
        }
        self.give_up_remainder(id, &steps.next("order"), wanted, may)
            .await
    }
}

/// The keys of one request's transactions.
struct Steps<'a> {
    asked: &'a Asked,
    /// Whether the request's own key is taken.
    begun: bool,
}

impl<'a> Steps<'a> {
    fn of(asked: &'a Asked) -> Self {
        Steps {
            asked,
            begun: false,
        }
    }

    fn next(&mut self, name: &str) -> Asked {
        let mut asked = self.asked.clone();
        if std::mem::replace(&mut self.begun, true) {
            asked.key = asked.key.step(name);
        }
        asked
    }
}

/// Whether an invoice was given up, after which the next one follows.
fn leaves_more_to_do(done: &Done) -> bool {
    let cancel = done.ledger.find(done.transaction);
    cancel.is_some_and(|it| it.state == State::Succeeded && done.ledger.is_of_invoice(it))
}
