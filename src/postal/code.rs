//! The postal code of an address.

use super::{
    fold::fold,
    form::{Form, Keys},
    sign,
};

/// An address's postal code, prepared once so that comparing it with many patterns allocates nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalCode {
    pub(super) keys: Keys,
}

impl PostalCode {
    /// Prepares the postal code of an address in `country`; `None` if it is empty.
    pub fn of(country: &str, text: &str) -> Option<Self> {
        let form = Form::of(country);
        let mut folded = fold(text);
        if form.takes_sign() {
            let stripped = sign::strip(country, &folded);
            folded.drain(..folded.len() - stripped.len());
        }
        let keys = (!folded.is_empty()).then(|| form.keys(folded))?;
        Some(PostalCode { keys })
    }
}
