//! All tables as the migrations create them, and the joins between them.

mod credit;
mod feed;
mod finding;
mod installation;
mod integration;
mod notification;
mod payment;
mod reconciliation;
mod revision;
mod rule;
mod trial;
mod webhook;

pub use credit::{credit_changes, credit_counter, credit_entries, credit_entry_accounts};
pub use feed::{event_sequence, events};
pub use finding::findings;
pub use installation::{audit_log, idempotency_keys, replicas, sealed_keys, token_revocations};
pub use integration::{integration_health, integration_versions, integrations};
pub use notification::{deliveries, notification_endpoints, notification_secrets};
pub use payment::{
    invoice_overdue_notices, invoices, payment_checkouts, payment_events, payment_secure_hashes,
    payments, transactions,
};
pub use reconciliation::{reconciliation_findings, reconciliation_runs};
pub use revision::{revision_counter, revisions, settings, settings_versions};
pub use rule::{
    payment_rule_countries, payment_rule_methods, payment_rule_versions, payment_rules,
    rule_test_set, rule_tests,
};
pub use trial::{recorded_carts, what_ifs};
pub use webhook::{webhook_event_findings, webhook_events, webhook_replays, webhook_tokens};

diesel::joinable!(credit_entries -> integrations (integration_id));
diesel::joinable!(credit_entry_accounts -> credit_entries (entry_id));
diesel::joinable!(deliveries -> notification_endpoints (endpoint_id));
diesel::joinable!(findings -> integrations (integration_id));
diesel::joinable!(findings -> payments (payment_id));
diesel::joinable!(integration_health -> integrations (integration_id));
diesel::joinable!(integration_versions -> revisions (revision));
diesel::joinable!(invoice_overdue_notices -> invoices (invoice_id));
diesel::joinable!(invoices -> payments (payment_id));
diesel::joinable!(invoices -> transactions (id));
diesel::joinable!(notification_secrets -> notification_endpoints (endpoint_id));
diesel::joinable!(payment_checkouts -> payments (payment_id));
diesel::joinable!(payment_events -> payments (payment_id));
diesel::joinable!(payment_rule_countries -> payment_rules (rule_id));
diesel::joinable!(payment_rule_methods -> integrations (integration_id));
diesel::joinable!(payment_rule_methods -> payment_rules (rule_id));
diesel::joinable!(payment_rule_versions -> revisions (revision));
diesel::joinable!(payment_secure_hashes -> payments (payment_id));
diesel::joinable!(payments -> integrations (integration_id));
diesel::joinable!(reconciliation_findings -> payments (payment_id));
diesel::joinable!(reconciliation_findings -> reconciliation_runs (run_id));
diesel::joinable!(settings_versions -> revisions (revision));
diesel::joinable!(transactions -> payments (payment_id));
diesel::joinable!(webhook_event_findings -> findings (finding_id));
diesel::joinable!(webhook_event_findings -> webhook_events (event_id));
diesel::joinable!(webhook_events -> integrations (integration_id));
diesel::joinable!(webhook_events -> payments (payment_id));
diesel::joinable!(webhook_tokens -> integrations (integration_id));

diesel::allow_tables_to_appear_in_same_query!(
    audit_log,
    credit_changes,
    credit_counter,
    credit_entries,
    credit_entry_accounts,
    deliveries,
    event_sequence,
    events,
    findings,
    idempotency_keys,
    integration_health,
    integration_versions,
    integrations,
    invoice_overdue_notices,
    invoices,
    notification_endpoints,
    notification_secrets,
    payment_checkouts,
    payment_events,
    payment_rule_countries,
    payment_rule_methods,
    payment_rule_versions,
    payment_rules,
    payment_secure_hashes,
    payments,
    reconciliation_findings,
    reconciliation_runs,
    recorded_carts,
    replicas,
    revision_counter,
    revisions,
    rule_test_set,
    rule_tests,
    sealed_keys,
    settings,
    settings_versions,
    token_revocations,
    transactions,
    webhook_event_findings,
    webhook_events,
    webhook_replays,
    webhook_tokens,
    what_ifs,
);
