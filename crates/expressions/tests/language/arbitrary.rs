//! Anything at all, thrown at every door: nothing panics, nothing hangs, and the doors agree with each other.
//!
//! This is the fuzzing of the language, on the stable compiler: `PROPTEST_CASES=100000 cargo test --test expressions arbitrary`
//! runs it as long as one likes.

use std::sync::LazyLock;

use onterms_expressions::{Budget, Expression, Outcome, Record, Verdict, read_free};
use proptest::prelude::*;

use crate::cart::{CART, ORDINARY};

/// Texts of the recorded cases, to be cut and joined.
static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../fixtures/conformance.json")).unwrap();
    cases
        .iter()
        .filter_map(|case| Some(case["expression"].as_str()?.to_owned()))
        .collect()
});

fn budget() -> Budget {
    Budget::new(100_000)
}

/// Every door, for a document.
fn try_all(expression: &Expression, document: &Record<'_>) {
    let holds = expression.holds(document, &mut budget());
    let value = expression.evaluate(document, &mut budget());
    let explanation = expression.explain(document, &mut budget());
    let trace = expression.trace(document, &mut budget());
    match &holds {
        Ok(holds) => {
            assert_eq!(value.as_ref().map(|value| value.truthy()), Ok(*holds));
            assert_eq!(explanation.verdict == Verdict::True, *holds);
            assert_ne!(explanation.verdict, Verdict::Failed);
            assert_eq!(
                trace.outcome,
                if *holds {
                    Outcome::True
                } else {
                    Outcome::False
                }
            );
        }
        Err(error) => {
            assert_eq!(value.as_ref().err(), Some(error));
            assert_eq!(explanation.error, Some(error.code));
            assert_eq!(trace.outcome, Outcome::Failed);
        }
    }
    if let Ok(value) = value {
        let mut json = String::new();
        value.write_json(&mut json);
        serde_json::from_str::<&serde_json::value::RawValue>(&json).unwrap();
    }
}

fn throw(text: &str) {
    let cart = CART.read(ORDINARY).unwrap();
    if let Ok(expression) = Expression::parse(text, &CART) {
        try_all(&expression, &cart);
    }
    if let Ok(expression) = Expression::parse_free(text) {
        let document = read_free(ORDINARY).unwrap();
        try_all(&expression, &document);
    }
}

/// Expressions that parse, over the attributes of a cart.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("total".to_owned()),
        Just("subtotal.value".to_owned()),
        Just("taxAmount".to_owned()),
        Just("currency".to_owned()),
        Just("customer.id".to_owned()),
        Just("customer.creditLimit".to_owned()),
        Just("customer.parent".to_owned()),
        Just("customer.parent.name".to_owned()),
        Just("lineItems[0].quantity".to_owned()),
        Just("lineItem.quantity".to_owned()),
        Just("lineItem.product.sku".to_owned()),
        Just("count(lineItems)".to_owned()),
        Just("1290.50".to_owned()),
        Just("1000".to_owned()),
        Just("10".to_owned()),
        Just("'USD'".to_owned()),
        Just("'B5521'".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "**", "~", "..", "=", "!=", "<", ">", "<=", ">=", "and", "or",
            "&", "|",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(left, operator, right)| format!("({left}) {operator} ({right})")),
            (
                inner.clone(),
                prop::sample::select(vec!["=", "<", ">", "<=", ">=", "!="]),
                inner.clone()
            )
                .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
            inner.clone().prop_map(|operand| format!("not ({operand})")),
            inner
                .clone()
                .prop_map(|operand| format!("({operand}) in ['USD', 10, null]")),
            inner
                .clone()
                .prop_map(|operand| format!("({operand}) not in [1, 2, total]")),
            inner
                .clone()
                .prop_map(|operand| format!("({operand}) matches '/^B/'")),
            inner
                .clone()
                .prop_map(|body| format!("lineItems.any({body})")),
            inner
                .clone()
                .prop_map(|body| format!("lineItems.all({body})")),
            inner
                .clone()
                .prop_map(|body| format!("lineItems.sum({body})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(condition, yes, no)| format!("(({condition}) ? ({yes}) : ({no}))")),
        ]
    })
}

/// Conditions as people write them: attributes compared with constants, joined, negated and asked of items.
fn condition() -> impl Strategy<Value = String> {
    let operator = || prop::sample::select(vec!["=", "!=", "<", ">", "<=", ">="]);
    let number = || prop::sample::select(vec!["1", "10", "100", "1000", "1290.50", "2000"]);
    let path = prop::sample::select(vec![
        "total",
        "subtotal.value",
        "taxAmount",
        "lineItems[0].quantity",
    ]);
    let clause = prop_oneof![
        (path, operator(), number())
            .prop_map(|(path, operator, number)| format!("{path} {operator} {number}")),
        (number(), operator()).prop_map(|(number, operator)| format!("{number} {operator} total")),
        prop::sample::select(vec![
            "currency = 'EUR'",
            "currency in ['EUR', 'CAD']",
            "currency not in ['USD']",
            "billingAddress.countryIso2 != 'US'",
            "shippingMethod matches '/^dpd/'",
            "customer.parent",
            "customer.tier",
            "customer.tier = null",
            "customer.tier and customer.tier = 'gold'",
            "customer.tier != 'gold'",
            "customer.id not in [42, 'x']",
        ])
        .prop_map(str::to_owned),
    ];
    let body = prop_oneof![
        (operator(), number())
            .prop_map(|(operator, number)| format!("lineItem.quantity {operator} {number}")),
        Just("lineItem.product.sku matches '/^B/'".to_owned()),
        Just("lineItem.productUnit.code in ['set']".to_owned()),
    ];
    let loops = (prop::sample::select(vec!["any", "all"]), body)
        .prop_map(|(method, body)| format!("lineItems.{method}({body})"));
    prop_oneof![3 => clause, 1 => loops].prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" or "))),
            inner.clone().prop_map(|operand| format!("not ({operand})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(asked, yes, no)| format!("(({asked}) ? ({yes}) : ({no}))")),
        ]
    })
}

