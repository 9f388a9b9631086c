//! A rule's websites and destinations as conditions on the attributes of a cart.

use std::cell::Cell;

use crate::{
    expressions::analysis::{Guard, Unassigned, Values},
    geo::{self, Location},
    payment_rules::{Destination, Destinations, Rule},
    postal::PostalCode,
};

/// The cart attributes that destinations are compared with.
pub const COUNTRY: &str = "billingAddress.countryIso2";
pub const REGION: &str = "billingAddress.regionCode";
pub const POSTAL_CODE: &str = "billingAddress.postalCode";
/// The cart attribute that websites are compared with.
pub const WEBSITE: &str = "website";

/// Holds if the cart's website is one of the rule's, or if the cart or the rule names none.
pub struct OnWebsite<'r>(pub &'r Rule);

impl Guard for OnWebsite<'_> {
    fn reads(&self) -> &'static [&'static str] {
        &[WEBSITE]
    }

    fn holds(&self, values: &dyn Values) -> Result<bool, Unassigned> {
        let websites = &self.0.websites;
        let website = values.text(WEBSITE)?;
        Ok(websites.is_empty()
            || website.is_none_or(|website| websites.iter().any(|known| known == website)))
    }
}

/// Holds if the cart's billing address is in one of the rule's destinations.
pub struct InDestination<'r> {
    pub rule: &'r Rule,
    pub destinations: &'r Destinations,
}

impl InDestination<'_> {
    /// Whether an address in this country is in one of the destinations; `None` if that depends on region or postal
    /// code.
    fn decided_by(&self, country: &str) -> Option<bool> {
        let mut can_match = false;
        for destination in &self.rule.destinations {
            let area = destination.area();
            if area == country && destination.postal_codes.is_empty() {
                return Some(true);
            }
            can_match |= geo::countries_of(area).any(|known| known == country);
        }
        (!can_match).then_some(false)
    }
}

impl Guard for InDestination<'_> {
    fn reads(&self) -> &'static [&'static str] {
        &[COUNTRY, REGION, POSTAL_CODE]
    }

    fn holds(&self, values: &dyn Values) -> Result<bool, Unassigned> {
        let given = |path| {
            let text = values.text(path)?.map(str::trim);
            Ok(text.filter(|text| !text.is_empty()))
        };
        if self.destinations.is_empty() {
            return Ok(true);
        }
        let Some(country) = given(COUNTRY)? else {
            return Ok(false);
        };
        if let Some(decided) = self.decided_by(country) {
            return Ok(decided);
        }
        let region = given(REGION)?;
        let Some(location) = Location::new(country, region) else {
            return Ok(false);
        };
        // The postal code is read only if it decides, so that the search need not assign it otherwise.
        let waits = Cell::new(None);
        let code = std::cell::OnceCell::new();
        let postal_code = || {
            code.get_or_init(|| match given(POSTAL_CODE) {
                Ok(text) => PostalCode::of(country, text?),
                Err(unassigned) => {
                    waits.set(Some(unassigned));
                    None
                }
            })
            .as_ref()
        };
        let matches = self.destinations.matches(&location, postal_code);
        match waits.get() {
            Some(unassigned) if !matches => Err(unassigned),
            _ => Ok(matches),
        }
    }
}

/// Whether every address in one of `these` destinations is certainly in one of `those`.
pub fn are_within(these: &[Destination], those: &[Destination]) -> bool {
    if those.is_empty() {
        return true;
    }
    let covers = |wide: &Destination, narrow: &Destination| {
        let codes = &wide.postal_codes;
        wide.area() == narrow.area()
            && (codes.is_empty()
                || wide.country == narrow.country
                    && !narrow.postal_codes.is_empty()
                    && narrow.postal_codes.iter().all(|code| codes.contains(code)))
    };
    let is_covered = |narrow: &Destination| those.iter().any(|wide| covers(wide, narrow));
    !these.is_empty() && these.iter().all(is_covered)
}
