//! The part of an address that destinations look at.

use std::borrow::Cow;

use crate::{
    expressions::{Record, Value},
    geo,
    http::problem::FieldError,
};

/// What the codes of an address are called in a cart.
const CODES: [&str; 3] = ["countryIso2", "regionCode", "postalCode"];

/// Country, region and postal code as posted; an empty text is as good as none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address<'c> {
    pub country: Option<&'c str>,
    /// `CA` or `US-CA`.
    pub region: Option<&'c str>,
    pub postal_code: Option<&'c str>,
}

impl<'c> Address<'c> {
    /// Takes the three out of a record of the shape `address`.
    pub fn of(record: &'c Record<'_>) -> Self {
        let text = |name| record.get(name).and_then(|value| value.as_text());
        let [country, region, postal_code] =
            CODES.map(|name| text(name).map(str::trim).filter(|text| !text.is_empty()));
        Address {
            country,
            region,
            postal_code,
        }
    }

    /// Takes the blanks around the codes away, so that expressions see the codes themselves.
    pub fn trim(record: &mut Record<'_>) {
        for name in CODES {
            if let Some(Value::Text(text)) = record.get_mut(name)
                && text.trim().len() < text.len()
            {
                match text {
                    Cow::Borrowed(text) => *text = text.trim(),
                    Cow::Owned(text) => *text = text.trim().to_owned(),
                }
            }
        }
    }

    /// Notes a country that is none. A region is the shop's own business: one that is not known matches no region.
    pub fn check(&self, pointer: &dyn std::fmt::Display, errors: &mut Vec<FieldError>) {
        let Some(country) = self.country.filter(|country| !geo::is_country(country)) else {
            return;
        };
        let hint = geo::suggest_country(country)
            .map_or_else(String::new, |code| format!("; did you mean `{code}`?"));
        errors.push(FieldError::at(
            format!("{pointer}/countryIso2"),
            "unknown_country",
            format!("`{country}` is not an ISO 3166-1 alpha-2 country{hint}"),
        ));
    }
}
