//! The changes of a revision to rules and integrations, field by field.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::super::difference::Difference;
use crate::{audit, payment_methods::store::history::MethodVersion};

/// The change of a revision to a rule or an integration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionChange {
    /// `created`, `updated` or `deleted`.
    #[schema(example = "updated")]
    change: &'static str,
    /// The id of the rule or the integration.
    #[schema(example = "rule_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The name of the rule or the integration.
    name: String,
    /// Field → `{ from, to }`; empty if the rule or integration was created or deleted.
    #[schema(value_type = Object)]
    fields: Value,
}

/// The changes of a revision to rules, and to methods: `before` and `left` are the methods before and after it.
pub fn changes(
    difference: Difference,
    before: &[MethodVersion],
    left: &[MethodVersion],
) -> Vec<RevisionChange> {
    let created = difference.created.into_iter();
    let created = created.map(|rule| ("created", None, rule));
    let updated = difference.updated.into_iter();
    let updated = updated.map(|(before, after)| ("updated", Some(before), after));
    let deleted = difference.deleted.into_iter();
    let deleted = deleted.map(|rule| ("deleted", None, rule));
    let rules = created.chain(updated).chain(deleted);
    let of_rules = rules.map(|(change, before, rule)| RevisionChange {
        change,
        id: rule.id.to_string(),
        fields: match &before {
            Some(before) => audit::changed_fields(
                Some(&Value::Object(before.to_json())),
                Some(&Value::Object(rule.to_json())),
            ),
            None => Value::Object(Map::new()),
        },
        name: rule.name,
    });
    let of_methods = left.iter().filter_map(|left| {
        let earlier = before.iter().find(|it| it.method.id == left.method.id);
        of_method(earlier, left)
    });
    of_rules.chain(of_methods).collect()
}

/// `None` for a method that was recorded again without a change.
fn of_method(before: Option<&MethodVersion>, left: &MethodVersion) -> Option<RevisionChange> {
    let mut fields = Value::Object(Map::new());
    let change = match (before, left.deleted) {
        (_, true) => "deleted",
        (None, false) => "created",
        (Some(before), false) if before.method.version == left.method.version => return None,
        (Some(before), false) => {
            fields = audit::changed_fields(Some(&before.json), Some(&left.json));
            "updated"
        }
    };
    Some(RevisionChange {
        change,
        id: left.method.id.integration.to_string(),
        name: left.method.name.clone(),
        fields,
    })
}
