//! Reads the expression of a rule from an administrator's body.

use crate::{
    cart,
    expressions::{Expression, MAX_TEXT, Severity, field_error},
    http::body::Fields,
};

/// Reads the expression, as text and parsed; a blank one is none. An invalid one is refused with all errors and their
/// positions.
pub fn read(fields: &Fields<'_>) -> Option<(String, Option<Expression>)> {
    const NAME: &str = "expression";
    let text = fields.optional_text(NAME, MAX_TEXT)?;
    if text.trim().is_empty() {
        return None;
    }
    let parsed = Expression::parse(&text, cart::schema()).map_err(|diagnostics| {
        let pointer = fields.pointer(NAME);
        let errors = diagnostics
            .iter()
            .filter(|it| it.severity == Severity::Error);
        let errors = errors.map(|found| field_error(found, &pointer));
        fields.findings().extend(errors);
    });
    Some((text, parsed.ok()))
}
