//! The deadline for the provider's money, by integration.

use chrono::{DateTime, Utc};

use crate::ids::IntegrationId;

/// Invoices of the integration that have waited since `before` or longer are overdue now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub integration: IntegrationId,
    /// Whether an invoice waits from its shipment on, and not from its issue.
    pub from_shipment: bool,
    pub before: DateTime<Utc>,
}
