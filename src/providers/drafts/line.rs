//! Lines, which orders, invoices and shipments share.

use rust_decimal::Decimal;

use crate::{money::Money, providers::CleanText};

/// A line of an order, invoice or shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// Never empty.
    pub title: CleanText,
    pub total: Money,
    /// The unit price, if it is in whole minor units and unit price × quantity equals the total.
    pub price_each: Option<Money>,
    /// `None` for a line that is not counted in pieces.
    pub quantity: Option<Decimal>,
    pub sku: Option<CleanText>,
    pub description: Option<CleanText>,
    pub variant_info: Option<CleanText>,
    pub vendor: Option<CleanText>,
    pub product_url: Option<CleanText>,
}

impl LineDraft {
    /// A line with the required fields only.
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

    /// The quantity, if it is a whole number.
    pub fn whole_quantity(&self) -> Option<i64> {
        let quantity = self.quantity?.normalize();
        let whole = (quantity.scale() == 0).then(|| quantity.mantissa())?;
        i64::try_from(whole).ok()
    }
}

/// A charge beside lines, tax and shipping: handling, insurance, surcharge or discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeDraft {
    pub title: &'static str,
    /// Negative for a discount; never zero.
    pub amount: Money,
}
