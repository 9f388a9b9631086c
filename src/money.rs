//! Amounts in whole minor units of a currency. Requests and responses use decimal text, calculations use integers,
//! never floats.

mod product;

use std::{borrow::Cow, fmt, sync::LazyLock};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

pub use product::{Product, half_even};

use crate::text_column::text_column;

/// An ISO 4217 currency for money: all except `XXX` (no currency) and `XTS` (testing).
#[derive(AsExpression, Clone, Copy, FromSqlRow, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[diesel(sql_type = Text)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

/// All currencies, sorted by code for binary search. The library's linear search costs 900 instructions per checkout.
static KNOWN: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let all = <iso_currency::Currency as iso_currency::IntoEnumIterator>::iter();
    let money = all.filter(|known| !matches!(known.code(), "XXX" | "XTS"));
    let mut known: Vec<Currency> = money
        .filter_map(|known| {
            Some(Currency {
                code: known.code().as_bytes().try_into().ok()?,
                digits: u8::try_from(known.exponent().unwrap_or(0)).unwrap_or(0),
            })
        })
        .collect();
    known.sort_unstable_by_key(|known| known.code);
    known
});

impl Currency {
    /// Reads an upper-case ISO 4217 code.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let found = KNOWN
            .binary_search_by_key(&bytes, |known| known.code)
            .ok()?;
        Some(KNOWN[found])
    }

    /// All currencies.
    pub fn all() -> impl Iterator<Item = Self> {
        let all = <iso_currency::Currency as iso_currency::IntoEnumIterator>::iter();
        all.filter_map(|known| Currency::parse(known.code()))
    }

    /// Suggests the currency for a code in another case or with blanks around it.
    pub fn meant_by(code: &str) -> Option<Self> {
        Currency::parse(&code.trim().to_ascii_uppercase())
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        // The bytes come from a `str`: every `Currency` is a copy of an entry of `KNOWN`.
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Whether `code` is the code of this currency.
    pub fn has_code(&self, code: &str) -> bool {
        self.code == code.as_bytes()
    }

    /// The number of decimal digits of its amounts: 2 for USD, 0 for JPY.
    pub fn digits(&self) -> u32 {
        u32::from(self.digits)
    }
}

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        let codes: Vec<String> = Currency::all().map(|known| known.to_string()).collect();
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(codes))
            .description(Some("An ISO 4217 currency, by its code of three letters."))
            .examples(["USD"]);
        RefOr::T(schema.into())
    }
}

impl ToSchema for Currency {}

text_column!(Currency, Currency::parse, code);

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<str>::deserialize(deserializer)?;
        Currency::parse(&code).ok_or_else(|| de::Error::custom("not an ISO 4217 currency"))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in whole minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// The reason why a decimal is not an amount of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAmount {
    /// More decimals than the currency has.
    #[error("has more than the {0} decimal digits of its currency")]
    TooPrecise(u32),
    /// Beyond 2^63 minor units.
    #[error("is too large")]
    TooLarge,
}

impl Money {
    /// An amount of whole minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// Converts an exact decimal; trailing zeros beyond the currency's digits are accepted.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Result<Self, NotAnAmount> {
        // Normalizing divides, and most amounts have no trailing zeros to remove.
        let amount = match amount.scale() > currency.digits() {
            true => amount.normalize(),
            false => amount,
        };
        if amount.scale() > currency.digits() {
            return Err(NotAnAmount::TooPrecise(currency.digits()));
        }
        let factor = 10_i128.pow(currency.digits() - amount.scale());
        let minor = amount
            .mantissa()
            .checked_mul(factor)
            .and_then(|minor| i64::try_from(minor).ok())
            .ok_or(NotAnAmount::TooLarge)?;
        Ok(Money { minor, currency })
    }

    /// Minor units: cents for USD.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The amount as a decimal with exactly the currency's digits.
    pub fn to_decimal(&self) -> Decimal {
        Decimal::new(self.minor, self.currency.digits())
    }
}

/// A sum of amounts, in minor units, as a decimal with exactly the currency's digits. Beyond 96 bits, which four thousand
/// million of the largest amounts reach, it is the largest decimal.
pub fn sum_to_decimal(minor: i128, currency: Currency) -> Decimal {
    Decimal::try_from_i128_with_scale(minor, currency.digits()).unwrap_or(Decimal::MAX)
}

/// The decimal with exactly the currency's digits, as in responses.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str, code: &str) -> Result<String, NotAnAmount> {
        let currency = Currency::parse(code).expect("a currency");
        Money::from_decimal(text.parse().expect("a decimal"), currency).map(|m| m.to_string())
    }

    #[test]
    fn amounts_are_written_with_their_currencys_digits() {
        assert_eq!(amount("1290.5", "USD").as_deref(), Ok("1290.50"));
        assert_eq!(amount("1290", "JPY").as_deref(), Ok("1290"));
        assert_eq!(amount("1.5", "KWD").as_deref(), Ok("1.500"));
        assert_eq!(amount("-0.10", "USD").as_deref(), Ok("-0.10"));
    }

    #[test]
    fn more_digits_than_the_currency_has_are_refused_unless_they_are_zeros() {
        assert_eq!(amount("1.005", "USD"), Err(NotAnAmount::TooPrecise(2)));
        assert_eq!(amount("1.50", "JPY"), Err(NotAnAmount::TooPrecise(0)));
        assert_eq!(amount("1.000", "JPY").as_deref(), Ok("1"));
    }

    #[test]
    fn amounts_beyond_64_bits_are_refused() {
        assert_eq!(
            amount("99999999999999999999", "USD"),
            Err(NotAnAmount::TooLarge)
        );
    }

    #[test]
    fn a_sum_of_the_largest_amounts_is_exact() {
        let usd = Currency::parse("USD").expect("a currency");
        let sum = 4000 * i128::from(i64::MAX) + 1;
        assert_eq!(
            sum_to_decimal(sum, usd).to_string(),
            "368934881474191032280.01"
        );
        assert_eq!(
            sum_to_decimal(-sum, usd).to_string(),
            "-368934881474191032280.01"
        );
    }

    #[test]
    fn only_currencies_that_hold_money_are_read() {
        for code in ["usd", "US", "XXX", "XTS", "ABC", "USDT", "ÄÖ"] {
            assert_eq!(Currency::parse(code), None, "{code}");
        }
        assert!(Currency::parse("EUR").is_some());
    }
}
