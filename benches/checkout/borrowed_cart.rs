//! The cart of the benches as borrowed structs: what `serde_json` needs at the least to parse it.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
pub struct Cart<'a> {
    #[serde(borrow)]
    currency: Cow<'a, str>,
    #[serde(borrow)]
    website: Option<Cow<'a, str>>,
    #[serde(borrow)]
    total: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subtotal: Option<Amount<'a>>,
    #[serde(borrow)]
    shipping_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tax_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    discount_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    shipping_method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    billing_address: Option<Address<'a>>,
    #[serde(borrow)]
    shipping_address: Option<Address<'a>>,
    #[serde(borrow)]
    customer: Option<Customer<'a>>,
    #[serde(borrow)]
    customer_user: Option<User<'a>>,
    #[serde(borrow)]
    line_items: Vec<LineItem<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Amount<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
    #[serde(borrow)]
    currency: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Address<'a> {
    #[serde(borrow)]
    country_iso2: Cow<'a, str>,
    #[serde(borrow)]
    region_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    postal_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    city: Option<Cow<'a, str>>,
    #[serde(borrow)]
    street: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Customer<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    group: Option<Named<'a>>,
    #[serde(borrow)]
    payment_term: Option<Term<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Named<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Term<'a> {
    id: u64,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct User<'a> {
    id: u64,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    full_name: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct LineItem<'a> {
    #[serde(borrow)]
    product_sku: Cow<'a, str>,
    #[serde(borrow)]
    product: Option<Product<'a>>,
    quantity: f64,
    #[serde(borrow)]
    product_unit: Option<Unit<'a>>,
    #[serde(borrow)]
    price: Option<Amount<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Product<'a> {
    #[serde(borrow)]
    sku: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    category: Option<Category>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Category {
    id: u64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Unit<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}
