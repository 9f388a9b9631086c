//! Many rows, made by the database itself. Of each kind a few are old and out of the ordinary: what a filter looks for is
//! far away from where an ordered walk would begin.

pub const PAYMENTS: u32 = 200_000;
pub const EVENTS: u32 = 100_000;
/// 30 days before the clock of the tests.
const FIRST: i64 = 1_769_774_400;

/// How the two databases differ.
pub struct Dialect {
    pub series: fn(u32) -> String,
    /// Seconds since 1970 as a timestamp.
    pub moment: fn(&str) -> String,
    /// A number with ten digits.
    pub padded: fn(&str) -> String,
}

pub const POSTGRESQL: Dialect = Dialect {
    series: |count| format!("generate_series(0, {count} - 1) AS s(i)"),
    moment: |seconds| format!("(to_timestamp({seconds}) AT TIME ZONE 'UTC')"),
    padded: |number| format!("lpad(({number})::text, 10, '0')"),
};

pub const SQLITE: Dialect = Dialect {
    series: |count| {
        format!(
            "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < {count} - 1) SELECT i FROM s)"
        )
    },
    moment: |seconds| format!("datetime({seconds}, 'unixepoch')"),
    padded: |number| format!("printf('%010d', {number})"),
};

/// The id of the nth row, as it is shown.
pub fn id(prefix: &str, nth: u32) -> String {
    format!("{prefix}_01h455vb4pex5vsk{nth:010}")
}

