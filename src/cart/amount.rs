//! Reads a posted amount.

use std::fmt::Display;

use crate::{
    expressions::Value,
    http::problem::FieldError,
    money::{Currency, Money, NotAnAmount},
};

/// The posted amount in a currency; `None` if nothing was posted, or after noting an error.
pub fn amount_at(
    pointer: &dyn Display,
    value: Option<&Value<'_>>,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) -> Option<Money> {
    let amount = value.and_then(Value::as_number)?;
    match Money::from_decimal(amount, currency) {
        Ok(money) => Some(money),
        Err(reason) => {
            let code = match reason {
                NotAnAmount::TooPrecise(_) => "too_precise",
                NotAnAmount::TooLarge => "too_large",
            };
            let message = format!("{amount} {currency} {reason}.");
            errors.push(FieldError::at(pointer.to_string(), code, message));
            None
        }
    }
}
