//! Calls about invoices, their shipments and their returns.

use super::{Call, Reply, pages::page};
use crate::{error::ApiError, state::SandboxState};

pub fn list(state: &SandboxState, call: &Call<'_>, order_id: &str) -> Result<Reply, ApiError> {
    let order = state.order(call.merchant_id, order_id)?;
    let invoices = state.invoices_of(order);
    page(invoices, call.query, |invoice| state.show_invoice(invoice)).map(Reply::Ok)
}

pub fn create(
    state: &mut SandboxState,
    call: &Call<'_>,
    order_id: &str,
) -> Result<Reply, ApiError> {
    state.order(call.merchant_id, order_id)?;
    let id = state.create_invoice(order_id, &call.fields("invoice")?)?;
    let invoice = state.invoice(call.merchant_id, &id)?;
    Ok(Reply::Created(state.show_invoice(invoice)))
}

/// Like [`create`], with the order in the body.
pub fn create_by_body(state: &mut SandboxState, call: &Call<'_>) -> Result<Reply, ApiError> {
    let order_id = call.fields("invoice")?.required_text("order_id")?;
    create(state, call, &order_id)
}

pub fn read(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let invoice = state.invoice(call.merchant_id, id)?;
    Ok(Reply::Ok(state.show_invoice(invoice)))
}

pub fn read_of(
    state: &SandboxState,
    call: &Call<'_>,
    order_id: &str,
    id: &str,
) -> Result<Reply, ApiError> {
    match state.invoice(call.merchant_id, id)?.order_id == order_id {
        true => read(state, call, id),
        false => Err(ApiError::not_found()),
    }
}

pub fn update(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    state.update_invoice(id, &call.fields("invoice")?)?;
    read(state, call, id)
}

/// Issues, closes or cancels an invoice.
pub fn transition(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
    change: impl Fn(&mut SandboxState, &str) -> Result<(), ApiError>,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    change(state, id)?;
    read(state, call, id)
}

pub fn read_item(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    item: &str,
) -> Result<Reply, ApiError> {
    let invoice = state.invoice(call.merchant_id, id)?;
    let mut items = invoice.details.items.iter();
    let item = items.find(|known| known.id == item);
    let item = item.ok_or_else(ApiError::not_found)?;
    Ok(Reply::Ok(state.show_invoice_item(invoice, item)))
}

pub fn create_shipment(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    let shipment_id = state.create_shipment(id, &call.fields("shipment")?)?;
    let shipment = state.shipment(id, &shipment_id)?;
    Ok(Reply::Created(state.show_shipment(shipment)))
}

pub fn list_shipments(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let shipments = state.shipments_of(state.invoice(call.merchant_id, id)?);
    page(shipments, call.query, |one| state.show_shipment(one)).map(Reply::Ok)
}

pub fn read_shipment(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    shipment_id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    let shipment = state.shipment(id, shipment_id)?;
    Ok(Reply::Ok(state.show_shipment(shipment)))
}

pub fn update_shipment(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
    shipment_id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    state.shipment(id, shipment_id)?;
    state.update_shipment(shipment_id, &call.fields("shipment")?)?;
    read_shipment(state, call, id, shipment_id)
}

pub fn create_return(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    let return_id = state.create_return(id, &call.fields("invoice_return")?)?;
    let returned = state.invoice_return(id, &return_id)?;
    Ok(Reply::Created(state.show_return(returned)))
}

pub fn list_returns(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let returns = state.returns_of(state.invoice(call.merchant_id, id)?);
    page(returns, call.query, |one| state.show_return(one)).map(Reply::Ok)
}

pub fn read_return(
    state: &SandboxState,
    call: &Call<'_>,
    id: &str,
    return_id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    let returned = state.invoice_return(id, return_id)?;
    Ok(Reply::Ok(state.show_return(returned)))
}

pub fn update_return(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
    return_id: &str,
) -> Result<Reply, ApiError> {
    state.invoice(call.merchant_id, id)?;
    state.invoice_return(id, return_id)?;
    state.update_return(return_id, &call.fields("invoice_return")?)?;
    read_return(state, call, id, return_id)
}
