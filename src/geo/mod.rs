//! Countries, regions and territories by their ISO 3166 codes.

mod location;
mod region;
mod territory;

pub use location::{Location, NamedRegion};
pub use region::{Withdrawn, canonical_region, is_region_of, withdrawn};
pub use territory::countries_of;

/// Kosovo has no ISO code, but buyers, and a user-assigned one that everybody uses.
const KOSOVO: &str = "XK";

/// Whether `code` is an ISO 3166-1 alpha-2 country, or `XK`.
pub fn is_country(code: &str) -> bool {
    country(code).is_some()
}

/// The country with this code, as a text that outlives the request.
fn country(code: &str) -> Option<&'static str> {
    if code == KOSOVO {
        return Some(KOSOVO);
    }
    // The table answers for two letters only.
    let is_alpha_2 = code.len() == 2;
    is_alpha_2.then(|| rust_iso3166::from_alpha2(code).map(|country| country.alpha2))?
}

/// A country for a code that people type by mistake.
pub fn suggest_country(code: &str) -> Option<&'static str> {
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
    fn a_slip_gets_a_suggestion() {
        assert_eq!(suggest_country("UK"), Some("GB"));
        assert_eq!(suggest_country("usa"), Some("US"));
        assert_eq!(suggest_country("nowhere"), None);
    }
}
