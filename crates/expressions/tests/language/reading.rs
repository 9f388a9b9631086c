//! Documents taken in: what is kept, and everything that is wrong with them.

use onterms_expressions::{Expression, Unreadable, read_free};

use crate::cart::{CART, ORDINARY};

fn problems(json: &str) -> Vec<(String, &'static str)> {
    match CART.read(json) {
        Ok(_) => Vec::new(),
        Err(Unreadable::Wrong(problems)) => problems
            .into_iter()
            .map(|problem| (problem.pointer, problem.code))
            .collect(),
        Err(Unreadable::Malformed { message, .. }) => panic!("{message}"),
    }
}

#[test]
fn an_ordinary_cart_is_read_whole() {
    let cart = CART.read(ORDINARY).unwrap();
    assert_eq!(cart.get("currency").unwrap().as_text(), Some("USD"));
    assert_eq!(
        cart.get("total").unwrap().as_number().unwrap().to_string(),
        "1290.50"
    );
    let lines = cart.get("lineItems").unwrap().as_list().unwrap();
    assert_eq!(lines.len(), 5);
    let customer = cart.get("customer").unwrap().as_record().unwrap();
    assert_eq!(customer.custom("creditLimit"), Some("\"25000.00\""));
    assert!(cart.get("nothing").is_none());
}

#[test]
fn all_problems_are_named_at_once() {
    let json = r#"{"total": 1e5, "subtotal": {"value": "NaN"}, "billingAddress": [], "shippingMethod": 5,
        "customerUser": {"enabled": "yes"}, "taxAmount": "1.1234567", "shippingAmount": 123456789012345678901234567890,
        "lineItems": [{"quantity": true}, null, {"productSku": "a\u0000b"}], "website": "a", "website": "b"}"#;
    assert_eq!(
        problems(json),
        [
            ("/total", "number_format"),
            ("/subtotal/value", "number_format"),
            ("/billingAddress", "type"),
            ("/shippingMethod", "type"),
            ("/customerUser/enabled", "type"),
            ("/taxAmount", "too_many_decimals"),
            ("/shippingAmount", "too_many_digits"),
            ("/lineItems/0/quantity", "type"),
            ("/lineItems/1", "type"),
            ("/lineItems/2/productSku", "nul_character"),
            ("/website", "duplicate"),
            ("/currency", "required"),
        ]
        .map(|(pointer, code)| (pointer.to_owned(), code))
    );
    assert_eq!(problems("[]"), [(String::new(), "type")]);
    assert_eq!(
        problems(r#"{"currency": 5}"#),
        [("/currency".to_owned(), "type")]
    );
}

#[test]
fn malformed_json_is_distinguished_and_placed() {
    for (json, line, column) in [
        ("{\n \"currency\": }", 2, 14),
        ("{} x", 1, 4),
        ("", 1, 0),
        ("{\"a\": [1,]}", 1, 10),
    ] {
        match CART.read(json) {
            Err(Unreadable::Malformed {
                line: at,
                column: along,
                ..
            }) => assert_eq!((at, along), (line, column), "{json}"),
            other => panic!("{json}: {other:?}"),
        }
    }
    let deep = format!(
        "{{\"currency\":\"USD\",\"x\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    assert!(CART.read(&deep).is_ok());
}

#[test]
fn minus_zero_is_zero_and_numbers_keep_their_scale() {
    let cart = CART
        .read(r#"{"currency":"USD","total":-0,"taxAmount":"-0.00","shippingAmount":1290.50}"#)
        .unwrap();
    let shown = |name: &str| cart.get(name).unwrap().as_number().unwrap().to_string();
    assert_eq!(
        (shown("total"), shown("taxAmount"), shown("shippingAmount")),
        ("0".into(), "0.00".into(), "1290.50".into())
    );
}

#[test]
fn two_spellings_of_one_fact_fill_each_other() {
    for line in [
        r#"{"productSku":"B1","productUnitCode":"item"}"#,
        r#"{"product":{"sku":"B1"},"productUnit":{"code":"item"}}"#,
        r#"{"productSku":"B1","product":{"name":"Bulb"},"productUnit":null,"productUnitCode":"item"}"#,
    ] {
        let json = format!(r#"{{"currency":"USD","lineItems":[{line}]}}"#);
        let cart = CART.read(&json).unwrap();
        let text = "lineItems.all(lineItem.productSku = 'B1' and lineItem.product.sku = 'B1' \
                    and lineItem.productUnit.code = 'item' and lineItem.productUnitCode = 'item')";
        let expression = Expression::parse(text, &CART).unwrap();
        assert_eq!(
            expression.holds(&cart, &mut Default::default()),
            Ok(true),
            "{line}"
        );
    }
}

#[test]
fn escaped_names_and_texts_are_read_as_what_they_mean() {
    let cart = CART
        .read(r#"{"\u0063urrency":"US\u0044","customer":{"id":"a\"b"}}"#)
        .unwrap();
    assert_eq!(cart.get("currency").unwrap().as_text(), Some("USD"));
    let expression = Expression::parse("customer.id = 'a\"b'", &CART).unwrap();
    assert_eq!(expression.holds(&cart, &mut Default::default()), Ok(true));
}

#[test]
fn a_free_document_has_any_name() {
    let document = read_free(
        r#"{"a": {"b": [1, {"c": "x"}]}, "n": 1e-2, "long": 123456789012345678901234567890123}"#,
    )
    .unwrap();
    let value = |text: &str| {
        let expression = Expression::parse_free(text).unwrap();
        let mut json = String::new();
        match expression.evaluate(&document, &mut Default::default()) {
            Ok(value) => value.write_json(&mut json),
            Err(error) => json = format!("{:?}", error.code),
        }
        json
    };
    assert_eq!(value("a"), r#"{"b":[1,{"c":"x"}]}"#);
    assert_eq!(value("a.b[1].c"), r#""x""#);
    assert_eq!(value("n"), "0.01");
    assert_eq!(value("long"), "UnusableValue");
    assert!(matches!(read_free("5"), Err(Unreadable::Wrong(_))));
}
