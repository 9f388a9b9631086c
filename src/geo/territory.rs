//! Territories that ISO 3166 codes both as a country and as regions of another country.

use std::{collections::HashMap, sync::LazyLock};

/// A country that is also one or more regions of another country.
#[derive(Debug)]
pub struct Territory {
    /// The ISO 3166-1 code.
    pub country: &'static str,
    /// The country to which the territory also belongs.
    pub parent: &'static str,
    /// The ISO 3166-2 codes of its regions in the parent.
    pub regions: &'static [&'static str],
}

const fn territory(
    country: &'static str,
    parent: &'static str,
    regions: &'static [&'static str],
) -> Territory {
    Territory {
        country,
        parent,
        regions,
    }
}

/// Every such territory.
static TERRITORIES: &[Territory] = &[
    territory("AS", "US", &["US-AS"]),
    territory("GU", "US", &["US-GU"]),
    territory("MP", "US", &["US-MP"]),
    territory("PR", "US", &["US-PR"]),
    territory("UM", "US", &["US-UM"]),
    territory("VI", "US", &["US-VI"]),
    territory("BL", "FR", &["FR-BL"]),
    territory("GF", "FR", &["FR-973"]),
    territory("GP", "FR", &["FR-971"]),
    territory("MF", "FR", &["FR-MF"]),
    territory("MQ", "FR", &["FR-972"]),
    territory("NC", "FR", &["FR-NC"]),
    territory("PF", "FR", &["FR-PF"]),
    territory("PM", "FR", &["FR-PM"]),
    territory("RE", "FR", &["FR-974"]),
    territory("TF", "FR", &["FR-TF"]),
    territory("WF", "FR", &["FR-WF"]),
    territory("YT", "FR", &["FR-976"]),
    territory("HK", "CN", &["CN-HK"]),
    territory("MO", "CN", &["CN-MO"]),
    territory("TW", "CN", &["CN-TW"]),
    territory("AX", "FI", &["FI-01"]),
    territory("SJ", "NO", &["NO-21", "NO-22"]),
    territory("AW", "NL", &["NL-AW"]),
    territory("BQ", "NL", &["NL-BQ1", "NL-BQ2", "NL-BQ3"]),
    territory("CW", "NL", &["NL-CW"]),
    territory("SX", "NL", &["NL-SX"]),
];

/// Territories by country and by region. A map, because each address of each cart is looked up.
static BY_CODE: LazyLock<HashMap<&'static str, &'static Territory>> = LazyLock::new(|| {
    let codes = |territory: &'static Territory| {
        let codes = territory.regions.iter().chain([&territory.country]);
        codes.map(move |code| (*code, territory))
    };
    TERRITORIES.iter().flat_map(codes).collect()
});

/// The territory with this country code.
pub fn by_country(country: &str) -> Option<&'static Territory> {
    let territory = BY_CODE.get(country).copied();
    territory.filter(|territory| territory.country == country)
}

/// The territory that is, or contains, the region with this canonical code.
pub fn by_region(region: &str) -> Option<&'static Territory> {
    let territory = BY_CODE.get(region).copied();
    territory.filter(|territory| territory.country != region)
}

/// The territories that also belong to `country`.
pub fn of_parent(country: &str) -> impl Iterator<Item = &'static Territory> {
    TERRITORIES
        .iter()
        .filter(move |territory| territory.parent == country)
}

/// The countries that an address in `area` may name. `area` is a country, or a region in its canonical form.
pub fn countries_of(area: &str) -> impl Iterator<Item = &str> {
    let (own, other) = match area.split_once('-') {
        Some((country, _)) => (country, by_region(area).map(|territory| territory.country)),
        None => (area, by_country(area).map(|territory| territory.parent)),
    };
    std::iter::once(own).chain(other)
}
