mod any_cart;
mod cart_to_order;
mod invoice;
mod parts;
mod refusals;

use serde_json::{Value, json};

use super::*;
use crate::{
    cart,
    http::problem::FieldError,
    money::Currency,
    payments::Reference,
    providers::{ProviderId, ProviderKind},
};

fn usd() -> Currency {
    Currency::parse("USD").expect("a currency")
}

fn totals(cart: &Value) -> Result<OrderTotals, Vec<FieldError>> {
    let text = cart.to_string();
    OrderTotals::read(&cart::read(&text).expect("a cart"))
}

fn draft(cart: &Value) -> Value {
    let id = ProviderId::parse("a1b2c3").expect("an id");
    let order_id = Reference::parse("SO-1001").expect("a name");
    let po_number = Reference::parse("PO-7").expect("a name");
    let totals = totals(cart).expect("totals that add up");
    let draft = totals.to_draft(id, &order_id, 1, Some(&po_number));
    ProviderKind::Apruve.check_order(&draft).expect("an order");
    serde_json::from_str(&ProviderKind::Apruve.order_text(&draft)).expect("JSON")
}

/// Pointers and codes of the errors.
fn refusals(errors: Vec<FieldError>) -> Vec<(String, String)> {
    let named = |error: FieldError| (error.pointer.unwrap_or_default(), error.code.into_owned());
    errors.into_iter().map(named).collect()
}

fn line(price: &str, quantity: Value) -> Value {
    json!({ "productSku": "1GB82", "quantity": quantity, "price": { "value": price, "currency": "USD" } })
}
