//! Shops, their API keys and webhook endpoints.

use serde_json::{Value, json};

use super::{SandboxState, object::ApiObject, table::Table};
use crate::error::ApiError;

/// A shop.
pub struct Merchant {
    pub id: String,
    pub name: String,
    /// The key that gives access to this shop only.
    pub api_key: String,
    /// Whether invoices are funded only after a shipment.
    pub physical_goods: bool,
    pub endpoints: Vec<Endpoint>,
}

/// A URL that receives webhooks.
#[derive(Clone)]
pub struct Endpoint {
    pub id: String,
    pub url: String,
}

impl SandboxState {
    /// Adds a shop with a new key.
    pub fn add_merchant(&mut self, name: &str, physical_goods: bool) -> String {
        let id = self.ids.fresh();
        let merchant = Merchant {
            id: id.clone(),
            name: name.to_owned(),
            api_key: self.ids.fresh(),
            physical_goods,
            endpoints: Vec::new(),
        };
        self.merchants.put(&id, merchant);
        id
    }

    /// The shop with this key.
    pub fn merchant_of_key(&self, key: &str) -> Option<&Merchant> {
        let mut merchants = self.merchants.iter();
        merchants.find(|merchant| merchant.api_key == key)
    }

    /// Registers a webhook endpoint.
    pub fn add_endpoint(&mut self, merchant_id: &str, url: &str) -> Result<Endpoint, ApiError> {
        let endpoint = Endpoint {
            id: self.ids.fresh(),
            url: url.to_owned(),
        };
        let merchant = self.merchants.find_mut(merchant_id)?;
        merchant.endpoints.push(endpoint.clone());
        Ok(endpoint)
    }

    /// Removes a webhook endpoint; webhooks that are queued for it are still sent.
    pub fn remove_endpoint(&mut self, merchant_id: &str, id: &str) -> Result<Endpoint, ApiError> {
        let endpoints = &mut self.merchants.find_mut(merchant_id)?.endpoints;
        let place = endpoints.iter().position(|endpoint| endpoint.id == id);
        Ok(endpoints.remove(place.ok_or_else(ApiError::not_found)?))
    }
}

impl ApiObject for Merchant {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.merchants
    }

    fn merchant_id(&self, _: &SandboxState) -> String {
        self.id.clone()
    }

    fn show(&self, state: &SandboxState) -> Value {
        let shown = json!({
            "id": self.id,
            "name": self.name,
            "email": "shop@merchant.example",
            "web_url": "https://merchant.example/",
            "phone": "5550100",
            "url_slug": "merchant",
        });
        state.shown(&self.id, shown)
    }
}

/// A webhook endpoint as JSON.
pub fn show_endpoint(endpoint: &Endpoint) -> Value {
    json!({ "id": endpoint.id, "version": "v4", "url": endpoint.url })
}
