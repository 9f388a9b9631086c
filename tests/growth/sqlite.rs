//! SQLite is asked for the plan of each statement that the service sent.

use std::{collections::BTreeSet, sync::Mutex};

use diesel::{RunQueryDsl, sql_types::Text};
use onterms::store::{Store, StoreError, observe_statements};

use crate::{
    TestApp,
    load::{self, SQLITE},
    support::Database,
    traffic,
};

/// Tables that grow with the shop.
const BIG: [&str; 9] = [
    "deliveries",
    "events",
    "payments",
    "transactions",
    "payment_events",
    "payment_checkouts",
    "webhook_events",
    "idempotency_keys",
    "payment_secure_hashes",
];

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps the statements for SQLite, without their parameters.
fn observe(statement: &str) {
    let text = statement.split(" -- binds").next().unwrap_or_default();
    let is_for_sqlite = text.contains('`');
    if is_for_sqlite {
        SEEN.lock().expect("no panic").insert(text.to_owned());
    }
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The indexes that hold some rows of their table.
async fn partial_indexes(store: &Store) -> Vec<String> {
    let query = "SELECT i.name AS detail FROM sqlite_master t JOIN pragma_index_list(t.name) i \
                 WHERE t.type = 'table' AND i.partial = 1";
    let read =
        store.read(move |conn| Ok::<Vec<Step>, StoreError>(diesel::sql_query(query).load(conn)?));
    let rows = read.await.expect("the indexes");
    rows.into_iter().map(|row| row.detail).collect()
}

async fn plan(store: &Store, statement: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let read = store.read(move |conn| {
        Ok::<Vec<Step>, StoreError>(diesel::sql_query(explain.clone()).load(conn)?)
    });
    let steps = read
        .await
        .unwrap_or_else(|error| panic!("{error:?}: {statement}"));
    steps.into_iter().map(|step| step.detail).collect()
}

/// What of a plan takes longer with more rows.
fn growing(statement: &str, plan: &[String], partial: &[String]) -> Option<String> {
    let on = |step: &str, verb: &str| {
        let name = step.strip_prefix(verb)?.split(' ').next()?;
        BIG.contains(&name).then(|| name.to_owned())
    };
    // A walk along an index that ends after a page.
    let is_page = !statement.contains(" WHERE ") && statement.contains(" LIMIT ");
    // An index of few rows.
    let is_partial = |step: &str| {
        partial
            .iter()
            .any(|name| step.ends_with(&format!(" {name}")))
    };
    let scan = plan.iter().find(|step| {
        on(step, "SCAN ").is_some() && !(is_page && step.contains(" USING ")) && !is_partial(step)
    });
    if let Some(scan) = scan {
        return Some(scan.clone());
    }
    // What was found by one of these is little.
    let is_little = plan.iter().any(|step| {
        ["(id=?", "order_id=?", "payment_id=?", "MULTI-INDEX OR"]
            .iter()
            .any(|part| step.contains(part))
    });
    let sort = plan
        .iter()
        .find(|step| step.as_str() == "USE TEMP B-TREE FOR ORDER BY");
    let is_about_big = plan
        .iter()
        .any(|step| on(step, "SEARCH ").is_some() || on(step, "SCAN ").is_some());
    sort.filter(|_| is_about_big && !is_little).cloned()
}

async fn grown(database: Database) {
    let database = std::sync::Arc::new(database);
    let app = TestApp::start_with(std::sync::Arc::clone(&database), &traffic::FLAGS).await;
    app.is_tampered();
    let integration = traffic::integration(&app).await;
    for statement in load::statements(&SQLITE) {
        // As it is with users: nobody gathers statistics there.
        if statement != "ANALYZE" {
            crate::app::execute(&app, &statement).await;
        }
    }
    traffic::lists(&app, &integration).await;
    traffic::work(&app, &SQLITE).await;
    let statements = SEEN.lock().expect("no panic").clone();
    assert!(statements.len() > 60, "{} statements", statements.len());
    let partial = partial_indexes(app.service.store()).await;
    let mut heavy = Vec::new();
    for statement in statements.iter().filter(|it| {
        let verb = it.split(' ').next().unwrap_or_default();
        ["SELECT", "UPDATE", "DELETE"].contains(&verb) && !it.contains("COUNT(*)")
            // Nothing is wanted, and nothing read.
            && !it.contains("(1=0)")
    }) {
        // A small limit makes SQLite think that sorting is cheap.
        for limit in ["LIMIT ?", "LIMIT 2"] {
            let statement = statement.replace("LIMIT ?", limit).replace(" OFFSET ?", "");
            let plan = plan(app.service.store(), &statement).await;
            if let Some(step) = growing(&statement, &plan, &partial) {
                heavy.push(format!("{step}:\n    {statement}\n    {plan:?}"));
            }
        }
    }
    assert!(
        heavy.is_empty(),
        "{} statements grow:\n{}",
        heavy.len(),
        heavy.join("\n")
    );
}

#[test]
fn no_statement_reads_more_because_there_is_more_on_sqlite() {
    assert!(observe_statements(observe));
    actix_web::rt::System::new().block_on(grown(Database::sqlite()));
}
