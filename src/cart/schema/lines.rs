//! The shape of a cart's lines, and the shapes that it refers to.

use crate::{
    cart::known_values::currencies,
    expressions::{
        Attribute,
        Kind::{self, Any, Boolean, Decimal, Money, Object, Scalar, Text},
        Shape,
    },
};

/// `lineItem` and every shape that it refers to, also for other documents with lines.
pub fn line_shapes() -> Vec<Shape> {
    let components = attributes! {
        kitItemLineItems: Kind::list_of("kitItemLineItem"), or_empty => "Components of a kit.";
    };
    let part = attributes! {
        kitItem: Object("kitItem"), expected => "Which part of the kit this is.";
        sortOrder: Decimal, expected => "Place among the components.";
    };
    let mut shapes = vec![
        line("lineItem", "One line of a cart.", components),
        line("kitItemLineItem", "One component of a kit.", part),
    ];
    shapes.extend(shapes! {
        kitItem = "A part of a kit." {
            id: Scalar, expected => "The shop's id of the part.";
            defaultLabel: Text => "Name for people.";
            optional: Boolean, expected => "Whether the kit may be bought without it.";
            sortOrder: Decimal, expected => "Place in the kit.";
            minimumQuantity: Decimal => "Fewest units.";
            maximumQuantity: Decimal => "Most units.";
        }
        product = "A product; the shop may post further attributes." {
            id: Scalar, expected => "The shop's id of the product.";
            sku: Text, expected => "Stock keeping unit.";
            name: Text => "Name.";
            type: Text => "Such as `simple`, `configurable` or `kit`.";
            status: Text => "Such as `enabled`.";
            category: Object("category") => "Its category in the catalogue.";
            primaryUnitPrecision: Object("unitPrecision") => "Its first unit.";
            unitPrecisions: Kind::list_of("unitPrecision"), or_empty => "All its units.";
            inventoryLevels: Kind::list_of("inventoryLevel"), or_empty => "What is in stock.";
        }
        category = "A category of the catalogue." {
            id: Scalar, expected => "The shop's id of the category.";
            title: Text => "Name.";
        }
        productUnit = "A unit of sale." {
            code: Text, expected => "Such as `item` or `kg`.";
        }
        unitPrecision = "A unit of a product and how finely it is counted." {
            id: Scalar, expected => "The shop's id of the precision.";
            unit: Object("productUnit"), expected => "The unit.";
            precision: Decimal, expected => "Decimals of a quantity.";
            sell: Boolean, expected => "Whether the product is sold in it.";
        }
        inventoryLevel = "How much of a product is in one warehouse." {
            id: Scalar, expected => "The shop's id of the level.";
            quantity: Decimal, expected => "How much there is.";
            warehouse: Object("warehouse") => "Where it is.";
            productUnitPrecision: Object("unitPrecision") => "The unit it is counted in.";
        }
        warehouse = "A warehouse." {
            id: Scalar, expected => "The shop's id of the warehouse.";
            name: Text => "Name.";
        }
        amount = "An amount with its currency." {
            value: Money, expected => "The amount.";
            currency: Text, with_values(currencies), expected => "ISO 4217 code.";
        }
    });
    shapes
}

/// A line with the attributes that every line has, and `more`.
fn line(name: &'static str, summary: &'static str, more: Vec<Attribute>) -> Shape {
    let mut attributes = attributes! {
        entityIdentifier: Scalar => "The shop's id of the line.";
        product: Object("product"), expected => "What is bought.";
        productHolder: Any => "The line as the shop describes it.";
        productSku: Text, expected => "SKU of the product.";
        productUnit: Object("productUnit"), expected => "The unit it is sold in.";
        productUnitCode: Text, expected => "Code of that unit.";
        quantity: Decimal, expected => "How many units.";
        price: Object("amount") => "Price of one unit; up to six decimals.";
        title: Text => "The line in words, where the product's name does not do.";
        total: Money => "The line's total, where the shop rounds it in a way of its own.";
        description: Any => "The line in more words; a text is shown at Apruve.";
        variantInfo: Any => "Size, colour and the like; a text is shown at Apruve.";
        vendor: Any => "Who makes it; a text is shown at Apruve.";
        productUrl: Any => "Where the product is shown; a text is linked at Apruve.";
        checksum: Text => "The shop's checksum of the line's configuration.";
    };
    attributes.extend(more);
    Shape::new(name, summary, attributes)
        .alias("productSku", "product", "sku")
        .alias("productUnitCode", "productUnit", "code")
}
