//! The end of an order: what was not invoiced is canceled.

use super::prelude::*;
use crate::payments::status::Ended;

impl Reading<'_> {
    /// Applies the cancellation of an order, if it was canceled.
    pub(super) fn end(&mut self, order: &OrderSnapshot, invoices_known: bool) {
        if order.state != OrderState::Canceled {
            return;
        }
        let Some(authorization) = self.ledger.authorization().cloned() else {
            return;
        };
        let ours = self.ledger.open_children(authorization.id, Action::Cancel);
        if !authorization.state.is_settled() {
            self.end_undecided(order, authorization.id, ours.is_empty());
        }
        // The rest of an accepted order is certain only when every invoice is known and none of ours is unsettled.
        let is_accepted = authorization.state == State::Succeeded;
        let is_invoicing = |it: &Transaction| it.action == Action::Invoice;
        if is_accepted && !(invoices_known && self.ledger.open(is_invoicing).is_empty()) {
            return;
        }
        for id in ours {
            fix_canceled_amount(self.ledger, id, self.by);
            self.succeed(id, "The order at the provider is canceled.");
        }
        let left = self.ledger.uninvoiced();
        if is_accepted && left > 0 {
            let new = Transaction::new(Action::Cancel, left, Some(authorization.id), self.by.at);
            self.adopt(new, "The order was canceled at the provider.");
        }
    }

    /// Fails an authorization that was not decided when its order was canceled, by us or without us.
    fn end_undecided(&mut self, order: &OrderSnapshot, id: TransactionId, without_us: bool) {
        let expired =
            matches!((order.expire_at, order.final_at), (Some(end), Some(at)) if at >= end);
        let (code, message, ended) = match (without_us, expired) {
            (false, _) => (FailureCode::Canceled, "The order was canceled.", None),
            (true, true) => {
                let message = "The order was not approved in time.";
                (FailureCode::Expired, message, Some(Ended::Expired))
            }
            (true, false) => {
                let message = "The provider, or the buyer there, declined the order.";
                (FailureCode::Declined, message, Some(Ended::Declined))
            }
        };
        let failure = Failure::new(code, message);
        self.ledger.fail_open(id, failure, self.by);
        finish_purchase(self.ledger, Event::Fails, self.by, message);
        self.edit_payment(|payment| payment.ended = payment.ended.or(ended));
    }

    /// Records a miss for each of our open cancellations of an order that is not canceled.
    pub(super) fn miss_cancellations(&mut self, authorization: TransactionId) {
        for id in self.ledger.open_children(authorization, Action::Cancel) {
            self.miss(id, "The order at the provider is not canceled.");
        }
    }
}

/// Sets the amount of a cancellation of an accepted order to what is left now: since it was begun, an invoice may have
/// been made, or an unknown one may have failed.
pub fn fix_canceled_amount(ledger: &mut Ledger, id: TransactionId, by: Cause) {
    let unsettled = ledger.find(id).is_some_and(|it| !it.state.is_settled());
    if ledger.is_authorized() && unsettled {
        let left = ledger.uninvoiced();
        ledger.edit(id, by.at, |it| it.amount = left);
    }
}

/// Settles the purchase, unless it is settled already.
pub fn finish_purchase(ledger: &mut Ledger, event: Event, by: Cause, message: &str) {
    let purchase = ledger.purchase().filter(|it| !it.state.is_settled());
    if let Some(id) = purchase.map(|it| it.id) {
        ledger.advance(id, event, by, message);
    }
}
