//! What is doubtful about a rule that may be saved all the same.

use super::{Destination, Rule};
use crate::{
    cart::{self, DIALECT},
    expressions::Expression,
    geo::{self, Withdrawn},
    postal,
    problem::FieldError,
};

/// The warnings about a rule; empty where nothing is to be said.
pub fn warnings_of(rule: &Rule) -> Vec<FieldError> {
    let destinations = rule.destinations.iter().enumerate();
    let mut warnings: Vec<FieldError> = destinations
        .flat_map(|(index, destination)| about(destination, &format!("/destinations/{index}")))
        .collect();
    let text = rule.expression.as_deref();
    // One that cannot be read was refused, or stored before it was.
    let expression = text.and_then(|text| Expression::parse(text, cart::schema()).ok());
    if let Some(expression) = expression {
        warnings.extend(expression.warnings_at("/expression", &DIALECT));
    }
    warnings
}

fn about(destination: &Destination, pointer: &str) -> Vec<FieldError> {
    let region = destination.region.as_deref().and_then(|region| {
        let message = withdrawn(region, geo::withdrawn(region)?);
        Some(FieldError::at(
            format!("{pointer}/region"),
            "region_withdrawn",
            message,
        ))
    });
    let patterns = destination.patterns().enumerate();
    let patterns = patterns.filter_map(|(index, (country, pattern))| {
        let (code, message) = match postal::check(country, pattern) {
            Err(reason) => (reason.code(), reason.to_string()),
            Ok(()) => ("outward_code", postal::remark(country, pattern)?),
        };
        Some(FieldError::at(
            format!("{pointer}/postalCodes/{index}"),
            code,
            message,
        ))
    });
    region.into_iter().chain(patterns).collect()
}

fn withdrawn(region: &str, withdrawn: Withdrawn) -> String {
    let now = withdrawn.now.replace(", ", "`, `");
    match withdrawn.is_renamed {
        true => {
            format!("ISO has withdrawn `{region}`; it is `{now}` now, and means the same here.")
        }
        false => format!(
            "ISO has withdrawn `{region}`; its area is `{now}` now. Only addresses that still say `{region}` match it."
        ),
    }
}
