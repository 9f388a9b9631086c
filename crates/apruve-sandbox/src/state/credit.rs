//! Changes of an account's credit.
//!
//! Credit is used when an invoice is issued and released when the invoice is paid, closed, canceled or returned.
//! Accepting an order requires enough credit but uses none. (When the real Apruve changes the credit is unknown.)

use super::{SandboxState, account::Account};
use crate::error::ApiError;

const CREDIT_EVENT: &str = "credit_available.updated";

impl SandboxState {
    /// Sets the limit or the balance.
    pub fn set_credit(
        &mut self,
        id: &str,
        limit_cents: Option<i64>,
        balance_cents: Option<i64>,
    ) -> Result<(), ApiError> {
        let account = self.accounts.find_mut(id)?;
        account.credit_amount_cents = limit_cents.unwrap_or(account.credit_amount_cents);
        account.credit_balance_cents = balance_cents.unwrap_or(account.credit_balance_cents);
        self.announce::<Account>(id, CREDIT_EVENT);
        Ok(())
    }

    /// Uses credit, or releases it if `cents` is negative, and sends an event.
    pub(super) fn move_credit(&mut self, id: &str, cents: i64) {
        if let Some(account) = self.accounts.get_mut(id) {
            account.credit_balance_cents = account.credit_balance_cents.saturating_add(cents);
            self.announce::<Account>(id, CREDIT_EVENT);
        }
    }
}
