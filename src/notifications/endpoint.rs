//! Notification endpoints.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable, deserialize::FromSqlRow};
use serde::Serialize;
use serde_json::{Map, Value, json};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::{
    auth::Websites,
    events::{EndpointEventData, EventType, types_named},
    ids::EndpointId,
    store::{columns::Moment, schema::notification_endpoints},
    string_enum::string_enum,
    text_column::from_text_column,
};

string_enum! {
    /// The reason why the service switched an endpoint off.
    DisabledReason as "EndpointDisabledReason" {
        /// The endpoint answered with status 410.
        Gone = "gone",
        /// All attempts failed for five days.
        Failing = "failing",
    }
}

/// A list of words that is stored as a JSON array.
#[derive(Clone, Debug, FromSqlRow, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

from_text_column!(Words, |text| serde_json::from_str(text).ok().map(Words));

impl Words {
    /// The stored form.
    pub fn to_text(&self) -> String {
        json!(self.0).to_string()
    }
}

/// An endpoint that events are posted to.
#[skip_serializing_none]
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = notification_endpoints)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationEndpoint)]
pub struct Endpoint {
    /// The endpoint's id.
    #[schema(value_type = String, example = "endpoint_01h455vb4pex5vsknk084sn02q")]
    pub id: EndpointId,
    /// The address that events are posted to.
    #[schema(example = "https://erp.shop.example/onterms")]
    pub url: String,
    /// The types of events that the endpoint gets: types of `GET /v1/event-types`, groups such as `payment.*`, or `*`
    /// for all.
    #[schema(value_type = Vec<String>, example = json!(["payment.*", "finding.opened"]))]
    pub types: Words,
    /// The websites whose events the endpoint gets. Absent if it gets the events of every website and the events
    /// without a website.
    #[schema(value_type = Option<Vec<String>>, example = json!(["us-store"]))]
    pub websites: Option<Words>,
    /// The purpose of the endpoint, in the shop's own words.
    #[schema(example = "The ERP")]
    pub description: Option<String>,
    /// Whether events are posted to the endpoint. Events that happen while it is off are delivered later only by a
    /// replay.
    pub enabled: bool,
    /// Why the service switched the endpoint off. Absent if it did not.
    pub disabled_reason: Option<DisabledReason>,
    /// When the endpoint was created.
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
    /// When the endpoint was last changed.
    #[diesel(deserialize_as = Moment)]
    pub updated_at: DateTime<Utc>,
    /// Counts changes; it is the ETag.
    #[serde(skip)]
    pub version: i64,
    /// The event up to which deliveries were made.
    #[serde(skip)]
    pub position: i64,
}

impl Endpoint {
    /// The websites whose events the endpoint gets.
    pub fn websites(&self) -> Websites {
        match &self.websites {
            None => Websites::All,
            Some(Words(names)) => Websites::Only(names.clone().into()),
        }
    }

    /// Whether a caller with these websites may see the endpoint: all its websites must be the caller's.
    pub fn is_visible_to(&self, caller: &Websites) -> bool {
        are_visible_to(self.websites.as_ref(), caller)
    }

    /// The types of events that the endpoint gets. `ping` is left out: it is delivered only to the endpoint that is
    /// tried.
    pub fn event_types(&self) -> Vec<EventType> {
        let words = self.types.0.iter();
        let named: Vec<EventType> = words.filter_map(|it| types_named(it)).flatten().collect();
        let all = EventType::ALL.iter().copied();
        all.filter(|it| *it != EventType::Ping && named.contains(it))
            .collect()
    }

    /// The endpoint as GET returns it; a merge patch is applied to it.
    pub fn as_body(&self) -> Map<String, Value> {
        match json!(self) {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }

    /// The fields for the audit log.
    pub fn audit_fields(&self) -> Value {
        json!({
            "url": self.url, "types": self.types, "websites": self.websites, "description": self.description,
            "enabled": self.enabled, "disabledReason": self.disabled_reason,
        })
    }

    /// The `data` of the endpoint's events.
    pub fn event_data(&self) -> EndpointEventData {
        EndpointEventData {
            id: self.id,
            version: self.version,
            enabled: self.enabled,
            disabled_reason: self.disabled_reason.map(DisabledReason::as_str),
            updated_at: self.updated_at,
        }
    }

    /// The website of the endpoint's own events, if it is for exactly one website.
    pub fn only_website(&self) -> Option<String> {
        match &self.websites {
            Some(Words(names)) if names.len() == 1 => names.first().cloned(),
            _ => None,
        }
    }
}

/// Whether a caller may see an endpoint with these websites.
pub fn are_visible_to(websites: Option<&Words>, caller: &Websites) -> bool {
    match websites {
        None => !caller.is_bound(),
        Some(Words(names)) => names.iter().all(|name| caller.include(Some(name))),
    }
}
