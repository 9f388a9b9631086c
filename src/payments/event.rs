//! The history of a payment: what happened, in order, also that which changed nothing.

use chrono::{DateTime, Utc};
use diesel::{Insertable, Queryable, Selectable};

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
        /// We compared everything.
        Reconciliation = "reconciliation",
        /// A person settled what reading could not.
        Operator = "operator",
        /// Time was up.
        Clock = "clock",
    }
}

/// One entry.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = payment_events, treat_none_as_default_value = false)]
pub struct PaymentEvent {
    pub id: PaymentEventId,
    /// The payment's version then.
    pub version: i64,
    #[diesel(column_name = happened_at, deserialize_as = Moment, serialize_as = Moment)]
    pub at: DateTime<Utc>,
    pub source: Source,
    /// What it was about, such as `invoice.succeeded`.
    pub kind: String,
    pub transaction_id: Option<TransactionId>,
    /// False for late or repeated events.
    pub changed: bool,
    pub message: String,
}
