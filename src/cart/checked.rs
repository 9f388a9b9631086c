//! A cart that was read and whose amounts, currency and countries are valid.

mod reading;
mod website;

pub use reading::{arena_for, read, read_body, read_to_pay};

use crate::{
    cart::{Address, PaymentTerm, schema},
    expressions::{Budget, Record, Value},
    money::{Currency, Money},
    pii::Email,
};

/// A valid cart. It borrows its texts from the posted body.
#[derive(Clone, Debug)]
pub struct Cart<'v> {
    record: Record<'v>,
    currency: Currency,
    total: Option<Money>,
}

impl<'v> Cart<'v> {
    /// The document that expressions see.
    pub fn record(&self) -> &Record<'v> {
        &self.record
    }

    /// The document that expressions see, for callers that need nothing else.
    pub fn into_record(self) -> Record<'v> {
        self.record
    }

    /// The budget of one request for expressions over the cart.
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

    /// The billing address, if it has a country: without a country no destination can be judged.
    pub fn billing_address(&self) -> Option<Address<'_>> {
        let record = self.record.get("billingAddress")?.as_record()?;
        Some(Address::of(record)).filter(|address| address.country.is_some())
    }

    /// The buyer's e-mail address; `None` if it is missing or invalid.
    pub fn buyer_email(&self) -> Option<Email> {
        let user = self.record.get("customerUser")?.as_record()?;
        user.get("email")?.as_text()?.parse().ok()
    }

    /// Whether the buyer is known.
    pub fn has_customer(&self) -> bool {
        let customer = self.record.get("customer");
        customer.is_some_and(|customer| !customer.is_null())
    }

    /// Whether the customer, or the customer's group, has a payment term.
    pub fn has_payment_term(&self) -> bool {
        self.posted_term().is_some()
    }

    /// The payment term of the customer, or of the customer's group.
    pub fn payment_term(&self) -> Option<PaymentTerm> {
        self.posted_term().map(PaymentTerm::read)
    }

    fn posted_term(&self) -> Option<&Value<'v>> {
        let customer = self.record.get("customer")?.as_record()?;
        own_term(customer).or_else(|| own_term(customer.get("group")?.as_record()?))
    }

    /// Makes an attribute unreadable for expressions; see [`Record::withhold`].
    pub fn withhold(&mut self, path: &str) {
        self.record.withhold(path);
    }

    /// Sets the shop's country for expressions. It replaces a posted value, because the storefront does not decide it.
    pub fn set_merchant_country(&mut self, country: Option<&'v str>) {
        let posted = self.record.get("merchantCountry");
        if posted.and_then(Value::as_text) == country {
            return;
        }
        if let Some(slot) = schema().root().slot_of("merchantCountry") {
            let value = country.map_or(Value::Null, |country| Value::Text(country.into()));
            self.record.set_slot(slot, value);
        }
    }
}

fn own_term<'r, 'v>(holder: &'r Record<'v>) -> Option<&'r Value<'v>> {
    holder.get("paymentTerm").filter(|term| !term.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> Vec<(String, String)> {
        read(json).expect_err(json).pointers_and_codes()
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
    fn everything_that_is_not_valid_is_named_at_once() {
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
    fn a_cart_that_is_to_be_paid_for_learns_of_its_sums_too() {
        let pointers = |json: &str| -> Vec<String> {
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
        assert_eq!(pointers(&total), [&unreadable[..], &lines_errors].concat());
        let country = format!(
            r#"{{"currency":"USD","taxAmount":-1,"billingAddress":{{"countryIso2":"UK"}},"lineItems":{lines}}}"#
        );
        let unreadable = ["/lineItems/0/price/value", "/billingAddress/countryIso2"];
        let missing = ["/total", "/taxAmount"];
        assert_eq!(
            pointers(&country),
            [&unreadable[..], &missing, &lines_errors].concat()
        );
        assert_eq!(
            pointers(
                r#"{"currency":"USD","total":1,"discountAmount":true,"lineItems":[{"total":3}]}"#
            ),
            ["/discountAmount"]
        );
        assert_eq!(pointers(r#"{"currency":"usd","total":-1}"#), ["/currency"]);
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
