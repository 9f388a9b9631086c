//! Ids are TypeIDs: a prefix for the kind of resource, and a UUIDv7, which sorts by creation time.
//!
//! The format is that of `https://github.com/jetify-com/typeid`, spec 0.3. A malformed id identifies nothing, so a path
//! with one is a 404 like any unknown id.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
    sync::Mutex,
};

use chrono::{DateTime, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use serde::{Deserialize, Serialize};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::{ContextV7, Timestamp, Uuid};

/// An id. `T` is its prefix; `store` stores it as text.
#[derive(
    AsExpression, Clone, Copy, Deserialize, FromSqlRow, PartialEq, Eq, PartialOrd, Ord, Serialize,
)]
#[diesel(sql_type = Text)]
#[serde(transparent, bound = "T: StaticType")]
pub struct Id<T>(TypeSafeId<T>);

impl<T: StaticType> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: StaticType> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: StaticType> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: StaticType> FromStr for Id<T> {
    type Err = type_safe_id::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Id)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $marker:ident: $prefix:literal;)*) => {$(
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $marker;

        impl StaticType for $marker {
            const TYPE: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $name = Id<$marker>;
    )*};
}

ids! {
    /// Names an integration: an account with a payment provider, or an offline method.
    IntegrationId = IntegrationMarker: "integration";
    /// Names a payment rule.
    RuleId = RuleMarker: "rule";
    /// Names a payment: one attempt to pay one order.
    PaymentId = PaymentMarker: "payment";
    /// Names a transaction: something that happened under a payment.
    TransactionId = TransactionMarker: "txn";
    /// Names an entry in the history of a payment.
    PaymentEventId = PaymentEventMarker: "happening";
    /// Names a comparison of many payments with their provider.
    ReconciliationId = ReconciliationMarker: "reconciliation";
    /// Names a finding: a difference that needs a person.
    FindingId = FindingMarker: "finding";
    /// The id of a webhook from Apruve.
    EventId = EventMarker: "event";
    /// Names an event of the feed: something that happened here, for subscribers.
    FeedEventId = FeedEventMarker: "evt";
    /// Names an endpoint that events are posted to.
    EndpointId = EndpointMarker: "endpoint";
    /// Names the secret of an endpoint.
    EndpointSecretId = EndpointSecretMarker: "secret";
    /// Names a delivery: an event for one endpoint.
    DeliveryId = DeliveryMarker: "delivery";
    /// Names a replay: a request to apply many events again.
    ReplayId = ReplayMarker: "replay";
    /// Names a checkout cart that was recorded for what-if trials.
    RecordedCartId = RecordedCartMarker: "cart";
    /// Names a what-if trial of rules on recorded carts.
    WhatIfId = WhatIfMarker: "whatif";
    /// Names an installation of the service: all replicas that share one database.
    InstallationId = InstallationMarker: "installation";
    /// Names a revocation of tokens.
    RevocationId = RevocationMarker: "revocation";
    /// Names an entry of the audit log.
    AuditId = AuditMarker: "audit";
}

/// Keeps ids that one process creates within a millisecond in order of creation.
static SEQUENCE: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id with the creation time `now`.
pub fn fresh<T: StaticType>(now: DateTime<Utc>) -> Id<T> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let moment = Timestamp::from_unix(&SEQUENCE, seconds, now.timestamp_subsec_nanos());
    Id(TypeSafeId::from_uuid(Uuid::new_v7(moment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_prefix_and_reads_back() {
        let id: RuleId = fresh(DateTime::UNIX_EPOCH);
        let text = id.to_string();
        assert!(text.starts_with("rule_0"), "{text}");
        assert_eq!(text.parse::<RuleId>().ok(), Some(id));
        assert!(text.parse::<IntegrationId>().is_err());
    }

    #[test]
    fn ids_of_one_moment_sort_in_the_order_they_were_made() {
        let ids: Vec<RuleId> = (0..1000).map(|_| fresh(DateTime::UNIX_EPOCH)).collect();
        assert!(ids.is_sorted_by(|one, next| one.to_string() < next.to_string()));
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one() {
        let early: RuleId = fresh(DateTime::UNIX_EPOCH);
        let late: RuleId = fresh(DateTime::UNIX_EPOCH + chrono::TimeDelta::milliseconds(1));
        assert!(early.to_string() < late.to_string());
    }
}
