//! What expressions yield over a cart, and how they fail.

use onterms_expressions::{Budget, ErrorCode, Expression, MAX_TEXT, read_free};

use crate::cart::{CART, ORDINARY};

fn holds(text: &str) -> Result<bool, ErrorCode> {
    let cart = CART.read(ORDINARY).unwrap();
    let expression =
        Expression::parse(text, &CART).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    expression
        .holds(&cart, &mut Budget::default())
        .map_err(|error| error.code)
}

fn value(text: &str, context: &str) -> String {
    let document = read_free(context).unwrap();
    let expression =
        Expression::parse_free(text).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    let mut json = String::new();
    match expression.evaluate(&document, &mut Budget::default()) {
        Ok(value) => value.write_json(&mut json),
        Err(error) => json = format!("{:?}", error.code),
    }
    json
}

#[test]
fn conditions_over_a_cart_come_out_right() {
    for (text, expected) in [
        (
            "subtotal.value > 1000 and billingAddress.countryIso2 in ['US','CA']",
            Ok(true),
        ),
        (
            "lineItems.any(lineItem.product.sku matches '/^B/')",
            Ok(true),
        ),
        (
            "lineItems.sum(lineItem.quantity * lineItem.price.value) = 1300",
            Ok(false),
        ),
        (
            "lineItems.sum(lineItem.quantity * lineItem.price.value) = 1200",
            Ok(true),
        ),
        (
            "customer.creditLimit >= total",
            Err(ErrorCode::TypeMismatch),
        ),
        ("decimal(customer.creditLimit) >= total", Ok(true)),
        ("customer.unheard = 1", Err(ErrorCode::MissingAttribute)),
        ("customer.parent.name = 'x'", Err(ErrorCode::NullAccess)),
        (
            "customer.parent = null or customer.parent.name = 'x'",
            Ok(true),
        ),
        ("customer.id = 42", Ok(true)),
        ("customer.id in [42, 'x']", Ok(true)),
        ("customer['name'] = 'Acme'", Ok(true)),
        ("lineItems[4].quantity = 100.0", Ok(true)),
        ("lineItems[5].quantity = 1", Err(ErrorCode::NoSuchItem)),
        ("billingAddress = billingAddress", Ok(true)),
        ("billingAddress = shippingAddress", Ok(false)),
        ("count(lineItems) in 1..9999999999", Ok(true)),
        ("total / 0 > 1", Err(ErrorCode::DivisionByZero)),
        (
            "max(lineItems[0].quantity, lineItems[1].quantity) = 20",
            Ok(true),
        ),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn every_operator_has_its_value() {
    for (text, expected) in [
        ("0.1 + 0.2 = 0.3", "true"),
        ("1.1 * 3", "3.3"),
        ("10 / 4", "2.5"),
        ("2 / 3", "0.666666666666666667"),
        ("7.9 % 3", "1.9"),
        ("-2 ** 2", "4"),
        ("2 ** -2", "0.25"),
        ("2 ** 65", "TypeMismatch"),
        (
            "9999999999999999999999999999 * 7",
            "69999999999999999999999999993",
        ),
        ("79228162514264337593543950335 + 0", "TooLong"),
        ("9999999999999999999999999999 * 100", "Overflow"),
        ("9999999999999999999999999999 + 0.001", "Overflow"),
        ("6 & 3 | 8 ^ 1", "11"),
        ("1.5 & 1", "TypeMismatch"),
        ("'a' ~ 1.50 ~ 2", r#""a1.52""#),
        ("'a' ~ null", "TypeMismatch"),
        ("1 = '1'", "TypeMismatch"),
        ("1 = null", "false"),
        ("'1' in [1, '1']", "true"),
        ("'1' in [1, 2]", "false"),
        ("[1, 2] = 1..2", "true"),
        ("5..1 = 5..9", "false"),
        ("5..9 = 5..9", "true"),
        ("5..5 = 5..5", "true"),
        ("5..1 != 5..9", "true"),
        ("1..3", "[1,2,3]"),
        ("3..1", "[3,2,1]"),
        ("2.0 in 1..3", "true"),
        ("2.5 in 1..3", "false"),
        ("'2' in 1..3", "false"),
        ("1 in 1..9999999999", "true"),
        ("count(1..9999999999)", "9999999999"),
        ("(1..9999999999)[9999999998]", "9999999999"),
        ("min(9..1)", "1"),
        ("min('b', 'a')", r#""a""#),
        ("max(1, 'a')", "TypeMismatch"),
        ("min([])", "TypeMismatch"),
        ("'10' < '9'", "true"),
        ("'ä' < 'b'", "false"),
        ("true < false", "TypeMismatch"),
        ("not 'x'", "false"),
        ("'0' ? 1 : 2", "1"),
        ("0 ?: 'none'", r#""none""#),
        ("{a: 1}", r#"{"a":1}"#),
        ("{a: 1, b: 2} = {b: 2.0, a: 1}", "true"),
        ("{a: 1}.b", "MissingAttribute"),
        ("{a: 1}['b']", "NoSuchItem"),
        ("{l: 1..3}.l.any(lItem = 2)", "true"),
        ("{l: 1..3}.l.sum(lItem)", "6"),
        ("decimal('12.50')", "12.50"),
        ("decimal('12,50')", "TypeMismatch"),
        ("5 matches '/5/'", "TypeMismatch"),
        ("1 in 'text'", "TypeMismatch"),
        ("missing", "MissingName"),
        ("true or missing", "true"),
        ("false and missing", "false"),
    ] {
        if expected == "TooLong" {
            assert_eq!(
                Expression::parse_free(text).unwrap_err()[0].code,
                "number_too_long"
            );
        } else {
            assert_eq!(value(text, "{}"), expected, "{text}");
        }
    }
}

#[test]
fn operator_words_need_no_blanks_they_can_do_without() {
    for text in [
        "a in[5]",
        "a not  in [5, 6] = false",
        "(a)in[5]",
        "not(a=6)",
        "matchesTotal = 5",
    ] {
        assert_eq!(
            value(text, r#"{"a": 5, "matchesTotal": 5}"#),
            "true",
            "{text}"
        );
    }
}

#[test]
fn work_beyond_the_budget_fails_clearly_and_soon() {
    let long = format!("[{}0]", "1,".repeat(50_000));
    let context = format!(r#"{{"list": {long}, "text": "{}"}}"#, "a".repeat(200_000));
    for text in [
        "{l: 1..9999999999}.l.all(lItem > 0)",
        "{l: 1..9999999999}.l.sum(lItem)",
        "list.any(list.any(listItem = 2))",
        "list.any(text = text ~ 'b')",
        "list.any(text matches '/b$/')",
        "[1..9999999999] = [2..9999999999] or {l: 1..9999999}.l.any(1..999999 = list)",
    ] {
        assert_eq!(value(text, &context), "BudgetExceeded", "{text}");
    }
    let concatenation = vec!["text"; 800].join("~");
    assert_eq!(value(&concatenation, &context), "BudgetExceeded");
}

#[test]
fn long_chains_are_not_deep() {
    for operator in ["+", " or ", " and ", "~", "=", "&", ".."] {
        let text = vec!["a"; 600].join(operator);
        let _ = Expression::parse_free(&text)
            .unwrap_or_else(|refusal| panic!("{operator}: {refusal:?}"));
    }
    assert_eq!(value(&vec!["a"; 2000].join("+"), r#"{"a": 1}"#), "2000");
    assert_eq!(
        value(&format!("a{}", ".a".repeat(1000)), r#"{"a": 1}"#),
        "TypeMismatch"
    );
}

#[test]
fn an_expression_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(
        &Expression::parse(
            "lineItems.any(lineItem.product.sku matches '/^B$/i')",
            &CART,
        )
        .unwrap(),
    );
}

#[test]
fn an_expression_may_be_as_long_as_a_list_of_thousands_of_customers() {
    let ids: Vec<String> = (0..4000).map(|id| format!("{}", 10_000 + id)).collect();
    let text = format!("customer.id in [{},42]", ids.join(","));
    assert!(
        text.len() > 24_000 && text.len() < MAX_TEXT,
        "{}",
        text.len()
    );
    assert_eq!(holds(&text), Ok(true));
    let clauses = vec!["total > 1 and currency = 'USD'"; 900].join(" and ");
    assert!(clauses.len() > 30_000 && clauses.len() <= MAX_TEXT);
    assert_eq!(holds(&clauses), Ok(true));
    let padded = format!("total > 1{}", " ".repeat(MAX_TEXT - 9));
    assert_eq!(holds(&padded), Ok(true));
    let refusal = Expression::parse(&format!("{padded} "), &CART).unwrap_err();
    assert_eq!(refusal[0].code, "too_long");
}
