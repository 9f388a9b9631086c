//! A look inside: everything there is, and every call that came in.

use actix_web::web;
use serde_json::{Value, json};

use super::{Controlled, Shared};
use crate::world::{World, merchant::Merchant, merchant::show_endpoint};

/// Everything, as the API would show it, across all shops.
pub(super) async fn show(shared: web::Data<Shared>) -> Controlled {
    let world = shared.world();
    let all = |values: &mut dyn Iterator<Item = Value>| -> Value { values.collect() };
    Controlled::Done(json!({
        "now": world.now(),
        "merchants": all(&mut world.merchants.iter().map(|one| merchant(&world, one))),
        "corporateAccounts": all(&mut world.accounts.iter().map(|one| world.show_account(one))),
        "orders": all(&mut world.orders.iter().map(|one| world.show_order(one))),
        "invoices": all(&mut world.invoices.iter().map(|one| world.show_invoice(one))),
        "shipments": all(&mut world.shipments.iter().map(|one| world.show_shipment(one))),
        "invoiceReturns": all(&mut world.returns.iter().map(|one| world.show_return(one))),
        "webhooks": world.outbox.show(),
    }))
}

fn merchant(world: &World, merchant: &Merchant) -> Value {
    let endpoints = merchant.endpoints.iter().map(show_endpoint);
    let mut shown = world.show_merchant(merchant);
    shown["api_key"] = json!(merchant.api_key);
    shown["webhook_endpoints"] = endpoints.collect();
    shown
}

pub(super) async fn list_calls(shared: web::Data<Shared>) -> Controlled {
    Controlled::Done(json!(*shared.calls()))
}

pub(super) async fn forget_calls(shared: web::Data<Shared>) -> Controlled {
    let forgotten = std::mem::take(&mut *shared.calls());
    Controlled::Done(json!(forgotten))
}
