//! What is doubtful about many rules, in the answers to what saves them.

use super::{
    super::{Rule, warnings::warnings_of_all},
    named_rule::NamedRule,
};
use crate::{ids::RuleId, operation::prelude::*};

/// What is doubtful about one of many rules, or which test of them fails.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentRuleWarning)]
struct RuleWarning {
    /// The rule that the pointer begins at; absent for a test that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    rule: Option<NamedRule>,
    /// Its pointer begins at the rule.
    #[serde(flatten)]
    warning: FieldError,
}

/// Warnings about rules that may be saved all the same.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentRuleWarnings)]
pub struct Warnings {
    /// What is doubtful about rules that were saved, and the tests that fail since; absent where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<RuleWarning>,
    /// Whether not every rule was judged, because there was much to say or to try. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    more_warnings: bool,
}

impl Warnings {
    /// Judges rules as they were saved, apart from the threads that answer. `failing` are tests that fail since.
    pub async fn of(rules: Vec<Rule>, failing: Vec<FieldError>) -> Result<Self, Problem> {
        Warnings::of_analyzed(rules, (Vec::new(), false), failing).await
    }

    /// The same with what was found in comparing them with others, and whether not all were compared.
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
