//! The amounts of an invoice over a part of an order.
//!
//! What was invoiced is subtracted from cumulative shares (see [`share`](super::share)), so that parts of any size, in
//! any order, add up to the order's amounts. What a canceled invoice took can be invoiced again.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    InvoiceRequest, InvoiceTotals, ItemQuantity, OrderTotals, line::OrderLine, share::next_share,
};
use crate::{
    cart::sums::{self, Charges, LineAmount},
    http::problem::FieldError,
    money::{Currency, Money},
    payments::error::{Excess, PaymentError},
    providers::CleanText,
};

/// What was invoiced of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoicedLine {
    pub quantity: Decimal,
    /// Minor units.
    pub amount: i64,
}

/// What was invoiced of an order and not canceled. Minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoiced {
    pub amount: i64,
    /// In the order of [`Charges::amounts`].
    pub charges: [i64; 6],
    /// By place in the order. Invoices that do not consist of the order's lines are not included.
    pub lines: BTreeMap<usize, InvoicedLine>,
}

impl Invoiced {
    /// What was invoiced of one line.
    pub fn line(&self, place: usize) -> InvoicedLine {
        self.lines.get(&place).copied().unwrap_or_default()
    }
}

/// What an invoice is a part of.
#[derive(Clone, Debug)]
pub struct Basis<'o> {
    /// The shop's number for the order.
    pub order_id: &'o str,
    /// `None` once the cart is erased.
    pub order: Option<&'o OrderTotals>,
    pub invoiced: &'o Invoiced,
    /// What may still be invoiced.
    pub left: Money,
}

impl InvoiceRequest {
    /// Computes the invoice from the items, else the shop's own lines, else the amount, else all that is left.
    ///
    /// # Errors
    /// The parts do not add up to the amount, there is nothing to invoice, or it is more than is left.
    pub fn settle(&self, basis: &Basis<'_>) -> Result<InvoiceTotals, PaymentError> {
        let (totals, pointer) = if !self.items.is_empty() {
            let unknown = || PaymentError::LinesUnknown("/items".to_owned());
            let order = basis.order.ok_or_else(unknown)?;
            (self.items(order, basis, &self.items)?, "/items")
        } else if !self.lines.is_empty() {
            (self.own_lines(basis.left)?, "/amount")
        } else if let Some(amount) = self.amount {
            (self.one_line(basis, amount)?, "/amount")
        } else {
            (self.rest(basis)?, "/amount")
        };
        if totals.amount().minor() <= 0 {
            return Err(PaymentError::NothingToInvoice(pointer));
        }
        self.check_given_tax(&totals).map_err(invalid)?;
        if totals.amount().minor() <= basis.left.minor() {
            return Ok(totals);
        }
        Err(PaymentError::exceeds(pointer, totals.amount(), basis.left))
    }

    /// Parts of the order's lines.
    fn items(
        &self,
        order: &OrderTotals,
        basis: &Basis<'_>,
        items: &[ItemQuantity],
    ) -> Result<InvoiceTotals, PaymentError> {
        let left = |place: usize| {
            let line = order.lines().get(place)?;
            Some(line.amount.quantity_or_one() - basis.invoiced.line(place).quantity)
        };
        check_items(items, "", left, &known_lines(order))?;
        let part = |item: &ItemQuantity| {
            let line = order.lines().get(item.line)?;
            let before = basis.invoiced.line(item.line);
            let done = before.quantity + item.quantity;
            let whole = line.amount.quantity_or_one();
            let total = next_share(line.total().minor(), done, whole, before.amount);
            let total = Money::from_minor(total, line.total().currency());
            Some(line.part(item.line, item.quantity, total))
        };
        let mut lines: Vec<OrderLine> = items.iter().filter_map(part).collect();
        let charges = self.charges_of(order, basis, &lines);
        let mut amounts: Vec<LineAmount> = lines.iter().map(|line| line.amount).collect();
        let amount = match self.amount {
            Some(amount) => {
                sums::settle(&mut amounts, &charges, "amount", amount).map_err(invalid)?;
                set_amounts(&mut lines, amounts);
                amount
            }
            None => {
                let minor = sums::sum(&amounts) + charges.beside_lines();
                // The given discount may exceed the value of the part.
                money(minor.max(0), basis.left.currency())?
            }
        };
        Ok(InvoiceTotals::of_order(amount, charges, lines))
    }

    /// Charges as given, else in proportion to the value of the goods.
    fn charges_of(&self, order: &OrderTotals, basis: &Basis<'_>, lines: &[OrderLine]) -> Charges {
        let value = |line: &OrderLine| Decimal::from(line.total().minor());
        let all = order.lines().iter().map(value).sum();
        let before = basis.invoiced.lines.values();
        let before = before.map(|line| Decimal::from(line.amount));
        let done = before.chain(lines.iter().map(value)).sum();
        let of_order = order.charges().amounts();
        let amounts = std::array::from_fn(|which| {
            let share = |whole: Money| {
                let taken = basis.invoiced.charges[which];
                let minor = next_share(whole.minor(), done, all, taken);
                Money::from_minor(minor, whole.currency())
            };
            self.charges[which].unwrap_or_else(|| share(of_order[which]))
        });
        Charges::of(amounts, self.prices)
    }

