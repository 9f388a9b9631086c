//! Calls about invoices, their shipments and their returns.

use super::{Call, Shown, pages::page};
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
    let order = state.orders.find(&order_id)?;
    match order.merchant_id == call.merchant_id {
        true => create(state, call, &order_id),
        false => Err(ApiError::not_found()),
    }
}

pub fn read_of(state: &SandboxState, order_id: &str, id: &str) -> Shown {
    match state.invoices.find(id)?.order_id == order_id {
        true => state.show::<Invoice>(id),
        false => Err(ApiError::not_found()),
    }
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

/// Fails unless the shipment belongs to the invoice.
pub fn check_shipment(state: &SandboxState, id: &str, shipment: &str) -> Result<(), ApiError> {
    match state.shipments.find(shipment)?.invoice_id == id {
        true => Ok(()),
        false => Err(ApiError::not_found()),
    }
}

pub fn create_return(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let return_id = state.create_return(id, &call.fields("invoice_return")?)?;
    state.show::<InvoiceReturn>(&return_id)
}

pub fn list_returns(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let returns = state.returns_of(state.invoices.find(id)?);
    page(returns, call.query, |returned| returned.show(state))
}

/// Fails unless the return belongs to the invoice.
pub fn check_return(state: &SandboxState, id: &str, returned: &str) -> Result<(), ApiError> {
    match state.returns.find(returned)?.invoice_id == id {
        true => Ok(()),
        false => Err(ApiError::not_found()),
    }
}
