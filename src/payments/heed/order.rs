//! The order at the provider: which one is ours, and what it says of the authorization.

use super::{Finding, search::missed};
use crate::{
    apruve::ApruveId,
    ids,
    payments::{
        ledger::{Ledger, Mover},
        payment::Payment,
        picture::{List, OrderSeen, OrderStanding, OrderView},
        status::Ended,
        transaction::{Action, Event, Failure, Origin, State, Transaction, WrongMove},
    },
};

/// Why an order is not the one a payment waits for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
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

/// Whether an order is the one this payment waits for. What Apruve does not tell counts as not ours: a payment is never
/// authorized on a guess. Only the hash may be missing, which orders made over REST do not have.
pub fn verify(
    payment: &Payment,
    secure_hash: Option<&str>,
    order: &OrderSeen,
) -> Result<(), NotOurs> {
    let place = payment.place.as_ref().ok_or(NotOurs::Merchant)?;
    let merchant = place.account.rsplit('/').next();
    if order.merchant_id.is_none() || order.merchant_id.as_deref() != merchant {
        return Err(NotOurs::Merchant);
    }
    if order.merchant_order_id.as_deref() != Some(&place.merchant_order_id) {
        return Err(NotOurs::OrderReference(place.merchant_order_id.clone()));
    }
    if order.amount != Some(payment.amount) {
        return Err(NotOurs::Amount);
    }
    if order.currency.as_deref() != Some(payment.currency.code()) {
        return Err(NotOurs::Currency);
    }
    match (&order.secure_hash, secure_hash) {
        (Some(theirs), Some(ours)) if !theirs.eq_ignore_ascii_case(ours) => {
            Err(NotOurs::SecureHash)
        }
        _ => Ok(()),
    }
}

/// Which of the orders that carry a payment's number is its own: what was accepted counts, then what waits, because the
/// buyer may have tried several times.
pub fn ours<'o>(
    payment: &Payment,
    secure_hash: Option<&str>,
    orders: &'o [OrderSeen],
) -> Vec<&'o OrderSeen> {
    let is_ours = |order: &&OrderSeen| verify(payment, secure_hash, order).is_ok();
    let mut ours: Vec<_> = orders.iter().filter(is_ours).collect();
    ours.sort_by_key(|order| match order.standing {
        OrderStanding::Accepted => 0,
        OrderStanding::Waiting | OrderStanding::Unclear => 1,
        OrderStanding::Canceled => 2,
    });
    ours
}

/// Follows the order as far as it goes on, and hands out the one that the payment has; its end is for [`ended`].
pub(super) fn heed<'o>(
    ledger: &mut Ledger,
    view: &'o OrderView,
    secure_hash: Option<&str>,
    by: Mover,
    findings: &mut Vec<Finding>,
) -> Option<&'o OrderSeen> {
    let bound = ledger
        .payment
        .place
        .as_ref()
        .and_then(|place| place.order.clone());
    match (view, bound) {
        (OrderView::NotRead, _) | (OrderView::Gone, None) => None,
        (OrderView::Bound(order), _) => follow(ledger, order, by, findings),
        (OrderView::Gone, Some(order)) => {
            findings.push(Finding::new(
                "order_gone",
                &order,
                "Apruve does not know the order that this payment was authorized with.",
            ));
            None
        }
        (OrderView::Candidates(list), Some(bound)) => {
            let order = list.items.iter().find(|order| order.id == bound)?;
            follow(ledger, order, by, findings)
        }
        (OrderView::Candidates(list), None) => candidates(ledger, list, secure_hash, by, findings),
    }
}

