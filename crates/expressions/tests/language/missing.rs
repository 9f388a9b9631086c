//! Attributes that the schema does not know and the document lacks, and values of kinds that a list does not have.

use onterms_expressions::{Budget, ErrorCode, Expression, Outcome, Record, Verdict, read_free};
use proptest::prelude::*;

use crate::cart::{CART, ORDINARY};

type Answer = Result<bool, ErrorCode>;

/// The result of an expression, which every entry point must agree on.
fn ask(text: &str, document: &Record<'_>) -> Answer {
    let expression =
        Expression::parse(text, &CART).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    let holds = expression.holds(document, &mut Budget::default());
    let answer = holds.map_err(|error| error.code);
    let value = expression.evaluate(document, &mut Budget::default());
    let truthy = value
        .map(|value| value.truthy())
        .map_err(|error| error.code);
    assert_eq!(truthy, answer, "{text}");
    let explanation = expression.explain(document, &mut Budget::default());
    let trace = expression.trace(document, &mut Budget::default());
    let (verdict, outcome) = match answer {
        Ok(true) => (Verdict::True, Outcome::True),
        Ok(false) => (Verdict::False, Outcome::False),
        Err(_) => (Verdict::Failed, Outcome::Failed),
    };
    assert_eq!(explanation.verdict, verdict, "{text}: {explanation:?}");
    assert_eq!(explanation.error, answer.err(), "{text}");
    assert_eq!(trace.outcome, outcome, "{text}: {trace:?}");
    answer
}

fn on_the_ordinary_cart(text: &str) -> Answer {
    ask(text, &CART.read(ORDINARY).unwrap())
}

const MISSING: Answer = Err(ErrorCode::MissingAttribute);
const UNLIKE: Answer = Err(ErrorCode::TypeMismatch);

#[test]
fn a_missing_attribute_is_null_where_it_is_only_asked_for() {
    for (text, expected) in [
        ("customer.tier", false),
        ("(customer.tier)", false),
        ("customer['tier']", false),
        ("customer.tier = null", true),
        ("null = customer.tier", true),
        ("customer.tier == NULL", true),
        ("customer.tier != null", false),
        ("null != customer['tier']", false),
        ("customer.tier = null = true", true),
        ("null = customer.tier = true", true),
        ("not (customer.tier != null)", true),
        ("(customer.tier = null) = true", true),
        ("customer.tier and total > 5", false),
        ("total > 5 and customer.tier", false),
        ("customer.tier or total > 5", true),
        ("total < 5 or customer.tier", false),
        ("total < 5 or customer.tier or customer.level", false),
        ("not (customer.tier or customer.level)", true),
        ("(customer.tier ?: 'none') = 'none'", true),
        ("customer.tier ?: customer.level", false),
        ("(customer.tier ? 1 : 2) = 2", true),
        ("total > 5 ? customer.tier : true", false),
        ("(total > 5 ? customer.tier : true) and total > 5", false),
        ("(total > 5 ? customer.tier : 1) = null", true),
        (
            "customer.tier and customer.tier.name = 'x' or total > 5",
            true,
        ),
        ("customer.tier = null or customer.tier.name = 'x'", true),
        (
            "lineItems.all(lineItem.product.tag = null or lineItem.product.tag.id = 5)",
            true,
        ),
        (
            "lineItems.any(lineItem.product.tag and lineItem.product.tag.id = 5)",
            false,
        ),
        (
            "lineItems.any((lineItem.product.tag ?: 'a') = 'a' and lineItem.quantity > 50)",
            true,
        ),
    ] {
        assert_eq!(on_the_ordinary_cart(text), Ok(expected), "{text}");
    }
}

