//! The location of an address, with every code that a rule may use for it.

use super::{country, region, territory};

/// The region that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedRegion<'a> {
    /// The address names no region.
    Absent,
    /// A region of the address's country, by its canonical code.
    Known(&'static str),
    /// A region of this other country.
    OfAnotherCountry(&'a str),
    /// An unknown region.
    Unknown,
}

/// The country and region of an address. A territory that ISO codes both as a country and as a region has both codes.
#[derive(Clone, Debug)]
pub struct Location<'a> {
    country: &'static str,
    region: NamedRegion<'a>,
    areas: Vec<&'static str>,
}

impl<'a> Location<'a> {
    /// Resolves a country and a region, short (`CA`) or in full (`US-CA`). `None` if the country does not exist.
    pub fn new(country_code: &str, region_code: Option<&'a str>) -> Option<Self> {
        let country = country(country_code)?;
        let region = region_code.map_or(NamedRegion::Absent, |code| named(country, code));
        Some(Location {
            country,
            region,
            areas: areas(country, region),
        })
    }

    /// The ISO 3166-1 code of the country.
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// The region that the address names.
    pub fn region(&self) -> NamedRegion<'a> {
        self.region
    }

    /// The canonical codes of all countries and regions that contain the address.
    pub fn areas(&self) -> &[&'static str] {
        &self.areas
    }
}

fn named<'a>(country: &str, code: &'a str) -> NamedRegion<'a> {
    let upper = code.to_ascii_uppercase();
    if let Some((owner, _)) = upper.split_once('-')
        && super::is_country(owner)
    {
        return match region::canonical_region(&upper) {
            Some(known) if region::belongs_to(known, country) => NamedRegion::Known(known),
            None if owner == country => NamedRegion::Unknown,
            // An owner has two ASCII letters, so this index is a character boundary.
            Some(_) | None => NamedRegion::OfAnotherCountry(&code[..owner.len()]),
        };
    }
    let parent = territory::by_country(country).map(|territory| territory.parent);
    let found = std::iter::once(country)
        .chain(parent)
        .filter_map(|owner| region::canonical_region(&[owner, "-", &upper].concat()))
        .find(|known| region::belongs_to(known, country));
    found.map_or(NamedRegion::Unknown, NamedRegion::Known)
}

fn areas(country: &'static str, region: NamedRegion<'_>) -> Vec<&'static str> {
    let mut areas = vec![country];
    let territory = territory::by_country(country);
    match region {
        NamedRegion::Known(region) => {
            areas.push(region);
            let whole = territory::by_region(region);
            areas.extend(
                whole
                    .map(|whole| whole.country)
                    .filter(|code| *code != country),
            );
            // A region within a territory that is itself one region of its parent.
            if let (None, Some([only])) = (whole, territory.map(|territory| territory.regions)) {
                areas.push(only);
            }
        }
        NamedRegion::Absent => areas.extend(territory.into_iter().flat_map(|all| all.regions)),
        NamedRegion::Unknown | NamedRegion::OfAnotherCountry(_) => {
            if let Some([only]) = territory.map(|territory| territory.regions) {
                areas.push(only);
            }
        }
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas_of(country: &str, region: &str) -> Vec<&'static str> {
        let region = Some(region).filter(|region| !region.is_empty());
        let location = Location::new(country, region).expect(country);
        location.areas().to_vec()
    }

    #[test]
    fn an_address_is_found_under_every_code_of_its_place() {
        for (country, region, expected) in [
            ("US", "", vec!["US"]),
            ("US", "CA", vec!["US", "US-CA"]),
            ("US", "us-ca", vec!["US", "US-CA"]),
            ("US", "AE", vec!["US", "US-AE"]),
            ("US", "US-PW", vec!["US", "US-PW"]),
            ("PW", "", vec!["PW"]),
            ("US", "PR", vec!["US", "US-PR", "PR"]),
            ("PR", "", vec!["PR", "US-PR"]),
            ("PR", "PR", vec!["PR", "US-PR"]),
            ("PR", "US-PR", vec!["PR", "US-PR"]),
            ("PR", "SJU", vec!["PR", "US-PR"]),
            ("UM", "81", vec!["UM", "UM-81", "US-UM"]),
            ("RE", "FR-974", vec!["RE", "FR-974"]),
            ("RE", "974", vec!["RE", "FR-974"]),
            ("FR", "RE", vec!["FR", "FR-974", "RE"]),
            ("FR", "FR-RE", vec!["FR", "FR-974", "RE"]),
            ("FR", "75", vec!["FR", "FR-75C"]),
            ("HK", "CN-HK", vec!["HK", "CN-HK"]),
            ("CN", "91", vec!["CN", "CN-HK", "HK"]),
            ("TW", "TPE", vec!["TW", "TW-TPE", "CN-TW"]),
            ("AX", "FI-01", vec!["AX", "FI-01"]),
            ("FI", "01", vec!["FI", "FI-01", "AX"]),
            ("FI", "02", vec!["FI", "FI-02"]),
            ("SJ", "", vec!["SJ", "NO-21", "NO-22"]),
            ("NO", "21", vec!["NO", "NO-21", "SJ"]),
            ("NO", "56", vec!["NO", "NO-56"]),
            ("NO", "NO-54", vec!["NO", "NO-54"]),
            ("BQ", "BO", vec!["BQ", "NL-BQ1"]),
            ("BQ", "NL-BQ2", vec!["BQ", "NL-BQ2"]),
            ("NL", "BQ3", vec!["NL", "NL-BQ3", "BQ"]),
            ("AW", "", vec!["AW", "NL-AW"]),
            ("MX", "DIF", vec!["MX", "MX-CMX"]),
        ] {
            assert_eq!(areas_of(country, region), expected, "{country} {region}");
        }
    }

    #[test]
    fn a_region_that_is_none_of_the_country_matches_no_region() {
        for (country, code, region) in [
            ("US", "XX", NamedRegion::Unknown),
            ("US", "US-XX", NamedRegion::Unknown),
            ("US", "North-West", NamedRegion::Unknown),
            ("US", "ßß-É", NamedRegion::Unknown),
            ("US", "CA-ON", NamedRegion::OfAnotherCountry("CA")),
            ("US", "ca-zz", NamedRegion::OfAnotherCountry("ca")),
            ("GB", "US-PR", NamedRegion::OfAnotherCountry("US")),
            ("RE", "FR-IDF", NamedRegion::OfAnotherCountry("FR")),
        ] {
            let location = Location::new(country, Some(code)).expect(country);
            assert_eq!(location.region(), region, "{country} {code}");
            let of_the_country = [country, "FR-974"];
            assert!(
                location
                    .areas()
                    .iter()
                    .all(|area| of_the_country.contains(area))
            );
        }
        assert!(Location::new("UK", None).is_none());
    }
}
