//! The `data` of events: what those outside may rely on. No cart, no person and no free text is in it.

mod changes;
mod payment;
mod transaction;

pub use changes::{
    CompanyEventData, EndpointEventData, FindingEventData, HealthEventData, IntegrationEventData,
    RulesEventData,
};
pub use payment::{EventAmounts, EventMethod, PaymentEventData};
pub use transaction::{EventFunding, EventInvoice, EventTransaction};

use utoipa::openapi::{Ref, RefOr, Schema};

/// A closed list that a room above owns, by its name in the document.
fn named(schema: &str) -> RefOr<Schema> {
    Ref::from_schema_name(schema).into()
}

fn payment_status() -> RefOr<Schema> {
    named("PaymentStatus")
}

fn action() -> RefOr<Schema> {
    named("TransactionAction")
}

fn origin() -> RefOr<Schema> {
    named("TransactionOrigin")
}

fn state() -> RefOr<Schema> {
    named("TransactionState")
}

fn finding_code() -> RefOr<Schema> {
    named("FindingCode")
}

fn finding_state() -> RefOr<Schema> {
    named("FindingState")
}

fn health_state() -> RefOr<Schema> {
    named("IntegrationHealthState")
}

fn health_reason() -> RefOr<Schema> {
    named("IntegrationHealthReason")
}

fn disabled_reason() -> RefOr<Schema> {
    named("EndpointDisabledReason")
}
