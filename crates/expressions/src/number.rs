//! Exact decimal arithmetic.
//!
//! Numbers have at most 28 digits, and nothing here goes through a float. Sums and differences are exact or an overflow;
//! a quotient is rounded half-even at 18 decimals (fewer, where its whole part leaves no room); a product is exact up to
//! 28 digits and rounded half-even beyond.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// How many digits a posted number may have.
pub const MAX_DIGITS: usize = 28;
const QUOTIENT_DECIMALS: i32 = 18;
/// Powers may have exponents from −64 to 64.
pub const MAX_EXPONENT: i64 = 64;

/// Why a calculation has no result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoNumber {
    /// The result needs more than 28 digits.
    Overflow,
    /// A division or remainder by zero.
    DivisionByZero,
    /// An exponent that is not whole or outside −64..64.
    Exponent,
    /// Bits are only there in whole numbers of 64 bits.
    NotAnInteger,
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BadNumber {
    /// Not digits with an optional sign and fraction.
    Malformed,
    /// `1e5`: right in JSON, refused where an amount is expected.
    Exponent,
    /// More than 28 digits.
    TooLong,
}

/// Reads `-?digits(.digits)?` exactly. `-0` reads as 0.
pub fn read(text: &str) -> Result<Decimal, BadNumber> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut mantissa: u128 = 0;
    let mut digits = 0;
    let mut scale: Option<u32> = None;
    let bytes = unsigned.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits += usize::from(digits > 0 || *byte != b'0');
                if digits > MAX_DIGITS || scale.is_some_and(|scale| scale >= 28) {
                    return Err(longer_than_allowed(&bytes[index..]));
                }
                mantissa = mantissa * 10 + u128::from(byte - b'0');
                scale = scale.map(|scale| scale + 1);
            }
            b'.' if scale.is_none() && index > 0 && index + 1 < bytes.len() => scale = Some(0),
            b'e' | b'E' if index > 0 => return Err(BadNumber::Exponent),
            _ => return Err(BadNumber::Malformed),
        }
    }
    let leading_zero = bytes.len() > 1 && bytes[0] == b'0' && bytes[1] != b'.';
    if bytes.is_empty() || leading_zero {
        return Err(BadNumber::Malformed);
    }
    let scale = scale.unwrap_or_default();
    let mut number = match i64::try_from(mantissa) {
        Ok(small) => Decimal::new(small, scale),
        Err(_) => i128::try_from(mantissa)
            .ok()
            .and_then(|large| Decimal::try_from_i128_with_scale(large, scale).ok())
            .ok_or(BadNumber::TooLong)?,
    };
    if negative && mantissa != 0 {
        number.set_sign_negative(true);
    }
    Ok(number)
}

fn longer_than_allowed(rest: &[u8]) -> BadNumber {
    match rest
        .iter()
        .find(|byte| !byte.is_ascii_digit() && **byte != b'.')
    {
        None => BadNumber::TooLong,
        Some(b'e' | b'E') => BadNumber::Exponent,
        Some(_) => BadNumber::Malformed,
    }
}

/// Reads a number as JSON and expressions spell it, exponent included, exactly.
pub fn read_scientific(text: &str) -> Result<Decimal, BadNumber> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return read(text);
    };
    let mantissa = read(mantissa)?.normalize();
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let exponent: i32 = exponent.parse().map_err(|_| BadNumber::TooLong)?;
    let scale = i32::try_from(mantissa.scale())
        .unwrap_or_default()
        .saturating_sub(exponent);
    if scale >= 0 {
        let scale = u32::try_from(scale).map_err(|_| BadNumber::TooLong)?;
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale)
            .map_err(|_| BadNumber::TooLong);
    }
    10_i128
        .checked_pow(scale.unsigned_abs())
        .and_then(|factor| mantissa.mantissa().checked_mul(factor))
        .and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0).ok())
        .ok_or(BadNumber::TooLong)
}

/// The number a JSON text is, exactly; `None` when it is another kind of value or has too many digits.
pub fn decimal_from_json(json: &str) -> Option<Decimal> {
    read_scientific(json).ok()
}

