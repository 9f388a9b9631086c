//! An invoice, and the shipment that goes along with it: two transactions, begun by one request.
//!
//! The shipment has a step of the request's key to itself. So the request sent again begins a shipment that was not begun
//! before, once. One that was tried and failed is asked for at the invoice's own address.

use chrono::{DateTime, Utc};

use super::{
    desk::{Asked, Desk},
    ledger::Ledger,
    not_done::NotDone,
    operate::Done,
    operations::{invoice, shipment},
    transaction::{Action, State},
};
use crate::{
    ids::{PaymentId, TransactionId},
    problem::FieldError,
};

/// What is to be invoiced, and what went out with it.
#[derive(Clone, Debug)]
pub struct Wish {
    pub invoice: invoice::Wish,
    pub shipment: Option<shipment::Wish>,
}

impl Desk {
    /// Invoices, and ships once Apruve has the invoice. What becomes of the shipment changes nothing about the invoice.
    pub async fn invoice(
        &self,
        id: PaymentId,
        asked: &Asked,
        wish: &Wish,
    ) -> Result<Done, NotDone> {
        let invoiced = self.operate(id, asked, |ledger, intent| {
            check_due(wish.invoice.due_at, intent.by.at)?;
            let begun = invoice::begin(ledger, &wish.invoice, intent)?;
            if let Some(wish) = &wish.shipment {
                shipment::check_along(ledger, begun.transaction, wish)?;
            }
            Ok(begun)
        });
        let done = invoiced.await?;
        match &wish.shipment {
            Some(wish) if waits_for_shipment(&done.ledger, done.transaction) => {
                self.ship_along(id, asked, done, wish).await
            }
            _ => Ok(done),
        }
    }

    async fn ship_along(
        &self,
        id: PaymentId,
        asked: &Asked,
        invoiced: Done,
        wish: &shipment::Wish,
    ) -> Result<Done, NotDone> {
        let step = Asked {
            key: asked.key.step("shipment"),
            ..asked.clone()
        };
        let invoice = invoiced.transaction;
        let shipped = self.operate(id, &step, |ledger, intent| {
            shipment::begin(ledger, invoice, wish, intent)
        });
        if let Err(error) = shipped.await {
            tracing::warn!(payment = %id, %invoice, %error, "the shipment of an invoice was not begun");
        }
        Ok(Done {
            ledger: self.ledger(id).await?,
            ..invoiced
        })
    }
}

/// Whether an invoice is made and nobody has shipped anything of it, or tried to.
fn waits_for_shipment(ledger: &Ledger, invoice: TransactionId) -> bool {
    let made = ledger
        .find(invoice)
        .is_some_and(|it| it.state == State::Succeeded);
    made && ledger.children(invoice, Action::Shipment).next().is_none()
}

fn check_due(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), NotDone> {
    if due_at.is_none_or(|due_at| due_at >= now) {
        return Ok(());
    }
    Err(NotDone::Invalid(vec![FieldError::at(
        "/dueAt",
        "past",
        "`dueAt` must not be in the past.",
    )]))
}
