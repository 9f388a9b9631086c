//! What is doubtful about a rule that may be saved all the same.

use crate::{
    cart::{self, DIALECT},
    expressions::Expression,
    payment_rules::Rule,
    problem::FieldError,
};

/// The warnings about a rule; empty where nothing is to be said.
pub fn warnings_of(rule: &Rule) -> Vec<FieldError> {
    let text = rule.expression.as_deref();
    // One that cannot be read was refused, or stored before it was.
    let expression = text.and_then(|text| Expression::parse(text, cart::schema()).ok());
    expression.map_or_else(Vec::new, |expression| {
        expression.warnings_at("/expression", &DIALECT)
    })
}
