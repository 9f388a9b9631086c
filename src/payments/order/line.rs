//! One line of an order or invoice.

use rust_decimal::Decimal;

use crate::{
    apruve::{CleanText, LineDraft},
    cart::amount_at,
    expressions::{Record, Value},
    money::{Currency, Money},
    problem::FieldError,
};

/// A line as Apruve and buyers are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Never empty.
    pub title: CleanText,
    pub sku: Option<CleanText>,
    /// Only where it is whole.
    pub quantity: Option<i64>,
    /// Only where it is whole minor units that come to the total.
    pub price_each: Option<Money>,
    pub total: Money,
}

/// The object that is read, and where it stands.
struct Place<'r, 'v> {
    record: &'r Record<'v>,
    pointer: String,
    currency: Currency,
}

/// Reads the list `lineItems` of a cart or invoice, and notes what will not do. A list that is absent is an empty one.
pub(super) fn read_all(
    record: &Record<'_>,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) -> Vec<OrderLine> {
    let list = record.get("lineItems").and_then(Value::as_list);
    let records = list.unwrap_or_default().iter().map(Value::as_record);
    let places = records.enumerate().filter_map(|(index, record)| {
        let place = Place {
            record: record?,
            pointer: format!("/lineItems/{index}"),
            currency,
        };
        Some((index, place))
    });
    places
        .filter_map(|(index, place)| place.line(index + 1, errors))
        .collect()
}

impl Place<'_, '_> {
    fn line(&self, number: usize, errors: &mut Vec<FieldError>) -> Option<OrderLine> {
        let price = self.price(errors);
        let quantity = self.quantity(errors);
        let product = price
            .zip(quantity)
            .and_then(|(price, quantity)| Money::of_product(price, quantity, self.currency));
        let total = match self.record.get("total") {
            Some(Value::Number(_)) => self.own_total(errors)?,
            _ => self.needed_total(price, quantity, product, errors)?,
        };
        let price_each = price.and_then(|price| Money::from_decimal(price, self.currency).ok());
        Some(OrderLine {
            title: self.title(number),
            sku: self.clean("productSku"),
            quantity: quantity.and_then(whole),
            price_each: price_each.filter(|_| product == Some(total)),
            total,
        })
    }

    fn title(&self, number: usize) -> CleanText {
        let product = self.record.get("product").and_then(Value::as_record);
        let name = product.and_then(|product| product.get("name")?.as_text());
        self.clean("title")
            .or_else(|| name.and_then(non_empty))
            .or_else(|| self.clean("productSku"))
            .unwrap_or_else(|| CleanText::line(&format!("Line {number}")))
    }

    fn clean(&self, name: &str) -> Option<CleanText> {
        self.record.get(name)?.as_text().and_then(non_empty)
    }

    /// The price of one unit, which may have more decimals than the currency.
    fn price(&self, errors: &mut Vec<FieldError>) -> Option<Decimal> {
        let price = self.record.get("price")?.as_record()?;
        check_currency(
            price,
            &format!("{}/price", self.pointer),
            self.currency,
            errors,
        );
        let value = price.get("value")?.as_number()?;
        if value < Decimal::ZERO {
            let message =
                "A price must not be negative; what is taken off stands in `discountAmount`.";
            errors.push(self.error("/price/value", "negative", message));
        }
        Some(value)
    }

    fn quantity(&self, errors: &mut Vec<FieldError>) -> Option<Decimal> {
        let quantity = self.record.get("quantity")?.as_number()?;
        if quantity <= Decimal::ZERO {
            let message = "A quantity must be more than zero.";
            errors.push(self.error("/quantity", "not_positive", message));
        }
        Some(quantity)
    }

    fn own_total(&self, errors: &mut Vec<FieldError>) -> Option<Money> {
        let pointer = format_args!("{}/total", self.pointer);
        let total = amount_at(&pointer, self.record.get("total"), self.currency, errors)?;
        if total.minor() < 0 {
            let message = "A line's total must not be negative; what is taken off stands in `discountAmount`.";
            errors.push(self.error("/total", "negative", message));
        }
        Some(total)
    }

    fn needed_total(
        &self,
        price: Option<Decimal>,
        quantity: Option<Decimal>,
        product: Option<Money>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Money> {
        let why = |missing: &str| format!("A line needs `{missing}`, or its own `total`.");
        let error = match (price, quantity) {
            (None, _) => self.error("/price", "required", why("price")),
            (_, None) => self.error("/quantity", "required", why("quantity")),
            _ if product.is_none() => {
                self.error("", "too_large", "`price` times `quantity` is too large.")
            }
            _ => return product,
        };
        errors.push(error);
        None
    }

    fn error(&self, below: &str, code: &'static str, message: impl Into<String>) -> FieldError {
        FieldError::at(format!("{}{below}", self.pointer), code, message)
    }
}

/// Notes an object of the shape `amount` that names another currency.
pub(super) fn check_currency(
    amount: &Record<'_>,
    pointer: &str,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) {
    let posted = amount.get("currency").and_then(Value::as_text);
    if let Some(posted) = posted.filter(|posted| *posted != currency.code()) {
        let message = format!("`{posted}` is not the order's currency, which is {currency}.");
        let pointer = format!("{pointer}/currency");
        errors.push(FieldError::at(pointer, "currency_mismatch", message));
    }
}

fn non_empty(text: &str) -> Option<CleanText> {
    Some(CleanText::line(text)).filter(|text| !text.as_str().is_empty())
}

fn whole(quantity: Decimal) -> Option<i64> {
    let quantity = quantity.normalize();
    let whole = (quantity.scale() == 0).then(|| quantity.mantissa())?;
    i64::try_from(whole).ok()
}

impl OrderLine {
    /// Changes the total, after which the unit price no longer comes to it.
    pub(super) fn add(&mut self, minor: i64) -> Option<()> {
        let total = self.total.minor().checked_add(minor)?;
        self.total = Money::from_minor(total, self.total.currency());
        self.price_each = None;
        Some(())
    }

    pub(super) fn to_draft(&self) -> LineDraft {
        let mut draft = LineDraft::new(self.title.clone(), self.total.minor());
        draft.sku = self.sku.clone();
        draft.quantity = self.quantity;
        draft.price_each_cents = self.price_each.map(|price| price.minor());
        draft
    }
}
