//! Countries, regions and territories by their ISO 3166 codes.

mod location;
mod region;
mod territory;

use std::sync::LazyLock;

pub use location::{Location, NamedRegion};
pub use region::{Withdrawn, canonical_region, is_region_of, withdrawn};
pub use territory::countries_of;

/// Kosovo. It has no ISO 3166-1 code; `XK` is the user-assigned code in common use.
const KOSOVO: &str = "XK";

/// Whether `code` is an ISO 3166-1 alpha-2 country, or `XK`.
pub fn is_country(code: &str) -> bool {
    country(code).is_some()
}

/// Every country, `XK` last.
pub fn countries() -> impl Iterator<Item = &'static str> {
    rust_iso3166::ALL_ALPHA2
        .iter()
        .copied()
        .chain(std::iter::once(KOSOVO))
}

/// The country with this code, as a static text.
fn country(code: &str) -> Option<&'static str> {
    if code == KOSOVO {
        return Some(KOSOVO);
    }
    let [first, second] = code.as_bytes() else {
        return None;
    };
    let found = BY_LETTERS.get(place_of(*first, *second)?)?;
    *found
}

/// Countries, indexed by their two letters. The library's map would hash each code, and a cart has several.
static BY_LETTERS: LazyLock<Vec<Option<&'static str>>> = LazyLock::new(|| {
    let mut countries = vec![None; LETTERS * LETTERS];
    for code in rust_iso3166::ALL_ALPHA2 {
        if let [first, second] = code.as_bytes()
            && let Some(place) = place_of(*first, *second)
        {
            countries[place] = Some(*code);
        }
    }
    countries
});

const LETTERS: usize = 26;

fn place_of(first: u8, second: u8) -> Option<usize> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'));
    Some(letter(first)? * LETTERS + letter(second)?)
}

/// The places of other countries whose addresses may name this country: a country, and a region or `None` for the whole
/// country. For `PR`, `US` with `US-PR`; for `US`, `PR`, `PR` with `US-PR` and many more. Each region has all its
/// spellings.
pub fn also_in(country: &str) -> Vec<(&'static str, Option<&'static str>)> {
    let mut places = Vec::new();
    let in_parent = territory::by_country(country).map(|territory| (territory.parent, territory));
    let within = territory::of_parent(country).map(|territory| (territory.country, territory));
    places.extend(territory::of_parent(country).map(|territory| (territory.country, None)));
    for (code, territory) in in_parent.into_iter().chain(within) {
        let regions = territory.regions.iter().copied();
        let spelled = regions.flat_map(region::spellings);
        places.extend(spelled.map(|region| (code, Some(region))));
    }
    places
}

/// The end of a sentence about a country that does not exist: the one that was probably meant, if any.
pub fn country_advice(code: &str) -> String {
    suggest_country(code).map_or_else(
        || ".".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    )
}

/// The country that was probably meant by an invalid code.
fn suggest_country(code: &str) -> Option<&'static str> {
    let upper = code.trim().to_ascii_uppercase();
    match upper.as_str() {
        "UK" => Some("GB"),
        "EL" => Some("GR"),
        "KOS" => Some(KOSOVO),
        two if two.len() == 2 => country(two),
        three if three.len() == 3 => rust_iso3166::from_alpha3(three).map(|country| country.alpha2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_iso_3166_1_and_kosovo() {
        for code in ["US", "GB", "DE", "XK"] {
            assert!(is_country(code), "{code}");
        }
        for code in ["UK", "us", "USA", "", "ZZ", "É"] {
            assert!(!is_country(code), "{code}");
        }
    }

    #[test]
    fn the_places_of_other_countries_are_those_by_which_rules_are_found() {
        let codes = rust_iso3166::ALL.iter().map(|country| country.alpha2);
        for country in codes {
            for (other, region) in also_in(country) {
                let area = region.map_or(other, |region| canonical_region(region).expect(region));
                assert_ne!(other, country);
                assert!(region.is_none_or(|region| is_region_of(region, other)));
                assert!(countries_of(area).any(|code| code == country), "{area}");
            }
        }
        assert_eq!(also_in("PR"), [("US", Some("US-PR"))]);
        assert_eq!(also_in("DE"), []);
        assert!(also_in("US").contains(&("PR", None)));
        assert!(also_in("RE").contains(&("FR", Some("FR-RE"))));
        assert!(also_in("CN").contains(&("HK", Some("CN-91"))));
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        assert_eq!(suggest_country("UK"), Some("GB"));
        assert_eq!(suggest_country("usa"), Some("US"));
        assert_eq!(suggest_country("nowhere"), None);
    }
}
