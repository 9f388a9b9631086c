//! The range of JSON numbers: those that 28 decimal digits hold exactly when written out.

const MAX_DIGITS: i64 = 28;

/// Whether 28 digits hold the number exactly. Returns true for a malformed number, which the parser reports.
pub fn is_in_range(number: &[u8]) -> bool {
    let is_short = number.len() <= MAX_DIGITS as usize;
    let has_exponent = || number.iter().any(|byte| matches!(byte, b'e' | b'E'));
    (is_short && !has_exponent()) || written_out(number)
}

#[cold]
fn written_out(number: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(number) else {
        return true;
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('-');
    let digits = [whole, fraction].concat();
    let is_significant = |digit: char| digit != '0';
    let (Some(first), Some(last)) = (digits.find(is_significant), digits.rfind(is_significant))
    else {
        return true;
    };
    // An exponent beyond 64 bits is far out of range; an exponent without digits is malformed.
    let Ok(exponent) = exponent.parse::<i64>() else {
        return !exponent.bytes().any(|byte| byte.is_ascii_digit());
    };
    // The number of digits before the point, counted from the digit at `index`; zero or less for a digit behind the
    // point.
    let digits_from = |index: usize| {
        let in_mantissa = i64::try_from(whole.len()).unwrap_or(i64::MAX)
            - i64::try_from(index).unwrap_or(i64::MAX);
        in_mantissa.saturating_add(exponent)
    };
    let before_point = digits_from(first).max(0);
    let behind_point = 1_i64.saturating_sub(digits_from(last)).max(0);
    before_point.saturating_add(behind_point) <= MAX_DIGITS
}
