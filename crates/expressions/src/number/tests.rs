//! Exact results, and the limits.

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
        ("99999999999999999999999999999", Err(NumberError::TooLong)),
        ("0.00000000000000000000000000001", Err(NumberError::TooLong)),
        ("1e5", Err(NumberError::Exponent)),
        ("NaN", Err(NumberError::Malformed)),
        ("", Err(NumberError::Malformed)),
        ("-", Err(NumberError::Malformed)),
        (".5", Err(NumberError::Malformed)),
        ("5.", Err(NumberError::Malformed)),
        ("1.2.3", Err(NumberError::Malformed)),
        ("007", Err(NumberError::Malformed)),
        ("e5", Err(NumberError::Malformed)),
        ("+1", Err(NumberError::Malformed)),
        (" 1", Err(NumberError::Malformed)),
    ] {
        assert_eq!(
            read(text).map(|number| number.to_string()),
            read_as.map(str::to_owned),
            "{text}"
        );
    }
}

/// All texts of digits and points up to six characters, and the same behind more digits than 64 bits hold.
#[test]
fn a_short_number_is_read_as_a_long_one() {
    let mut texts = vec![String::new()];
    for _ in 0..6 {
        let longer = texts
            .iter()
            .flat_map(|text| ["0", "7", "."].map(|next| text.clone() + next));
        texts = [vec![String::new()], longer.collect()].concat();
    }
    for text in texts {
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let is_number = !fraction.contains('.')
            && !fraction.is_empty()
            && (whole == "0" || whole.starts_with('7'));
        let shown = read(&text).map(|number| number.to_string());
        assert_eq!(shown.as_deref().ok(), is_number.then_some(&*text), "{text}");
        let long = format!("1234567890123456789{text}");
        let is_long = !fraction.contains('.') && !fraction.is_empty();
        let shown = read(&long).map(|number| number.to_string());
        assert_eq!(shown.as_deref().ok(), is_long.then_some(&*long), "{long}");
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
        ("1e29", Err(NumberError::TooLong)),
        ("1e-29", Err(NumberError::TooLong)),
        ("1e99999999999", Err(NumberError::TooLong)),
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
        Err(ArithmeticError::DivisionByZero)
    );
    assert_eq!(
        divide(
            decimal("9999999999999999999999999999"),
            decimal("0.0000000001")
        ),
        Err(ArithmeticError::Overflow)
    );
}

#[test]
fn a_sum_is_exact_or_an_overflow() {
    assert_eq!(add(decimal("0.1"), decimal("0.2")), Ok(decimal("0.3")));
    let large = decimal("9999999999999999999999999999");
    assert_eq!(add(large, decimal("0.005")), Err(ArithmeticError::Overflow));
    assert_eq!(
        add(large, decimal("1.00")).map(|sum| sum.normalize()),
        Ok(Decimal::try_from_i128_with_scale(10_i128.pow(28), 0).unwrap())
    );
    assert_eq!(
        add(Decimal::MAX, Decimal::ONE),
        Err(ArithmeticError::Overflow)
    );
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
        Err(ArithmeticError::DivisionByZero)
    );
    assert_eq!(
        power(decimal("2"), decimal("0.5")),
        Err(ArithmeticError::Exponent)
    );
    assert_eq!(
        power(decimal("1"), decimal("65")),
        Err(ArithmeticError::Exponent)
    );
    assert_eq!(
        power(decimal("10"), decimal("29")),
        Err(ArithmeticError::Overflow)
    );
}

#[test]
fn a_remainder_has_the_sign_of_the_dividend() {
    assert_eq!(remainder(decimal("-7"), decimal("3")), Ok(decimal("-1")));
    assert_eq!(remainder(decimal("7"), decimal("-3")), Ok(decimal("1")));
    assert_eq!(remainder(decimal("7.9"), decimal("3")), Ok(decimal("1.9")));
    assert_eq!(
        remainder(decimal("1"), decimal("0.0")),
        Err(ArithmeticError::DivisionByZero)
    );
}
