//! Anything at all, thrown at every door: nothing panics, nothing hangs, and the doors agree with each other.

use std::sync::LazyLock;

use onterms::expressions::{Budget, Expression, Outcome, Record, Verdict, read_free};
use proptest::prelude::*;

use crate::cart::{CART, ORDINARY};

/// Texts of the recorded cases, to be cut and joined.
static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../fixtures/expression-conformance.json")).unwrap();
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
    {
        if let Some(object) = cart
            .pointer_mut(object)
            .and_then(serde_json::Value::as_object_mut)
        {
            object.insert(name.to_owned(), value);
        }
    }
    cart.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

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
    fn what_is_said_to_make_it_hold_makes_it_hold(text in expression()) {
        let cart = CART.read(ORDINARY).unwrap();
        let Ok(expression) = Expression::parse(&text, &CART) else { return Ok(()) };
        let Some(change) = expression.explain(&cart, &mut budget()).would_apply_if else { return Ok(()) };
        let number = |text: &serde_json::Value| text.as_str().and_then(|text| text.parse::<i64>().ok());
        let value = match (change.operator, &change.value) {
            ("=" | "<=" | ">=", value) => value.clone(),
            ("<", value) => match number(value) { Some(number) => (number - 1).into(), None => return Ok(()) },
            (">", value) => match number(value) { Some(number) => (number + 1).into(), None => return Ok(()) },
            ("matches", _) => "B".into(),
            _ => return Ok(()),
        };
        let json = with_value(&change.path, value);
        // A text where the shop posts a number is a document of its own kind; only what reads is compared.
        if let Ok(changed) = CART.read(&json) && !change.path.starts_with("customer.") {
            prop_assert_eq!(expression.holds(&changed, &mut budget()), Ok(true), "{} with {:?}", text, change);
        }
    }

    #[test]
    fn any_document_is_read_or_refused(json in r#"[\[\]{}":,a-z0-9.\\ \-eE]{0,80}"#, value in ".{0,40}") {
        let _ = CART.read(&json);
        let _ = read_free(&json);
        let _ = CART.read(&format!(r#"{{"currency":"USD","total":{value},"customer":{{"id":{value}}}}}"#));
        let _ = CART.read(&format!(r#"{{"currency":"{value}","total":"{value}","custom":"{value}"}}"#));
    }
}
