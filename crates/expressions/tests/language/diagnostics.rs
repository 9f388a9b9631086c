//! What a person is told who writes an expression that is wrong or doubtful.

use onterms_expressions::{Diagnostic, Expression, MAX_TEXT, Severity};

use crate::cart::CART;

fn diagnostics(text: &str) -> Vec<Diagnostic> {
    match Expression::parse(text, &CART) {
        Ok(expression) => expression.warnings().to_vec(),
        Err(diagnostics) => diagnostics,
    }
}

#[test]
fn mistakes_are_placed_and_answered() {
    for (text, code, marked, suggestion) in [
        (
            "subtotal > 500",
            "type_mismatch",
            "subtotal",
            Some("subtotal.value"),
        ),
        (
            "total + currency > 1",
            "type_mismatch",
            "currency",
            Some("decimal(currency)"),
        ),
        ("total matches '/5/'", "type_mismatch", "total", None),
        (
            "curency = 'USD'",
            "unknown_name",
            "curency",
            Some("currency"),
        ),
        ("paymentMethod = 'x'", "unknown_name", "paymentMethod", None),
        ("total = True", "unknown_name", "True", Some("true")),
        ("total AND currency", "unknown_operator", "AND", Some("and")),
        ("NOT total", "unknown_operator", "NOT", Some("not")),
        ("total === 5", "unknown_operator", "===", Some("=")),
        ("total := 5", "unknown_operator", ":=", Some("=")),
        ("total <> 5", "unknown_operator", "<>", Some("!=")),
        ("total ?? 5", "unknown_operator", "??", Some("?:")),
        (
            "currency contains 'U'",
            "unknown_operator",
            "currency contains 'U'",
            Some("currency matches '/U/'"),
        ),
        (
            "currency in 'USD'",
            "type_mismatch",
            "'USD'",
            Some("['USD']"),
        ),
        (
            "lineItems.quantity > 1",
            "type_mismatch",
            "lineItems.quantity > 1",
            Some("lineItems.any(lineItem.quantity > 1)"),
        ),
        (
            "lineItems.filter(true)",
            "unknown_method",
            "filter",
            Some("any"),
        ),
        ("constant('X')", "unknown_function", "constant", None),
        (
            "Count(lineItems) > 1",
            "unknown_function",
            "Count",
            Some("count"),
        ),
        ("count() > 1", "wrong_arguments", "count()", None),
        (
            "currency matches '/(?=U)/'",
            "bad_pattern",
            "'/(?=U)/'",
            None,
        ),
        (
            "currency matches website",
            "pattern_not_constant",
            "website",
            None,
        ),
        ("(total > 5", "unclosed_bracket", "(", None),
        ("total > ", "unexpected_end", "", None),
        ("total > 1e3", "bad_number", "1e3", Some("1000")),
        (
            "customer.name.first = 'x'",
            "type_mismatch",
            "customer.name.first",
            None,
        ),
        (
            "-currency = 1",
            "type_mismatch",
            "currency",
            Some("decimal(currency)"),
        ),
    ] {
        let found = diagnostics(text);
        let error = found.iter().find(|found| found.severity == Severity::Error);
        let error = error.unwrap_or_else(|| panic!("{text}: {found:?}"));
        let range = error.span.start..error.span.end;
        assert_eq!(
            (error.code, &text[range], error.suggestion.as_deref()),
            (code, marked, suggestion),
            "{text}: {error:?}"
        );
    }
}

#[test]
fn doubts_are_warnings() {
    for (text, code) in [
        ("billingAddress.countryIso2 = 'US'", Some("maybe_null")),
        ("billingAddress and billingAddress.countryIso2 = 'US'", None),
        (
            "billingAddress != null and billingAddress.countryIso2 = 'US'",
            None,
        ),
        (
            "billingAddress = null or billingAddress.countryIso2 = 'US'",
            None,
        ),
        (
            "not billingAddress or billingAddress.countryIso2 = 'US'",
            None,
        ),
        (
            "(billingAddress ? billingAddress.countryIso2 : 'US') = 'US'",
            None,
        ),
        (
            "billingAddress.countryIso2 = 'US' and billingAddress.countryIso2 != 'CA'",
            Some("maybe_null"),
        ),
        ("taxAmount > 5", Some("maybe_null")),
        ("taxAmount != null and taxAmount > 5", None),
        (
            "customer and customer.creditLimit > 5",
            Some("custom_attribute"),
        ),
        ("subtotal.valeu > 5", Some("unknown_attribute")),
        ("(not currency) = true", None),
        ("not customer.id = true", Some("tight_not")),
        ("subtotal.value + 1 ~ 3 > 5", Some("concat_precedence")),
        ("total = 1 = true", Some("chained_comparison")),
        ("currency = 5", Some("unlike_types")),
        ("currency in [1, 2]", Some("unlike_types")),
        ("billingAddress = shippingAddress", Some("compares_objects")),
        ("total", Some("not_a_condition")),
        ("total > 5", None),
        ("lineItems.all(lineItem.quantity > 1)", None),
        (
            "lineItems.any(lineItem.price.value > 1)",
            Some("maybe_null"),
        ),
    ] {
        let found = match Expression::parse(text, &CART) {
            Ok(expression) => expression.warnings().to_vec(),
            Err(errors)
                if code.is_some_and(|code| errors.iter().any(|error| error.code == code)) =>
            {
                continue;
            }
            Err(errors) => panic!("{text}: {errors:?}"),
        };
        match code {
            Some(code) => assert!(
                found.iter().any(|warning| warning.code == code),
                "{text}: {found:?}"
            ),
            None => assert_eq!(found, [], "{text}"),
        }
    }
}

