//! Authorizes a payment with the order that the buyer made at the provider.

use super::prelude::*;
use crate::{payments::apply_snapshot, providers::OrderSnapshot};

/// Binds the order, which was read from the provider, and applies it to the authorization. An order that is not ours
/// changes nothing. The order that is bound already is applied again.
pub fn authorize(
    ledger: &mut Ledger,
    order: &OrderSnapshot,
    secure_hashes: &[String],
    by: Cause,
) -> Result<TransactionId, PaymentError> {
    let Some(provider_order) = &ledger.payment.provider_order else {
        return ledger.refuse_offline();
    };
    let is_bound = match &provider_order.id {
        Some(bound) if *bound == order.id => true,
        Some(_) => return ledger.refuse("The payment is authorized with another order already."),
        None => false,
    };
    let purchase = ledger.purchase();
    let waits = purchase.is_some_and(|it| it.state == State::Pending);
    let is_open = ledger.payment.ended.is_none() && ledger.amounts().canceled == 0 && waits;
    if !is_bound && !is_open {
        return ledger.refuse("The payment is over; begin another for the order.");
    }
    apply_snapshot::verify(&ledger.payment, secure_hashes, order)?;
    if !is_bound {
        let amount = ledger.payment.amount;
        if ledger.open_authorization().is_none() {
            let new = Transaction::new(Action::Authorize, amount, ledger.purchase_id(), by.at);
            ledger.add(new, by, "The buyer made the order at the provider.");
        }
        apply_snapshot::bind(ledger, &order.id, by);
    }
    apply_snapshot::bound(ledger, order, by);
    let authorization = ledger.authorization();
    Ok(authorization.ok_or(PaymentError::NoTransaction)?.id)
}
