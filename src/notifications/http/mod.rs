//! The HTTP operations of notification endpoints and deliveries.

mod bodies;
mod change;
mod deliveries;
mod endpoints;
mod rotate;

use super::{MOST_ENDPOINTS, manage::NotificationError};
use crate::{
    http::{
        problem::{Kind, Problem},
        routing::Routes,
    },
    ids::{DeliveryId, EndpointId},
};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(endpoints::list_notification_endpoints)
        .routing(endpoints::create_notification_endpoint)
        .routing(endpoints::get_notification_endpoint)
        .routing(change::replace_notification_endpoint)
        .routing(change::update_notification_endpoint)
        .routing(endpoints::delete_notification_endpoint)
        .routing(rotate::rotate_notification_secret)
        .routing(deliveries::ping_notification_endpoint)
        .routing(deliveries::replay_notifications)
        .routing(deliveries::list_deliveries)
        .routing(deliveries::redeliver_delivery);
}

/// Parses the id in a path; an invalid one is a 404.
fn endpoint_id(text: &str) -> Result<EndpointId, Problem> {
    text.parse()
        .map_err(|_| NotificationError::EndpointNotFound.into())
}

fn delivery_id(text: &str) -> Result<DeliveryId, Problem> {
    text.parse()
        .map_err(|_| NotificationError::DeliveryNotFound.into())
}

impl From<NotificationError> for Problem {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::EndpointNotFound => {
                Problem::new(Kind::NotFound, "There is no such notification endpoint.")
            }
            NotificationError::DeliveryNotFound => {
                Problem::new(Kind::NotFound, "There is no such delivery.")
            }
            NotificationError::TooMany => Problem::new(
                Kind::Conflict,
                format!("There are {MOST_ENDPOINTS} notification endpoints already; delete one."),
            ),
            NotificationError::Disabled => Problem::new(
                Kind::WrongState,
                "The notification endpoint is off; switch it on with `enabled: true`.",
            ),
            NotificationError::Refused(problem) => problem,
            NotificationError::Contended => Problem::new(
                Kind::Conflict,
                "Others keep changing this endpoint; read it again and repeat the change.",
            ),
            NotificationError::KeyReused(reused) => reused.into(),
            NotificationError::CannotOpen(cause) => Problem::internal(cause),
            NotificationError::CannotSeal(cause) => Problem::internal(cause),
            NotificationError::Store(error) => error.into(),
        }
    }
}
