//! The schema of carts.

mod attribute;
mod lines;

use std::sync::LazyLock;

use self::attribute::{any, flag, id, list, money, object, text};
use super::known_values::{country, currency};
use crate::expressions::{Attribute, Kind, Schema, Shape};

pub use self::lines::line_shapes;

/// The schema of carts.
pub fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        // Fails only if a shape below names an undefined shape; then every test fails.
        Schema::new("cart", shapes()).unwrap_or_else(|error| unreachable!("{error}"))
    });
    &SCHEMA
}

fn shapes() -> Vec<Shape> {
    let mut shapes = vec![cart(), address(), customer()];
    shapes.extend([customer_group(), customer_user()]);
    shapes.extend(line_shapes());
    shapes.push(payment_term());
    shapes
}

fn cart() -> Shape {
    Shape::new(
        "cart",
        "What a buyer is about to pay for.",
        [
            currency("ISO 4217 code of every amount in the cart.").required(),
            list("lineItems", "lineItem", "What is bought.").expected(),
            object(
                "billingAddress",
                "address",
                "The billing address; the destinations of rules compare it.",
            ),
            object("shippingAddress", "address", "Where the goods go."),
            object("shippingOrigin", "address", "Where the goods come from."),
            text(
                "shippingMethod",
                "Identifier of the chosen shipping method.",
            ),
            object("subtotal", "amount", "Sum of the lines.").expected(),
            money("total", "Grand total with tax, shipping and discounts.").expected(),
            object(
                "customer",
                "customer",
                "The company that buys; null for guests.",
            ),
            object(
                "customerUser",
                "customerUser",
                "The person who buys; null for guests.",
            ),
            text("website", "Identifier of the website the cart belongs to."),
            money("shippingAmount", "What shipping costs."),
            money("taxAmount", "Taxes."),
            money("handlingAmount", "What handling costs."),
            money("insuranceAmount", "What insurance costs."),
            money("surchargeAmount", "What is added for other reasons."),
            money("discountAmount", "What is taken off; not negative."),
            Attribute::new(
                "pricesIncludeTax",
                Kind::Boolean,
                "Whether `taxAmount` is inside the lines' prices instead of on top of them.",
            ),
            country(
                "merchantCountry",
                "ISO 3166-1 country of the shop, from the settings.",
            ),
        ],
    )
}

fn address() -> Shape {
    Shape::new(
        "address",
        "A postal address.",
        [
            country("countryIso2", "ISO 3166-1 alpha-2 country, such as `US`.").expected(),
            text("countryIso3", "ISO 3166-1 alpha-3 country, such as `USA`."),
            text("countryName", "Country for people."),
            text("regionCode", "Region as `CA` or `US-CA` (ISO 3166-2)."),
            text("regionName", "Region for people."),
            text("postalCode", "Postal code."),
            text("city", "City."),
            text("street", "First line."),
            text("street2", "Second line."),
            text("organization", "Company."),
            text("namePrefix", "Such as `Dr.`"),
            text("firstName", "First name."),
            text("middleName", "Middle name."),
            text("lastName", "Last name."),
            text("nameSuffix", "Such as `Jr.`"),
            text("phone", "Telephone number."),
        ],
    )
}

fn customer() -> Shape {
    Shape::new(
        "customer",
        "A company that buys.",
        [
            id("The shop's id of the customer."),
            text("name", "Name.").expected(),
            object(
                "group",
                "customerGroup",
                "The group the customer belongs to.",
            ),
            object("parent", "customer", "The customer above this one."),
            object(
                "paymentTerm",
                "paymentTerm",
                "The customer's own payment term.",
            ),
            text("vatId", "VAT number."),
            any("users", "The customer's users, as the shop describes them."),
            any(
                "addresses",
                "The customer's addresses, as the shop describes them.",
            ),
        ],
    )
}

fn customer_group() -> Shape {
    Shape::new(
        "customerGroup",
        "A group of customers.",
        [
            id("The shop's id of the group."),
            text("name", "Name.").expected(),
            object(
                "paymentTerm",
                "paymentTerm",
                "The payment term of customers without their own.",
            ),
        ],
    )
}

fn customer_user() -> Shape {
    Shape::new(
        "customerUser",
        "A person who buys for a customer.",
        [
            id("The shop's id of the user."),
            text("email", "E-mail address.").expected(),
            text("firstName", "First name."),
            text("middleName", "Middle name."),
            text("lastName", "Last name."),
            text("fullName", "Full name.").expected(),
            flag("enabled", "Whether the user may sign in."),
        ],
    )
}

fn payment_term() -> Shape {
    Shape::new(
        "paymentTerm",
        "Within how many days a customer pays.",
        [
            id("The shop's id of the term."),
            text("label", "Such as `Net 30`."),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ten_names_of_the_original_are_there() {
        for name in [
            "lineItems",
            "billingAddress",
            "shippingAddress",
            "shippingOrigin",
            "shippingMethod",
            "currency",
            "subtotal",
            "customer",
            "customerUser",
            "total",
        ] {
            assert!(schema().root().slot_of(name).is_some(), "{name}");
        }
    }
}
