//! Transitions of an order's status.

use super::{Order, OrderStatus};
use crate::{
    error::ApiError,
    state::{SandboxState, behaviour::Approval, invoice::Invoice},
};

use OrderStatus::{Accepted, Canceled, New, Pending};

impl SandboxState {
    /// Finalizes an order, after which the shop cannot change it: `new` becomes `pending`.
    pub fn finalize_order(&mut self, id: &str) -> Result<(), ApiError> {
        self.order_in(id, &[New], "finalized")?;
        self.submit_for_approval(id);
        Ok(())
    }

    pub(super) fn submit_for_approval(&mut self, id: &str) {
        if let Some(order) = self.orders.get_mut(id) {
            order.status = Pending;
            let expiry = (order.details.expire_at, order.id.clone());
            self.expiring.insert(expiry);
        }
    }

    /// Approves or declines a pending order by the setting [`Approval`], or approves it if the buyer did at checkout.
    pub fn decide_automatically(&mut self, id: &str) {
        let pending = self.orders.get(id).filter(|it| it.status == Pending);
        let outcome = match (pending, self.behaviour.approval) {
            (Some(order), _) if order.confirmed => self.approve_order(id),
            (Some(_), Approval::Approve) => self.approve_order(id),
            (Some(_), Approval::Decline) => self.decline_order(id),
            (Some(_), Approval::Manual) | (None, _) => Ok(()),
        };
        // Both transitions are possible for a pending order.
        debug_assert!(outcome.is_ok());
    }

    /// Approves an order for the account holder: `accepted` if the credit suffices and the company may order, otherwise
    /// `canceled`.
    pub fn approve_order(&mut self, id: &str) -> Result<(), ApiError> {
        let order = self.order_in(id, &[Pending], "approved")?;
        let account = self.accounts.get(&order.account_id);
        let account = account.filter(|account| account.may_order());
        let available = account.map_or(0, |account| account.available_cents());
        if available < order.details.amount_cents {
            return self.settle(id, Canceled);
        }
        let (merchant_id, invoice_on_create) = (order.merchant_id.clone(), order.invoice_on_create);
        let term = self.show_payment_term(order);
        self.emit(&merchant_id, "payment_term.accepted", &term);
        self.settle(id, Accepted)?;
        if invoice_on_create {
            self.invoice_whole_order(id)?;
        }
        Ok(())
    }

    /// Declines an order for the account holder.
    pub fn decline_order(&mut self, id: &str) -> Result<(), ApiError> {
        self.order_in(id, &[Pending], "declined")?;
        self.settle(id, Canceled)
    }

    /// Cancels an order that was not approved in time.
    pub(in crate::state) fn expire(&mut self, id: &str) -> Result<(), ApiError> {
        self.order_in(id, &[Pending], "expired")?;
        self.settle(id, Canceled)
    }

    /// Cancels an order for the shop; rejected while it has active invoices.
    pub fn cancel_order(&mut self, id: &str) -> Result<(), ApiError> {
        let order = self.order_in(id, &[New, Pending, Accepted], "canceled")?;
        if self.invoices_of(order).any(Invoice::is_active) {
            let title = "Order has invoices and cannot be canceled";
            return Err(ApiError::invalid_state(title));
        }
        self.settle(id, Canceled)
    }

    pub(super) fn order_in(
        &self,
        id: &str,
        states: &[OrderStatus],
        done: &str,
    ) -> Result<&Order, ApiError> {
        let order = self.orders.find(id)?;
        if states.contains(&order.status) {
            return Ok(order);
        }
        let title = format!("Order is {} and cannot be {done}", order.status.word());
        Err(ApiError::invalid_state(title))
    }

    fn settle(&mut self, id: &str, status: OrderStatus) -> Result<(), ApiError> {
        let now = self.now();
        let order = self.orders.find_mut(id)?;
        order.status = status;
        order.final_state_at = Some(now);
        let expiry = (order.details.expire_at, order.id.clone());
        self.expiring.remove(&expiry);
        let event = match status {
            Accepted => "order.accepted",
            New | Pending | Canceled => "order.canceled",
        };
        self.announce::<Order>(id, event);
        Ok(())
    }
}
