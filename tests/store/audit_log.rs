//! What was written down stays as it was.

use crate::helpers::{execute, open};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn the_audit_log_takes_rows_and_gives_none_back(database: Database) {
        let store = open(&database);
        let row = "INSERT INTO audit_log VALUES ('audit_1', '2026-11-22 10:00:00', 'admin', 'create',
                   'rule', 'rule_1', NULL, '{}')";
        assert_eq!(execute(&store, row).await.expect("a row"), 1);

        for change in ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"] {
            assert!(execute(&store, change).await.is_err(), "{change}");
        }
        let untouched = "UPDATE settings SET value = value
                         WHERE (SELECT actor FROM audit_log) = 'nobody'";
        assert_eq!(execute(&store, untouched).await.expect("one row, as it was"), 0);
    }
}
