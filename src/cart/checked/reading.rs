//! Reads a posted cart, or reports all its errors.

use bumpalo::Bump;

use super::{Cart, website};
use crate::{
    cart::{
        Address, amount_at, schema,
        sums::{self, CHARGES},
    },
    expressions::{self, Record, Unreadable, Value},
    http::{
        body::strict::{self, Root},
        problem::{FieldError, Kind, Problem},
    },
    money::Currency,
};

const ADDRESSES: [&str; 3] = ["billingAddress", "shippingAddress", "shippingOrigin"];

/// Reads a posted cart, or returns all of its errors.
pub fn read(json: &str) -> Result<Cart<'_>, Problem> {
    only_valid(read_all(json)?)
}

/// An arena for a cart that is read from this body. A record takes about eight times the size of its JSON.
pub fn arena_for(body: &[u8]) -> Bump {
    Bump::with_capacity(8 * body.len())
}

/// As [`read`], for an unchecked body: refuses one that JSON parsers may read differently.
pub fn read_body<'v>(arena: &'v Bump, body: &'v [u8]) -> Result<Cart<'v>, Problem> {
    let json = strict::utf8(body)?;
    let valid = schema().read_valid_in(arena, json);
    if !valid.as_ref().is_some_and(|valid| valid.is_unambiguous) {
        strict::check(body, Root::Cart)?;
    }
    let (record, problems) = match valid {
        Some(valid) => (Some(valid.record), Vec::new()),
        None => schema().read_carefully(json).map_err(refuse)?,
    };
    only_valid(check_all(record, problems))
}

/// As [`read`], for a payment: if the cart is invalid, the errors also include the amounts that a payment would refuse.
pub fn read_to_pay(json: &str) -> Result<Cart<'_>, Problem> {
    match read_all(json)? {
        (Some(cart), errors) if errors.is_empty() => Ok(cart),
        (cart, mut errors) => {
            let refused = cart.and_then(|cart| sums::judge(&cart).err());
            let mut more = refused.map(|refused| refused.errors).unwrap_or_default();
            // A value that could not be read seems to be missing, so drop the errors that follow from that.
            more.retain(|seeming| {
                let is_named = errors.iter().any(|error| error.is_within(seeming));
                seeming.code != sums::DO_NOT_ADD_UP && !is_named
            });
            errors.extend(more);
            Err(Problem::invalid(errors))
        }
    }
}

type CartOrErrors<'v> = (Option<Cart<'v>>, Vec<FieldError>);

fn only_valid(judged: CartOrErrors<'_>) -> Result<Cart<'_>, Problem> {
    match judged {
        (Some(cart), errors) if errors.is_empty() => Ok(cart),
        (_, errors) => Err(Problem::invalid(errors)),
    }
}

fn read_all(json: &str) -> Result<CartOrErrors<'_>, Problem> {
    let (record, problems) = schema().read_all(json).map_err(refuse)?;
    Ok(check_all(record, problems))
}

fn check_all(record: Option<Record<'_>>, problems: Vec<expressions::Problem>) -> CartOrErrors<'_> {
    let mut errors: Vec<FieldError> = problems.into_iter().map(FieldError::from).collect();
    let cart = record.and_then(|record| check(record, &mut errors));
    (cart, errors)
}

fn check<'v>(mut record: Record<'v>, errors: &mut Vec<FieldError>) -> Option<Cart<'v>> {
    website::forget_blank(&mut record);
    let currency = currency(&record, errors);
    let mut total = None;
    if let Some(currency) = currency {
        // Amounts of the cart itself must fit its currency. Unit prices need not: they may have up to six decimals.
        total = amount_at(&"/total", record.get("total"), currency, errors);
        for name in CHARGES {
            amount_at(&format_args!("/{name}"), record.get(name), currency, errors);
        }
        let subtotal = record.get("subtotal").and_then(Value::as_record);
        let value = subtotal.and_then(|subtotal| subtotal.get("value"));
        amount_at(&"/subtotal/value", value, currency, errors);
    }
    for name in ADDRESSES {
        Address::trim(&mut record, name);
        if let Some(address) = record.get(name).and_then(Value::as_record) {
            Address::of(address).check(&format_args!("/{name}"), errors);
        }
    }
    Some(Cart {
        record,
        currency: currency?,
        total,
    })
}

fn refuse(unreadable: Unreadable) -> Problem {
    match unreadable {
        Unreadable::Malformed {
            message,
            line,
            column,
        } => Problem::new(
            Kind::MalformedJson,
            format!("Line {line}, column {column}: {message}."),
        ),
        Unreadable::Wrong(problems) => {
            Problem::invalid(problems.into_iter().map(FieldError::from).collect())
        }
    }
}

fn currency(record: &Record<'_>, errors: &mut Vec<FieldError>) -> Option<Currency> {
    // The reader has already reported a currency that is missing or not a text.
    let code = record.get("currency").and_then(Value::as_text)?;
    let currency = Currency::parse(code);
    if currency.is_none() {
        let advice = match Currency::meant_by(code) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None => " such as `USD`.".to_owned(),
        };
        let message = format!("`{code}` is not an ISO 4217 currency{advice}");
        errors.push(FieldError::at("/currency", "unknown_currency", message));
    }
    currency
}

#[cfg(test)]
mod tests;
