//! The history of a payment: every event in order, including those that changed nothing.

use chrono::{DateTime, Utc};
use diesel::{Insertable, Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::{PaymentEventId, TransactionId},
    store::{columns::Moment, schema::payment_events},
    string_enum::string_enum,
};

string_enum! {
    /// The source of an event.
    Source as "PaymentEventSource" {
        /// A request to this service.
        Caller = "caller",
        /// The answer to a call of ours.
        Answer = "answer",
        /// A read after a webhook.
        Webhook = "webhook",
        /// A read that a person requested.
        Sync = "sync",
        /// A search for an unknown outcome.
        Recovery = "recovery",
        /// A read of reconciliation.
        Reconciliation = "reconciliation",
        /// A person resolved an unknown outcome.
        Operator = "operator",
        /// A deadline has passed.
        Clock = "clock",
    }
}

/// One entry in the history of a payment.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = payment_events, treat_none_as_default_value = false)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    /// The entry's id.
    #[schema(value_type = String, example = "happening_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentEventId,
    /// When it was noted.
    #[diesel(column_name = happened_at, deserialize_as = Moment, serialize_as = Moment)]
    pub at: DateTime<Utc>,
    /// The source of the event.
    pub source: Source,
    /// What it was about.
    #[schema(example = "invoice.succeeded")]
    pub kind: String,
    /// The transaction it is about, if it is about one.
    #[schema(value_type = Option<String>)]
    pub transaction_id: Option<TransactionId>,
    /// False for late or repeated events.
    pub changed: bool,
    /// What happened, as a sentence.
    #[schema(example = "The provider has the invoice.")]
    pub message: String,
    /// The payment's version then.
    pub version: i64,
}
