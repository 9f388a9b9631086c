use serde_json::{Value, json};

use super::*;
use crate::{money::Money, secret::SecretText};

fn secure_hash(order: &Value) -> String {
    let key = SecretText::new("key");
    let confirmation = ProviderKind::Apruve.confirmation("", &key, &order.to_string());
    confirmation.expect("JSON").secure_hash
}

fn whole_cart() -> Value {
    json!({
        "currency": "USD", "total": "1290.50", "subtotal": { "value": "1200.00", "currency": "USD" },
        "shippingAmount": "45.50", "taxAmount": "50.00", "discountAmount": "5.00",
        "lineItems": [{ "productSku": "1GB82", "product": { "sku": "1GB82", "name": "Clog\n<b>black</b>" }, "quantity": 10,
                        "productUnit": { "code": "item" }, "price": { "value": "120.00", "currency": "USD" } }],
    })
}

#[test]
fn a_cart_becomes_the_order_that_the_provider_is_shown() {
    let order = draft(&whole_cart());
    let expected = json!({
        "merchant_id": "a1b2c3", "merchant_order_id": "SO-1001", "amount_cents": 129_050, "currency": "USD",
        "tax_cents": 5000, "shipping_cents": 4550, "po_number": "PO-7",
        "finalize_on_create": true, "invoice_on_create": false,
        "order_items": [
            { "title": "Clog black", "price_total_cents": 120_000, "amount_cents": 120_000, "price_ea_cents": 12_000,
              "quantity": 10, "sku": "1GB82" },
            { "title": "Discount", "price_total_cents": -500, "amount_cents": -500 },
        ],
    });
    assert_eq!(order, expected);
    // SHA-256 of `keya1b2c3SO-1001129050USD50004550truefalseClog black12000012000101GB82Discount-500`.
    assert_eq!(
        secure_hash(&order),
        "3599bc519cdf6733601cbeb3c94826a20bf0769222c0a00ae9268864a6e4d1ce"
    );
}

#[test]
fn a_cart_without_lines_has_one_for_the_whole() {
    let mut cart = whole_cart();
    cart["lineItems"] = json!([]);
    let order = draft(&cart);
    let whole =
        json!({ "title": "Order SO-1001", "price_total_cents": 120_000, "amount_cents": 120_000 });
    assert_eq!(order["order_items"][0], whole);
    assert_eq!(order["order_items"][1]["amount_cents"], -500);
    cart["taxAmount"] = json!("1300.00");
    let errors = totals(&cart).expect_err("more tax than total");
    assert_eq!(
        errors[0].message,
        "lines 0.00 + tax 1300.00 + shipping 45.50 − discount 5.00 = 1340.50, total is 1290.50"
    );
}

#[test]
fn tax_that_is_inside_the_prices_is_not_added_again() {
    let mut cart = whole_cart();
    cart["pricesIncludeTax"] = json!(true);
    let errors = totals(&cart).expect_err("50.00 too much");
    assert_eq!(
        errors[0].message,
        "lines 1200.00 (tax 50.00 is inside) + shipping 45.50 − discount 5.00 = 1240.50, total is 1290.50"
    );
    cart["total"] = json!("1240.50");
    let order = draft(&cart);
    assert_eq!(
        (&order["tax_cents"], &order["amount_cents"]),
        (&json!(0), &json!(124_050))
    );
}

#[test]
fn lines_and_charges_reach_the_provider_with_all_that_the_shop_says_of_them() {
    let mut cart = whole_cart();
    cart["total"] = json!("1298.50");
    cart["handlingAmount"] = json!("5.00");
    cart["insuranceAmount"] = json!("3");
    cart["surchargeAmount"] = json!(2.00);
    cart["discountAmount"] = json!("7.00");
    let line = &mut cart["lineItems"][0];
    line["description"] = json!("<p>Warm & dry,</p>\n\tsize 5 < 6");
    line["variantInfo"] = json!("Red /\u{2028}42");
    line["vendor"] = json!(" Acme & <i>Sons</i> ");
    line["productUrl"] = json!("https://shop.example/p/1?a=1&b=2");
    let order = draft(&cart);
    let expected = json!([
        { "title": "Clog black", "price_total_cents": 120_000, "amount_cents": 120_000, "price_ea_cents": 12_000,
          "quantity": 10, "description": "Warm & dry, size 5 < 6", "variant_info": "Red / 42", "sku": "1GB82",
          "vendor": "Acme & Sons", "view_product_url": "https://shop.example/p/1?a=1&b=2" },
        { "title": "Handling", "price_total_cents": 500, "amount_cents": 500 },
        { "title": "Insurance", "price_total_cents": 300, "amount_cents": 300 },
        { "title": "Surcharge", "price_total_cents": 200, "amount_cents": 200 },
        { "title": "Discount", "price_total_cents": -700, "amount_cents": -700 },
    ]);
    assert_eq!(order["order_items"], expected);
    // SHA-256 of the key, `a1b2c3SO-1001129850USD50004550truefalse` and each item's values in the order above.
    assert_eq!(
        secure_hash(&order),
        "3a76a83757a745b00194bcfe08f75acf62a51c14ab6db431c2d2a6699ffe1f76"
    );
}