#[test]
fn a_misspelt_attribute_is_named_with_its_path() {
    let found = diagnostics("billingAddress != null and billingAddress.countryIso = 'US'");
    assert_eq!(
        found[0].suggestion.as_deref(),
        Some("billingAddress.countryIso2")
    );
    assert!(
        found[0]
            .message
            .contains("did you mean `billingAddress.countryIso2`?"),
        "{}",
        found[0].message
    );
}

#[test]
fn spans_count_utf16_units_lines_and_columns() {
    let found = diagnostics("currency = '𝄞é'\n  and curency = 'é'");
    let span = found[0].span;
    assert_eq!(
        (span.start, span.end, span.line, span.column),
        (23, 30, 2, 7)
    );
}

#[test]
fn limits_are_reported_at_once_and_without_overflow() {
    for (text, code) in [
        ("(".repeat(40_000), "too_long"),
        ("(".repeat(MAX_TEXT), "too_deep"),
        ("(".repeat(4_000), "too_deep"),
        ("[".repeat(4_000), "too_deep"),
        ("not ".repeat(1_000), "too_deep"),
        ("-".repeat(4_000), "too_deep"),
        (format!("{}1", "2**".repeat(10_000)), "too_deep"),
        (format!("{}1", "true?1:".repeat(4_000)), "too_deep"),
        (
            format!("currency{}", " matches '/a/'".repeat(2_000)),
            "too_deep",
        ),
        (format!("total > {}", "9".repeat(MAX_TEXT)), "too_long"),
        (format!("total > {}", "9".repeat(40)), "number_too_long"),
    ] {
        assert_eq!(diagnostics(&text)[0].code, code, "{}", &text[..20]);
    }
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(diagnostics(&nested(64)), []);
    assert_eq!(diagnostics(&nested(65))[0].code, "too_deep");
    let sums = format!("{}1{} > 0", "1+(".repeat(64), ")".repeat(64));
    assert_eq!(diagnostics(&sums), []);
}

#[test]
fn the_attributes_an_expression_reads_are_known() {
    let text = "lineItems.any(lineItem.product.sku = 'a') and subtotal.value > 5 and lineItems[0].quantity > 1";
    let expression = Expression::parse(text, &CART).unwrap();
    assert_eq!(
        expression.attributes(),
        [
            "lineItems",
            "lineItems[].product",
            "lineItems[].product.sku",
            "lineItems[].quantity",
            "subtotal",
            "subtotal.value",
        ]
    );
    assert_eq!(expression.result_type(), "boolean");
}

#[test]
fn an_editor_gets_names_types_functions_and_operators() {
    let language = serde_json::to_value(CART.language()).unwrap();
    assert_eq!(
        language["names"][2],
        serde_json::json!({
            "name": "total", "type": "money", "nullable": false, "summary": "An attribute of a cart."
        })
    );
    assert_eq!(language["names"][11]["type"], "list of lineItem");
    assert!(
        language["types"]
            .as_array()
            .unwrap()
            .iter()
            .any(|shape| shape["name"] == "lineItem")
    );
    for function in language["functions"].as_array().unwrap() {
        let name = function["name"].as_str().unwrap();
        let text = match name {
            "any" | "all" | "sum" => format!("lineItems.{name}(lineItem.quantity)"),
            "decimal" => "decimal(currency)".to_owned(),
            _ => format!("{name}(lineItems)"),
        };
        Expression::parse(&text, &CART).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    }
}
