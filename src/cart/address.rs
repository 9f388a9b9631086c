//! The part of an address that destinations look at.

use crate::{expressions::Record, geo, problem::FieldError};

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
        let text = |name| text(name).filter(|text: &&str| !text.is_empty());
        Address {
            country: text("countryIso2"),
            region: text("regionCode"),
            postal_code: text("postalCode"),
        }
    }

    /// Notes a country that is none, and a region of another country. A short region code is the shop's own business.
    pub fn check(&self, pointer: &dyn std::fmt::Display, errors: &mut Vec<FieldError>) {
        let Some(country) = self.country else {
            return;
        };
        if !geo::is_country(country) {
            let hint = geo::suggest_country(country)
                .map_or_else(String::new, |code| format!("; did you mean `{code}`?"));
            errors.push(FieldError::at(
                format!("{pointer}/countryIso2"),
                "unknown_country",
                format!("`{country}` is not an ISO 3166-1 alpha-2 country{hint}"),
            ));
        } else if let Some((of, _)) = self.region.and_then(|region| region.split_once('-'))
            && of != country
            && geo::is_country(of)
        {
            errors.push(FieldError::at(
                format!("{pointer}/regionCode"),
                "region_of_another_country",
                format!(
                    "`{}` is a region of {of}, but the country is {country}.",
                    self.region.unwrap_or_default()
                ),
            ));
        }
    }
}
