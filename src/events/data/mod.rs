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
        "The status of the payment, from its creation to the receipt of the money.",
    )
}

fn previous_status() -> RefOr<Schema> {
    named(
        "PaymentStatus",
        "The status before this change. It equals `status` if the status did not change. Absent when the payment was created.",
    )
}

fn action() -> RefOr<Schema> {
    named("TransactionAction", "The action of the transaction.")
}

fn origin() -> RefOr<Schema> {
    named(
        "TransactionOrigin",
        "The origin of the transaction: a caller of this service, or the provider.",
    )
}

fn state() -> RefOr<Schema> {
    named("TransactionState", "The state, as far as it is known.")
}

fn finding_code() -> RefOr<Schema> {
    named("FindingCode", "The kind of difference.")
}

fn finding_state() -> RefOr<Schema> {
    named("FindingState", "Whether a person still has to check it.")
}

fn health_state() -> RefOr<Schema> {
    named(
        "IntegrationHealthState",
        "The state of the account at the provider.",
    )
}

fn health_reason() -> RefOr<Schema> {
    named(
        "IntegrationHealthReason",
        "The reason why the account is not `ok`.",
    )
}

fn disabled_reason() -> RefOr<Schema> {
    named("EndpointDisabledReason", "Why the service switched it off.")
}
