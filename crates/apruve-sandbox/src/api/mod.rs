//! The REST API as one table of calls, as in Apruve's documentation; PATCH has the effect of PUT.
//!
//! The table has paths without `/api/v4`, without a `.json` suffix and without a trailing slash. Objects of another
//! shop are not found.

mod invoices;
mod merchants;
mod orders;
mod pages;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{
    error::{ApiError, ApiResponse, Body},
    fields::Fields,
    state::SandboxState,
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

/// The result of a call; the status of `Created` is a setting of [`super::state::behaviour::Behaviour`].
enum Reply {
    Created(Value),
    Ok(Value),
}

/// The result of a call, and the follow-up after its answer.
pub struct CompletedCall {
    pub answer: ApiResponse,
    /// An order that was submitted for approval.
    pub submitted: Option<String>,
}

/// Executes a call.
pub fn execute(state: &mut SandboxState, call: &Call<'_>) -> Result<CompletedCall, ApiError> {
    let mut submitted = None;
    let reply = dispatch(state, call, &mut submitted)?;
    let (status, value) = match reply {
        Reply::Created(value) => (state.behaviour.created_status, value),
        Reply::Ok(value) => (200, value),
    };
    let body = Body::Json(value);
    let answer = ApiResponse {
        status,
        body,
        headers: BTreeMap::new(),
    };
    Ok(CompletedCall { answer, submitted })
}

fn dispatch(
    state: &mut SandboxState,
    call: &Call<'_>,
    submitted: &mut Option<String>,
) -> Result<Reply, ApiError> {
    let method = match call.method {
        "PATCH" => "PUT",
        method => method,
    };
    match (method, call.path) {
        ("POST", ["orders"]) => orders::create(state, call, submitted),
        ("GET", ["orders"]) => orders::list(state, call),
        ("GET", ["orders", id]) => orders::read(state, call, id),
        ("PUT", ["orders", id]) => orders::update(state, call, id),
        ("POST", ["orders", id, "finalize"]) => orders::finalize(state, call, id, submitted),
        ("POST", ["orders", id, "cancel"]) => orders::cancel(state, call, id),
        ("GET", ["orders", id, "order_items"]) => orders::list_items(state, call, id),
        ("POST", ["orders", id, "order_items"]) => orders::add_item(state, call, id),
        ("GET", ["order_items", id]) => orders::read_item(state, call, id),
        ("PUT", ["order_items", id]) => orders::change_item(state, call, id),
        ("DELETE", ["order_items", id]) => orders::remove_item(state, call, id),

        ("GET", ["orders", id, "invoices"]) => invoices::list(state, call, id),
        ("POST", ["orders", id, "invoices"]) => invoices::create(state, call, id),
        ("POST", ["invoices"]) => invoices::create_by_body(state, call),
        ("GET", ["invoices", id]) => invoices::read(state, call, id),
        ("GET", ["orders", order, "invoices", id]) => invoices::read_of(state, call, order, id),
        ("PUT", ["invoices", id]) => invoices::update(state, call, id),
        ("POST", ["invoices", id, "issue"]) => {
            invoices::transition(state, call, id, SandboxState::issue_invoice)
        }
        ("POST", ["invoices", id, "close"]) => {
            invoices::transition(state, call, id, SandboxState::close_invoice)
        }
        ("POST", ["invoices", id, "cancel"]) => {
            invoices::transition(state, call, id, SandboxState::cancel_invoice)
        }
        ("GET", ["invoices", id, "invoice_items", item]) => {
            invoices::read_item(state, call, id, item)
        }

        ("POST", ["invoices", id, "shipments"]) => invoices::create_shipment(state, call, id),
        ("GET", ["invoices", id, "shipments"]) => invoices::list_shipments(state, call, id),
        ("GET", ["invoices", id, "shipments", shipment]) => {
            invoices::read_shipment(state, call, id, shipment)
        }
        ("PUT", ["invoices", id, "shipments", shipment]) => {
            invoices::update_shipment(state, call, id, shipment)
        }
        ("POST", ["invoices", id, "invoice_returns"]) => invoices::create_return(state, call, id),
        ("GET", ["invoices", id, "invoice_returns"]) => invoices::list_returns(state, call, id),
        ("GET", ["invoices", id, "invoice_returns", returned]) => {
            invoices::read_return(state, call, id, returned)
        }
        ("PUT", ["invoices", id, "invoice_returns", returned]) => {
            invoices::update_return(state, call, id, returned)
        }

        ("GET", ["merchants", id]) => merchants::read(state, call, id),
        ("GET", ["merchants", id, "corporate_accounts"]) => {
            merchants::list_accounts(state, call, id)
        }
        ("GET", ["merchants", id, "corporate_accounts", account]) => {
            merchants::read_account(state, call, id, account)
        }
        ("GET", ["merchants", id, "webhook_endpoints"]) => {
            merchants::list_endpoints(state, call, id)
        }
        ("POST", ["merchants", id, "webhook_endpoints"]) => {
            merchants::create_endpoint(state, call, id)
        }
        ("GET", ["merchants", id, "webhook_endpoints", endpoint]) => {
            merchants::read_endpoint(state, call, id, endpoint)
        }
        ("DELETE", ["merchants", id, "webhook_endpoints", endpoint]) => {
            merchants::remove_endpoint(state, call, id, endpoint)
        }
        ("GET", ["payments", id]) => merchants::read_payment(state, call, id),
        ("GET", ["users", id]) => merchants::read_user(state, call, id),
        _ => Err(ApiError::not_found()),
    }
}
