//! The lightbox: a shop's page sends an order and its hash, a buyer decides, and the order may be placed.

use serde_json::{Map, Value, json};

use super::{SandboxState, account::Account, order::OrderSource};
use crate::{
    error::{ApiError, invalid, missing},
    fields::Fields,
    secure_hash::secure_hash,
};

/// An open lightbox.
pub struct Checkout {
    pub id: String,
    merchant_id: String,
    order: Map<String, Value>,
    secure_hash: String,
    /// The placed order; a second click returns it.
    order_id: Option<String>,
}

impl SandboxState {
    /// Opens the lightbox if the hash matches the order, and returns its id.
    pub fn open_checkout(
        &mut self,
        order: Map<String, Value>,
        hash: &str,
    ) -> Result<String, ApiError> {
        let fields = Fields::from(order.clone());
        let merchant_id = fields.required_text("merchant_id")?;
        let merchant = self.merchants.get(&merchant_id);
        let unknown = || invalid("merchant_id", "Merchant is not known");
        let merchant = merchant.ok_or_else(unknown)?;
        if secure_hash(&merchant.api_key, &order) != hash {
            let title = "Secure hash does not fit the order";
            return Err(invalid("secure_hash", title));
        }
        let id = self.ids.fresh();
        let checkout = Checkout {
            id: id.clone(),
            merchant_id,
            order,
            secure_hash: hash.to_owned(),
            order_id: None,
        };
        self.checkouts.put(&id, checkout);
        Ok(id)
    }

    /// Places the order for a buyer. It is approved at once if `approve` is set; otherwise it waits for the account holder.
    /// Repeated calls for one checkout return the same order.
    pub fn place_checkout(
        &mut self,
        id: &str,
        shopper_id: Option<&str>,
        approve: bool,
    ) -> Result<String, ApiError> {
        let checkout = self.checkouts.find(id)?;
        if let Some(order_id) = &checkout.order_id {
            return Ok(order_id.clone());
        }
        let account = self.accounts_of(&checkout.merchant_id, None);
        let account = account
            .into_iter()
            .find(|account| shopper_id.is_none_or(|shopper_id| account.has_buyer(shopper_id)));
        let account = account.ok_or_else(|| missing("shopper_id"))?;
        let shopper_id = shopper_id.unwrap_or(&account.customer_uuid);
        let placed = OrderSource::AtCheckout {
            account_id: account.id.clone(),
            shopper_id: shopper_id.to_owned(),
            secure_hash: checkout.secure_hash.clone(),
            confirmed: approve,
        };
        let fields = Fields::from(checkout.order.clone());
        let merchant_id = checkout.merchant_id.clone();
        let order_id = self.create_order(&merchant_id, &fields, placed)?;
        self.checkouts.find_mut(id)?.order_id = Some(order_id.clone());
        self.decide_automatically(&order_id);
        Ok(order_id)
    }

    /// The JSON that the lightbox displays.
    pub fn show_checkout(&self, checkout: &Checkout) -> Value {
        let merchant = self.merchants.get(&checkout.merchant_id);
        let accounts = self.accounts_of(&checkout.merchant_id, None);
        let buyers: Vec<Value> = accounts.into_iter().flat_map(show_buyers).collect();
        json!({
            "id": checkout.id,
            "merchant": merchant.map(|merchant| &merchant.name),
            "amount_cents": checkout.order.get("amount_cents"),
            "currency": checkout.order.get("currency"),
            "merchant_order_id": checkout.order.get("merchant_order_id"),
            "buyers": buyers,
        })
    }
}

fn show_buyers(account: &Account) -> impl Iterator<Item = Value> {
    account.buyers.iter().map(|buyer| {
        json!({
            "id": buyer.id,
            "name": buyer.name,
            "email": buyer.email,
            "account": account.name,
            "credit_available_cents": account.available_cents(),
        })
    })
}
