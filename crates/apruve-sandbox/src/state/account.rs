//! Corporate accounts: a buyer company's credit line with one shop.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{SandboxState, local, midnight, object::ApiObject, shown_time, table::Table};
use crate::error::{ApiError, missing};

/// A credit line.
pub struct Account {
    pub id: String,
    pub merchant_id: String,
    pub name: String,
    pub customer_uuid: String,
    pub currency: String,
    /// Such as `Net30` or `EOMNet15`.
    pub strategy: String,
    /// The credit limit.
    pub credit_amount_cents: i64,
    /// The used credit.
    pub credit_balance_cents: i64,
    /// Such as `approved`, `suspended`, `denied` or `disabled`. (The words of the real list are not known.)
    pub status: String,
    pub disabled_at: Option<DateTime<Utc>>,
    pub buyers: Vec<Buyer>,
    pub created_at: DateTime<Utc>,
}

/// A person who may buy on an account.
#[derive(Clone, Serialize)]
pub struct Buyer {
    pub id: String,
    pub name: String,
    pub email: String,
}

/// A request for a new account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    pub name: String,
    #[serde(default = "dollars")]
    pub currency: String,
    #[serde(default = "net_30")]
    pub strategy: String,
    pub credit_amount_cents: i64,
    pub buyers: Vec<NewBuyer>,
}

/// A buyer of a new account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBuyer {
    pub name: String,
    pub email: String,
}

/// The status of an account whose company may order.
const APPROVED: &str = "approved";

/// A change of an account's status.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewStatus {
    pub status: String,
    /// Whether `disabled_at` is set.
    #[serde(default)]
    pub disabled: bool,
}

fn dollars() -> String {
    "USD".to_owned()
}

fn net_30() -> String {
    "Net30".to_owned()
}

impl Account {
    /// The available credit. Negative if the limit was lowered below the balance.
    pub fn available_cents(&self) -> i64 {
        self.credit_amount_cents
            .saturating_sub(self.credit_balance_cents)
    }

    /// Whether the company may order.
    pub fn may_order(&self) -> bool {
        self.disabled_at.is_none()
            && !["suspended", "denied", "disabled"].contains(&self.status.as_str())
    }

    /// Whether the person with this id may buy on the account.
    pub fn has_buyer(&self, shopper_id: &str) -> bool {
        self.customer_uuid == shopper_id || self.buyers.iter().any(|buyer| buyer.id == shopper_id)
    }

    fn has_buyer_email(&self, email: &str) -> bool {
        let email = email.to_lowercase();
        let mut buyers = self.buyers.iter();
        buyers.any(|buyer| buyer.email.to_lowercase() == email)
    }

    /// When an invoice that is issued at `issued` is due: at 00:00 of a later day.
    pub fn due_at(&self, issued: DateTime<Utc>) -> DateTime<Utc> {
        let date = local(issued).date_naive();
        let (from, days) = match self.strategy.strip_prefix("EOM") {
            Some(rest) => (end_of_month(date), rest),
            None => (date, self.strategy.as_str()),
        };
        let days = days.trim_start_matches("Net").parse().unwrap_or(0);
        let due = from.checked_add_days(Days::new(days)).unwrap_or(from);
        midnight(due).unwrap_or(issued)
    }
}

fn end_of_month(date: NaiveDate) -> NaiveDate {
    let days = date.num_days_in_month();
    date.with_day(days.into()).unwrap_or(date)
}

impl SandboxState {
    /// Adds a credit line and sends the event of its approval.
    pub fn add_account(&mut self, merchant_id: &str, new: NewAccount) -> Result<String, ApiError> {
        self.merchants.find(merchant_id)?;
        let buyers = new.buyers.into_iter().map(|new| self.new_buyer(new));
        let buyers: Vec<Buyer> = buyers.collect();
        let first = buyers.first().ok_or_else(|| missing("buyers"))?;
        let account = Account {
            id: self.ids.fresh(),
            merchant_id: merchant_id.to_owned(),
            name: new.name,
            customer_uuid: first.id.clone(),
            currency: new.currency,
            strategy: new.strategy,
            credit_amount_cents: new.credit_amount_cents,
            credit_balance_cents: 0,
            status: APPROVED.to_owned(),
            disabled_at: None,
            buyers,
            created_at: self.now(),
        };
        let id = account.id.clone();
        self.accounts.put(&id, account);
        self.announce::<Account>(&id, "corporate_account.approved");
        Ok(id)
    }

