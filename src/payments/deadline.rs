//! Since when money must be waited for to be overdue.

use chrono::{DateTime, Utc};

use crate::ids::IntegrationId;

/// By when an integration's invoices must have begun to wait to be overdue now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub integration: IntegrationId,
    /// Whether waiting begins with the shipment.
    pub from_shipment: bool,
    pub before: DateTime<Utc>,
}
