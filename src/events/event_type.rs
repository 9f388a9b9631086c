//! The closed list of event types.

use crate::string_enum::string_enum;

/// What the `data` of an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    Payment,
    Finding,
    Integration,
    Company,
    Rules,
    Endpoint,
}

macro_rules! event_types {
    ($($name:ident = $word:literal, $data:ident, $text:literal;)*) => {
        string_enum! {
            /// The type of an event. The description of the tag `Events` explains each type. Later versions add types,
            /// so a reader must ignore types that it does not know.
            EventType as "EventType" {
                $(#[doc = $text] $name = $word,)*
            }
        }

        impl EventType {
            /// What has happened.
            pub fn meaning(self) -> &'static str {
                match self { $(EventType::$name => $text,)* }
            }

            /// What its `data` is about.
            pub fn data_kind(self) -> DataKind {
                match self { $(EventType::$name => DataKind::$data,)* }
            }
        }
    };
}

event_types! {
    PaymentCreated = "payment.created", Payment, "A payment began.";
    PaymentAuthorized = "payment.authorized", Payment, "The status became `authorized`.";
    PaymentPartiallyAuthorized = "payment.partially_authorized", Payment, "The status became `partially_authorized`.";
    PaymentInvoiced = "payment.invoiced", Payment, "The status became `invoiced`.";
    PaymentPartiallyInvoiced = "payment.partially_invoiced", Payment, "The status became `partially_invoiced`.";
    PaymentPaid = "payment.paid", Payment, "The status became `paid`.";
    PaymentPartiallyPaid = "payment.partially_paid", Payment, "The status became `partially_paid`.";
    PaymentRefunded = "payment.refunded", Payment, "The status became `refunded`.";
    PaymentPartiallyRefunded = "payment.partially_refunded", Payment, "The status became `partially_refunded`.";
    PaymentCanceled = "payment.canceled", Payment, "The status became `canceled`.";
    PaymentDeclined = "payment.declined", Payment, "The status became `declined`.";
    PaymentExpired = "payment.expired", Payment, "The status became `expired`.";
    PaymentShipped = "payment.shipped", Payment, "A shipment was recorded; one event for each.";
    PaymentCaptured = "payment.captured", Payment, "Money came; one event for each capture.";
    PaymentUnsettled = "payment.unsettled", Payment, "The outcome of a transaction became `unknown`; it is read back.";
    PaymentSettled = "payment.settled", Payment, "No transaction's outcome is `unknown` any more.";
    PaymentFundingOverdue = "payment.funding_overdue", Payment, "The provider should have paid the shop by now.";
    InvoiceOverdue = "invoice.overdue", Payment, "An invoice or an offline sale is past due: one event when it becomes so, and one each when it is 31, 61 and 91 days past due.";
    InvoiceFunded = "invoice.funded", Payment, "The provider paid the shop for an invoice, or paid more for it.";
    InvoiceClosed = "invoice.closed", Payment, "An invoice was closed.";
    FindingOpened = "finding.opened", Finding, "A difference to a provider was found that a person has to look at.";
    CreditChanged = "credit.changed", Company, "The provider says that a company's credit changed.";
    CompanyApproved = "company.approved", Company, "The provider approved a company's account.";
    CompanyChanged = "company.changed", Company, "Something else about a company's account changed, such as its status.";
    CompanyMemberChanged = "company.member_changed", Company, "Somebody joined or left a company.";
    IntegrationDeactivated = "integration.deactivated", Integration, "An integration was switched off: its method is not offered.";
    IntegrationUnreachable = "integration.unreachable", Integration, "Several calls in a row to the account of an integration failed: the next ones are held back.";
    IntegrationInvalid = "integration.invalid", Integration, "The provider has rejected the API key of an integration twice, at least a minute apart: its method is not offered.";
    IntegrationRecovered = "integration.recovered", Integration, "The account of an integration answers again after it was `down` or `invalid`.";
    RulesChanged = "rules.changed", Rules, "Payment rules changed; `data.version` is the revision.";
    EndpointDisabled = "endpoint.disabled", Endpoint, "The service switched a notification endpoint off: it answered 410, or nothing but errors for five days.";
    Ping = "ping", Endpoint, "Somebody tries a notification endpoint; it is sent to that one alone.";
}

/// The list as a Markdown table, for the API document.
pub fn type_table() -> String {
    let rows = EventType::ALL.iter();
    let rows = rows.map(|it| format!("\n| `{}` | {} |", it.as_str(), it.meaning()));
    let rows: String = rows.collect();
    format!("| type | what happened |\n|---|---|{rows}")
}
