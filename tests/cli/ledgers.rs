//! `onterms verify` and `onterms erase-buyer`, from the outside.

use diesel::RunQueryDsl;
use onterms::store::{Store, StoreError};

use crate::{
    process::Workspace,
    support::{Database, on_both_databases},
};

/// A payment whose status nothing under it explains.
const UNEXPLAINED: [&str; 2] = [
    "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) VALUES \
     ('integration_01h455vb4pex5vsknk084sn02q', 'payment_term', 'Terms', true, '{}', '{}', '{}', 1, '2026-03-01 12:00:00', '2026-03-01 12:00:00')",
    "INSERT INTO payments (id, integration_id, method_type, method_label, order_id, currency, amount, version, created_at, updated_at, \
     status, live, active, unsettled, authorized, invoiced, captured, returned, refunded, canceled) VALUES \
     ('payment_01h455vb4pex5vsknk084sn02q', 'integration_01h455vb4pex5vsknk084sn02q', 'payment_term', 'Terms', 'SO-1', 'USD', 100, 1, \
     '2026-03-01 12:00:00', '2026-03-01 12:00:00', 'paid', true, true, false, 0, 0, 100, 0, 0, 0)",
];

on_both_databases! {
    async fn verify_says_a_line_a_difference_and_exits_by_whether_there_is_one(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url()).with("ONTERMS__LOG__FILTER", "off");
        let ended = place.run(&["verify"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert_eq!(ended.out, "Verified 0 payments; found 0 differences.\n");

        let store = Store::open(&database.options()).expect("the database opens");
        for statement in UNEXPLAINED {
            let done = store.write_one(move |tx| {
                diesel::sql_query(statement).execute(tx.conn())?;
                Ok::<_, StoreError>(())
            });
            done.await.expect("a statement");
        }
        store.close().await;
        let ended = place.run(&["verify"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
        let lines: Vec<&str> = ended.out.lines().collect();
        let id = "payment_01h455vb4pex5vsknk084sn02q";
        assert_eq!(lines, [
            &format!("{id}: `status` is stored as paid and comes to pending."),
            &format!("{id}: `captured` is stored as 100 and comes to 0."),
            "Verified 1 payments; found 2 differences.",
        ]);
    }

    async fn a_service_does_not_start_beside_one_of_another_layout(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url()).with("ONTERMS__LOG__FILTER", "off");
        // What a running service of a later version leaves in the database.
        let insert = |seen: chrono::DateTime<chrono::Utc>| format!(
            "INSERT INTO replicas (id, version, layout, started_at, seen_at) VALUES ('{seen}', '9.0.0', 99, '2026-03-01 12:00:00', '{}')",
            seen.format("%Y-%m-%d %H:%M:%S%.6f")
        );
        let now = onterms::clock::Clock::system().now();
        let store = Store::open(&database.options()).expect("the database opens");
        let execute = async |statement: String| {
            let done = store.write_one(move |tx| {
                diesel::sql_query(statement).execute(tx.conn())?;
                Ok::<_, StoreError>(())
            });
            done.await.expect("a statement");
        };
        execute(insert(now - chrono::TimeDelta::minutes(2))).await;
        let ended = place.run(&["verify"]);
        assert_eq!(ended.code, Some(0), "one that has been silent for minutes has stopped: {}", ended.err);

        execute(insert(now + chrono::TimeDelta::minutes(2))).await;
        for command in [&["serve"][..], &["migrate"], &["verify"]] {
            let ended = place.run(command);
            assert_eq!(ended.code, Some(1), "{command:?}");
            assert!(ended.err.contains("A service of version 9.0.0 (layout 99) uses this database"), "{}", ended.err);
        }
        store.close().await;
    }

    async fn export_buyer_writes_json_and_refuses_what_is_no_address(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url()).with("ONTERMS__LOG__FILTER", "off");
        let ended = place.run(&["export-buyer", "--email", "amanda@acme.example"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        let written: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(written, serde_json::json!({ "payments": [], "webhookBodies": [], "credit": [], "recordedCarts": [], "ruleTests": [] }));
        let ended = place.run(&["export-buyer", "--email", "amanda"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    }

    async fn tests_of_rules_that_name_a_buyer_are_exported_and_reported_as_kept(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url()).with("ONTERMS__LOG__FILTER", "off");
        let store = Store::open(&database.options()).expect("the database opens");
        for statement in [
            "INSERT INTO rule_tests (position, name, cart, expectation) VALUES \
             (0, 'Hers', '{\"currency\":\"USD\",\"total\":\"1.00\",\"customerUser\":{\"email\":\"Amanda@ACME.example\"}}', '{\"excludes\":[\"x\"]}'), \
             (1, 'His', '{\"currency\":\"USD\",\"total\":\"1.00\",\"customerUser\":{\"email\":\"bob@acme.example\"}}', '{\"excludes\":[\"x\"]}')",
            "UPDATE rule_test_set SET tests = 2",
        ] {
            let done = store.write_one(move |tx| {
                diesel::sql_query(statement).execute(tx.conn())?;
                Ok::<_, StoreError>(())
            });
            done.await.expect("a statement");
        }
        store.close().await;
        let ended = place.run(&["export-buyer", "--email", "amanda@acme.example"]);
        let written: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!((ended.code, written["ruleTests"].as_array().map(Vec::len)), (Some(0), Some(1)));
        assert_eq!(written["ruleTests"][0]["name"], "Hers");
        let ended = place.run(&["erase-buyer", "--email", "amanda@acme.example"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(3), ""));
        assert!(ended.out.ends_with("Kept 1 tests of rules whose carts name the buyer; put others in their place with PUT /v1/rule-tests:\nHers\n"), "{}", ended.out);
        let ended = place.run(&["erase-buyer", "--email", "carol@acme.example"]);
        assert_eq!(ended.code, Some(0), "{}", ended.out);
    }

    async fn erase_buyer_shows_what_it_erased_and_refuses_what_is_no_address(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url()).with("ONTERMS__LOG__FILTER", "off");
        let ended = place.run(&["erase-buyer", "--email", "amanda@acme.example"]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert_eq!(ended.out, "Erased 0 carts, the buyer of 0 payments, 0 webhook bodies, 0 entries of credit, and 0 recorded carts.\n");
        let ended = place.run(&["erase-buyer", "--email", "amanda"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    }
}
