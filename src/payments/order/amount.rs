//! The one amount of a body that moves money: read from the body's own text, so that it stays exact.

use super::{InvoiceRequest, Prices};
use crate::{
    http::problem::FieldError,
    money::{Currency, Money},
};

/// Reads `amount` of a JSON body without other amounts. If given, it must be more than zero.
///
/// # Errors
/// Why it is rejected, at `/amount`.
pub fn read_amount(body: &str, currency: Currency) -> Result<Option<Money>, Vec<FieldError>> {
    // Whether prices include tax matters only for charges.
    let request = InvoiceRequest::read(body, currency, Prices::WithoutTax)?;
    Ok(request.amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Option<String>, Vec<String>> {
        let usd = Currency::parse("USD").expect("a currency");
        let read = read_amount(body, usd);
        let amount = read.map(|amount| amount.map(|amount| amount.to_string()));
        amount.map_err(|errors| errors.iter().map(|it| it.code.to_string()).collect())
    }

    #[test]
    fn an_amount_is_read_exactly_from_either_form() {
        for (body, amount) in [
            (r#"{"amount":"12.5"}"#, Some("12.50")),
            (r#"{"amount":12.30,"more":1e400}"#, Some("12.30")),
            (r#"{"amount":90071992547409.93}"#, Some("90071992547409.93")),
            (r#"{"amount":null}"#, None),
            ("{}", None),
        ] {
            assert_eq!(read(body), Ok(amount.map(str::to_owned)), "{body}");
        }
    }

    #[test]
    fn what_is_no_amount_of_the_currency_is_refused() {
        for (body, code) in [
            (r#"{"amount":"12.505"}"#, "too_precise"),
            (r#"{"amount":1e2}"#, "number_format"),
            (r#"{"amount":"NaN"}"#, "number_format"),
            (r#"{"amount":true}"#, "type"),
            (r#"{"amount":0}"#, "not_positive"),
            (r#"{"amount":"-1"}"#, "not_positive"),
            (r#"{"amount":"92233720368547758.08"}"#, "too_large"),
        ] {
            assert_eq!(read(body), Err(vec![code.to_owned()]), "{body}");
        }
    }
}
