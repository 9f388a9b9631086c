//! What an upgrade does with the payments that are there.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
};
use onterms::{
    payments::{fill_invoices, verify},
    store::{Migrator, Store, StoreError},
};

use crate::{
    helpers::open,
    support::{Database, on_both_databases},
};

pub const CAPTURES_IN_PARTS: &str = "2026-11-26-000001_capture_in_parts";

pub fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-27T12:00:00Z".parse().expect("a moment")
}

/// Payments of the first release. Ids end in the letter that is given.
struct Rows(Vec<String>);

impl Rows {
    fn new() -> Self {
        Rows(vec![format!(
            "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, updated_at) VALUES \
             ('integration_01h455vb4pex5vsknk084sn02q', 'apruve', 'Apruve', true, '{{}}', '{{}}', '{{}}', 1, {AT}, {AT})"
        )])
    }

    /// Sums: authorized, invoiced, captured, returned, refunded, canceled.
    #[allow(clippy::too_many_arguments, reason = "columns of a row")]
    fn payment(
        mut self,
        letter: char,
        order: &str,
        website: Option<&str>,
        status: &str,
        live: bool,
        rests: bool,
        ended: Option<&str>,
        sums: [i64; 6],
    ) -> Self {
        let text = |text: Option<&str>| text.map_or("NULL".to_owned(), |it| format!("'{it}'"));
        let rests = if rests { AT } else { "NULL" };
        let sums = sums.map(|it| it.to_string()).join(", ");
        self.0.push(format!(
            "INSERT INTO payments (id, integration_id, method_type, method_label, website, order_id, currency, amount, \
             provider_account, merchant_order_id, provider_order_id, ended, version, created_at, updated_at, status, live, \
             unsettled, authorized, invoiced, captured, returned, refunded, canceled, rests_since, next_look_at) VALUES \
             ('payment_01h455vb4pex5vsknk084sn0{letter}q', 'integration_01h455vb4pex5vsknk084sn02q', 'apruve', 'Terms', {}, \
             '{order}', 'USD', 100, 'https://a/m', '{order}-{letter}', 'order{letter}', {}, 3, {AT}, {AT}, '{status}', {live}, \
             false, {sums}, {rests}, NULL)",
            text(website),
            text(ended),
        ));
        self.transaction(
            letter,
            0,
            None,
            "purchase",
            "caller",
            if ended.is_some() {
                "failed"
            } else {
                "succeeded"
            },
            100,
        )
    }

    #[allow(clippy::too_many_arguments, reason = "columns of a row")]
    fn transaction(
        mut self,
        letter: char,
        number: u8,
        parent: Option<u8>,
        action: &str,
        origin: &str,
        state: &str,
        amount: i64,
    ) -> Self {
        let id = |number: u8| format!("'txn_01h455vb4pex5vsknk084sn{number}{letter}q'");
        self.0.push(format!(
            "INSERT INTO transactions (id, payment_id, integration_id, parent_id, action, origin, state, amount, details, reads, \
             absences, created_at, updated_at) VALUES ({}, 'payment_01h455vb4pex5vsknk084sn0{letter}q', \
             'integration_01h455vb4pex5vsknk084sn02q', {}, '{action}', '{origin}', '{state}', {amount}, '{{}}', 0, 0, {AT}, {AT})",
            id(number),
            parent.map_or("NULL".to_owned(), id),
        ));
        self
    }

    /// An authorization, and an invoice over so much.
    fn invoiced(self, letter: char, amount: i64) -> Self {
        self.transaction(letter, 1, Some(0), "authorize", "caller", "succeeded", 100)
            .transaction(letter, 2, Some(1), "invoice", "caller", "succeeded", amount)
    }
}

pub const AT: &str = "'2026-11-23 12:00:00'";

