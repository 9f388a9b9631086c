//! An example event of each type, for the API document and for `GET /v1/event-types`.

use serde_json::{Value, json};

use super::{EventType, cursor, event_type::DataKind};

/// The suffix of every id in an example.
const SUFFIX: &str = "01h455vb4pex5vsknk084sn02q";
/// An account at the provider.
const COMPANY: &str = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6";
const AT: &str = "2026-03-02T12:00:00Z";
const EARLIER: &str = "2026-03-01T12:00:00Z";

/// An event of a type.
pub fn example_of(kind: EventType) -> Value {
    let (subject, data) = match kind.data_kind() {
        DataKind::Payment => (id("payment"), payment(kind)),
        DataKind::Finding => (id("finding"), finding()),
        DataKind::Integration => (id("integration"), integration(kind)),
        DataKind::Company => (COMPANY.to_owned(), company()),
        DataKind::Rules => ("payment-rules".to_owned(), rules()),
        DataKind::Endpoint => (id("endpoint"), endpoint(kind)),
    };
    let mut event = json!({
        "specversion": "1.0",
        "id": id("evt"),
        "source": format!("urn:onterms:{}", id("installation")),
        "type": kind.as_str(),
        "subject": subject,
        "time": AT,
        "datacontenttype": "application/json",
        "sequence": cursor::to_text(42),
        "data": data,
    });
    if let Some(website) = event["data"].get("website").cloned() {
        event["website"] = website;
    }
    event
}

fn id(prefix: &str) -> String {
    format!("{prefix}_{SUFFIX}")
}

