//! Inspection: the whole state, and every received call.

use serde_json::{Value, json};

use super::{Context, ControlAnswer, ok};
use crate::state::{
    SandboxState,
    account::Account,
    invoice::Invoice,
    invoice_return::InvoiceReturn,
    merchant::{Merchant, show_endpoint},
    object::ApiObject,
    order::Order,
    shipment::Shipment,
};

/// The whole state as the API would show it, across all shops.
pub(super) async fn show(context: Context) -> ControlAnswer {
    let state = context.state();
    let merchants = state.merchants.iter().map(|one| merchant(&state, one));
    ok(json!({
        "now": state.now(),
        "merchants": merchants.collect::<Value>(),
        "corporateAccounts": state.show_all::<Account>(),
        "orders": state.show_all::<Order>(),
        "invoices": state.show_all::<Invoice>(),
        "shipments": state.show_all::<Shipment>(),
        "invoiceReturns": state.show_all::<InvoiceReturn>(),
        "webhooks": state.outbox.show(),
    }))
}

fn merchant(state: &SandboxState, merchant: &Merchant) -> Value {
    let endpoints = merchant.endpoints.iter().map(show_endpoint);
    let mut shown = merchant.show(state);
    shown["api_key"] = json!(merchant.api_key);
    shown["webhook_endpoints"] = endpoints.collect();
    shown
}

pub(super) async fn list_calls(context: Context) -> ControlAnswer {
    ok(&*context.calls())
}

pub(super) async fn forget_calls(context: Context) -> ControlAnswer {
    ok(std::mem::take(&mut *context.calls()))
}
