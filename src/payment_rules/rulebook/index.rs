//! Finds the rules that could match a cart, by currency, website and country.
//!
//! A list holds places in the rulebook in ascending order, which is walking order. A rule is in one list per website
//! and country it names, and in one for "any" where it names none.

use std::collections::HashMap;

use crate::{
    geo,
    money::Currency,
    payment_rules::{Destination, Rule},
};

type RulePosition = u32;

/// The index over all enabled rules.
#[derive(Debug, Default)]
pub struct Index(HashMap<Currency, CurrencyIndex>);

/// The rules of one currency.
#[derive(Debug, Default)]
struct CurrencyIndex {
    any_website: Region,
    by_website: HashMap<String, Region>,
    /// All of them: a cart without a website skips the website test.
    all: Region,
}

/// Rules by the country of the billing address.
#[derive(Debug, Default)]
struct Region {
    without_destinations: Vec<RulePosition>,
    by_country: HashMap<String, Vec<RulePosition>>,
    all: Vec<RulePosition>,
}

impl Index {
    /// Indexes the enabled rules; `rules` come in walking order.
    pub fn new<'r>(rules: impl Iterator<Item = &'r Rule>) -> Self {
        let mut index = Index::default();
        for (place, rule) in rules.enumerate().filter(|(_, rule)| rule.enabled) {
            // More than four billion rules do not fit the memory they would need.
            let place = RulePosition::try_from(place).unwrap_or(RulePosition::MAX);
            let currency_index = index.0.entry(rule.currency).or_default();
            currency_index.all.add(place, rule);
            if rule.websites.is_empty() {
                currency_index.any_website.add(place, rule);
            }
            for website in &rule.websites {
                currency_index
                    .by_website
                    .entry(website.clone())
                    .or_default()
                    .add(place, rule);
            }
        }
        index
    }

    /// Candidates for a cart; without a country only rules without destinations.
    pub fn find(
        &self,
        currency: Currency,
        website: Option<&str>,
        country: Option<&str>,
    ) -> Vec<RulePosition> {
        let mut found = Vec::new();
        for region in self.regions(currency, website).into_iter().flatten() {
            found.extend_from_slice(&region.without_destinations);
            if let Some(places) = country.and_then(|country| region.by_country.get(country)) {
                found.extend_from_slice(places);
            }
        }
        found.sort_unstable();
        found
    }

    /// Candidates whatever the country.
    pub fn find_anywhere(&self, currency: Currency, website: Option<&str>) -> Vec<RulePosition> {
        let regions = self.regions(currency, website).into_iter().flatten();
        let mut found: Vec<_> = regions
            .flat_map(|region| region.all.iter().copied())
            .collect();
        found.sort_unstable();
        found
    }

    fn regions(&self, currency: Currency, website: Option<&str>) -> [Option<&Region>; 2] {
        let Some(currency_index) = self.0.get(&currency) else {
            return [None, None];
        };
        match website {
            None => [Some(&currency_index.all), None],
            Some(website) => [
                Some(&currency_index.any_website),
                currency_index.by_website.get(website),
            ],
        }
    }
}

impl Region {
    fn add(&mut self, place: RulePosition, rule: &Rule) {
        self.all.push(place);
        if rule.destinations.is_empty() {
            self.without_destinations.push(place);
        }
        // A territory is found from its parent too.
        let areas = rule.destinations.iter().map(Destination::area);
        for country in areas.flat_map(geo::countries_of) {
            let places = self.by_country.entry(country.to_owned()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
}
