//! Lines, which orders, invoices and shipments share.

use rust_decimal::Decimal;

use crate::{money::Money, providers::CleanText};

/// A line of an order, invoice or shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// Never empty.
    pub title: CleanText,
    pub total: Money,
    /// The price of one, where it is whole minor units and times the quantity equals the total.
    pub price_each: Option<Money>,
    /// `None` for what is not counted.
    pub quantity: Option<Decimal>,
    pub sku: Option<CleanText>,
    pub description: Option<CleanText>,
    pub variant_info: Option<CleanText>,
    pub vendor: Option<CleanText>,
    pub product_url: Option<CleanText>,
}

impl LineDraft {
    /// A line with nothing but what every line has.
    pub fn new(title: CleanText, total: Money) -> Self {
        LineDraft {
            title,
            total,
            price_each: None,
            quantity: None,
            sku: None,
            description: None,
            variant_info: None,
            vendor: None,
            product_url: None,
        }
    }

    /// The quantity, where it is whole.
    pub fn whole_quantity(&self) -> Option<i64> {
        let quantity = self.quantity?.normalize();
        let whole = (quantity.scale() == 0).then(|| quantity.mantissa())?;
        i64::try_from(whole).ok()
    }
}

/// What an order or invoice comes to beside its lines, taxes and shipping: handling, insurance, surcharge, discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeDraft {
    pub title: &'static str,
    /// Negative for what is taken off, never zero.
    pub amount: Money,
}
