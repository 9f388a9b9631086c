//! The codes that attributes of a cart have, for rule editors.

use std::sync::LazyLock;

use crate::{geo, money::Currency};

/// ISO 4217.
pub fn currencies() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut codes: Vec<_> = Currency::all().map(|it| it.code().to_owned()).collect();
        codes.sort_unstable();
        codes
    });
    &CODES
}

/// ISO 3166-1 alpha-2, and `XK`.
pub fn countries() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut codes: Vec<_> = geo::countries().map(str::to_owned).collect();
        codes.sort_unstable();
        codes
    });
    &CODES
}
