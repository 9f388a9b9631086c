//! Where a rule applies: a country, perhaps one of its regions, perhaps some of its postal codes.
//!
//! Only the billing address is ever asked. What a destination names and the address lacks does not match.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::postal::{self, PostalCode, PostalPattern};
use crate::{
    body::{self, Fields},
    geo,
    problem::FieldError,
};

/// How many postal patterns one destination takes.
pub const MAX_POSTAL_CODES: usize = 1000;

/// A country, and what narrows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// ISO 3166-1 alpha-2, or `XK`.
    #[schema(example = "US", min_length = 2, max_length = 2)]
    pub country: String,
    /// ISO 3166-2; without it the whole country is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US-CA")]
    pub region: Option<String>,
    /// Codes (`90210`), prefixes (`902*`) and ranges (`90000..90999`), any of which may match; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, max_items = 1000, example = json!(["902*", "90000..90999"]))]
    pub postal_codes: Vec<PostalPattern>,
}

impl Destination {
    /// Whether a billing address lies here. `region_code` is the address's `CA` or `US-CA`.
    pub fn matches(
        &self,
        country: &str,
        region_code: Option<&str>,
        postal_code: Option<&PostalCode>,
    ) -> bool {
        self.country == country
            && self.holds_region(region_code)
            && self.holds_postal_code(postal_code)
    }

    /// Whether an address lies here as far as is known: a region or postal code it lacks may still turn out to fit.
    pub fn could_match(
        &self,
        country: &str,
        region_code: Option<&str>,
        postal_code: Option<&PostalCode>,
    ) -> bool {
        self.country == country
            && (region_code.is_none() || self.holds_region(region_code))
            && (postal_code.is_none() || self.holds_postal_code(postal_code))
    }

    fn holds_region(&self, region_code: Option<&str>) -> bool {
        let Some(region) = &self.region else {
            return true;
        };
        let short = region.split_once('-').map_or("", |(_, short)| short);
        region_code.is_some_and(|code| {
            code.eq_ignore_ascii_case(region) || code.eq_ignore_ascii_case(short)
        })
    }

    fn holds_postal_code(&self, postal_code: Option<&PostalCode>) -> bool {
        self.postal_codes.is_empty()
            || postal_code.is_some_and(|code| {
                self.postal_codes
                    .iter()
                    .any(|pattern| pattern.matches(code))
            })
    }

    /// Reads one from an administrator's body; what is wrong is noted.
    pub fn read(fields: Fields<'_>) -> Option<Self> {
        let country = read_country(&fields);
        let region = read_region(&fields, country.as_deref());
        let postal_codes = fields
            .list("postalCodes", MAX_POSTAL_CODES)
            .into_iter()
            .filter_map(|(pointer, item)| read_postal_code(&fields, pointer, item))
            .collect();
        fields.finish();
        Some(Destination {
            country: country?,
            region,
            postal_codes,
        })
    }
}

fn read_country(fields: &Fields<'_>) -> Option<String> {
    let country = fields.text("country", 1, 255)?;
    if geo::is_country(&country) {
        return Some(country);
    }
    let advice = geo::suggest_country(&country).map_or_else(
        || ".".to_owned(),
        |code| format!("; did you mean `{code}`?"),
    );
    let message = format!("`{country}` is not an ISO 3166-1 country{advice}");
    fields.refuse("country", "unknown_country", message);
    None
}

/// Without a readable country nothing can be said about the region.
fn read_region(fields: &Fields<'_>, country: Option<&str>) -> Option<String> {
    let region = fields.optional_text("region", 255)?;
    let country = country?;
    if !geo::is_region_of(&region, country) {
        let message = format!(
            "`{region}` is not an ISO 3166-2 region of `{country}`; write it in full, such as `US-CA`."
        );
        fields.refuse("region", "unknown_region", message);
    }
    Some(region)
}

fn read_postal_code(
    fields: &Fields<'_>,
    pointer: String,
    item: &serde_json::Value,
) -> Option<PostalPattern> {
    let error = match item.as_str().map(str::parse::<PostalPattern>) {
        Some(Ok(pattern)) => return Some(pattern),
        Some(Err(reason)) => FieldError::at(pointer, code_of(reason), reason.to_string()),
        None => {
            let message = format!("A postal code is a text, not {}.", body::kind_of(item));
            FieldError::at(pointer, "wrong_type", message)
        }
    };
    fields.findings().push(error);
    None
}

fn code_of(reason: postal::BadPattern) -> &'static str {
    match reason {
        postal::BadPattern::Empty => "too_short",
        postal::BadPattern::TooLong => "too_long",
        postal::BadPattern::Backwards => "range_backwards",
        postal::BadPattern::Character
        | postal::BadPattern::Star
        | postal::BadPattern::RangeEnds => "not_a_postal_code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn destination(json: serde_json::Value) -> Destination {
        serde_json::from_value(json).expect("a destination")
    }

    fn postal(text: &str) -> Option<PostalCode> {
        PostalCode::of("US", text)
    }

    #[test]
    fn a_country_alone_takes_every_address_in_it() {
        let us = destination(json!({ "country": "US" }));
        assert!(us.matches("US", None, None));
        assert!(us.matches("US", Some("CA"), postal("90210").as_ref()));
        assert!(!us.matches("CA", None, None));
    }

    #[test]
    fn a_region_is_known_by_its_short_and_its_full_code() {
        let california = destination(json!({ "country": "US", "region": "US-CA" }));
        for code in ["CA", "US-CA", "us-ca"] {
            assert!(california.matches("US", Some(code), None), "{code}");
        }
        for code in ["NY", "US-NY", "", "US"] {
            assert!(!california.matches("US", Some(code), None), "{code}");
        }
    }

    #[test]
    fn what_the_address_lacks_does_not_match() {
        let california = destination(json!({ "country": "US", "region": "US-CA" }));
        assert!(!california.matches("US", None, None));
        let hills = destination(json!({ "country": "US", "postalCodes": ["90210", "902*"] }));
        assert!(!hills.matches("US", Some("CA"), None));
        assert!(hills.matches("US", None, postal("90299").as_ref()));
        assert!(!hills.matches("US", None, postal("91000").as_ref()));
    }

    fn refusals(json: serde_json::Value) -> Vec<(String, String)> {
        let findings = body::Findings::default();
        if let Some(fields) = body::object_at(&json, String::new(), &findings) {
            Destination::read(fields);
        }
        let problem = findings.into_result(Some(())).err();
        let errors = problem.iter().flat_map(|problem| problem.errors());
        errors
            .map(|error| {
                let pointer = error.pointer.clone().unwrap_or_default();
                (pointer, error.code.clone().into_owned())
            })
            .collect()
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
