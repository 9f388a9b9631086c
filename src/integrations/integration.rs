//! An integration: an account with a payment provider, or an offline method.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde_json::{Map, Value, json};

use super::settings::{IntegrationSettings, StoredSettings};
use crate::{
    events::IntegrationEventData,
    ids::IntegrationId,
    locale::Labels,
    payment_methods::{MethodType, PaymentMethodId},
    store::{columns::Moment, schema::integrations},
};

/// The placeholder for a secret in descriptions of changes.
pub const DOTS: &str = "••••";

/// An integration as it is stored, without its secrets, which are sealed in separate columns.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = integrations)]
pub struct Integration {
    pub id: IntegrationId,
    /// Unique among the integrations that are not archived.
    pub name: String,
    /// If false, the method is not offered and begins no payments; existing payments continue.
    pub enabled: bool,
    pub label: Labels,
    pub short_label: Labels,
    #[diesel(deserialize_as = StoredSettings)]
    #[diesel(select_expression = (integrations::type_, integrations::settings))]
    #[diesel(select_expression_type = (integrations::type_, integrations::settings))]
    pub settings: IntegrationSettings,
    /// Counts changes; it is the ETag.
    pub version: i64,
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
    #[diesel(deserialize_as = Moment)]
    pub updated_at: DateTime<Utc>,
}

impl Integration {
    /// The type, which never changes.
    pub fn kind(&self) -> MethodType {
        self.settings.kind()
    }

    /// The id of the payment method it provides.
    pub fn payment_method(&self) -> PaymentMethodId {
        PaymentMethodId {
            kind: self.kind(),
            integration: self.id,
        }
    }

    /// The `data` of the integration's events.
    pub fn event_data(&self) -> IntegrationEventData {
        IntegrationEventData {
            id: self.id,
            version: self.version,
            kind: self.kind(),
            name: self.name.clone(),
            enabled: self.enabled,
            payment_method_id: self.payment_method(),
            health: None,
            updated_at: self.updated_at,
        }
    }

    /// The fields that an administrator can change, as one flat object; the audit log stores the difference of two of
    /// them.
    pub fn audit_fields(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("type".into(), json!(self.kind()));
        fields.insert("name".into(), json!(self.name));
        fields.insert("enabled".into(), json!(self.enabled));
        fields.insert("label".into(), json!(self.label));
        fields.insert("shortLabel".into(), json!(self.short_label));
        fields.extend(self.settings.to_json());
        Value::Object(fields)
    }

    /// The integration as a request body that changes nothing; a merge patch is applied to it.
    pub fn as_body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("name".into(), json!(self.name));
        body.insert("label".into(), json!(self.label));
        body.insert("shortLabel".into(), json!(self.short_label));
        body.insert("settings".into(), Value::Object(self.settings.to_json()));
        body
    }

    /// Whether two versions are equal except for version number and time of change.
    pub fn says_the_same_as(&self, other: &Integration) -> bool {
        let without_history = |integration: &Integration| Integration {
            version: 0,
            updated_at: DateTime::UNIX_EPOCH,
            ..integration.clone()
        };
        without_history(self) == without_history(other)
    }
}
