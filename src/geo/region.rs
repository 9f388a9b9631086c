//! Regions by their ISO 3166-2 codes: those of the library, newer codes, other spellings, and withdrawn codes.

use std::{collections::HashMap, sync::LazyLock};

use super::territory;

/// Regions that the library does not contain: the military "states" and the freely associated states of US addresses,
/// and Norway's counties of 2024.
static ADDED: &[&str] = &[
    "NO-31", "NO-32", "NO-33", "NO-39", "NO-40", "NO-55", "NO-56", "US-AA", "US-AE", "US-AP",
    "US-FM", "US-MH", "US-PW",
];

/// Alternative codes of regions: code, and canonical code.
static ALIASES: &[(&str, &str)] = &[
    ("BQ-BO", "NL-BQ1"),
    ("BQ-SA", "NL-BQ2"),
    ("BQ-SE", "NL-BQ3"),
    ("FR-GF", "FR-973"),
    ("FR-GP", "FR-971"),
    ("FR-MQ", "FR-972"),
    ("FR-RE", "FR-974"),
    ("FR-YT", "FR-976"),
];

/// Codes that ISO has withdrawn because the region got a new code. Both codes mean the same region.
static RENAMED: &[(&str, &str)] = &[
    ("CN-11", "CN-BJ"),
    ("CN-12", "CN-TJ"),
    ("CN-13", "CN-HE"),
    ("CN-14", "CN-SX"),
    ("CN-15", "CN-NM"),
    ("CN-21", "CN-LN"),
    ("CN-22", "CN-JL"),
    ("CN-23", "CN-HL"),
    ("CN-31", "CN-SH"),
    ("CN-32", "CN-JS"),
    ("CN-33", "CN-ZJ"),
    ("CN-34", "CN-AH"),
    ("CN-35", "CN-FJ"),
    ("CN-36", "CN-JX"),
    ("CN-37", "CN-SD"),
    ("CN-41", "CN-HA"),
    ("CN-42", "CN-HB"),
    ("CN-43", "CN-HN"),
    ("CN-44", "CN-GD"),
    ("CN-45", "CN-GX"),
    ("CN-46", "CN-HI"),
    ("CN-50", "CN-CQ"),
    ("CN-51", "CN-SC"),
    ("CN-52", "CN-GZ"),
    ("CN-53", "CN-YN"),
    ("CN-54", "CN-XZ"),
    ("CN-61", "CN-SN"),
    ("CN-62", "CN-GS"),
    ("CN-63", "CN-QH"),
    ("CN-64", "CN-NX"),
    ("CN-65", "CN-XJ"),
    ("CN-71", "CN-TW"),
    ("CN-91", "CN-HK"),
    ("CN-92", "CN-MO"),
    ("FR-75", "FR-75C"),
    ("IN-CT", "IN-CG"),
    ("IN-OR", "IN-OD"),
    ("IN-TG", "IN-TS"),
    ("IN-UT", "IN-UK"),
    ("MX-DIF", "MX-CMX"),
];

/// Codes that ISO has withdrawn because the region was dissolved, and the regions that contain its area now.
static DISSOLVED: &[(&str, &str)] = &[
    ("NO-01", "NO-31"),
    ("NO-02", "NO-32"),
    ("NO-04", "NO-34"),
    ("NO-05", "NO-34"),
    ("NO-06", "NO-33"),
    ("NO-07", "NO-39"),
    ("NO-08", "NO-40"),
    ("NO-09", "NO-42"),
    ("NO-10", "NO-42"),
    ("NO-12", "NO-46"),
    ("NO-14", "NO-46"),
    ("NO-16", "NO-50"),
    ("NO-17", "NO-50"),
    ("NO-19", "NO-55"),
    ("NO-20", "NO-56"),
    ("NO-30", "NO-31, NO-32, NO-33"),
    ("NO-38", "NO-39, NO-40"),
    ("NO-54", "NO-55, NO-56"),
];

/// The canonical code for each code of the tables above. A map, because each address of each cart is looked up.
static CANONICAL: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let themselves = ADDED.iter().chain(DISSOLVED.iter().map(|(code, _)| code));
    let themselves = themselves.map(|code| (*code, *code));
    let others = RENAMED.iter().chain(ALIASES).copied();
    themselves.chain(others).collect()
});

