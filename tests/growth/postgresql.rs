//! PostgreSQL explains each statement itself while it runs it, with the plan that it would keep for any parameters.

use std::{fs, sync::Arc};

use serde_json::Value;

use crate::{
    TestApp,
    load::{self, POSTGRESQL},
    support::{Database, postgres},
    traffic,
};

const DATABASE: &str = "grown";
/// No step of a plan may read or sort more rows; a page has 201, a batch 500.
const MOST_ROWS: f64 = 3000.0;

const EXPLAINED: [&str; 7] = [
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "auto_explain.log_analyze = on",
    "auto_explain.log_timing = off",
    "auto_explain.log_format = 'json'",
    "auto_explain.log_level = 'log'",
    "plan_cache_mode = force_generic_plan",
];

/// The plans in a log, each with its statement.
fn plans(log: &str) -> Vec<(String, Value)> {
    let mut plans = Vec::new();
    for part in log.split(" plan:\n").skip(1) {
        let mut values = serde_json::Deserializer::from_str(part).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            let text = value["Query Text"].as_str().unwrap_or_default();
            plans.push((text.to_owned(), value["Plan"].clone()));
        }
    }
    plans
}

/// The rows of the step that touches most, and what that is.
fn heaviest(plan: &Value) -> (f64, String) {
    let number = |field: &str| plan[field].as_f64().unwrap_or_default();
    let loops = number("Actual Loops").max(1.0);
    let rows = (number("Actual Rows")
        + number("Rows Removed by Filter")
        + number("Rows Removed by Index Recheck")
        + number("Rows Removed by Join Filter"))
        * loops;
    let name = format!(
        "{} {} {}",
        plan["Node Type"], plan["Relation Name"], plan["Index Name"]
    );
    let below = plan["Plans"].as_array().into_iter().flatten().map(heaviest);
    below.fold(
        (rows, name),
        |most, other| if other.0 > most.0 { other } else { most },
    )
}

async fn grown(cluster: postgres::Cluster) {
    cluster.create(DATABASE);
    let url = cluster.url(DATABASE);
    // The service makes the integration; its rows come before its plans are looked at.
    let app = TestApp::start_with(Arc::new(Database::at(url.clone())), &[]).await;
    app.is_tampered();
    let integration = traffic::integration(&app).await;
    // Its workers would go on, and their statements are not explained.
    app.service.clone().close().await;
    drop(app);
    for statement in load::statements(&POSTGRESQL) {
        cluster.execute(DATABASE, &statement);
    }
    for setting in EXPLAINED {
        cluster.execute(
            "postgres",
            &format!("ALTER DATABASE {DATABASE} SET {setting}"),
        );
    }
    let app = TestApp::start_with(Arc::new(Database::at(url)), &traffic::FLAGS).await;
    app.is_tampered();
    traffic::lists(&app, &integration).await;
    traffic::work(&app, &POSTGRESQL).await;

    let log = fs::read_to_string(cluster.log()).expect("the log");
    let plans = plans(&log);
    let mut heavy: Vec<String> = plans
        .iter()
        // Who wants to know how many there are has them counted; a run counts once.
        .filter(|(text, _)| {
            !text.to_lowercase().contains("count(*)") && !text.starts_with("ANALYZE")
        })
        .filter_map(|(text, plan)| {
            let (rows, step) = heaviest(plan);
            (rows > MOST_ROWS).then(|| format!("{rows} rows in {step}:\n    {text}"))
        })
        .collect();
    heavy.sort_unstable();
    heavy.dedup();
    assert!(
        heavy.is_empty(),
        "{} statements grow:\n{}",
        heavy.len(),
        heavy.join("\n")
    );
    for seen in [
        "next_look_at\" <=",
        "reconcile_at\" <=",
        "due_at\" <=",
        "updated_at\" >=",
        "SKIP LOCKED",
        "buyer_read",
        "\"rests_since\" <",
        "\"position_at\"",
        "unfunded_since",
        "overdue_noted_for",
        "\"sequence\" >",
        "UNION ALL SELECT named.",
        "\"deliveries\".\"state\" =",
        "row_number() OVER (ORDER BY ordinal)",
    ] {
        assert!(
            plans.iter().any(|(text, _)| text.contains(seen)),
            "no statement with `{seen}` was seen"
        );
    }
}

#[test]
fn no_statement_reads_more_because_there_is_more_on_postgresql() {
    match postgres::own_cluster() {
        Some(cluster) => actix_web::rt::System::new().block_on(grown(cluster)),
        None => postgres::skipped("no_statement_reads_more_because_there_is_more_on_postgresql"),
    }
}
