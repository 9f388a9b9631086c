//! Finds the order that a payment waits for among the orders at the provider.

use super::{end::finish_purchase, order::bind, prelude::*};
use crate::payments::{payment::Payment, status::Ended};

/// Why an order is not the one a payment waits for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderMismatch {
    #[error("it belongs to another merchant")]
    Merchant,
    #[error("its `merchant_order_id` is not `{0}`")]
    OrderReference(String),
    #[error("it is over another amount than this payment")]
    Amount,
    #[error("it is in another currency than this payment")]
    Currency,
    #[error("it was made from another cart: its secure hash differs")]
    SecureHash,
}

/// Checks that an order is the one this payment waits for. A missing value counts as a mismatch, so that a payment is
/// never authorized on a guess. Only the secure hash may be missing, because orders made over REST have none. If
/// present, it must be one of `secure_hashes`, unless none are known.
pub fn verify(
    payment: &Payment,
    secure_hashes: &[String],
    order: &OrderSnapshot,
) -> Result<(), OrderMismatch> {
    let provider_order = payment.provider_order.as_ref();
    let provider_order = provider_order.ok_or(OrderMismatch::Merchant)?;
    if order.merchant_id.as_deref() != Some(provider_order.account.merchant()) {
        return Err(OrderMismatch::Merchant);
    }
    if order.merchant_order_id.as_deref() != Some(&provider_order.number) {
        return Err(OrderMismatch::OrderReference(provider_order.number.clone()));
    }
    if order.amount != Some(payment.amount) {
        return Err(OrderMismatch::Amount);
    }
    if order.currency.as_deref() != Some(payment.currency.code()) {
        return Err(OrderMismatch::Currency);
    }
    let handed_out = |theirs: &String| {
        let mut ours = secure_hashes.iter();
        ours.any(|ours| ours.eq_ignore_ascii_case(theirs))
    };
    match &order.secure_hash {
        Some(theirs) if !secure_hashes.is_empty() && !handed_out(theirs) => {
            Err(OrderMismatch::SecureHash)
        }
        _ => Ok(()),
    }
}

/// The orders that pass [`verify`]: accepted ones first, then waiting, then canceled ones, because the buyer may have
/// tried several times.
pub fn ours<'o>(
    payment: &Payment,
    secure_hashes: &[String],
    orders: &'o [OrderSnapshot],
) -> Vec<&'o OrderSnapshot> {
    let is_ours = |order: &&OrderSnapshot| verify(payment, secure_hashes, order).is_ok();
    let mut ours: Vec<_> = orders.iter().filter(is_ours).collect();
    ours.sort_by_key(|order| match order.state {
        OrderState::Accepted => 0,
        OrderState::Waiting | OrderState::Unclear => 1,
        OrderState::Canceled => 2,
    });
    ours
}

impl Reading<'_> {
    /// Looks for the payment's order among those with its number.
    pub(super) fn candidates<'o>(
        &mut self,
        list: &'o List<OrderSnapshot>,
        secure_hashes: &[String],
    ) -> Option<&'o OrderSnapshot> {
        let payment = &self.ledger.payment;
        for order in list.items.iter().filter(|order| stands(order)) {
            if let Err(why) = verify(payment, secure_hashes, order) {
                self.findings.push(not_ours(payment, order, &why));
            }
        }
        let mut ours = ours(payment, secure_hashes, &list.items).into_iter();
        let looked_for = self.ledger.open_authorization().map(|it| it.id);
        let takes_orders = looked_for.is_some()
            || (payment.ended.is_none() && self.ledger.amounts().canceled == 0);
        let first = ours.next();
        let beyond = if takes_orders { second } else { after_end };
        let others = ours.filter(|order| stands(order));
        let others = others.map(|order| beyond(payment, order));
        self.findings.extend(others);
        match first {
            // A canceled order decides nothing while the buyer may make another. An order of our own is followed.
            Some(order) if order.state == OrderState::Canceled && looked_for.is_none() => None,
            Some(order) if takes_orders => {
                bind(self.ledger, &order.id, self.by);
                self.follow_order(order)
            }
            Some(order) => {
                self.findings.push(after_end(payment, order));
                None
            }
            None => {
                // An order with our number that does not match is no proof of absence: a person has to look at it.
                let nothing_there = !list.items.iter().any(stands);
                if let Some(id) = looked_for.filter(|_| list.complete && nothing_there) {
                    self.not_made(id);
                }
                None
            }
        }
    }

    /// Reports the orders with the payment's number beside the one that it has.
    pub(super) fn others(&mut self, bound: &ProviderId, list: &List<OrderSnapshot>) {
        let is_other = |order: &&OrderSnapshot| order.id != *bound && stands(order);
        let others = list.items.iter().filter(is_other);
        let found = others.map(|order| second(&self.ledger.payment, order));
        self.findings.extend(found);
    }

    /// Records that a complete read did not find the order that we requested. Once that is certain, the attempt ends as
    /// expired.
    fn not_made(&mut self, authorization: TransactionId) {
        let message = "The provider has no order with this payment's number.";
        self.miss(authorization, message);
        let authorization = self.ledger.find(authorization);
        if authorization.is_some_and(|it| it.state == State::Failed) {
            finish_purchase(self.ledger, Event::Fails, self.by, message);
            self.edit_payment(|payment| payment.ended = Some(Ended::Expired));
        }
    }
}

/// Whether the buyer may still owe something for the order.
fn stands(order: &OrderSnapshot) -> bool {
    order.state != OrderState::Canceled
}

fn not_ours(payment: &Payment, order: &OrderSnapshot, why: &OrderMismatch) -> Observation {
    let message = format!(
        "An order at the provider carries this payment's number, but {why}; cancel it there, unless it is meant."
    );
    let amount = |minor| payment.money(minor).to_string();
    let (expected, observed) = match why {
        OrderMismatch::Amount => (Some(amount(payment.amount)), order.amount.map(amount)),
        OrderMismatch::Currency => (
            Some(payment.currency.code().to_owned()),
            order.currency.clone(),
        ),
        OrderMismatch::OrderReference(ours) => {
            (Some(ours.clone()), order.merchant_order_id.clone())
        }
        OrderMismatch::Merchant | OrderMismatch::SecureHash => (None, None),
    };
    Observation {
        expected,
        observed,
        ..Observation::of(FindingCode::OrderNotOurs, &order.id, message)
    }
}

fn second(payment: &Payment, order: &OrderSnapshot) -> Observation {
    let message = format!(
        "The provider has a second order{} for this payment; cancel the one there that is not needed.",
        over(payment, order)
    );
    Observation::of(FindingCode::SecondOrder, &order.id, message).with("canceled", &order.status)
}

fn after_end(payment: &Payment, order: &OrderSnapshot) -> Observation {
    let message = format!(
        "The provider has an order{} for this attempt, which has ended; cancel the order there, or use it for a new payment.",
        over(payment, order)
    );
    Observation::of(FindingCode::OrderAfterEnd, &order.id, message).with("canceled", &order.status)
}

/// The amount of an order as a part of a sentence; empty if it is missing or in another currency.
fn over(payment: &Payment, order: &OrderSnapshot) -> String {
    let currency = payment.currency.code();
    match order.amount {
        Some(there) if order.currency.as_deref() == Some(currency) => {
            format!(" over {} {currency}", payment.money(there))
        }
        _ => String::new(),
    }
}
