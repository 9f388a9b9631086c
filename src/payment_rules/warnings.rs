//! What a rule says that is taken and may not do what was meant.

use super::{Destination, Rule};
use crate::{
    geo::{self, Withdrawn},
    postal,
    warning::Warning,
};

/// Everything of that kind in a rule.
pub fn of(rule: &Rule) -> Vec<Warning> {
    let destinations = rule.destinations.iter().enumerate();
    destinations
        .flat_map(|(index, destination)| about(destination, &format!("/destinations/{index}")))
        .collect()
}

fn about(destination: &Destination, pointer: &str) -> Vec<Warning> {
    let region = destination.region.as_deref().and_then(|region| {
        Some(Warning {
            pointer: Some(format!("{pointer}/region")),
            code: "region_withdrawn",
            message: withdrawn(region, geo::withdrawn(region)?),
        })
    });
    let patterns = destination.patterns().enumerate();
    let patterns = patterns.filter_map(|(index, (country, pattern))| {
        let (code, message) = match postal::check(country, pattern) {
            Err(reason) => (reason.code(), reason.to_string()),
            Ok(()) => ("outward_code", postal::remark(country, pattern)?),
        };
        Some(Warning {
            pointer: Some(format!("{pointer}/postalCodes/{index}")),
            code,
            message,
        })
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
