//! An invoice, and the shipment that goes along with it: two transactions, begun by one request.
//!
//! The shipment uses a step of the request's idempotency key, so a repeated request begins a missing shipment, at most
//! once. To repeat a failed shipment, the caller posts it to the invoice's own path.

use chrono::{DateTime, Utc};

use super::{
    error::PaymentError,
    ledger::Ledger,
    natural_key::GivenKey,
    open_payment::{OpenPayment, OperationResult},
    operations::{Operation, OperationStart, invoice, shipment},
    order::OrderTotals,
    reference::Reference,
    service::Intent,
    transaction::{Action, State},
};
use crate::ids::TransactionId;

/// The invoice as an operation.
struct Invoicing {
    input: invoice::NewInvoice,
    /// The shipment that goes along with it.
    shipment: Option<shipment::NewShipment>,
    /// The totals of the order, while its cart is kept.
    ordered: Option<OrderTotals>,
    /// Our number that is known to be free; `None` tries the first one.
    free: Option<Reference>,
}

impl Operation for Invoicing {
    fn earlier(&self, ledger: &Ledger) -> Result<Option<TransactionId>, PaymentError> {
        invoice::earlier(ledger, &self.input)
    }

    fn begin(&self, ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
        let input = &self.input;
        check_due(input.due_at, start.by.at)?;
        let first = || invoice::own_numbers(ledger).next();
        let own = self.free.clone().or_else(first);
        let own = own.ok_or(PaymentError::NumberTaken)?;
        let intent = invoice::begin(ledger, input, self.ordered.as_ref(), &own, start)?;
        if let Some(shipment) = &self.shipment {
            shipment::check_along(ledger, intent.transaction, shipment)?;
        }
        Ok(intent)
    }

    fn renumber(&mut self, free: Reference) -> bool {
        self.free = Some(free);
        self.input.number.is_none()
    }
}

/// A shipment of an invoice as an operation.
pub struct Shipping {
    pub invoice: TransactionId,
    pub input: shipment::NewShipment,
}

impl Operation for Shipping {
    fn earlier(&self, ledger: &Ledger) -> Result<Option<TransactionId>, PaymentError> {
        let among = ledger.children(self.invoice, Action::Shipment);
        GivenKey::repeated(self.input.key.as_ref(), among, |_| false)
    }

    fn begin(&self, ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
        shipment::begin(ledger, self.invoice, &self.input, start)
    }
}

impl OpenPayment {
    /// Invoices, and ships once the provider has the invoice. A failed shipment does not fail the invoice.
    pub async fn invoice(
        self,
        input: invoice::NewInvoice,
        shipment: Option<shipment::NewShipment>,
    ) -> Result<OperationResult, PaymentError> {
        let earlier = self.earlier()?.map(|earlier| self.replay(earlier));
        let earlier = earlier.transpose()?;
        self.detached(async move |payment| {
            let performed = match earlier {
                Some(earlier) => earlier,
                None => {
                    payment.ready().await?;
                    let invoicing = Invoicing {
                        input,
                        shipment: shipment.clone(),
                        ordered: payment.payment.checkout.as_ref().and_then(|it| it.totals.clone()),
                        free: None,
                    };
                    payment.run(invoicing).await?
                }
            };
            let invoice = performed.transaction;
            if let Some(input) = shipment
                && waits_for_shipment(payment.ledger(), invoice)
                && let Err(error) = payment.ship_along(Shipping { invoice, input }).await
            {
                let payment = payment.ledger().payment.id;
                tracing::warn!(%payment, %invoice, %error, "the shipment of an invoice was not begun");
            }
            Ok(performed)
        })
        .await
    }

    async fn ship_along(&mut self, shipping: Shipping) -> Result<(), PaymentError> {
        self.ready().await?;
        let key = self.context.key.step("shipment");
        self.run_step(&key, shipping).await.map(drop)
    }
}

/// Whether an invoice is made and has no shipment, nor an attempt of one.
fn waits_for_shipment(ledger: &Ledger, invoice: TransactionId) -> bool {
    let made = ledger.find(invoice);
    made.is_some_and(|it| it.state == State::Succeeded)
        && ledger.children(invoice, Action::Shipment).next().is_none()
}

fn check_due(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), PaymentError> {
    if due_at.is_none_or(|due_at| due_at >= now) {
        return Ok(());
    }
    let message = "`dueAt` must not be in the past.";
    Err(PaymentError::invalid("/dueAt", "past", message))
}
