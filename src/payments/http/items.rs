//! `items`: how much of which lines.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::exact_schemas::Quantity;
use crate::{http::body, operation::prelude::*, payments::order::ItemQuantity};

/// More lines than a cart of the largest size has.
const MOST_LINES: i64 = 1_000_000;
/// Digits after the point of a quantity.
const MOST_DIGITS: u32 = 6;

/// A part of one of the payment's `lines`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct LinePart {
    /// Its place in `lines`, from 0.
    #[schema(minimum = 0, example = 0)]
    pub line: usize,
    /// More than zero, at most what is left of the line.
    pub quantity: Quantity,
}

/// Reads the list from its own text, so that quantities stay exact, and records errors.
pub(super) fn read(text: &str, findings: &Findings) -> Vec<ItemQuantity> {
    let pointer = "/items";
    let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) else {
        let message = "`items` must be a list of objects with `line` and `quantity`.";
        findings.push(FieldError::at(pointer, "wrong_type", message));
        return Vec::new();
    };
    if list.is_empty() {
        let message = "`items` must name at least one line; leave it out for all that is left.";
        findings.push(FieldError::at(pointer, "too_short", message));
    }
    let mut seen = HashSet::new();
    let mut items = Vec::with_capacity(list.len());
    for (index, raw) in list.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let Some(item) = read_one(raw.get(), &pointer, findings) else {
            continue;
        };
        if !seen.insert(item.line) {
            let message = format!("Line {} is listed twice.", item.line);
            let pointer = format!("{pointer}/line");
            findings.push(FieldError::at(pointer, "duplicate", message));
        }
        items.push(item);
    }
    items
}

fn read_one(text: &str, pointer: &str, findings: &Findings) -> Option<ItemQuantity> {
    let (map, apart) = match body::parse_apart(text, &["quantity"]) {
        Ok(read) => read,
        Err(problem) => {
            let errors = problem.errors().iter().cloned();
            findings.extend(errors.map(|error| error.prefixed(pointer)));
            return None;
        }
    };
    let fields = Fields::at(&map, pointer.to_owned(), findings);
    fields.ignore(&["quantity"]);
    let line = fields.required("line");
    let line = line.and(fields.integer("line", 0..=MOST_LINES));
    let quantity = match apart.get("quantity") {
        Some(raw) => read_quantity(raw.get(), &fields),
        None => {
            fields.refuse("quantity", "required", "`quantity` is required.");
            None
        }
    };
    fields.finish();
    Some(ItemQuantity {
        line: usize::try_from(line?).ok()?,
        quantity: quantity?,
    })
}

/// A JSON number or a decimal text, above zero.
fn read_quantity(raw: &str, fields: &Fields<'_>) -> Option<Decimal> {
    let text = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
    let quantity = Decimal::from_str_exact(&text).ok().map(|it| it.normalize());
    let (code, message) = match quantity {
        None => (
            "not_a_number",
            "`quantity` must be a decimal such as 2 or \"0.5\".",
        ),
        Some(it) if it <= Decimal::ZERO => ("not_positive", "`quantity` must be more than zero."),
        Some(it) if it.scale() > MOST_DIGITS => (
            "too_precise",
            "`quantity` takes at most six digits after the point.",
        ),
        Some(it) => return Some(it),
    };
    fields.refuse("quantity", code, message);
    None
}