pub fn old_rows() -> Vec<String> {
    let rows = Rows::new()
        // All the money that came went back, and 60 are still due; meanwhile another payment was begun.
        .payment(
            'a',
            "SO-1",
            None,
            "refunded",
            false,
            true,
            None,
            [100, 100, 40, 40, 40, 0],
        )
        .invoiced('a', 40)
        .transaction('a', 3, Some(1), "invoice", "caller", "succeeded", 60)
        .transaction('a', 4, Some(2), "capture", "provider", "succeeded", 40)
        .transaction('a', 5, Some(2), "refund", "caller", "succeeded", 40)
        .payment(
            'b',
            "SO-1",
            Some(""),
            "authorized",
            true,
            false,
            None,
            [100, 0, 0, 0, 0, 0],
        )
        .transaction('b', 1, Some(0), "authorize", "caller", "succeeded", 100)
        // The same order of another website.
        .payment(
            'c',
            "SO-1",
            Some("eu"),
            "authorized",
            true,
            false,
            None,
            [100, 0, 0, 0, 0, 0],
        )
        .transaction('c', 1, Some(0), "authorize", "caller", "succeeded", 100)
        // Captured and taken back.
        .payment(
            'd',
            "SO-2",
            None,
            "invoiced",
            true,
            false,
            None,
            [100, 100, 0, 0, 0, 0],
        )
        .invoiced('d', 100)
        .transaction('d', 3, Some(2), "capture", "provider", "succeeded", 100)
        .transaction('d', 4, Some(3), "reversal", "provider", "succeeded", 100)
        // Over: declined, and given back whole.
        .payment(
            'e',
            "SO-3",
            None,
            "declined",
            false,
            true,
            Some("declined"),
            [0, 0, 0, 0, 0, 0],
        )
        .payment(
            'f',
            "SO-3",
            None,
            "refunded",
            false,
            true,
            None,
            [100, 100, 100, 100, 100, 0],
        )
        .invoiced('f', 100)
        .transaction('f', 3, Some(2), "capture", "provider", "succeeded", 100)
        .transaction('f', 4, Some(2), "refund", "caller", "succeeded", 100)
        .payment(
            'g',
            "SO-3",
            None,
            "paid",
            true,
            true,
            None,
            [100, 100, 100, 0, 0, 0],
        )
        .invoiced('g', 100)
        .transaction('g', 3, Some(2), "capture", "provider", "succeeded", 100);
    rows.0
}

/// Rows that nothing writes, which an upgrade has to survive.
fn strange_rows() -> Vec<String> {
    let rows = Rows(Vec::new())
        .payment(
            'h',
            "SO-9",
            None,
            "nonsense",
            true,
            false,
            None,
            [0, 7, 9, 0, 0, 0],
        )
        .transaction('h', 1, None, "capture", "provider", "succeeded", 9)
        .transaction('h', 2, None, "capture", "provider", "failed", 9)
        .transaction('h', 3, None, "reversal", "provider", "unknown", 9)
        .transaction('h', 4, None, "reversal", "provider", "pending", 9)
        .transaction('h', 5, Some(0), "capture", "caller", "succeeded", 1)
        .transaction('h', 6, Some(0), "capture", "caller", "succeeded", 1);
    rows.0
}

#[derive(QueryableByName, Debug, PartialEq)]
struct StoredState {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Bool)]
    live: bool,
    #[diesel(sql_type = Bool)]
    active: bool,
    #[diesel(sql_type = Bool)]
    rests: bool,
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Booked {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    parent_id: Option<String>,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Integer)]
    ordinal: i32,
}

pub async fn run(store: &Store, statements: Vec<String>) -> Result<(), StoreError> {
    let write = store.write_one(move |tx| {
        for statement in &statements {
            diesel::sql_query(statement).execute(tx.conn())?;
        }
        Ok::<_, StoreError>(())
    });
    write.await
}

