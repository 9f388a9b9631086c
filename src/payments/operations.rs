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

use super::{
    error::PaymentError,
    ledger::{Cause, Ledger},
    reference::Reference,
    service::Intent,
    transaction::{Action, State, Transaction},
};
use crate::providers::{Command, InvoiceStatus};
use crate::{ids::TransactionId, money::Money, providers::ProviderId};

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
    fn ask(
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
    let authorized = ledger
        .authorization()
        .is_some_and(|it| it.state == State::Succeeded);
    let undecided = ledger.purchase().is_some_and(|it| !it.state.is_settled());
    let invoices = || {
        ledger
            .of_action(Action::Invoice)
            .filter(|it| it.state == State::Succeeded)
    };
    let any_invoice =
        |wanted: &[InvoiceStatus]| invoices().any(|it| wanted.contains(&ledger.invoice_status(it)));
    let table = [
        ("authorize", !offline && undecided && !authorized),
        (
            "invoices",
            !offline && authorized && ledger.left_to_invoice() > 0,
        ),
        ("issue", any_invoice(&[InvoiceStatus::Pending])),
        (
            "shipments",
            any_invoice(&[InvoiceStatus::Open, InvoiceStatus::Closed]),
        ),
        (
            "capture",
            offline && sums.due > 0 && ledger.payment.ended.is_none(),
        ),
        (
            "cancel",
            undecided || sums.open_authorized > 0 || (offline && sums.due > 0),
        ),
        (
            "refunds",
            sums.captured > sums.refunded || invoices().any(|it| ledger.part(it).returnable() > 0),
        ),
        (
            "resolve",
            ledger
                .transactions()
                .iter()
                .any(|it| it.state == State::Unknown),
        ),
    ];
    table
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| name)
        .collect()
}

/// An amount of the payment, for people.
fn money(ledger: &Ledger, minor: i64) -> String {
    Money::from_minor(minor, ledger.payment.currency).to_string()
}

/// A refusal because of the payment's state.
fn wrong_state(ledger: &Ledger, detail: impl Into<String>) -> PaymentError {
    PaymentError::WrongState {
        detail: detail.into(),
        status: ledger.status(),
        possible: possible(ledger),
    }
}

/// The refusal to authorize an offline payment.
pub fn offline_is_not_authorized(ledger: &Ledger) -> PaymentError {
    wrong_state(
        ledger,
        "An offline method is not authorized: an operator captures what was paid.",
    )
}

/// The order at the provider, and the authorization that counts, which must have succeeded.
fn authorized(ledger: &Ledger) -> Result<(ProviderId, TransactionId), PaymentError> {
    let order = ledger.payment.provider_order_id().cloned();
    let authorization = ledger
        .authorization()
        .filter(|it| it.state == State::Succeeded);
    match (order, authorization) {
        (Some(order), Some(authorization)) => Ok((order, authorization.id)),
        _ if ledger.payment.provider_order.is_none() => Err(wrong_state(
            ledger,
            "An offline method has no order at a provider: capture what was paid, or cancel.",
        )),
        _ => Err(wrong_state(ledger, "The payment is not authorized.")),
    }
}

/// An invoice that the provider has, with its id there.
fn made_invoice(
    ledger: &Ledger,
    id: TransactionId,
) -> Result<(Transaction, ProviderId), PaymentError> {
    let invoice = ledger.invoice(id).ok_or(PaymentError::NoTransaction)?;
    match (invoice.state, &invoice.reference) {
        (State::Succeeded, Some(reference)) => Ok((invoice.clone(), reference.clone())),
        (State::Failed, _) => Err(wrong_state(
            ledger,
            "The invoice was not made at the provider.",
        )),
        _ => Err(wrong_state(
            ledger,
            "Whether the provider has the invoice is not known yet; the service reads it back.",
        )),
    }
}

/// Refuses while an earlier operation of the same kind is not settled.
fn none_open(ledger: &Ledger, parent: TransactionId, action: Action) -> Result<(), PaymentError> {
    match ledger.open_children(parent, action).first() {
        Some(open) => Err(wrong_state(
            ledger,
            format!("The same was begun as {open} and its outcome is not known yet."),
        )),
        None => Ok(()),
    }
}
