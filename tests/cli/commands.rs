//! The commands that end by themselves.

use std::{fs, path::Path};

use serde_json::Value;

use crate::process::Workspace;

#[test]
fn openapi_prints_the_document_that_is_kept() {
    let ended = Workspace::new().run(&["openapi"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    assert_eq!(ended.out, fs::read_to_string(kept).expect("the document"));
}

#[test]
fn demo_once_plays_the_main_job_and_leaves_no_file_behind() {
    let place = Workspace::new();
    let ended = place.run(&["demo", "--once"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in [
        "/v1/checkout/payment-methods",
        "offered",
        "expression_false",
        "-> POST /v1/notification-endpoints",
        "<< notification payment.partially_paid, signature verified",
        "<< notification payment.paid, signature verified",
        "order SO-1001 is paid, version ",
        " expectations held, 0 did not.",
    ] {
        assert!(ended.out.contains(word), "no `{word}` in: {}", ended.out);
    }
    // Nothing of the payment is polled, and the secret is not printed.
    assert!(!ended.out.contains("-> GET /v1/payments/"), "{}", ended.out);
    let mut secrets = ended.out.split("whsec_").skip(1);
    assert!(secrets.all(|rest| rest.starts_with('…')), "{}", ended.out);
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn eval_says_a_line_a_case_and_exits_by_what_came_out() {
    let agree = r#"[
        { "id": "a", "expression": "1 + n", "context": { "n": 1 }, "expect": { "value": 2 } },
        { "id": "b", "expression": "1 +", "context": {}, "expect": { "error": "syntax" } },
        { "id": "q", "expression": "1", "context": {}, "expect": { "value": 7 }, "php_quirk": true }
    ]"#;
    let place = Workspace::new();
    place.write("agree.json", agree);
    let ended = place.run(&["eval", "--cases", "agree.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    let ids: Vec<_> = lines.iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, ["a", "b", "q"]);
    assert_eq!(lines[0]["outcome"]["value"], 2);
    assert_eq!(lines[0]["ok"], true);
    assert_eq!(lines[1]["outcome"]["error"], "syntax");
    assert_eq!(lines[2]["ok"], false);
    assert!(!ended.err.is_empty(), "a summary is on standard error");

    place.write(
        "differ.json",
        &agree.replace("\"value\": 2", "\"value\": 3"),
    );
    let ended = place.run(&["eval", "--cases", "differ.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for (file, text) in [("broken.json", Some("[{")), ("absent.json", None)] {
        if let Some(text) = text {
            place.write(file, text);
        }
        let ended = place.run(&["eval", "--cases", file]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(file), "{ended:?}");
    }
}

#[test]
fn a_token_lives_at_most_ninety_days() {
    let place = Workspace::new().with_keys();
    let ended = place.run(&["token", "--role", "admin", "--sub", "me", "--ttl", "91d"]);
    assert_eq!(ended.out, "");
    assert!(ended.refusal().contains("90"), "{ended:?}");
}

#[test]
fn an_unknown_command_is_a_misused_command_line() {
    let ended = Workspace::new().run(&["sell"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
