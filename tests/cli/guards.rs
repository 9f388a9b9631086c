//! What an operator may do by mistake, and the commands that refuse it.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::RunQueryDsl;
use onterms::{
    app::{CannotStart, Onterms},
    clock::Clock,
    config::{Settings, Sources},
    rate_limit::Ticks,
    store::{Migrator, Store, StoreError},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    process::{Served, Workspace},
    support::{Database, on_both_databases},
};

async fn execute(database: &Database, statement: &str) {
    let store = Store::open(&database.options()).expect("the database opens");
    let statement = statement.to_owned();
    let done = store
        .write(move |tx| Ok::<_, StoreError>(diesel::sql_query(statement).execute(tx.conn())?));
    done.await.expect("a statement");
    store.close().await;
}

fn quiet(database: &Database) -> Workspace {
    Workspace::new()
        .with_keys()
        .with("DATABASE_URL", database.url())
        .with("ONTERMS__LOG__FILTER", "off")
}

/// The same with another master key.
fn with_another_key(place: Workspace) -> Workspace {
    let other = format!("base64:{}=", "B".repeat(42) + "A");
    place.with("ONTERMS__SECRETS__MASTER_KEY", &other)
}

/// A service in this process that does not listen, with a master key of this letter.
async fn build(database: &Database, key: char) -> Result<Onterms, CannotStart> {
    let flags = [
        ("database.url", database.url().to_owned()),
        (
            "auth.hs256_secret",
            "a secret of the tests, 32 bytes long".to_owned(),
        ),
        (
            "secrets.master_key",
            format!("base64:{}A=", key.to_string().repeat(42)),
        ),
    ];
    let settings = Settings::load(Sources {
        file: None,
        environment: Some(Vec::new()),
        flags: flags.to_vec(),
    });
    let settings = settings.expect("the tests' settings");
    Onterms::build(settings, Clock::system(), Ticks::system()).await
}

fn stop(mut service: Served) {
    service.terminate();
    let (status, log) = service.wait();
    assert_eq!(status.code(), Some(0), "{log}");
}

async fn send(service: &Served, path: &str, token: &str, body: &Value) -> Value {
    let request = service.request(Method::POST, path).bearer_auth(token);
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    let key = KEYS.fetch_add(1, Ordering::Relaxed).to_string();
    let request = request.header("Idempotency-Key", key).json(body);
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{path}: {status} {body}");
    body
}

const BUYER: &str = "amanda@acme.example";

/// A payment with something open, and an API key that is sealed.
async fn begin_payment(place: Workspace) -> Workspace {
    let place = place.with("ONTERMS__LOG__FILTER", "info");
    let (admin, service) = (place.token("admin"), place.serve(&[]));
    let apruve = json!({
        "type": "apruve", "name": "Apruve", "label": { "default": "Terms" },
        "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef" },
    });
    send(&service, "/v1/integrations", &admin, &apruve).await;
    let check = json!({
        "type": "check_money_order", "name": "The check", "label": { "default": "Check" },
        "settings": { "payTo": "A", "sendTo": "B" },
    });
    let method = send(&service, "/v1/integrations", &admin, &check).await;
    let method = &method["paymentMethodId"];
    let rule = json!({ "name": "r", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": method }] });
    send(&service, "/v1/payment-rules", &admin, &rule).await;
    let payment = json!({
        "paymentMethodId": method, "orderId": "SO-1",
        "cart": {
            "currency": "USD", "total": "10.00", "subtotal": { "value": "10.00", "currency": "USD" },
            "customerUser": { "email": BUYER }, "customer": { "id": 42 },
            "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" },
            "lineItems": [{ "productSku": "A", "quantity": 1, "price": { "value": "10.00", "currency": "USD" } }],
        },
    });
    send(&service, "/v1/payments", &admin, &payment).await;
    stop(service);
    place.with("ONTERMS__LOG__FILTER", "off")
}

