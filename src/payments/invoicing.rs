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
    order::OrderTotals,
    reference::Reference,
    store,
    transaction::{Action, State},
};
use crate::{
    ids::{PaymentId, TransactionId},
    problem::FieldError,
    store::Conn,
};

/// What is to be invoiced, and what went out with it.
#[derive(Clone, Debug)]
pub struct Wish {
    pub invoice: invoice::Wish,
    pub shipment: Option<shipment::Wish>,
}

/// Each failure means that others took the number that we had chosen.
const ATTEMPTS: u8 = 8;

impl Desk {
    /// Invoices, and ships once Apruve has the invoice. What becomes of the shipment changes nothing about the invoice.
    pub async fn invoice(
        &self,
        id: PaymentId,
        asked: &Asked,
        wish: &Wish,
    ) -> Result<Done, NotDone> {
        let ordered = self.ordered(id).await?;
        let mut invoiced = Err(NotDone::Contended);
        for _ in 0..ATTEMPTS {
            let own = self.own_number(id).await?;
            invoiced = self
                .invoice_as(id, asked, wish, ordered.as_ref(), &own)
                .await;
            if wish.invoice.number.is_some() || !matches!(invoiced, Err(NotDone::NumberTaken)) {
                break;
            }
        }
        let done = invoiced?;
        match &wish.shipment {
            Some(wish) if waits_for_shipment(&done.ledger, done.transaction) => {
                self.ship_along(id, asked, done, wish).await
            }
            _ => Ok(done),
        }
    }

    async fn invoice_as(
        &self,
        id: PaymentId,
        asked: &Asked,
        wish: &Wish,
        ordered: Option<&OrderTotals>,
        own: &Reference,
    ) -> Result<Done, NotDone> {
        self.operate_unless(
            id,
            asked,
            |ledger| invoice::earlier(ledger, &wish.invoice),
            |ledger, intent| {
                check_due(wish.invoice.due_at, intent.by.at)?;
                let begun = invoice::begin(ledger, &wish.invoice, ordered, own, intent)?;
                if let Some(wish) = &wish.shipment {
                    shipment::check_along(ledger, begun.transaction, wish)?;
                }
                Ok(begun)
            },
        )
        .await
    }

    /// The first of our numbers for a payment's next invoice that nobody has taken. A shop may give numbers like ours.
    async fn own_number(&self, id: PaymentId) -> Result<Reference, NotDone> {
        let ledger = self.ledger(id).await?;
        let find = move |conn: &mut Conn| {
            for number in invoice::own_numbers(&ledger) {
                if !store::is_number_taken(conn, ledger.payment.integration_id, &number)? {
                    return Ok(number);
                }
            }
            Err(NotDone::NumberTaken)
        };
        self.store().read(find).await
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
        let shipped = self.operate_unless(
            id,
            &step,
            |ledger| shipment::earlier(ledger, invoice, wish),
            |ledger, intent| shipment::begin(ledger, invoice, wish, intent),
        );
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