    fn new_buyer(&mut self, new: NewBuyer) -> Buyer {
        Buyer {
            id: self.ids.fresh(),
            name: new.name,
            email: new.email,
        }
    }

    /// Suspends, denies, disables or approves an account, and sends `corporate_account.` with the status.
    pub fn set_status(&mut self, id: &str, new: NewStatus) -> Result<(), ApiError> {
        let now = self.now();
        let account = self.accounts.find_mut(id)?;
        account.disabled_at = new.disabled.then(|| account.disabled_at.unwrap_or(now));
        account.status = new.status;
        let event = format!("corporate_account.{}", account.status);
        self.announce::<Account>(id, &event);
        Ok(())
    }

    /// Adds a buyer to an account, and sends `team_member.added`.
    pub fn add_buyer(&mut self, id: &str, new: NewBuyer) -> Result<(), ApiError> {
        let buyer = self.new_buyer(new);
        let account = self.accounts.find_mut(id)?;
        account.buyers.push(buyer.clone());
        self.emit_about_buyer(id, "team_member.added", &buyer)
    }

    /// Removes a buyer from an account, and sends `team_member.removed`.
    pub fn remove_buyer(&mut self, id: &str, buyer_id: &str) -> Result<(), ApiError> {
        let account = self.accounts.find_mut(id)?;
        let place = account.buyers.iter().position(|buyer| buyer.id == buyer_id);
        let place = place.ok_or_else(ApiError::not_found)?;
        let buyer = account.buyers.remove(place);
        self.emit_about_buyer(id, "team_member.removed", &buyer)
    }

    fn emit_about_buyer(&mut self, id: &str, event: &str, buyer: &Buyer) -> Result<(), ApiError> {
        let merchant_id = self.accounts.find(id)?.merchant_id.clone();
        let mut entity = json!(buyer);
        entity["corporate_account_id"] = json!(id);
        self.emit(&merchant_id, event, &entity);
        Ok(())
    }

    /// The accounts of a shop; with an e-mail address only those of this buyer.
    pub fn accounts_of(&self, merchant_id: &str, email: Option<&str>) -> Vec<&Account> {
        let accounts = self.accounts.iter();
        accounts
            .filter(|account| account.merchant_id == merchant_id)
            .filter(|account| email.is_none_or(|email| account.has_buyer_email(email)))
            .collect()
    }

    /// A buyer on an account of this shop.
    pub fn find_buyer(&self, merchant_id: &str, id: &str) -> Option<&Buyer> {
        let accounts = self.accounts_of(merchant_id, None).into_iter();
        let mut buyers = accounts.flat_map(|account| &account.buyers);
        buyers.find(|buyer| buyer.id == id)
    }
}

impl ApiObject for Account {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.accounts
    }

    fn merchant_id(&self, _: &SandboxState) -> String {
        self.merchant_id.clone()
    }

    fn show(&self, state: &SandboxState) -> Value {
        let shown = json!({
            "id": self.id,
            "customer_uuid": self.customer_uuid,
            "merchant_uuid": self.merchant_id,
            "type": "CorporateAccount",
            "payment_term_strategy_name": self.strategy,
            "name": self.name,
            "merchant_account_id": null,
            "currency": self.currency,
            "credit_available_cents": self.available_cents(),
            "credit_balance_cents": self.credit_balance_cents,
            "credit_amount_cents": self.credit_amount_cents,
            "status": self.status,
            "disabled_at": self.disabled_at.map(shown_time),
            "authorized_buyers": self.buyers,
            "created_at": shown_time(self.created_at),
        });
        state.shown(&self.id, shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(strategy: &str, issued: &str) -> String {
        let account = Account {
            id: String::new(),
            merchant_id: String::new(),
            name: String::new(),
            customer_uuid: String::new(),
            currency: dollars(),
            strategy: strategy.to_owned(),
            credit_amount_cents: 0,
            credit_balance_cents: 0,
            status: APPROVED.to_owned(),
            disabled_at: None,
            buyers: Vec::new(),
            created_at: DateTime::UNIX_EPOCH,
        };
        let issued = issued.parse().expect("a time");
        local(account.due_at(issued)).to_rfc3339()
    }

    #[test]
    fn an_invoice_is_due_as_its_accounts_strategy_says() {
        let issued = "2026-01-16T03:00:00Z"; // still the 15th in US Central
        assert_eq!(due("Net30", issued), "2026-02-14T00:00:00-06:00");
        assert_eq!(due("EOMNet15", issued), "2026-02-15T00:00:00-06:00");
        assert_eq!(due("Something", issued), "2026-01-15T00:00:00-06:00");
    }
}
