use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::{cart, money::Currency};

fn judged(cart: &Value) -> Result<Sums, CartRefusal> {
    let text = cart.to_string();
    judge(&cart::read(&text).expect("a cart"))
}

fn priced(price: &str, quantity: &str) -> Value {
    json!({ "quantity": quantity, "price": { "value": price } })
}

fn own(total: &str) -> Value {
    json!({ "quantity": "1", "price": { "value": total }, "total": total })
}

fn usd(total: &str, lines: Value) -> Value {
    json!({ "currency": "USD", "total": total, "lineItems": lines })
}

/// The lines' totals after rounding.
fn spread_over(total: &str, lines: Vec<Value>) -> Option<Vec<i64>> {
    let sums = judged(&usd(total, json!(lines))).ok()?;
    Some(sums.lines.iter().map(|line| line.total.minor()).collect())
}

#[test]
fn rounding_explains_one_unit_for_each_line_that_is_not_whole_and_one_for_the_order() {
    let many = |count, price: &str| vec![priced(price, "1"); count];
    for (total, lines, fits) in [
        // Whole lines: only the order's own unit.
        ("495.00", many(500, "1.00"), false),
        ("499.99", many(500, "1.00"), true),
        ("500.01", many(500, "1.00"), true),
        ("500.02", many(500, "1.00"), false),
        ("499.98", many(500, "1.00"), false),
        ("0.01", many(3, "0.01"), false),
        ("0.02", many(3, "0.01"), true),
        ("0.04", many(3, "0.01"), true),
        ("0.05", many(3, "0.01"), false),
        // 0.333 each is 0.33: three units more for the lines, and no line takes a fourth.
        ("1.02", many(3, "0.333"), true),
        ("1.03", many(3, "0.333"), false),
        ("0.96", many(3, "0.333"), true),
        ("0.95", many(3, "0.333"), false),
        // A fourth, whole line takes the order's unit.
        ("6.03", [many(3, "0.333"), many(1, "5")].concat(), true),
        ("5.95", [many(3, "0.333"), many(1, "5")].concat(), true),
        ("6.04", [many(3, "0.333"), many(1, "5")].concat(), false),
        // 0.004 is nothing, and nothing can be taken from it.
        ("5.00", [many(2, "0.004"), many(1, "5")].concat(), true),
        ("4.99", [many(2, "0.004"), many(1, "5")].concat(), true),
        ("4.98", [many(2, "0.004"), many(1, "5")].concat(), false),
        ("5.03", [many(2, "0.004"), many(1, "5")].concat(), true),
        // Totals that the shop posted are exact.
        ("10.00", vec![own("10.00")], true),
        ("10.01", vec![own("10.00")], false),
        ("9.99", vec![own("10.00")], false),
        ("15.01", vec![own("10.00"), priced("5", "1")], true),
        ("15.02", vec![own("10.00"), priced("5", "1")], false),
        // 61.725 is 61.72.
        ("61.72", vec![priced("12.345", "5")], true),
        ("61.73", vec![priced("12.345", "5")], true),
        ("61.71", vec![priced("12.345", "5")], true),
        ("61.74", vec![priced("12.345", "5")], false),
    ] {
        let spread = spread_over(total, lines.clone());
        assert_eq!(spread.is_some(), fits, "{total}: {lines:?}");
        for (line, minor) in lines.iter().zip(spread.unwrap_or_default()) {
            assert!(minor >= 0, "{total}: {lines:?}");
            if let Some(own) = line["total"].as_str() {
                let own: Decimal = own.parse().expect("a decimal");
                assert_eq!(Decimal::new(minor, 2), own, "{total}: {lines:?}");
            }
        }
    }
}

#[test]
fn the_difference_goes_where_the_exact_product_is_closest() {
    let lines = || {
        vec![
            priced("10.00", "1"),
            priced("0.333", "1"),
            priced("0.337", "1"),
            priced("25.00", "1"),
            priced("0.004", "1"),
            own("99.00"),
        ]
    };
    // 10.00 + 0.33 + 0.34 + 25.00 + 0.00 + 99.00 = 134.67
    for (total, expected) in [
        ("134.67", [1000, 33, 34, 2500, 0, 9900]),
        ("134.68", [1000, 33, 34, 2500, 1, 9900]),
        ("134.69", [1000, 34, 34, 2500, 1, 9900]),
        ("134.70", [1000, 34, 35, 2500, 1, 9900]),
        ("134.71", [1000, 34, 35, 2501, 1, 9900]),
        ("134.66", [1000, 33, 33, 2500, 0, 9900]),
        ("134.65", [1000, 32, 33, 2500, 0, 9900]),
        ("134.64", [1000, 32, 33, 2499, 0, 9900]),
        ("134.63", [999, 32, 33, 2499, 0, 9900]),
    ] {
        assert_eq!(
            spread_over(total, lines()),
            Some(expected.to_vec()),
            "{total}"
        );
    }
    for total in ["134.72", "134.62"] {
        assert_eq!(spread_over(total, lines()), None, "{total}");
    }
    let equal = vec![priced("0.333", "1"); 3];
    assert_eq!(spread_over("1.00", equal), Some(vec![34, 33, 33]));
}

