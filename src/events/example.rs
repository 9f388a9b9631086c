//! An example event of each type, for the API document and for `GET /v1/event-types`.

use serde_json::{Map, Value, json};

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

/// The names of the sums in an example.
const SUMS: &str = "authorized openAuthorized invoiced captured returned refunded canceled due";

/// The sums in the order of [`SUMS`] and in cents, of a total of [`TOTAL`].
type ExampleSums = [i64; 8];

const TOTAL: i64 = 129_050;
const NOTHING: ExampleSums = [0, 0, 0, 0, 0, 0, 0, 0];
const BEGUN: ExampleSums = [0, 0, 0, 0, 0, 0, 0, TOTAL];
const AUTHORIZED: ExampleSums = [TOTAL, TOTAL, 0, 0, 0, 0, 0, TOTAL];
const PARTLY_AUTHORIZED: ExampleSums = [TOTAL, 79_050, 0, 0, 0, 0, 50_000, 79_050];
const PARTLY_INVOICED: ExampleSums = [TOTAL, 79_050, 50_000, 0, 0, 0, 0, TOTAL];
const INVOICED: ExampleSums = [TOTAL, 0, TOTAL, 0, 0, 0, 0, TOTAL];
const PARTLY_PAID: ExampleSums = [TOTAL, 0, TOTAL, 50_000, 0, 0, 0, 79_050];
const PAID: ExampleSums = [TOTAL, 0, TOTAL, TOTAL, 0, 0, 0, 0];
const PARTLY_REFUNDED: ExampleSums = [TOTAL, 0, TOTAL, TOTAL, 9_050, 9_050, 0, 0];
const REFUNDED: ExampleSums = [TOTAL, 0, TOTAL, TOTAL, TOTAL, TOTAL, 0, 0];
const CANCELED: ExampleSums = [TOTAL, 0, 0, 0, 0, 0, TOTAL, 0];

/// An amount as decimal text.
fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The status before and after, the sums, and the action and amount of the transaction that changed.
type Story = (&'static str, &'static str, ExampleSums, &'static str, i64);

fn story(kind: EventType) -> Story {
    use EventType::*;
    let partly_authorized = "partially_authorized";
    match kind {
        PaymentAuthorized => ("pending", "authorized", AUTHORIZED, "authorize", TOTAL),
        PaymentPartiallyAuthorized => (
            "authorized",
            partly_authorized,
            PARTLY_AUTHORIZED,
            "cancel",
            50_000,
        ),
        PaymentInvoiced => ("authorized", "invoiced", INVOICED, "invoice", TOTAL),
        PaymentPartiallyInvoiced => (
            "authorized",
            "partially_invoiced",
            PARTLY_INVOICED,
            "invoice",
            50_000,
        ),
        PaymentPaid | PaymentCaptured | InvoiceFunded | InvoiceClosed => {
            ("invoiced", "paid", PAID, "capture", TOTAL)
        }
        PaymentPartiallyPaid => ("invoiced", "partially_paid", PARTLY_PAID, "capture", 50_000),
        PaymentRefunded => ("paid", "refunded", REFUNDED, "refund", TOTAL),
        PaymentPartiallyRefunded => (
            "paid",
            "partially_refunded",
            PARTLY_REFUNDED,
            "refund",
            9_050,
        ),
        PaymentCanceled => ("authorized", "canceled", CANCELED, "cancel", TOTAL),
        PaymentDeclined => ("pending", "declined", NOTHING, "authorize", TOTAL),
        PaymentExpired => ("pending", "expired", NOTHING, "purchase", TOTAL),
        PaymentShipped => ("invoiced", "invoiced", INVOICED, "shipment", 0),
        PaymentUnsettled | PaymentSettled => {
            ("authorized", "authorized", AUTHORIZED, "invoice", TOTAL)
        }
        PaymentFundingOverdue | InvoiceOverdue => {
            ("invoiced", "invoiced", INVOICED, "invoice", TOTAL)
        }
        // Of these, only `payment.created` is about a payment; a new type must be placed here or above.
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
        | Ping => ("pending", "pending", BEGUN, "purchase", TOTAL),
    }
}

fn payment(kind: EventType) -> Value {
    let (before, status, sums, action, amount) = story(kind);
    let names = SUMS.split(' ').map(str::to_owned);
    let amounts: Map<String, Value> = names.zip(sums.map(|it| json!(dollars(it)))).collect();
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
        "amount": dollars(TOTAL),
        "status": status,
        "previousStatus": before,
        "unsettled": state == "unknown",
        "amounts": amounts,
        "transaction": {
            "id": id("txn"), "action": action, "origin": "caller", "state": state, "amount": dollars(amount),
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
        "amount": dollars(if invoiced == 0 { TOTAL } else { invoiced }),
        "captured": dollars(captured), "returned": dollars(returned), "issuedAt": EARLIER,
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
