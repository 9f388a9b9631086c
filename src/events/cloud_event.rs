//! The public form of an event: CloudEvents 1.0 in structured JSON, <https://github.com/cloudevents/spec/blob/v1.0.2>.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    CompanyEventData, EndpointEventData, FindingEventData, IntegrationEventData, PaymentEventData,
    RulesEventData, cursor, store::EventRow,
};

/// The media type of one event.
pub const MEDIA_TYPE: &str = "application/cloudevents+json";

/// An event, as a CloudEvent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct CloudEvent {
    /// The version of CloudEvents, always `1.0`.
    #[schema(example = "1.0")]
    specversion: &'static str,
    /// The event's id. Deliveries of the event have the same id as `webhook-id`, also when they are repeated.
    #[schema(example = "evt_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The source of the event: this installation, or the `eventSource` of the settings. `source` and `id` together are
    /// unique everywhere.
    #[schema(example = "urn:onterms:installation_01h455vb4pex5vsknk084sn02q")]
    source: String,
    /// The type of the event: one of the types in `GET /v1/event-types`. Later versions add types.
    #[serde(rename = "type")]
    #[schema(example = "payment.paid")]
    kind: String,
    /// The id of the resource that the event is about.
    #[schema(example = "payment_01h455vb4pex5vsknk084sn02q")]
    subject: String,
    /// When the event happened.
    time: DateTime<Utc>,
    /// The media type of `data`, always `application/json`.
    #[schema(example = "application/json")]
    datacontenttype: &'static str,
    /// The position of the event in the feed, as 20 digits. A later event has a larger one. It is also a cursor.
    #[schema(example = "00000000000000000042", pattern = "^[0-9]{20}$")]
    sequence: String,
    /// The website that the event belongs to. Absent if it belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "us-store")]
    website: Option<String>,
    /// The resource after the event. Its shape depends on `type`.
    #[schema(value_type = EventData)]
    data: Box<RawValue>,
}

/// The resource that an event is about, by the event's type.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(
    dead_code,
    reason = "it is in the document; rows hold the data as text"
)]
pub(super) enum EventData {
    Payment(Box<PaymentEventData>),
    Finding(FindingEventData),
    Integration(IntegrationEventData),
    Company(CompanyEventData),
    Rules(RulesEventData),
    Endpoint(EndpointEventData),
}

impl CloudEvent {
    /// Converts a row with its place in the feed.
    pub fn of((row, sequence): (EventRow, i64), source: &str) -> Self {
        // A corrupt row must not block readers from the events after it.
        let data = RawValue::from_string(row.payload).unwrap_or_else(|_| RawValue::NULL.to_owned());
        CloudEvent {
            specversion: "1.0",
            id: row.id,
            source: source.to_owned(),
            kind: row.kind,
            subject: row.subject,
            time: row.occurred_at,
            datacontenttype: "application/json",
            sequence: cursor::to_text(sequence),
            website: row.website,
            data,
        }
    }
}
