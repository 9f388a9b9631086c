//! The expression of a rule, as an administrator writes it.

use crate::{
    cart,
    expressions::{Expression, MAX_TEXT, Severity, field_error},
    http::body::Fields,
};

/// Reads the expression; blank means none. One with errors is refused with all of them and their places.
pub fn read(fields: &Fields<'_>) -> Option<String> {
    const NAME: &str = "expression";
    let text = fields.optional_text(NAME, MAX_TEXT)?;
    if text.trim().is_empty() {
        return None;
    }
    if let Err(diagnostics) = Expression::parse(&text, cart::schema()) {
        let pointer = fields.pointer(NAME);
        let errors = diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error);
        fields
            .findings()
            .extend(errors.map(|found| field_error(found, &pointer)));
    }
    Some(text)
}
