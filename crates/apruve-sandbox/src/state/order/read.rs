//! Orders from requests: created over REST or at checkout, and changed before they are finalized.

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::Value;

use super::{Order, OrderDetails, OrderStatus};
use crate::{
    error::{ApiError, invalid, missing},
    fields::Fields,
    state::{SandboxState, local, midnight},
};

/// The number of days that an order waits for approval by default.
const DEFAULT_DAYS: u64 = 45;

/// The origin of an order.
#[derive(Clone, Debug)]
pub enum OrderSource {
    /// Over REST: the request names account and shopper.
    ByShop,
    /// From the lightbox.
    AtCheckout {
        account_id: String,
        shopper_id: String,
        secure_hash: String,
        confirmed: bool,
    },
}

impl SandboxState {
    /// Creates an order: `new`, or `pending` if it is finalized on create.
    pub fn create_order(
        &mut self,
        merchant_id: &str,
        fields: &Fields,
        placed: OrderSource,
    ) -> Result<String, ApiError> {
        if fields.required_text("merchant_id")? != merchant_id {
            return Err(invalid("merchant_id", "Merchant is not yours"));
        }
        let (account_id, shopper_id, secure_hash, confirmed) = match placed {
            OrderSource::ByShop => {
                let (account, shopper) = self.account_and_shopper(merchant_id, fields)?;
                (account, shopper, None, false)
            }
            OrderSource::AtCheckout {
                account_id,
                shopper_id,
                secure_hash,
                confirmed,
            } => (account_id, shopper_id, Some(secure_hash), confirmed),
        };
        let details = self.read_details(&account_id, fields, None)?;
        let now = self.now();
        let finalize_on_create = fields.flag("finalize_on_create")?.unwrap_or(true);
        let order = Order {
            id: self.ids.fresh(),
            merchant_id: merchant_id.to_owned(),
            account_id,
            shopper_id,
            status: OrderStatus::New,
            details,
            finalize_on_create,
            invoice_on_create: fields.flag("invoice_on_create")?.unwrap_or(true),
            secure_hash,
            confirmed,
            created_at: now,
            final_state_at: None,
            invoices: Vec::new(),
        };
        let id = order.id.clone();
        self.orders.put(&id, order);
        if finalize_on_create {
            self.submit_for_approval(&id);
        }
        Ok(id)
    }

    /// Changes an order that is not finalized; given items replace the old ones.
    pub fn update_order(&mut self, id: &str, fields: &Fields) -> Result<(), ApiError> {
        let order = self.order_in(id, &[OrderStatus::New], "changed")?;
        let (account_id, before) = (order.account_id.clone(), order.details.clone());
        let details = self.read_details(&account_id, fields, Some(before))?;
        let invoice_on_create = fields.flag("invoice_on_create")?;
        let order = self.orders.find_mut(id)?;
        order.details = details;
        order.invoice_on_create = invoice_on_create.unwrap_or(order.invoice_on_create);
        Ok(())
    }

    fn account_and_shopper(
        &self,
        merchant_id: &str,
        fields: &Fields,
    ) -> Result<(String, String), ApiError> {
        let term = fields.object("payment_term");
        let term = term.ok_or_else(|| missing("payment_term"))?;
        let account_id = term.required_text("corporate_account_id")?;
        let shopper_id = fields.required_text("shopper_id")?;
        let account = self.accounts.get(&account_id);
        let account = account.filter(|account| account.merchant_id == merchant_id);
        let Some(account) = account else {
            let title = "Corporate account is not known";
            return Err(invalid("corporate_account_id", title));
        };
        if !account.has_buyer(&shopper_id) {
            let title = "Shopper may not buy on this account";
            return Err(invalid("shopper_id", title));
        }
        Ok((account_id, shopper_id))
    }

    fn read_details(
        &mut self,
        account_id: &str,
        fields: &Fields,
        before: Option<OrderDetails>,
    ) -> Result<OrderDetails, ApiError> {
        let amount = fields.cents("amount_cents")?;
        let items = self.read_items(fields, "order_items")?;
        let mut details = match before {
            Some(before) => before,
            None => OrderDetails {
                merchant_order_id: None,
                po_number: None,
                amount_cents: amount.ok_or_else(|| missing("amount_cents"))?,
                currency: "USD".to_owned(),
                tax_cents: 0,
                shipping_cents: 0,
                expire_at: default_expiry(self.now()),
                items: items.clone().ok_or_else(|| missing("order_items"))?,
                default_payment_method: Value::Null,
            },
        };
        details.amount_cents = amount.unwrap_or(details.amount_cents);
        details.items = items.unwrap_or(details.items);
        let number = fields.text("merchant_order_id")?;
        details.merchant_order_id = number.or(details.merchant_order_id);
        details.po_number = fields.text("po_number")?.or(details.po_number);
        details.currency = fields.text("currency")?.unwrap_or(details.currency);
        details.tax_cents = fields.cents("tax_cents")?.unwrap_or(details.tax_cents);
        let shipping = fields.cents("shipping_cents")?;
        details.shipping_cents = shipping.unwrap_or(details.shipping_cents);
        details.expire_at = fields.moment("expire_at")?.unwrap_or(details.expire_at);
        if let Some(method) = fields.get("default_payment_method") {
            details.default_payment_method = method.clone();
        }
        let account = self.accounts.get(account_id);
        if account.is_some_and(|account| account.currency != details.currency) {
            return Err(invalid("currency", "Currency is not the account's"));
        }
        Ok(details)
    }
}

/// The last second of the default last day.
fn default_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    let day = local(now).date_naive() + Days::new(DEFAULT_DAYS + 1);
    midnight(day).unwrap_or(now) - TimeDelta::seconds(1)
}
