//! Applies the order at the provider to the authorization: the one that is bound, or one of the candidates for it.

use super::{end::finish_purchase, prelude::*};
use crate::providers::{OrderView, ProviderSnapshot};

/// Binds an order to the payment. Adds an authorization if there is none, or only failed ones.
pub fn bind(ledger: &mut Ledger, order: &ProviderId, by: Cause) {
    let authorization = ledger.authorization().filter(|it| it.is_reserved());
    let existing = authorization.map(|it| it.id);
    ledger.edit_payment(by.at, |payment| {
        payment.expires_at = None;
        if let Some(provider_order) = &mut payment.provider_order {
            provider_order.id = Some(order.clone());
        }
    });
    match existing {
        Some(id) => ledger.edit(id, by.at, |it| it.reference = Some(order.clone())),
        None => {
            let (amount, purchase) = (ledger.payment.amount, ledger.purchase_id());
            let mut new = Transaction::new(Action::Authorize, amount, purchase, by.at);
            new.origin = Origin::Provider;
            new.reference = Some(order.clone());
            ledger.add(new, by, "The buyer made the order at the provider.");
        }
    }
}

/// Applies the order that is bound to the payment. Its invoices are not known here, so a later sync applies the
/// cancellation of an accepted order.
pub fn bound(ledger: &mut Ledger, order: &OrderSnapshot, by: Cause) {
    let mut reading = Reading::new(ledger, by);
    if let Some(order) = reading.follow_order(order) {
        reading.end(order, false);
    }
}

impl Reading<'_> {
    /// Applies the order, except its cancellation, which is left to [`Reading::end`]. Returns the payment's order.
    pub(super) fn order<'o>(
        &mut self,
        snapshot: &'o ProviderSnapshot,
        secure_hashes: &[String],
    ) -> Option<&'o OrderSnapshot> {
        let bound = self.ledger.payment.provider_order_id().cloned();
        let same_number = match (&snapshot.order, &snapshot.same_number) {
            (OrderView::Candidates(list), _) | (_, Some(list)) => Some(list),
            _ => None,
        };
        if let (Some(bound), Some(list)) = (&bound, same_number) {
            self.others(bound, list);
        }
        match (&snapshot.order, bound) {
            (OrderView::NotRead, _) | (OrderView::Gone, None) => None,
            (OrderView::Bound(order), _) => self.follow_order(order),
            (OrderView::Gone, Some(order)) => {
                let message = "The order that this payment was authorized with does not exist at the provider.";
                self.report(FindingCode::OrderGone, &order, message);
                None
            }
            (OrderView::Candidates(list), Some(bound)) => {
                let order = list.items.iter().find(|order| order.id == bound)?;
                self.follow_order(order)
            }
            (OrderView::Candidates(list), None) => self.candidates(list, secure_hashes),
        }
    }

    /// Applies the state of an order, except its cancellation. `None` if its amount or currency is not the payment's,
    /// or if the payment has no authorization.
    pub(super) fn follow_order<'o>(
        &mut self,
        order: &'o OrderSnapshot,
    ) -> Option<&'o OrderSnapshot> {
        let ours = &self.ledger.payment;
        let (amount, currency) = (order.amount, order.currency.as_deref());
        if amount.is_some_and(|amount| amount != ours.amount)
            || currency.is_some_and(|currency| currency != ours.currency.code())
        {
            let message = "The order at the provider is over another amount or currency than this payment; nothing was taken from it.";
            let differs = Observation::of(FindingCode::OrderDiffers, &order.id, message);
            self.report_difference(differs, ours.amount, amount, currency);
            return None;
        }
        self.edit_payment(|payment| {
            if let Some(provider_order) = &mut payment.provider_order {
                provider_order.order_status = Some(order.status.clone());
            }
        });
        let authorization = self.ledger.authorization()?;
        let (id, state) = (authorization.id, authorization.state);
        match order.state {
            OrderState::Accepted => self.accepted(id, state, order),
            OrderState::Waiting => {
                if state == State::Unknown {
                    let message = "The provider has the order and waits.";
                    self.ledger.advance(id, Event::Waits, self.by, message);
                }
                self.miss_cancellations(id);
            }
            OrderState::Canceled | OrderState::Unclear => {}
        }
        Some(order)
    }

    fn accepted(&mut self, authorization: TransactionId, state: State, order: &OrderSnapshot) {
        let mut after_end = |message| {
            let found = Observation::of(FindingCode::OrderAfterEnd, &order.id, message);
            self.findings.push(found.with("canceled", &order.status));
        };
        match state {
            State::Pending | State::Unknown if self.ledger.amounts().canceled > 0 => {
                after_end(
                    "The provider accepted an order that was canceled here; cancel it there.",
                );
                return;
            }
            State::Pending | State::Unknown => {
                let message = "The provider accepted the order.";
                self.succeed(authorization, message);
                finish_purchase(self.ledger, Event::Succeeds, self.by, message);
            }
            State::Succeeded => {}
            State::Failed => after_end(
                "The provider has an accepted order for an authorization that failed here; cancel the order there.",
            ),
        }
        self.miss_cancellations(authorization);
    }
}