pub async fn load<T>(store: &Store, query: &'static str) -> Vec<T>
where
    T: diesel::deserialize::QueryableByName<onterms::store::MultiBackend> + Send + 'static,
{
    let read =
        store.read(move |conn| Ok::<_, StoreError>(diesel::sql_query(query).load::<T>(conn)?));
    read.await.expect("it reads")
}

pub fn revert_through(migrator: &mut Migrator, name: &str) {
    loop {
        let undone = migrator.revert_last().expect("a migration undoes itself");
        if undone.expect("a migration to undo") == name {
            return;
        }
    }
}

/// Letters of payments, and their status.
async fn states(store: &Store) -> Vec<(char, String, bool, bool, bool)> {
    let query = "SELECT id, status, live, active, rests_since IS NOT NULL AS rests FROM payments ORDER BY id";
    let rows: Vec<StoredState> = load(store, query).await;
    let letter = |id: &str| id.chars().rev().nth(1).unwrap_or('?');
    rows.into_iter()
        .map(|it| (letter(&it.id), it.status, it.live, it.active, it.rests))
        .collect()
}

on_both_databases! {
    async fn payments_of_the_release_before_are_carried_over_and_back(database: Database) {
        let options = database.options();
        let mut migrator = Migrator::open(&options).expect("the database opens");
        revert_through(&mut migrator, CAPTURES_IN_PARTS);
        let store = open(&database);
        run(&store, old_rows()).await.expect("rows of the release before");
        migrator.run().expect("the upgrade");

        let expected = |list: &[(char, &str, bool, bool, bool)]| {
            let rows = list.iter().map(|(letter, status, live, active, rests)| (*letter, (*status).to_owned(), *live, *active, *rests));
            rows.collect::<Vec<_>>()
        };
        let upgraded = expected(&[
            ('a', "partially_refunded", true, true, false),
            ('b', "authorized", false, true, false),
            ('c', "authorized", true, true, false),
            ('d', "invoiced", true, true, false),
            ('e', "declined", false, false, true),
            ('f', "refunded", false, false, true),
            ('g', "paid", true, true, true),
        ]);
        assert_eq!(states(&store).await, upgraded);
        let booked: Vec<Booked> = load(&store, "SELECT id, parent_id, amount, ordinal FROM transactions \
            WHERE action IN ('capture', 'reversal') ORDER BY id").await;
        let ordinals: Vec<i32> = booked.iter().map(|it| it.ordinal).collect();
        assert_eq!(ordinals, [1, 1, 1, 1, 2], "{booked:?}");
        assert_eq!(fill_invoices(&store, now()).await.expect("it fills"), 7);
        let mut differences = Vec::new();
        verify::verify(&store, |_, found| differences.extend(found)).await.expect("it reads");
        assert_eq!(differences, []);

        // An older binary does not mix its rows in, and nothing hangs from what is not there.
        let again = |letter| Rows(Vec::new()).payment(letter, "SO-8", None, "pending", true, false, None, [0; 6]).0;
        assert!(run(&store, again('k')).await.is_err(), "a payment without `active`");
        let orphan = Rows(Vec::new()).transaction('a', 9, Some(2), "capture", "provider", "succeeded", 1).0;
        assert!(run(&store, orphan).await.is_err(), "a transaction without `ordinal`");
        let nobodys = "INSERT INTO payment_events (id, payment_id, version, happened_at, source, kind, changed, message) \
            VALUES ('x', 'payment_of_nobody', 1, '2026-11-23 12:00:00', 'caller', 'x', true, 'x')";
        assert!(run(&store, vec![nobodys.to_owned()]).await.is_err(), "an event of no payment");

        // A second capture of an invoice goes back too, as one that the older release does not look at.
        run(&store, vec!["INSERT INTO transactions (id, payment_id, integration_id, parent_id, action, origin, state, amount, details, \
            reads, absences, created_at, updated_at, ordinal) SELECT 'txn_01h455vb4pex5vsknk084sn8aq', payment_id, integration_id, \
            parent_id, action, origin, state, 5, details, reads, absences, created_at, updated_at, 2 FROM transactions \
            WHERE id = 'txn_01h455vb4pex5vsknk084sn4aq'".to_owned()]).await.expect("a second capture");
        revert_through(&mut migrator, CAPTURES_IN_PARTS);
        #[derive(QueryableByName)]
        struct Back {
            #[diesel(sql_type = Text)]
            status: String,
            #[diesel(sql_type = Bool)]
            live: bool,
        }
        let back: Vec<Back> = load(&store, "SELECT status, live FROM payments ORDER BY id").await;
        let back: Vec<(&str, bool)> = back.iter().map(|it| (it.status.as_str(), it.live)).collect();
        assert_eq!(back, [
            ("refunded", false), ("authorized", false), ("authorized", true), ("invoiced", true), ("declined", false),
            ("refunded", false), ("paid", true),
        ]);
        migrator.run().expect("the upgrade again");
        let booked: Vec<Booked> = load(&store, "SELECT id, parent_id, amount, ordinal FROM transactions \
            WHERE action IN ('capture', 'reversal') ORDER BY id").await;
        assert_eq!(booked.iter().map(|it| it.amount).sum::<i64>(), 40 + 100 + 100 + 100 + 100 + 5);
        assert_eq!(states(&store).await.len(), upgraded.len());
    }

    async fn an_upgrade_survives_rows_that_nothing_writes(database: Database) {
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        revert_through(&mut migrator, CAPTURES_IN_PARTS);
        let store = open(&database);
        run(&store, Rows::new().0).await.expect("an integration");
        run(&store, strange_rows()).await.expect("strange rows");
        migrator.run().expect("the upgrade");
        assert_eq!(states(&store).await.len(), 1);
        revert_through(&mut migrator, CAPTURES_IN_PARTS);
        migrator.run().expect("the upgrade again");
    }
}
