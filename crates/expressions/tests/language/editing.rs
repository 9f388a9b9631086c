//! What an editor asks: what can be written here, and how a mistake is mended.

use onterms_expressions::{CompletionKind, Diagnostic, Expression, Fix, FixKind, Misplaced};
use proptest::prelude::*;

use crate::cart::CART;

/// The labels that are offered at the `|` in a text.
fn offered(marked: &str) -> Vec<String> {
    let (text, offset) = unmarked(marked);
    let items = CART.complete(&text, offset).unwrap();
    items.into_iter().map(|item| item.label).collect()
}

fn unmarked(marked: &str) -> (String, usize) {
    let (before, behind) = marked.split_once('|').unwrap();
    (format!("{before}{behind}"), before.encode_utf16().count())
}

#[test]
fn what_fits_is_offered() {
    for (marked, some, none) in [
        (
            "|",
            &["total", "customer", "count", "not", "true"][..],
            &["=", "any", "in"][..],
        ),
        ("tot|", &["total"], &["customer"]),
        ("TOT|", &["total"], &["customer"]),
        (
            "total |",
            &["=", "<", "and", "+", "not in"],
            &["matches", "total"],
        ),
        ("total a|", &["and"], &["=", "or"]),
        ("total > |", &["total", "count"], &["and", "="]),
        ("total > 5 and |", &["total", "not"], &["and"]),
        ("currency |", &["=", "matches", "in"], &["+", "*"]),
        ("currency not |", &["in"], &["total", "matches"]),
        ("not |", &["total", "customer"], &["in"]),
        ("customer.|", &["id", "group", "name"], &["total", "any"]),
        ("customer.gr|", &["group"], &["id"]),
        ("customer.group.|", &["id"], &["group"]),
        ("lineItems.|", &["any", "all", "sum"], &["count", "price"]),
        ("lineItems.any(|", &["lineItem", "total"], &["any"]),
        (
            "lineItems.any(lineItem.|",
            &["quantity", "price"],
            &["total"],
        ),
        (
            "lineItems.any(lineItem.price.|",
            &["value", "currency"],
            &["quantity"],
        ),
        ("lineItems[0].|", &["quantity"], &["any"]),
        (
            "lineItems.any(lineItem.quantity > 1) and |",
            &["total"],
            &["lineItem"],
        ),
        ("(total > 5) |", &["and", "or"], &["total"]),
        ("total > 5 |", &["and", "or"], &["total"]),
        ("customer.vip.|", &[], &["id", "total"]),
        ("nothing.|", &[], &["id", "total"]),
        ("total > 1|", &[], &["total"]),
        ("currency matches |", &[], &["total"]),
        // Half-written and broken text.
        ("total > \u{0} and cust|", &["customer"], &["total"]),
        ("total >>> ### cust|", &[], &["total"]),
        (") ] } cust|", &[], &["total"]),
        ("total >\r\n  cust|", &["customer"], &["total"]),
        ("'😀' = currency and cust|omer", &["customer"], &["total"]),
    ] {
        let offered = offered(marked);
        for wanted in some {
            assert!(
                offered.iter().any(|label| label == wanted),
                "{marked}: {wanted} of {offered:?}"
            );
        }
        for unwanted in none {
            assert!(
                offered.iter().all(|label| label != unwanted),
                "{marked}: {unwanted}"
            );
        }
    }
}

#[test]
fn the_word_at_the_place_is_replaced() {
    let (text, offset) = unmarked("'😀' = currency and cust|omer.id = 1");
    let items = CART.complete(&text, offset).unwrap();
    let item = items.iter().find(|item| item.label == "customer").unwrap();
    assert_eq!(item.kind, CompletionKind::Path);
    assert_eq!(item.value_type.as_deref(), Some("customer"));
    let units: Vec<u16> = text.encode_utf16().collect();
    assert_eq!(
        String::from_utf16(&units[item.start..item.end]).unwrap(),
        "customer"
    );
}