/// The amounts authorized, still open, invoiced, captured, returned, refunded, canceled and due, of a total of 1290.50.
type ExampleSums = [&'static str; 8];

const NOTHING: ExampleSums = [
    "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00",
];
const BEGUN: ExampleSums = [
    "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "1290.50",
];
const AUTHORIZED: ExampleSums = [
    "1290.50", "1290.50", "0.00", "0.00", "0.00", "0.00", "0.00", "1290.50",
];
const PARTLY_AUTHORIZED: ExampleSums = [
    "1290.50", "790.50", "0.00", "0.00", "0.00", "0.00", "500.00", "790.50",
];
const PARTLY_INVOICED: ExampleSums = [
    "1290.50", "790.50", "500.00", "0.00", "0.00", "0.00", "0.00", "1290.50",
];
const INVOICED: ExampleSums = [
    "1290.50", "0.00", "1290.50", "0.00", "0.00", "0.00", "0.00", "1290.50",
];
const PARTLY_PAID: ExampleSums = [
    "1290.50", "0.00", "1290.50", "500.00", "0.00", "0.00", "0.00", "790.50",
];
const PAID: ExampleSums = [
    "1290.50", "0.00", "1290.50", "1290.50", "0.00", "0.00", "0.00", "0.00",
];
const PARTLY_REFUNDED: ExampleSums = [
    "1290.50", "0.00", "1290.50", "1290.50", "90.50", "90.50", "0.00", "0.00",
];
const REFUNDED: ExampleSums = [
    "1290.50", "0.00", "1290.50", "1290.50", "1290.50", "1290.50", "0.00", "0.00",
];
const CANCELED: ExampleSums = [
    "1290.50", "0.00", "0.00", "0.00", "0.00", "0.00", "1290.50", "0.00",
];

/// The status before and after, the amounts, and the action and amount of the transaction that changed.
type Story = (
    &'static str,
    &'static str,
    ExampleSums,
    &'static str,
    &'static str,
);

fn story(kind: EventType) -> Story {
    use EventType::*;
    match kind {
        PaymentAuthorized => ("pending", "authorized", AUTHORIZED, "authorize", "1290.50"),
        PaymentPartiallyAuthorized => (
            "authorized",
            "partially_authorized",
            PARTLY_AUTHORIZED,
            "cancel",
            "500.00",
        ),
        PaymentInvoiced => ("authorized", "invoiced", INVOICED, "invoice", "1290.50"),
        PaymentPartiallyInvoiced => (
            "authorized",
            "partially_invoiced",
            PARTLY_INVOICED,
            "invoice",
            "500.00",
        ),
        PaymentPaid | PaymentCaptured | InvoiceFunded | InvoiceClosed => {
            ("invoiced", "paid", PAID, "capture", "1290.50")
        }
        PaymentPartiallyPaid => (
            "invoiced",
            "partially_paid",
            PARTLY_PAID,
            "capture",
            "500.00",
        ),
        PaymentRefunded => ("paid", "refunded", REFUNDED, "refund", "1290.50"),
        PaymentPartiallyRefunded => (
            "paid",
            "partially_refunded",
            PARTLY_REFUNDED,
            "refund",
            "90.50",
        ),
        PaymentCanceled => ("authorized", "canceled", CANCELED, "cancel", "1290.50"),
        PaymentDeclined => ("pending", "declined", NOTHING, "authorize", "1290.50"),
        PaymentExpired => ("pending", "expired", NOTHING, "purchase", "1290.50"),
        PaymentShipped => ("invoiced", "invoiced", INVOICED, "shipment", "0.00"),
        PaymentUnsettled | PaymentSettled => {
            ("authorized", "authorized", AUTHORIZED, "invoice", "1290.50")
        }
        PaymentFundingOverdue | InvoiceOverdue => {
            ("invoiced", "invoiced", INVOICED, "invoice", "1290.50")
        }
        PaymentCreated
        | FindingOpened
        | IntegrationDeactivated
        | CreditChanged
        | CompanyApproved
        | CompanyChanged
        | CompanyMemberChanged
        | IntegrationUnreachable
        | IntegrationInvalid
        | IntegrationRecovered
        | RulesChanged
        | EndpointDisabled
        | Ping => ("pending", "pending", BEGUN, "purchase", "1290.50"),
    }
}

fn payment(kind: EventType) -> Value {
    let (before, status, sums, action, amount) = story(kind);
    let [
        authorized,
        open,
        invoiced,
        captured,
        returned,
        refunded,
        canceled,
        due,
    ] = sums;
    let state = match kind {
        EventType::PaymentUnsettled => "unknown",
        EventType::PaymentDeclined | EventType::PaymentExpired => "failed",
        _ => "succeeded",
    };
    let mut data = json!({
        "id": id("payment"),
        "version": 4,
        "website": "us-store",
        "orderId": "SO-1001",
        "paymentMethod": { "id": id("apruve"), "type": "apruve" },
        "currency": "USD",
        "amount": "1290.50",
        "status": status,
        "previousStatus": before,
        "unsettled": state == "unknown",
        "amounts": {
            "authorized": authorized, "openAuthorized": open, "invoiced": invoiced, "captured": captured,
            "returned": returned, "refunded": refunded, "canceled": canceled, "due": due,
        },
        "transaction": {
            "id": id("txn"), "action": action, "origin": "caller", "state": state, "amount": amount,
            "createdAt": AT, "updatedAt": AT,
        },
        "createdAt": EARLIER,
        "updatedAt": AT,
    });
    if kind == EventType::PaymentCreated {
        data["version"] = json!(1);
        if let Some(data) = data.as_object_mut() {
            data.remove("previousStatus");
        }
    }
    if ["invoice", "capture", "refund", "shipment"].contains(&action) {
        data["invoice"] = invoice(kind, sums);
    }
    data
}

fn invoice(kind: EventType, sums: ExampleSums) -> Value {
    let [_, _, invoiced, captured, returned, ..] = sums;
    let mut invoice = json!({
        "id": id("txn"), "number": "SO-1001-1", "state": "succeeded", "status": "open",
        "amount": if invoiced == "0.00" { "1290.50" } else { invoiced },
        "captured": captured, "returned": returned, "issuedAt": EARLIER,
    });
    if kind == EventType::PaymentUnsettled {
        invoice["state"] = json!("unknown");
    }
    if kind == EventType::InvoiceFunded {
        invoice["funding"] =
            json!({ "fundedAt": AT, "feeAmount": "38.72", "netAmount": "1251.78" });
    }
    if kind == EventType::InvoiceOverdue {
        invoice["dueAt"] = json!(EARLIER);
        invoice["daysPastDue"] = json!(1);
    }
    if kind == EventType::InvoiceClosed {
        invoice["status"] = json!("closed");
    }
    invoice
}

fn finding() -> Value {
    json!({
        "id": id("finding"), "version": 1, "code": "invoice_differs", "state": "open",
        "paymentId": id("payment"), "integrationId": id("integration"), "expected": "60.00", "observed": "50.00",
        "openedAt": AT,
    })
}

fn integration(kind: EventType) -> Value {
    let mut data = json!({
        "id": id("integration"), "version": 2, "type": "apruve", "name": "Apruve US",
        "enabled": kind != EventType::IntegrationDeactivated, "paymentMethodId": id("apruve"), "updatedAt": AT,
    });
    let health = match kind {
        EventType::IntegrationUnreachable => ("down", Some("unreachable")),
        EventType::IntegrationInvalid => ("invalid", Some("unauthorized")),
        EventType::IntegrationRecovered => ("ok", None),
        _ => return data,
    };
    data["health"] = json!({ "state": health.0, "since": AT });
    if let Some(reason) = health.1 {
        data["health"]["reason"] = json!(reason);
    }
    data
}

fn company() -> Value {
    json!({ "id": COMPANY, "integrationId": id("integration"), "name": "Acme Manufacturing", "status": "approved" })
}

fn rules() -> Value {
    json!({ "version": 17, "action": "update", "changedAt": AT })
}

fn endpoint(kind: EventType) -> Value {
    match kind {
        EventType::Ping => {
            json!({ "id": id("endpoint"), "version": 1, "enabled": true, "updatedAt": EARLIER })
        }
        _ => json!({
            "id": id("endpoint"), "version": 3, "enabled": false, "disabledReason": "failing", "updatedAt": AT,
        }),
    }
}
