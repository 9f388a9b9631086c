//! A destination of a rule: a country, optionally narrowed to a region and to postal codes.
//!
//! Destinations are compared with the billing address only.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    geo,
    http::{
        body::{self, Fields},
        problem::FieldError,
    },
    postal,
};

/// The maximum number of destinations of a rule.
const MAX_DESTINATIONS: usize = 500;

/// The maximum number of postal patterns of one destination.
pub const MAX_POSTAL_CODES: usize = 5000;

/// A country, optionally narrowed to a region and to postal codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// ISO 3166-1 alpha-2, or `XK`. A territory with a code of its own, such as `PR`, is not part of `US`.
    #[schema(example = "US", min_length = 2, max_length = 2)]
    pub country: String,
    /// ISO 3166-2; without it the whole country is meant. A territory may be named either way: `US` with `US-PR`, or `PR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-CA")]
    pub region: Option<String>,
    /// Codes (`90210`, `1012 AB`), prefixes (`902*`, `NG1*`), ranges (`90000..90999`, `BT1..BT95`), British outward codes
    /// (`W1`) and sectors (`BN1 3*`) and Irish routing keys (`D02`), any of which may match; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5000, example = json!(["902*", "90000..90999"]))]
    pub postal_codes: Vec<String>,
}

impl Destination {
    /// The canonical code of the region, or else of the country.
    pub fn area(&self) -> &str {
        match &self.region {
            Some(region) => geo::canonical_region(region).unwrap_or(region),
            None => &self.country,
        }
    }

    /// The postal patterns, each with the country whose format applies.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &str)> {
        let patterns = self.postal_codes.iter();
        patterns.map(|pattern| (self.country.as_str(), pattern.as_str()))
    }

    /// Reads a destination from an administrator's body and notes every error. Patterns that `kept` contains are
    /// accepted unchecked.
    pub fn read(fields: Fields<'_>, kept: Kept<'_>) -> Option<Self> {
        let country = read_country(&fields);
        let region = read_region(&fields, country.as_deref());
        let listed = fields.list("postalCodes", MAX_POSTAL_CODES).into_iter();
        let postal_codes = listed
            .filter_map(|(pointer, it)| {
                read_postal_code(&fields, country.as_deref(), kept, pointer, it)
            })
            .collect();
        fields.finish();
        Some(Destination {
            country: country?,
            region,
            postal_codes,
        })
    }
}

/// The postal patterns that a rule may keep although they would be refused as new ones.
#[derive(Clone, Copy, Debug)]
pub enum Kept<'r> {
    /// No patterns: the rule is new.
    Nothing,
    /// The patterns of these destinations.
    Patterns(&'r [Destination]),
    /// Every pattern: the rule is only tried, not saved.
    All,
    /// Decided later: refused patterns are collected here, to be compared with the stored rule.
    Later(&'r RefCell<Vec<Doubt>>),
}

/// A pattern that is refused as a new one.
#[derive(Clone, Debug)]
pub struct Doubt {
    pub country: String,
    pub pattern: String,
    /// The reason of the refusal.
    pub error: FieldError,
}

impl Kept<'_> {
    /// Whether a refused pattern may be kept.
    pub fn has(self, country: &str, pattern: &str) -> bool {
        match self {
            Kept::Nothing | Kept::Later(_) => false,
            Kept::All => true,
            Kept::Patterns(destinations) => {
                let mut known = destinations.iter().flat_map(Destination::patterns);
                known.any(|known| known == (country, pattern))
            }
        }
    }
}

/// Reads the destinations of a rule.
pub fn read_all(fields: &Fields<'_>, kept: Kept<'_>) -> Vec<Destination> {
    fields
        .list("destinations", MAX_DESTINATIONS)
        .into_iter()
        .filter_map(|(pointer, item)| body::object_at(item, pointer, fields.findings()))
        .filter_map(|destination| Destination::read(destination, kept))
        .collect()
}

fn read_country(fields: &Fields<'_>) -> Option<String> {
    let country = fields.text("country", 1, 255)?.trim().to_owned();
    if geo::is_country(&country) {
        return Some(country);
    }
    let advice = geo::country_advice(&country);
    let message = format!("`{country}` is not an ISO 3166-1 country{advice}");
    fields.refuse("country", "unknown_country", message);
    None
}

/// Reads the region. It is not checked without a valid country.
fn read_region(fields: &Fields<'_>, country: Option<&str>) -> Option<String> {
    let region = fields.optional_text("region", 255)?.trim().to_owned();
    let country = country?;
    if !geo::is_region_of(&region, country) {
        let location = geo::Location::new(country, Some(&region));
        let advice = match location.map(|location| location.region()) {
            Some(geo::NamedRegion::Known(code)) => format!("; did you mean `{code}`?"),
            _ => "; write it in full, such as `US-CA`.".to_owned(),
        };
        let message = format!("`{region}` is not an ISO 3166-2 region of `{country}`{advice}");
        fields.refuse("region", "unknown_region", message);
    }
    Some(region)
}

/// Reads a postal pattern. It is not checked without a valid country.
fn read_postal_code(
    fields: &Fields<'_>,
    country: Option<&str>,
    kept: Kept<'_>,
    pointer: String,
    item: &serde_json::Value,
) -> Option<String> {
    let findings = fields.findings();
    let Some(pattern) = item.as_str() else {
        let message = format!("A postal code is a text, not {}.", body::kind_of(item));
        findings.push(FieldError::at(pointer, "wrong_type", message));
        return None;
    };
    if let Some(country) = country
        && let Err(reason) = postal::check(country, pattern)
        && !kept.has(country, pattern)
    {
        let error = FieldError::at(pointer, reason.code(), reason.to_string());
        match kept {
            Kept::Later(doubts) => doubts.borrow_mut().push(Doubt {
                country: country.to_owned(),
                pattern: pattern.to_owned(),
                error,
            }),
            Kept::Nothing | Kept::Patterns(_) | Kept::All => findings.push(error),
        }
    }
    Some(pattern.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusals(json: serde_json::Value) -> Vec<(String, String)> {
        let findings = body::Findings::default();
        if let Some(fields) = body::object_at(&json, String::new(), &findings) {
            Destination::read(fields, Kept::Nothing);
        }
        let problem = findings.into_result(Some(())).err();
        problem.map_or_else(Vec::new, |it| it.pointers_and_codes())
    }

    #[test]
    fn places_that_do_not_exist_are_refused() {
        let only = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(
            refusals(json!({ "country": "UK" })),
            only("/country", "unknown_country")
        );
        assert_eq!(refusals(json!({})), only("/country", "required"));
        assert_eq!(
            refusals(json!({ "country": "US", "region": "CA-ON" })),
            only("/region", "unknown_region")
        );
        assert_eq!(
            refusals(json!({ "country": "US", "region": "CA" })),
            only("/region", "unknown_region")
        );
        assert_eq!(
            refusals(json!({ "country": "US", "postalCodes": ["90210", "2..1"] })),
            only("/postalCodes/1", "range_backwards")
        );
        assert_eq!(
            refusals(json!({ "country": "US", "regoin": "US-CA" })),
            only("/regoin", "unknown_field")
        );
    }
}
