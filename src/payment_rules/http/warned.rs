//! Warnings about many rules, for the answers to writes that save them.

use super::{
    super::{Rule, warnings::warnings_of_all},
    named_rule::NamedRule,
};
use crate::{ids::RuleId, operation::prelude::*};

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
    pub async fn of(rules: Vec<Rule>, failing: Vec<FieldError>) -> Result<Self, Problem> {
        Warnings::of_analyzed(rules, (Vec::new(), false), failing).await
    }

    /// As [`Warnings::of`], with the findings of an analysis and whether it is incomplete.
    pub async fn of_analyzed(
        rules: Vec<Rule>,
        (analysis, is_incomplete): (Vec<(RuleId, FieldError)>, bool),
        failing: Vec<FieldError>,
    ) -> Result<Self, Problem> {
        let names = |(id, warning): (RuleId, FieldError)| {
            let rule = rules.iter().find(|rule| rule.id == id).map(NamedRule::from);
            RuleWarning { rule, warning }
        };
        let analysis: Vec<_> = analysis.into_iter().map(names).collect();
        let mut found = Warnings::of_rules(rules).await?;
        found.more_warnings |= is_incomplete;
        found.warnings.extend(analysis);
        let failing = failing.into_iter().map(|warning| RuleWarning {
            rule: None,
            warning,
        });
        found.warnings.extend(failing);
        Ok(found)
    }

    async fn of_rules(rules: Vec<Rule>) -> Result<Self, Problem> {
        if rules.is_empty() {
            return Ok(Warnings {
                warnings: Vec::new(),
                more_warnings: false,
            });
        }
        let judge = move || {
            let warned = warnings_of_all(&rules);
            let named = |(place, warning): (usize, FieldError)| {
                let rule = Some(NamedRule::from(rules.get(place)?));
                Some(RuleWarning { rule, warning })
            };
            Warnings {
                warnings: warned.warnings.into_iter().filter_map(named).collect(),
                more_warnings: warned.is_incomplete,
            }
        };
        web::block(judge).await.map_err(Problem::internal)
    }
}