#[test]
fn a_missing_attribute_fails_every_other_use() {
    for text in [
        "customer.tier = 'gold'",
        "customer.tier != 'gold'",
        "'gold' != customer.tier",
        "customer.tier != 5",
        "customer.tier = customer.level",
        "customer.tier = true",
        "customer.tier = (null ?: null)",
        "not customer.tier",
        "!customer.tier",
        "not (customer.tier)",
        "not (total > 5 ? customer.tier : 1)",
        "customer.tier in ['gold']",
        "customer.tier in [null]",
        "customer.tier not in ['gold']",
        "customer.tier not in [customer.name]",
        "'gold' in customer.tiers",
        "'gold' not in customer.tiers",
        "total in 1..customer.limit",
        "customer.tier < 5",
        "customer.tier >= total",
        "'a' ~ customer.tier = 'a'",
        "customer.tier ~ 'a' != 'x'",
        "customer.tier matches '/^x/'",
        "customer.tier + 1 > 0",
        "-customer.tier < 1",
        "customer.tier.name = null",
        "customer.tier.name",
        "customer.tier['name'] != null",
        "customer.tier[0] = null",
        "customer.tier.name and total > 5",
        "count(customer.tiers) = 0",
        "min(customer.tiers) = 0",
        "decimal(customer.tier) > 0",
        "[customer.tier] = [null]",
        "{a: customer.tier}.a = null",
        "customer.tiers.any(tier = 1)",
        "customer.tiers.all(tier = 1)",
        "customer.tiers.sum(tier) = 0",
        "(customer.tier ?: customer.level) != 'gold'",
        "(total > 5 ? customer.tier : 1) != 'gold'",
        "customer[customer.tier] = null",
        "lineItems.any(lineItem.tag)",
        "lineItems.all(lineItem.tag)",
        "lineItems.any(not lineItem.tag)",
        "lineItems.sum(lineItem.weight) > 0",
    ] {
        assert_eq!(on_the_ordinary_cart(text), MISSING, "{text}");
    }
}

