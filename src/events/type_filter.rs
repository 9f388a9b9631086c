//! Parses a filter for event types: a type, a group, or all.

use super::EventType;

/// The types that a text names: a type, a group such as `payment.*`, or `*` for all. `None` if it names no type.
pub fn types_named(text: &str) -> Option<Vec<EventType>> {
    let all = EventType::ALL.iter().copied();
    let named: Vec<EventType> = match text.strip_suffix('*') {
        Some("") => all.collect(),
        Some(group) if group.ends_with('.') => {
            all.filter(|it| it.as_str().starts_with(group)).collect()
        }
        Some(_) => Vec::new(),
        None => EventType::parse(text).into_iter().collect(),
    };
    (!named.is_empty()).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_a_group_and_a_star_name_types() {
        assert_eq!(
            types_named("payment.paid"),
            Some(vec![EventType::PaymentPaid])
        );
        let invoices = types_named("invoice.*").expect("a group");
        assert_eq!(
            invoices,
            [
                EventType::InvoiceOverdue,
                EventType::InvoiceFunded,
                EventType::InvoiceClosed
            ]
        );
        assert_eq!(
            types_named("*").map(|all| all.len()),
            Some(EventType::ALL.len())
        );
        for text in [
            "",
            "payment",
            "payment.",
            "pay*",
            "payment.pa*",
            "nothing.*",
            "*.paid",
            "**",
        ] {
            assert_eq!(types_named(text), None, "{text}");
        }
    }
}
