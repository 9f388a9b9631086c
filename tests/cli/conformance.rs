//! `onterms eval` over the recorded behaviour of the original language.

use onterms::cli::eval::report;

const CASES: &str = include_str!("../../crates/expressions/tests/fixtures/conformance.json");

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

#[test]
fn a_line_shows_the_outcome_with_all_its_digits() {
    let cases = r#"[
        {"id": "a\"b", "expression": "n / 3", "context": {"n": 1}, "expect": {"value": 0.333333333333, "truthy": true}},
        {"id": "2", "expression": "o", "context": {"o": { "x" : [1, "a b"] }}},
        {"id": "3", "expression": "(", "context": {}, "expect": {"error": "runtime", "truthy": false}},
        {"id": "4", "expression": "a", "context": {}, "expect": {"error": "syntax", "truthy": false}},
        {"id": "5", "expression": "a", "expect": {"value": 1, "truthy": true}, "php_quirk": true},
        {"id": "6", "expression": " \n", "context": {}},
        {"id": "7", "expression": "12345678901234567890.123", "context": {}, "expect": {"value": 1, "truthy": true}, "compare": "truthy"}
    ]"#;
    let mut lines = Vec::new();
    let summary = report(cases, &mut lines).unwrap();
    assert_eq!(
        (summary.cases, summary.disagreeing, summary.quirks),
        (7, 1, 1)
    );
    assert_eq!(
        String::from_utf8(lines).unwrap(),
        r#"{"id":"a\"b","outcome":{"value":0.333333333333333333},"truthy":true,"ok":true}
{"id":"2","outcome":{"value":{"x":[1,"a b"]}},"truthy":true,"ok":true}
{"id":"3","outcome":{"error":"syntax"},"truthy":false,"ok":true}
{"id":"4","outcome":{"error":"runtime"},"truthy":false,"ok":false}
{"id":"5","outcome":{"error":"runtime"},"truthy":false,"ok":false}
{"id":"6","outcome":{"value":true},"truthy":true,"ok":true}
{"id":"7","outcome":{"value":12345678901234567890.123},"truthy":true,"ok":true}
"#
    );
}

#[test]
fn a_file_that_is_no_list_of_cases_is_refused_with_a_reason() {
    for (text, reason) in [
        ("{}", "not a JSON array of cases"),
        ("[{}]", "missing field `id`"),
        (
            r#"[{"id": "x", "expression": "1", "context": 5}]"#,
            "case x: its context is not an object",
        ),
    ] {
        let refusal = report(text, &mut Vec::new()).unwrap_err();
        assert!(refusal.contains(reason), "{refusal}");
    }
}
