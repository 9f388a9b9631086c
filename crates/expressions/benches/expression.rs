//! How long expressions take, and how long reading a cart takes beside parsing it into plain borrowed structs.
//!
//! `cargo bench --bench expression`. Ratios are taken in one run; nothing fails.

#[path = "../tests/language/cart.rs"]
mod cart;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use onterms_expressions::{Budget, Expression};
use serde::Deserialize;

use cart::{CART, ORDINARY};

const CONDITION: &str = "subtotal.value > 1000 and billingAddress.countryIso2 in ['US','CA']";
const LOOP: &str = "lineItems.any(lineItem.product.sku matches '/^B/')";

/// The yardstick: the same cart as a program would write it down that knows every attribute and checks none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, never read")]
struct Plain<'c> {
    currency: &'c str,
    website: &'c str,
    total: &'c str,
    #[serde(borrow)]
    subtotal: Price<'c>,
    shipping_amount: &'c str,
    tax_amount: &'c str,
    shipping_method: &'c str,
    billing_address: Address<'c>,
    shipping_address: Address<'c>,
    customer: Customer<'c>,
    customer_user: User<'c>,
    line_items: Vec<Line<'c>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, never read")]
struct Price<'c> {
    value: &'c str,
    currency: &'c str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, never read")]
struct Address<'c> {
    country_iso2: &'c str,
    region_code: &'c str,
    postal_code: &'c str,
    city: &'c str,
    street: &'c str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, never read")]
struct Customer<'c> {
    id: u64,
    name: &'c str,
    #[serde(borrow)]
    group: Group<'c>,
    credit_limit: &'c str,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, never read")]
struct Group<'c> {
    id: u64,
    name: &'c str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, never read")]
struct User<'c> {
    id: u64,
    email: &'c str,
    full_name: &'c str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed, never read")]
struct Line<'c> {
    product_sku: &'c str,
    #[serde(borrow)]
    product: Product<'c>,
    quantity: u64,
    product_unit: Unit<'c>,
    price: Price<'c>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, never read")]
struct Product<'c> {
    sku: &'c str,
    name: &'c str,
    category: Category,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, never read")]
struct Category {
    id: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, never read")]
struct Unit<'c> {
    code: &'c str,
}

fn expressions(criterion: &mut Criterion) {
    let document = CART.read(ORDINARY).expect("the cart is a good one");
    let parse = |text: &str| Expression::parse(text, &CART).expect("the expression is a good one");
    let mut budget = Budget::new(u64::MAX);
    for (name, text) in [("condition", CONDITION), ("loop over 5 lines", LOOP)] {
        let expression = parse(text);
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(&expression).holds(black_box(&document), &mut budget));
        });
    }
    for (name, text) in [
        ("explain one clause", "total <= 1000"),
        ("explain two clauses", "currency = 'USD' and total <= 1000"),
    ] {
        let expression = parse(text);
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(&expression).explain(black_box(&document), &mut budget));
        });
    }
    criterion.bench_function("parse, check and compile the condition", |bencher| {
        bencher.iter(|| Expression::parse(black_box(CONDITION), &CART));
    });
    criterion.bench_function("parse and compile without a schema", |bencher| {
        bencher.iter(|| Expression::parse_free(black_box(CONDITION)));
    });
}

fn reading(criterion: &mut Criterion) {
    criterion.bench_function("read the cart", |bencher| {
        bencher.iter(|| CART.read(black_box(ORDINARY)).is_ok())
    });
    criterion.bench_function("serde_json into plain structs", |bencher| {
        bencher.iter(|| serde_json::from_str::<Plain<'_>>(black_box(ORDINARY)).is_ok());
    });
    let read = fastest(|| black_box(CART.read(black_box(ORDINARY)).is_ok()));
    let plain =
        fastest(|| black_box(serde_json::from_str::<Plain<'_>>(black_box(ORDINARY)).is_ok()));
    println!(
        "reading {} bytes: {read:?} beside {plain:?} for plain structs, ratio {:.2}",
        ORDINARY.len(),
        read.as_secs_f64() / plain.as_secs_f64()
    );
}

/// The fastest of many rounds, so that a neighbour on the machine does not count.
fn fastest(work: impl Fn() -> bool) -> Duration {
    const TURNS: u32 = 1_000;
    let round = || {
        let begin = Instant::now();
        for _ in 0..TURNS {
            assert!(work());
        }
        begin.elapsed() / TURNS
    };
    (0..200).map(|_| round()).min().unwrap_or_default()
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = expressions, reading
}
criterion_main!(benches);