/// The order of two numbers by value.
#[inline]
pub fn compare(left: Decimal, right: Decimal) -> Ordering {
    // A mantissa has at most 96 bits, so nine digits more fit beside its sign; that covers what people post and write.
    const FACTORS: [i128; 10] = [
        1,
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
        1_000_000_000,
    ];
    let (left_scale, right_scale) = (left.scale(), right.scale());
    let factor = |digits: u32| FACTORS.get(digits as usize);
    if left_scale >= right_scale {
        if let Some(factor) = factor(left_scale - right_scale) {
            return left.mantissa().cmp(&(right.mantissa() * factor));
        }
    } else if let Some(factor) = factor(right_scale - left_scale) {
        return (left.mantissa() * factor).cmp(&right.mantissa());
    }
    left.cmp(&right)
}

/// `left + right`, exactly.
pub fn add(left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    exactly(left.checked_add(right), left, right)
}

/// `left - right`, exactly.
pub fn subtract(left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    exactly(left.checked_sub(right), left, right)
}

/// The library drops decimals when a sum needs more than it can hold; then trailing zeros may still save it.
fn exactly(sum: Option<Decimal>, left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    let sum = sum.ok_or(NoNumber::Overflow)?;
    let needed = left.scale().max(right.scale());
    if sum.scale() >= needed || sum.is_zero() {
        return Ok(sum);
    }
    let needed = left.normalize().scale().max(right.normalize().scale());
    if sum.scale() >= needed {
        Ok(sum)
    } else {
        Err(NoNumber::Overflow)
    }
}

/// `left * right`, exact up to 28 digits.
pub fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    left.checked_mul(right)
        .map(without_negative_zero)
        .ok_or(NoNumber::Overflow)
}

/// `left / right`, rounded half-even at 18 decimals.
pub fn divide(left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    if right.is_zero() {
        return Err(NoNumber::DivisionByZero);
    }
    if left.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let negative = left.is_sign_negative() != right.is_sign_negative();
    let (dividend, divisor) = (
        left.mantissa().unsigned_abs(),
        right.mantissa().unsigned_abs(),
    );
    let shift = i32::try_from(right.scale()).unwrap_or_default()
        - i32::try_from(left.scale()).unwrap_or_default();
    let whole_digits = digit_count(dividend) + shift - digit_count(divisor) + 1;
    // Estimated one digit too long at times, so a place too few would be lost: begin one above and come down.
    let mut decimals = QUOTIENT_DECIMALS.min(29 - whole_digits).max(0);
    while decimals >= 0 {
        let quotient = rounded_quotient(dividend, divisor, shift + decimals)
            .and_then(|quotient| i128::try_from(quotient).ok())
            .and_then(|quotient| {
                Decimal::try_from_i128_with_scale(quotient, decimals.unsigned_abs()).ok()
            });
        if let Some(mut quotient) = quotient {
            quotient.normalize_assign();
            quotient.set_sign_negative(negative && !quotient.is_zero());
            return Ok(quotient);
        }
        decimals -= 1;
    }
    Err(NoNumber::Overflow)
}

fn digit_count(number: u128) -> i32 {
    number
        .checked_ilog10()
        .map_or(0, |log| i32::try_from(log).unwrap_or_default())
        + 1
}

/// `dividend × 10^power / divisor` to the nearest whole, ties to even; `None` when it does not fit.
fn rounded_quotient(dividend: u128, divisor: u128, power: i32) -> Option<u128> {
    if power < 0 {
        let divisor = 10_u128
            .checked_pow(power.unsigned_abs())
            .and_then(|factor| divisor.checked_mul(factor));
        // A divisor beyond 128 bits is more than twice any 96-bit dividend: the quotient rounds to zero.
        return Some(divisor.map_or(0, |divisor| {
            nearest_even(dividend / divisor, dividend % divisor, divisor)
        }));
    }
    if let Some(scaled) = 10_u128
        .checked_pow(power.unsigned_abs())
        .and_then(|factor| dividend.checked_mul(factor))
    {
        return Some(nearest_even(scaled / divisor, scaled % divisor, divisor));
    }
    // Long division, nine digits a turn: the rest stays below 2^96 and so 10^9 times it below 2^126.
    let (mut quotient, mut rest) = (dividend / divisor, dividend % divisor);
    let mut digits = power.unsigned_abs();
    while digits > 0 {
        let turn = digits.min(9);
        let factor = 10_u128.pow(turn);
        rest *= factor;
        quotient = quotient.checked_mul(factor)?.checked_add(rest / divisor)?;
        rest %= divisor;
        digits -= turn;
    }
    Some(nearest_even(quotient, rest, divisor))
}

