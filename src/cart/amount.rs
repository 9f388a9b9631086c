//! An amount that was posted.

use std::fmt::Display;

use crate::{
    expressions::Value,
    http::problem::FieldError,
    money::{Currency, Money, NotAnAmount},
};

/// An amount of a currency, or a note of why it is none. `None` also where nothing was posted.
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