#[test]
fn an_offset_that_is_no_place_is_refused() {
    let text = "a😀b";
    for (offset, refused) in [
        (0, None),
        (1, None),
        (2, Some(Misplaced::InsideCharacter(1))),
        (3, None),
        (4, None),
        (5, Some(Misplaced::BehindEnd(4))),
        (usize::MAX, Some(Misplaced::BehindEnd(4))),
    ] {
        assert_eq!(CART.complete(text, offset).err(), refused, "{offset}");
    }
}

fn diagnostics(text: &str) -> Vec<Diagnostic> {
    match Expression::parse(text, &CART) {
        Ok(expression) => expression.warnings().to_vec(),
        Err(diagnostics) => diagnostics,
    }
}

fn applied(text: &str, fix: &Fix) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let read = |units: &[u16]| String::from_utf16(units).unwrap();
    format!(
        "{}{}{}",
        read(&units[..fix.start]),
        fix.text,
        read(&units[fix.end..])
    )
}

/// A text with one mistake of each code that can be fixed, and what the fix makes of it.
const FIXED: [(&str, &str, FixKind, &str); 23] = [
    (
        "bad_number",
        "total > 1e3",
        FixKind::Replace,
        "total > 1000",
    ),
    (
        "chained_comparison",
        "1 < total < 3",
        FixKind::Replace,
        "1 < total and total < 3",
    ),
    (
        "concat_precedence",
        "currency ~ 1 + 2 = 'A'",
        FixKind::Replace,
        "currency ~ (1 + 2) = 'A'",
    ),
    (
        "concat_precedence",
        "1 + 2 ~ currency = 'A'",
        FixKind::Replace,
        "(1 + 2) ~ currency = 'A'",
    ),
    (
        "maybe_null",
        "customer.id = 5",
        FixKind::Insert,
        "customer != null and customer.id = 5",
    ),
    (
        "no_comments",
        "total > 5 // large",
        FixKind::Replace,
        "total > 5 ",
    ),
    (
        "no_comments",
        "total > 5 /* large */ and total < 9",
        FixKind::Replace,
        "total > 5  and total < 9",
    ),
    (
        "no_comments",
        "total > 5 # large\r\nand total < 9",
        FixKind::Replace,
        "total > 5 \r\nand total < 9",
    ),
    (
        "tight_not",
        "not currency = 'A'",
        FixKind::Replace,
        "not (currency = 'A')",
    ),
    (
        "type_mismatch",
        "currency in 'USD'",
        FixKind::Replace,
        "currency in ['USD']",
    ),
    (
        "type_mismatch",
        "subtotal > 5",
        FixKind::Insert,
        "subtotal.value > 5",
    ),
    (
        "unclosed_bracket",
        "(total > 5",
        FixKind::Insert,
        "(total > 5)",
    ),
    (
        "unclosed_bracket",
        "currency in ['A', 'B'",
        FixKind::Insert,
        "currency in ['A', 'B']",
    ),
    (
        "unclosed_bracket",
        "(total > 5 and (currency in ['A'",
        FixKind::Insert,
        "(total > 5 and (currency in ['A']))",
    ),
    (
        "unexpected",
        "currency in ('A', 'B')",
        FixKind::Replace,
        "currency in ['A', 'B']",
    ),
    (
        "unknown_attribute",
        "subtotal.valu > 5",
        FixKind::Insert,
        "subtotal.value > 5",
    ),
    (
        "unknown_character",
        "currency = “A”",
        FixKind::Replace,
        "currency = 'A'",
    ),
    (
        "unknown_function",
        "cuont(lineItems) > 1",
        FixKind::Replace,
        "count(lineItems) > 1",
    ),
    (
        "unknown_method",
        "lineItems.some(lineItem.quantity > 1)",
        FixKind::Replace,
        "lineItems.any(lineItem.quantity > 1)",
    ),
    ("unknown_name", "totl > 5", FixKind::Replace, "total > 5"),
    (
        "unknown_operator",
        "total > 5 && total <> 6",
        FixKind::Replace,
        "total > 5 && total != 6",
    ),
    (
        "unlike_types",
        "currency = 5",
        FixKind::Replace,
        "currency = '5'",
    ),
    (
        "unterminated_text",
        "currency = 'A",
        FixKind::Insert,
        "currency = 'A'",
    ),
];

