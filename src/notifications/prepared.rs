//! Claimed deliveries with everything that the attempts need. This is read once for all deliveries of a claim, because
//! under load these reads are most of the cost of a delivery.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{
    endpoint::Endpoint,
    secret::SealedSecret,
    store::{self, ClaimedDelivery},
};
use crate::{
    events::EventBatch,
    ids::EndpointId,
    store::{Conn, StoreError},
};

/// An endpoint with its secrets.
#[derive(Debug)]
pub struct Addressee {
    pub endpoint: Endpoint,
    /// The secrets that sign now, the present one first.
    pub secrets: Vec<SealedSecret>,
    /// Whether the last attempt at the endpoint failed.
    pub is_failing: bool,
}

/// A claimed delivery with its data.
pub struct PreparedDelivery {
    pub claimed: ClaimedDelivery,
    /// `None` if the endpoint is disabled or deleted.
    pub to: Option<Arc<Addressee>>,
    pub events: Arc<EventBatch>,
}

/// Reads the data for claimed deliveries.
pub fn prepare(
    conn: &mut Conn,
    claimed: Vec<ClaimedDelivery>,
    now: DateTime<Utc>,
) -> Result<Vec<PreparedDelivery>, StoreError> {
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: BTreeSet<EndpointId> = claimed.iter().map(|it| it.endpoint_id).collect();
    let ids: Vec<EndpointId> = ids.into_iter().collect();
    let mut secrets: HashMap<EndpointId, Vec<SealedSecret>> = HashMap::new();
    for (endpoint, secret) in store::active_secrets(conn, &ids, now)? {
        secrets.entry(endpoint).or_default().push(secret);
    }
    let endpoints = store::find_enabled(conn, &ids)?.into_iter();
    let addressees: HashMap<EndpointId, Arc<Addressee>> = endpoints
        .map(|(endpoint, is_failing)| {
            let id = endpoint.id;
            let addressee = Addressee {
                endpoint,
                secrets: secrets.remove(&id).unwrap_or_default(),
                is_failing,
            };
            (id, Arc::new(addressee))
        })
        .collect();
    let events: BTreeSet<&str> = claimed.iter().map(|it| it.event_id.as_str()).collect();
    let events: Vec<&str> = events.into_iter().collect();
    let events = Arc::new(EventBatch::read(conn, &events)?);
    let prepared = claimed.into_iter().map(|claimed| PreparedDelivery {
        to: addressees.get(&claimed.endpoint_id).cloned(),
        events: Arc::clone(&events),
        claimed,
    });
    Ok(prepared.collect())
}