    /// Lines that the shop wrote itself.
    fn own_lines(&self, left: Money) -> Result<InvoiceTotals, PaymentError> {
        let charges = self.given_charges(left.currency());
        let mut amounts: Vec<LineAmount> = self.lines.iter().map(|line| line.amount).collect();
        let sum = sums::sum(&amounts) + charges.beside_lines();
        let amount = match self.amount {
            Some(amount) => {
                sums::settle(&mut amounts, &charges, "amount", amount).map_err(invalid)?;
                amount
            }
            // Parts that are rounded one by one may slightly exceed the whole.
            None if sums::spread(&mut amounts, (i128::from(left.minor()) - sum).min(0)) => {
                money(sum.min(left.minor().into()), left.currency())?
            }
            None => money(sum, left.currency())?,
        };
        if amount.minor() <= 0 {
            return Err(PaymentError::NothingToInvoice("/lineItems"));
        }
        let mut lines = self.lines.clone();
        set_amounts(&mut lines, amounts);
        Ok(InvoiceTotals::new(amount, charges, lines))
    }

    /// The rest: the remaining lines if they add up to it, else one line.
    fn rest(&self, basis: &Basis<'_>) -> Result<InvoiceTotals, PaymentError> {
        let Some(order) = basis.order else {
            return self.one_line(basis, basis.left);
        };
        if order.lines().is_empty() && basis.invoiced.amount == 0 {
            let charges = self.charges_of(order, basis, &[]);
            let minor = i128::from(order.goods().minor()) + charges.beside_lines();
            let amount = money(minor.max(0), basis.left.currency())?;
            if amount == basis.left || self.gives_charges() {
                let title = format!("Order {}", basis.order_id);
                let line = OrderLine::single(CleanText::line(&title), order.goods());
                return Ok(InvoiceTotals::new(amount, charges, vec![line]));
            }
        }
        let items = left_of(order, basis.invoiced);
        if items.is_empty() {
            return self.one_line(basis, basis.left);
        }
        let as_ordered = InvoiceRequest::everything(self.prices).items(order, basis, &items);
        match as_ordered.ok().filter(|it| it.amount() == basis.left) {
            Some(_) if self.gives_charges() => self.items(order, basis, &items),
            Some(totals) => Ok(totals),
            // Amounts without lines were invoiced, here or at the provider.
            None => self.one_line(basis, basis.left),
        }
    }

    /// An amount that no lines are known for.
    fn one_line(&self, basis: &Basis<'_>, amount: Money) -> Result<InvoiceTotals, PaymentError> {
        let mut charges = self.given_charges(amount.currency());
        if let (None, Some(order)) = (self.charges[TAX], basis.order) {
            let done = Decimal::from(basis.invoiced.amount) + Decimal::from(amount.minor());
            let all = Decimal::from(order.total().minor());
            let tax = order.charges().tax.minor();
            let tax = next_share(tax, done, all, basis.invoiced.charges[TAX]);
            charges.tax = Money::from_minor(tax.min(amount.minor()), amount.currency());
        }
        let Some(goods) = sums::goods(amount, &charges) else {
            return Err(invalid(charges.refusal(0, "amount", amount)));
        };
        let title = format!("Part of order {}", basis.order_id);
        let line = OrderLine::single(CleanText::line(&title), goods);
        Ok(InvoiceTotals::new(amount, charges, vec![line]))
    }
}

fn set_amounts(lines: &mut [OrderLine], amounts: Vec<LineAmount>) {
    for (line, amount) in lines.iter_mut().zip(amounts) {
        line.amount = amount;
    }
}

/// Place of the tax in [`Charges::amounts`].
const TAX: usize = 0;

/// Everything of the order's lines that is not invoiced.
fn left_of(order: &OrderTotals, invoiced: &Invoiced) -> Vec<ItemQuantity> {
    let lines = order.lines().iter().enumerate();
    let left = lines.map(|(place, line)| ItemQuantity {
        line: place,
        quantity: line.amount.quantity_or_one() - invoiced.line(place).quantity,
    });
    left.filter(|item| item.quantity > Decimal::ZERO).collect()
}

/// Refuses items of unknown lines, and more of a line than is left. `left` returns the quantity left, or `None` for an
/// unknown line. Error pointers begin with `at`.
///
/// # Errors
/// All that are wrong at once; `known` says which lines there are.
pub fn check_items(
    items: &[ItemQuantity],
    at: &str,
    left: impl Fn(usize) -> Option<Decimal>,
    known: &str,
) -> Result<(), PaymentError> {
    let (mut unknown, mut exceeding) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let pointer = |name: &str| format!("{at}/items/{index}/{name}");
        match left(item.line) {
            None => unknown.push(FieldError::at(pointer("line"), "unknown_line", known)),
            Some(left) if item.quantity > left => {
                let left = left.max(Decimal::ZERO).normalize();
                let wanted = item.quantity.normalize();
                exceeding.push(Excess::new(pointer("quantity"), wanted, left));
            }
            Some(_) => {}
        }
    }
    match (unknown.is_empty(), exceeding.is_empty()) {
        (false, _) => Err(PaymentError::Invalid(unknown)),
        (_, false) => Err(PaymentError::ExceedsRemaining(exceeding)),
        _ => Ok(()),
    }
}

/// Which lines an order has, for people.
fn known_lines(order: &OrderTotals) -> String {
    match order.lines().len() {
        0 => "The payment has no lines.".to_owned(),
        1 => "The payment has only the line 0.".to_owned(),
        lines => format!("The payment has the lines 0 to {}.", lines - 1),
    }
}

fn invalid(error: FieldError) -> PaymentError {
    PaymentError::Invalid(vec![error])
}

fn money(minor: i128, currency: Currency) -> Result<Money, PaymentError> {
    let too_large = |_| PaymentError::invalid("/amount", "too_large", "The invoice is too large.");
    let minor = i64::try_from(minor).map_err(too_large)?;
    Ok(Money::from_minor(minor, currency))
}
