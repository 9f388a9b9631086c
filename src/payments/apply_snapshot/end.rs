//! The end of an order: what was not invoiced is canceled.

use crate::{
    ids::{self, TransactionId},
    payments::{
        ledger::{Cause, Ledger},
        status::Ended,
        transaction::{Action, Event, Failure, FailureCode, Origin, State, Transaction, WrongMove},
    },
    providers::{OrderSnapshot, OrderState},
};

/// Follows an order to its end, if it was canceled.
pub(super) fn ended(ledger: &mut Ledger, order: &OrderSnapshot, invoices_known: bool, by: Cause) {
    if order.state != OrderState::Canceled {
        return;
    }
    let Some(authorization) = ledger.authorization().cloned() else {
        return;
    };
    let ours = searched_cancellations(ledger, &authorization);
    let expired = matches!((order.expire_at, order.final_at), (Some(end), Some(at)) if at >= end);
    if !authorization.state.is_settled() {
        let (code, message, ended) = match (ours.is_empty(), expired) {
            (false, _) => (FailureCode::Canceled, "The order was canceled.", None),
            (true, true) => (
                FailureCode::Expired,
                "The order was not approved in time.",
                Some(Ended::Expired),
            ),
            (true, false) => (
                FailureCode::Declined,
                "The provider, or the buyer there, declined the order.",
                Some(Ended::Declined),
            ),
        };
        ledger.fail_open(authorization.id, Failure::new(code, message), by);
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
        fix_canceled_amount(ledger, id, by);
        ledger.advance(id, Event::Succeeds, by, "The order at the provider is canceled.");
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
        ledger.adopt(new, by, "The order was canceled at the provider.");
    }
}

/// Settles a cancellation of the order. Of an accepted one it gives up what is left then, which need not be what was left
/// when it was begun: meanwhile an invoice may have been made, or have turned out not to be.
pub fn finish_cancellation(
    ledger: &mut Ledger,
    id: TransactionId,
    by: Cause,
    message: &str,
) -> Result<bool, WrongMove> {
    fix_canceled_amount(ledger, id, by);
    ledger.apply(id, Event::Succeeds, by, message)
}

/// Sets the amount of a cancellation of the order to what is left now.
pub fn fix_canceled_amount(ledger: &mut Ledger, id: TransactionId, by: Cause) {
    let accepted = ledger
        .authorization()
        .is_some_and(|it| it.state == State::Succeeded);
    let unsettled = ledger.find(id).is_some_and(|it| !it.state.is_settled());
    if accepted && unsettled {
        let left = ledger.uninvoiced();
        ledger.edit(id, by.at, |it| it.amount = left);
    }
}

/// Our cancellations of the order whose outcome is open.
pub(super) fn searched_cancellations(
    ledger: &Ledger,
    authorization: &Transaction,
) -> Vec<TransactionId> {
    ledger
        .children(authorization.id, Action::Cancel)
        .filter(|it| !it.state.is_settled())
        .map(|it| it.id)
        .collect()
}

/// Settles what began the payment, as soon as the provider decided.
pub fn finish_purchase(ledger: &mut Ledger, event: Event, by: Cause, message: &str) {
    let purchase = ledger
        .purchase()
        .filter(|it| !it.state.is_settled())
        .map(|it| it.id);
    if let Some(id) = purchase {
        ledger.advance(id, event, by, message);
    }
}
