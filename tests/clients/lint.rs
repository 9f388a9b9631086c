//! The document passes two linters without an error and without a warning.

use crate::tools::{document, node, program, run, sources};

#[test]
fn redocly_has_nothing_to_say() {
    let Some(packages) = node() else { return };
    // A rule that is broken on purpose is listed in `.redocly.lint-ignore.yaml`, with the reason.
    let mut lint = program(packages, "redocly");
    lint.args(["lint", "--config", "redocly.yaml", "--format=json"])
        .arg("../../openapi/openapi.json")
        .current_dir(sources())
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let told = run(&mut lint);
    let start = told.find('{').expect("a report");
    let mut reports = serde_json::Deserializer::from_str(&told[start..]).into_iter();
    let report: serde_json::Value = reports.next().expect("a report").expect("JSON");
    assert_eq!(report["totals"]["errors"], 0, "{told}");
    assert_eq!(report["totals"]["warnings"], 0, "{told}");
}

#[test]
fn spectral_has_nothing_to_say() {
    let Some(packages) = node() else { return };
    let mut lint = program(packages, "spectral");
    lint.args(["lint", "--fail-severity=hint", "--ruleset"])
        .arg(sources().join("spectral.yaml"))
        .arg(document());
    run(&mut lint);
}
