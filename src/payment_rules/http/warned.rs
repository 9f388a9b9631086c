//! Warnings about many rules, for the answers to writes that save them.

use super::{
    super::{Rule, warnings::warnings_of_all},
    analysis::SavedAnalysis,
    named_rule::NamedRule,
};
use crate::operation::prelude::*;

/// A warning about one of many rules, or about a test of the rules that fails.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentRuleWarning)]
struct RuleWarning {
    /// The rule that the pointer is relative to; absent for a test that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    rule: Option<NamedRule>,
    /// The warning; its pointer is relative to the rule.
    #[serde(flatten)]
    warning: FieldError,
}

/// Warnings about saved rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentRuleWarnings)]
pub struct Warnings {
    /// The warnings about the saved rules, and the tests that fail now; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<RuleWarning>,
    /// True if not every rule was checked, because a limit of warnings or of effort was reached. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    more_warnings: bool,
}

impl Warnings {
    /// Checks saved rules on a blocking thread. `failing` are the tests that fail now.
    pub async fn of(
        rules: Vec<Rule>,
        analysis: SavedAnalysis,
        failing: Vec<FieldError>,
    ) -> Result<Self, Problem> {
        let judge = move || {
            let warned = warnings_of_all(&rules);
            let shown = |rule: Option<&Rule>, warning| RuleWarning {
                rule: rule.map(NamedRule::from),
                warning,
            };
            let own = warned.warnings.into_iter();
            let own = own.map(|(place, warning)| shown(rules.get(place), warning));
            let found = analysis.warnings.into_iter();
            let found = found.map(|(id, it)| shown(rules.iter().find(|rule| rule.id == id), it));
            let failing = failing.into_iter().map(|warning| shown(None, warning));
            Warnings {
                warnings: own.chain(found).chain(failing).collect(),
                more_warnings: warned.is_incomplete || analysis.is_incomplete,
            }
        };
        web::block(judge).await.map_err(Problem::internal)
    }
}
