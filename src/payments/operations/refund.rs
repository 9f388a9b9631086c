//! Refunds: a return on an invoice at the provider, or a manual refund of an offline payment.

use super::prelude::*;
use crate::{
    http::problem::FieldError,
    payments::{details::RefundDetails, natural_key::GivenKey},
    providers::ReturnDraft,
};

/// A new refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRefund {
    /// The invoice it is taken off; offline payments have none.
    pub invoice: Option<TransactionId>,
    /// Minor units.
    pub amount: i64,
    pub reason: Option<String>,
    /// The shop's own number for it.
    pub refund_reference: Option<String>,
    pub key: Option<GivenKey>,
}

impl Operation for NewRefund {
    /// References are unique within an invoice.
    fn earlier(&self, ledger: &Ledger) -> Result<Option<TransactionId>, PaymentError> {
        let parent = self.invoice.or_else(|| ledger.purchase_id()).into_iter();
        let among = parent.flat_map(|parent| ledger.children(parent, Action::Refund));
        GivenKey::repeated(self.key.as_ref(), among, |_| false)
    }

    /// Begins a return on an invoice, whether it is paid or not. An offline refund succeeds at once.
    fn begin(&self, ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
        match self.invoice {
            Some(invoice) if ledger.invoice(invoice).is_none() => {
                Err(PaymentError::Invalid(vec![no_invoice()]))
            }
            Some(invoice) => on_invoice(ledger, invoice, self, start),
            None if ledger.payment.provider_order.is_none() => offline(ledger, self, start.by),
            None => {
                let message = "`invoiceId` says which invoice the money goes back on.";
                Err(PaymentError::invalid("/invoiceId", "required", message))
            }
        }
    }
}

/// The error if the id is not that of an invoice of the payment.
pub fn no_invoice() -> FieldError {
    let message = "`invoiceId` must be the id of an invoice of this payment.";
    FieldError::at("/invoiceId", "unknown_invoice", message)
}

fn on_invoice(
    ledger: &mut Ledger,
    invoice: TransactionId,
    input: &NewRefund,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (made, reference) = made_invoice(ledger, invoice)?;
    if ledger.invoice_status(&made) == InvoiceStatus::Canceled {
        return ledger.refuse("The invoice is canceled; there is nothing to give back.");
    }
    // Two pending returns cannot be distinguished while neither has an id.
    none_open(
        ledger,
        invoice,
        &[Action::Cancel, Action::Capture, Action::Refund],
    )?;
    check_left(
        ledger,
        "/amount",
        input.amount,
        ledger.part(&made).returnable(),
    )?;
    let mut new = entry(input, invoice, start.by);
    let number = new.id.to_string();
    new.number = Some(number.clone());
    let draft = ReturnDraft {
        number,
        reference: input.refund_reference.clone(),
        amount: ledger.payment.money(input.amount),
        reason: input.reason.clone(),
    };
    let command = Command::CreateReturn {
        invoice: reference,
        draft: Box::new(draft),
    };
    let message = "A return is being made at the provider.";
    Ok(start.ask(ledger, new, command, message))
}

fn offline(ledger: &mut Ledger, input: &NewRefund, by: Cause) -> Result<Intent, PaymentError> {
    let sums = ledger.amounts();
    check_left(
        ledger,
        "/amount",
        input.amount,
        sums.captured - sums.refunded,
    )?;
    let purchase = ledger.purchase_id().ok_or(PaymentError::NoTransaction)?;
    let message = "Money was given back by hand.";
    let id = ledger.add_done(entry(input, purchase, by), by, message);
    Ok(Intent::without_command(id))
}

fn entry(input: &NewRefund, parent: TransactionId, by: Cause) -> Transaction {
    let mut new = Transaction::new(Action::Refund, input.amount, Some(parent), by.at);
    new.natural_key = input.key.as_ref().map(|it| it.key.clone());
    new.details.refund = Some(RefundDetails {
        reason: input.reason.clone(),
        refund_reference: input.refund_reference.clone(),
    });
    new
}
