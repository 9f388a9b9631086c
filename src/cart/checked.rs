//! A cart that was read and whose amounts, currency and countries make sense.

mod website;

use crate::{
    cart::{
        Address, PaymentTerm, schema,
        sums::{self, CHARGES},
    },
    expressions::{Budget, Record, Unreadable, Value},
    http::problem::{FieldError, Kind, Problem},
    money::{Currency, Money, NotAnAmount},
    pii::Email,
};

const ADDRESSES: [&str; 3] = ["billingAddress", "shippingAddress", "shippingOrigin"];

/// A cart, borrowing its texts from the posted body.
#[derive(Debug)]
pub struct Cart<'v> {
    record: Record<'v>,
    currency: Currency,
    total: Option<Money>,
}

/// Reads a posted cart, or returns all of its errors.
pub fn read(json: &str) -> Result<Cart<'_>, Problem> {
    match read_all(json)? {
        (Some(cart), errors) if errors.is_empty() => Ok(cart),
        (_, errors) => Err(Problem::invalid(errors)),
    }
}

/// As [`read`], for a cart that is to be paid for: where something is refused anyway, its amounts that a payment refuses are
/// named, too.
pub fn read_to_pay(json: &str) -> Result<Cart<'_>, Problem> {
    match read_all(json)? {
        (Some(cart), errors) if errors.is_empty() => Ok(cart),
        (cart, mut errors) => {
            let refused = cart.and_then(|cart| sums::judge(&cart).err());
            let mut more = refused.map(|refused| refused.errors).unwrap_or_default();
            // What could not be read now seems to be missing, and does not add up.
            more.retain(|seeming| {
                let is_told = errors.iter().any(|error| error.is_within(seeming));
                seeming.code != sums::DO_NOT_ADD_UP && !is_told
            });
            errors.extend(more);
            Err(Problem::invalid(errors))
        }
    }
}

fn read_all(json: &str) -> Result<(Option<Cart<'_>>, Vec<FieldError>), Problem> {
    let (record, problems) = schema().read_all(json).map_err(refuse)?;
    let mut errors: Vec<FieldError> = problems.into_iter().map(FieldError::from).collect();
    let checked = record.map(|record| check(record, &mut errors));
    let cart = checked.and_then(|(record, currency, total)| {
        Some(Cart {
            record,
            currency: currency?,
            total,
        })
    });
    Ok((cart, errors))
}

type Checked<'v> = (Record<'v>, Option<Currency>, Option<Money>);

fn check<'v>(mut record: Record<'v>, errors: &mut Vec<FieldError>) -> Checked<'v> {
    website::forget_blank(&mut record);
    let currency = currency(&record, errors);
    let mut total = None;
    if let Some(currency) = currency {
        // Amounts of the cart itself must fit its currency. Unit prices need not: they may have up to six decimals.
        total = amount_at(&"/total", record.get("total"), currency, errors);
        for name in CHARGES {
            amount_at(&format_args!("/{name}"), record.get(name), currency, errors);
        }
        let subtotal = record.get("subtotal").and_then(Value::as_record);
        let value = subtotal.and_then(|subtotal| subtotal.get("value"));
        amount_at(&"/subtotal/value", value, currency, errors);
    }
    for name in ADDRESSES {
        if let Some(Value::Record(address)) = record.get_mut(name) {
            Address::trim(address);
            Address::of(address).check(&format_args!("/{name}"), errors);
        }
    }
    (record, currency, total)
}

fn refuse(unreadable: Unreadable) -> Problem {
    match unreadable {
        Unreadable::Malformed {
            message,
            line,
            column,
        } => Problem::new(
            Kind::MalformedJson,
            format!("Line {line}, column {column}: {message}."),
        ),
        Unreadable::Wrong(problems) => {
            Problem::invalid(problems.into_iter().map(FieldError::from).collect())
        }
    }
}

fn currency(record: &Record<'_>, errors: &mut Vec<FieldError>) -> Option<Currency> {
    // Reading has noted one that is missing or no text.
    let code = record.get("currency").and_then(Value::as_text)?;
    let currency = Currency::parse(code);
    if currency.is_none() {
        errors.push(FieldError::at(
            "/currency",
            "unknown_currency",
            unknown_currency(code),
        ));
    }
    currency
}

/// The sentence for a code that is no ISO 4217 currency.
fn unknown_currency(code: &str) -> String {
    match Currency::meant_by(code) {
        Some(meant) => format!("`{code}` is not an ISO 4217 currency; did you mean `{meant}`?"),
        None => format!("`{code}` is not an ISO 4217 currency such as `USD`."),
    }
}

