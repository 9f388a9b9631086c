//! Refunds: a return on an invoice at the provider, or a manual refund of an offline payment.

use super::{Operation, OperationStart, made_invoice, money, none_open, wrong_state};
use crate::{
    http::problem::FieldError,
    ids::TransactionId,
    money::Money,
    payments::{
        details::RefundDetails,
        error::PaymentError,
        ledger::{Cause, Ledger},
        natural_key::GivenKey,
        service::Intent,
        transaction::{Action, Transaction},
    },
    providers::{Command, InvoiceStatus, ReturnDraft},
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
        let parent = self.invoice.or_else(|| ledger.purchase_id());
        match (&self.key, parent) {
            (Some(key), Some(parent)) => {
                key.repeats(ledger.children(parent, Action::Refund), |_| false)
            }
            _ => Ok(None),
        }
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
        return Err(wrong_state(
            ledger,
            "The invoice is canceled; there is nothing to give back.",
        ));
    }
    none_open(ledger, invoice, Action::Cancel)?;
    none_open(ledger, invoice, Action::Capture)?;
    // Two pending returns cannot be distinguished while neither has an id.
    none_open(ledger, invoice, Action::Refund)?;
    check_left(ledger, input.amount, ledger.part(&made).returnable())?;
    let by = start.by;
    let mut new = entry(input, invoice, by);
    let number = new.id.to_string();
    new.number = Some(number.clone());
    let draft = ReturnDraft {
        number,
        reference: input.refund_reference.clone(),
        amount: Money::from_minor(input.amount, ledger.payment.currency),
        reason: input.reason.clone(),
    };
    let command = Command::CreateReturn {
        invoice: reference,
        draft: Box::new(draft),
    };
    Ok(start.ask(
        ledger,
        new,
        command,
        "A return is being made at the provider.",
    ))
}

fn offline(ledger: &mut Ledger, input: &NewRefund, by: Cause) -> Result<Intent, PaymentError> {
    let sums = ledger.amounts();
    check_left(ledger, input.amount, sums.captured - sums.refunded)?;
    let purchase = ledger.purchase_id().ok_or(PaymentError::NoTransaction)?;
    let message = "Money was given back by hand.";
    let id = ledger.add_done(entry(input, purchase, by), by, message);
    Ok(Intent::without_command(id))
}

fn entry(input: &NewRefund, parent: TransactionId, by: Cause) -> Transaction {
    let mut new = Transaction::new(Action::Refund, input.amount, Some(parent), by.at);
    new.natural_key = input.key.as_ref().map(GivenKey::kept);
    new.details.refund = Some(RefundDetails {
        reason: input.reason.clone(),
        refund_reference: input.refund_reference.clone(),
    });
    new
}

fn check_left(ledger: &Ledger, amount: i64, left: i64) -> Result<(), PaymentError> {
    if amount <= left {
        return Ok(());
    }
    let (what, left) = (money(ledger, amount), money(ledger, left.max(0)));
    Err(PaymentError::exceeds("/amount", what, left))
}