#[test]
fn what_was_posted_is_not_missing() {
    let cart = CART
        .read(r#"{"currency":"USD","customer":{"id":1,"tier":null,"level":{"n":1},"tags":[]}}"#)
        .unwrap();
    for (text, expected) in [
        ("customer.tier != 'gold'", Ok(true)),
        ("not customer.tier", Ok(true)),
        ("customer.tier.name = null", Err(ErrorCode::NullAccess)),
        ("customer.level.m = null", Ok(true)),
        ("customer.level.m != 5", MISSING),
        ("customer.tags[0] = null", Err(ErrorCode::NoSuchItem)),
        ("customer.tags", Ok(false)),
        ("{a: 1}.b = null", MISSING),
        // Known attributes are null where they are not posted, and that is a value.
        ("customer.name != 'x'", Ok(true)),
        ("not customer.group", Ok(true)),
    ] {
        assert_eq!(ask(text, &cart), expected, "{text}");
    }
}

#[test]
fn free_documents_fail_for_every_missing_attribute_as_the_original_does() {
    let document = read_free(r#"{"a": {"b": 1}, "list": [1, 2]}"#).unwrap();
    for (text, expected) in [
        ("a.c = null", MISSING),
        ("a.c and true", MISSING),
        ("a.c ?: 1", MISSING),
        ("'1' in list", Ok(false)),
        ("'1' not in [1, 2]", Ok(true)),
        ("'1' in 1..3", Ok(false)),
    ] {
        let expression = Expression::parse_free(text).unwrap();
        let holds = expression.holds(&document, &mut Budget::default());
        assert_eq!(holds.map_err(|error| error.code), expected, "{text}");
    }
}

fn with_lines(lines: &[&str]) -> String {
    format!(
        r#"{{"currency":"USD","total":"5.00","lineItems":[{}]}}"#,
        lines.join(",")
    )
}

#[test]
fn the_order_of_lines_changes_nothing() {
    let heavy = r#"{"quantity":2,"product":{"sku":"H","class":{"id":"heavy"},"tag":"b"}}"#;
    let light = r#"{"quantity":3,"product":{"sku":"L","class":{"id":"light"},"tag":"c"}}"#;
    let none = r#"{"quantity":4,"product":{"sku":"N"}}"#;
    for (text, expected) in [
        (
            "lineItems.any(lineItem.product.class and lineItem.product.class.id = 'heavy')",
            Ok(true),
        ),
        (
            "lineItems.all(lineItem.product.class = null or lineItem.product.class.id != 'heavy')",
            Ok(false),
        ),
        (
            "lineItems.any(lineItem.product.class ? lineItem.product.class.id = 'heavy' : false)",
            Ok(true),
        ),
        (
            "lineItems.any(lineItem.product.class.id = 'heavy')",
            MISSING,
        ),
        ("lineItems.any(lineItem.product.tag = 'b')", MISSING),
        ("lineItems.any(lineItem.product['tag'] in ['b'])", MISSING),
        ("lineItems.any(not lineItem.product.tag)", MISSING),
        ("lineItems.any(lineItem.product.tag)", MISSING),
        ("lineItems.all(lineItem.product.tag != 'b')", MISSING),
        ("not lineItems.any(lineItem.product.tag = 'b')", MISSING),
        (
            "lineItems.any(lineItem.quantity < 4 and lineItem.product.tag = 'b')",
            Ok(true),
        ),
        (
            "lineItems.any(lineItems.any(lineItem.product.tag = 'b'))",
            MISSING,
        ),
    ] {
        for lines in [
            [heavy, light, none],
            [heavy, none, light],
            [light, heavy, none],
            [light, none, heavy],
            [none, heavy, light],
            [none, light, heavy],
        ] {
            let json = with_lines(&lines);
            let cart = CART.read(&json).unwrap();
            assert_eq!(ask(text, &cart), expected, "{text} over {lines:?}");
        }
    }
}

#[test]
fn a_list_is_searched_for_what_can_be_compared() {
    for (id, text, expected) in [
        (r#""42""#, "customer.id not in [42, 43]", UNLIKE),
        (r#""42""#, "customer.id in [42, 43]", UNLIKE),
        (r#""42""#, "customer.id not in [42, '43']", UNLIKE),
        (r#""42""#, "customer.id in [42, '42']", Ok(true)),
        (r#""42""#, "customer.id not in [42, '42']", Ok(false)),
        (r#""42""#, "customer.id not in ['43', '44']", Ok(true)),
        (r#""42""#, "customer.id not in 40..44", UNLIKE),
        (r#""42""#, "customer.id in 44..40", UNLIKE),
        (r#""42""#, "customer.id not in [41 + 1]", UNLIKE),
        (r#""42""#, "customer.id not in [true]", UNLIKE),
        (r#""42""#, "customer.id not in []", Ok(true)),
        (r#""42""#, "customer.id not in [null]", Ok(true)),
        (r#""42""#, "customer.id not in customer.blocked", UNLIKE),
        (r#""42""#, "customer.id not in {a: 42}", UNLIKE),
        ("42", "customer.id not in ['42', '43']", UNLIKE),
        ("42", "customer.id not in [42.0]", Ok(false)),
        ("42", "customer.id not in customer.blocked", Ok(false)),
        ("43", "customer.id not in customer.blocked", Ok(true)),
        ("42", "customer.id not in [false, 'x', 42]", Ok(false)),
        ("null", "customer.id not in [42, 'x']", Ok(true)),
        ("null", "customer.id not in 1..3", Ok(true)),
        ("null", "customer.id in [null, 42]", Ok(true)),
        ("1", "customer.blocked in [42]", UNLIKE),
        ("1", "customer.blocked in [[42, 7]]", Ok(true)),
        ("1", "customer.blocked not in [[1]]", Ok(true)),
        ("1", "customer in ['x']", UNLIKE),
        ("1", "(total > 1) not in ['true']", UNLIKE),
        ("1", "not (total in ['5.00'])", UNLIKE),
        ("1", "lineItems.any(lineItem.quantity in ['1'])", Ok(false)),
    ] {
        let json = format!(
            r#"{{"currency":"USD","total":"5.00","customer":{{"id":{id},"blocked":[42, 7]}}}}"#
        );
        assert_eq!(
            ask(text, &CART.read(&json).unwrap()),
            expected,
            "{id} {text}"
        );
    }
}

#[test]
fn what_cannot_be_in_a_list_is_explained_by_its_kinds() {
    let cart = CART
        .read(r#"{"currency":"USD","customer":{"id":"42"}}"#)
        .unwrap();
    let expression = Expression::parse("customer.id not in [42, 43]", &CART).unwrap();
    let explanation = expression.explain(&cart, &mut Budget::default());
    assert_eq!(
        explanation.message,
        "`not in` cannot compare a text, \"42\", with a number in the list, 42: write the members of the list in quotes"
    );
    assert_eq!(explanation.observed["customer.id"], "42");
}

#[test]
fn what_certainly_cannot_be_in_a_list_is_a_warning() {
    for (text, warned) in [
        ("currency not in [1, 2]", true),
        ("currency in ['USD', 5]", true),
        ("total in ['1', '2']", true),
        ("total not in [1, 'x']", true),
        ("currency in 1..5", true),
        ("(total > 5) in ['true']", true),
        ("customer.id not in [42, 43]", false),
        ("customer.id not in ['42', 43]", false),
        ("customer.id in [true]", true),
        ("currency in ['USD', null]", false),
        ("total in [1, 2.5, null]", false),
    ] {
        let expression = Expression::parse(text, &CART).unwrap();
        let found = expression.warnings();
        let is_warned = found.iter().any(|warning| warning.code == "unlike_types");
        assert_eq!(is_warned, warned, "{text}: {found:?}");
    }
}

/// Conditions over two custom attributes, guarded or not.
fn condition() -> impl Strategy<Value = String> {
    let clause = prop::sample::select(vec![
        "lineItem.tag = 'a'",
        "lineItem.tag != 'a'",
        "lineItem.tag in ['a', 'b']",
        "lineItem.tag = null",
        "lineItem.tag",
        "lineItem.grade != null and lineItem.grade > 1",
        "(lineItem.tag ?: 'c') = 'c'",
        "(lineItem.grade ? 1 : 2) = 1",
        "lineItem.quantity > 2",
        "not (lineItem.tag = 'b')",
    ]);
    let body = prop::collection::vec(clause, 1..4)
        .prop_flat_map(|all| {
            prop::sample::select(vec![" and ", " or "]).prop_map(move |joint| all.join(joint))
        })
        .boxed();
    (
        prop::sample::select(vec!["any", "all"]),
        body,
        any::<bool>(),
    )
        .prop_map(|(method, body, negated)| {
            let condition = format!("lineItems.{method}({body})");
            if negated {
                format!("not {condition}")
            } else {
                condition
            }
        })
}

fn line() -> impl Strategy<Value = String> {
    let tag = prop::option::of(prop::sample::select(vec!["a", "b", "c"]));
    (1..4_u8, tag, prop::option::of(0..3_u8)).prop_map(|(quantity, tag, grade)| {
        let tag = tag.map_or(String::new(), |tag| format!(r#","tag":"{tag}""#));
        let grade = grade.map_or(String::new(), |grade| format!(r#","grade":{grade}"#));
        format!(r#"{{"quantity":{quantity}{tag}{grade}}}"#)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn no_condition_depends_on_the_order_of_lines(
        text in condition(),
        (lines, shuffled) in prop::collection::vec(line(), 0..6)
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
    ) {
        let json = |lines: &[String]| {
            with_lines(&lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let (one, other) = (json(&lines), json(&shuffled));
        let (one, other) = (CART.read(&one).unwrap(), CART.read(&other).unwrap());
        prop_assert_eq!(ask(&text, &one), ask(&text, &other), "{} over {:?}", text, lines);
    }
}
