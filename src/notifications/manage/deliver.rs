//! Requested deliveries: a ping, a redelivery, and a replay since a moment.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{NotificationError, entry, find_visible, find_visible_locked};
use crate::{
    audit::{self, Actor},
    auth::Websites,
    events::{self, EventDraft, EventType},
    idempotency::{self, Key, Once},
    ids::{DeliveryId, EndpointId},
    notifications::{delivery::Delivery, endpoint::Endpoint, store},
    store::{Conn, Store, Tx},
};

/// Creates a `ping` event and its delivery to the endpoint.
pub async fn ping(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: EndpointId,
    caller: Websites,
) -> Result<Once<Delivery>, NotificationError> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let endpoint = find_enabled(tx, id, &caller)?;
                    let (kind, website) = (EventType::Ping, endpoint.only_website());
                    let data = endpoint.event_data();
                    let event = EventDraft::of_endpoint(kind, website, actor.at, &data);
                    let event_id = event.id().to_string();
                    events::append(tx, &[event])?;
                    let kind = kind.as_str();
                    let made = store::insert_delivery(tx, id, &event_id, kind, actor.at)?;
                    Ok((made.id.to_string(), made))
                },
                |tx, made| {
                    let made = made
                        .parse()
                        .map_err(|_| NotificationError::DeliveryNotFound)?;
                    find_delivery(tx, made, &caller).map(|(delivery, _)| delivery)
                },
            )
        })
        .await
}

/// Makes a delivery due again.
pub async fn redeliver(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: DeliveryId,
    caller: Websites,
) -> Result<Once<Delivery>, NotificationError> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let (_, endpoint) = find_delivery(tx, id, &caller)?;
                    if !endpoint.enabled {
                        return Err(NotificationError::Disabled);
                    }
                    store::make_due(tx, id, actor.at)?;
                    let (due, _) = find_delivery(tx, id, &caller)?;
                    Ok((id.to_string(), due))
                },
                |tx, _| find_delivery(tx, id, &caller).map(|(delivery, _)| delivery),
            )
        })
        .await
}

/// Delivers all stored events since a moment again, even those that were delivered, and returns the place in the feed
/// after which they begin.
pub async fn replay(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: EndpointId,
    since: DateTime<Utc>,
    caller: Websites,
) -> Result<Once<i64>, NotificationError> {
    store
        .write(move |tx| {
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| {
                    let endpoint = find_enabled(tx, id, &caller)?;
                    let place = events::store::place_before(tx.conn(), since)?;
                    let place = place.min(endpoint.position);
                    store::rewind(tx, id, place)?;
                    let fields = json!({ "since": { "from": null, "to": since } });
                    audit::record(tx, &actor, &entry("replay", id, fields))?;
                    Ok((place.to_string(), place))
                },
                |_, place| {
                    place
                        .parse()
                        .map_err(|_| NotificationError::EndpointNotFound)
                },
            )
        })
        .await
}

fn find_enabled(
    tx: &mut Tx<'_>,
    id: EndpointId,
    caller: &Websites,
) -> Result<Endpoint, NotificationError> {
    let endpoint = find_visible_locked(tx, id, caller)?;
    endpoint
        .enabled
        .then_some(endpoint)
        .ok_or(NotificationError::Disabled)
}

fn find_delivery(
    conn: &mut Conn,
    id: DeliveryId,
    caller: &Websites,
) -> Result<(Delivery, Endpoint), NotificationError> {
    let none = || NotificationError::DeliveryNotFound;
    let delivery = store::find_delivery(conn, id)?.ok_or_else(none)?;
    let endpoint =
        find_visible(conn, delivery.endpoint_id, caller).map_err(|error| match error {
            NotificationError::EndpointNotFound => none(),
            other => other,
        })?;
    Ok((delivery, endpoint))
}
