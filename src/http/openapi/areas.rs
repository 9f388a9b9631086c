//! The tag and the scopes of operations by path prefix, so that only exceptions name their own.

use utoipa::openapi::{path::Operation, security::SecurityRequirement};

/// Path prefix, tag, and the first word of the scopes. The first row that matches applies.
const AREAS: &[(&str, &str, &str)] = &[
    ("/v1/audit-log", "Audit", "audit"),
    ("/v1/checkout", "Checkout", "checkout"),
    ("/v1/deliveries", "Notifications", "notifications"),
    ("/v1/event", "Events", "events"),
    ("/v1/expressions", "Expressions", "rules"),
    ("/v1/findings", "Findings", "findings"),
    ("/v1/integration", "Integrations", "integrations"),
    ("/v1/invoices", "Receivables", "payments"),
    ("/v1/me", "Tokens", "tokens"),
    (
        "/v1/notification-endpoints",
        "Notifications",
        "notifications",
    ),
    ("/v1/orders", "Payments", "payments"),
    ("/v1/payment-rules", "Payment rules", "rules"),
    ("/v1/payments", "Payments", "payments"),
    ("/v1/reconciliation", "Reconciliation", "payments"),
    ("/v1/reports", "Receivables", "reports"),
    ("/v1/revisions", "Revisions", "rules"),
    ("/v1/rule-revisions", "Revisions", "rules"),
    ("/v1/rule-tests", "Payment rules", "rules"),
    ("/v1/settings", "Settings", "settings"),
    ("/v1/tokens", "Tokens", "tokens"),
    ("/v1/webhook", "Webhooks", "webhooks"),
];

/// Adds the tag and the scope to read or write, if the operation names none.
pub fn complete(path: &str, method: &str, operation: &mut Operation) {
    let Some((_, tag, area)) = AREAS.iter().find(|it| path.starts_with(it.0)) else {
        return;
    };
    operation
        .tags
        .get_or_insert_with(|| vec![(*tag).to_owned()]);
    operation.security.get_or_insert_with(|| {
        let verb = match method {
            "get" => "read",
            _ => "write",
        };
        let scope = format!("{area}:{verb}");
        vec![SecurityRequirement::new("bearer", [scope])]
    });
}
