//! What an upgrade makes of payments that were there before invoices were listed.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use onterms::{
    payments::{fill_invoices, verify},
    store::Migrator,
};

use crate::{
    helpers::open,
    support::{Database, on_both_databases},
    upgrade::{AT, CAPTURES_IN_PARTS, load, now, old_rows, revert_through, run},
};

const CREATE_INVOICES: &str = "2026-11-27-000014_create_invoices";

on_both_databases! {
    async fn invoices_are_listed_with_the_moments_at_which_they_were_booked(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        revert_through(&mut migrator, CAPTURES_IN_PARTS);
        let store = open(&database);
        run(&store, old_rows()).await.expect("rows of the release before");
        // One capture was begun before it succeeded; a settled purchase books nothing.
        run(&store, vec!["INSERT INTO payment_events (id, payment_id, version, happened_at, source, kind, transaction_id, changed, message) \
            VALUES ('x1', 'payment_01h455vb4pex5vsknk084sn0gq', 1, '2026-11-25 08:00:00', 'sync', 'capture.succeeded', \
            'txn_01h455vb4pex5vsknk084sn3gq', true, 'x'), ('x2', 'payment_01h455vb4pex5vsknk084sn0gq', 1, '2026-11-24 08:00:00', 'sync', \
            'capture.pending', 'txn_01h455vb4pex5vsknk084sn3gq', true, 'x')".to_owned()]).await.expect("a history");
        #[derive(QueryableByName, Debug, PartialEq)]
        struct Moments {
            #[diesel(sql_type = Text)]
            id: String,
            #[diesel(sql_type = diesel::sql_types::Timestamp)]
            booked_at: chrono::NaiveDateTime,
        }
        #[derive(QueryableByName, Debug, PartialEq)]
        struct Listed {
            #[diesel(sql_type = Text)]
            id: String,
            #[diesel(sql_type = BigInt)]
            paid: i64,
            #[diesel(sql_type = BigInt)]
            returned: i64,
            #[diesel(sql_type = BigInt)]
            remaining: i64,
        }
        for _ in 0..2 {
            migrator.run().expect("the upgrade");
            let query = "SELECT id, booked_at FROM transactions WHERE payment_id = 'payment_01h455vb4pex5vsknk084sn0gq' ORDER BY id";
            let booked: Vec<Moments> = load(&store, query).await;
            let booked: Vec<String> = booked.iter().map(|it| format!("{} {}", &it.id[27..], it.booked_at)).collect();
            let at = AT.trim_matches('\'');
            assert_eq!(booked, ["0gq 9999-12-31 00:00:00".to_owned(), format!("1gq {at}"), format!("2gq {at}"), "3gq 2026-11-25 08:00:00".to_owned()]);
            assert_eq!(fill_invoices(&store, now()).await.expect("it fills"), 7);
            assert_eq!(fill_invoices(&store, now()).await.expect("it fills"), 0, "once is enough");
            let listed: Vec<Listed> = load(&store, "SELECT id, paid, returned, remaining FROM invoices ORDER BY id").await;
            let listed: Vec<(&str, i64, i64, i64)> = listed.iter().map(|it| (&it.id[27..], it.paid, it.returned, it.remaining)).collect();
            assert_eq!(listed, [("2aq", 40, 40, 0), ("2dq", 0, 0, 100), ("2fq", 100, 100, 0), ("2gq", 100, 0, 0), ("3aq", 0, 0, 60)]);
            let mut differences = Vec::new();
            verify::verify(&store, |_, found| differences.extend(found)).await.expect("it reads");
            assert_eq!(differences, []);
            revert_through(&mut migrator, CREATE_INVOICES);
        }
        migrator.run().expect("the upgrade");
    }
}
