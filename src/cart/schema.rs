//! The schema of carts.

use std::sync::LazyLock;

use super::known_values::{countries, currencies};
use crate::expressions::{
    Attribute,
    Kind::{self, Any, Boolean, Money, Object, Scalar, Text},
    Schema, Shape,
};

/// Attributes, each with its kind, the rules for its value, and a sentence that describes it.
macro_rules! attributes {
    ($($name:ident: $kind:expr $(, $rule:ident $(($values:path))?)* => $summary:literal;)*) => {
        vec![$(Attribute::new(stringify!($name), $kind, $summary)$(.$rule($($values)?))*),*]
    };
}

/// Shapes, each with a sentence that describes it, and its attributes.
macro_rules! shapes {
    ($($name:ident = $summary:literal { $($attributes:tt)* })*) => {
        vec![$(Shape::new(stringify!($name), $summary, attributes! { $($attributes)* })),*]
    };
}

mod lines;

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
    let mut shapes = shapes! {
        cart = "What a buyer is about to pay for." {
            currency: Text, with_values(currencies), required => "ISO 4217 code of every amount in the cart.";
            lineItems: Kind::list_of("lineItem"), expected => "What is bought.";
            billingAddress: Object("address") => "The billing address; the destinations of rules compare it.";
            shippingAddress: Object("address") => "Where the goods go.";
            shippingOrigin: Object("address") => "Where the goods come from.";
            shippingMethod: Text => "Identifier of the chosen shipping method.";
            subtotal: Object("amount"), expected => "Sum of the lines.";
            total: Money, expected => "Grand total with tax, shipping and discounts.";
            customer: Object("customer") => "The company that buys; null for guests.";
            customerUser: Object("customerUser") => "The person who buys; null for guests.";
            website: Text => "Identifier of the website the cart belongs to.";
            shippingAmount: Money => "What shipping costs.";
            taxAmount: Money => "Taxes.";
            handlingAmount: Money => "What handling costs.";
            insuranceAmount: Money => "What insurance costs.";
            surchargeAmount: Money => "What is added for other reasons.";
            discountAmount: Money => "What is taken off; not negative.";
            pricesIncludeTax: Boolean => "Whether `taxAmount` is inside the lines' prices instead of on top of them.";
            merchantCountry: Text, with_values(countries) => "ISO 3166-1 country of the shop, from the settings.";
        }
        address = "A postal address." {
            countryIso2: Text, with_values(countries), expected => "ISO 3166-1 alpha-2 country, such as `US`.";
            countryIso3: Text => "ISO 3166-1 alpha-3 country, such as `USA`.";
            countryName: Text => "Country for people.";
            regionCode: Text => "Region as `CA` or `US-CA` (ISO 3166-2).";
            regionName: Text => "Region for people.";
            postalCode: Text => "Postal code.";
            city: Text => "City.";
            street: Text => "First line.";
            street2: Text => "Second line.";
            organization: Text => "Company.";
            namePrefix: Text => "Such as `Dr.`";
            firstName: Text => "First name.";
            middleName: Text => "Middle name.";
            lastName: Text => "Last name.";
            nameSuffix: Text => "Such as `Jr.`";
            phone: Text => "Telephone number.";
        }
        customer = "A company that buys." {
            id: Scalar, expected => "The shop's id of the customer.";
            name: Text, expected => "Name.";
            group: Object("customerGroup") => "The group the customer belongs to.";
            parent: Object("customer") => "The customer above this one.";
            paymentTerm: Object("paymentTerm") => "The customer's own payment term.";
            vatId: Text => "VAT number.";
            users: Any => "The customer's users, as the shop describes them.";
            addresses: Any => "The customer's addresses, as the shop describes them.";
        }
        customerGroup = "A group of customers." {
            id: Scalar, expected => "The shop's id of the group.";
            name: Text, expected => "Name.";
            paymentTerm: Object("paymentTerm") => "The payment term of customers without their own.";
        }
        customerUser = "A person who buys for a customer." {
            id: Scalar, expected => "The shop's id of the user.";
            email: Text, expected => "E-mail address.";
            firstName: Text => "First name.";
            middleName: Text => "Middle name.";
            lastName: Text => "Last name.";
            fullName: Text, expected => "Full name.";
            enabled: Boolean, expected => "Whether the user may sign in.";
        }
    };
    shapes.extend(line_shapes());
    shapes.extend(shapes! {
        paymentTerm = "Within how many days a customer pays." {
            id: Scalar, expected => "The shop's id of the term.";
            label: Text => "Such as `Net 30`.";
        }
    });
    shapes
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
