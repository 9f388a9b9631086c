//! The cart as the document describes it. `cart::schema` reads it; these shapes only tell of it.

use utoipa::ToSchema;

/// What a buyer is about to pay for. Any object may carry more attributes; expressions see them all. Amounts are decimal
/// texts or JSON numbers, read exactly.
#[derive(ToSchema)]
#[schema(as = Cart, rename_all = "camelCase", example = json!({
    "currency": "USD", "website": "us-store", "total": "1290.50",
    "subtotal": { "value": "1200.00", "currency": "USD" },
    "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210" },
    "customer": { "id": 42, "name": "Acme", "group": { "id": 3, "name": "Wholesale" } },
    "lineItems": [{ "productSku": "1GB82", "quantity": 10, "productUnit": { "code": "item" },
                    "price": { "value": "120.00", "currency": "USD" } }]
}))]
#[allow(dead_code, reason = "describes what `cart::schema` reads")]
pub struct CartBody {
    /// ISO 4217.
    #[schema(example = "USD", min_length = 3, max_length = 3)]
    currency: String,
    website: Option<String>,
    /// Grand total.
    #[schema(value_type = Option<Decimal>)]
    total: Option<()>,
    #[schema(value_type = Option<Amount>)]
    subtotal: Option<()>,
    #[schema(value_type = Option<Decimal>)]
    shipping_amount: Option<()>,
    #[schema(value_type = Option<Decimal>)]
    tax_amount: Option<()>,
    #[schema(value_type = Option<Decimal>)]
    discount_amount: Option<()>,
    shipping_method: Option<String>,
    billing_address: Option<AddressBody>,
    shipping_address: Option<AddressBody>,
    shipping_origin: Option<AddressBody>,
    /// With `paymentTerm` or `group.paymentTerm`, payment term methods are offered.
    #[schema(value_type = Option<Object>)]
    customer: Option<()>,
    #[schema(value_type = Option<Object>)]
    customer_user: Option<()>,
    #[schema(value_type = Option<Vec<Object>>)]
    line_items: Option<()>,
}

/// An amount with its currency.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what `cart::schema` reads")]
pub struct Amount {
    #[schema(value_type = Option<Decimal>)]
    value: Option<()>,
    #[schema(example = "USD")]
    currency: Option<String>,
}

/// An exact decimal.
#[derive(ToSchema)]
#[schema(example = "1290.50")]
#[allow(dead_code, reason = "describes what `cart::schema` reads")]
pub enum Decimal {
    #[schema(title = "text")]
    Text(String),
    #[schema(title = "number")]
    Number(f64),
}

/// A postal address.
#[derive(ToSchema)]
#[schema(as = Address, rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what `cart::schema` reads")]
pub struct AddressBody {
    /// ISO 3166-1 alpha-2, or `XK`.
    #[schema(example = "US")]
    country_iso2: Option<String>,
    /// `CA` or `US-CA`.
    #[schema(example = "CA")]
    region_code: Option<String>,
    #[schema(example = "90210")]
    postal_code: Option<String>,
    city: Option<String>,
    street: Option<String>,
}
