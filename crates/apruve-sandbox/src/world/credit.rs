//! Credit that moves.
//!
//! Credit is taken when an invoice is issued and comes back when it is paid, closed, canceled or returned. Accepting an
//! order asks for enough credit and takes none. (When the real credit moves is not known.)

use super::World;
use crate::refusal::Refusal;

impl World {
    /// Sets limit or balance from outside.
    pub fn set_credit(
        &mut self,
        id: &str,
        limit_cents: Option<i64>,
        balance_cents: Option<i64>,
    ) -> Result<(), Refusal> {
        let account = self.accounts.get_mut(id).ok_or_else(Refusal::not_found)?;
        account.credit_amount_cents = limit_cents.unwrap_or(account.credit_amount_cents);
        account.credit_balance_cents = balance_cents.unwrap_or(account.credit_balance_cents);
        self.tell_credit(id);
        Ok(())
    }

    /// Takes credit (or gives it back, below zero) and tells the shop.
    pub(super) fn move_credit(&mut self, id: &str, cents: i64) {
        if let Some(account) = self.accounts.get_mut(id) {
            account.credit_balance_cents = account.credit_balance_cents.saturating_add(cents);
            self.tell_credit(id);
        }
    }

    fn tell_credit(&mut self, id: &str) {
        if let Some(account) = self.accounts.get(id) {
            let merchant_id = account.merchant_id.clone();
            let entity = self.show_account(account);
            self.emit(&merchant_id, "credit_available.updated", &entity);
        }
    }
}
