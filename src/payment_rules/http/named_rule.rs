//! The id and name of a rule, for answers about many rules.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::Rule;
use crate::ids::RuleId;

/// The id and name of a rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedRule {
    /// The rule's id.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    id: RuleId,
    /// The rule's name.
    #[schema(example = "Small US orders")]
    name: String,
}

impl From<&Rule> for NamedRule {
    fn from(rule: &Rule) -> Self {
        NamedRule {
            id: rule.id,
            name: rule.name.clone(),
        }
    }
}

/// The ids and names of rules.
pub fn named(rules: impl IntoIterator<Item = Rule>) -> Vec<NamedRule> {
    rules
        .into_iter()
        .map(|rule| NamedRule::from(&rule))
        .collect()
}
