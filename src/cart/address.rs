//! The part of an address that destinations are compared with.

use std::borrow::Cow;

use crate::{
    expressions::{Record, Value},
    geo,
    http::problem::FieldError,
};

/// The names of the codes of an address in a cart.
const CODES: [&str; 3] = ["countryIso2", "regionCode", "postalCode"];

/// Country, region and postal code as posted, without surrounding blanks; an empty text counts as absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address<'c> {
    pub country: Option<&'c str>,
    /// `CA` or `US-CA`.
    pub region: Option<&'c str>,
    pub postal_code: Option<&'c str>,
}

/// The text without surrounding blanks. Fast path: most codes begin and end with an ASCII letter or digit.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => text,
        _ => text.trim(),
    }
}

impl<'c> Address<'c> {
    /// Reads the three codes of a record of the shape `address`.
    pub fn of(record: &'c Record<'_>) -> Self {
        let text = |name| record.get(name).and_then(|value| value.as_text());
        let [country, region, postal_code] =
            CODES.map(|name| text(name).map(trimmed).filter(|text| !text.is_empty()));
        Address {
            country,
            region,
            postal_code,
        }
    }

    /// Trims the codes of the address in the attribute `name`, so that expressions see them without blanks.
    pub fn trim(cart: &mut Record<'_>, name: &str) {
        let has_blanks = |text: &str| trimmed(text).len() < text.len();
        let codes = cart.get(name).and_then(Value::as_record).map(|address| {
            let code = |name| address.get(name).and_then(Value::as_text);
            CODES.map(|name| code(name).is_some_and(has_blanks))
        });
        // A change copies the address first, so an address without surplus blanks is left alone.
        for (name_of_code, has_blanks) in CODES.iter().zip(codes.into_iter().flatten()) {
            if has_blanks
                && let Some(Value::Record(address)) = cart.get_mut(name)
                && let Some(Value::Text(text)) = address.to_mut().get_mut(name_of_code)
            {
                match text {
                    Cow::Borrowed(text) => *text = text.trim(),
                    Cow::Owned(text) => *text = text.trim().to_owned(),
                }
            }
        }
    }

    /// Notes an error for an unknown country. An unknown region is not an error: it matches no region.
    pub fn check(&self, pointer: &dyn std::fmt::Display, errors: &mut Vec<FieldError>) {
        let Some(country) = self.country.filter(|country| !geo::is_country(country)) else {
            return;
        };
        let advice = geo::country_advice(country);
        errors.push(FieldError::at(
            format!("{pointer}/countryIso2"),
            "unknown_country",
            format!("`{country}` is not an ISO 3166-1 alpha-2 country{advice}"),
        ));
    }
}