fn nearest_even(quotient: u128, rest: u128, divisor: u128) -> u128 {
    let up = match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    quotient + u128::from(up)
}

/// `left % right`; the sign follows the dividend.
pub fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, NoNumber> {
    if right.is_zero() {
        return Err(NoNumber::DivisionByZero);
    }
    left.checked_rem(right)
        .map(without_negative_zero)
        .ok_or(NoNumber::Overflow)
}

/// `base ** exponent` for whole exponents from −64 to 64.
pub fn power(base: Decimal, exponent: Decimal) -> Result<Decimal, NoNumber> {
    let exponent = to_integer(exponent)
        .filter(|exponent| exponent.abs() <= MAX_EXPONENT)
        .ok_or(NoNumber::Exponent)?;
    let mut product = Decimal::ONE;
    for _ in 0..exponent.unsigned_abs() {
        product = multiply(product, base)?;
    }
    if exponent < 0 {
        divide(Decimal::ONE, product)
    } else {
        Ok(product)
    }
}

/// `-number`; zero has no sign.
pub fn negate(number: Decimal) -> Decimal {
    without_negative_zero(-number)
}

fn without_negative_zero(number: Decimal) -> Decimal {
    let mut number = number;
    if number.is_zero() {
        number.set_sign_negative(false);
    }
    number
}

/// A bit operation on whole numbers.
pub fn bits(
    left: Decimal,
    right: Decimal,
    operation: fn(i64, i64) -> i64,
) -> Result<Decimal, NoNumber> {
    match (to_integer(left), to_integer(right)) {
        (Some(left), Some(right)) => Ok(Decimal::from(operation(left, right))),
        _ => Err(NoNumber::NotAnInteger),
    }
}