/// An amount of a currency, or a note of why it is none. `None` also where nothing was posted.
pub fn amount_at(
    pointer: &dyn std::fmt::Display,
    value: Option<&Value<'_>>,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) -> Option<Money> {
    let amount = value.and_then(Value::as_number)?;
    match Money::from_decimal(amount, currency) {
        Ok(money) => Some(money),
        Err(reason) => {
            let code = match reason {
                NotAnAmount::TooPrecise(_) => "too_precise",
                NotAnAmount::TooLarge => "too_large",
            };
            let message = format!("{amount} {currency} {reason}.");
            errors.push(FieldError::at(pointer.to_string(), code, message));
            None
        }
    }
}

impl<'v> Cart<'v> {
    /// What expressions see.
    pub fn record(&self) -> &Record<'v> {
        &self.record
    }

    /// What expressions see, for callers that need nothing else.
    pub fn into_record(self) -> Record<'v> {
        self.record
    }

    /// What one request may spend on expressions over the cart.
    pub fn budget(&self) -> Budget {
        let lines = self.record.get("lineItems").and_then(Value::as_list);
        Budget::for_items(lines.map_or(0, <[_]>::len))
    }

    /// The cart's currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The grand total, if it was posted.
    pub fn total(&self) -> Option<Money> {
        self.total
    }

    /// The billing address, if there is one with a country: without a country no destination can be judged.
    pub fn billing_address(&self) -> Option<Address<'_>> {
        let record = self.record.get("billingAddress")?.as_record()?;
        Some(Address::of(record)).filter(|address| address.country.is_some())
    }

    /// The address of the person who buys, if it is one.
    pub fn buyer_email(&self) -> Option<Email> {
        let user = self.record.get("customerUser")?.as_record()?;
        user.get("email")?.as_text()?.parse().ok()
    }

    /// Whether the buyer is known.
    pub fn has_customer(&self) -> bool {
        self.record
            .get("customer")
            .is_some_and(|customer| !customer.is_null())
    }

    /// Whether the customer, or the customer's group, has a payment term.
    pub fn has_payment_term(&self) -> bool {
        let Some(customer) = self.record.get("customer").and_then(Value::as_record) else {
            return false;
        };
        let has = |record: &Record<'_>| {
            record
                .get("paymentTerm")
                .is_some_and(|term| !term.is_null())
        };
        has(customer)
            || customer
                .get("group")
                .and_then(Value::as_record)
                .is_some_and(has)
    }

    /// The payment term of the customer, or of the customer's group.
    pub fn payment_term(&self) -> Option<PaymentTerm> {
        let customer = self.record.get("customer")?.as_record()?;
        PaymentTerm::of(customer)
    }

    /// Makes an attribute unreadable for expressions; see [`Record::withhold`].
    pub fn withhold(&mut self, path: &str) {
        self.record.withhold(path);
    }

    /// Lets expressions see the shop's country. A storefront does not decide it, so what was posted is replaced.
    pub fn set_merchant_country(&mut self, country: Option<&'v str>) {
        if let Some(slot) = schema().root().slot_of("merchantCountry") {
            let value = country.map_or(Value::Null, |country| Value::Text(country.into()));
            self.record.set_slot(slot, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> Vec<(String, String)> {
        read(json)
            .expect_err(json)
            .errors()
            .iter()
            .map(|error| {
                (
                    error.pointer.clone().unwrap_or_default(),
                    error.code.to_string(),
                )
            })
            .collect()
    }

    #[test]
    fn only_the_currency_is_required() {
        let cart = read(r#"{"currency":"USD"}"#).expect("a cart");
        assert_eq!(cart.currency().code(), "USD");
        assert!(
            cart.total().is_none() && cart.website().is_none() && cart.billing_address().is_none()
        );
        assert_eq!(refused("{}")[0].0, "/currency");
    }

    #[test]
    fn amounts_are_exact_and_fit_the_currency() {
        let cart = read(r#"{"currency":"USD","total":1290.5}"#).expect("a cart");
        assert_eq!(cart.total().map(|total| total.minor()), Some(129_050));
        let cart = read(r#"{"currency":"JPY","total":"1290"}"#).expect("a cart");
        assert_eq!(cart.total().map(|total| total.minor()), Some(1290));
        let cart = read(r#"{"currency":"USD","total":"-0"}"#).expect("a cart");
        assert_eq!(cart.total().map(|total| total.minor()), Some(0));
        for (total, code) in [
            ("\"1.005\"", "too_precise"),
            ("99999999999999999999", "too_large"),
        ] {
            let json = format!(r#"{{"currency":"USD","total":{total}}}"#);
            assert_eq!(refused(&json), [("/total".to_owned(), code.to_owned())]);
        }
        for total in ["1e5", "\"1e5\"", "\"NaN\"", "true", "\"\""] {
            let json = format!(r#"{{"currency":"USD","total":{total}}}"#);
            assert_eq!(refused(&json)[0].0, "/total", "{total}");
        }
    }

    #[test]
    fn everything_that_will_not_do_is_named_at_once() {
        let found = refused(
            r#"{"currency":"USD","total":"1.005","subtotal":{"value":"0.001"},
                "billingAddress":{"countryIso2":"UK"},
                "shippingAddress":{"countryIso2":"us"},
                "shippingOrigin":{"countryIso2":"US","regionCode":"CA-ON"}}"#,
        );
        let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        let expected = [
            "/total",
            "/subtotal/value",
            "/billingAddress/countryIso2",
            "/shippingAddress/countryIso2",
        ];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn codes_of_addresses_are_trimmed_for_everybody_who_reads_them() {
        let cart = read(
            r#"{"currency":"USD","billingAddress":{"countryIso2":" US","regionCode":"CA ","postalCode":"\t90210 "},
                "shippingOrigin":{"countryIso2":"DE\n"}}"#,
        )
        .expect("a cart");
        let text = |address: &str, name: &str| {
            let address = cart.record().get(address).and_then(Value::as_record)?;
            Some(address.get(name)?.as_text()?.to_owned())
        };
        for (name, trimmed) in [
            ("countryIso2", "US"),
            ("regionCode", "CA"),
            ("postalCode", "90210"),
        ] {
            assert_eq!(text("billingAddress", name).as_deref(), Some(trimmed));
        }
        assert_eq!(text("shippingOrigin", "countryIso2").as_deref(), Some("DE"));
    }

    #[test]
    fn a_region_that_is_none_of_the_country_refuses_no_cart() {
        for region in ["CA-ON", "US-XX", "North West", "🦙", ""] {
            let json = format!(
                r#"{{"currency":"USD","billingAddress":{{"countryIso2":"US","regionCode":"{region}"}}}}"#
            );
            assert!(read(&json).is_ok(), "{region}");
        }
    }

    #[test]
    fn a_cart_that_is_to_be_paid_for_is_told_of_its_sums_too() {
        let told = |json: &str| -> Vec<String> {
            let problem = read_to_pay(json).expect_err(json);
            let pointers = problem.errors().iter();
            pointers.filter_map(|error| error.pointer.clone()).collect()
        };
        let lines =
            r#"[{"quantity":"-1","price":{"value":"x"}},{"quantity":1,"price":{"value":-1}},{}]"#;
        let lines_errors = [
            "/lineItems/0/quantity",
            "/lineItems/1/price/value",
            "/lineItems/2/price",
        ];
        let total = format!(r#"{{"currency":"USD","total":"1.005","lineItems":{lines}}}"#);
        let unreadable = ["/lineItems/0/price/value", "/total"];
        assert_eq!(told(&total), [&unreadable[..], &lines_errors].concat());
        let country = format!(
            r#"{{"currency":"USD","taxAmount":-1,"billingAddress":{{"countryIso2":"UK"}},"lineItems":{lines}}}"#
        );
        let unreadable = ["/lineItems/0/price/value", "/billingAddress/countryIso2"];
        let missing = ["/total", "/taxAmount"];
        assert_eq!(
            told(&country),
            [&unreadable[..], &missing, &lines_errors].concat()
        );
        assert_eq!(
            told(r#"{"currency":"USD","total":1,"discountAmount":true,"lineItems":[{"total":3}]}"#),
            ["/discountAmount"]
        );
        assert_eq!(told(r#"{"currency":"usd","total":-1}"#), ["/currency"]);
        let contradiction = r#"{"currency":"USD","total":1,"lineItems":[{"total":3}]}"#;
        assert!(read_to_pay(contradiction).is_ok(), "the rules come first");
    }

    #[test]
    fn currencies_are_upper_case_iso_4217_codes() {
        for code in ["usd", "XXX", "US", ""] {
            assert_eq!(
                refused(&format!(r#"{{"currency":"{code}"}}"#))[0].0,
                "/currency"
            );
        }
    }

    #[test]
    fn a_payment_term_is_the_customers_or_its_groups() {
        let has = |customer: &str| {
            read(&format!(r#"{{"currency":"USD","customer":{customer}}}"#))
                .expect("a cart")
                .has_payment_term()
        };
        assert!(has(r#"{"paymentTerm":{"id":1}}"#));
        assert!(has(r#"{"group":{"paymentTerm":{"id":1}}}"#));
        assert!(!has(r#"{"paymentTerm":null,"group":{"id":3}}"#));
        assert!(!has("null"));
    }

    #[test]
    fn the_shop_decides_its_own_country() {
        let mut cart = read(r#"{"currency":"USD","merchantCountry":"FR"}"#).expect("a cart");
        cart.set_merchant_country(Some("US"));
        assert_eq!(
            cart.record()
                .get("merchantCountry")
                .and_then(Value::as_text),
            Some("US")
        );
    }
}