#[test]
fn every_charge_counts_in_the_total_and_none_is_negative() {
    for (name, sign) in [
        ("taxAmount", 1),
        ("shippingAmount", 1),
        ("handlingAmount", 1),
        ("insuranceAmount", 1),
        ("surchargeAmount", 1),
        ("discountAmount", -1),
    ] {
        let mut cart = usd("10.00", json!([priced("10.00", "1")]));
        (cart["taxAmount"], cart["shippingAmount"]) = (json!("0"), json!("0"));
        cart[name] = json!("2.50");
        let kind = judged(&cart).map(drop).map_err(|refused| refused.kind);
        assert_eq!(kind, Err(CartRefusalKind::Conflict), "{name}");
        cart["total"] = json!(Decimal::new(1000 + sign * 250, 2).to_string());
        assert!(judged(&cart).is_ok(), "{name}");
        cart[name] = json!("-2.50");
        let refused = judged(&cart).expect_err("a negative charge");
        assert_eq!(refused.errors[0].pointer, Some(format!("/{name}")));
        assert_eq!(refused.errors[0].code, "negative");
    }
    let mut cart = usd("16.00", json!([priced("10.00", "1")]));
    (cart["handlingAmount"], cart["surchargeAmount"]) = (json!("1"), json!("2"));
    (cart["taxAmount"], cart["shippingAmount"]) = (json!("0"), json!("0"));
    assert_eq!(
        judged(&cart).expect_err("3.00 missing").errors[0].message,
        "lines 10.00 + tax 0.00 + shipping 0.00 + handling 1.00 + surcharge 2.00 − discount 0.00 = 13.00, total is 16.00"
    );
}

#[test]
fn only_what_can_no_longer_become_right_is_a_conflict() {
    use CartRefusalKind::{Conflict, NothingToPay, Unfinished};
    let line = || json!([priced("10.00", "1")]);
    let with = |total: &str, more: Value| {
        let mut cart = usd(total, line());
        cart.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().expect("an object"));
        cart
    };
    for (cart, kind) in [
        (with("15.00", json!({})), Unfinished),
        (with("15.00", json!({ "taxAmount": "1" })), Unfinished),
        (with("15.00", json!({ "shippingAmount": "1" })), Unfinished),
        (
            with(
                "15.00",
                json!({ "taxAmount": null, "shippingAmount": "20" }),
            ),
            Unfinished,
        ),
        (
            with("15.00", json!({ "taxAmount": "1", "shippingAmount": "1" })),
            Conflict,
        ),
        (with("9.00", json!({})), Conflict),
        (with("10.00", json!({ "discountAmount": "3" })), Conflict),
        (with("15.00", json!({ "shippingAmount": "-1" })), Conflict),
        (
            with(
                "15.00",
                json!({ "subtotal": { "value": "10", "currency": "EUR" } }),
            ),
            Conflict,
        ),
        (
            with("15.00", json!({ "lineItems": [{ "quantity": 1 }] })),
            Conflict,
        ),
        (
            with(
                "15.00",
                json!({ "lineItems": [{ "price": { "value": 1 } }] }),
            ),
            Conflict,
        ),
        (
            with("15.00", json!({ "lineItems": [{ "total": "1.005" }] })),
            Conflict,
        ),
        (
            with(
                "15.00",
                json!({ "lineItems": [{ "total": 1, "price": { "currency": "EUR" } }] }),
            ),
            Conflict,
        ),
        (
            with("15.00", json!({ "lineItems": [priced("-1", "1")] })),
            Conflict,
        ),
        (
            with("15.00", json!({ "lineItems": [priced("1", "-1")] })),
            Conflict,
        ),
        (
            with("15.00", json!({ "lineItems": [], "shippingAmount": "-1" })),
            Unfinished,
        ),
        (
            with(
                "15.00",
                json!({ "lineItems": null, "taxAmount": "20", "shippingAmount": "1" }),
            ),
            Unfinished,
        ),
        (
            json!({ "currency": "USD", "lineItems": [{ "quantity": 1 }] }),
            Unfinished,
        ),
        (json!({ "currency": "USD" }), Unfinished),
        (with("0", json!({})), NothingToPay),
        (with("-0.01", json!({ "lineItems": [] })), NothingToPay),
        (json!({ "currency": "USD", "total": "0.00" }), NothingToPay),
    ] {
        let refused = judged(&cart).expect_err("a refusal");
        assert_eq!(refused.kind, kind, "{cart}");
        assert!(!refused.errors.is_empty());
    }
}

