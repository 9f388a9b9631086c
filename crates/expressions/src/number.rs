//! Exact decimal arithmetic.
//!
//! Numbers have at most 28 digits; no calculation uses a float. Sums and differences are exact or an overflow. A
//! quotient is rounded half-even at 18 decimals, or fewer if its whole part leaves no room. A product is exact up to 28
//! digits and rounded half-even beyond.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// The maximum number of digits of a posted number.
pub const MAX_DIGITS: usize = 28;
const QUOTIENT_DECIMALS: i32 = 18;
/// Powers may have exponents from −64 to 64.
pub const MAX_EXPONENT: i64 = 64;

/// Why a calculation has no result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArithmeticError {
    /// The result needs more than 28 digits.
    Overflow,
    /// A division or remainder by zero.
    DivisionByZero,
    /// An exponent that is not whole or outside −64..64.
    Exponent,
    /// A bit operation on a number that is not a whole one of 64 bits.
    NotAnInteger,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberError {
    /// Not digits with an optional sign and fraction.
    Malformed,
    /// `1e5`: valid JSON, but rejected for amounts.
    Exponent,
    /// More than 28 digits.
    TooLong,
}

/// Reads `-?digits(.digits)?` exactly. `-0` reads as 0.
pub fn read(text: &str) -> Result<Decimal, NumberError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if let Some(mut number) = read_short(unsigned.as_bytes()) {
        if negative && !number.is_zero() {
            number.set_sign_negative(true);
        }
        return Ok(number);
    }
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
            b'e' | b'E' if index > 0 => return Err(NumberError::Exponent),
            _ => return Err(NumberError::Malformed),
        }
    }
    let leading_zero = bytes.len() > 1 && bytes[0] == b'0' && bytes[1] != b'.';
    if bytes.is_empty() || leading_zero {
        return Err(NumberError::Malformed);
    }
    let scale = scale.unwrap_or_default();
    let mut number = match i64::try_from(mantissa) {
        Ok(small) => Decimal::new(small, scale),
        Err(_) => i128::try_from(mantissa)
            .ok()
            .and_then(|large| Decimal::try_from_i128_with_scale(large, scale).ok())
            .ok_or(NumberError::TooLong)?,
    };
    if negative && mantissa != 0 {
        number.set_sign_negative(true);
    }
    Ok(number)
}

/// Fast path: reads digits with an optional fraction that fit into 64 bits, as nearly all do.
#[inline]
fn read_short(bytes: &[u8]) -> Option<Decimal> {
    const MOST_BYTES: usize = 18;
    if bytes.is_empty() || bytes.len() > MOST_BYTES {
        return None;
    }
    let (mut mantissa, mut point) = (0_i64, None);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && index > 0 => point = Some(index),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |point| bytes.len() - 1 - point);
    let has_leading_zero = bytes[0] == b'0' && bytes.get(1).is_some_and(|byte| *byte != b'.');
    if has_leading_zero || (point.is_some() && decimals == 0) {
        return None;
    }
    Some(Decimal::new(mantissa, u32::try_from(decimals).ok()?))
}

fn longer_than_allowed(rest: &[u8]) -> NumberError {
    match rest
        .iter()
        .find(|byte| !byte.is_ascii_digit() && **byte != b'.')
    {
        None => NumberError::TooLong,
        Some(b'e' | b'E') => NumberError::Exponent,
        Some(_) => NumberError::Malformed,
    }
}

/// Reads a number as JSON and expressions write it, with an exponent, exactly.
pub fn read_scientific(text: &str) -> Result<Decimal, NumberError> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return read(text);
    };
    let mantissa = read(mantissa)?.normalize();
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let exponent: i32 = exponent.parse().map_err(|_| NumberError::TooLong)?;
    let scale = i32::try_from(mantissa.scale())
        .unwrap_or_default()
        .saturating_sub(exponent);
    if scale >= 0 {
        let scale = u32::try_from(scale).map_err(|_| NumberError::TooLong)?;
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale)
            .map_err(|_| NumberError::TooLong);
    }
    10_i128
        .checked_pow(scale.unsigned_abs())
        .and_then(|factor| mantissa.mantissa().checked_mul(factor))
        .and_then(|whole| Decimal::try_from_i128_with_scale(whole, 0).ok())
        .ok_or(NumberError::TooLong)
}

/// The exact number in a JSON text; `None` if it is another kind of value or has too many digits.
pub fn decimal_from_json(json: &str) -> Option<Decimal> {
    read_scientific(json).ok()
}

/// The order of two numbers by value.
#[inline]
pub fn compare(left: Decimal, right: Decimal) -> Ordering {
    // A mantissa has at most 96 bits, so nine more digits fit into 127 bits; that covers nearly all numbers in practice.
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
pub fn add(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    exactly(left.checked_add(right), left, right)
}

/// `left - right`, exactly.
pub fn subtract(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    exactly(left.checked_sub(right), left, right)
}

/// Rejects an inexact sum. `rust_decimal` drops decimals when a sum has too many digits; the sum is still exact if only
/// zeros were dropped.
fn exactly(
    sum: Option<Decimal>,
    left: Decimal,
    right: Decimal,
) -> Result<Decimal, ArithmeticError> {
    let sum = sum.ok_or(ArithmeticError::Overflow)?;
    let needed = left.scale().max(right.scale());
    if sum.scale() >= needed || sum.is_zero() {
        return Ok(sum);
    }
    let needed = left.normalize().scale().max(right.normalize().scale());
    if sum.scale() >= needed {
        Ok(sum)
    } else {
        Err(ArithmeticError::Overflow)
    }
}

/// `left * right`, exact up to 28 digits.
pub fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    left.checked_mul(right)
        .map(without_negative_zero)
        .ok_or(ArithmeticError::Overflow)
}

/// `left / right`, rounded half-even at 18 decimals.
pub fn divide(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    if right.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
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
    // The estimate may be one digit too high, so begin with one decimal more and go down.
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
    Err(ArithmeticError::Overflow)
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
    // Long division, nine digits at a time: the rest stays below 2^96 and so 10^9 times it below 2^126.
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
pub fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    if right.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
    }
    left.checked_rem(right)
        .map(without_negative_zero)
        .ok_or(ArithmeticError::Overflow)
}

/// `base ** exponent` for whole exponents from −64 to 64.
pub fn power(base: Decimal, exponent: Decimal) -> Result<Decimal, ArithmeticError> {
    let exponent = to_integer(exponent)
        .filter(|exponent| exponent.abs() <= MAX_EXPONENT)
        .ok_or(ArithmeticError::Exponent)?;
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
) -> Result<Decimal, ArithmeticError> {
    match (to_integer(left), to_integer(right)) {
        (Some(left), Some(right)) => Ok(Decimal::from(operation(left, right))),
        _ => Err(ArithmeticError::NotAnInteger),
    }
}

/// The number as an `i64`; `None` if it is not whole or does not fit.
pub fn to_integer(number: Decimal) -> Option<i64> {
    let whole = number.trunc();
    if whole == number {
        i64::try_from(whole.mantissa()).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
