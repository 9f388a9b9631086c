//! One line of an order or invoice, with the texts that its provider shows.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::{
    cart::sums::LineAmount,
    expressions::{Record, Value},
    money::Money,
    providers::{CleanText, LineDraft},
};

/// A line as providers and buyers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Never empty.
    pub title: CleanText,
    pub sku: Option<CleanText>,
    pub description: Option<CleanText>,
    pub variant_info: Option<CleanText>,
    pub vendor: Option<CleanText>,
    pub product_url: Option<CleanText>,
    pub amount: LineAmount,
}

/// Adds the texts of the list `lineItems` to the amounts that were read from it.
pub(super) fn describe_all(record: &Record<'_>, amounts: Vec<LineAmount>) -> Vec<OrderLine> {
    let list = record.get("lineItems").and_then(Value::as_list);
    let list = list.unwrap_or_default();
    let described = amounts.into_iter().filter_map(|amount| {
        let record = list.get(amount.index)?.as_record()?;
        Some(describe(record, amount))
    });
    described.collect()
}

fn describe(record: &Record<'_>, amount: LineAmount) -> OrderLine {
    let line = |name| clean(CleanText::line, &text(record, name)?);
    let paragraph = |name| clean(CleanText::paragraph, &text(record, name)?);
    let sku = line("productSku");
    let product = record.get("product").and_then(Value::as_record);
    let product_name = || clean(CleanText::line, &text(product?, "name")?);
    OrderLine {
        title: line("title")
            .or_else(product_name)
            .or_else(|| sku.clone())
            .unwrap_or_else(|| CleanText::line(&format!("Line {}", amount.index + 1))),
        sku,
        description: paragraph("description"),
        variant_info: line("variantInfo"),
        vendor: line("vendor"),
        // Some shops call it `url`. A truncated link is useless, so the limit is that of a paragraph.
        product_url: paragraph("productUrl").or_else(|| paragraph("url")),
        amount,
    }
}

/// A text that was posted, whether the schema knows the attribute or not; an attribute of any other kind is the shop's own.
fn text<'r>(record: &'r Record<'_>, name: &str) -> Option<Cow<'r, str>> {
    let raw = match record.get(name) {
        Some(Value::Text(text)) => return Some(Cow::Borrowed(text)),
        Some(Value::Raw(raw)) => raw,
        Some(_) => return None,
        None => record.custom(name)?,
    };
    serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
}

fn clean(clean: fn(&str) -> CleanText, text: &str) -> Option<CleanText> {
    Some(clean(text)).filter(|text| !text.as_str().is_empty())
}

impl OrderLine {
    /// A line with only a title and a total.
    pub fn single(title: CleanText, total: Money) -> Self {
        OrderLine {
            title,
            sku: None,
            description: None,
            variant_info: None,
            vendor: None,
            product_url: None,
            amount: LineAmount::single(total),
        }
    }

    /// A quantity of the order's line at `index`, with a part of its total.
    pub fn part(&self, index: usize, quantity: Decimal, total: Money) -> Self {
        OrderLine {
            amount: self.amount.part(index, quantity, total),
            ..self.clone()
        }
    }

    /// The line's total.
    pub fn total(&self) -> Money {
        self.amount.total
    }

    pub(super) fn to_draft(&self) -> LineDraft {
        LineDraft {
            title: self.title.clone(),
            total: self.total(),
            price_each: self.amount.price_each(),
            quantity: self.amount.quantity,
            sku: self.sku.clone(),
            description: self.description.clone(),
            variant_info: self.variant_info.clone(),
            vendor: self.vendor.clone(),
            product_url: self.product_url.clone(),
        }
    }
}
