//! Lines in responses: of an order, of an invoice, and of a shipment.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    money::{Currency, Money},
    payments::{
        details::ShippedItem,
        order::{Invoiced, OrderTotals},
    },
    providers::InvoiceLine,
};

/// A line of the order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentLine)]
pub struct PaymentLineShape {
    /// Its place among the lines, from 0, by which invoices and shipments name it.
    pub line: usize,
    /// The product's SKU.
    pub sku: Option<String>,
    /// The product's name, or the line's title.
    #[schema(example = "Wool socks")]
    pub name: String,
    /// How many units were ordered, as a decimal.
    #[schema(example = "10")]
    pub quantity: String,
    /// What the line costs, in the payment's currency.
    #[schema(example = "1200.00")]
    pub total: String,
    /// By invoices that name the line and are not canceled.
    #[schema(example = "4")]
    pub invoiced_quantity: String,
    /// How much of `total` is invoiced.
    #[schema(example = "480.00")]
    pub invoiced_amount: String,
}

/// A line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvoiceLine)]
pub struct LineShape {
    /// Its place in the payment's `lines`, where it is a part of one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What the line is for, in words.
    pub title: String,
    /// The product's SKU.
    pub sku: Option<String>,
    /// How many units, as a decimal; null for a line without a quantity.
    pub quantity: Option<String>,
    /// What the line costs, in the payment's currency.
    pub total: String,
}

/// A part of a line that went out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShippedItem)]
pub struct ShippedItemShape {
    /// The line's place in the payment's `lines`.
    pub line: usize,
    /// How many units of the line went out, as a decimal.
    #[schema(example = "4")]
    pub quantity: String,
    /// What these units cost, in the payment's currency.
    #[schema(example = "480.00")]
    pub total: String,
}

impl PaymentLineShape {
    /// The lines of an order, with what is invoiced of each.
    pub fn all(ordered: &OrderTotals, invoiced: &Invoiced) -> Vec<Self> {
        let lines = ordered.lines().iter().enumerate();
        let shapes = lines.map(|(place, line)| {
            let of_line = invoiced.line(place);
            let currency = line.total().currency();
            PaymentLineShape {
                line: place,
                sku: line.sku.as_ref().map(|sku| sku.as_str().to_owned()),
                name: line.title.as_str().to_owned(),
                quantity: line.amount.quantity_or_one().normalize().to_string(),
                total: line.total().to_string(),
                invoiced_quantity: of_line.quantity.normalize().to_string(),
                invoiced_amount: Money::from_minor(of_line.amount, currency).to_string(),
            }
        });
        shapes.collect()
    }
}

impl LineShape {
    /// The lines of an invoice.
    pub fn all(lines: Vec<InvoiceLine>, currency: Currency) -> Vec<Self> {
        let shapes = lines.into_iter().map(|line| LineShape {
            line: line.line,
            total: Money::from_minor(line.total, currency).to_string(),
            title: line.title,
            sku: line.sku,
            quantity: line.quantity,
        });
        shapes.collect()
    }
}

impl ShippedItemShape {
    /// The items of a shipment.
    pub fn all(items: Vec<ShippedItem>, currency: Currency) -> Vec<Self> {
        let shapes = items.into_iter().map(|item| ShippedItemShape {
            line: item.line,
            total: Money::from_minor(item.total, currency).to_string(),
            quantity: item.quantity,
        });
        shapes.collect()
    }
}