on_both_databases! {
    async fn a_database_that_a_newer_version_migrated_is_refused(database: Database) {
        let place = quiet(&database);
        execute(&database, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')").await;
        for command in [
            &["serve"][..], &["serve", "--no-migrate"], &["migrate"], &["migrate", "--undo"], &["migrate", "--undo", "--yes"],
            &["verify"], &["check-config"], &["rotate-key"], &["erase-buyer", "--email", BUYER], &["export-buyer", "--email", BUYER],
        ] {
            let ended = place.run(command);
            let sentence = ended.refusal();
            assert!(sentence.contains("29990101000001") && sentence.contains("newer version"), "{command:?}: {sentence}");
        }
        execute(&database, "DELETE FROM __diesel_schema_migrations WHERE version = '29990101000001'").await;
        assert_eq!(place.run(&["verify"]).code, Some(0));
    }

    async fn a_master_key_that_opens_nothing_is_refused_and_named(database: Database) {
        begin_payment(quiet(&database)).await;
        // Whatever is sealed tells, also where an older version never made the key that hashes addresses.
        for statement in ["", "DELETE FROM sealed_keys", "DELETE FROM payment_checkouts", "DELETE FROM webhook_tokens"] {
            if !statement.is_empty() {
                execute(&database, statement).await;
            }
            let place = with_another_key(quiet(&database));
            for command in [
                &["serve"][..], &["check-config"], &["rotate-key"], &["erase-buyer", "--email", BUYER], &["export-buyer", "--email", BUYER],
            ] {
                let ended = place.run(command);
                let sentence = ended.refusal();
                assert!(sentence.contains("secrets.master_key opens nothing"), "{command:?} after `{statement}`: {sentence}");
            }
        }
        execute(&database, "UPDATE integrations SET api_key_sealed = NULL").await;
        let ended = with_another_key(quiet(&database)).run(&["check-config"]);
        assert_eq!(ended.code, Some(0), "nothing is sealed: {ended:?}");
    }

    async fn undo_refuses_while_a_service_is_alive_and_yes_does_not_help(database: Database) {
        let place = quiet(&database).with("ONTERMS__LOG__FILTER", "info");
        let service = place.serve(&[]);
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        for command in [&["migrate", "--undo"][..], &["migrate", "--undo", "--yes"]] {
            let ended = place.run(command);
            let sentence = ended.refusal();
            assert!(sentence.contains("stop every service"), "{sentence}");
        }
        assert!(migrator.pending().expect("what is pending").is_empty());
        stop(service);
        let ended = place.run(&["migrate", "--undo", "--yes"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    async fn a_service_that_is_still_starting_is_seen(database: Database) {
        let place = quiet(&database);
        // It does not listen yet.
        let service = build(&database, 'A').await.expect("the service builds");
        for command in [&["migrate", "--undo"][..], &["migrate", "--undo", "--yes"]] {
            let ended = place.run(command);
            assert!(ended.refusal().contains("stop every service"), "{ended:?}");
        }
        execute(&database, "UPDATE replicas SET layout = 0").await;
        for command in ["serve", "migrate", "check-config"] {
            let ended = place.run(&[command]);
            assert!(ended.refusal().contains("layout 0"), "{command}: {ended:?}");
        }
        service.close().await;
        let ended = place.run(&["migrate", "--undo", "--yes"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    async fn a_service_that_does_not_start_is_not_seen(database: Database) {
        build(&database, 'A').await.expect("the service builds").close().await;
        let refused = build(&database, 'B').await.err();
        assert!(matches!(refused, Some(CannotStart::WrongMasterKey { .. })), "{refused:?}");
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = taken.local_addr().expect("an address").port().to_string();
        for key in ["ONTERMS__SERVER__PORT", "ONTERMS__METRICS__PORT"] {
            let ended = quiet(&database).with(key, &port).run(&["serve"]);
            assert!(ended.refusal().contains("Cannot listen"), "{ended:?}");
        }
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let alive = migrator.replicas(Clock::system().now()).expect("the services");
        assert!(alive.is_empty(), "{alive:?}");
    }

    async fn undo_refuses_to_lose_rows_and_values_and_says_how_many(database: Database) {
        let place = begin_payment(quiet(&database)).await;
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        let mut refused = Vec::new();
        loop {
            let pending = migrator.pending().expect("what is pending");
            let ended = place.run(&["migrate", "--undo"]);
            if ended.code == Some(0) {
                if ended.out == "nothing to do\n" {
                    break;
                }
                continue;
            }
            refused.push(ended.refusal().to_owned());
            assert_eq!(migrator.pending().expect("what is pending"), pending, "nothing was changed");
            let ended = place.run(&["migrate", "--undo", "--yes"]);
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        let all = refused.join("\n");
        for lost in [
            "1 rows of sealed_keys", "1 values of payments.buyer_email_hash", "2 values of integrations.name_folded",
            "1 rows of payment_rules", "1 rows of payments", "2 rows of integrations", "rows of audit_log",
        ] {
            assert!(all.contains(lost), "no `{lost}` in:\n{all}");
        }
        assert!(refused.iter().all(|it| it.contains("--yes")), "{all}");
    }

    async fn erase_buyer_exits_with_3_when_something_was_kept(database: Database) {
        let place = begin_payment(quiet(&database)).await;
        let ended = place.run(&["erase-buyer", "--email", BUYER]);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.out.contains("Kept 1 payments") && ended.out.contains("payment_"), "{ended:?}");
        let ended = place.run(&["erase-buyer", "--email", BUYER, "--force"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let ended = place.run(&["erase-buyer", "--email", BUYER]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    async fn check_config_tries_the_port_and_the_database(database: Database) {
        assert_eq!(quiet(&database).run(&["check-config"]).code, Some(0));
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = taken.local_addr().expect("an address").port().to_string();
        for key in ["ONTERMS__SERVER__PORT", "ONTERMS__METRICS__PORT"] {
            let ended = quiet(&database).with(key, &port).run(&["check-config"]);
            assert!(ended.refusal().contains(&format!("Cannot listen on 127.0.0.1:{port}")), "{ended:?}");
        }
        let mut migrator = Migrator::open(&database.options()).expect("the database opens");
        migrator.revert_last().expect("a migration undoes itself");
        let ended = quiet(&database).run(&["check-config"]);
        assert!(ended.code == Some(0) && ended.out.contains("1 pending migrations"), "{ended:?}");
        let ended = quiet(&database).with("ONTERMS__DATABASE__MIGRATE", "false").run(&["check-config"]);
        assert!(ended.refusal().contains("lacks migrations (1)"), "{ended:?}");
        assert_eq!(migrator.pending().expect("what is pending").len(), 1, "nothing was changed");
    }
}

#[test]
fn commands_beside_the_service_never_make_a_database_a_folder_or_a_key() {
    let quiet = || Workspace::new().with("ONTERMS__LOG__FILTER", "off");
    let (with, without) = (quiet().with_keys(), quiet());
    for (place, word) in [
        (&with, "There is no database"),
        (&without, "secrets.master_key"),
    ] {
        for command in [
            &["rotate-key"][..],
            &["erase-buyer", "--email", BUYER],
            &["export-buyer", "--email", BUYER],
        ] {
            let ended = place.run(command);
            assert!(ended.refusal().contains(word), "{command:?}: {ended:?}");
            assert_eq!(place.files(), Vec::<String>::new(), "{command:?}");
        }
    }
    for command in [
        &["verify"][..],
        &["migrate", "--undo"],
        &["migrate", "--pending"],
        &["serve", "--no-migrate"],
    ] {
        let ended = with.run(command);
        assert!(
            ended.refusal().contains("There is no database"),
            "{command:?}: {ended:?}"
        );
        assert_eq!(with.files(), Vec::<String>::new(), "{command:?}");
    }
    let ended = without.run(&["token", "--role", "admin", "--sub", "me"]);
    assert!(ended.refusal().contains("auth.hs256_secret"), "{ended:?}");
    assert_eq!(without.files(), Vec::<String>::new());
}

#[test]
fn check_config_refuses_what_is_no_database_and_where_none_can_be_made() {
    let place = Workspace::new();
    place.write("rubbish.db", &"this is no database ".repeat(1000));
    let rubbish = place.path().join("rubbish.db").display().to_string();
    for url in [rubbish.as_str(), "/proc/nowhere/onterms.db"] {
        let place = Workspace::new().with_keys().with("DATABASE_URL", url);
        let ended = place
            .with("ONTERMS__LOG__FILTER", "off")
            .run(&["check-config"]);
        assert!(ended.refusal().contains("database"), "{url}: {ended:?}");
    }
}

#[test]
fn check_config_refuses_a_postgresql_that_takes_no_writes() {
    let Some(database) = Database::postgresql("check_config_refuses_a_postgresql") else {
        return;
    };
    let separator = if database.url().contains('?') {
        '&'
    } else {
        '?'
    };
    let read_only = "options=-c%20default_transaction_read_only%3Don";
    let url = format!("{}{separator}{read_only}", database.url());
    let ended = quiet(&database)
        .with("DATABASE_URL", &url)
        .run(&["check-config"]);
    assert!(ended.refusal().contains("read-only"), "{ended:?}");
}