/// The number as a whole 64-bit one, when it is.
pub fn to_integer(number: Decimal) -> Option<i64> {
    let whole = number.trunc();
    if whole == number {
        i64::try_from(whole.mantissa()).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        read(text).unwrap()
    }

    #[test]
    fn numbers_read_exactly_or_say_why_not() {
        for (text, read_as) in [
            ("0", Ok("0")),
            ("-0", Ok("0")),
            ("-0.00", Ok("0.00")),
            ("1290.50", Ok("1290.50")),
            (
                "0.0000000000000000000000000001",
                Ok("0.0000000000000000000000000001"),
            ),
            (
                "9999999999999999999999999999",
                Ok("9999999999999999999999999999"),
            ),
            ("99999999999999999999999999999", Err(BadNumber::TooLong)),
            ("0.00000000000000000000000000001", Err(BadNumber::TooLong)),
            ("1e5", Err(BadNumber::Exponent)),
            ("NaN", Err(BadNumber::Malformed)),
            ("", Err(BadNumber::Malformed)),
            ("-", Err(BadNumber::Malformed)),
            (".5", Err(BadNumber::Malformed)),
            ("5.", Err(BadNumber::Malformed)),
            ("1.2.3", Err(BadNumber::Malformed)),
            ("007", Err(BadNumber::Malformed)),
            ("e5", Err(BadNumber::Malformed)),
            ("+1", Err(BadNumber::Malformed)),
            (" 1", Err(BadNumber::Malformed)),
        ] {
            assert_eq!(
                read(text).map(|number| number.to_string()),
                read_as.map(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        for (left, right, order) in [
            ("1", "1.000", Ordering::Equal),
            ("1", "1.00000000000000000001", Ordering::Less),
            ("-1", "-1.0000000001", Ordering::Greater),
            ("-0.5", "0.5", Ordering::Less),
            (
                "9999999999999999999999999999",
                "0.0000000000000000000000000001",
                Ordering::Greater,
            ),
            (
                "9999999999999999999999999999",
                "9999999999999999999.999999999",
                Ordering::Greater,
            ),
        ] {
            assert_eq!(
                compare(decimal(left), decimal(right)),
                order,
                "{left} {right}"
            );
            assert_eq!(
                compare(decimal(right), decimal(left)),
                order.reverse(),
                "{right} {left}"
            );
        }
    }

    #[test]
    fn exponents_are_resolved_exactly() {
        for (text, read_as) in [
            ("1e+3", Ok("1000")),
            ("2.5E-1", Ok("0.25")),
            ("1.5e27", Ok("1500000000000000000000000000")),
            ("0e999999999999", Ok("0")),
            ("1e29", Err(BadNumber::TooLong)),
            ("1e-29", Err(BadNumber::TooLong)),
            ("1e99999999999", Err(BadNumber::TooLong)),
        ] {
            assert_eq!(
                read_scientific(text).map(|number| number.to_string()),
                read_as.map(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn a_quotient_is_rounded_half_even_at_eighteen_decimals() {
        for (left, right, quotient) in [
            ("10", "4", "2.5"),
            ("1", "3", "0.333333333333333333"),
            ("2", "3", "0.666666666666666667"),
            ("-1", "3", "-0.333333333333333333"),
            ("0.000000000000000001", "2", "0"),
            ("0.000000000000000003", "2", "0.000000000000000002"),
            ("1000000000000", "3", "333333333333.3333333333333333"),
            (
                "9999999999999999999999999999",
                "1",
                "9999999999999999999999999999",
            ),
            (
                "9999999999999999999999999999",
                "0.2",
                "49999999999999999999999999995",
            ),
            (
                "0.0000000000000000000000000001",
                "9999999999999999999999999999",
                "0",
            ),
        ] {
            let result = divide(decimal(left), decimal(right));
            let shown = result.map(|number| number.to_string());
            assert_eq!(shown, Ok(quotient.to_owned()), "{left} / {right}");
        }
        assert_eq!(
            divide(Decimal::ONE, Decimal::ZERO),
            Err(NoNumber::DivisionByZero)
        );
        assert_eq!(
            divide(
                decimal("9999999999999999999999999999"),
                decimal("0.0000000001")
            ),
            Err(NoNumber::Overflow)
        );
    }

    #[test]
    fn a_sum_is_exact_or_an_overflow() {
        assert_eq!(add(decimal("0.1"), decimal("0.2")), Ok(decimal("0.3")));
        let large = decimal("9999999999999999999999999999");
        assert_eq!(add(large, decimal("0.005")), Err(NoNumber::Overflow));
        assert_eq!(
            add(large, decimal("1.00")).map(|sum| sum.normalize()),
            Ok(Decimal::try_from_i128_with_scale(10_i128.pow(28), 0).unwrap())
        );
        assert_eq!(add(Decimal::MAX, Decimal::ONE), Err(NoNumber::Overflow));
    }

    #[test]
    fn powers_take_whole_exponents_within_bounds() {
        assert_eq!(
            power(decimal("2"), decimal("64")),
            Ok(decimal("18446744073709551616"))
        );
        assert_eq!(power(decimal("2"), decimal("-2")), Ok(decimal("0.25")));
        assert_eq!(power(decimal("0"), decimal("0")), Ok(Decimal::ONE));
        assert_eq!(
            power(decimal("0"), decimal("-1")),
            Err(NoNumber::DivisionByZero)
        );
        assert_eq!(power(decimal("2"), decimal("0.5")), Err(NoNumber::Exponent));
        assert_eq!(power(decimal("1"), decimal("65")), Err(NoNumber::Exponent));
        assert_eq!(power(decimal("10"), decimal("29")), Err(NoNumber::Overflow));
    }

    #[test]
    fn a_remainder_has_the_sign_of_the_dividend() {
        assert_eq!(remainder(decimal("-7"), decimal("3")), Ok(decimal("-1")));
        assert_eq!(remainder(decimal("7"), decimal("-3")), Ok(decimal("1")));
        assert_eq!(remainder(decimal("7.9"), decimal("3")), Ok(decimal("1.9")));
        assert_eq!(
            remainder(decimal("1"), decimal("0.0")),
            Err(NoNumber::DivisionByZero)
        );
    }
}
