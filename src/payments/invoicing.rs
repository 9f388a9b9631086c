//! An invoice, and the shipment that goes along with it: two transactions, begun by one request.
//!
//! The shipment has a step of the request's key to itself. So the request sent again begins a shipment that was not begun
//! before, once. One that was tried and failed is asked for at the invoice's own address.

use chrono::{DateTime, Utc};

use super::{
    error::PaymentError,
    ledger::Ledger,
    operate::OperationResult,
    operations::{invoice, shipment},
    order::OrderTotals,
    reference::Reference,
    service::{CallerContext, PaymentService},
    store,
    transaction::{Action, State},
};
use crate::{
    http::problem::FieldError,
    ids::{PaymentId, TransactionId},
    store::Conn,
};

/// What is to be invoiced, and what went out with it.
#[derive(Clone, Debug)]
pub struct NewInvoiceWithShipment {
    pub invoice: invoice::NewInvoice,
    pub shipment: Option<shipment::NewShipment>,
}

/// Each failure means that others took the number that we had chosen.
const ATTEMPTS: u8 = 8;

impl PaymentService {
    /// Invoices, and ships once Apruve has the invoice. What becomes of the shipment changes nothing about the invoice.
    pub async fn invoice(
        &self,
        id: PaymentId,
        context: &CallerContext,
        input: &NewInvoiceWithShipment,
    ) -> Result<OperationResult, PaymentError> {
        let ordered = self.ordered(id).await?;
        let mut invoiced = Err(PaymentError::Contended);
        for _ in 0..ATTEMPTS {
            let own = self.own_number(id).await?;
            invoiced = self
                .invoice_as(id, context, input, ordered.as_ref(), &own)
                .await;
            if input.invoice.number.is_some() || !matches!(invoiced, Err(PaymentError::NumberTaken))
            {
                break;
            }
        }
        let done = invoiced?;
        match &input.shipment {
            Some(input) if waits_for_shipment(&done.ledger, done.transaction) => {
                self.ship_along(id, context, done, input).await
            }
            _ => Ok(done),
        }
    }

    async fn invoice_as(
        &self,
        id: PaymentId,
        context: &CallerContext,
        input: &NewInvoiceWithShipment,
        ordered: Option<&OrderTotals>,
        own: &Reference,
    ) -> Result<OperationResult, PaymentError> {
        self.operate_unless(
            id,
            context,
            |ledger| invoice::earlier(ledger, &input.invoice),
            |ledger, start| {
                check_due(input.invoice.due_at, start.by.at)?;
                let begun = invoice::begin(ledger, &input.invoice, ordered, own, start)?;
                if let Some(input) = &input.shipment {
                    shipment::check_along(ledger, begun.transaction, input)?;
                }
                Ok(begun)
            },
        )
        .await
    }

    /// The first of our numbers for a payment's next invoice that nobody has taken. A shop may give numbers like ours.
    async fn own_number(&self, id: PaymentId) -> Result<Reference, PaymentError> {
        let ledger = self.ledger(id).await?;
        let find = move |conn: &mut Conn| {
            for number in invoice::own_numbers(&ledger) {
                if !store::is_number_taken(conn, ledger.payment.integration_id, &number)? {
                    return Ok(number);
                }
            }
            Err(PaymentError::NumberTaken)
        };
        self.store().read(find).await
    }

    async fn ship_along(
        &self,
        id: PaymentId,
        context: &CallerContext,
        invoiced: OperationResult,
        input: &shipment::NewShipment,
    ) -> Result<OperationResult, PaymentError> {
        let step = CallerContext {
            key: context.key.step("shipment"),
            ..context.clone()
        };
        let invoice = invoiced.transaction;
        let shipped = self.operate_unless(
            id,
            &step,
            |ledger| shipment::earlier(ledger, invoice, input),
            |ledger, start| shipment::begin(ledger, invoice, input, start),
        );
        if let Err(error) = shipped.await {
            tracing::warn!(payment = %id, %invoice, %error, "the shipment of an invoice was not begun");
        }
        Ok(OperationResult {
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

fn check_due(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), PaymentError> {
    if due_at.is_none_or(|due_at| due_at >= now) {
        return Ok(());
    }
    Err(PaymentError::Invalid(vec![FieldError::at(
        "/dueAt",
        "past",
        "`dueAt` must not be in the past.",
    )]))
}
