//! Calls about invoices, their shipments and their returns.

use super::{Call, Shown, found, pages::page};
use crate::{
    error::ApiError,
    state::{
        SandboxState, invoice::Invoice, invoice_return::InvoiceReturn, object::ApiObject,
        shipment::Shipment,
    },
};

pub fn list(state: &SandboxState, call: &Call<'_>, order_id: &str) -> Shown {
    let invoices = state.invoices_of(state.orders.find(order_id)?);
    page(invoices, call.query, |invoice| invoice.show(state))
}

pub fn create(state: &mut SandboxState, call: &Call<'_>, order_id: &str) -> Shown {
    let id = state.create_invoice(order_id, &call.fields("invoice")?)?;
    state.show::<Invoice>(&id)
}

/// Like [`create`], with the order in the body.
pub fn create_by_body(state: &mut SandboxState, call: &Call<'_>) -> Shown {
    let order_id = call.fields("invoice")?.required_text("order_id")?;
    found(state.orders.find(&order_id)?.merchant_id == call.merchant_id)?;
    create(state, call, &order_id)
}

pub fn update(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    state.update_invoice(id, &call.fields("invoice")?)?;
    state.show::<Invoice>(id)
}

pub fn read_item(state: &SandboxState, id: &str, item: &str) -> Shown {
    let invoice = state.invoices.find(id)?;
    let mut items = invoice.details.items.iter();
    let item = items.find(|known| known.id == item);
    let item = item.ok_or_else(ApiError::not_found)?;
    Ok(state.show_invoice_item(invoice, item))
}

pub fn create_shipment(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let shipment_id = state.create_shipment(id, &call.fields("shipment")?)?;
    state.show::<Shipment>(&shipment_id)
}

pub fn list_shipments(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let shipments = state.shipments_of(state.invoices.find(id)?);
    page(shipments, call.query, |shipment| shipment.show(state))
}

pub fn create_return(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let return_id = state.create_return(id, &call.fields("invoice_return")?)?;
    state.show::<InvoiceReturn>(&return_id)
}

pub fn list_returns(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let returns = state.returns_of(state.invoices.find(id)?);
    page(returns, call.query, |returned| returned.show(state))
}
