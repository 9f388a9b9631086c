//! Inspection: the whole state, and every received call.

use actix_web::web;
use serde_json::{Value, json};

use super::{ControlResponse, SandboxContext};
use crate::state::{SandboxState, merchant::Merchant, merchant::show_endpoint};

/// The whole state as the API would show it, across all shops.
pub(super) async fn show(context: web::Data<SandboxContext>) -> ControlResponse {
    let state = context.state();
    let all = |values: &mut dyn Iterator<Item = Value>| -> Value { values.collect() };
    ControlResponse::Ok(json!({
        "now": state.now(),
        "merchants": all(&mut state.merchants.iter().map(|one| merchant(&state, one))),
        "corporateAccounts": all(&mut state.accounts.iter().map(|one| state.show_account(one))),
        "orders": all(&mut state.orders.iter().map(|one| state.show_order(one))),
        "invoices": all(&mut state.invoices.iter().map(|one| state.show_invoice(one))),
        "shipments": all(&mut state.shipments.iter().map(|one| state.show_shipment(one))),
        "invoiceReturns": all(&mut state.returns.iter().map(|one| state.show_return(one))),
        "webhooks": state.outbox.show(),
    }))
}

fn merchant(state: &SandboxState, merchant: &Merchant) -> Value {
    let endpoints = merchant.endpoints.iter().map(show_endpoint);
    let mut shown = state.show_merchant(merchant);
    shown["api_key"] = json!(merchant.api_key);
    shown["webhook_endpoints"] = endpoints.collect();
    shown
}

pub(super) async fn list_calls(context: web::Data<SandboxContext>) -> ControlResponse {
    ControlResponse::Ok(json!(*context.calls()))
}

pub(super) async fn forget_calls(context: web::Data<SandboxContext>) -> ControlResponse {
    let forgotten = std::mem::take(&mut *context.calls());
    ControlResponse::Ok(json!(forgotten))
}
