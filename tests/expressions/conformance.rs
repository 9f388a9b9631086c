//! The recorded behaviour of the original.

use onterms::cli::eval::report;

const CASES: &str = include_str!("../fixtures/expression-conformance.json");

#[test]
fn every_recorded_case_that_is_no_accident_agrees() {
    let mut lines = Vec::new();
    let summary = report(CASES, &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let disagreeing: Vec<_> = lines
        .lines()
        .filter(|line| line.ends_with(r#""ok":false}"#))
        .collect();
    assert_eq!(summary.cases, 673);
    assert_eq!(lines.lines().count(), 673);
    assert_eq!(summary.disagreeing, 0, "{}", disagreeing.join("\n"));
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}
