//! Questions whose answers are known.

use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Answer, Domain, Formula, Numbers, Outcomes, Sample, Space, Steps};
use crate::{Attribute, Budget, Expression, Kind, Schema, Shape};

fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let attribute = |name, kind| Attribute::new(name, kind, "");
        let cart = Shape::new(
            "cart",
            "",
            [
                attribute("currency", Kind::Text).required(),
                attribute("total", Kind::Money),
                attribute("tax", Kind::Money),
                attribute("gift", Kind::Boolean),
                attribute("lines", Kind::list_of("line")),
                attribute("customer", Kind::Object("customer")),
                attribute("extra", Kind::Any),
            ],
        );
        let customer = Shape::new(
            "customer",
            "",
            [
                attribute("id", Kind::Scalar),
                attribute("name", Kind::Text),
                attribute("group", Kind::Object("group")),
            ],
        );
        let group = Shape::new("group", "", [attribute("id", Kind::Scalar)]);
        let line = Shape::new("line", "", [attribute("price", Kind::Money)]);
        Schema::new("cart", [cart, customer, group, line]).expect("a schema")
    });
    &SCHEMA
}

fn expression(text: &str) -> Expression {
    Expression::load(text, schema()).unwrap_or_else(|found| panic!("{text}: {found:?}"))
}

/// Whether it can hold, not hold and fail: `+` if it can, `-` if not, `?` where that is unknown.
fn outcomes(text: &str, space: &Space) -> String {
    let expression = expression(text);
    [Outcomes::TRUE, Outcomes::FALSE, Outcomes::FAILURE]
        .map(|wanted| {
            let formula = Formula::Outcome(&expression, wanted);
            match space.find(&formula, &mut Steps::new(100_000)) {
                Answer::Found(witness) => {
                    assert_eq!(
                        outcome(&expression, &witness.json),
                        wanted,
                        "{text}: {witness:?}"
                    );
                    '+'
                }
                Answer::Nothing => '-',
                Answer::Unknown => '?',
            }
        })
        .into_iter()
        .collect()
}

fn outcome(expression: &Expression, json: &str) -> Outcomes {
    let record = schema()
        .read(json)
        .unwrap_or_else(|why| panic!("{json}: {why:?}"));
    match expression.holds(&record, &mut Budget::default()) {
        Ok(true) => Outcomes::TRUE,
        Ok(false) => Outcomes::FALSE,
        Err(_) => Outcomes::FAILURE,
    }
}

#[test]
fn what_can_come_out_is_decided() {
    let space = Space::new(schema());
    let table = [
        ("true", "+--"),
        ("null", "-+-"),
        ("total > 5", "+++"),
        ("total != null and total > 5", "++-"),
        ("total > 5 and total < 5", "-++"),
        ("total >= 5 and total <= 5", "+++"),
        ("total > 5 and total < 5.000001", "-++"),
        ("total > 5 and total < 5.000002", "+++"),
        ("total = 0 or total > 0 or total < 0", "+-+"),
        ("total = null or total = 0 or total > 0 or total < 0", "+--"),
        (
            "total != null and total > 5 or total = null or total <= 5",
            "+--",
        ),
        ("total in [1, 2] and total not in [2, 3]", "++-"),
        ("total in [1, 2] and total not in [2, 1]", "-+-"),
        (
            "total in 1..3 and total > 1 and total < 3 and total != 2",
            "-+-",
        ),
        ("not (total in 1..3) and total > 1 and total < 3", "+++"),
        ("currency = 'USD' and currency = 'EUR'", "-+-"),
        ("currency in ['USD', 'EUR'] and currency != 'USD'", "++-"),
        ("currency > 'a' and currency < 'b'", "++-"),
        ("currency > 'a' and currency < 'a '", "++-"),
        ("currency < ''", "-+-"),
        ("currency", "++-"),
        ("not currency", "++-"),
        ("gift = true and gift = false", "-+-"),
        ("gift or not gift", "+--"),
        ("gift ? total > 5 : total = null", "+++"),
        ("total ?: gift", "++-"),
        ("customer.name = 'A'", "+++"),
        ("customer and customer.name = 'A'", "++-"),
        ("customer = null or customer.name != 'A'", "++-"),
        ("customer and customer.group.id = 3", "+++"),
        (
            "customer and customer.group and customer.group.id = 3",
            "+++",
        ),
        (
            "customer and customer.group and customer.group.id in [3, null]",
            "+++",
        ),
        ("customer and not customer", "-+-"),
        ("customer = null and customer.name = 'A'", "-++"),
        ("customer.id = 3 and customer.id = '3'", "-++"),
        ("currency = 'USD' and not (currency = 'USD')", "-+-"),
        // A list is known to be null or empty, and nothing else of it is.
        ("lines.any(line.price > 5)", "?++"),
        ("lines = null and lines.any(line.price > 5)", "-++"),
        ("lines and lines.any(line.price > 5)", "?++"),
        ("lines = null", "++-"),
        // What cells do not describe is not claimed.
        ("total + 1 > 5 and total < 3", "?++"),
        ("total > tax and tax > total", "?++"),
        ("currency matches '/^U/'", "?+-"),
        ("currency matches '/^U/' and currency = 'USD'", "++-"),
        ("currency matches '/^U/' and currency = 'EUR'", "-+-"),
        ("currency matches '/^U/' and total < 0 and total > 0", "-+?"),
        ("customer.vip = true", "??+"),
        ("customer = null and customer.vip", "-++"),
        ("extra = null and extra", "?+?"),
    ];
    let found = table.map(|(text, _)| (text, outcomes(text, &space)));
    let expected = table.map(|(text, expected)| (text, expected.to_owned()));
    let differs = found
        .iter()
        .zip(&expected)
        .filter(|(found, expected)| found != expected);
    assert_eq!(differs.collect::<Vec<_>>(), []);
}

