//! Calls about invoices, their shipments and their returns.

use super::{Call, Done, pages::page};
use crate::{refusal::Refusal, world::World};

pub fn list(world: &World, call: &Call<'_>, order_id: &str) -> Result<Done, Refusal> {
    let order = world.order(call.merchant_id, order_id)?;
    let invoices = world.invoices_of(order);
    page(invoices, call.query, |invoice| world.show_invoice(invoice)).map(Done::Shown)
}

pub fn create(world: &mut World, call: &Call<'_>, order_id: &str) -> Result<Done, Refusal> {
    world.order(call.merchant_id, order_id)?;
    let id = world.create_invoice(order_id, &call.fields("invoice")?)?;
    let invoice = world.invoice(call.merchant_id, &id)?;
    Ok(Done::Made(world.show_invoice(invoice)))
}

/// The other door: the order is named in the body.
pub fn create_by_body(world: &mut World, call: &Call<'_>) -> Result<Done, Refusal> {
    let order_id = call.fields("invoice")?.required_text("order_id")?;
    create(world, call, &order_id)
}

pub fn read(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let invoice = world.invoice(call.merchant_id, id)?;
    Ok(Done::Shown(world.show_invoice(invoice)))
}

pub fn read_of(world: &World, call: &Call<'_>, order_id: &str, id: &str) -> Result<Done, Refusal> {
    match world.invoice(call.merchant_id, id)?.order_id == order_id {
        true => read(world, call, id),
        false => Err(Refusal::not_found()),
    }
}

pub fn update(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    world.update_invoice(id, &call.fields("invoice")?)?;
    read(world, call, id)
}

/// Issue, close or cancel.
pub fn act(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    act: impl Fn(&mut World, &str) -> Result<(), Refusal>,
) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    act(world, id)?;
    read(world, call, id)
}

pub fn read_item(world: &World, call: &Call<'_>, id: &str, item: &str) -> Result<Done, Refusal> {
    let invoice = world.invoice(call.merchant_id, id)?;
    let mut items = invoice.details.items.iter();
    let item = items.find(|known| known.id == item);
    let item = item.ok_or_else(Refusal::not_found)?;
    Ok(Done::Shown(world.show_invoice_item(invoice, item)))
}

pub fn ship(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    let shipment_id = world.create_shipment(id, &call.fields("shipment")?)?;
    let shipment = world.shipment(id, &shipment_id)?;
    Ok(Done::Made(world.show_shipment(shipment)))
}

pub fn list_shipments(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let shipments = world.shipments_of(world.invoice(call.merchant_id, id)?);
    page(shipments, call.query, |one| world.show_shipment(one)).map(Done::Shown)
}

pub fn read_shipment(
    world: &World,
    call: &Call<'_>,
    id: &str,
    shipment_id: &str,
) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    let shipment = world.shipment(id, shipment_id)?;
    Ok(Done::Shown(world.show_shipment(shipment)))
}

pub fn update_shipment(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    shipment_id: &str,
) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    world.shipment(id, shipment_id)?;
    world.update_shipment(shipment_id, &call.fields("shipment")?)?;
    read_shipment(world, call, id, shipment_id)
}

pub fn give_back(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    let return_id = world.create_return(id, &call.fields("invoice_return")?)?;
    let returned = world.invoice_return(id, &return_id)?;
    Ok(Done::Made(world.show_return(returned)))
}

pub fn list_returns(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let returns = world.returns_of(world.invoice(call.merchant_id, id)?);
    page(returns, call.query, |one| world.show_return(one)).map(Done::Shown)
}

pub fn read_return(
    world: &World,
    call: &Call<'_>,
    id: &str,
    return_id: &str,
) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    let returned = world.invoice_return(id, return_id)?;
    Ok(Done::Shown(world.show_return(returned)))
}

pub fn update_return(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    return_id: &str,
) -> Result<Done, Refusal> {
    world.invoice(call.merchant_id, id)?;
    world.invoice_return(id, return_id)?;
    world.update_return(return_id, &call.fields("invoice_return")?)?;
    read_return(world, call, id, return_id)
}
