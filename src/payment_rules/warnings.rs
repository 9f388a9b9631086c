//! Warnings about a rule that can be saved.

use super::{Destination, Rule};
use crate::{
    cart::{self, DIALECT},
    expressions::{self, Expression, Samples},
    geo::{self, Withdrawn},
    http::problem::FieldError,
    postal,
};

/// The number of warnings about many rules after which no further rule is checked.
const MOST: usize = 200;

/// The warnings about a rule. Its expression is not parsed again if it is `parsed`.
pub fn warnings_of(rule: &Rule, parsed: Option<Expression>) -> Vec<FieldError> {
    DIALECT.with_samples(|samples| judge(rule, parsed, samples))
}

/// The warnings about many rules that are saved at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Warned {
    /// The warnings, each with the index of its rule.
    pub warnings: Vec<(usize, FieldError)>,
    /// Whether not every rule was checked, because a limit of warnings or of effort was reached.
    pub is_incomplete: bool,
}

/// The warnings about many rules, up to a limit.
pub fn warnings_of_all(rules: &[Rule]) -> Warned {
    if rules.is_empty() {
        return Warned::default();
    }
    DIALECT.with_samples(|samples| {
        let mut warned = Warned::default();
        for (place, rule) in rules.iter().enumerate() {
            if warned.warnings.len() >= MOST || samples.is_some_and(Samples::is_spent) {
                warned.is_incomplete = true;
                break;
            }
            let found = judge(rule, None, samples).into_iter();
            warned
                .warnings
                .extend(found.map(|warning| (place, warning)));
        }
        warned
    })
}

fn judge(
    rule: &Rule,
    parsed: Option<Expression>,
    samples: Option<&Samples<'_>>,
) -> Vec<FieldError> {
    let destinations = rule.destinations.iter().enumerate();
    let mut warnings: Vec<FieldError> = destinations
        .flat_map(|(index, destination)| about(destination, &format!("/destinations/{index}")))
        .collect();
    let text = rule.expression.as_deref();
    // An invalid expression was refused, or was stored by a version that accepted it.
    let parse = || Expression::parse(text?, cart::schema()).ok();
    // A repeated request answers with the present rule, whose expression may be another one by now.
    let parsed = parsed.filter(|parsed| Some(parsed.text()) == text);
    let expression = parsed.or_else(parse);
    if let Some(expression) = expression {
        warnings.extend(expressions::warnings(&expression, "/expression", samples));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment_rules::{Draft, Kept};

    fn rules(expression: &str, count: usize) -> Vec<Rule> {
        let body = serde_json::json!({
            "name": "n", "sortOrder": 1, "currency": "USD", "enabled": false, "paymentMethods": [], "expression": expression,
        });
        let body = body.as_object().cloned().unwrap_or_default();
        let (draft, _) = Draft::from_body(&body, Kept::Nothing).expect("a draft");
        let at = chrono::DateTime::UNIX_EPOCH;
        (0..count)
            .map(|_| Rule::new(crate::ids::fresh(at), draft.clone(), at))
            .collect()
    }

    #[test]
    fn many_rules_are_judged_as_each_alone_up_to_a_limit() {
        let doubtful = "currency not in [1, 2]";
        let three = rules(doubtful, 3);
        let all = warnings_of_all(&three);
        assert!(!all.is_incomplete);
        let each = three.iter().enumerate();
        let each = each.flat_map(|(place, rule)| {
            warnings_of(rule, None)
                .into_iter()
                .map(move |it| (place, it))
        });
        assert_eq!(all.warnings, each.collect::<Vec<_>>());
        assert_eq!(all.warnings.len(), 3);
        for (expression, count, incomplete) in [
            (doubtful, MOST, false),
            (doubtful, MOST + 1, true),
            ("total > 5", 1000, false),
            (
                "lineItems.all(lineItems.all(lineItem.quantity > 5))",
                MOST - 1,
                true,
            ),
        ] {
            let all = warnings_of_all(&rules(expression, count));
            assert_eq!(all.is_incomplete, incomplete, "{expression} {count}");
            assert!(all.warnings.len() <= MOST, "{expression} {count}");
        }
    }
}