#[test]
fn a_domain_narrows_what_can_come_out() {
    let cents = |low: i64, high: i64| {
        Domain::Numbers(Numbers {
            low: Some(Decimal::new(low, 2)),
            high: Some(Decimal::new(high, 2)),
            scale: 2,
            nullable: false,
            always_given: true,
        })
    };
    let only = |texts: &[&str]| {
        Domain::Only(
            texts
                .iter()
                .map(|text| Sample::Text((*text).to_owned()))
                .collect(),
        )
    };
    let space = Space::new(schema())
        .with("total", cents(1, 100_000))
        .with("currency", only(&["USD"]))
        .with("customer.name", only(&["A", "B"]));
    for (text, expected) in [
        ("total > 0", "+--"),
        ("total > 0.01", "++-"),
        ("total > 1.00 and total < 1.01", "-+-"),
        ("total > 1.00 and total < 1.02", "++-"),
        ("total > 1000", "-+-"),
        ("total = null", "-+-"),
        ("currency = 'USD'", "+--"),
        ("currency matches '/^U/'", "+--"),
        ("customer and customer.name in ['A', 'B']", "++-"),
        ("customer = null or customer.name in ['A', 'B']", "+--"),
        (
            "customer.name matches '/A/' and customer.name != 'A'",
            "-++",
        ),
    ] {
        assert_eq!(outcomes(text, &space), expected, "{text}");
    }
}

#[test]
fn the_search_gives_up_at_its_limit() {
    let names = ["customer.id", "customer.name", "total", "tax", "gift"];
    let clause = |name: &&str| format!("({name} = null or {name} != null)");
    let all: Vec<_> = names.iter().map(clause).collect();
    let text = format!("customer and not ({})", all.join(" and "));
    let expression = expression(&text);
    let formula = Formula::Outcome(&expression, Outcomes::TRUE);
    let space = Space::new(schema());
    assert_eq!(space.find(&formula, &mut Steps::new(3)), Answer::Unknown);
    let mut late = Steps::until(100_000, &|| true);
    let lots = "total".to_owned() + &" + total".repeat(500);
    let expression = self::expression(&format!(
        "{lots} > 3 and total in {:?}",
        (0..600).collect::<Vec<_>>()
    ));
    let formula = Formula::Outcome(&expression, Outcomes::FAILURE);
    space.find(&formula, &mut late);
    assert!(late.are_over());
}

/// Texts of conditions over a few attributes, with constants that meet each other.
fn condition() -> impl Strategy<Value = String> {
    let amount = prop::sample::select(vec!["-1", "0", "1", "2", "2.5", "3"]);
    let order = prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]);
    let name = prop::sample::select(vec!["total", "tax"]);
    let text = prop::sample::select(vec!["customer.name", "currency"]);
    let word = prop::sample::select(vec!["A", "B", ""]);
    let leaf = prop_oneof![
        (name.clone(), order.clone(), amount.clone()).prop_map(|(n, o, a)| format!("{n} {o} {a}")),
        (name.clone(), amount.clone(), amount.clone())
            .prop_map(|(n, a, b)| format!("{n} in [{a}, {b}]")),
        name.clone().prop_map(|n| format!("{n} != null")),
        (text.clone(), order, word.clone()).prop_map(|(t, o, w)| format!("{t} {o} '{w}'")),
        (text, word.clone(), word).prop_map(|(t, v, w)| format!("{t} not in ['{v}', '{w}']")),
        Just("customer".to_owned()),
        Just("gift".to_owned()),
        Just("customer.id in [1, 2]".to_owned()),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.clone().prop_map(|a| format!("not ({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

/// Documents with every value that distinguishes anything in these conditions.
fn documents() -> Vec<String> {
    let amounts = [
        "null", "-2", "-1", "-0.5", "0", "0.5", "1", "1.5", "2", "2.2", "2.5", "2.7", "3", "4",
    ];
    let names = ["null", "\"\"", "\"0\"", "\"A\"", "\"AA\"", "\"B\"", "\"C\""];
    let mut customers = vec!["null".to_owned()];
    for name in names {
        for id in ["null", "1", "2", "3", "\"1\""] {
            customers.push(format!("{{\"name\":{name},\"id\":{id}}}"));
        }
    }
    let mut documents = Vec::new();
    for total in amounts {
        for tax in ["null", "0", "2", "2.7"] {
            for customer in &customers {
                for (currency, gift) in [("A", true), ("", false), ("0", true), ("C", false)] {
                    documents.push(format!(
                        "{{\"currency\":\"{currency}\",\"gift\":{gift},\"total\":{total},\"tax\":{tax},\"customer\":{customer}}}"
                    ));
                }
            }
        }
    }
    documents
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Brute force finds no outcome that is said to be impossible, and every condition of this fragment is decided.
    #[test]
    fn nothing_is_claimed_that_a_document_contradicts(text in condition()) {
        static DOCUMENTS: LazyLock<Vec<String>> = LazyLock::new(documents);
        let expression = expression(&text);
        let found = outcomes(&text, &Space::new(schema()));
        prop_assert!(!found.contains('?'), "{text}: {found}");
        for json in DOCUMENTS.iter() {
            let outcome = outcome(&expression, json);
            let place = [Outcomes::TRUE, Outcomes::FALSE, Outcomes::FAILURE].iter().position(|it| *it == outcome);
            prop_assert_eq!(place.and_then(|place| found.chars().nth(place)), Some('+'), "{}: {}", text, json);
        }
    }
}
