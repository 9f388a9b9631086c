//! Offline sales, made by the database itself: 2,000 customers, each sale a minute after the one before, every other one paid.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::RunQueryDsl;
use onterms::store::{Store, StoreError};

use crate::load::{Dialect, PAYMENTS};

/// When the last sale was made, and the first payment came.
fn paid_from() -> DateTime<Utc> {
    // A bench may ask what time it is.
    let now = std::time::SystemTime::now();
    DateTime::<Utc>::from(now) - TimeDelta::days(10)
}

/// After all sales, and before any of them was paid.
pub fn moment_between() -> String {
    (paid_from() - TimeDelta::seconds(30))
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Fills the tables of a database that has an integration for checks.
pub fn fill(store: &Store, dialect: &Dialect) {
    let paid = paid_from().timestamp();
    let first = paid - 60 * (i64::from(PAYMENTS) + 1);
    let id = |prefix: &str| format!("'{prefix}_01h455vb4pex5vsk' || {}", (dialect.padded)("i"));
    let capture = format!("'txn_01h455vb4pex5vsm' || {}", (dialect.padded)("i"));
    let (payment, purchase) = (id("payment"), id("txn"));
    let (sold, came) = (
        (dialect.moment)(&format!("{first} + i * 60")),
        (dialect.moment)(&format!("{paid} + i")),
    );
    let (due, never) = (
        (dialect.moment)(&format!("{first} + i * 60 + 30 * 86400")),
        (dialect.moment)("253402214400"),
    );
    let integration = "(SELECT id FROM integrations WHERE type = 'check_money_order')";
    let sales = (dialect.series)(PAYMENTS);
    let odd = "i % 2 = 1";
    let statements = vec![
        format!(
            "INSERT INTO payments (id, integration_id, method_type, method_label, website, order_id, buyer_customer_id, currency, amount, \
             version, listed_version, created_at, updated_at, status, live, active, unsettled, authorized, invoiced, captured, returned, \
             refunded, canceled) SELECT {payment}, {integration}, 'check_money_order', 'Check', 'us', 'SO-' || i, 'C-' || (i % 2000), 'USD', \
             1000, 1, 1, {sold}, {sold}, 'pending', true, true, false, 0, 0, CASE WHEN {odd} THEN 1000 ELSE 0 END, 0, 0, 0 FROM {sales}"
        ),
        format!(
            "INSERT INTO transactions (id, payment_id, integration_id, action, origin, state, amount, details, reads, absences, created_at, \
             updated_at, ordinal, booked_at) SELECT {purchase}, {payment}, {integration}, 'purchase', 'caller', 'pending', 1000, '{{}}', 0, 0, \
             {sold}, {sold}, 0, {sold} FROM {sales}"
        ),
        format!(
            "INSERT INTO transactions (id, payment_id, integration_id, parent_id, action, origin, state, amount, details, reads, absences, \
             created_at, updated_at, ordinal, booked_at) SELECT {capture}, {payment}, {integration}, {purchase}, 'capture', 'caller', \
             'succeeded', 1000, '{{}}', 0, 0, {came}, {came}, 0, {came} FROM {sales} WHERE {odd}"
        ),
        format!(
            "INSERT INTO invoices (id, payment_id, integration_id, website, order_id, number, provider_id, po_number, customer_id, \
             customer_name, currency, amount, canceled, paid, returned, remaining, funded, fee, state, status, issued_at, shipped_at, due_at, \
             funded_at, opened_at, moved_at, closed_at, created_at, updated_at) SELECT {purchase}, {payment}, {integration}, 'us', 'SO-' || i, \
             'SO-' || i, '', '', 'C-' || (i % 2000), 'Customer', 'USD', 1000, 0, CASE WHEN {odd} THEN 1000 ELSE 0 END, 0, \
             CASE WHEN {odd} THEN 0 ELSE 1000 END, 0, 0, 'succeeded', CASE WHEN {odd} THEN 'closed' ELSE 'open' END, {sold}, {never}, {due}, \
             {never}, {sold}, CASE WHEN {odd} THEN {came} ELSE {sold} END, CASE WHEN {odd} THEN {came} ELSE {never} END, {sold}, {sold} \
             FROM {sales}"
        ),
        "ANALYZE".to_owned(),
    ];
    let filled = store.write(move |tx| {
        for statement in &statements {
            diesel::sql_query(statement).execute(tx.conn())?;
        }
        Ok::<_, StoreError>(())
    });
    actix_web::rt::System::new().block_on(filled).expect("rows");
}
