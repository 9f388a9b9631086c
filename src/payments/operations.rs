//! The operations of callers on a payment. Each is a decision on its ledger, which adds the intent and returns the
//! command for the provider. Nothing here does I/O.

pub mod authorize;
pub mod cancel;
pub mod capture;
pub mod close;
pub mod invoice;
mod parcel;
pub mod refund;
pub mod resolve;
pub mod shipment;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use self::prelude::*;
use super::reference::Reference;

/// The names that most operations use.
mod prelude {
    pub(super) use super::{Operation, OperationStart, check_left, made_invoice, none_open};
    pub(super) use crate::{
        ids::TransactionId,
        payments::{
            error::PaymentError,
            ledger::{Cause, Ledger},
            service::Intent,
            transaction::{Action, Event, State, Transaction},
        },
        providers::{Command, InvoiceStatus, ProviderId},
    };
}

/// An operation that is about to begin.
#[derive(Clone, Copy, Debug)]
pub struct OperationStart {
    pub by: Cause,
    /// When a call that it makes is certainly over.
    pub call_until: DateTime<Utc>,
}

/// An operation of a caller on a payment: a decision on its ledger, which is made again after a concurrent write.
pub trait Operation: 'static {
    /// The earlier operation that this one repeats, recognised by the shop's own name for it.
    fn earlier(&self, _: &Ledger) -> Result<Option<TransactionId>, PaymentError> {
        Ok(None)
    }

    /// Adds what is about to be done to the ledger.
    fn begin(&self, ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError>;

    /// Takes a free number of ours, because the chosen one was taken. Returns false if the number was given.
    fn renumber(&mut self, _free: Reference) -> bool {
        false
    }
}

impl<F> Operation for F
where
    F: Fn(&mut Ledger, OperationStart) -> Result<Intent, PaymentError> + 'static,
{
    fn begin(&self, ledger: &mut Ledger, start: OperationStart) -> Result<Intent, PaymentError> {
        self(ledger, start)
    }
}

/// An operation that is one decision.
pub fn act<F>(decision: F) -> impl Operation
where
    F: Fn(&mut Ledger, OperationStart) -> Result<Intent, PaymentError> + 'static,
{
    decision
}

impl OperationStart {
    /// Adds a transaction whose call begins now, and returns its intent.
    pub fn ask(
        self,
        ledger: &mut Ledger,
        mut transaction: Transaction,
        command: Command,
        message: &str,
    ) -> Intent {
        transaction.call_until = Some(self.call_until);
        let id = transaction.id;
        ledger.add(transaction, self.by, message);
        Intent {
            transaction: id,
            command: Some(command),
        }
    }
}

/// The operations that the payment's state allows, named as in their paths.
pub fn possible(ledger: &Ledger) -> Vec<&'static str> {
    let sums = ledger.amounts();
    let offline = ledger.payment.provider_order.is_none();
    let undecided = ledger.purchase().is_some_and(|it| !it.state.is_settled());
    let any_invoice = |holds: &dyn Fn(&Transaction) -> bool| {
        let mut invoices = ledger.of_action(Action::Invoice);
        invoices.any(|it| it.state == State::Succeeded && holds(it))
    };
    let has_status =
        |wanted: &[InvoiceStatus]| any_invoice(&|it| wanted.contains(&ledger.invoice_status(it)));
    let invoices = !offline && ledger.is_authorized() && ledger.left_to_invoice() > 0;
    let is_returnable = any_invoice(&|it| ledger.part(it).returnable() > 0);
    let owed = offline && sums.due > 0;
    let table = [
        (
            "authorize",
            !offline && undecided && !ledger.is_authorized(),
        ),
        ("invoices", invoices),
        ("issue", has_status(&[InvoiceStatus::Pending])),
        (
            "shipments",
            has_status(&[InvoiceStatus::Open, InvoiceStatus::Closed]),
        ),
        ("capture", owed && ledger.payment.ended.is_none()),
        ("cancel", undecided || sums.open_authorized > 0 || owed),
        ("refunds", sums.captured > sums.refunded || is_returnable),
        ("resolve", ledger.has_unknown()),
    ];
    let holding = table.into_iter().filter(|(_, holds)| *holds);
    holding.map(|(name, _)| name).collect()
}

impl Ledger {
    /// Refuses an operation because of the payment's state.
    fn refuse<T>(&self, detail: impl Into<String>) -> Result<T, PaymentError> {
        Err(PaymentError::WrongState {
            detail: detail.into(),
            status: self.status(),
            possible: possible(self),
        })
    }

    /// Refuses to authorize an offline payment.
    pub fn refuse_offline<T>(&self) -> Result<T, PaymentError> {
        self.refuse("An offline method is not authorized: an operator captures what was paid.")
    }
}

/// Refuses an amount at `pointer` of which less is left.
fn check_left(
    ledger: &Ledger,
    pointer: impl Into<String>,
    amount: i64,
    left: i64,
) -> Result<(), PaymentError> {
    if amount <= left {
        return Ok(());
    }
    let [amount, left] = [amount, left.max(0)].map(|minor| ledger.payment.money(minor));
    Err(PaymentError::exceeds(pointer, amount, left))
}

/// An invoice that the provider has, with its id there.
fn made_invoice(
    ledger: &Ledger,
    id: TransactionId,
) -> Result<(Transaction, ProviderId), PaymentError> {
    let invoice = ledger.invoice(id).ok_or(PaymentError::NoTransaction)?;
    match (invoice.state, &invoice.reference) {
        (State::Succeeded, Some(reference)) => Ok((invoice.clone(), reference.clone())),
        (State::Failed, _) => ledger.refuse("The invoice was not made at the provider."),
        _ => ledger.refuse(
            "Whether the provider has the invoice is not known yet; the service reads it back.",
        ),
    }
}

/// Refuses while an earlier operation of one of these kinds is not settled.
fn none_open(
    ledger: &Ledger,
    parent: TransactionId,
    actions: &[Action],
) -> Result<(), PaymentError> {
    let actions = actions.iter();
    let mut open = actions.flat_map(|action| ledger.open_children(parent, *action));
    match open.next() {
        Some(open) => ledger.refuse(format!(
            "The same was begun as {open} and its outcome is not known yet."
        )),
        None => Ok(()),
    }
}
