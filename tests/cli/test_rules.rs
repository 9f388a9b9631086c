//! `onterms test-rules`: the tests of an exported file, with no database.

use serde_json::{Value, json};

use crate::process::Workspace;

fn cart(total: &str) -> Value {
    json!({ "currency": "USD", "total": total, "billingAddress": { "countryIso2": "US" } })
}

fn file() -> Value {
    let method = json!({ "type": "apruve", "name": "Apruve US" });
    json!({
        "version": 1,
        "rules": [{
            "name": "Small orders", "sortOrder": 10, "currency": "USD", "expression": "total <= 1000 and merchantCountry = 'US'",
            "paymentMethods": [method],
        }],
        "merchantCountry": "US",
        "tests": [
            { "name": "Small", "cart": cart("90.00"), "expect": { "offered": ["Apruve US"] } },
            { "name": "Large", "cart": cart("1290.50"), "expect": { "excludes": ["Apruve US"] } },
        ],
    })
}

#[test]
fn tests_that_pass_and_fail_are_reported_and_decide_the_exit_code() {
    let place = Workspace::new();
    place.write("rules.json", &file().to_string());
    let ended = place.run(&["test-rules", "--file", "rules.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        ended.out,
        "ok    Small\nok    Large\n2 tests: 2 passed, 0 failed\n"
    );

    let mut changed = file();
    changed["rules"][0]["expression"] = json!("total <= 50");
    place.write("changed.json", &changed.to_string());
    let ended = place.run(&["test-rules", "--file", "changed.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for part in [
        "FAIL  Small\n",
        "“Apruve US” is offered",
        "offered is nothing",
        "total <= 50 is false: total is 90.00",
        "ok    Large\n",
        "2 tests: 1 passed, 1 failed",
    ] {
        assert!(ended.out.contains(part), "no `{part}` in {}", ended.out);
    }
    let ended = place.run(&["test-rules", "--file", "changed.json", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let told: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((&told["passed"], &told["failed"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&told["tests"][0]["passed"], &told["tests"][1]["passed"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        told["tests"][0]["methods"][0]["reasons"][0]["code"],
        "expression_false"
    );
    assert_eq!(place.files().len(), 2, "no database is made");
}

#[test]
fn what_an_export_says_of_its_methods_counts() {
    let place = Workspace::new();
    for (methods, code) in [
        (
            json!([{ "type": "apruve", "name": "Apruve US", "enabled": true, "currencies": ["USD"] }]),
            0,
        ),
        (
            json!([{ "type": "apruve", "name": "Apruve US", "enabled": true, "currencies": ["EUR"] }]),
            1,
        ),
        (
            json!([{ "type": "apruve", "name": "Apruve US", "enabled": false, "currencies": ["USD"] }]),
            1,
        ),
        // The rule names one that there is not.
        (json!([{ "type": "apruve", "name": "Another" }]), 2),
        (json!([]), 2),
    ] {
        let mut file = file();
        file["paymentMethods"] = methods.clone();
        place.write("rules.json", &file.to_string());
        let ended = place.run(&["test-rules", "--file", "rules.json"]);
        assert_eq!(ended.code, Some(code), "{methods}: {ended:?}");
    }
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let place = Workspace::new();
    let with = |pointer: &str, value: Value| {
        let mut changed = file();
        *changed.pointer_mut(pointer).expect("a value") = value;
        changed.to_string()
    };
    for (text, part) in [
        (String::new(), "line"),
        ("[{".to_owned(), "Line"),
        ("[]".to_owned(), ""),
        ("{}".to_owned(), "/rules"),
        (
            with("/rules/0/expression", json!("total <=")),
            "/rules/0/expression",
        ),
        (with("/rules/0/currency", json!("XXX")), "/rules/0/currency"),
        (with("/tests/0/expect", json!({})), "/tests/0/expect"),
        (with("/tests/1/name", json!("Small")), "/tests/1/name"),
        (with("/tests/0/cart", json!(5)), "/tests/0/cart"),
        (with("/tests", json!(5)), "/tests"),
        (with("/version", json!(2)), "/version"),
    ] {
        place.write("rules.json", &text);
        let ended = place.run(&["test-rules", "--file", "rules.json"]);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(2), ""),
            "{text}: {ended:?}"
        );
        assert!(
            ended.err.to_lowercase().contains(&part.to_lowercase())
                && ended.err.contains("rules.json"),
            "{text}: {ended:?}"
        );
    }
    let ended = place.run(&["test-rules", "--file", "absent.json"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
