//! Calls about orders and their lines.

use super::{Call, Shown, pages::page};
use crate::state::{
    SandboxState,
    object::ApiObject,
    order::{Order, OrderFilter, OrderSource},
};

/// Creates an order. What is decided automatically is decided after the answer, as at Apruve.
pub fn create(state: &mut SandboxState, call: &Call<'_>) -> Shown {
    let fields = call.fields("order")?;
    let id = state.create_order(call.merchant_id, &fields, OrderSource::ByShop)?;
    let shown = state.show::<Order>(&id);
    state.decide_automatically(&id);
    shown
}

pub fn list(state: &SandboxState, call: &Call<'_>) -> Shown {
    let filter = OrderFilter {
        merchant_order_id: call.query.get("merchant_order_id").map(String::as_str),
        secure_hash: call.query.get("secure_hash").map(String::as_str),
    };
    let orders = state.orders_of(call.merchant_id, &filter);
    page(orders, call.query, |order| order.show(state))
}

pub fn update(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    state.update_order(id, &call.fields("order")?)?;
    state.show::<Order>(id)
}

pub fn finalize(state: &mut SandboxState, id: &str) -> Shown {
    state.finalize_order(id)?;
    let shown = state.show::<Order>(id);
    state.decide_automatically(id);
    shown
}

pub fn cancel(state: &mut SandboxState, id: &str) -> Shown {
    state.cancel_order(id)?;
    state.show::<Order>(id)
}

pub fn list_items(state: &SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let order = state.orders.find(id)?;
    let items = order.details.items.iter();
    page(items, call.query, |item| state.show_order_item(order, item))
}

pub fn add_item(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let item_id = state.add_order_item(id, &call.fields("order_item")?)?;
    read_item(state, &item_id)
}

pub fn read_item(state: &SandboxState, id: &str) -> Shown {
    let (order, item) = state.find_order_item(id)?;
    Ok(state.show_order_item(order, item))
}

pub fn change_item(state: &mut SandboxState, call: &Call<'_>, id: &str) -> Shown {
    let order_id = state.find_order_item(id)?.0.id.clone();
    state.change_order_item(&order_id, id, &call.fields("order_item")?)?;
    read_item(state, id)
}

pub fn remove_item(state: &mut SandboxState, id: &str) -> Shown {
    let (order, item) = state.find_order_item(id)?;
    let (order_id, shown) = (order.id.clone(), state.show_order_item(order, item));
    state.remove_order_item(&order_id, id)?;
    Ok(shown)
}
