//! Authorizes a payment with the order that the buyer made at the provider.

use crate::{
    ids::TransactionId,
    payments::{
        apply_snapshot,
        error::PaymentError,
        ledger::{Cause, Ledger},
        transaction::{Action, State, Transaction},
    },
    providers::OrderSnapshot,
};

use super::wrong_state;

/// Binds the order, which was read from the provider, and applies it to the authorization. An order that is not ours
/// changes nothing. The order that is bound already is applied again.
pub fn authorize(
    ledger: &mut Ledger,
    order: &OrderSnapshot,
    secure_hashes: &[String],
    by: Cause,
) -> Result<TransactionId, PaymentError> {
    let Some(provider_order) = &ledger.payment.provider_order else {
        return Err(super::offline_is_not_authorized(ledger));
    };
    match &provider_order.id {
        Some(bound) if *bound == order.id => {}
        Some(_) => {
            return Err(wrong_state(
                ledger,
                "The payment is authorized with another order already.",
            ));
        }
        None => {
            let open = ledger.payment.ended.is_none()
                && ledger.amounts().canceled == 0
                && ledger
                    .purchase()
                    .is_some_and(|it| it.state == State::Pending);
            if !open {
                return Err(wrong_state(
                    ledger,
                    "The payment is over; begin another for the order.",
                ));
            }
        }
    }
    apply_snapshot::verify(&ledger.payment, secure_hashes, order)?;
    if provider_order.id.is_none() {
        let amount = ledger.payment.amount;
        let waiting = ledger
            .authorization()
            .is_some_and(|it| !it.state.is_settled());
        if !waiting {
            let new = Transaction::new(Action::Authorize, amount, ledger.purchase_id(), by.at);
            ledger.add(new, by, "The buyer made the order at the provider.");
        }
        apply_snapshot::bind(ledger, &order.id, by);
    }
    apply_snapshot::bound(ledger, order, by);
    ledger
        .authorization()
        .map(|it| it.id)
        .ok_or(PaymentError::NoTransaction)
}
