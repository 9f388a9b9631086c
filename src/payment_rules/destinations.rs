//! All destinations of a rule, compiled for lookup: a billing address is not compared with each of them.

use std::collections::HashMap;

use super::Destination;
use crate::{
    geo::{self, Location},
    postal::{PatternSet, PostalCode},
};

/// The compiled destinations of a rule. A rule without destinations applies everywhere.
#[derive(Clone, Debug, Default)]
pub struct Destinations {
    /// Keyed by country or canonical region, and sorted. Most rules have few, for which binary search is faster than a
    /// hash.
    by_area: Box<[(Box<str>, PostalCodes)]>,
}

/// The postal codes of an area that a rule covers.
#[derive(Clone, Debug)]
enum PostalCodes {
    All,
    Some(PatternSet),
}

impl Destinations {
    /// Compiles the destinations of a rule.
    pub fn new(destinations: &[Destination]) -> Self {
        let mut by_area: HashMap<&str, Vec<&Destination>> = HashMap::new();
        for destination in destinations {
            let of_area = by_area.entry(destination.area()).or_default();
            of_area.push(destination);
        }
        let compiled = by_area.into_iter().map(|(area, destinations)| {
            let codes = match destinations.iter().any(|to| to.postal_codes.is_empty()) {
                true => PostalCodes::All,
                false => PostalCodes::Some(PatternSet::of_each(
                    destinations.iter().flat_map(|to| to.patterns()),
                )),
            };
            (area.into(), codes)
        });
        let mut by_area: Box<[(Box<str>, PostalCodes)]> = compiled.collect();
        by_area.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Destinations { by_area }
    }

    fn of_area(&self, area: &str) -> Option<&PostalCodes> {
        let found = self
            .by_area
            .binary_search_by(|(known, _)| (**known).cmp(area));
        found.ok().map(|place| &self.by_area[place].1)
    }

    /// Whether there are no destinations.
    pub fn is_empty(&self) -> bool {
        self.by_area.is_empty()
    }

    /// Whether an address is in one of the destinations. A region or postal code that the address lacks does not match.
    /// `postal_code` is called only if it decides.
    pub fn matches<'p>(
        &self,
        location: &Location<'_>,
        postal_code: impl Fn() -> Option<&'p PostalCode>,
    ) -> bool {
        let mut areas = location.areas().iter();
        areas.any(|area| match self.of_area(area) {
            Some(PostalCodes::All) => true,
            Some(PostalCodes::Some(patterns)) => {
                postal_code().is_some_and(|code| patterns.matches(code))
            }
            None => false,
        })
    }

    /// Whether an incomplete address may be in one of the destinations: a region or postal code that it lacks counts as
    /// matching.
    pub fn could_match(&self, location: &Location<'_>, postal_code: Option<&PostalCode>) -> bool {
        let fits = |codes: &PostalCodes| match (codes, postal_code) {
            (PostalCodes::All, _) | (PostalCodes::Some(_), None) => true,
            (PostalCodes::Some(patterns), Some(code)) => patterns.matches(code),
        };
        if location.region() != geo::NamedRegion::Absent {
            let mut areas = location.areas().iter();
            return areas.any(|area| self.of_area(area).is_some_and(fits));
        }
        let in_country =
            |area: &str| geo::countries_of(area).any(|code| code == location.country());
        self.by_area
            .iter()
            .any(|(area, codes)| in_country(area) && fits(codes))
    }
}
