//! Attributes with known codes, which rule editors offer.

use std::sync::LazyLock;

use crate::{
    expressions::{Attribute, Kind},
    geo,
    money::Currency,
};

/// The attribute `currency`.
pub fn currency(summary: &'static str) -> Attribute {
    Attribute::new("currency", Kind::Text, summary).with_values(currencies)
}

/// An attribute that holds the code of a country.
pub fn country(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Text, summary).with_values(countries)
}

/// All ISO 4217 codes.
fn currencies() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut codes: Vec<_> = Currency::all().map(|it| it.code().to_owned()).collect();
        codes.sort_unstable();
        codes
    });
    &CODES
}

/// All ISO 3166-1 alpha-2 codes, and `XK`.
fn countries() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut codes: Vec<_> = geo::countries().map(str::to_owned).collect();
        codes.sort_unstable();
        codes
    });
    &CODES
}
