//! The amounts of a shipment of an invoice.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::prelude::*;
use crate::{
    payments::{
        details::ShippedItem,
        order::{InvoicedLine, ItemQuantity, check_items, next_share},
    },
    providers::InvoiceLine,
};

/// The part of an invoice that a shipment covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Minor units.
    pub amount: i64,
    pub items: Vec<ShippedItem>,
    /// Minor units of the invoice that are left after it.
    pub left: i64,
}

/// What was shipped of an invoice, or may have been. Minor units.
#[derive(Clone, Debug, Default)]
struct Shipped {
    amount: i64,
    /// By the line's place in the order.
    lines: BTreeMap<usize, InvoicedLine>,
    /// Charges beside the lines, of shipments with items.
    charges: i64,
}

/// Computes a shipment from the items, else the amount, else all that is left. Error pointers begin with `at`.
///
/// # Errors
/// It is more than is left, or not what the invoice is about.
pub fn settle(
    ledger: &Ledger,
    invoice: &Transaction,
    amount: Option<i64>,
    items: &[ItemQuantity],
    at: &str,
) -> Result<Parcel, PaymentError> {
    let shipped = Shipped::of(ledger, invoice.id);
    let left = (invoice.amount - shipped.amount).max(0);
    let pointer = format!("{at}/amount");
    let parcel = |amount: i64, items| Parcel {
        amount,
        items,
        left: left - amount,
    };
    if items.is_empty() {
        let wanted = amount.unwrap_or(left);
        check_left(ledger, pointer, wanted, left)?;
        return Ok(parcel(wanted, Vec::new()));
    }
    let lines = lines_of(invoice);
    if lines.is_empty() {
        return Err(PaymentError::LinesUnknown(format!("{at}/items")));
    }
    let not_shipped = |place: usize| {
        let (_, whole) = lines.get(&place)?;
        Some(*whole - shipped.line(place).quantity)
    };
    let places: Vec<String> = lines.keys().map(ToString::to_string).collect();
    let known = format!("The invoice is over these lines: {}.", places.join(", "));
    check_items(items, at, not_shipped, &known)?;
    let mut tolerance = 1;
    let mut taken = Vec::with_capacity(items.len());
    for item in items {
        let Some((line, whole)) = lines.get(&item.line).copied() else {
            continue;
        };
        let before = shipped.line(item.line);
        let done = before.quantity + item.quantity;
        let total = next_share(line.total, done, whole, before.amount);
        let exact = Decimal::from(line.total).checked_mul(item.quantity);
        tolerance += i64::from(exact.is_none_or(|exact| !(exact % whole).is_zero()));
        taken.push(ShippedItem {
            line: item.line,
            quantity: item.quantity.normalize().to_string(),
            total,
        });
    }
    let goods: i64 = lines.values().map(|(line, _)| line.total).sum();
    let before = shipped.lines.values();
    let before = before.map(|line| Decimal::from(line.amount));
    let now = taken.iter().map(|item| Decimal::from(item.total));
    let done: Decimal = before.chain(now).sum();
    let charges = invoice.amount - goods;
    let sign = charges.signum();
    let share = next_share(charges.abs(), done, goods.into(), shipped.charges * sign);
    let computed = taken.iter().map(|item| item.total).sum::<i64>() + share * sign;
    let wanted = amount.unwrap_or(computed.max(0));
    if (wanted - computed).abs() > tolerance {
        let [computed, wanted] = [computed, wanted].map(|minor| ledger.payment.money(minor));
        let message = format!("The items add up to {computed}, `amount` is {wanted}.");
        return Err(PaymentError::invalid(
            pointer,
            "totals_do_not_add_up",
            message,
        ));
    }
    // Parts that are rounded one by one may slightly exceed the whole.
    let wanted = match wanted - left <= tolerance {
        true => wanted.min(left),
        false => wanted,
    };
    check_left(ledger, pointer, wanted, left)?;
    Ok(parcel(wanted, taken))
}

/// What was shipped of an invoice, or may have been.
pub fn shipped_amount(ledger: &Ledger, invoice: TransactionId) -> i64 {
    Shipped::of(ledger, invoice).amount
}

impl Shipped {
    fn of(ledger: &Ledger, invoice: TransactionId) -> Self {
        let mut shipped = Shipped::default();
        let shipments = ledger.children(invoice, Action::Shipment);
        for shipment in shipments.filter(|it| it.is_reserved()) {
            // Saturates, because a shipment that was adopted from the provider may have any amount.
            shipped.amount = shipped.amount.saturating_add(shipment.amount);
            let details = shipment.details.shipment.as_ref();
            let items = details.map_or(&[][..], |details| &details.items);
            for item in items {
                let line = shipped.lines.entry(item.line).or_default();
                line.quantity += item.quantity();
                line.amount += item.total;
            }
            if !items.is_empty() {
                let goods: i64 = items.iter().map(|item| item.total).sum();
                shipped.charges += shipment.amount - goods;
            }
        }
        shipped
    }

    fn line(&self, place: usize) -> InvoicedLine {
        self.lines.get(&place).copied().unwrap_or_default()
    }
}

/// The order's lines on an invoice, by place, with the invoiced quantity of each.
fn lines_of(invoice: &Transaction) -> BTreeMap<usize, (&InvoiceLine, Decimal)> {
    let lines = invoice.details.invoice.iter().flat_map(|it| &it.lines);
    let of_order = lines.filter_map(|line| Some((line.line?, (line, line.quantity()))));
    of_order.collect()
}
