//! The REST API as one table of calls, as in Apruve's documentation; PATCH has the effect of PUT.
//!
//! The table has paths without `/api/v4`, without a `.json` suffix and without a trailing slash.

mod invoices;
mod merchants;
mod orders;
mod pages;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{
    error::{ApiError, ApiResponse},
    fields::Fields,
    state::{
        SandboxState,
        account::Account,
        invoice::Invoice,
        invoice_return::InvoiceReturn,
        merchant::{Merchant, show_endpoint},
        order::Order,
        shipment::Shipment,
    },
};

/// One call of an authenticated shop.
pub struct Call<'a> {
    pub merchant_id: &'a str,
    pub method: &'a str,
    pub path: &'a [&'a str],
    pub query: &'a HashMap<String, String>,
    pub body: &'a [u8],
}

impl Call<'_> {
    fn fields(&self, noun: &str) -> Result<Fields, ApiError> {
        Fields::read(self.body, noun)
    }
}

type Shown = Result<Value, ApiError>;

/// A POST that does not end with one of these creates something; the status for that is a setting.
const ACTIONS: [&str; 4] = ["finalize", "cancel", "issue", "close"];

/// Executes a call.
pub fn execute(state: &mut SandboxState, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
    check_owner(state, call)?;
    let shown = dispatch(state, call)?;
    let is_action = call.path.last().is_some_and(|last| ACTIONS.contains(last));
    let status = match call.method {
        "POST" if !is_action => state.behaviour.created_status,
        _ => 200,
    };
    Ok(ApiResponse {
        status,
        body: Some(shown),
        headers: BTreeMap::new(),
    })
}

/// Objects of another shop are not found.
fn check_owner(state: &SandboxState, call: &Call<'_>) -> Result<(), ApiError> {
    let owner = match call.path {
        ["orders", id, ..] => &state.orders.find(id)?.merchant_id,
        ["order_items", id, ..] => &state.find_order_item(id)?.0.merchant_id,
        ["invoices", id, ..] => &state.invoices.find(id)?.merchant_id,
        ["merchants", id, ..] => *id,
        _ => call.merchant_id,
    };
    found(owner == call.merchant_id)
}

/// 404 unless the object was found where it was looked for.
fn found(is_there: bool) -> Result<(), ApiError> {
    match is_there {
        true => Ok(()),
        false => Err(ApiError::not_found()),
    }
}

fn dispatch(state: &mut SandboxState, call: &Call<'_>) -> Shown {
    let method = match call.method {
        "PATCH" => "PUT",
        method => method,
    };
    match (method, call.path) {
        ("POST", ["orders"]) => orders::create(state, call),
        ("GET", ["orders"]) => orders::list(state, call),
        ("GET", ["orders", id]) => state.show::<Order>(id),
        ("PUT", ["orders", id]) => orders::update(state, call, id),
        ("POST", ["orders", id, "finalize"]) => orders::finalize(state, id),
        ("POST", ["orders", id, "cancel"]) => orders::cancel(state, id),
        ("GET", ["orders", id, "order_items"]) => orders::list_items(state, call, id),
        ("POST", ["orders", id, "order_items"]) => orders::add_item(state, call, id),
        ("GET", ["order_items", id]) => orders::read_item(state, id),
        ("PUT", ["order_items", id]) => orders::change_item(state, call, id),
        ("DELETE", ["order_items", id]) => orders::remove_item(state, id),

        ("GET", ["orders", id, "invoices"]) => invoices::list(state, call, id),
        ("POST", ["orders", id, "invoices"]) => invoices::create(state, call, id),
        ("POST", ["invoices"]) => invoices::create_by_body(state, call),
        ("GET", ["invoices", id]) => state.show::<Invoice>(id),
        ("GET", ["orders", order, "invoices", id]) => {
            found(state.invoices.find(id)?.order_id == *order)?;
            state.show::<Invoice>(id)
        }
        ("PUT", ["invoices", id]) => invoices::update(state, call, id),
        ("POST", ["invoices", id, "issue"]) => {
            state.issue_invoice(id)?;
            state.show::<Invoice>(id)
        }
        ("POST", ["invoices", id, "close"]) => {
            state.close_invoice(id)?;
            state.show::<Invoice>(id)
        }
        ("POST", ["invoices", id, "cancel"]) => {
            state.cancel_invoice(id)?;
            state.show::<Invoice>(id)
        }
        ("GET", ["invoices", id, "invoice_items", item]) => invoices::read_item(state, id, item),

        ("POST", ["invoices", id, "shipments"]) => invoices::create_shipment(state, call, id),
        ("GET", ["invoices", id, "shipments"]) => invoices::list_shipments(state, call, id),
        ("GET", ["invoices", id, "shipments", shipment]) => {
            found(state.shipments.find(shipment)?.invoice_id == *id)?;
            state.show::<Shipment>(shipment)
        }
        ("PUT", ["invoices", id, "shipments", shipment]) => {
            found(state.shipments.find(shipment)?.invoice_id == *id)?;
            state.update_shipment(shipment, &call.fields("shipment")?)?;
            state.show::<Shipment>(shipment)
        }
        ("POST", ["invoices", id, "invoice_returns"]) => invoices::create_return(state, call, id),
        ("GET", ["invoices", id, "invoice_returns"]) => invoices::list_returns(state, call, id),
        ("GET", ["invoices", id, "invoice_returns", returned]) => {
            found(state.returns.find(returned)?.invoice_id == *id)?;
            state.show::<InvoiceReturn>(returned)
        }
        ("PUT", ["invoices", id, "invoice_returns", returned]) => {
            found(state.returns.find(returned)?.invoice_id == *id)?;
            state.update_return(returned, &call.fields("invoice_return")?)?;
            state.show::<InvoiceReturn>(returned)
        }

        ("GET", ["merchants", id]) => state.show::<Merchant>(id),
        ("GET", ["merchants", id, "corporate_accounts"]) => {
            merchants::list_accounts(state, call, id)
        }
        ("GET", ["merchants", id, "corporate_accounts", account]) => {
            found(state.accounts.find(account)?.merchant_id == *id)?;
            state.show::<Account>(account)
        }
        ("GET", ["merchants", id, "webhook_endpoints"]) => {
            let endpoints = state.merchants.find(id)?.endpoints.iter();
            pages::page(endpoints, call.query, show_endpoint)
        }
        ("POST", ["merchants", id, "webhook_endpoints"]) => {
            merchants::create_endpoint(state, call, id)
        }
        ("GET", ["merchants", id, "webhook_endpoints", endpoint]) => {
            merchants::read_endpoint(state, id, endpoint)
        }
        ("DELETE", ["merchants", id, "webhook_endpoints", endpoint]) => {
            let removed = state.remove_endpoint(id, endpoint)?;
            Ok(show_endpoint(&removed))
        }
        ("GET", ["payments", id]) => merchants::read_payment(state, call, id),
        ("GET", ["users", id]) => {
            let buyer = state.find_buyer(call.merchant_id, id);
            buyer
                .map(|buyer| json!(buyer))
                .ok_or_else(ApiError::not_found)
        }
        _ => Err(ApiError::not_found()),
    }
}