/// Looks for the payment's order among those with its number.
fn candidates<'o>(
    ledger: &mut Ledger,
    list: &'o List<OrderSeen>,
    secure_hash: Option<&str>,
    by: Mover,
    findings: &mut Vec<Finding>,
) -> Option<&'o OrderSeen> {
    for order in &list.items {
        if let Err(why) = verify(&ledger.payment, secure_hash, order) {
            findings.push(Finding::new(
                "order_not_ours",
                &order.id,
                format!("An order at Apruve carries this payment's number, but {why}."),
            ));
        }
    }
    let mut ours = ours(&ledger.payment, secure_hash, &list.items).into_iter();
    let looked_for = ledger
        .authorization()
        .filter(|it| !it.state.is_settled())
        .map(|it| it.id);
    let takes_orders =
        looked_for.is_some() || (ledger.payment.ended.is_none() && ledger.amounts().canceled == 0);
    let first = ours.next();
    for order in ours.filter(|order| order.standing != OrderStanding::Canceled) {
        findings.push(Finding::new(
            "second_order",
            &order.id,
            "Apruve has a second order for this payment; cancel it there.",
        ));
    }
    match first {
        // A canceled order says nothing as long as the buyer may make another; one that we made is found.
        Some(order) if order.standing == OrderStanding::Canceled && looked_for.is_none() => None,
        Some(order) if takes_orders => {
            bind(ledger, &order.id, by);
            follow(ledger, order, by, findings)
        }
        Some(order) => {
            findings.push(Finding::new(
                "order_after_end",
                &order.id,
                "Apruve has an order for this attempt, which is over; cancel the order there, or pay with it anew.",
            ));
            None
        }
        None => {
            // One with our number that is not what we asked for is not nothing: a person has to look at it.
            let nothing_there = list
                .items
                .iter()
                .all(|order| order.standing == OrderStanding::Canceled);
            if let Some(id) = looked_for.filter(|_| list.complete && nothing_there) {
                not_made(ledger, id, by);
            }
            None
        }
    }
}

/// A complete look did not find the order that we asked for; without it, the attempt has come to nothing.
fn not_made(ledger: &mut Ledger, authorization: ids::TransactionId, by: Mover) {
    let message = "Apruve has no order with this payment's number.";
    missed(ledger, authorization, by, message);
    let failed = ledger
        .find(authorization)
        .is_some_and(|it| it.state == State::Failed);
    if failed {
        finish_purchase(ledger, Event::Fails, by, message);
        ledger.edit_payment(by.at, |payment| payment.ended = Some(Ended::Declined));
    }
}

/// Binds an order to the payment, with an authorization if there is none that it may belong to.
pub fn bind(ledger: &mut Ledger, order: &ApruveId, by: Mover) {
    let waiting = ledger
        .authorization()
        .filter(|it| it.is_reserved())
        .map(|it| it.id);
    ledger.edit_payment(by.at, |payment| {
        payment.expires_at = None;
        if let Some(place) = &mut payment.place {
            place.order = Some(order.clone());
        }
    });
    match waiting {
        Some(id) => ledger.edit(id, by.at, |it| it.reference = Some(order.clone())),
        None => {
            let amount = ledger.payment.amount;
            let mut new = Transaction::new(
                ids::fresh(by.at),
                Action::Authorize,
                Origin::Provider,
                amount,
                by.at,
            );
            new.parent_id = ledger.purchase().map(|it| it.id);
            new.reference = Some(order.clone());
            ledger.add(new, by, "The buyer made the order at Apruve.");
        }
    }
}

/// Follows the order that is bound to the payment. Without its invoices the end of an accepted one is left to a look.
pub fn bound(ledger: &mut Ledger, order: &OrderSeen, by: Mover, findings: &mut Vec<Finding>) {
    if let Some(order) = follow(ledger, order, by, findings) {
        ended(ledger, order, false, by);
    }
}

/// Follows an order as far as it goes on. `None` when it is not what the payment is about.
fn follow<'o>(
    ledger: &mut Ledger,
    order: &'o OrderSeen,
    by: Mover,
    findings: &mut Vec<Finding>,
) -> Option<&'o OrderSeen> {
    let ours = &ledger.payment;
    let other_amount = order.amount.is_some_and(|amount| amount != ours.amount);
    if other_amount
        || order
            .currency
            .as_ref()
            .is_some_and(|currency| currency != ours.currency.code())
    {
        findings.push(Finding::new(
            "order_differs",
            &order.id,
            "The order at Apruve is over another amount than this payment; nothing was taken from it.",
        ));
        return None;
    }
    ledger.edit_payment(by.at, |payment| {
        if let Some(place) = &mut payment.place {
            place.order_status = Some(order.status.clone());
        }
    });
    let authorization = ledger.authorization()?.clone();
    match order.standing {
        OrderStanding::Accepted => accepted(ledger, &authorization, order, by, findings),
        OrderStanding::Waiting => {
            if authorization.state == State::Unknown {
                // `Waits` is taken by every state.
                let _ = ledger.apply(
                    authorization.id,
                    Event::Waits,
                    by,
                    "Apruve has the order and waits.",
                );
            }
            for id in searched_cancellations(ledger, &authorization) {
                missed(ledger, id, by, "The order at Apruve is not canceled.");
            }
        }
        OrderStanding::Canceled | OrderStanding::Unclear => {}
    }
    Some(order)
}

