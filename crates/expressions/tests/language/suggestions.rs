//! What a diagnostic suggests is written in its place, and leads to an expression without it.

use onterms_expressions::{Diagnostic, Expression, Severity};
use proptest::prelude::*;

use crate::cart::CART;

fn diagnostics(text: &str) -> Vec<Diagnostic> {
    match Expression::parse(text, &CART) {
        Ok(expression) => expression.warnings().to_vec(),
        Err(diagnostics) => diagnostics,
    }
}

/// The text with the suggestion in the place of what the diagnostic marks.
fn applied(text: &str, diagnostic: &Diagnostic) -> Option<String> {
    let suggestion = diagnostic.suggestion.as_ref()?;
    let units: Vec<u16> = text.encode_utf16().collect();
    let (before, behind) = (
        &units[..diagnostic.span.start],
        &units[diagnostic.span.end..],
    );
    let read = |units: &[u16]| String::from_utf16(units).unwrap();
    Some(format!("{}{suggestion}{}", read(before), read(behind)))
}

#[test]
fn one_suggestion_mends_one_mistake() {
    let mut wrong = Vec::new();
    for (text, mended) in [
        // Lists in other brackets.
        ("currency in ('USD','CAD')", "currency in ['USD','CAD']"),
        (
            "currency not in ('USD', 'CAD')",
            "currency not in ['USD', 'CAD']",
        ),
        ("currency in ('USD')", "currency in ['USD']"),
        ("currency in 'USD'", "currency in ['USD']"),
        ("currency in {'USD', 'CAD'}", "currency in ['USD', 'CAD']"),
        ("currency in {'USD'}", "currency in ['USD']"),
        ("currency in 'USD', 'CAD'", "currency in ['USD', 'CAD']"),
        (
            "total > 5 and (currency in ('A', 'B'))",
            "total > 5 and (currency in ['A', 'B'])",
        ),
        ("total in (1, 2.5, -3)", "total in [1, 2.5, -3]"),
        ("'USD' in currency", "(currency matches '/USD/')"),
        ("'USD' not in currency", "not (currency matches '/USD/')"),
        // What may be null.
        ("customer?.id = 5", "customer != null and customer.id = 5"),
        (
            "customer?.group?.id = 5",
            "customer != null and customer.group != null and customer.group.id = 5",
        ),
        (
            "total > 5 or billingAddress?.city = 'Bonn'",
            "total > 5 or billingAddress != null and billingAddress.city = 'Bonn'",
        ),
        (
            "customer?.['id'] = 5",
            "customer != null and customer['id'] = 5",
        ),
        ("customer->id = 5", "customer != null and customer.id = 5"),
        (
            "billingAddress.countryIso2 = 'US'",
            "billingAddress != null and billingAddress.countryIso2 = 'US'",
        ),
        (
            "customer.parent.group.id in [1, 2]",
            "customer != null and customer.parent != null and customer.parent.group != null and customer.parent.group.id in [1, 2]",
        ),
        ("taxAmount > 5", "taxAmount != null and taxAmount > 5"),
        (
            "not (taxAmount > 5)",
            "taxAmount != null and not (taxAmount > 5)",
        ),
        (
            "lineItems.any(lineItem.price.value > 1)",
            "lineItems.any(lineItem.price != null and lineItem.price.value > 1)",
        ),
        (
            "lineItems.sum(lineItem.price.value) > 1",
            "lineItems.sum(lineItem.price != null ? lineItem.price.value : 0) > 1",
        ),
        (
            "total > 5 ? taxAmount > 5 : taxAmount = null",
            "total > 5 ? taxAmount != null and taxAmount > 5 : taxAmount = null",
        ),
        // Items of lists.
        (
            "lineitem.quantity > 1",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItem.quantity > 1",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItems.quantity > 1",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "total > 5 and lineItems.product.sku matches '/^B/'",
            "total > 5 and lineItems.any(lineItem.product.sku matches '/^B/')",
        ),
        (
            "5 < lineItems.quantity",
            "lineItems.any(5 < lineItem.quantity)",
        ),
        (
            "lineitem.price.value > 1",
            "lineItems.any(lineItem.price != null and lineItem.price.value > 1)",
        ),
        (
            "lineItems.any(lineitem.quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItems.any(LineItem.quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItems.any(item.quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItems.any(quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        ("lineItems.length > 3", "count(lineItems) > 3"),
        ("lineItems.count > 3", "count(lineItems) > 3"),
        ("lineItems.count() > 3", "count(lineItems) > 3"),
        ("len(lineItems) > 3", "count(lineItems) > 3"),
        (
            "lineItems.filter(lineItem.quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "lineItems.every(lineItem.quantity > 1)",
            "lineItems.all(lineItem.quantity > 1)",
        ),
        (
            "lineItems.anny(lineItem.quantity > 1)",
            "lineItems.any(lineItem.quantity > 1)",
        ),
        // Words and signs of other languages.
        ("currency contains 'U'", "currency matches '/U/'"),
        ("(currency contains 'U.S')", r"(currency matches '/U\.S/')"),
        (
            "total > 5 and currency startsWith 'U'",
            "total > 5 and currency matches '/^U/'",
        ),
        ("currency starts with 'U'", "currency matches '/^U/'"),
        ("currency endsWith 'D'", "currency matches '/D$/'"),
        ("currency ends with 'D'", "currency matches '/D$/'"),
        ("currency LIKE 'U%'", "currency matches '/^U/'"),
        ("currency.contains('U')", "currency matches '/U/'"),
        ("currency.startsWith('U')", "currency matches '/^U/'"),
        ("currency.endsWith('D')", "currency matches '/D$/'"),
        (
            "['USD', 'CAD'].includes(currency)",
            "currency in ['USD', 'CAD']",
        ),
        ("currency not contains 'U'", "not (currency matches '/U/')"),
        ("currency not matches '/U/'", "not (currency matches '/U/')"),
        ("currency NOT IN ['USD']", "currency not in ['USD']"),
        ("currency IN ['USD']", "currency in ['USD']"),
        ("currency not IN ['USD']", "currency not in ['USD']"),
        ("total between 1 and 9", "(total >= 1 and total <= 9)"),
        (
            "total BETWEEN 1 AND 9 or total > 100",
            "(total >= 1 and total <= 9) or total > 100",
        ),
        ("currency is 'USD'", "currency = 'USD'"),
        ("customer is null", "customer = null"),
        ("customer is not null", "customer != null"),
        ("currency eq 'USD'", "currency = 'USD'"),
        ("total gte 5", "total >= 5"),
        (
            "total = 5 AND currency = 'USD'",
            "total = 5 and currency = 'USD'",
        ),
        (
            "(total = 5 OR currency = 'USD')",
            "(total = 5 or currency = 'USD')",
        ),
        ("NOT (total = 5)", "not (total = 5)"),
        ("total === 5", "total = 5"),
        ("total := 5", "total = 5"),
        ("total <> 5", "total != 5"),
        ("total ≥ 5", "total >= 5"),
        ("total => 5", "total >= 5"),
        ("total × 2 > 5", "total * 2 > 5"),
        ("total − 2 > 5", "total - 2 > 5"),
        ("currency =~ '/U/'", "currency matches '/U/'"),
        ("currency = “USD”", "currency = 'USD'"),
        (
            "currency = „USD“ and total > 5",
            "currency = 'USD' and total > 5",
        ),
        ("currency = ‘USD’", "currency = 'USD'"),
        ("currency = `USD`", "currency = 'USD'"),
        ("total\u{a0}> 5", "total > 5"),
        ("total > 1e3", "total > 1000"),
        ("total > .5", "total > 0.5"),
        // Kinds.
        ("subtotal > 500", "subtotal.value > 500"),
        ("500 <= subtotal", "500 <= subtotal.value"),
        ("subtotal * 2 > 500", "subtotal.value * 2 > 500"),
        ("total > '100'", "total > 100"),
        ("'100' <= total", "100 <= total"),
        ("total = '100'", "total = 100"),
        ("currency = 5", "currency = '5'"),
        ("currency in [1, 2]", "currency in ['1', '2']"),
        ("total not in ['1', '2.50']", "total not in [1, 2.50]"),
        ("total + currency > 1", "total + decimal(currency) > 1"),
        // Names.
        ("curency = 'USD'", "currency = 'USD'"),
        ("Currency = 'USD'", "currency = 'USD'"),
        ("cart.total > 5", "total > 5"),
        ("order.subtotal.value > 5", "subtotal.value > 5"),
        ("context.currency = 'USD'", "currency = 'USD'"),
        (
            "billing_address.country_iso2 = 'US'",
            "billingAddress != null and billingAddress.countryIso2 = 'US'",
        ),
        ("subtotal.valeu > 5", "subtotal.value > 5"),
        ("(total > 5) = True", "(total > 5) = true"),
        ("customer = None", "customer = null"),
        ("not currency = 'USD'", "not (currency = 'USD')"),
        ("Count(lineItems) > 1", "count(lineItems) > 1"),
    ] {
        let found = diagnostics(text);
        let first = found.iter().find(|found| found.suggestion.is_some());
        let result = first
            .and_then(|first| applied(text, first))
            .unwrap_or_default();
        let left = diagnostics(&result);
        if result != mended || !left.is_empty() {
            wrong.push(format!(
                "{text}: {found:?}\n  became {result}, not {mended}: {left:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_mistakes_are_mended_one_after_the_other() {
    for (text, mended) in [
        (
            "curency = 'USD' AND Total > 5 and lineitem.quantity > 1",
            "currency = 'USD' and total > 5 and lineItems.any(lineItem.quantity > 1)",
        ),
        (
            "currency in ('USD','CAD') AND customer?.id = 5 and currency contains 'U'",
            "currency in ['USD','CAD'] and customer != null and customer.id = 5 and currency matches '/U/'",
        ),
        (
            "taxAmount > 5 or taxAmount < 3",
            "taxAmount != null and taxAmount > 5 or taxAmount != null and taxAmount < 3",
        ),
        (
            "billingAddress.city = shippingAddress.city or not currency = 'USD'",
            "billingAddress != null and shippingAddress != null and billingAddress.city = shippingAddress.city or not (currency = 'USD')",
        ),
    ] {
        let mut current = text.to_owned();
        for _ in 0..10 {
            let found = diagnostics(&current);
            match found.iter().find_map(|found| applied(&current, found)) {
                Some(next) => current = next,
                None => break,
            }
        }
        assert_eq!(current, mended, "{text}");
        assert_eq!(diagnostics(&current), [], "{text} became {current}");
    }
}

#[test]
fn a_long_text_with_many_mistakes_has_suggestions_for_the_first_of_them() {
    let clause = "total = '1' or ";
    let text = format!("{}true", clause.repeat(2000));
    let found = diagnostics(&text);
    assert_eq!(found.len(), 2000);
    let verified = found.iter().filter(|it| it.suggestion.is_some()).count();
    let short = diagnostics(&format!("{}true", clause.repeat(20)));
    assert!(short.iter().all(|it| it.suggestion.is_some()), "{short:?}");
    assert_eq!(verified, 256 * 1024 / text.len());
}

#[test]
fn where_nothing_leads_on_nothing_is_suggested() {
    for text in [
        "total foo 5",
        "paymentMethod = 'x'",
        "total > 5, 6",
        "currency in total",
        "customer.name.first = 'x'",
        "total contains 5",
        "currency matches currency",
    ] {
        for found in diagnostics(text) {
            let mended = applied(text, &found);
            assert_eq!(mended, None, "{text}: {found:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn whatever_is_suggested_leads_on(parts in prop::collection::vec(prop::sample::select(vec![
        "total", "currency", "customer", "?.", ".", "name", "lineItems", "lineitem", ".any(", ".quantity", "(", ")", "[", "]",
        ",", " in ", " not in ", " and ", " OR ", " not ", " contains ", " between ", " = ", " > ", " <> ", "'A'", "5", "“x”",
        "subtotal", "billingAddress", "taxAmount", " ? ", " : ", "true", "null", "é",
    ]), 1..12)) {
        let text = parts.concat();
        let found = diagnostics(&text);
        let was_read = found.iter().all(|found| !is_of_the_grammar(found));
        for diagnostic in &found {
            let Some(mended) = applied(&text, diagnostic) else { continue };
            let after = diagnostics(&mended);
            let again = after.iter().any(|after| after.code == diagnostic.code && after.span == diagnostic.span
                && after.suggestion == diagnostic.suggestion);
            prop_assert!(!again, "{text} became {mended}: {after:?}");
            if was_read {
                prop_assert!(after.iter().all(|found| !is_of_the_grammar(found)), "{text} became {mended}: {after:?}");
            }
            let errors = |all: &[Diagnostic]| all.iter().filter(|found| found.severity == Severity::Error).count();
            if was_read {
                prop_assert!(errors(&after) <= errors(&found), "{text} became {mended}: {after:?}");
            }
        }
    }
}

fn is_of_the_grammar(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && !matches!(found.code, "type_mismatch" | "unknown_name")
}
