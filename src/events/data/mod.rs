//! The `data` of events, a stable public format. It contains no cart, no personal data and no free text.

mod changes;
mod payment;
mod transaction;

pub use changes::{
    CompanyEventData, EndpointEventData, FindingEventData, HealthEventData, IntegrationEventData,
    RulesEventData,
};
pub use payment::{EventAmounts, EventMethod, PaymentEventData};
pub use transaction::{EventFunding, EventInvoice, EventTransaction};

use utoipa::openapi::{RefOr, Schema, schema::RefBuilder};

/// A reference to a schema that another module owns, by its name in the API document.
fn named(schema: &str, description: &str) -> RefOr<Schema> {
    RefBuilder::new()
        .ref_location_from_schema_name(schema)
        .description(Some(description))
        .build()
        .into()
}

fn payment_status() -> RefOr<Schema> {
    named(
        "PaymentStatus",
        "Where the payment is between its beginning and the money.",
    )
}

fn previous_status() -> RefOr<Schema> {
    named(
        "PaymentStatus",
        "The status before this change; the same where it did not change, absent where the payment began.",
    )
}

fn action() -> RefOr<Schema> {
    named("TransactionAction", "What was done.")
}

fn origin() -> RefOr<Schema> {
    named(
        "TransactionOrigin",
        "Who did it: a caller of this service, or the provider.",
    )
}

fn state() -> RefOr<Schema> {
    named("TransactionState", "How it ended, as far as that is known.")
}

fn finding_code() -> RefOr<Schema> {
    named("FindingCode", "The kind of difference.")
}

fn finding_state() -> RefOr<Schema> {
    named("FindingState", "Whether somebody still has to look at it.")
}

fn health_state() -> RefOr<Schema> {
    named(
        "IntegrationHealthState",
        "How well the provider can be reached.",
    )
}

fn health_reason() -> RefOr<Schema> {
    named(
        "IntegrationHealthReason",
        "Why the provider cannot be reached as it should.",
    )
}

fn disabled_reason() -> RefOr<Schema> {
    named("EndpointDisabledReason", "Why the service switched it off.")
}
