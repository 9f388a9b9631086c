//! The order at the provider, and what it says of the authorization.

use super::{
    difference::telling,
    end::{ended, finish_purchase, searched_cancellations},
    search::missed,
};
use crate::{
    findings::{FindingCode, Observation},
    ids,
    payments::{
        ledger::{Cause, Ledger},
        transaction::{Action, Event, Origin, State, Transaction},
    },
    providers::{OrderSnapshot, OrderState, ProviderId},
};

/// Binds an order to the payment, with an authorization if there is none that it may belong to.
pub fn bind(ledger: &mut Ledger, order: &ProviderId, by: Cause) {
    let waiting = ledger
        .authorization()
        .filter(|it| it.is_reserved())
        .map(|it| it.id);
    ledger.edit_payment(by.at, |payment| {
        payment.expires_at = None;
        if let Some(provider_order) = &mut payment.provider_order {
            provider_order.id = Some(order.clone());
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
            ledger.add(new, by, "The buyer made the order at the provider.");
        }
    }
}

/// Follows the order that is bound to the payment. Without its invoices the end of an accepted one is left to a look.
pub fn bound(
    ledger: &mut Ledger,
    order: &OrderSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    if let Some(order) = follow(ledger, order, by, findings) {
        ended(ledger, order, false, by);
    }
}

/// Follows an order as far as it goes on. `None` when it is not what the payment is about.
pub(super) fn follow<'o>(
    ledger: &mut Ledger,
    order: &'o OrderSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) -> Option<&'o OrderSnapshot> {
    let ours = &ledger.payment;
    let (amount, currency) = (order.amount, order.currency.as_deref());
    if amount.is_some_and(|amount| amount != ours.amount)
        || currency.is_some_and(|currency| currency != ours.currency.code())
    {
        let message = "The order at the provider is over another amount or currency than this payment; nothing was taken from it.";
        let differs = Observation::of(FindingCode::OrderDiffers, &order.id, message);
        findings.push(telling(differs, ours, ours.amount, amount, currency));
        return None;
    }
    ledger.edit_payment(by.at, |payment| {
        if let Some(provider_order) = &mut payment.provider_order {
            provider_order.order_status = Some(order.status.clone());
        }
    });
    let authorization = ledger.authorization()?.clone();
    match order.state {
        OrderState::Accepted => accepted(ledger, &authorization, order, by, findings),
        OrderState::Waiting => {
            if authorization.state == State::Unknown {
                ledger.advance(
                    authorization.id,
                    Event::Waits,
                    by,
                    "The provider has the order and waits.",
                );
            }
            for id in searched_cancellations(ledger, &authorization) {
                missed(ledger, id, by, "The order at the provider is not canceled.");
            }
        }
        OrderState::Canceled | OrderState::Unclear => {}
    }
    Some(order)
}

fn accepted(
    ledger: &mut Ledger,
    authorization: &Transaction,
    order: &OrderSnapshot,
    by: Cause,
    findings: &mut Vec<Observation>,
) {
    match authorization.state {
        State::Pending | State::Unknown => {
            if ledger.amounts().canceled > 0 {
                findings.push(Observation::of(
                    FindingCode::OrderAfterEnd,
                    &order.id,
                    "The provider accepted an order that was canceled here; cancel it there.",
                ).with("canceled", &order.status));
                return;
            }
            ledger.advance(authorization.id, Event::Succeeds, by, "The provider accepted the order.");
            finish_purchase(ledger, Event::Succeeds, by, "The provider accepted the order.");
        }
        State::Succeeded => {}
        State::Failed => findings.push(Observation::of(
            FindingCode::OrderAfterEnd,
            &order.id,
            "The provider has an accepted order for an authorization that failed here; cancel the order there.",
        ).with("canceled", &order.status)),
    }
    for id in searched_cancellations(ledger, authorization) {
        missed(ledger, id, by, "The order at the provider is not canceled.");
    }
}