/// A document in which the value at a path is another.
fn with_value(path: &str, value: serde_json::Value) -> String {
    let mut cart: serde_json::Value = serde_json::from_str(ORDINARY).unwrap();
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    if let Some(place) = cart.pointer_mut(&pointer) {
        *place = value.clone();
    }
    // Two spellings of one fact; both are written so that neither fills the other with what was there.
    for line in cart["lineItems"].as_array_mut().unwrap() {
        if path.ends_with("product.sku") {
            line.as_object_mut().unwrap().remove("productSku");
        }
    }
    if cart.pointer(&pointer).is_none()
        && let Some((object, name)) = pointer.rsplit_once('/')
        && let Some(object) = cart
            .pointer_mut(object)
            .and_then(serde_json::Value::as_object_mut)
    {
        object.insert(name.to_owned(), value);
    }
    cart.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        throw(&text);
    }

    #[test]
    fn any_run_of_signs_and_words_is_read_or_refused(parts in prop::collection::vec(prop::sample::select(vec![
        "(", ")", "[", "]", "{", "}", ",", ".", "..", "?", ":", "+", "-", "*", "/", "**", "~", "=", "!=", "<", "in", "not", "not in",
        "matches", "and", "or", "any", "all", "sum", "count", "total", "lineItems", "lineItem", "'/a/'", "'a'", "1", "1.5",
        "null", "true", " ", "\n", "é", "lineItems.any(", "\"", "\\",
    ]), 0..60)) {
        throw(&parts.concat());
        throw(&parts.join(" "));
    }

    #[test]
    fn recorded_texts_cut_and_joined_are_read_or_refused(one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(), joint in prop::sample::select(vec!["", " ", " and ", "(", ")", ".", "'"])) {
        let (one, other) = (one.get(&CORPUS), other.get(&CORPUS));
        let places: Vec<usize> = one.char_indices().map(|(at, _)| at).chain([one.len()]).collect();
        throw(&format!("{}{joint}{other}", &one[..*cut.get(&places)]));
    }

    #[test]
    fn every_expression_runs_and_its_explanation_agrees(text in expression()) {
        throw(&text);
    }

    #[test]
    fn every_condition_runs_and_its_explanation_agrees(text in condition()) {
        throw(&text);
    }

    #[test]
    fn what_is_said_to_make_it_hold_makes_it_hold(text in condition()) {
        let cart = CART.read(ORDINARY).unwrap();
        let Ok(expression) = Expression::parse(&text, &CART) else { return Ok(()) };
        let Some(change) = expression.explain(&cart, &mut budget()).would_apply_if else { return Ok(()) };
        let number = |value: &serde_json::Value| value.as_str().and_then(|text| text.parse::<f64>().ok());
        let value = match (change.operator, &change.value, number(&change.value)) {
            ("=" | "<=" | ">=", value, _) => value.clone(),
            ("<", _, Some(number)) => (number - 1.0).into(),
            (">" | "!=", _, Some(number)) => (number + 1.0).into(),
            ("in", value, _) => value.as_array().unwrap().last().unwrap().clone(),
            ("!=" | "not in" | "not matches", serde_json::Value::Null, _) => serde_json::json!({}),
            ("!=" | "not in" | "not matches", _, _) => "another".into(),
            ("matches", pattern, _) => pattern.as_str().unwrap().trim_matches(['/', '^']).into(),
            _ => return Err(TestCaseError::fail(format!("no such change: {change:?}"))),
        };
        let json = with_value(&change.path, value);
        let changed = CART.read(&json).unwrap();
        prop_assert_eq!(expression.holds(&changed, &mut budget()), Ok(true), "{} with {:?}", text, change);
    }

    #[test]
    fn any_document_is_read_or_refused(json in r#"[\[\]{}":,a-z0-9.\\ \-eE]{0,80}"#, value in ".{0,40}") {
        let _ = CART.read(&json);
        let _ = read_free(&json);
        let _ = CART.read(&format!(r#"{{"currency":"USD","total":{value},"customer":{{"id":{value}}}}}"#));
        let _ = CART.read(&format!(r#"{{"currency":"{value}","total":"{value}","custom":"{value}"}}"#));
    }
}
