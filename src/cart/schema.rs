//! What a cart may hold.

use std::sync::LazyLock;

use super::known_values::{country, currency};

use crate::expressions::{Attribute, Kind, Schema, Shape};

/// The schema of carts.
pub fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        // Fails only when a shape below names one that is not there, and then every test fails.
        Schema::new("cart", shapes()).unwrap_or_else(|error| unreachable!("{error}"))
    });
    &SCHEMA
}

fn text(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Text, summary)
}

fn money(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Money, summary)
}

fn decimal(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Decimal, summary).expected()
}

fn flag(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Boolean, summary).expected()
}

fn id(summary: &'static str) -> Attribute {
    Attribute::new("id", Kind::Scalar, summary).expected()
}

fn object(name: &'static str, shape: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Object(shape), summary)
}

fn list(name: &'static str, shape: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::list_of(shape), summary)
}

fn any(name: &'static str, summary: &'static str) -> Attribute {
    Attribute::new(name, Kind::Any, summary)
}

fn shapes() -> Vec<Shape> {
    let mut shapes = vec![cart(), address(), customer()];
    shapes.extend([customer_group(), customer_user()]);
    shapes.extend(line_shapes());
    shapes.push(payment_term());
    shapes
}

/// `lineItem` and every shape it names, for other documents that have lines.
pub fn line_shapes() -> Vec<Shape> {
    vec![
        line_item(),
        kit_item_line_item(),
        kit_item(),
        product(),
        category(),
        unit(),
        unit_precision(),
        inventory_level(),
        warehouse(),
        amount(),
    ]
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

fn line_item_attributes() -> Vec<Attribute> {
    vec![
        Attribute::new(
            "entityIdentifier",
            Kind::Scalar,
            "The shop's id of the line.",
        ),
        object("product", "product", "What is bought.").expected(),
        any("productHolder", "The line as the shop describes it."),
        text("productSku", "SKU of the product.").expected(),
        object("productUnit", "productUnit", "The unit it is sold in.").expected(),
        text("productUnitCode", "Code of that unit.").expected(),
        decimal("quantity", "How many units."),
        object("price", "amount", "Price of one unit; up to six decimals."),
        text(
            "title",
            "The line in words, where the product's name does not do.",
        ),
        money(
            "total",
            "The line's total, where the shop rounds it in a way of its own.",
        ),
        any(
            "description",
            "The line in more words; a text is shown at Apruve.",
        ),
        any(
            "variantInfo",
            "Size, colour and the like; a text is shown at Apruve.",
        ),
        any("vendor", "Who makes it; a text is shown at Apruve."),
        any(
            "productUrl",
            "Where the product is shown; a text is linked at Apruve.",
        ),
        text(
            "checksum",
            "The shop's checksum of the line's configuration.",
        ),
    ]
}

fn line_item() -> Shape {
    let mut attributes = line_item_attributes();
    attributes.push(
        list(
            "kitItemLineItems",
            "kitItemLineItem",
            "Components of a kit.",
        )
        .or_empty(),
    );
    Shape::new("lineItem", "One line of a cart.", attributes)
        .alias("productSku", "product", "sku")
        .alias("productUnitCode", "productUnit", "code")
}

fn kit_item_line_item() -> Shape {
    let mut attributes = line_item_attributes();
    attributes.push(object("kitItem", "kitItem", "Which part of the kit this is.").expected());
    attributes.push(decimal("sortOrder", "Place among the components."));
    Shape::new("kitItemLineItem", "One component of a kit.", attributes)
        .alias("productSku", "product", "sku")
        .alias("productUnitCode", "productUnit", "code")
}

fn kit_item() -> Shape {
    Shape::new(
        "kitItem",
        "A part of a kit.",
        [
            id("The shop's id of the part."),
            text("defaultLabel", "Name for people."),
            flag("optional", "Whether the kit may be bought without it."),
            decimal("sortOrder", "Place in the kit."),
            Attribute::new("minimumQuantity", Kind::Decimal, "Fewest units."),
            Attribute::new("maximumQuantity", Kind::Decimal, "Most units."),
        ],
    )
}

fn product() -> Shape {
    Shape::new(
        "product",
        "A product; the shop may post further attributes.",
        [
            id("The shop's id of the product."),
            text("sku", "Stock keeping unit.").expected(),
            text("name", "Name."),
            text("type", "Such as `simple`, `configurable` or `kit`."),
            text("status", "Such as `enabled`."),
            object("category", "category", "Its category in the catalogue."),
            object("primaryUnitPrecision", "unitPrecision", "Its first unit."),
            list("unitPrecisions", "unitPrecision", "All its units.").or_empty(),
            list("inventoryLevels", "inventoryLevel", "What is in stock.").or_empty(),
        ],
    )
}

fn category() -> Shape {
    Shape::new(
        "category",
        "A category of the catalogue.",
        [id("The shop's id of the category."), text("title", "Name.")],
    )
}

fn unit() -> Shape {
    Shape::new(
        "productUnit",
        "A unit of sale.",
        [text("code", "Such as `item` or `kg`.").expected()],
    )
}

fn unit_precision() -> Shape {
    Shape::new(
        "unitPrecision",
        "A unit of a product and how finely it is counted.",
        [
            id("The shop's id of the precision."),
            object("unit", "productUnit", "The unit.").expected(),
            decimal("precision", "Decimals of a quantity."),
            flag("sell", "Whether the product is sold in it."),
        ],
    )
}

fn inventory_level() -> Shape {
    Shape::new(
        "inventoryLevel",
        "How much of a product is in one warehouse.",
        [
            id("The shop's id of the level."),
            decimal("quantity", "How much there is."),
            object("warehouse", "warehouse", "Where it is."),
            object(
                "productUnitPrecision",
                "unitPrecision",
                "The unit it is counted in.",
            ),
        ],
    )
}

fn warehouse() -> Shape {
    Shape::new(
        "warehouse",
        "A warehouse.",
        [id("The shop's id of the warehouse."), text("name", "Name.")],
    )
}

fn amount() -> Shape {
    Shape::new(
        "amount",
        "An amount with its currency.",
        [
            money("value", "The amount.").expected(),
            currency("ISO 4217 code.").expected(),
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
