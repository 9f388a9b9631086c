//! Deliveries: one event for one endpoint.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use serde_with::skip_serializing_none;
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
    /// The state of a delivery.
    DeliveryState as "DeliveryState" {
        /// An attempt is due or in progress.
        Pending = "pending",
        /// The endpoint answered with a status of 200 to 299.
        Delivered = "delivered",
        /// No further attempt follows. The event can be redelivered.
        Failed = "failed",
    }
    /// The reason why an attempt failed.
    DeliveryFailure as "DeliveryFailure" {
        /// The service may not call the address: it is not on the public internet, or it does not use https.
        AddressRefused = "address_refused",
        /// The connection failed.
        Unreachable = "unreachable",
        /// The attempt exceeded its time limit.
        Timeout = "timeout",
        /// The connection ended without an answer.
        NoAnswer = "no_answer",
        /// The endpoint answered with a status of 300 to 399; redirects are not followed.
        Redirect = "redirect",
        /// The endpoint answered with a status of 400 to 499, except 410.
        ClientError = "client_error",
        /// The endpoint answered with status 410, which switches it off.
        Gone = "gone",
        /// The endpoint answered with any other status.
        ServerError = "server_error",
        /// The event is no longer kept.
        EventForgotten = "event_forgotten",
        /// The secret could not be opened, so the event was not signed.
        NotSigned = "not_signed",
    }
}

/// The delivery of an event to an endpoint.
#[skip_serializing_none]
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
    /// The event's id. It is the `webhook-id` of each attempt.
    #[schema(example = "evt_01h455vb4pex5vsknk084sn02q")]
    pub event_id: String,
    /// The `type` of the event.
    #[schema(example = "payment.paid")]
    pub event_type: String,
    /// Whether the event was delivered, waits for an attempt, or was given up.
    pub state: DeliveryState,
    /// The number of attempts, including one that is in progress.
    #[schema(example = 1)]
    pub attempts: i32,
    /// The HTTP status of the answer to the last attempt.
    #[schema(example = 204)]
    pub status: Option<i32>,
    /// The duration of the last attempt in milliseconds.
    #[schema(example = 42)]
    pub duration_ms: Option<i64>,
    /// Why the last attempt failed.
    pub failure: Option<DeliveryFailure>,
    /// When the last attempt ended.
    #[diesel(deserialize_as = MaybeMoment)]
    pub attempted_at: Option<DateTime<Utc>>,
    /// When the next attempt is due. While an attempt is in progress, it is the end of that attempt's lease.
    #[diesel(column_name = due_at, deserialize_as = MaybeMoment)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When the delivery was created.
    #[diesel(deserialize_as = Moment)]
    pub created_at: DateTime<Utc>,
}