#[test]
fn a_fix_leads_to_a_text_that_checks_clean() {
    let mut wrong = Vec::new();
    for (code, text, kind, mended) in FIXED {
        let found = diagnostics(text);
        let diagnostic = found.iter().find(|found| found.code == code);
        let Some(fix) = diagnostic.and_then(|found| found.fix.clone()) else {
            wrong.push(format!("{text}: {found:?}"));
            continue;
        };
        let after = applied(text, &fix);
        if after != mended || fix.kind != kind || !diagnostics(&after).is_empty() {
            wrong.push(format!(
                "{text}: {fix:?}: {after}: {:?}",
                diagnostics(&after)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_code_is_listed_with_whether_it_can_be_fixed() {
    let listed = CART.language().diagnostics;
    for info in &listed {
        let is_fixed = FIXED.iter().any(|(code, ..)| *code == info.code);
        assert_eq!(info.fixable, is_fixed, "{}", info.code);
        assert_eq!(info.reason.is_none(), info.fixable, "{}", info.code);
    }
    for (text, code) in [
        ("currency matches '/(/'", "bad_pattern"),
        ("customer = customerUser", "compares_objects"),
        ("subtotal.colour = 1", "custom_attribute"),
        ("[1, 2].any(true)", "no_item_name"),
        ("total", "not_a_condition"),
        ("total > 99999999999999999999999999999", "number_too_long"),
        ("currency matches website", "pattern_not_constant"),
        ("count()", "wrong_arguments"),
        ("total >", "unexpected_end"),
    ] {
        let found = diagnostics(text);
        let diagnostic = found.iter().find(|found| found.code == code);
        assert!(
            diagnostic.is_some_and(|found| found.fix.is_none()),
            "{text}: {found:?}"
        );
        assert!(
            listed.iter().any(|info| info.code == code && !info.fixable),
            "{code}"
        );
    }
}

#[test]
fn a_place_has_lines_and_columns_at_both_ends() {
    let found = diagnostics("total > 5 and\r\n  '😀' = currency and\n\tcurrencyy = 'A'");
    let span = found[0].span;
    assert_eq!(
        (span.line, span.column, span.end_line, span.end_column),
        (3, 2, 3, 11)
    );
    let found = diagnostics("total\n> 'a'");
    let span = found[0].span;
    assert_eq!(
        (span.line, span.column, span.end_line, span.end_column),
        (1, 1, 2, 6)
    );
}

#[test]
fn functions_and_lists_say_what_goes_into_them() {
    let language = CART.language();
    let any = language
        .functions
        .iter()
        .find(|function| function.name == "any")
        .unwrap();
    assert_eq!(
        (any.parameters[0].kind, any.follows_list),
        ("boolean", true)
    );
    let lines = language
        .names
        .iter()
        .find(|name| name.name == "lineItems")
        .unwrap();
    assert_eq!(lines.item_variable.as_deref(), Some("lineItem"));
}

proptest! {
    /// Whatever is written, every place gets an answer, whose ranges are places of the text around it.
    #[test]
    fn every_place_of_every_text_is_answered(text in "([a-z.() ,'\"\\[\\]{}=<>0-9😀\u{0}\r\n]|total|lineItems|any\\(| and | not ){0,24}") {
        for offset in 0..=text.encode_utf16().count() {
            match CART.complete(&text, offset) {
                Ok(items) => for item in items {
                    prop_assert!(item.start <= offset && offset <= item.end, "{text:?} {offset}: {item:?}");
                },
                Err(misplaced) => prop_assert!(matches!(misplaced, Misplaced::InsideCharacter(_))),
            }
        }
    }
}
