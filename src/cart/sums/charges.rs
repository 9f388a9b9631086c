//! The amounts of a total besides its lines.

use std::fmt::Write;

use crate::{
    cart::amount_at,
    expressions::{Record, Value},
    http::problem::FieldError,
    money::{Currency, Money},
};

/// Whether the lines' prices include the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prices {
    WithoutTax,
    WithTax,
}

/// The amounts besides the lines. None is negative; an amount that was not posted is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charges {
    pub tax: Money,
    pub shipping: Money,
    pub handling: Money,
    pub insurance: Money,
    pub surcharge: Money,
    /// The discount, which is subtracted.
    pub discount: Money,
    pub prices: Prices,
}

/// The error code for sums that differ from an amount.
pub const DO_NOT_ADD_UP: &str = "totals_do_not_add_up";

/// The cart attributes of the six amounts, in the order of [`Charges::amounts`].
pub const NAMES: [&str; 6] = [
    "taxAmount",
    "shippingAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
];

impl Charges {
    /// Reads the six amounts, and notes an error for each invalid one.
    pub fn read(
        record: &Record<'_>,
        currency: Currency,
        prices: Prices,
        errors: &mut Vec<FieldError>,
    ) -> Self {
        let nothing = Money::from_minor(0, currency);
        let given = Charges::read_given(record, currency, errors);
        Charges::of(given.map(|amount| amount.unwrap_or(nothing)), prices)
    }

    /// As [`Charges::read`], but with `None` for amounts that were not posted; in the order of [`Charges::amounts`].
    pub fn read_given(
        record: &Record<'_>,
        currency: Currency,
        errors: &mut Vec<FieldError>,
    ) -> [Option<Money>; 6] {
        NAMES.map(|name| {
            let pointer = format_args!("/{name}");
            let amount = amount_at(&pointer, record.get(name), currency, errors);
            if amount.is_some_and(|amount| amount.minor() < 0) {
                let message = format!("`{name}` must not be negative.");
                errors.push(FieldError::at(pointer.to_string(), "negative", message));
            }
            amount
        })
    }

    /// The charges with these amounts, in the order of [`Charges::amounts`].
    pub fn of(amounts: [Money; 6], prices: Prices) -> Self {
        let [tax, shipping, handling, insurance, surcharge, discount] = amounts;
        Charges {
            tax,
            shipping,
            handling,
            insurance,
            surcharge,
            discount,
            prices,
        }
    }

    /// Tax, shipping, handling, insurance, surcharge and discount.
    pub fn amounts(&self) -> [Money; 6] {
        [
            self.tax,
            self.shipping,
            self.handling,
            self.insurance,
            self.surcharge,
            self.discount,
        ]
    }

    /// The tax that the lines do not include. It is sent to Apruve, which adds it to them.
    pub fn tax_on_top(&self) -> Money {
        match self.prices {
            Prices::WithoutTax => self.tax,
            Prices::WithTax => Money::from_minor(0, self.tax.currency()),
        }
    }

    /// Title and amount of the charges that an order or invoice shows as lines. The discount is negative; zero amounts
    /// are left out.
    pub fn as_lines(&self) -> impl Iterator<Item = (&'static str, Money)> {
        let currency = self.discount.currency();
        let off = Money::from_minor(-self.discount.minor(), currency);
        let extra = self.extra().into_iter();
        let all = extra.map(|(title, _, amount)| (title, amount));
        all.chain([("Discount", off)])
            .filter(|(_, amount)| amount.minor() != 0)
    }

    /// Title, word and amount of the charges that Apruve has no field for and that messages mention only if they are
    /// not zero.
    fn extra(&self) -> [(&'static str, &'static str, Money); 3] {
        [
            ("Handling", "handling", self.handling),
            ("Insurance", "insurance", self.insurance),
            ("Surcharge", "surcharge", self.surcharge),
        ]
    }

    /// The sum of the charges that are added to the lines, in minor units.
    pub fn beside_lines(&self) -> i128 {
        let minor = |money: Money| i128::from(money.minor());
        let extra: i128 = self.extra().map(|(.., amount)| minor(amount)).iter().sum();
        minor(self.tax_on_top()) + minor(self.shipping) + extra - minor(self.discount)
    }

    /// Refuses a tax that the prices include and that is more than all of them, `amount` and the discount taken off it.
    pub fn check_included_tax(&self, name: &str, amount: Money) -> Result<(), FieldError> {
        let prices = i128::from(amount.minor()) + i128::from(self.discount.minor());
        if self.prices == Prices::WithoutTax || i128::from(self.tax.minor()) <= prices {
            return Ok(());
        }
        let message = format!(
            "The prices include `taxAmount`, so {} is too much: {name} is {amount} and the discount {}.",
            self.tax, self.discount,
        );
        Err(FieldError::at("/taxAmount", DO_NOT_ADD_UP, message))
    }

    /// The error for sums that differ from the amount called `name`; `lines` in minor units.
    pub fn refusal(&self, lines: i128, name: &str, amount: Money) -> FieldError {
        let currency = amount.currency();
        let written = |minor: i128| match i64::try_from(minor) {
            Ok(minor) => Money::from_minor(minor, currency).to_string(),
            Err(_) => "(too large)".to_owned(),
        };
        let mut message = format!("lines {}", written(lines));
        // Writing to a text cannot fail.
        let _ = match self.prices {
            Prices::WithoutTax => write!(message, " + tax {}", self.tax),
            Prices::WithTax => write!(message, " (tax {} is inside)", self.tax),
        };
        let _ = write!(message, " + shipping {}", self.shipping);
        for (_, word, amount) in self.extra() {
            if amount.minor() != 0 {
                let _ = write!(message, " + {word} {amount}");
            }
        }
        let _ = write!(
            message,
            " − discount {} = {}, {name} is {amount}",
            self.discount,
            written(lines + self.beside_lines()),
        );
        FieldError::at(format!("/{name}"), DO_NOT_ADD_UP, message)
    }
}

/// Whether the posted prices include tax; without `pricesIncludeTax` they do not.
pub fn prices(record: &Record<'_>) -> Prices {
    match record.get("pricesIncludeTax") {
        Some(Value::Bool(true)) => Prices::WithTax,
        _ => Prices::WithoutTax,
    }
}
