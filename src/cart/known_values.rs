//! Known codes of attributes, which rule editors offer.

use std::sync::LazyLock;

use crate::{geo, money::Currency};

/// All ISO 4217 codes.
pub fn currencies() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| sorted(Currency::all()));
    &CODES
}

/// All ISO 3166-1 alpha-2 codes, and `XK`.
pub fn countries() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| sorted(geo::countries()));
    &CODES
}

fn sorted(codes: impl Iterator<Item = impl ToString>) -> Vec<String> {
    let mut codes: Vec<_> = codes.map(|code| code.to_string()).collect();
    codes.sort_unstable();
    codes
}
