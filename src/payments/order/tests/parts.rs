//! Parts of an order add up to the whole, whatever their order and size, and whatever is canceled in between.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::{
    money::Money,
    payments::error::{Excess, PaymentError},
};

/// An order and what was invoiced of it; each invoice as its totals.
struct Shop {
    order: OrderTotals,
    invoices: Vec<InvoiceTotals>,
}

impl Shop {
    fn of(cart: &Value) -> Self {
        Shop {
            order: totals(cart).expect("totals that add up"),
            invoices: Vec::new(),
        }
    }

    fn invoiced(&self) -> Invoiced {
        let mut invoiced = Invoiced::default();
        for invoice in &self.invoices {
            invoiced.amount += invoice.amount().minor();
            for (sum, amount) in invoiced.charges.iter_mut().zip(invoice.charges().amounts()) {
                *sum += amount.minor();
            }
            for (place, line) in invoice.placed_lines() {
                if let Some(place) = place {
                    let sum = invoiced.lines.entry(place).or_default();
                    sum.quantity += line.amount.quantity_or_one();
                    sum.amount += line.total().minor();
                }
            }
        }
        invoiced
    }

    fn left(&self) -> Money {
        let total = self.order.total();
        Money::from_minor(total.minor() - self.invoiced().amount, total.currency())
    }

    fn try_invoice(
        &self,
        body: &Value,
        items: &[(usize, &str)],
    ) -> Result<InvoiceTotals, PaymentError> {
        let prices = self.order.charges().prices;
        let currency = self.order.total().currency();
        let mut request =
            InvoiceRequest::read(&body.to_string(), currency, prices).expect("a body");
        request.items = items
            .iter()
            .map(|(line, quantity)| ItemQuantity {
                line: *line,
                quantity: quantity.parse().expect("a decimal"),
            })
            .collect();
        request.settle(&Basis {
            order_id: "SO-1",
            order: Some(&self.order),
            invoiced: &self.invoiced(),
            left: self.left(),
        })
    }

    /// Invoices, and returns amount, tax, shipping and the total of each line as one text.
    #[track_caller]
    fn invoice(&mut self, body: &Value, items: &[(usize, &str)]) -> String {
        let totals = self.try_invoice(body, items).expect("an invoice");
        let (amount, charges) = (totals.amount(), totals.charges());
        let lines = totals
            .lines()
            .iter()
            .map(|line| format!(" {}", line.total()));
        let lines: String = lines.collect();
        let drawn = format!("{amount} {} {}:{lines}", charges.tax, charges.shipping);
        self.invoices.push(totals);
        drawn
    }
}

/// 10 × 120.00 + tax 50.00 + shipping 40.50.
fn usual() -> Shop {
    Shop::of(&json!({
        "currency": "USD", "total": "1290.50", "taxAmount": "50.00", "shippingAmount": "40.50",
        "lineItems": [line("120.00", json!(10))],
    }))
}

#[test]
fn all_of_an_order_is_its_lines_tax_and_shipping() {
    assert_eq!(
        usual().invoice(&json!({}), &[]),
        "1290.50 50.00 40.50: 1200.00"
    );
}

#[test]
fn charges_go_with_the_value_of_the_goods_unless_they_are_given() {
    let mut shop = usual();
    assert_eq!(
        shop.invoice(&json!({}), &[(0, "3")]),
        "387.15 15.00 12.15: 360.00"
    );
    let given = json!({ "shippingAmount": "28.35" });
    assert_eq!(
        shop.invoice(&given, &[(0, "1")]),
        "153.35 5.00 28.35: 120.00"
    );
    assert_eq!(shop.invoice(&json!({}), &[]), "750.00 30.00 0.00: 720.00");
    assert_eq!(shop.left().minor(), 0);
}

#[test]
fn parts_that_are_rounded_come_to_the_whole() {
    let cart =
        json!({ "currency": "USD", "total": "61.72", "lineItems": [line("12.345", json!(5))] });
    let mut shop = Shop::of(&cart);
    assert!(shop.invoice(&json!({}), &[(0, "3")]).starts_with("37.03 "));
    assert!(shop.invoice(&json!({}), &[(0, "2")]).starts_with("24.69 "));
    // Lines of the shop's own are rounded one by one.
    let mut shop = Shop::of(&cart);
    let own = |quantity: i64| json!({ "lineItems": [line("12.345", json!(quantity))] });
    assert!(shop.invoice(&own(3), &[]).starts_with("37.04 "));
    assert_eq!(shop.invoice(&own(2), &[]), "24.68 0.00 0.00: 24.68");
    let more = shop.try_invoice(&own(1), &[]).expect_err("nothing is left");
    assert!(
        matches!(more, PaymentError::ExceedsRemaining(_)),
        "{more:?}"
    );
}

