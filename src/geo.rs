//! Countries and regions by their ISO 3166 codes.

/// Whether `code` is an ISO 3166-1 alpha-2 country, or `XK`: Kosovo has no ISO code, but buyers, and a user-assigned one
/// that everybody uses.
pub fn is_country(code: &str) -> bool {
    code == "XK" || (code.len() == 2 && rust_iso3166::from_alpha2(code).is_some())
}

/// Whether `code` is an ISO 3166-2 subdivision of `country`, such as `US-CA` of `US`.
pub fn is_region_of(code: &str, country: &str) -> bool {
    code.get(..2) == Some(country)
        && code.as_bytes().get(2) == Some(&b'-')
        && rust_iso3166::iso3166_2::from_code(code).is_some()
}

/// A country for a code that people type by mistake.
pub fn suggest_country(code: &str) -> Option<&'static str> {
    let upper = code.trim().to_ascii_uppercase();
    match upper.as_str() {
        "UK" => Some("GB"),
        "EL" => Some("GR"),
        "KOS" => Some("XK"),
        two if two.len() == 2 => rust_iso3166::from_alpha2(two).map(|country| country.alpha2),
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
    fn a_region_belongs_to_one_country() {
        assert!(is_region_of("US-CA", "US"));
        assert!(!is_region_of("US-CA", "CA"));
        assert!(!is_region_of("CA-ZZ", "CA"));
        assert!(!is_region_of("USCA", "US"));
        assert!(!is_region_of("ÉÉ", "US"));
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        assert_eq!(suggest_country("UK"), Some("GB"));
        assert_eq!(suggest_country("usa"), Some("US"));
        assert_eq!(suggest_country("nowhere"), None);
    }
}
