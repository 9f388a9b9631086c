use serde_json::json;

use super::*;

#[test]
fn everything_that_keeps_a_cart_from_being_paid_for_is_named_at_once() {
    let huge = "9999999999999999999999999999";
    let cart = json!({
        "currency": "USD", "subtotal": { "value": "1", "currency": "EUR" },
        "taxAmount": "-1", "shippingAmount": "-0.01", "discountAmount": "-5",
        "lineItems": [
            { "price": { "value": "1", "currency": "EUR" }, "quantity": 1 },
            line("-1", json!(1)), line("1", json!(0)), line("1", json!(-2)),
            { "quantity": 1 }, { "quantity": 1, "price": { "currency": "USD" } }, { "price": { "value": 1 } },
            { "total": "1.005" }, { "total": "-1" }, line(huge, json!(huge)), line("1", json!(huge)),
        ],
    });
    let expected = [
        ("/total", "required"),
        ("/subtotal/currency", "currency_mismatch"),
        ("/taxAmount", "negative"),
        ("/shippingAmount", "negative"),
        ("/discountAmount", "negative"),
        ("/lineItems/0/price/currency", "currency_mismatch"),
        ("/lineItems/1/price/value", "negative"),
        ("/lineItems/2/quantity", "not_positive"),
        ("/lineItems/3/quantity", "not_positive"),
        ("/lineItems/4/price", "required"),
        ("/lineItems/5/price", "required"),
        ("/lineItems/6/quantity", "required"),
        ("/lineItems/7/total", "too_precise"),
        ("/lineItems/8/total", "negative"),
        ("/lineItems/9", "too_large"),
        ("/lineItems/10", "too_large"),
    ];
    let found = refusals(totals(&cart).expect_err("a cart full of errors"));
    assert_eq!(
        found,
        expected.map(|(at, code)| (at.to_owned(), code.to_owned()))
    );
    for total in ["0", "-1.00"] {
        let errors = totals(&json!({ "currency": "USD", "total": total })).expect_err(total);
        assert_eq!(
            refusals(errors),
            [("/total".to_owned(), "not_positive".to_owned())]
        );
    }
    let endless = json!({ "currency": "USD", "total": 1, "lineItems": vec![json!({}); 1000] });
    assert_eq!(totals(&endless).expect_err("no prices").len(), 100);
}

#[test]
fn the_provider_takes_no_more_than_eight_digits() {
    for (currency, total, fits) in [
        ("USD", "999999.99", true),
        ("USD", "1000000.00", false),
        ("KWD", "99999.999", true),
        ("KWD", "100000", false),
        ("JPY", "99999999", true),
        ("JPY", "100000000", false),
        ("CLF", "9999.9999", true),
        ("CLF", "10000.0000", false),
    ] {
        let totals = totals(&json!({ "currency": currency, "total": total })).expect(total);
        let id = ProviderId::parse("a1").expect("an id");
        let draft = totals.to_draft(id, &Reference::parse("SO-1").expect("a name"), 1, None);
        let checked = ProviderKind::Apruve.check_order(&draft);
        assert_eq!(checked.is_ok(), fits, "{total} {currency}");
    }
}
