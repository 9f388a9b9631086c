//! A shop that finances itself closes an invoice: the amount due was paid in another way, or is written off.

use super::prelude::*;
use crate::{integrations::Financing, string_enum::string_enum};

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
        return ledger.refuse(
            "The provider finances this account and closes its invoices itself; only a shop that finances itself closes them.",
        );
    }
    let status = ledger.invoice_status(&invoice);
    if status != InvoiceStatus::Open {
        let status = status.as_str();
        return ledger.refuse(format!(
            "Only an open invoice is closed, and this one is {status}."
        ));
    }
    none_open(
        ledger,
        id,
        &[Action::Cancel, Action::Capture, Action::Refund],
    )?;
    let due = ledger.part(&invoice).due();
    if due == 0 {
        return ledger.refuse("Nothing is due on the invoice.");
    }
    let (action, message) = match input.outcome {
        ClosingOutcome::Paid => (Action::Capture, "The invoice is being closed as paid."),
        ClosingOutcome::WrittenOff => (Action::Cancel, "The invoice is being written off."),
    };
    let mut new = Transaction::new(action, due, Some(id), start.by.at);
    new.details.write_off = input.outcome == ClosingOutcome::WrittenOff;
    new.details.reason.clone_from(&input.reason);
    Ok(start.ask(ledger, new, Command::CloseInvoice(reference), message))
}
