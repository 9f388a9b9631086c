//! Statements that are sent for every payment and every webhook are prepared once a connection.

use std::collections::BTreeSet;

use diesel::{RunQueryDsl, sql_types::Text};
use onterms::store::{Backend, StoreError};

use super::statements::{Counted, operations};
use crate::support::{Database, on_both_databases};

#[derive(diesel::QueryableByName)]
struct CompileOption {
    #[diesel(sql_type = Text)]
    compile_options: String,
}

/// Whether something is sent from time to time, and not for a payment: this replica's sign of life, and on PostgreSQL the
/// places of events.
fn is_beside(text: &str) -> bool {
    let words = [
        "replicas",
        "event_sequence SET",
        "FROM event_sequence",
        "\"event_sequence\"",
        "events SET sequence",
    ];
    words.iter().any(|word| text.contains(word))
}

on_both_databases! {
    async fn in_steady_state_nothing_is_prepared_for_a_payment(database: Database) {
        let mut counted = Counted::open(database).await;
        let store = counted.shop.app.service.store().clone();
        operations(&mut counted, "SO-1").await;
        let known = counted.kept.lock().expect("no panic").clone();
        counted.all.lock().expect("no panic").clear();
        operations(&mut counted, "SO-2").await;
        let sent = counted.all.lock().expect("no panic").clone();
        assert!(sent.len() > 100, "{} statements", sent.len());
        // One with a text that was never kept is prepared at each use; so is one whose text the first payment did not have.
        let anew: BTreeSet<&String> =
            sent.iter().filter(|it| !known.contains(*it) && !is_beside(it)).collect();
        assert!(anew.is_empty(), "{anew:#?}");
        if store.backend() == Backend::Sqlite {
            // Without it SQLite itself would prepare some of them again for other parameters.
            let read = store.read(|conn| {
                let options = diesel::sql_query("PRAGMA compile_options");
                Ok::<Vec<CompileOption>, StoreError>(options.load(conn)?)
            });
            let options = read.await.expect("the options");
            assert!(options.iter().any(|it| it.compile_options == "ENABLE_QPSG"));
        }
    }
}