/// A code that ISO has withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The codes that replaced it, separated by commas.
    pub now: &'static str,
    /// Whether only the code changed, so that the old code means the same region as the new one.
    pub is_renamed: bool,
}

/// The successors of a withdrawn code; `None` if it is not withdrawn.
pub fn withdrawn(code: &str) -> Option<Withdrawn> {
    let mut tables = [(RENAMED, true), (DISSOLVED, false)].into_iter();
    tables.find_map(|(table, is_renamed)| {
        let (_, now) = table.iter().find(|(known, _)| *known == code)?;
        Some(Withdrawn { now, is_renamed })
    })
}

/// The canonical code of a region: `FR-974` for `FR-RE`, `NL-BQ1` for `BQ-BO`. `None` if there is no such region.
pub fn canonical_region(code: &str) -> Option<&'static str> {
    if let Some(canonical) = CANONICAL.get(code) {
        return Some(canonical);
    }
    rust_iso3166::iso3166_2::from_code(code).map(|region| region.code)
}

/// All codes of a region, the canonical one first.
pub(super) fn spellings(canonical: &'static str) -> impl Iterator<Item = &'static str> {
    let others = ALIASES.iter().chain(RENAMED);
    let others = others.filter(move |(_, meant)| *meant == canonical);
    std::iter::once(canonical).chain(others.map(|(code, _)| *code))
}

/// Whether `code` is a region of `country`, such as `US-CA` of `US`. A territory's region in its parent country is a
/// region of both: `US-PR` of `US` and of `PR`.
pub fn is_region_of(code: &str, country: &str) -> bool {
    canonical_region(code).is_some_and(|region| belongs_to(region, country))
}

/// As [`is_region_of`], for a canonical code.
pub(super) fn belongs_to(region: &str, country: &str) -> bool {
    territory::countries_of(region).any(|owner| owner == country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_belongs_to_one_country() {
        assert!(is_region_of("US-CA", "US"));
        assert!(!is_region_of("US-CA", "CA"));
        assert!(!is_region_of("CA-ZZ", "CA"));
        assert!(!is_region_of("USCA", "US"));
        assert!(!is_region_of("ÉÉ", "US"));
    }

    #[test]
    fn a_territory_s_region_belongs_to_both_of_its_countries() {
        for (region, parent, territory) in [
            ("US-PR", "US", "PR"),
            ("FR-974", "FR", "RE"),
            ("FR-RE", "FR", "RE"),
            ("FR-PF", "FR", "PF"),
            ("CN-TW", "CN", "TW"),
            ("FI-01", "FI", "AX"),
            ("NO-22", "NO", "SJ"),
            ("NL-SX", "NL", "SX"),
            ("NL-BQ3", "NL", "BQ"),
            ("BQ-SE", "NL", "BQ"),
        ] {
            assert!(is_region_of(region, parent), "{region} {parent}");
            assert!(is_region_of(region, territory), "{region} {territory}");
            assert!(!is_region_of(region, "DE"), "{region}");
        }
    }

    #[test]
    fn every_code_of_our_tables_leads_to_a_region() {
        for (code, now) in ALIASES.iter().chain(RENAMED) {
            assert_eq!(canonical_region(code), Some(*now), "{code}");
            assert_eq!(canonical_region(now), Some(*now), "{code} {now}");
        }
        for (code, now) in DISSOLVED {
            assert_eq!(canonical_region(code), Some(*code));
            assert!(
                now.split(", ")
                    .all(|now| canonical_region(now) == Some(now)),
                "{code} {now}"
            );
        }
        for code in ADDED {
            assert_eq!(canonical_region(code), Some(*code));
            assert_eq!(withdrawn(code), None, "{code}");
        }
    }

    #[test]
    fn withdrawn_codes_stay_regions() {
        for code in [
            "NO-30", "NO-38", "NO-54", "NO-01", "MX-DIF", "IN-OR", "FR-75",
        ] {
            assert!(is_region_of(code, &code[..2]), "{code}");
            assert!(withdrawn(code).is_some(), "{code}");
        }
        assert_eq!(canonical_region("NO-99"), None);
    }
}
