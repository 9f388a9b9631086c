//! Calls about orders and their lines.

use super::{Call, Reply, pages::page};
use crate::{
    error::ApiError,
    state::{
        SandboxState,
        order::{OrderFilter, OrderSource},
    },
};

pub fn create(
    state: &mut SandboxState,
    call: &Call<'_>,
    submitted: &mut Option<String>,
) -> Result<Reply, ApiError> {
    let fields = call.fields("order")?;
    let id = state.create_order(call.merchant_id, &fields, OrderSource::ByShop)?;
    let order = state.order(call.merchant_id, &id)?;
    let shown = state.show_order(order);
    *submitted = Some(id);
    Ok(Reply::Created(shown))
}

pub fn list(state: &SandboxState, call: &Call<'_>) -> Result<Reply, ApiError> {
    let filter = OrderFilter {
        merchant_order_id: call.query.get("merchant_order_id").map(String::as_str),
        secure_hash: call.query.get("secure_hash").map(String::as_str),
    };
    let orders = state.orders_of(call.merchant_id, &filter);
    page(orders, call.query, |order| state.show_order(order)).map(Reply::Ok)
}

pub fn read(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let order = state.order(call.merchant_id, id)?;
    Ok(Reply::Ok(state.show_order(order)))
}

pub fn update(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    state.order(call.merchant_id, id)?;
    state.update_order(id, &call.fields("order")?)?;
    read(state, call, id)
}

pub fn finalize(
    state: &mut SandboxState,
    call: &Call<'_>,
    id: &str,
    submitted: &mut Option<String>,
) -> Result<Reply, ApiError> {
    state.order(call.merchant_id, id)?;
    state.finalize_order(id)?;
    *submitted = Some(id.to_owned());
    read(state, call, id)
}

pub fn cancel(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    state.order(call.merchant_id, id)?;
    state.cancel_order(id)?;
    read(state, call, id)
}

pub fn list_items(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let order = state.order(call.merchant_id, id)?;
    let items = order.details.items.iter();
    page(items, call.query, |item| state.show_order_item(order, item)).map(Reply::Ok)
}

pub fn add_item(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    state.order(call.merchant_id, id)?;
    let item_id = state.add_order_item(id, &call.fields("order_item")?)?;
    match read_item(state, call, &item_id)? {
        Reply::Created(shown) | Reply::Ok(shown) => Ok(Reply::Created(shown)),
    }
}

pub fn read_item(state: &SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let (order, item) = state.find_order_item(call.merchant_id, id)?;
    Ok(Reply::Ok(state.show_order_item(order, item)))
}

pub fn change_item(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let (order, _) = state.find_order_item(call.merchant_id, id)?;
    let order_id = order.id.clone();
    state.change_order_item(&order_id, id, &call.fields("order_item")?)?;
    read_item(state, call, id)
}

pub fn remove_item(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Result<Reply, ApiError> {
    let (order, item) = state.find_order_item(call.merchant_id, id)?;
    let (order_id, shown) = (order.id.clone(), state.show_order_item(order, item));
    state.remove_order_item(&order_id, id)?;
    Ok(Reply::Ok(shown))
}
