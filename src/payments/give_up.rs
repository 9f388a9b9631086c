//! Giving up everything: first each invoice, then the order. Every one is a transaction of its own, begun when the one before
//! has succeeded.
//!
//! The request's key stands for the last of them; each invoice has a step of it to itself. So the request sent again goes on
//! where it stopped, and nothing is asked twice.

use super::{
    desk::{Asked, Desk},
    ledger::Ledger,
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

impl Desk {
    /// Gives up the remainder or everything; `may` says whether the caller may do that as things stand. The transaction of the
    /// answer is the last one that was begun: when it has not succeeded, the rest waits for the request to be sent again.
    pub async fn give_up(
        &self,
        id: PaymentId,
        asked: &Asked,
        extent: Extent,
        may: impl Fn(&Ledger) -> Result<(), NotDone>,
    ) -> Result<Done, NotDone> {
        let done_before = self.done_before(asked).await?.is_some();
        if extent == Extent::All
            && !done_before
            && let Some(stopped) = self.give_up_invoices(id, asked, &may).await?
        {
            return Ok(stopped);
        }
        self.operate(id, asked, |ledger, intent| {
            may(ledger)?;
            cancel::begin(ledger, intent)
        })
        .await
    }

    /// The cancellation that did not succeed, if any.
    async fn give_up_invoices(
        &self,
        id: PaymentId,
        asked: &Asked,
        may: &impl Fn(&Ledger) -> Result<(), NotDone>,
    ) -> Result<Option<Done>, NotDone> {
        // What is unknown is read back, so that all invoices are judged by how they stand.
        self.ready(id).await?;
        let ledger = self.ledger(id).await?;
        may(&ledger)?;
        for open in cancel::open_invoices(&ledger)? {
            let step = Asked {
                key: asked.key.step(&open.to_string()),
                ..asked.clone()
            };
            let canceled = self.operate(id, &step, |ledger, intent| {
                may(ledger)?;
                invoice::cancel(ledger, open, intent)
            });
            let done = canceled.await?;
            let state = done.ledger.find(done.transaction).map(|it| it.state);
            if state != Some(State::Succeeded) {
                return Ok(Some(done));
            }
        }
        Ok(None)
    }
}
