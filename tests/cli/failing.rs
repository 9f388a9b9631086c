//! What the log says at night: what broke and where, once, and when it is well again.

use diesel::RunQueryDsl;
use onterms::store::{Store, StoreError};
use reqwest::Method;
use serde_json::json;

use crate::{
    process::Workspace,
    support::{Database, on_both_databases},
};

const BROKEN: &str =
    "the database answers, but the rules cannot be read; checkout answers from the last rules";
const TOO_OLD: &str =
    "the rules are too old to answer from; checkout answers 503 until the database is back";
const BACK: &str = "the database is back; checkout answers from current rules";

const LEFT_OUT: &str = "a rule or a method cannot be read, so checkout goes on without it";

async fn execute(store: &Store, statement: &str) {
    let statement = statement.to_owned();
    let done = store.write(move |tx| {
        diesel::sql_query(statement).execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    done.await.expect("a statement");
}

async fn rename(store: &Store, from: &str, to: &str) {
    execute(store, &format!("ALTER TABLE {from} RENAME TO {to}")).await;
}

on_both_databases! {
    async fn the_log_shows_once_what_broke_and_that_it_is_well_again(database: Database) {
        let place = Workspace::new()
            .with_keys()
            .with("DATABASE_URL", database.url())
            .with("ONTERMS__RULEBOOK__REFRESH", "20ms")
            .with("ONTERMS__RULEBOOK__MAX_STALE", "0s");
        let mut service = place.serve(&[]);
        let admin = place.token("admin");
        let behind = Store::open(&database.options()).expect("the same database");

        rename(&behind, "revision_counter", "gone").await;
        let broken = service.wait_for_line(BROKEN);
        assert_eq!(broken["level"], "ERROR");
        let error = broken["error"].as_str().expect("the cause");
        assert!(error.contains("revision_counter"), "{error}");
        service.wait_for_line(TOO_OLD);
        let cart = json!({ "currency": "USD" });
        for _ in 0..3 {
            let (status, answer) = service.post("/v1/checkout/payment-methods", &admin, &cart).await;
            assert_eq!(status, 503, "{answer}");
        }

        rename(&behind, "audit_log", "nowhere").await;
        let failed = service.request(Method::GET, "/v1/audit-log").bearer_auth(&admin).send().await;
        assert_eq!(failed.expect("an answer").status(), 500);
        let line = service.wait_for_line("a request failed");
        assert_eq!(line["method"], "GET");
        assert_eq!(line["route"], "/v1/audit-log");
        assert_eq!(line["status"], 500);
        assert!(line["took_ms"].is_u64(), "{line}");
        let cause = line["cause"].as_str().expect("the cause");
        assert!(cause.contains("audit_log"), "{cause}");

        rename(&behind, "gone", "revision_counter").await;
        assert_eq!(service.wait_for_line(BACK)["level"], "INFO");
        service.terminate();
        let (status, log) = service.wait();
        assert_eq!(status.code(), Some(0));
        for once in [BROKEN, TOO_OLD, BACK, "a request failed"] {
            assert_eq!(log.matches(once).count(), 1, "`{once}` in:\n{log}");
        }
    }

    async fn the_log_names_what_is_left_out_once_per_version(database: Database) {
        let place = Workspace::new().with_keys().with("DATABASE_URL", database.url());
        let mut service = place.serve(&[]);
        let admin = place.token("admin");
        let behind = Store::open(&database.options()).expect("the same database");
        let integration = |name: &str| json!({
            "type": "check_money_order", "name": name, "label": { "default": "Check" },
            "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
        });
        let (_, made) = service.post("/v1/integrations", &admin, &integration("broken")).await;
        for change in ["label = '{', version = version + 1", "label = '['"] {
            execute(&behind, &format!("UPDATE integrations SET {change} WHERE name = 'broken'")).await;
            // A change made here is seen here, and with it the row that cannot be read.
            let (status, other) = service.post("/v1/integrations", &admin, &integration(change)).await;
            assert_eq!(status, 201, "{other}");
        }
        let line = service.wait_for_line(LEFT_OUT);
        assert_eq!((&line["level"], &line["id"]), (&json!("ERROR"), &made["id"]));
        let error = line["error"].as_str().expect("what cannot be read");
        assert!(error.contains("a label"), "{error}");
        service.terminate();
        let (_, log) = service.wait();
        assert_eq!(log.matches(LEFT_OUT).count(), 1, "{log}");
    }
}
