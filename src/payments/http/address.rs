//! `billTo` and `shipTo` of an invoice, in the words of a cart's addresses.

use utoipa::ToSchema;

use crate::{
    geo,
    http::body::Fields,
    providers::{AddressDraft, CleanText},
};

/// An address in the words of a cart's.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct InvoiceAddress {
    /// The company's name.
    #[schema(max_length = 255, example = "Acme")]
    pub organization: Option<String>,
    /// Before the person's name, such as `Dr.`.
    #[schema(max_length = 255)]
    pub name_prefix: Option<String>,
    /// The person's first name.
    #[schema(max_length = 255, example = "Amanda")]
    pub first_name: Option<String>,
    /// The person's middle name.
    #[schema(max_length = 255)]
    pub middle_name: Option<String>,
    /// The person's last name.
    #[schema(max_length = 255, example = "Cole")]
    pub last_name: Option<String>,
    /// Behind the person's name, such as `Jr.`.
    #[schema(max_length = 255)]
    pub name_suffix: Option<String>,
    /// Street and number.
    #[schema(max_length = 255, example = "1 Main Street")]
    pub street: Option<String>,
    /// The second line of the street address.
    #[schema(max_length = 255)]
    pub street2: Option<String>,
    /// The city.
    #[schema(max_length = 255, example = "Springfield")]
    pub city: Option<String>,
    /// As `CA` or `US-CA`.
    #[schema(max_length = 255, example = "US-CA")]
    pub region_code: Option<String>,
    /// The postal code.
    #[schema(max_length = 255, example = "90210")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 code of the country, in two letters.
    #[schema(min_length = 2, max_length = 2, example = "US")]
    pub country_iso2: Option<String>,
    /// A telephone number for questions about the delivery.
    #[schema(max_length = 255)]
    pub phone: Option<String>,
}

/// Reads an optional address, and records errors.
pub(super) fn read(body: &Fields<'_>, name: &'static str) -> Option<AddressDraft> {
    let fields = body.object(name)?;
    let text = |name| {
        let text = fields.optional_text(name, 255)?;
        Some(CleanText::line(&text)).filter(|text| !text.as_str().is_empty())
    };
    let country = text("countryIso2");
    let code = country.as_ref().map(CleanText::as_str);
    if let Some(code) = code.filter(|it| !geo::is_country(it)) {
        let advice = geo::country_advice(code);
        let message = format!("`{code}` is not an ISO 3166-1 country{advice}");
        fields.refuse("countryIso2", "unknown_country", message);
    }
    let names = [
        "namePrefix",
        "firstName",
        "middleName",
        "lastName",
        "nameSuffix",
    ]
    .map(text);
    let names: Vec<&str> = names.iter().flatten().map(CleanText::as_str).collect();
    let person = (!names.is_empty()).then(|| CleanText::line(&names.join(" ")));
    // Members of a cart's address that the provider does not have.
    fields.ignore(&["countryIso3", "countryName", "regionName"]);
    let draft = AddressDraft {
        company: text("organization"),
        person,
        street: text("street"),
        street2: text("street2"),
        city: text("city"),
        region: text("regionCode"),
        postal_code: text("postalCode"),
        country,
        phone: text("phone"),
    };
    fields.finish();
    Some(draft)
}