/// The statements that fill the tables of a database that has one integration.
pub fn statements(dialect: &Dialect) -> Vec<String> {
    let id = |prefix: &str| format!("'{prefix}_01h455vb4pex5vsk' || {}", (dialect.padded)("i"));
    let moment = |seconds: &str| (dialect.moment)(seconds);
    // A hundred days old, or one of the last thirty.
    let at = moment(&format!(
        "{FIRST} + i - CASE WHEN i < 20 THEN 8640000 ELSE 0 END"
    ));
    // The end of the calendar.
    let never = moment("253402214400");
    let future = moment(&format!("{FIRST} + 40000000 + i"));
    let integration = "(SELECT id FROM integrations)";
    let (payments, events) = ((dialect.series)(PAYMENTS), (dialect.series)(EVENTS));
    let (payment, transaction, event) = (id("payment"), id("txn"), id("event"));
    let first = format!("'{}'", self::id("payment", 0));
    vec![
        format!(
            "INSERT INTO payments (id, integration_id, method_type, method_label, website, order_id, po_number, \
             buyer_customer_id, currency, amount, provider_account, merchant_order_id, provider_order_id, version, created_at, updated_at, status, live, active, \
             unsettled, authorized, invoiced, captured, returned, refunded, canceled, rests_since, unfunded_since, \
             unfunded_shipped_since, next_look_at, reconcile_at, listed_version) \
             SELECT {payment}, {integration}, 'apruve', 'Terms', CASE WHEN i < 5 THEN 'rare' ELSE 'us' END, 'SO-' || i, \
             'PO-' || i, CASE WHEN i < 5 THEN 'rare' ELSE 'big' END, CASE WHEN i < 5 THEN 'EUR' ELSE 'USD' END, 1000, \
             'https://a/m', 'SO-' || i, 'order' || i, 1, {at}, {at}, CASE WHEN i < 5 THEN 'declined' ELSE 'paid' END, \
             true, true, i < 5, 1000, 1000, CASE WHEN i % 2 = 0 THEN 1000 ELSE 0 END, 0, 0, 0, \
             CASE WHEN i < 10 THEN NULL ELSE {at} END, CASE WHEN i < 5 THEN {at} END, CASE WHEN i BETWEEN 5 AND 9 THEN {at} END, \
             CASE WHEN i % 2 = 0 THEN {future} END, {future}, 1 FROM {payments}"
        ),
        format!(
            "INSERT INTO transactions (id, payment_id, integration_id, action, origin, state, amount, details, reads, absences, \
             created_at, updated_at, ordinal, reference) SELECT {transaction}, {payment}, {integration}, 'purchase', 'caller', \
             'succeeded', 1000, '{{}}', 0, 0, {at}, {at}, 0, 'ref' || i FROM {payments}"
        ),
        // Half of them are paid, and a few are overdue.
        format!(
            "INSERT INTO invoices (id, payment_id, integration_id, website, order_id, number, provider_id, po_number, customer_id, \
             customer_name, currency, amount, canceled, paid, returned, remaining, funded, fee, state, status, issued_at, shipped_at, \
             due_at, funded_at, opened_at, moved_at, closed_at, created_at, updated_at) SELECT {transaction}, {payment}, {integration}, \
             CASE WHEN i < 5 THEN 'rare' ELSE 'us' END, 'SO-' || i, 'INV-' || i, 'ref' || i, 'PO-' || i, 'C-' || (i / 100), '', 'USD', \
             1000, 0, CASE WHEN i % 2 = 0 THEN 1000 ELSE 0 END, 0, CASE WHEN i % 2 = 0 THEN 0 ELSE 1000 END, 0, 0, \
             CASE WHEN i < 5 THEN 'failed' ELSE 'succeeded' END, CASE WHEN i < 5 THEN 'canceled' ELSE 'open' END, \
             CASE WHEN i < 10 THEN {at} ELSE {future} END, {never}, {future}, CASE WHEN i BETWEEN 5 AND 9 THEN {at} ELSE {never} END, {at}, {at}, \
             CASE WHEN i % 2 = 0 THEN {at} ELSE {never} END, {at}, {at} FROM {payments}"
        ),
        format!(
            "INSERT INTO payment_events (id, payment_id, version, happened_at, source, kind, changed, message) \
             SELECT {}, {payment}, 1, {at}, 'caller', 'began', true, 'x' FROM {payments}",
            id("happening")
        ),
        format!(
            "INSERT INTO payment_checkouts (payment_id, digest, sealed, buyer_read) SELECT {payment}, 'x', 'x', i >= 20 \
             FROM {payments} WHERE i < 20000"
        ),
        format!(
            "INSERT INTO webhook_events (id, integration_id, dedup_key, event, verified, body_sealed, state, attempts, repeats, \
             payment_id, version, received_at, due_at) SELECT {event}, {integration}, 'key' || i, \
             CASE WHEN i < 5 THEN 'rare.event' ELSE 'order.accepted' END, i >= 5, 'x', \
             CASE WHEN i < 5 THEN 'failed' WHEN i % 2 = 0 THEN 'parked' ELSE 'applied' END, 1, 0, \
             CASE WHEN i < 5 THEN {first} END, 1, {at}, CASE WHEN i % 2 = 0 THEN {future} END FROM {events}"
        ),
        // Those of the set-up have the first numbers.
        "DELETE FROM events".to_owned(),
        format!(
            "INSERT INTO events (id, type, subject, website, occurred_at, payload, ordinal, sequence) \
             SELECT {}, CASE WHEN i = 77777 THEN 'payment.expired' ELSE 'payment.paid' END, {payment}, 'us', {at}, '{{}}', i + 1, i + 1 \
             FROM {events}",
            id("evt")
        ),
        format!("UPDATE event_sequence SET last = {EVENTS}"),
        format!(
            "INSERT INTO notification_endpoints (id, url, types, enabled, position, version, created_at, updated_at) \
             VALUES ('{}', 'https://erp.shop.example/', '[\"payment.paid\"]', true, {EVENTS}, 1, {}, {})",
            self::id("endpoint", 0),
            moment(&FIRST.to_string()),
            moment(&FIRST.to_string()),
        ),
        format!(
            "INSERT INTO deliveries (id, endpoint_id, event_id, event_type, state, attempts, created_at, due_at) \
             SELECT {}, '{}', {}, 'payment.paid', CASE WHEN i BETWEEN 20 AND 24 THEN 'failed' WHEN i % 2 = 0 THEN 'pending' \
             ELSE 'delivered' END, 1, {at}, CASE WHEN i % 2 = 0 AND i >= 25 THEN {future} END FROM {events}",
            id("delivery"),
            self::id("endpoint", 0),
            id("evt"),
        ),
        format!(
            "INSERT INTO idempotency_keys (caller, route, idempotency_key, request_hash, created_at) \
             SELECT 'shop', 'r', 'key' || i, 'x', {} FROM {events}",
            moment(&format!("{FIRST} + 30 * 86400 + i - 1000"))
        ),
        "ANALYZE".to_owned(),
    ]
}

/// Work that is due: a payment, some events, a comparison. Rows that nobody would find first.
pub fn make_due(dialect: &Dialect) -> Vec<String> {
    let past = (dialect.moment)(&FIRST.to_string());
    vec![
        format!(
            "UPDATE payments SET next_look_at = {past}, reconcile_at = {past} WHERE id IN ('{}', '{}')",
            id("payment", PAYMENTS / 2),
            id("payment", PAYMENTS - 1)
        ),
        format!(
            "UPDATE webhook_events SET due_at = {past}, state = 'received' WHERE id IN ('{}', '{}')",
            id("event", EVENTS / 2),
            id("event", EVENTS - 1)
        ),
    ]
}
