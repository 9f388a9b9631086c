//! A shop that finances itself says how an invoice ended: what was due came in another way, or is given up.

use super::{Intent, made_invoice, none_open, wrong_state};
use crate::{
    ids::{self, TransactionId},
    integrations::Financing,
    payments::{
        desk::Begun,
        details::{Details, Standing},
        gateway::Command,
        ledger::Ledger,
        not_done::NotDone,
        operations::invoice::word,
        transaction::{Action, Origin, Transaction},
    },
};

/// How an invoice ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was due came.
    Paid,
    /// It is not to come any more.
    WrittenOff,
}

/// How an invoice is to be closed.
#[derive(Clone, Debug)]
pub struct Wish {
    pub outcome: Outcome,
    pub reason: Option<String>,
}

/// Begins to close an invoice over all that is due on it.
pub fn begin(
    ledger: &mut Ledger,
    id: TransactionId,
    wish: &Wish,
    financing: Financing,
    intent: Intent,
) -> Result<Begun, NotDone> {
    let (invoice, reference) = made_invoice(ledger, id)?;
    if financing != Financing::Own {
        return Err(wrong_state(
            ledger,
            "Apruve finances this account and closes its invoices itself; only a shop that finances itself closes them.",
        ));
    }
    let standing = ledger.standing(&invoice);
    if standing != Standing::Open {
        return Err(wrong_state(
            ledger,
            format!(
                "Only an open invoice is closed, and this one is {}.",
                word(standing)
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
    let by = intent.by;
    let (action, message) = match wish.outcome {
        Outcome::Paid => (Action::Capture, "The invoice is being closed as paid."),
        Outcome::WrittenOff => (Action::Cancel, "The invoice is being written off."),
    };
    let mut new = Transaction::new(ids::fresh(by.at), action, Origin::Caller, due, by.at);
    new.parent_id = Some(id);
    new.details = Details {
        write_off: wish.outcome == Outcome::WrittenOff,
        reason: wish.reason.clone(),
        ..Details::default()
    };
    Ok(intent.ask(ledger, new, Command::CloseInvoice(reference), message))
}
