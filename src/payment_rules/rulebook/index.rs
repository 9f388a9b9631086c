//! Finds the rules that could match a cart, by currency, website and country.
//!
//! A rule is in one list for each website and country that it names, and in the list for "any" if it names none.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use super::places::{Moves, Patch, Place, Places};
use crate::{
    geo,
    money::Currency,
    payment_rules::{Destination, Rule},
};

/// The index over all enabled rules.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Index(HashMap<Currency, Arc<CurrencyIndex>>);

/// The rules of one currency.
#[derive(Clone, Debug, Default, PartialEq)]
struct CurrencyIndex {
    any_website: Arc<Region>,
    by_website: HashMap<Arc<str>, Arc<Region>>,
    /// All rules of the currency, because a cart without a website skips the website test.
    all: Arc<Region>,
}

/// Rules by the country of the billing address.
#[derive(Clone, Debug, Default, PartialEq)]
struct Region {
    without_destinations: Places,
    by_country: HashMap<Arc<str>, Places>,
    all: Places,
}

impl Index {
    /// Indexes the enabled rules, which must come in walking order.
    pub(super) fn new<'r>(rules: impl Iterator<Item = (Place, &'r Rule)>) -> Self {
        let mut index = Index::default();
        for (place, rule) in rules.filter(|(_, rule)| rule.enabled) {
            let currency_index = Arc::make_mut(index.0.entry(rule.currency).or_default());
            Arc::make_mut(&mut currency_index.all).add(place, rule);
            if rule.websites.is_empty() {
                Arc::make_mut(&mut currency_index.any_website).add(place, rule);
            }
            for website in &rule.websites {
                let region = currency_index.by_website.entry(website.as_str().into());
                Arc::make_mut(region.or_default()).add(place, rule);
            }
        }
        index
    }

    /// The index without the rules of `gone`, which has old places, and with those of `fresh`, which has new places.
    pub(super) fn patched(&self, moves: &Moves, gone: &Index, fresh: &Index) -> Self {
        Index(self.0.patched(moves, &gone.0, &fresh.0))
    }

    /// Candidates for a cart; without a country only rules without destinations.
    pub(super) fn find(
        &self,
        currency: Currency,
        website: Option<&str>,
        country: Option<&str>,
    ) -> Cow<'_, [Place]> {
        let regions = self.regions(currency, website).into_iter().flatten();
        merged(regions.flat_map(|region| {
            let named = country.and_then(|country| region.by_country.get(country));
            [Some(&region.without_destinations), named]
        }))
    }

    /// Candidates whatever the country.
    pub(super) fn find_anywhere(
        &self,
        currency: Currency,
        website: Option<&str>,
    ) -> Cow<'_, [Place]> {
        let regions = self.regions(currency, website);
        merged(regions.map(|region| Some(&region?.all)).into_iter())
    }

    fn regions(&self, currency: Currency, website: Option<&str>) -> [Option<&Region>; 2] {
        let Some(currency_index) = self.0.get(&currency) else {
            return [None, None];
        };
        match website {
            None => [Some(&*currency_index.all), None],
            Some(website) => {
                let own = currency_index.by_website.get(website);
                [Some(&*currency_index.any_website), own.map(|own| &**own)]
            }
        }
    }
}

/// The places of all lists in ascending order; copied only where there are several.
fn merged<'p>(lists: impl Iterator<Item = Option<&'p Places>>) -> Cow<'p, [Place]> {
    let lists = lists.flatten().map(Places::as_slice);
    let mut lists = lists.filter(|list| !list.is_empty());
    let mut places = Cow::Borrowed(lists.next().unwrap_or_default());
    for list in lists {
        places.to_mut().extend_from_slice(list);
    }
    if let Cow::Owned(places) = &mut places {
        // The stable sort detects the sorted runs and merges them.
        places.sort();
    }
    places
}

impl Patch for CurrencyIndex {
    fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self {
        CurrencyIndex {
            any_website: self
                .any_website
                .patched(moves, &gone.any_website, &fresh.any_website),
            by_website: self
                .by_website
                .patched(moves, &gone.by_website, &fresh.by_website),
            all: self.all.patched(moves, &gone.all, &fresh.all),
        }
    }
}

impl Patch for Region {
    fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self {
        Region {
            without_destinations: self.without_destinations.patched(
                moves,
                &gone.without_destinations,
                &fresh.without_destinations,
            ),
            by_country: self
                .by_country
                .patched(moves, &gone.by_country, &fresh.by_country),
            all: self.all.patched(moves, &gone.all, &fresh.all),
        }
    }
}

impl Region {
    fn add(&mut self, place: Place, rule: &Rule) {
        self.all.push(place);
        if rule.destinations.is_empty() {
            self.without_destinations.push(place);
        }
        // A rule for a territory, such as `PR` or `US` with `US-PR`, is a candidate for addresses in both countries.
        let areas = rule.destinations.iter().map(Destination::area);
        for country in areas.flat_map(geo::countries_of) {
            self.by_country
                .entry(country.into())
                .or_default()
                .push(place);
        }
    }
}
