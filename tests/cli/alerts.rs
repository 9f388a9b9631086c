//! `docs/alerts.yml`: every alert speaks of metrics and labels that a fresh service shows, and says what to do.

use std::{collections::BTreeMap, fs, path::Path};

use promql_parser::{
    label::Matcher,
    parser::{self, Expr, VectorSelector},
    util::{ExprVisitor, walk_expr},
};
use serde::Deserialize;

use crate::process::Workspace;

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alert {
    alert: String,
    expr: String,
    #[serde(rename = "for", default)]
    _lasts: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

/// Labels that Prometheus adds.
const OF_THE_TARGET: [&str; 2] = ["instance", "job"];

/// What an expression asks for.
#[derive(Default)]
struct RecordedCall {
    series: Vec<(String, Vec<Matcher>)>,
    grouped_by: Vec<String>,
}

impl RecordedCall {
    fn add(&mut self, selector: &VectorSelector) {
        let name = selector.name.clone().expect("a metric's name");
        assert!(selector.matchers.or_matchers.is_empty(), "{name}");
        self.series.push((name, selector.matchers.matchers.clone()));
    }
}

impl ExprVisitor for RecordedCall {
    type Error = ();

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, ()> {
        match expr {
            Expr::VectorSelector(selector) => self.add(selector),
            Expr::MatrixSelector(matrix) => self.add(&matrix.vs),
            Expr::Aggregate(aggregate) => {
                let labels = aggregate.modifier.iter().flat_map(|it| &it.labels().labels);
                self.grouped_by.extend(labels.map(ToString::to_string));
            }
            _ => {}
        }
        Ok(true)
    }
}

/// The labels of every series with a name.
fn shown(metrics: &str, name: &str) -> Vec<BTreeMap<String, String>> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    let series = lines.filter_map(|line| {
        let (series, _) = line.rsplit_once(' ')?;
        let (metric, labels) = series.split_once('{').unwrap_or((series, ""));
        (metric == name).then_some(labels)
    });
    let read = |labels: &str| {
        let pairs = labels.trim_end_matches('}').split(',');
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(label, value)| (label.to_owned(), value.trim_matches('"').to_owned()))
            .collect()
    };
    series.map(read).collect()
}

fn rules() -> Vec<Alert> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts.yml");
    let text = fs::read_to_string(path).expect("docs/alerts.yml");
    let rules: Rules = serde_saphyr::from_str(&text).expect("alerting rules");
    rules.groups.into_iter().flat_map(|it| it.rules).collect()
}

#[tokio::test]
async fn every_alert_speaks_of_series_that_a_fresh_service_shows() {
    let place = Workspace::new().with_keys();
    let metrics = place.serve(&[]).metrics().await;
    let mut wrong = Vec::new();
    for Alert { alert, expr, .. } in rules() {
        let parsed = parser::parse(&expr).unwrap_or_else(|error| panic!("{alert}: {error}"));
        let mut asked = RecordedCall::default();
        walk_expr(&mut asked, &parsed).expect("it visits all");
        assert!(!asked.series.is_empty(), "{alert} asks for nothing");
        let mut labels: Vec<String> = OF_THE_TARGET.map(str::to_owned).to_vec();
        for (name, matchers) in &asked.series {
            // Prometheus makes this one itself.
            if name == "up" {
                continue;
            }
            let series = shown(&metrics, name);
            labels.extend(series.iter().flat_map(|it| it.keys().cloned()));
            let matched = series.iter().any(|series| {
                let has = |matcher: &Matcher| {
                    series
                        .get(&matcher.name)
                        .is_some_and(|it| matcher.is_match(it))
                };
                matchers.iter().all(has)
            });
            if !matched {
                wrong.push(format!("{alert}: no series {name} {matchers:?}"));
            }
        }
        for label in asked.grouped_by {
            if !labels.contains(&label) {
                wrong.push(format!("{alert}: nothing has the label {label}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n{metrics}", wrong.join("\n"));
}

#[test]
fn every_alert_says_how_bad_it_is_what_it_means_and_what_to_do() {
    let alerts = rules();
    assert!(alerts.len() > 10);
    for Alert {
        alert,
        labels,
        annotations,
        ..
    } in alerts
    {
        let severity = labels.get("severity").map(String::as_str);
        assert!(matches!(severity, Some("page" | "ticket")), "{alert}");
        for annotation in ["summary", "description", "runbook"] {
            let text = annotations.get(annotation).map_or("", String::as_str);
            assert!(text.len() > 20, "{alert} has no {annotation}");
        }
    }
}
