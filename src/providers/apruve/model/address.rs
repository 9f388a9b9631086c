//! A postal address on an invoice.

use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::providers::{AddressDraft, CleanText};

/// An address in Apruve's format.
#[skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WireAddress {
    /// The company; the person if there is none.
    pub name: Option<CleanText>,
    /// The person, if the address also has a company.
    pub contact_name: Option<CleanText>,
    pub address_1: Option<CleanText>,
    pub address_2: Option<CleanText>,
    pub city: Option<CleanText>,
    pub state: Option<CleanText>,
    pub postal_code: Option<CleanText>,
    /// ISO 3166-1 alpha-2.
    pub country_code: Option<CleanText>,
    pub phone_number: Option<CleanText>,
}

impl From<&AddressDraft> for WireAddress {
    fn from(address: &AddressDraft) -> Self {
        let AddressDraft {
            company, person, ..
        } = address;
        let region = address.region.as_ref();
        let country = address.country.as_ref();
        WireAddress {
            name: company.as_ref().or(person.as_ref()).cloned(),
            contact_name: company.as_ref().and(person.clone()),
            address_1: address.street.clone(),
            address_2: address.street2.clone(),
            city: address.city.clone(),
            state: region.map(|region| without_country(region, country)),
            postal_code: address.postal_code.clone(),
            country_code: country.cloned(),
            phone_number: address.phone.clone(),
        }
    }
}

/// Strips the country from a region code: `CA` of `US-CA`.
fn without_country(region: &CleanText, country: Option<&CleanText>) -> CleanText {
    let own = |country: &CleanText| {
        let rest = region.as_str().strip_prefix(country.as_str())?;
        rest.strip_prefix('-').map(CleanText::line)
    };
    country.and_then(own).unwrap_or_else(|| region.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_address_names_the_company_before_the_person_and_the_region_without_its_country() {
        let text = |text: &str| Some(CleanText::line(text)).filter(|it| !it.as_str().is_empty());
        for (company, person, region, country, sent) in [
            ("", "", "", "", json!({})),
            (
                "Acme",
                "",
                "",
                "US",
                json!({ "name": "Acme", "country_code": "US" }),
            ),
            (
                "",
                "Ann Lee",
                "CA",
                "",
                json!({ "name": "Ann Lee", "state": "CA" }),
            ),
            (
                "Acme",
                "Ann Lee",
                "US-CA",
                "US",
                json!({ "name": "Acme", "contact_name": "Ann Lee", "state": "CA", "country_code": "US" }),
            ),
            (
                "",
                "",
                "US-CA",
                "CA",
                json!({ "state": "US-CA", "country_code": "CA" }),
            ),
            (
                "",
                "",
                "USCA",
                "US",
                json!({ "state": "USCA", "country_code": "US" }),
            ),
            (
                "",
                "",
                "US-",
                "US",
                json!({ "state": "", "country_code": "US" }),
            ),
            ("", "", "US-CA", "", json!({ "state": "US-CA" })),
        ] {
            let address = AddressDraft {
                company: text(company),
                person: text(person),
                region: text(region),
                country: text(country),
                ..AddressDraft::default()
            };
            let wire: Value = json!(WireAddress::from(&address));
            assert_eq!(wire, sent, "{address:?}");
        }
        let whole = AddressDraft {
            street: text("1 Main Street"),
            street2: text("Floor 2"),
            city: text("Springfield"),
            postal_code: text("90210"),
            phone: text("555 0100"),
            ..AddressDraft::default()
        };
        let sent = json!({ "address_1": "1 Main Street", "address_2": "Floor 2", "city": "Springfield",
            "postal_code": "90210", "phone_number": "555 0100" });
        assert_eq!(json!(WireAddress::from(&whole)), sent);
    }
}
