//! What the upgrades to notifications and to the filters of payments do with the rows that are there.

use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};
use onterms::store::{Backend, Migrator, Store, StoreError, Undone};

use crate::{
    helpers::{execute, open},
    support::{Database, on_both_databases},
};

const CREATE_NOTIFICATIONS: &str = "2026-11-27-000012_create_notifications";
const INDEX_FILTERS: &str = "2026-11-27-000013_index_payment_filters";

const ROWS: [&str; 5] = [
    "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) \
     VALUES ('i', 'apruve', 'A', true, '{}', '{}', '{}', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
    "INSERT INTO payments (id, integration_id, method_type, method_label, order_id, po_number, buyer_customer_id, \
     buyer_customer_name, currency, amount, version, created_at, updated_at, status, live, active, unsettled, authorized, \
     invoiced, captured, returned, refunded, canceled) VALUES ('p', 'i', 'apruve', 'A', 'SO-1', 'PO 1', 'c', 'Müller', 'USD', \
     100, 7, '2026-03-01 12:00:00', '2026-03-01 12:00:00', 'pending', true, true, false, 0, 0, 0, 0, 0, 0)",
    "INSERT INTO transactions (id, payment_id, integration_id, action, origin, state, amount, details, reads, absences, \
     created_at, updated_at, ordinal, reference, caller_reference, number) VALUES ('t', 'p', 'i', 'purchase', 'caller', \
     'succeeded', 100, '{}', 0, 0, '2026-03-01 12:00:00', '2026-03-01 12:00:00', 0, 'Ref', 'CHK', NULL)",
    "INSERT INTO events (id, type, subject, website, occurred_at, payload, ordinal, sequence) VALUES ('evt_1', \
     'payment.created', 'p', NULL, '2026-03-01 12:00:00', '{\"version\":7}', 1, 1)",
    "UPDATE event_sequence SET last = 1",
];

const NOTIFICATION_ROWS: [&str; 3] = [
    "INSERT INTO notification_endpoints (id, url, types, enabled, position, version, created_at, updated_at) VALUES ('e', \
     'https://erp.example/', '[\"*\"]', true, 1, 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
    "INSERT INTO notification_secrets (id, endpoint_id, sealed, created_at) VALUES ('s', 'e', 'x', '2026-03-01 12:00:00')",
    "INSERT INTO deliveries (id, endpoint_id, event_id, event_type, state, attempts, created_at, due_at) VALUES ('d', 'e', \
     'evt_1', 'payment.created', 'pending', 0, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
];

#[derive(QueryableByName, Debug, PartialEq)]
struct TextRow {
    #[diesel(sql_type = Text)]
    text: String,
}

async fn reported(store: &Store, query: &'static str) -> Vec<String> {
    let read = store
        .read(move |conn| Ok::<Vec<TextRow>, StoreError>(diesel::sql_query(query).load(conn)?));
    read.await
        .expect("rows")
        .into_iter()
        .map(|it| it.text)
        .collect()
}

/// The payment, its transaction and its event.
async fn kept(store: &Store) -> Vec<String> {
    reported(
        store,
        "SELECT po_number || buyer_customer_id || buyer_customer_name AS text FROM payments \
         UNION ALL SELECT reference || caller_reference FROM transactions UNION ALL SELECT payload FROM events",
    )
    .await
}

async fn indexes(store: &Store) -> Vec<String> {
    let query = match store.backend() {
        Backend::Sqlite => {
            "SELECT name || ' ' || COALESCE(sql, '') AS text FROM sqlite_master WHERE type = 'index' ORDER BY name"
        }
        Backend::PostgreSql => {
            "SELECT indexdef AS text FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname"
        }
    };
    reported(store, query).await
}

fn revert_through(migrator: &mut Migrator, last: &str) {
    while migrator
        .revert_last()
        .expect("it undoes itself")
        .expect("a migration")
        != last
    {}
}

on_both_databases! {
    async fn what_happened_before_is_kept_and_notifications_are_not_thrown_away_unasked(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        revert_through(&mut migrator, CREATE_NOTIFICATIONS);
        let store = open(&database);
        for row in ROWS {
            execute(&store, row).await.expect("a row");
        }
        let before = kept(&store).await;
        assert_eq!(before.len(), 3);
        for _ in 0..2 {
            assert_eq!(migrator.run().expect("the upgrade")[0], CREATE_NOTIFICATIONS);
            assert_eq!(kept(&store).await, before);
            for row in NOTIFICATION_ROWS {
                execute(&store, row).await.expect("a row");
            }
            // An endpoint has no second delivery of one event, and nothing hangs from an endpoint that is not there.
            assert!(execute(&store, NOTIFICATION_ROWS[2]).await.is_err());
            let orphan = "INSERT INTO notification_secrets (id, endpoint_id, sealed, created_at) VALUES ('o', 'nobody', 'x', '2026-03-01 12:00:00')";
            assert!(execute(&store, orphan).await.is_err());
            let losses = loop {
                match migrator.undo_last(false).expect("an answer") {
                    // Later migrations keep more of payments.
                    Undone::WouldLose(losses) if losses.iter().all(|it| it.table != "deliveries") => {
                        migrator.undo_last(true).expect("an answer");
                    }
                    Undone::Migration(_) => {}
                    Undone::WouldLose(losses) => break losses,
                    undone => panic!("{undone:?}"),
                }
            };
            let mut lost: Vec<(&str, i64)> = losses.iter().map(|it| (it.table.as_str(), it.count)).collect();
            lost.sort_unstable();
            assert_eq!(lost, [("deliveries", 1), ("notification_endpoints", 1), ("notification_secrets", 1)]);
            revert_through(&mut migrator, CREATE_NOTIFICATIONS);
            assert_eq!(kept(&store).await, before);
        }
        migrator.run().expect("the upgrade");
    }

    async fn the_indexes_of_filters_come_and_go_and_leave_rows_and_others_alone(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let store = open(&database);
        let after = indexes(&store).await;
        revert_through(&mut migrator, INDEX_FILTERS);
        for row in ROWS {
            execute(&store, row).await.expect("a row");
        }
        let (rows, before) = (kept(&store).await, indexes(&store).await);
        assert!(before.len() < after.len() && before != after);
        for _ in 0..2 {
            migrator.run().expect("the upgrade");
            assert_eq!((kept(&store).await, indexes(&store).await), (rows.clone(), after.clone()));
            revert_through(&mut migrator, INDEX_FILTERS);
            assert_eq!((kept(&store).await, indexes(&store).await), (rows.clone(), before.clone()));
        }
        migrator.run().expect("the upgrade");
    }
}
