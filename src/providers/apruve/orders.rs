//! What is said of orders and invoices without a call: what Apruve does not take, and what its popup is given.

use serde_json::{json, value::to_raw_value};

use super::{
    model::WireOrder,
    secure_hash::{OrderJson, secure_hash},
};
use crate::{
    http::problem::FieldError,
    money::Money,
    providers::{BuyerConfirmation, InvoiceDraft, OrderDraft},
    secret::SecretText,
};

/// The most that an order or invoice can come to, in minor units of its currency. Zero is nothing to pay.
pub const MOST_CENTS: i64 = 99_999_999;

/// What Apruve does not take of an order, with pointers into the cart.
pub fn check_order(draft: &OrderDraft) -> Result<(), FieldError> {
    check_amount("/total", draft.total)
}

/// What Apruve does not take of an invoice, with pointers into the body that asks for it.
pub fn check_invoice(draft: &InvoiceDraft) -> Result<(), FieldError> {
    check_amount("/amount", draft.amount)
}

fn check_amount(pointer: &str, amount: Money) -> Result<(), FieldError> {
    if amount.minor() <= MOST_CENTS {
        return Ok(());
    }
    let most = Money::from_minor(MOST_CENTS, amount.currency());
    let message = format!("{amount} is more than Apruve takes, which is {most}.");
    Err(FieldError::at(pointer, "out_of_range", message))
}

/// The order as the popup is given it, in the form in which it is kept.
pub fn order_text(draft: &OrderDraft) -> String {
    json!(WireOrder::from(draft)).to_string()
}

/// The script that opens the popup at a host of Apruve's.
pub fn script_url(origin: &str) -> String {
    format!("{origin}/js/v4/apruve.js")
}

/// What the popup at a host of Apruve's is to be given for an order that was kept.
pub fn confirmation(
    origin: &str,
    api_key: &SecretText,
    order_text: &str,
) -> serde_json::Result<BuyerConfirmation> {
    let order = serde_json::from_str(order_text)?;
    Ok(BuyerConfirmation {
        script_url: script_url(origin),
        secure_hash: secure_hash(api_key, &order),
        order: to_raw_value(&OrderJson(order))?,
    })
}
