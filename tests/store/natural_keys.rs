//! The upgrade that keeps the shop's own names for its operations.

use diesel::{prelude::*, sql_types};
use onterms::store::{Conn, Migrator, Store, StoreError};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
};

/// The first migration after the version whose rows are upgraded here.
const MIGRATION: &str = "2026-11-26-000001";

/// Undoes everything down to the upgrade, and that.
fn undo(database: &Database) {
    let mut migrator = Migrator::open(&database.options()).expect("the database opens");
    while let Some(undone) = migrator
        .revert_last()
        .expect("each migration undoes itself")
    {
        if undone.starts_with(MIGRATION) {
            return;
        }
    }
    panic!("there is no such migration");
}

fn upgrade(database: &Database) {
    let mut migrator = Migrator::open(&database.options()).expect("the database opens");
    migrator.run().expect("the upgrade runs");
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = sql_types::Text)]
    id: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    earlier_key: Option<String>,
}

async fn kept(store: &Store) -> Vec<(String, Option<String>)> {
    let read = |conn: &mut Conn| -> Result<Vec<Kept>, StoreError> {
        let query = "SELECT id, earlier_key FROM transactions WHERE natural_key IS NULL AND content_hash IS NULL ORDER BY id";
        Ok(diesel::sql_query(query).load(conn)?)
    };
    let rows = store.read(read).await.expect("the rows read");
    rows.into_iter()
        .map(|row| (row.id, row.earlier_key))
        .collect()
}

/// Statements that fill the tables as they are before the upgrade, whatever else they hold by then.
async fn fill(
    store: &Store,
    rows: &'static [(
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    )],
) {
    execute(store, "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at)
        VALUES ('integration_1', 'apruve', 'A', TRUE, '{}', '{}', '{}', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')").await.expect("an integration");
    execute(store, "INSERT INTO payments (id, integration_id, method_type, method_label, order_id, currency, amount, version, created_at,
        updated_at, status, live, unsettled, authorized, invoiced, captured, returned, refunded, canceled)
        VALUES ('payment_1', 'integration_1', 'apruve', 'A', 'SO-1', 'USD', 100, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00',
        'pending', TRUE, FALSE, 0, 0, 0, 0, 0, 0)").await.expect("a payment");
    for (id, action, origin, number, details) in rows {
        let number = if number.is_empty() {
            "NULL".to_owned()
        } else {
            format!("'{number}'")
        };
        let statement = format!(
            "INSERT INTO transactions (id, payment_id, integration_id, action, origin, state, amount, number, details, reads, absences, created_at, updated_at)
            VALUES ('{id}', 'payment_1', 'integration_1', '{action}', '{origin}', 'succeeded', 1, {number}, '{details}', 0, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
        );
        let write = store
            .write(move |tx| Ok::<_, StoreError>(diesel::sql_query(statement).execute(tx.conn())?));
        write.await.expect(id);
    }
}

on_both_databases! {
    async fn names_from_before_are_kept_also_where_one_stands_twice(database: Database) {
        undo(&database);
        let store = open(&database);
        fill(&store, &[
            ("t01", "invoice", "caller", "INV-1", r#"{"invoice":{"status":"open"}}"#),
            ("t02", "refund", "caller", "t02", r#"{"refund":{"refundReference":"CM-1"}}"#),
            ("t03", "refund", "caller", "t03", r#"{"refund":{"refundReference":"CM-1"}}"#),
            ("t04", "refund", "caller", "t04", r#"{"refund":{"refundReference":null}}"#),
            ("t05", "refund", "caller", "t05", r#"{"refund":{"refundReference":""}}"#),
            ("t06", "shipment", "caller", "t06", r#"{"shipment":{"trackingNumber":"1Z"}}"#),
            ("t07", "shipment", "caller", "t07", r#"{"shipment":{"trackingNumber":"1Z"}}"#),
            ("t08", "shipment", "provider", "", r#"{"shipment":{"trackingNumber":"1Z"}}"#),
            ("t09", "refund", "caller", "t09", "not JSON at all"),
            ("t10", "shipment", "caller", "t10", ""),
            ("t11", "refund", "caller", "t11", r#"["a list"]"#),
            ("t12", "invoice", "caller", "INV-2", "{"),
            ("t13", "purchase", "caller", "", "{}"),
            ("t14", "refund", "caller", "t14", r#"{"refund":"RMA"}"#),
            ("t15", "refund", "caller", "t15", r#"{"refund":{"refundReference":17}}"#),
        ]).await;
        drop(store);
        let expected = [
            Some("INV-1"), Some("CM-1"), Some("CM-1"), None, None, Some("1Z"), Some("1Z"), None, None, None, None,
            Some("INV-2"), None, None, Some("17"),
        ];
        for round in 0..2 {
            upgrade(&database);
            let store = open(&database);
            let kept = kept(&store).await;
            assert!(kept.iter().map(|(_, key)| key.as_deref()).eq(expected), "{round}: {kept:?}");
            drop(store);
            undo(&database);
        }
        upgrade(&database);
    }
}
