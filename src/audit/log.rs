//! The content of an entry of the audit log.

use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    front_door::RequestId,
    ids::AuditId,
    store::{
        columns::{Json, Moment},
        schema::audit_log,
    },
};

/// The author of a change, with its time and its request.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The token's subject.
    pub subject: String,
    /// The id of the request, where there is one.
    pub request_id: Option<String>,
    /// The time of every row of the change.
    pub at: DateTime<Utc>,
}

impl Actor {
    /// The actor with this subject, who sent this request.
    pub fn of(request: &HttpRequest, subject: &str, at: DateTime<Utc>) -> Self {
        Actor {
            subject: subject.to_owned(),
            request_id: request
                .extensions()
                .get::<RequestId>()
                .map(|id| id.0.clone()),
            at,
        }
    }
}

/// One change to one resource.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The verb, such as `create` or `deactivate`.
    pub action: &'a str,
    /// The noun, such as `integration` or `payment_rule`.
    pub resource_type: &'a str,
    pub resource_id: String,
    /// An object that maps each changed field to `{ from, to }`. It never contains a secret; secrets appear by name,
    /// with dots as values.
    pub fields: Value,
}

impl<'a> Change<'a> {
    /// The change of a resource.
    pub fn of(
        action: &'a str,
        resource_type: &'a str,
        resource_id: impl ToString,
        fields: Value,
    ) -> Self {
        Change {
            action,
            resource_type,
            resource_id: resource_id.to_string(),
            fields,
        }
    }
}

/// An entry of the audit log: one change of one resource.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = audit_log)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub struct Entry {
    /// The entry's id; begins with `audit_`.
    #[schema(value_type = String, example = "audit_01h455vb4pex5vsknk084sn02q")]
    pub id: AuditId,
    /// When the change was made.
    #[diesel(deserialize_as = Moment)]
    pub happened_at: DateTime<Utc>,
    /// The subject of the token of the caller.
    #[schema(example = "alice")]
    pub actor: String,
    /// The action, such as `create`, `update` or `delete`.
    #[schema(example = "update")]
    pub action: String,
    /// The type of the changed resource, such as `payment_rule`.
    #[schema(example = "payment_rule")]
    pub resource_type: String,
    /// The id of the changed resource.
    #[schema(example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub resource_id: String,
    /// The `X-Request-Id` of the request that made the change; null if there was none.
    pub request_id: Option<String>,
    /// The changed fields, as a map from each field to `{ from, to }`. Secrets are named without their values.
    #[diesel(deserialize_as = Json)]
    #[schema(value_type = Object)]
    pub changes: Value,
}

/// The fields in which two JSON objects differ, as `{ field: { from, to } }`; a missing side is null.
pub fn changed_fields(before: Option<&Value>, after: Option<&Value>) -> Value {
    let empty = Map::new();
    let of = |side: Option<&Value>| side.and_then(Value::as_object).unwrap_or(&empty).clone();
    let (before, after) = (of(before), of(after));
    let mut changes = Map::new();
    for name in before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)))
    {
        let (from, to) = (before.get(name), after.get(name));
        if from != to {
            changes.insert(name.clone(), json!({ "from": from, "to": to }));
        }
    }
    Value::Object(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_noted() {
        let before = json!({ "name": "a", "enabled": true, "gone": 1 });
        let after = json!({ "name": "b", "enabled": true, "new": 2 });
        assert_eq!(
            changed_fields(Some(&before), Some(&after)),
            json!({
                "name": { "from": "a", "to": "b" },
                "gone": { "from": 1, "to": null },
                "new": { "from": null, "to": 2 },
            })
        );
        assert_eq!(
            changed_fields(None, Some(&json!({ "a": 1 }))),
            json!({ "a": { "from": null, "to": 1 } })
        );
    }
}
