//! Deliveries: one event for one endpoint.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::{DeliveryId, EndpointId},
    store::{
        columns::{MaybeMoment, Moment},
        schema::deliveries,
    },
    string_enum::string_enum,
};

string_enum! {
    /// Whether an event has reached its endpoint.
    DeliveryState as "DeliveryState" {
        /// An attempt is due, or under way.
        Pending = "pending",
        /// The endpoint answered with a status of 200 to 299.
        Delivered = "delivered",
        /// No attempt follows. It can be redelivered.
        Failed = "failed",
    }
    /// Why an attempt failed.
    DeliveryFailure as "DeliveryFailure" {
        /// The address may not be called: it is not on the public internet, or not https.
        AddressRefused = "address_refused",
        /// The connection failed.
        Unreachable = "unreachable",
        /// The time for an attempt was over.
        Timeout = "timeout",
        /// The connection ended without an answer.
        NoAnswer = "no_answer",
        /// A status of 300 to 399; redirects are not followed.
        Redirect = "redirect",
        /// A status of 400 to 499.
        ClientError = "client_error",
        /// Status 410, which switches the endpoint off.
        Gone = "gone",
        /// Any other status.
        ServerError = "server_error",
        /// The event is not kept any more.
        EventForgotten = "event_forgotten",
        /// The secret cannot be opened.
        NotSigned = "not_signed",
    }
}

/// An event for an endpoint.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = deliveries)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The delivery's id.
    #[schema(value_type = String, example = "delivery_01h455vb4pex5vsknk084sn02q")]
    pub id: DeliveryId,
    /// The notification endpoint that the event is posted to.
    #[schema(value_type = String, example = "endpoint_01h455vb4pex5vsknk084sn02q")]
    pub endpoint_id: EndpointId,
    /// The `webhook-id` of each attempt.
    #[schema(example = "evt_01h455vb4pex5vsknk084sn02q")]
    pub event_id: String,
    /// The `type` of the event.
    #[schema(example = "payment.paid")]
    pub event_type: String,
    /// Whether it arrived, waits for an attempt, or was given up.
    pub state: DeliveryState,
    /// How many there were, one that is under way included.
    #[schema(example = 1)]
    pub attempts: i32,
    /// The HTTP status that the last attempt was answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 204)]
    pub status: Option<i32>,
    /// How long the last attempt took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 42)]
    pub duration_ms: Option<i64>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<DeliveryFailure>,
    /// When the last attempt ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(deserialize_as = MaybeMoment)]
    pub attempted_at: Option<DateTime<Utc>>,
    /// When the next attempt is due. While one is under way: the end of its lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(column_name = due_at, deserialize_as = MaybeMoment)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was created.
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
}
