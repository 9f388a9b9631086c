//! Calls about orders and their lines.

use super::{Call, Done, pages::page};
use crate::{
    refusal::Refusal,
    world::{
        World,
        order::{OrderFilter, Placed},
    },
};

pub fn create(
    world: &mut World,
    call: &Call<'_>,
    put_up: &mut Option<String>,
) -> Result<Done, Refusal> {
    let fields = call.fields("order")?;
    let id = world.create_order(call.merchant_id, &fields, Placed::ByShop)?;
    let order = world.order(call.merchant_id, &id)?;
    let shown = world.show_order(order);
    *put_up = Some(id);
    Ok(Done::Made(shown))
}

pub fn list(world: &World, call: &Call<'_>) -> Result<Done, Refusal> {
    let filter = OrderFilter {
        merchant_order_id: call.query.get("merchant_order_id").map(String::as_str),
        secure_hash: call.query.get("secure_hash").map(String::as_str),
    };
    let orders = world.orders_of(call.merchant_id, &filter);
    page(orders, call.query, |order| world.show_order(order)).map(Done::Shown)
}

pub fn read(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let order = world.order(call.merchant_id, id)?;
    Ok(Done::Shown(world.show_order(order)))
}

pub fn update(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.order(call.merchant_id, id)?;
    world.update_order(id, &call.fields("order")?)?;
    read(world, call, id)
}

pub fn finalize(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    put_up: &mut Option<String>,
) -> Result<Done, Refusal> {
    world.order(call.merchant_id, id)?;
    world.finalize_order(id)?;
    *put_up = Some(id.to_owned());
    read(world, call, id)
}

pub fn cancel(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.order(call.merchant_id, id)?;
    world.cancel_order(id)?;
    read(world, call, id)
}

pub fn list_items(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let order = world.order(call.merchant_id, id)?;
    let items = order.details.items.iter();
    page(items, call.query, |item| world.show_order_item(order, item)).map(Done::Shown)
}

pub fn add_item(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    world.order(call.merchant_id, id)?;
    let item_id = world.add_order_item(id, &call.fields("order_item")?)?;
    match read_item(world, call, &item_id)? {
        Done::Made(shown) | Done::Shown(shown) => Ok(Done::Made(shown)),
    }
}

pub fn read_item(world: &World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let (order, item) = world.find_order_item(call.merchant_id, id)?;
    Ok(Done::Shown(world.show_order_item(order, item)))
}

pub fn change_item(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let (order, _) = world.find_order_item(call.merchant_id, id)?;
    let order_id = order.id.clone();
    world.change_order_item(&order_id, id, &call.fields("order_item")?)?;
    read_item(world, call, id)
}

pub fn remove_item(world: &mut World, call: &Call<'_>, id: &str) -> Result<Done, Refusal> {
    let (order, item) = world.find_order_item(call.merchant_id, id)?;
    let (order_id, shown) = (order.id.clone(), world.show_order_item(order, item));
    world.remove_order_item(&order_id, id)?;
    Ok(Done::Shown(shown))
}