#[test]
fn more_of_a_line_than_is_left_is_refused_with_all_that_is_wrong() {
    let mut shop = Shop::of(&json!({
        "currency": "USD", "total": "45.00", "lineItems": [line("10.00", json!(2.5)), line("4.00", json!(5))],
    }));
    shop.invoice(&json!({}), &[(0, "1.25")]);
    let refused = shop.try_invoice(&json!({}), &[(0, "1.250001"), (1, "5"), (1, "6")]);
    let PaymentError::ExceedsRemaining(excesses) = refused.expect_err("too much") else {
        panic!("another refusal");
    };
    assert_eq!(
        excesses,
        [
            Excess::new("/items/0/quantity", "1.250001", "1.25"),
            Excess::new("/items/2/quantity", "6", "5")
        ]
    );
    let unknown = shop
        .try_invoice(&json!({}), &[(0, "9"), (2, "1")])
        .expect_err("no such line");
    let PaymentError::Invalid(errors) = unknown else {
        panic!("another refusal");
    };
    assert_eq!(
        refusals(errors),
        [("/items/1/line".to_owned(), "unknown_line".to_owned())]
    );
}

#[test]
fn a_part_that_is_worth_nothing_is_refused() {
    let cart = json!({
        "currency": "USD", "total": "1.00",
        "lineItems": [line("0.00", json!(2)), { "total": "0.01", "quantity": 4 }, line("0.99", json!(1))],
    });
    let mut shop = Shop::of(&cart);
    for items in [&[(0, "1")][..], &[(1, "1")], &[(0, "2"), (1, "2")]] {
        let refused = shop
            .try_invoice(&json!({}), items)
            .expect_err("it is worth nothing");
        assert!(
            matches!(refused, PaymentError::NothingToInvoice(_)),
            "{items:?} {refused:?}"
        );
    }
    shop.invoice(&json!({}), &[(0, "1"), (2, "1")]);
    assert_eq!(shop.invoice(&json!({}), &[]), "0.01 0.00 0.00: 0.00 0.01");
}

#[test]
fn charges_that_leave_nothing_of_a_cart_without_lines_are_refused() {
    let mut shop = Shop::of(&json!({ "currency": "USD", "total": "50.00" }));
    for discount in ["50.00", "50.01", "60"] {
        let refused = shop
            .try_invoice(&json!({ "discountAmount": discount }), &[])
            .expect_err("nothing is left");
        let is_nothing = matches!(refused, PaymentError::NothingToInvoice("/amount"));
        assert!(is_nothing, "{discount} {refused:?}");
    }
    let most = json!({ "discountAmount": "49.99" });
    assert_eq!(shop.invoice(&most, &[]), "0.01 0.00 0.00: 50.00");
}

#[test]
fn an_amount_alone_is_one_line_with_tax_in_proportion() {
    let mut shop = usual();
    assert_eq!(
        shop.invoice(&json!({ "amount": "500" }), &[]),
        "500.00 19.37 0.00: 480.63"
    );
    assert_eq!(
        shop.invoices[0].lines()[0].title.as_str(),
        "Part of order SO-1"
    );
    // The lines that are left no longer come to what is left.
    assert_eq!(shop.invoice(&json!({}), &[]), "790.50 30.63 0.00: 759.87");
    let items = usual().try_invoice(&json!({ "amount": "129.05" }), &[(0, "1")]);
    assert_eq!(items.expect("it adds up").amount().to_string(), "129.05");
    let wrong = usual().try_invoice(&json!({ "amount": "129.07" }), &[(0, "1")]);
    assert!(matches!(wrong, Err(PaymentError::Invalid(_))), "{wrong:?}");
}

#[test]
fn a_cart_without_lines_is_invoiced_as_it_was_ordered() {
    let mut shop = Shop::of(
        &json!({ "currency": "USD", "total": "50.00", "taxAmount": "4.00", "shippingAmount": "6.00" }),
    );
    assert_eq!(shop.invoice(&json!({}), &[]), "50.00 4.00 6.00: 40.00");
    assert_eq!(shop.invoices[0].lines()[0].title.as_str(), "Order SO-1");
}

/// What a shop does: parts of lines (in tenths of a line), an amount (in tenths of what is left), everything, or a
/// cancellation.
#[derive(Clone, Debug)]
enum Move {
    Items(Vec<(usize, i64)>),
    Amount(i64),
    Rest,
    Cancel(usize),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => prop::collection::vec((0..5_usize, 1..=10_i64), 1..4).prop_map(Move::Items),
        1 => (1..=10_i64).prop_map(Move::Amount),
        1 => Just(Move::Rest),
        3 => (0..9_usize).prop_map(Move::Cancel),
    ]
}

