//! Where events are posted to.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable, deserialize::FromSqlRow};
use serde::Serialize;
use serde_json::{Map, Value, json};
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
    /// Why the service switched an endpoint off by itself.
    DisabledReason as "EndpointDisabledReason" {
        /// It answered 410.
        Gone = "gone",
        /// Every attempt of five days failed.
        Failing = "failing",
    }
}

/// Words in a column, as a JSON list.
#[derive(Clone, Debug, FromSqlRow, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

from_text_column!(Words, |text| serde_json::from_str(text).ok().map(Words));

impl Words {
    /// As the column keeps it.
    pub fn to_text(&self) -> String {
        json!(self.0).to_string()
    }
}

/// An endpoint that events are posted to.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = notification_endpoints)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationEndpoint)]
pub struct Endpoint {
    /// The endpoint's id.
    #[schema(value_type = String, example = "endpoint_01h455vb4pex5vsknk084sn02q")]
    pub id: EndpointId,
    /// Where events are posted to.
    #[schema(example = "https://erp.shop.example/onterms")]
    pub url: String,
    /// The types of events that it gets: words of `GET /v1/event-types`, groups such as `payment.*`, or `*` for all.
    #[schema(value_type = Vec<String>, example = json!(["payment.*", "finding.opened"]))]
    pub types: Words,
    /// Only what belongs to these. Not there: every website, and what belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, example = json!(["us-store"]))]
    pub websites: Option<Words>,
    /// What the endpoint is for, in words of the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The ERP")]
    pub description: Option<String>,
    /// Off means: it gets nothing, and what happens meanwhile is not made up for unless it is replayed.
    pub enabled: bool,
    /// Why the service switched it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<DisabledReason>,
    /// When it was created.
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
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
    /// The websites whose events it gets.
    pub fn websites(&self) -> Websites {
        match &self.websites {
            None => Websites::All,
            Some(Words(names)) => Websites::Only(names.clone().into()),
        }
    }

    /// Whether a caller who is good for these websites sees it: it gets nothing that is not the caller's.
    pub fn is_visible_to(&self, caller: &Websites) -> bool {
        are_visible_to(self.websites.as_ref(), caller)
    }

    /// The types that it gets. A ping goes to the one that is tried, whatever its types.
    pub fn event_types(&self) -> Vec<EventType> {
        let words = self.types.0.iter();
        let named: Vec<EventType> = words.filter_map(|it| types_named(it)).flatten().collect();
        let all = EventType::ALL.iter().copied();
        all.filter(|it| *it != EventType::Ping && named.contains(it))
            .collect()
    }

    /// As GET shows it, for a merge patch.
    pub fn as_body(&self) -> Map<String, Value> {
        match json!(self) {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }

    /// What a caller can set, for the audit log.
    pub fn audit_fields(&self) -> Value {
        json!({
            "url": self.url, "types": self.types, "websites": self.websites, "description": self.description,
            "enabled": self.enabled, "disabledReason": self.disabled_reason,
        })
    }

    /// As its events show it.
    pub fn event_data(&self) -> EndpointEventData {
        EndpointEventData {
            id: self.id,
            version: self.version,
            enabled: self.enabled,
            disabled_reason: self.disabled_reason.map(DisabledReason::as_str),
            updated_at: self.updated_at,
        }
    }

    /// The website of its own events, where it is for one alone.
    pub fn only_website(&self) -> Option<String> {
        match &self.websites {
            Some(Words(names)) if names.len() == 1 => names.first().cloned(),
            _ => None,
        }
    }
}

/// Whether a caller sees an endpoint for these websites.
pub fn are_visible_to(websites: Option<&Words>, caller: &Websites) -> bool {
    match websites {
        None => !caller.is_bound(),
        Some(Words(names)) => names.iter().all(|name| caller.include(Some(name))),
    }
}
