//! Why an expression does not hold, and what would make it.

use onterms_expressions::{Budget, ErrorCode, Explanation, Expression, Outcome, Verdict};
use serde_json::json;

use crate::cart::{CART, ORDINARY};

fn explain(text: &str) -> Explanation {
    let cart = CART.read(ORDINARY).unwrap();
    Expression::parse(text, &CART)
        .unwrap()
        .explain(&cart, &mut Budget::default())
}

fn change(explanation: &Explanation) -> Option<String> {
    let change = explanation.would_apply_if.as_ref()?;
    Some(format!(
        "{} {} {}",
        change.path, change.operator, change.value
    ))
}

#[test]
fn a_false_comparison_says_what_was_there_and_what_would_do() {
    let explanation = explain("total <= 1000");
    assert_eq!(
        serde_json::to_value(&explanation).unwrap(),
        json!({
            "verdict": "false",
            "message": "total <= 1000 is false: total is 1290.50",
            "span": {"start": 0, "end": 13, "line": 1, "column": 1, "endLine": 1, "endColumn": 14},
            "observed": {"total": "1290.50"},
            "wouldApplyIf": {"path": "total", "operator": "<=", "value": "1000"}
        })
    );
}

#[test]
fn the_clause_that_decided_is_the_one_shown() {
    for (text, clause, message, would) in [
        (
            "currency = 'USD' and total <= 1000 and 1 = 2",
            "total <= 1000",
            "total <= 1000 is false: total is 1290.50",
            None,
        ),
        (
            "currency = 'USD' and not (total > 1000)",
            "total > 1000",
            "total > 1000 is true: total is 1290.50",
            Some(r#"total <= "1000""#),
        ),
        (
            "1000 >= total",
            "1000 >= total",
            "1000 >= total is false: total is 1290.50",
            Some(r#"total <= "1000""#),
        ),
        (
            "total < 5 or currency in ['EUR', 'CAD']",
            "total < 5 or currency in ['EUR', 'CAD']",
            "total < 5 is false: total is 1290.50; currency in ['EUR', 'CAD'] is false: currency is \"USD\"",
            Some(r#"total < "5""#),
        ),
        (
            "lineItems.all(lineItem.quantity >= 5)",
            "lineItem.quantity >= 5",
            "lineItem.quantity >= 5 is false: lineItems[3].quantity is 1",
            Some(r#"lineItems[3].quantity >= "5""#),
        ),
        (
            "lineItems.any(lineItem.quantity > 150)",
            "lineItems.any(lineItem.quantity > 150)",
            "none of 5 in lineItems satisfies lineItem.quantity > 150: lineItem.quantity > 150 is false: lineItems[4].quantity is 100",
            Some(r#"lineItems[4].quantity > "150""#),
        ),
        (
            "not lineItems.any(lineItem.product.sku matches '/^B/')",
            "lineItem.product.sku matches '/^B/'",
            "lineItem.product.sku matches '/^B/' is true: lineItems[4].product.sku is \"B5521\"",
            Some(r#"lineItems[4].product.sku not matches "/^B/""#),
        ),
        (
            "billingAddress.countryIso2 in ['FR', 'DE']",
            "billingAddress.countryIso2 in ['FR', 'DE']",
            "billingAddress.countryIso2 in ['FR', 'DE'] is false: billingAddress.countryIso2 is \"US\"",
            Some(r#"billingAddress.countryIso2 in ["FR","DE"]"#),
        ),
        (
            "customer.parent",
            "customer.parent",
            "customer.parent is null",
            Some("customer.parent != null"),
        ),
        (
            "subtotal.value * 0.9 > 2000",
            "subtotal.value * 0.9 > 2000",
            "subtotal.value * 0.9 > 2000 is false: subtotal.value * 0.9 is 1080.000",
            None,
        ),
        (
            "total <= 1000 and total > 1200",
            "total <= 1000",
            "total <= 1000 is false: total is 1290.50",
            None,
        ),
        (
            "currency = 'USD' ? total < 5 : total > 5",
            "total < 5",
            "total < 5 is false: total is 1290.50",
            Some(r#"total < "5""#),
        ),
    ] {
        let explanation = explain(text);
        assert_eq!(explanation.verdict, Verdict::False, "{text}");
        assert_eq!(
            &text[explanation.span.start..explanation.span.end],
            clause,
            "{text}"
        );
        assert_eq!(explanation.message, message, "{text}");
        assert_eq!(change(&explanation).as_deref(), would, "{text}");
    }
}

#[test]
fn a_list_behind_a_dot_is_named_without_the_loop_over_it() {
    for (text, message) in [
        (
            "{a: {l: []}}.a.l.any(lItem > 1)",
            "no lItem satisfies lItem > 1: {a: {l: []}}.a.l is empty",
        ),
        (
            "not {a: {l: []}}.a.l.all(lItem > 1)",
            "every lItem satisfies lItem > 1: {a: {l: []}}.a.l is empty",
        ),
    ] {
        let explanation = explain(text);
        assert_eq!(explanation.message, message);
        let names: Vec<&str> = explanation.observed.keys().map(String::as_str).collect();
        assert_eq!(names, ["{a: {l: []}}.a.l"], "{text}");
    }
}

#[test]
fn a_failure_is_explained_as_one() {
    let explanation = explain("total > 5 and customer.parent.name = 'x'");
    assert_eq!(
        (explanation.verdict, explanation.error),
        (Verdict::Failed, Some(ErrorCode::NullAccess))
    );
    assert_eq!(
        explanation.message,
        "`customer.parent` is null, so it has no attribute `name`"
    );
    assert_eq!((explanation.span.start, explanation.span.end), (14, 34));
    let unlike = explain("customer.id = 'x'");
    assert_eq!(
        (unlike.error, unlike.observed),
        (
            Some(ErrorCode::TypeMismatch),
            [("customer.id".to_owned(), json!("42"))].into()
        )
    );
}

#[test]
fn a_trace_shows_every_clause_and_what_was_not_reached() {
    let cart = CART.read(ORDINARY).unwrap();
    let text = "currency = 'USD' and total < 5 and lineItems.any(lineItem.quantity > 1)";
    let trace = Expression::parse(text, &CART)
        .unwrap()
        .trace(&cart, &mut Budget::default());
    let outcomes: Vec<_> = trace.clauses.iter().map(|clause| clause.outcome).collect();
    assert_eq!(
        (trace.outcome, outcomes),
        (
            Outcome::False,
            vec![Outcome::True, Outcome::False, Outcome::NotReached]
        )
    );
    assert_eq!(
        trace.clauses[1].observed,
        [("total".to_owned(), json!("1290.50"))].into()
    );
    let any = Expression::parse("lineItems.any(lineItem.quantity > 15)", &CART).unwrap();
    let trace = any.trace(&cart, &mut Budget::default());
    let items: Vec<_> = trace
        .clauses
        .iter()
        .map(|clause| (clause.item.as_deref(), clause.outcome))
        .collect();
    assert_eq!(
        items,
        [
            (Some("lineItems[0]"), Outcome::False),
            (Some("lineItems[1]"), Outcome::True)
        ]
    );
}