fn any_order() -> impl Strategy<Value = Value> {
    let line = (
        (0..3_000_000_i64),
        (1..100_000_i64),
        0..4_u32,
        any::<bool>(),
    );
    let charges = prop::array::uniform6(prop_oneof![Just(0_i64), 0..5_000_i64]);
    let code = prop::sample::select(vec!["JPY", "USD", "KWD"]);
    (prop::collection::vec(line, 1..5), charges, code, any::<bool>()).prop_map(|(lines, charges, code, with_tax)| {
        let currency = Currency::parse(code).expect("a currency");
        let money = |minor: i64| Money::from_minor(minor, currency);
        let lines: Vec<Value> = lines
            .into_iter()
            .map(|(price, quantity, scale, own)| {
                let quantity = Decimal::new(quantity, scale).to_string();
                match own {
                    true => json!({ "total": money(price).to_string(), "quantity": quantity }),
                    false => json!({ "price": { "value": Decimal::new(price, 5).to_string() }, "quantity": quantity }),
                }
            })
            .collect();
        let [tax, shipping, handling, insurance, surcharge, discount] = charges.map(|it| money(it).to_string());
        json!({
            "currency": code, "total": money(1).to_string(), "taxAmount": tax, "shippingAmount": shipping,
            "handlingAmount": handling, "insuranceAmount": insurance, "surchargeAmount": surcharge,
            "discountAmount": discount, "pricesIncludeTax": with_tax, "lineItems": lines,
        })
    })
}

/// The cart with the total that its refusal asks for.
fn added_up(mut cart: Value) -> Option<Value> {
    let errors = totals(&cart).err().unwrap_or_default();
    let sum = errors
        .first()?
        .message
        .split(" = ")
        .nth(1)?
        .split(',')
        .next()?
        .to_owned();
    cart["total"] = json!(sum);
    totals(&cart).is_ok().then_some(cart)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_invoiced_and_canceled_the_sums_are_exact_and_no_line_is_negative(
        cart in any_order(),
        moves in prop::collection::vec(any_move(), 1..14),
    ) {
        let Some(cart) = added_up(cart) else { return Ok(()) };
        let mut shop = Shop::of(&cart);
        let mut only_items = true;
        for step in moves.into_iter().chain([Move::Rest]) {
            let before = shop.invoiced();
            let made = match step {
                Move::Cancel(which) => {
                    if !shop.invoices.is_empty() {
                        shop.invoices.remove(which % shop.invoices.len());
                    }
                    continue;
                }
                Move::Rest if shop.left().minor() == 0 => continue,
                Move::Rest => shop.try_invoice(&json!({}), &[]),
                Move::Amount(tenths) => {
                    let amount = Money::from_minor(shop.left().minor() * tenths / 10, shop.left().currency());
                    if amount.minor() == 0 {
                        continue;
                    }
                    shop.try_invoice(&json!({ "amount": amount.to_string() }), &[])
                }
                Move::Items(wanted) => {
                    let mut items: Vec<(usize, String)> = Vec::new();
                    for (line, tenths) in wanted {
                        let place = line % shop.order.lines().len();
                        let whole = shop.order.lines()[place].amount.quantity_or_one();
                        let left = whole - before.line(place).quantity;
                        let part = (whole * Decimal::new(tenths, 1)).min(left);
                        if part > Decimal::ZERO && items.iter().all(|(line, _)| *line != place) {
                            items.push((place, part.to_string()));
                        }
                    }
                    if items.is_empty() {
                        continue;
                    }
                    let items: Vec<(usize, &str)> = items.iter().map(|(line, quantity)| (*line, quantity.as_str())).collect();
                    shop.try_invoice(&json!({}), &items)
                }
            };
            let Ok(made) = made else {
                // More than is left after amounts without lines, or worth nothing.
                continue;
            };
            let lines: i128 = made.lines().iter().map(|line| i128::from(line.total().minor())).sum();
            prop_assert_eq!(lines + made.charges().beside_lines(), i128::from(made.amount().minor()));
            prop_assert!(made.lines().iter().all(|line| line.total().minor() >= 0));
            prop_assert!(made.charges().amounts().iter().all(|amount| amount.minor() >= 0));
            only_items &= made.placed_lines().all(|(place, _)| place.is_some());
            shop.invoices.push(made);
            let after = shop.invoiced();
            prop_assert!(after.amount <= shop.order.total().minor());
            for (place, line) in shop.order.lines().iter().enumerate() {
                let of_line = after.line(place);
                let whole = line.amount.quantity_or_one();
                prop_assert!(of_line.quantity <= whole && of_line.amount <= line.total().minor());
                if of_line.quantity == whole {
                    prop_assert_eq!(of_line.amount, line.total().minor());
                }
            }
            for (taken, whole) in after.charges.iter().zip(shop.order.charges().amounts()) {
                prop_assert!(*taken <= whole.minor());
            }
        }
        // What is left is invoiced last, and then nothing is left.
        prop_assert_eq!(shop.left().minor(), 0, "{}", cart);
        if only_items {
            let invoiced = shop.invoiced();
            let charges = shop.order.charges().amounts().map(|amount| amount.minor());
            prop_assert_eq!(invoiced.charges, charges);
        }
    }
}
