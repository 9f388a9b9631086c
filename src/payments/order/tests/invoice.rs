use serde_json::{Value, json};

use super::*;
use crate::{http::problem::Problem, money::Money, providers::InvoiceDraft};

fn invoice(body: &Value, remainder: i64) -> Result<InvoiceDraft, Vec<FieldError>> {
    let request = InvoiceRequest::read(&body.to_string(), usd(), Prices::WithoutTax)?;
    let basis = Basis {
        order_id: "SO-1",
        order: None,
        invoiced: &Invoiced::default(),
        left: Money::from_minor(remainder, usd()),
    };
    let totals = request
        .settle(&basis)
        .map_err(|error| Problem::from(error).errors().to_vec())?;
    let id = Reference::parse("INV-1").expect("a name");
    let draft = totals.to_draft(&id, true);
    let checked = ProviderKind::Apruve.check_invoice(&draft);
    checked.map(|()| draft).map_err(|error| vec![error])
}

#[test]
fn an_invoice_comes_to_its_amount_or_its_lines_or_the_remainder() {
    let lines = json!([line("4.00", json!(3))]);
    for (body, amount, items) in [
        (json!({}), 5000, 1),
        (
            json!({ "merchantInvoiceId": "INV-1", "issue": false, "shipment": {} }),
            5000,
            1,
        ),
        (json!({ "amount": "12.34" }), 1234, 1),
        (
            json!({ "amount": 12.34, "taxAmount": 2.34, "discountAmount": 1 }),
            1234,
            2,
        ),
        (json!({ "lineItems": lines }), 1200, 1),
        (
            json!({ "lineItems": lines, "amount": "13", "taxAmount": "1" }),
            1300,
            1,
        ),
        (json!({ "lineItems": lines, "amount": "12.01" }), 1201, 1),
        (
            json!({ "lineItems": lines, "discountAmount": "2", "shippingAmount": "1" }),
            1100,
            2,
        ),
    ] {
        let draft = invoice(&body, 5000).unwrap_or_else(|errors| panic!("{body}: {errors:?}"));
        assert_eq!(draft.amount.minor(), amount, "{body}");
        assert_eq!(draft.lines.len() + draft.charges.len(), items, "{body}");
    }
}

#[test]
fn an_invoice_that_does_not_add_up_is_refused() {
    let lines = json!([line("4.00", json!(3))]);
    let wrong = [("/amount", "totals_do_not_add_up")];
    for (body, expected) in [
        (json!({ "lineItems": lines, "amount": "12.02" }), &wrong[..]),
        (
            json!({ "amount": "10", "taxAmount": "9", "shippingAmount": "2" }),
            &wrong,
        ),
        (json!({ "amount": "0" }), &[("/amount", "not_positive")]),
        (
            json!({ "lineItems": lines, "discountAmount": "12" }),
            &[("/lineItems", "nothing_to_invoice")],
        ),
        (
            json!({ "lineItems": lines, "amount": "1000000", "taxAmount": "999988" }),
            &[("/amount", "exceeds_remaining")],
        ),
        (
            json!({ "amount": "1.005", "taxAmount": "x", "lineItems": [{}, 7, { "price": { "value": "x" } }] }),
            &[
                ("/lineItems/1", "type"),
                ("/lineItems/2/price/value", "number_format"),
                ("/taxAmount", "number_format"),
                ("/amount", "too_precise"),
                ("/lineItems/0/price", "required"),
            ],
        ),
        (json!([]), &[("", "type")]),
    ] {
        let found = refusals(invoice(&body, 5000).expect_err("a refusal"));
        let expected: Vec<_> = expected
            .iter()
            .map(|(at, code)| ((*at).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
    let errors = InvoiceRequest::read("{", usd(), Prices::WithoutTax).expect_err("not JSON");
    assert_eq!(errors[0].code, "malformed");
}
