//! A cart to try expressions on: its schema, and one of ordinary size.

use std::sync::LazyLock;

use onterms_expressions::{Attribute, Kind, Schema, Shape};

fn attribute(name: &'static str, kind: Kind) -> Attribute {
    Attribute::new(name, kind, "An attribute of a cart.")
}

/// The shapes of a cart.
pub static CART: LazyLock<Schema> = LazyLock::new(|| {
    let shapes = [
        Shape::new(
            "cart",
            "What a buyer is about to order.",
            [
                attribute("currency", Kind::Text).required(),
                attribute("website", Kind::Text),
                attribute("total", Kind::Money).expected(),
                attribute("subtotal", Kind::Object("price")).expected(),
                attribute("shippingAmount", Kind::Money),
                attribute("taxAmount", Kind::Money),
                attribute("shippingMethod", Kind::Text),
                attribute("billingAddress", Kind::Object("address")),
                attribute("shippingAddress", Kind::Object("address")),
                attribute("customer", Kind::Object("customer")),
                attribute("customerUser", Kind::Object("customerUser")),
                attribute("lineItems", Kind::list_of("lineItem")).or_empty(),
            ],
        ),
        Shape::new(
            "price",
            "An amount of money.",
            [
                attribute("value", Kind::Money).expected(),
                attribute("currency", Kind::Text).expected(),
            ],
        ),
        Shape::new(
            "address",
            "Where somebody is.",
            [
                attribute("countryIso2", Kind::Text).expected(),
                attribute("regionCode", Kind::Text),
                attribute("postalCode", Kind::Text),
                attribute("city", Kind::Text),
                attribute("street", Kind::Text),
            ],
        ),
        Shape::new(
            "customer",
            "Who orders.",
            [
                attribute("id", Kind::Scalar).expected(),
                attribute("name", Kind::Text),
                attribute("group", Kind::Object("group")),
                attribute("parent", Kind::Object("customer")),
            ],
        ),
        Shape::new(
            "group",
            "Customers of a kind.",
            [
                attribute("id", Kind::Scalar).expected(),
                attribute("name", Kind::Text).expected(),
            ],
        ),
        Shape::new(
            "customerUser",
            "The person who orders.",
            [
                attribute("id", Kind::Scalar).expected(),
                attribute("email", Kind::Text),
                attribute("fullName", Kind::Text),
                attribute("enabled", Kind::Boolean),
            ],
        ),
        Shape::new(
            "lineItem",
            "A line of a cart.",
            [
                attribute("productSku", Kind::Text).expected(),
                attribute("product", Kind::Object("product")).expected(),
                attribute("quantity", Kind::Decimal).expected(),
                attribute("productUnit", Kind::Object("unit")).expected(),
                attribute("productUnitCode", Kind::Text).expected(),
                attribute("price", Kind::Object("price")),
            ],
        )
        .alias("productSku", "product", "sku")
        .alias("productUnitCode", "productUnit", "code"),
        Shape::new(
            "product",
            "What is ordered.",
            [
                attribute("sku", Kind::Text).expected(),
                attribute("name", Kind::Text),
                attribute("category", Kind::Object("category")),
            ],
        ),
        Shape::new(
            "category",
            "Products of a kind.",
            [attribute("id", Kind::Scalar).expected()],
        ),
        Shape::new(
            "unit",
            "What a quantity counts.",
            [attribute("code", Kind::Text).expected()],
        ),
    ];
    Schema::new("cart", shapes).expect("names only its own shapes")
});

/// A cart of five lines, 1.5 KB.
pub const ORDINARY: &str = r#"{"currency":"USD","website":"us-store","total":"1290.50","subtotal":{"value":"1200.00","currency":"USD"},"shippingAmount":"40.50","taxAmount":"50.00","shippingMethod":"flat_rate_1","billingAddress":{"countryIso2":"US","regionCode":"CA","postalCode":"90210","city":"Beverly Hills","street":"1 Rodeo Drive"},"shippingAddress":{"countryIso2":"US","regionCode":"NY","postalCode":"10001","city":"New York","street":"2 Broadway"},"customer":{"id":42,"name":"Acme","group":{"id":3,"name":"Wholesale"},"creditLimit":"25000.00"},"customerUser":{"id":7,"email":"amanda@acme.example","fullName":"Amanda Cole"},"lineItems":[{"productSku":"1GB82","product":{"sku":"1GB82","name":"Clog","category":{"id":2}},"quantity":10,"productUnit":{"code":"item"},"price":{"value":"20.00","currency":"USD"}},{"productSku":"2JD90","product":{"sku":"2JD90","name":"Lamp","category":{"id":2}},"quantity":20,"productUnit":{"code":"item"},"price":{"value":"10.00","currency":"USD"}},{"productSku":"3XK17","product":{"sku":"3XK17","name":"Chair","category":{"id":4}},"quantity":5,"productUnit":{"code":"set"},"price":{"value":"60.00","currency":"USD"}},{"productSku":"4TT03","product":{"sku":"4TT03","name":"Table","category":{"id":4}},"quantity":1,"productUnit":{"code":"item"},"price":{"value":"300.00","currency":"USD"}},{"productSku":"B5521","product":{"sku":"B5521","name":"Bulb","category":{"id":9}},"quantity":100,"productUnit":{"code":"item"},"price":{"value":"2.00","currency":"USD"}}]}"#;
