//! Finds payments by the beginning of one of their names. Each name is a range of an index, so that a search reads few rows,
//! and no character of the text means anything but itself.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

use crate::store::{MultiBackend, schema::payments};

/// Where a payment has its names: table, column of the payment's id, column of the name. Each has an index by `lower(…)`.
const NAMES: [[&str; 3]; 8] = [
    ["payments", "id", "order_id"],
    ["payments", "id", "po_number"],
    ["payments", "id", "provider_order_id"],
    ["payments", "id", "buyer_customer_id"],
    ["payments", "id", "buyer_customer_name"],
    ["transactions", "payment_id", "reference"],
    ["transactions", "payment_id", "caller_reference"],
    ["transactions", "payment_id", "number"],
];

/// The condition that a name of a payment is within a range.
#[derive(Clone, Debug)]
pub struct NameRange {
    from: String,
    /// The first text after the range; `None` if the range has no end.
    until: Option<String>,
}

impl NameRange {
    /// A name begins with this text, whatever the case of the letters A to Z, which are all that SQLite folds.
    pub fn beginning_with(text: &str) -> Self {
        let from = text.to_ascii_lowercase();
        NameRange {
            until: end_of_prefix(&from),
            from,
        }
    }
}

/// The smallest text that is greater than every text with this beginning, by the order of code points, which is that of
/// bytes.
fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // Surrogates are no characters.
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

impl Expression for NameRange {
    type SqlType = Bool;
}

impl QueryId for NameRange {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl AppearsOnTable<payments::table> for NameRange {}
impl SelectableExpression<payments::table> for NameRange {}
impl<G> ValidGrouping<G> for NameRange {
    type IsAggregate = is_aggregate::Never;
}

impl QueryFragment<MultiBackend> for NameRange {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        // Read before anything else: PostgreSQL could otherwise walk all payments in the list's order.
        let (before, after) = match out.backend() {
            MultiBackend::Pg(_) => ("payments.id = ANY(ARRAY(", "))"),
            MultiBackend::Sqlite(_) => ("payments.id IN (", ")"),
        };
        out.push_sql(before);
        for (place, [table, payment, name]) in NAMES.into_iter().enumerate() {
            if place > 0 {
                out.push_sql(" UNION ALL ");
            }
            // SQLite takes an index without NULL only where a condition says that there is none.
            out.push_sql(&format!(
                "SELECT named.{payment} FROM {table} named WHERE named.{name} IS NOT NULL AND lower(named.{name}) >= "
            ));
            out.push_bind_param::<Text, _>(&self.from)?;
            if let Some(until) = &self.until {
                out.push_sql(&format!(" AND lower(named.{name}) < "));
                out.push_bind_param::<Text, _>(until)?;
            }
        }
        out.push_sql(after);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_the_first_text_that_does_not_begin_with_it() {
        for (prefix, end) in [
            ("so-1", Some("so-2")),
            ("a%", Some("a&")),
            ("a_", Some("a`")),
            ("m\u{fc}", Some("m\u{fd}")),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(end_of_prefix(prefix).as_deref(), end, "{prefix}");
        }
    }

    #[test]
    fn only_the_letters_a_to_z_are_folded() {
        assert_eq!(NameRange::beginning_with("SO-\u{c4}1").from, "so-\u{c4}1");
    }
}
