//! A shop that finances itself closes an invoice: the amount due was paid in another way, or is written off.

use super::{OperationStart, made_invoice, none_open, wrong_state};
use crate::{
    ids::TransactionId,
    integrations::Financing,
    payments::{
        error::PaymentError,
        ledger::Ledger,
        operations::invoice::word,
        service::Intent,
        transaction::{Action, Transaction},
    },
    providers::{Command, InvoiceStatus},
    string_enum::string_enum,
};

string_enum! {
    /// How an invoice ended.
    ClosingOutcome as "ClosingOutcome" {
        /// The amount due was received.
        Paid = "paid",
        /// The amount due is written off.
        WrittenOff = "written_off",
    }
}

/// How an invoice is to be closed.
#[derive(Clone, Debug)]
pub struct NewClosing {
    pub outcome: ClosingOutcome,
    pub reason: Option<String>,
}

/// Begins to close an invoice over all that is due on it.
pub fn begin(
    ledger: &mut Ledger,
    id: TransactionId,
    input: &NewClosing,
    financing: Financing,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (invoice, reference) = made_invoice(ledger, id)?;
    if financing != Financing::Own {
        return Err(wrong_state(
            ledger,
            "The provider finances this account and closes its invoices itself; only a shop that finances itself closes them.",
        ));
    }
    let status = ledger.invoice_status(&invoice);
    if status != InvoiceStatus::Open {
        return Err(wrong_state(
            ledger,
            format!(
                "Only an open invoice is closed, and this one is {}.",
                word(status)
            ),
        ));
    }
    for action in [Action::Cancel, Action::Capture, Action::Refund] {
        none_open(ledger, id, action)?;
    }
    let due = ledger.part(&invoice).due();
    if due == 0 {
        return Err(wrong_state(ledger, "Nothing is due on the invoice."));
    }
    let by = start.by;
    let (action, message) = match input.outcome {
        ClosingOutcome::Paid => (Action::Capture, "The invoice is being closed as paid."),
        ClosingOutcome::WrittenOff => (Action::Cancel, "The invoice is being written off."),
    };
    let mut new = Transaction::new(action, due, Some(id), by.at);
    new.details.write_off = input.outcome == ClosingOutcome::WrittenOff;
    new.details.reason.clone_from(&input.reason);
    Ok(start.ask(ledger, new, Command::CloseInvoice(reference), message))
}
