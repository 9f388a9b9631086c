//! Two conditions of ours beside the same in zen-expression and cel, each with a prepared program and a prepared context.
//!
//! `cargo bench` in this folder. Goals: 30 ns for the first and 120 ns for the second.

use std::{hint::black_box, sync::LazyLock};

use criterion::{Criterion, criterion_group, criterion_main};
use onterms::{
    cart,
    expressions::{Budget, Expression},
};
use serde_json::Value;
use zen_expression::{Isolate, vm::VM};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CART: &str = include_str!("../../checkout/cart.json");

/// The cart with numbers as numbers, for engines that do not read decimals from texts.
static NUMERIC: LazyLock<Value> = LazyLock::new(|| {
    let mut cart: Value = serde_json::from_str(CART).expect("JSON");
    cart["subtotal"]["value"] = serde_json::json!(1200.0);
    cart
});

struct Condition {
    name: &'static str,
    ours: &'static str,
    zen: &'static str,
    cel: &'static str,
}

const CONDITIONS: [Condition; 2] = [
    Condition {
        name: "one condition",
        ours: "subtotal.value > 1000 and billingAddress.countryIso2 in ['US', 'CA']",
        zen: "subtotal.value > 1000 and billingAddress.countryIso2 in ['US', 'CA']",
        cel: "subtotal.value > 1000.0 && billingAddress.countryIso2 in ['US', 'CA']",
    },
    Condition {
        name: "any of five lines, the last matches",
        ours: "lineItems.any(lineItem.product.sku matches '/^B/')",
        zen: "some(lineItems, startsWith(#.product.sku, 'B'))",
        cel: "lineItems.exists(l, l.product.sku.startsWith('B'))",
    },
];

fn peers(criterion: &mut Criterion) {
    for condition in &CONDITIONS {
        let mut group = criterion.benchmark_group(condition.name);

        let cart = cart::read(CART).expect("a cart");
        let ours = Expression::parse(condition.ours, cart::schema()).expect("an expression");
        assert!(ours.holds(cart.record(), &mut Budget::default()).expect("a verdict"));
        group.bench_function("onterms", |bencher| {
            bencher.iter(|| ours.holds(black_box(cart.record()), &mut Budget::default()).expect("a verdict"));
        });

        let mut isolate = Isolate::new();
        let zen = isolate.compile_standard(condition.zen).expect("an expression");
        let (context, mut vm) = (zen_expression::Variable::from(NUMERIC.clone()), VM::new());
        let verdict = zen.evaluate_with(context.shallow_clone(), &mut vm).expect("a verdict");
        assert_eq!(verdict.as_bool(), Some(true));
        group.bench_function("zen-expression", |bencher| {
            bencher.iter(|| zen.evaluate_with(black_box(context.shallow_clone()), &mut vm).expect("a verdict"));
        });

        let program = cel::Program::compile(condition.cel).expect("a program");
        let mut context = cel::Context::default();
        for (name, value) in NUMERIC.as_object().expect("an object") {
            context.add_variable(name.clone(), value).expect("a variable");
        }
        assert_eq!(program.execute(&context).expect("a verdict"), cel::Value::Bool(true));
        group.bench_function("cel", |bencher| {
            bencher.iter(|| program.execute(black_box(&context)).expect("a verdict"));
        });
        group.finish();
    }
}

criterion_group!(benches, peers);
criterion_main!(benches);