#[test]
fn a_tax_that_the_prices_include_is_not_more_than_all_of_them() {
    for (total, tax, discount, fits) in [
        ("10.00", "10.00", "0", true),
        ("10.00", "10.01", "0", false),
        ("10.00", "5000.00", "0", false),
        // What a voucher pays was taxed too.
        ("1.00", "1.60", "9.00", true),
        ("1.00", "10.01", "9.00", false),
    ] {
        let cart = json!({
            "currency": "USD", "total": total, "taxAmount": tax, "discountAmount": discount, "pricesIncludeTax": true,
            "lineItems": [own("10.00")],
        });
        let judged = judged(&cart);
        assert_eq!(judged.is_ok(), fits, "{cart}: {judged:?}");
        if let Err(refusal) = judged {
            assert_eq!(refusal.kind, CartRefusalKind::Conflict);
            let [error] = &refusal.errors[..] else {
                panic!("one error")
            };
            assert_eq!(
                (error.pointer.as_deref(), &*error.code),
                (Some("/taxAmount"), DO_NOT_ADD_UP)
            );
        }
    }
}

/// A decimal text with this number of decimals.
fn decimal(mantissa: i64, scale: u32) -> String {
    Decimal::new(mantissa, scale).to_string()
}

/// Price in millionths, quantity in thousandths, and whether the shop posts a total of its own.
fn any_line() -> impl Strategy<Value = (i64, i64, bool)> {
    let price = prop_oneof![
        0..2_000_000_000_i64,
        (0..2000_i64).prop_map(|it| it * 10_000)
    ];
    let quantity = prop_oneof![1..1_000_000_i64, (1..20_i64).prop_map(|it| it * 1000)];
    (price, quantity, prop::bool::weighted(0.2))
}

/// One currency for each number of digits there is.
fn any_currency() -> impl Strategy<Value = Currency> {
    let code = prop::sample::select(vec!["JPY", "USD", "KWD", "CLF"]);
    code.prop_map(|code| Currency::parse(code).expect("a currency"))
}

/// The total of a line by long multiplication, independent of the tested code: minor units, and whether they are exact.
fn school(price: i64, quantity: i64, digits: u32) -> (i64, bool) {
    let product = i128::from(price) * i128::from(quantity);
    let divisor = 10_i128.pow(9 - digits);
    let (whole, rest) = (product / divisor, product % divisor);
    let up = rest * 2 > divisor || (rest * 2 == divisor && whole % 2 == 1);
    (
        i64::try_from(whole + i128::from(up)).expect("small"),
        rest == 0,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_exact_and_no_line_is_negative(
        currency in any_currency(),
        posted in prop::collection::vec(any_line(), 1..8),
        charges in prop::array::uniform6(prop_oneof![2 => Just(0_i64), 1 => 0..1_000_000_i64]),
        difference in -10..=10_i64,
        with_tax: bool,
    ) {
        let digits = currency.digits();
        let totals: Vec<_> = posted.iter().map(|&(price, quantity, _)| school(price, quantity, digits)).collect();
        let [tax, shipping, handling, insurance, surcharge, discount] = charges;
        let lines_sum: i64 = totals.iter().map(|(total, _)| total).sum();
        let on_top = if with_tax { 0 } else { tax };
        let total = lines_sum + on_top + shipping + handling + insurance + surcharge - discount + difference;
        let money = |minor| decimal(minor, digits);
        let cart = json!({
            "currency": currency.code(), "total": money(total), "pricesIncludeTax": with_tax,
            "taxAmount": money(tax), "shippingAmount": money(shipping), "handlingAmount": money(handling),
            "insuranceAmount": money(insurance), "surchargeAmount": money(surcharge), "discountAmount": money(discount),
            "lineItems": posted.iter().zip(&totals).map(|((price, quantity, own), (total, _))| json!({
                "price": { "value": decimal(*price, 6) }, "quantity": decimal(*quantity, 3),
                "total": own.then(|| money(*total)),
            })).collect::<Vec<_>>(),
        });
        let computed = || posted.iter().zip(&totals).filter(|((_, _, own), _)| !own).map(|(_, total)| total);
        let explained = 1 + computed().filter(|(_, exact)| !exact).count();
        let takers = computed().filter(|(total, _)| difference > 0 || *total > 0).count();
        let units = usize::try_from(difference.unsigned_abs()).expect("small");
        let fits = units <= explained && units <= takers;
        let judged = judged(&cart);
        let tax_fits = !with_tax || tax <= total + discount;
        prop_assert_eq!(judged.is_ok(), fits && total > 0 && tax_fits, "{}", cart);
        let Ok(sums) = judged else { return Ok(()) };
        prop_assert_eq!(sum(&sums.lines) + sums.charges.beside_lines(), i128::from(total));
        for (line, ((_, _, own), (total, _))) in sums.lines.iter().zip(posted.iter().zip(&totals)) {
            let moved = line.total.minor() - total;
            prop_assert!(line.total.minor() >= 0, "{}", cart);
            prop_assert!(if *own { moved == 0 } else { moved == 0 || moved == difference.signum() }, "{}", cart);
            let each = line.price_each().map(|price| Decimal::from(price.minor()));
            let whole = line.quantity.filter(Decimal::is_integer);
            let product = each.zip(whole).map(|(each, quantity)| each * quantity);
            prop_assert!(product.is_none_or(|product| product == Decimal::from(line.total.minor())), "{}", cart);
        }
    }
}
