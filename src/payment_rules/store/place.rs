//! Finds the rules that reach a country: they name it, or a place of another country whose addresses may name it.

use diesel::{dsl::exists, prelude::*};

use crate::{
    geo,
    store::{
        keyset::RowCondition,
        schema::{payment_rule_countries, payment_rules},
    },
};

/// Whether a rule has a destination whose addresses may name this country.
pub fn reaches(country: &str) -> RowCondition<payment_rules::table> {
    let named: RowCondition<payment_rules::table> = Box::new(has_country(vec![country.to_owned()]));
    let places = geo::also_in(country);
    if places.is_empty() {
        return named;
    }
    let countries = places.iter().map(|(country, _)| (*country).to_owned());
    let nothing: RowCondition<payment_rules::table> = Box::new(payment_rules::destinations.eq(""));
    let written = places
        .iter()
        .flat_map(|(country, region)| as_written(country, *region))
        .fold(nothing, |any, part| {
            Box::new(any.or(payment_rules::destinations.like(format!("%{part}%"))))
        });
    // The table of countries has an index, so LIKE is applied only to the rules that it finds.
    Box::new(named.or(has_country(countries.collect()).and(written)))
}

#[diesel::dsl::auto_type]
fn has_country(countries: Vec<String>) -> _ {
    let of_rule = payment_rule_countries::table
        .filter(payment_rule_countries::rule_id.eq(payment_rules::id))
        .filter(payment_rule_countries::country.eq_any(countries));
    exists(of_rule)
}

/// The beginning of a destination in the JSON column, as far as it identifies the place. Quotes within texts are
/// escaped, so a postal code cannot look like a destination.
fn as_written(country: &str, region: Option<&str>) -> Vec<String> {
    match region {
        Some(region) => vec![format!(r#"{{"country":"{country}","region":"{region}""#)],
        None => vec![
            format!(r#"{{"country":"{country}"}}"#),
            format!(r#"{{"country":"{country}","postalCodes":"#),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment_rules::Destination;

    #[test]
    fn a_destination_is_written_as_it_is_looked_for() {
        for (region, postal_codes) in [
            (None, false),
            (None, true),
            (Some("US-PR"), false),
            (Some("US-PR"), true),
        ] {
            let destination = Destination {
                country: "PR".to_owned(),
                region: region.map(str::to_owned),
                postal_codes: postal_codes
                    .then(|| "009*".to_owned())
                    .into_iter()
                    .collect(),
            };
            let column = serde_json::to_string(&[destination]).expect("JSON");
            let found = |region| {
                as_written("PR", region)
                    .iter()
                    .any(|part| column.contains(part))
            };
            assert!(found(region), "{column}");
            assert!(
                !found(if region.is_some() {
                    None
                } else {
                    Some("US-PR")
                }),
                "{column}"
            );
            assert!(
                !as_written("US", None)
                    .iter()
                    .any(|part| column.contains(part))
            );
        }
    }
}