fn accepted(
    ledger: &mut Ledger,
    authorization: &Transaction,
    order: &OrderSeen,
    by: Mover,
    findings: &mut Vec<Finding>,
) {
    match authorization.state {
        State::Pending | State::Unknown => {
            if ledger.amounts().canceled > 0 {
                findings.push(Finding::new(
                    "order_after_end",
                    &order.id,
                    "Apruve accepted an order that was canceled here; cancel it there.",
                ));
                return;
            }
            let _ = ledger.apply(authorization.id, Event::Succeeds, by, "Apruve accepted the order.");
            finish_purchase(ledger, Event::Succeeds, by, "Apruve accepted the order.");
        }
        State::Succeeded => {}
        State::Failed => findings.push(Finding::new(
            "order_after_end",
            &order.id,
            "Apruve has an accepted order for an authorization that failed here; cancel the order there.",
        )),
    }
    for id in searched_cancellations(ledger, authorization) {
        missed(ledger, id, by, "The order at Apruve is not canceled.");
    }
}

/// Follows an order to its end, if it was canceled.
pub(super) fn ended(ledger: &mut Ledger, order: &OrderSeen, invoices_known: bool, by: Mover) {
    if order.standing != OrderStanding::Canceled {
        return;
    }
    let Some(authorization) = ledger.authorization().cloned() else {
        return;
    };
    let ours = searched_cancellations(ledger, &authorization);
    let expired = matches!((order.expire_at, order.final_at), (Some(end), Some(at)) if at >= end);
    if !authorization.state.is_settled() {
        let (code, message, ended) = match (ours.is_empty(), expired) {
            (false, _) => ("canceled", "The order was canceled.", None),
            (true, true) => (
                "expired",
                "The order was not approved in time.",
                Some(Ended::Expired),
            ),
            (true, false) => (
                "declined",
                "Apruve, or the buyer there, declined the order.",
                Some(Ended::Declined),
            ),
        };
        // Unsettled takes it.
        let _ = ledger.fail(authorization.id, Failure::new(code, message), by);
        finish_purchase(ledger, Event::Fails, by, message);
        ledger.edit_payment(by.at, |payment| payment.ended = payment.ended.or(ended));
    }
    // What an accepted order leaves over is certain only when every invoice is known, and each of ours made or not.
    let is_invoicing = ledger
        .of_action(Action::Invoice)
        .any(|it| !it.state.is_settled());
    if authorization.state == State::Succeeded && (!invoices_known || is_invoicing) {
        return;
    }
    for id in ours {
        // Unsettled takes it.
        let _ = finish_cancellation(ledger, id, by, "The order at Apruve is canceled.");
    }
    let left = ledger.uninvoiced();
    if authorization.state == State::Succeeded && left > 0 {
        let mut new = Transaction::new(
            ids::fresh(by.at),
            Action::Cancel,
            Origin::Provider,
            left,
            by.at,
        );
        new.parent_id = Some(authorization.id);
        ledger.adopt(new, by, "The order was canceled at Apruve.");
    }
}

/// Settles a cancellation of the order. Of an accepted one it gives up what is left then, which need not be what was left
/// when it was begun: meanwhile an invoice may have been made, or have turned out not to be.
pub fn finish_cancellation(
    ledger: &mut Ledger,
    id: ids::TransactionId,
    by: Mover,
    message: &str,
) -> Result<bool, WrongMove> {
    let accepted = ledger
        .authorization()
        .is_some_and(|it| it.state == State::Succeeded);
    let unsettled = ledger.find(id).is_some_and(|it| !it.state.is_settled());
    if accepted && unsettled {
        let left = ledger.uninvoiced();
        ledger.edit(id, by.at, |it| it.amount = left);
    }
    ledger.apply(id, Event::Succeeds, by, message)
}

/// Our cancellations of the order whose outcome is open.
fn searched_cancellations(ledger: &Ledger, authorization: &Transaction) -> Vec<ids::TransactionId> {
    ledger
        .children(authorization.id, Action::Cancel)
        .filter(|it| !it.state.is_settled())
        .map(|it| it.id)
        .collect()
}

/// Settles what began the payment, as soon as the provider decided.
pub fn finish_purchase(ledger: &mut Ledger, event: Event, by: Mover, message: &str) {
    let purchase = ledger
        .purchase()
        .filter(|it| !it.state.is_settled())
        .map(|it| it.id);
    if let Some(id) = purchase {
        // An unsettled one takes either event.
        let _ = ledger.apply(id, event, by, message);
    }
}
