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

/// Declares references to schemas that other modules own, by their names in the API document.
macro_rules! references {
    ($($name:ident = $schema:literal, $description:literal;)*) => {$(
        fn $name() -> RefOr<Schema> {
            RefBuilder::new()
                .ref_location_from_schema_name($schema)
                .description(Some($description))
                .build()
                .into()
        }
    )*};
}

references! {
    payment_status = "PaymentStatus", "The status of the payment, from its creation to the receipt of the money.";
    previous_status = "PaymentStatus", "The status before this change. It equals `status` if the status did not change. Absent when the payment was created.";
    action = "TransactionAction", "The action of the transaction.";
    origin = "TransactionOrigin", "The origin of the transaction: a caller of this service, or the provider.";
    state = "TransactionState", "The state, as far as it is known.";
    finding_code = "FindingCode", "The kind of difference.";
    finding_state = "FindingState", "Whether a person still has to check it.";
    health_state = "IntegrationHealthState", "The state of the account at the provider.";
    health_reason = "IntegrationHealthReason", "The reason why the account is not `ok`.";
    disabled_reason = "EndpointDisabledReason", "Why the service switched it off.";
}
