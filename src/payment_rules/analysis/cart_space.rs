//! The space of carts that the analysis searches for the rules of one currency.

use std::{collections::BTreeSet, sync::LazyLock};

use rust_decimal::Decimal;

use super::guards::{COUNTRY, POSTAL_CODE, REGION, WEBSITE};
use crate::{
    cart,
    expressions::analysis::{Completeness, Domain, Listed, Numbers, Sample, Space, Texts},
    geo,
    money::Currency,
    payment_rules::{Destination, Rule},
    postal,
};

/// The maximum number of postal codes that are tried in one search.
const MOST_CODES: usize = 200;

/// The amounts of a cart, besides the total, that must fit its currency.
const AMOUNTS: [&str; 7] = [
    "subtotal.value",
    "shippingAmount",
    "taxAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
];

/// The paths of country, region and postal code of the addresses that no destination is compared with.
const OTHER_ADDRESSES: [[&str; 3]; 2] = [
    [
        "shippingAddress.countryIso2",
        "shippingAddress.regionCode",
        "shippingAddress.postalCode",
    ],
    [
        "shippingOrigin.countryIso2",
        "shippingOrigin.regionCode",
        "shippingOrigin.postalCode",
    ],
];

/// Every country. Large countries come first, because they make a witness easier to read.
static COUNTRIES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let large = ["US", "DE", "FR"].into_iter();
    large.chain(geo::countries()).collect()
});

/// The totals of the searched carts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartTotals {
    Positive,
    Any,
}

/// The carts of a currency, with every website and place that the rules distinguish. `placed` are the rules whose
/// destinations the search evaluates.
pub fn carts(
    currency: Currency,
    merchant_country: Option<&str>,
    rules: &[&Rule],
    placed: &[&Rule],
    totals: CartTotals,
) -> Space {
    let text = |text: &str| Sample::Text(text.to_owned());
    let country = merchant_country.map_or(Sample::Null, text);
    let mut space = Space::new(cart::schema())
        .with("currency", Domain::Only(vec![text(currency.code())]))
        .with("merchantCountry", Domain::Only(vec![country]))
        .with("total", amounts(currency, Some(totals)))
        .with(WEBSITE, websites(rules))
        .with(COUNTRY, countries(placed))
        .with(REGION, regions(placed))
        .with(POSTAL_CODE, postal_codes(placed));
    for path in AMOUNTS {
        space = space.with(path, amounts(currency, None));
    }
    for [country, region, postal_code] in OTHER_ADDRESSES {
        space = space
            .with(country, countries(&[]))
            .with(region, Domain::Texts(code()))
            .with(postal_code, Domain::Texts(code()));
    }
    space
}

/// Whole minor units, within the range of `i64`.
fn amounts(currency: Currency, totals: Option<CartTotals>) -> Domain {
    let of_minor = |minor: i64| Decimal::new(minor, currency.digits());
    let low = match totals {
        Some(CartTotals::Positive) => 1,
        Some(CartTotals::Any) | None => i64::MIN,
    };
    Domain::Numbers(Numbers {
        low: Some(of_minor(low)),
        high: Some(of_minor(i64::MAX)),
        scale: currency.digits(),
        nullable: totals != Some(CartTotals::Positive),
        always_given: totals.is_some(),
    })
}

fn listed(texts: impl IntoIterator<Item = String>, exact: bool) -> Vec<Listed> {
    let texts: BTreeSet<String> = texts.into_iter().collect();
    let listed = texts.into_iter().map(|text| Listed { text, exact });
    listed.collect()
}

/// A text that is trimmed when a cart is read.
fn code() -> Texts {
    Texts {
        accepts: |text| text.trim().len() == text.len(),
        ..Texts::any()
    }
}

fn websites(rules: &[&Rule]) -> Domain {
    let names = rules.iter().flat_map(|rule| &rule.websites).cloned();
    Domain::Texts(Texts {
        accepts: |text| !text.trim().is_empty(),
        listed: listed(names, true),
        ..Texts::any()
    })
}

fn destinations<'r>(rules: &[&'r Rule]) -> impl Iterator<Item = &'r Destination> {
    rules.iter().flat_map(|rule| &rule.destinations)
}

fn countries(rules: &[&Rule]) -> Domain {
    let areas = destinations(rules).map(Destination::area);
    let named = areas.flat_map(geo::countries_of).map(str::to_owned);
    Domain::Texts(Texts {
        accepts: |text| text.is_empty() || geo::is_country(text),
        listed: listed(named, true),
        others: &COUNTRIES,
        ..Texts::any()
    })
}

/// Every region that makes a difference, in several spellings, so that a spelling remains if an expression excludes
/// one.
fn regions(rules: &[&Rule]) -> Domain {
    let mut named = BTreeSet::new();
    for destination in destinations(rules) {
        let area = destination.area();
        if area.contains('-') {
            named.insert(area);
        } else if geo::countries_of(area).nth(1).is_some() {
            let places = geo::also_in(area).into_iter();
            named.extend(places.filter_map(|(_, region)| region));
        }
    }
    let spelled = named.into_iter().flat_map(|region| {
        let short = region.split_once('-').map_or(region, |(_, short)| short);
        [
            short.to_owned(),
            region.to_owned(),
            short.to_ascii_lowercase(),
            region.to_ascii_lowercase(),
        ]
    });
    Domain::Texts(Texts {
        listed: listed(spelled, false),
        completeness: Completeness::Unordered,
        ..code()
    })
}

fn postal_codes(rules: &[&Rule]) -> Domain {
    let has_patterns = |rule: &&&Rule| destinations(&[rule]).any(|to| !to.postal_codes.is_empty());
    let with_patterns = rules.iter().filter(has_patterns).count();
    let mut codes = BTreeSet::new();
    let mut are_single = true;
    let mut are_all = true;
    for destination in destinations(rules) {
        let mut has_example = destination.postal_codes.is_empty();
        for (country, pattern) in destination.patterns() {
            are_single &= postal::is_one_code(pattern);
            if codes.len() >= MOST_CODES {
                are_all = false;
                break;
            }
            let examples = postal::examples(country, pattern);
            has_example |= !examples.is_empty();
            codes.extend(examples);
        }
        // A destination needs no example if none of its patterns can match.
        let is_dead = destination
            .patterns()
            .all(|(country, pattern)| postal::check(country, pattern).is_err());
        are_all &= has_example || is_dead;
    }
    // Examples do not cover how the patterns of two rules overlap, unless each pattern is a single code.
    let is_complete = with_patterns < 2 || are_single;
    Domain::Texts(Texts {
        completeness: match with_patterns {
            0 => Completeness::Complete,
            _ if is_complete && are_all => Completeness::Unread,
            _ => Completeness::Incomplete,
        },
        listed: listed(codes, false),
        ..code()
    })
}