#[test]
fn a_text_of_another_kind_is_the_shops_own_and_not_sent() {
    let long = format!("https://shop.example/{}", "a".repeat(400));
    for (posted, sent) in [
        (
            json!({ "vendor": { "id": 7 }, "description": ["a"], "variantInfo": 42, "productUrl": null }),
            json!({}),
        ),
        (
            json!({ "vendor": " \n ", "description": "<br/>", "variantInfo": "" }),
            json!({}),
        ),
        (
            json!({ "url": "https://shop.example/1" }),
            json!({ "view_product_url": "https://shop.example/1" }),
        ),
        (
            json!({ "productUrl": "https://shop.example/2", "url": "https://shop.example/1" }),
            json!({ "view_product_url": "https://shop.example/2" }),
        ),
        (
            json!({ "productUrl": long }),
            json!({ "view_product_url": long }),
        ),
        (
            json!({ "vendor": "Müller \"&\" Söhne" }),
            json!({ "vendor": "Müller \"&\" Söhne" }),
        ),
        (
            json!({ "variantInfo": "x".repeat(300) }),
            json!({ "variant_info": "x".repeat(255) }),
        ),
    ] {
        let mut line = line("1", json!(1));
        line.as_object_mut()
            .expect("an object")
            .extend(posted.as_object().cloned().expect("an object"));
        let order = draft(&json!({ "currency": "USD", "total": "1", "lineItems": [line] }));
        let mut expected = json!({ "title": "1GB82", "sku": "1GB82", "quantity": 1, "price_ea_cents": 100,
                                   "price_total_cents": 100, "amount_cents": 100 });
        expected
            .as_object_mut()
            .expect("an object")
            .extend(sent.as_object().cloned().expect("an object"));
        assert_eq!(order["order_items"][0], expected, "{posted}");
    }
}

#[test]
fn a_difference_of_rounding_is_spread_over_the_lines_and_more_is_refused() {
    let cart = |total: &str| {
        json!({ "currency": "USD", "total": total,
                "lineItems": [line("0.333", json!(1)), line("10.005", json!(1)), line("10.00", json!(1))] })
    };
    // 0.33 + 10.00 + 10.00: half-even.
    for (total, cents, each) in [
        ("20.33", [33, 1000, 1000], json!(1000)),
        ("20.34", [33, 1001, 1000], json!(1000)),
        ("20.35", [34, 1001, 1000], json!(1000)),
        ("20.36", [34, 1001, 1001], Value::Null),
        ("20.32", [32, 1000, 1000], json!(1000)),
        ("20.30", [32, 999, 999], Value::Null),
    ] {
        let items = &draft(&cart(total))["order_items"];
        for (place, cents) in cents.into_iter().enumerate() {
            assert_eq!(items[place]["amount_cents"], cents, "{total}");
        }
        assert_eq!(items[2]["price_ea_cents"], each, "{total}");
    }
    for total in ["20.29", "20.37"] {
        let mut cart = cart(total);
        (cart["taxAmount"], cart["shippingAmount"]) = (json!(0), json!(0));
        let errors = totals(&cart).expect_err(total);
        assert_eq!(
            errors[0].message,
            format!(
                "lines 20.33 + tax 0.00 + shipping 0.00 − discount 0.00 = 20.33, total is {total}"
            )
        );
        assert_eq!(
            refusals(errors),
            [("/total".to_owned(), "totals_do_not_add_up".to_owned())]
        );
    }
}

#[test]
fn quantity_and_unit_price_are_sent_only_where_they_are_whole_and_come_to_the_total() {
    let own_total = |mut line: Value, total: &str| {
        line["total"] = json!(total);
        line
    };
    let bare = json!({ "total": 12.5 });
    for (line, quantity, each, total) in [
        (line("4.00", json!("3.000")), json!(3), json!(400), 1200),
        (line("4.00", json!(2.5)), Value::Null, json!(400), 1000),
        (line("0.125", json!(8)), json!(8), Value::Null, 100),
        (line("0.125", json!("0.5")), Value::Null, Value::Null, 6),
        (line("0", json!(3)), json!(3), json!(0), 0),
        (
            own_total(line("4.00", json!(3)), "12.00"),
            json!(3),
            json!(400),
            1200,
        ),
        (
            own_total(line("4.00", json!(3)), "11.99"),
            json!(3),
            Value::Null,
            1199,
        ),
        (bare, Value::Null, Value::Null, 1250),
    ] {
        let cart = json!({ "currency": "USD", "shippingAmount": "1.00", "lineItems": [line],
                           "total": Money::from_minor(total + 100, usd()).to_string() });
        let item = &draft(&cart)["order_items"][0];
        assert_eq!(
            (
                &item["quantity"],
                &item["price_ea_cents"],
                &item["price_total_cents"]
            ),
            (&quantity, &each, &json!(total)),
            "{cart}"
        );
    }
}

#[test]
fn a_line_is_titled_by_what_is_known_of_it() {
    for (line, title) in [
        (
            json!({ "title": "Rental", "product": { "name": "Clog", "sku": "1" } }),
            "Rental",
        ),
        (
            json!({ "title": "<br>", "product": { "name": "Clog", "sku": "1" } }),
            "Clog",
        ),
        (
            json!({ "product": { "name": " ", "sku": "1GB82" } }),
            "1GB82",
        ),
        (json!({}), "Line 1"),
    ] {
        let mut line = line;
        line["total"] = json!("1");
        let order = draft(&json!({ "currency": "USD", "total": "1", "lineItems": [line] }));
        assert_eq!(order["order_items"][0]["title"], title);
    }
}

#[test]
fn what_a_kit_is_made_of_is_inside_its_price() {
    let mut kit = line("10.00", json!(1));
    kit["kitItemLineItems"] = json!([line("3.00", json!(2))]);
    let order = draft(&json!({ "currency": "USD", "total": "10.00", "lineItems": [kit] }));
    assert_eq!(order["order_items"].as_array().map(Vec::len), Some(1));
}
