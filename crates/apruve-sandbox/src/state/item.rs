//! Lines of orders, invoices and shipments; nearly all fields are only stored and returned.

use serde_json::{Map, Value, json};

use super::SandboxState;
use crate::{error::ApiError, fields::Fields};

/// One line.
#[derive(Clone)]
pub struct Item {
    pub id: String,
    /// The fields that all kinds of line share.
    pub shown: Map<String, Value>,
    pub total_cents: Option<i64>,
}

const KEPT: [&str; 9] = [
    "title",
    "description",
    "quantity",
    "price_ea_cents",
    "variant_info",
    "vendor",
    "sku",
    "merchant_notes",
    "product_image_url",
];

impl SandboxState {
    /// Reads a list of lines; lines without a title are rejected.
    pub(super) fn read_items(
        &mut self,
        fields: &Fields,
        name: &str,
    ) -> Result<Option<Vec<Item>>, ApiError> {
        let Some(lines) = fields.objects(name)? else {
            return Ok(None);
        };
        let items = lines.iter().map(|line| self.read_item(line));
        items.collect::<Result<_, _>>().map(Some)
    }

    /// Reads one line.
    pub(super) fn read_item(&mut self, line: &Fields) -> Result<Item, ApiError> {
        line.required_text("title")?;
        line.integer("quantity")?;
        line.integer("price_ea_cents")?;
        let older_name = line.integer("amount_cents")?;
        let total_cents = line.integer("price_total_cents")?.or(older_name);
        let mut shown = line.kept(&KEPT);
        let url = line.text("view_product_url")?;
        let url = url.or(line.text("product_url")?);
        let currency = line.text("currency")?;
        shown.insert("product_url".to_owned(), json!(url));
        shown.insert("currency".to_owned(), json!(currency));
        shown.insert("price_total_cents".to_owned(), json!(total_cents));
        Ok(Item {
            id: self.ids.fresh(),
            shown,
            total_cents,
        })
    }
}

/// The sum of the lines; `None` if a line has no total, or on overflow.
pub(super) fn total(items: &[Item]) -> Option<i64> {
    let mut totals = items.iter().map(|item| item.total_cents);
    totals.try_fold(0, |sum: i64, total| sum.checked_add(total?))
}

impl Item {
    /// The JSON of a line, with the fields of its kind.
    pub fn show(&self, extra: Value) -> Value {
        let mut shown = self.shown.clone();
        shown.insert("id".to_owned(), json!(self.id));
        if let Value::Object(extra) = extra {
            shown.extend(extra);
        }
        Value::Object(shown)
    }
}
