//! The product of a price and a quantity, and its rounding remainder.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Currency, Money};

/// The number of decimal digits of a remainder, which is a fraction of a minor unit. Prices have six decimals and
/// quantities at most 28.
const REMAINDER_DIGITS: u32 = 36;

/// A unit price times a quantity. The exact product is rounded once, half-even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    rounded: Money,
    remainder: i128,
}

impl Product {
    /// Multiplies; `None` beyond 2^63 minor units.
    pub fn of(price: Decimal, quantity: Decimal, currency: Currency) -> Option<Self> {
        if let Some(rounded) = whole(price, quantity, currency) {
            return Some(Product {
                rounded,
                remainder: 0,
            });
        }
        let (price, quantity) = (price.normalize(), quantity.normalize());
        let product = price.mantissa().checked_mul(quantity.mantissa())?;
        let (scale, digits) = (price.scale() + quantity.scale(), currency.digits());
        let (minor, remainder) = if scale <= digits {
            (product.checked_mul(10_i128.pow(digits - scale))?, 0)
        } else {
            let divisor = 10_i128.checked_pow(scale - digits)?;
            let minor = half_even(product, divisor);
            (minor, to_scale(product - minor * divisor, scale - digits))
        };
        let rounded = Money::from_minor(i64::try_from(minor).ok()?, currency);
        Some(Product { rounded, remainder })
    }

    /// The product in whole minor units.
    pub fn rounded(&self) -> Money {
        self.rounded
    }

    /// Whether the exact product is a whole number of minor units.
    pub fn is_whole(&self) -> bool {
        self.remainder == 0
    }

    /// The exact product minus the rounded one, in 10⁻³⁶ minor units: between −0.5 and 0.5 minor units.
    pub fn remainder(&self) -> i128 {
        self.remainder
    }
}

/// Fast path for nearly every line: the product, if there is nothing to round and everything fits into 64 bits.
fn whole(price: Decimal, quantity: Decimal, currency: Currency) -> Option<Money> {
    let spare = currency
        .digits()
        .checked_sub(price.scale() + quantity.scale())?;
    let mantissa = |number: Decimal| i64::try_from(number.mantissa()).ok();
    let product = mantissa(price)?.checked_mul(mantissa(quantity)?)?;
    let minor = product.checked_mul(10_i64.checked_pow(spare)?)?;
    Some(Money::from_minor(minor, currency))
}

/// Converts a fraction of at most one half from units of 10⁻`digits` to the digits of remainders.
fn to_scale(fraction: i128, digits: u32) -> i128 {
    match digits.checked_sub(REMAINDER_DIGITS) {
        None => fraction * 10_i128.pow(REMAINDER_DIGITS - digits),
        Some(more) => fraction / 10_i128.pow(more),
    }
}

/// The nearest whole number to `dividend / divisor`, ties to even. The divisor is positive.
pub fn half_even(dividend: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    // Compared without doubling the rest, which might overflow.
    let up = match rest.cmp(&(divisor - rest)) {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 != 0,
        Ordering::Greater => true,
    };
    quotient + i128::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(price: &str, quantity: &str, code: &str) -> Option<Product> {
        let [price, quantity]: [Decimal; 2] =
            [price, quantity].map(|text| text.parse().expect("a decimal"));
        Product::of(price, quantity, Currency::parse(code).expect("a currency"))
    }

    #[test]
    fn a_product_is_rounded_once_and_half_even() {
        for (price, quantity, code, total) in [
            ("120.00", "10", "USD", Some("1200.00")),
            ("0.125", "1", "USD", Some("0.12")),
            ("0.135", "1", "USD", Some("0.14")),
            ("-0.125", "1", "USD", Some("-0.12")),
            ("0.125", "1.0000000000000000000001", "USD", Some("0.13")),
            ("0.333333", "3", "USD", Some("1.00")),
            ("2.5", "1", "JPY", Some("2")),
            ("3.5", "1", "JPY", Some("4")),
            ("7", "1.000000", "KWD", Some("7.000")),
            ("0", "9999999999999999999999999999", "USD", Some("0.00")),
            (
                "0.000001",
                "92233720368547758.08",
                "USD",
                Some("92233720368.55"),
            ),
            ("1", "92233720368547758.08", "USD", None),
            ("9999999999", "9999999999999999999999999999", "USD", None),
        ] {
            let product = product(price, quantity, code);
            let rounded = product.map(|product| product.rounded().to_string());
            assert_eq!(rounded.as_deref(), total, "{price} x {quantity} {code}");
        }
    }

    #[test]
    fn a_product_is_the_same_however_many_zeros_its_factors_have() {
        let zeros = ["", ".0", ".00", ".000000", ".00000000"];
        for (price, quantity) in [
            (0_i64, 0_i64),
            (0, 7),
            (120, 2),
            (-120, 2),
            (i64::MAX, 1),
            (i64::MAX / 100, 1),
            (i64::MAX / 100 + 1, 1),
            (i64::MIN / 100, 1),
            (3_037_000_500, 3_037_000_500),
            (303_700_049, 303_700_049),
        ] {
            for code in ["USD", "JPY", "KWD"] {
                let of = |price_zeros: &str, quantity_zeros: &str| {
                    let factors = (
                        format!("{price}{price_zeros}"),
                        format!("{quantity}{quantity_zeros}"),
                    );
                    product(&factors.0, &factors.1, code)
                };
                let digits = Currency::parse(code).expect("a currency").digits();
                let exact = i128::from(price) * i128::from(quantity) * 10_i128.pow(digits);
                let minor = i64::try_from(exact).ok();
                for (price_zeros, quantity_zeros) in
                    zeros.iter().flat_map(|one| zeros.map(|other| (one, other)))
                {
                    let product = of(price_zeros, quantity_zeros);
                    assert_eq!(
                        product.map(|it| it.rounded().minor()),
                        minor,
                        "{price}{price_zeros} x {quantity}{quantity_zeros} {code}"
                    );
                    assert!(product.is_none_or(|it| it.is_whole()));
                }
            }
        }
    }

    #[test]
    fn a_remainder_is_what_rounding_took_away_or_added() {
        let unit = 10_i128.pow(REMAINDER_DIGITS);
        for (price, quantity, code, remainder) in [
            ("12.00", "3", "USD", 0),
            ("0.333", "1", "USD", unit * 3 / 10),
            ("0.335", "1", "USD", -unit / 2),
            ("0.345", "1", "USD", unit / 2),
            ("0.337", "1", "USD", -unit * 3 / 10),
            ("0.001", "1", "KWD", 0),
            ("0.5", "1", "JPY", unit / 2),
            ("0.125", "8", "USD", 0),
            (
                "0.000001",
                "0.0000000000000000000000000001",
                "JPY",
                unit / 10_i128.pow(34),
            ),
        ] {
            let product = product(price, quantity, code).expect("a small product");
            assert_eq!(
                product.remainder(),
                remainder,
                "{price} x {quantity} {code}"
            );
            assert_eq!(product.is_whole(), remainder == 0);
        }
    }
}
