//! The shape of a cart's lines, and the shapes that it refers to.

use super::attribute::{any, decimal, flag, id, list, money, object, text};
use crate::{
    cart::known_values::currency,
    expressions::{Attribute, Kind, Shape},
};

/// `lineItem` and every shape that it refers to, also for other documents with lines.
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
