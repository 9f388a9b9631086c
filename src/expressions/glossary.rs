//! Everything that can be written in an expression, for an editor's completion.

use serde::Serialize;
use utoipa::ToSchema;

use super::schema::{Attribute, Schema, Shape};

/// What an editor may offer while an expression is typed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Glossary {
    /// The shape at the top: its attributes are the names an expression may begin with.
    #[schema(example = "cart")]
    pub root: &'static str,
    pub shapes: Vec<ShapeEntry>,
    pub functions: &'static [FunctionEntry],
    pub operators: &'static [OperatorEntry],
}

/// One kind of object.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExpressionShape)]
pub struct ShapeEntry {
    #[schema(example = "address")]
    pub name: &'static str,
    pub summary: &'static str,
    pub attributes: Vec<AttributeEntry>,
}

/// One attribute of a shape.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExpressionAttribute)]
pub struct AttributeEntry {
    #[schema(example = "countryIso2")]
    pub name: &'static str,
    /// `decimal`, `money`, `text`, `boolean`, `number or text`, `any`, the name of a shape, or `list of …`.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// Whether it may be null, so that an expression should look before it goes on.
    pub nullable: bool,
    pub summary: &'static str,
}

/// A function or a method of lists.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpressionFunction)]
pub struct FunctionEntry {
    #[schema(example = "count")]
    pub name: &'static str,
    #[schema(example = "count(list)")]
    pub signature: &'static str,
    pub summary: &'static str,
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpressionOperator)]
pub struct OperatorEntry {
    #[schema(example = "matches")]
    pub symbol: &'static str,
    /// A higher one binds tighter.
    pub precedence: u16,
    pub summary: &'static str,
}

impl Glossary {
    /// The glossary for documents of a schema.
    pub fn of(schema: &'static Schema) -> Self {
        Self {
            root: schema.root().name(),
            shapes: schema.shapes().iter().map(shape).collect(),
            functions: FUNCTIONS,
            operators: OPERATORS,
        }
    }
}

fn shape(shape: &'static Shape) -> ShapeEntry {
    ShapeEntry {
        name: shape.name(),
        summary: shape.summary(),
        attributes: shape.attributes().iter().map(attribute).collect(),
    }
}

fn attribute(attribute: &'static Attribute) -> AttributeEntry {
    AttributeEntry {
        name: attribute.name(),
        kind: attribute.kind().to_string(),
        nullable: attribute.is_nullable(),
        summary: attribute.summary(),
    }
}

const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry {
        name: "count",
        signature: "count(list)",
        summary: "How many items a list has.",
    },
    FunctionEntry {
        name: "min",
        signature: "min(a, b, …)",
        summary: "The smallest of its arguments, or of a list.",
    },
    FunctionEntry {
        name: "max",
        signature: "max(a, b, …)",
        summary: "The largest of its arguments, or of a list.",
    },
    FunctionEntry {
        name: "decimal",
        signature: "decimal(x)",
        summary: "A number from a text such as a custom attribute.",
    },
    FunctionEntry {
        name: "any",
        signature: "lineItems.any(lineItem.quantity > 5)",
        summary: "Whether the condition holds for one item; the item is the singular of the list's name.",
    },
    FunctionEntry {
        name: "all",
        signature: "lineItems.all(lineItem.quantity > 5)",
        summary: "Whether the condition holds for every item; true for an empty list.",
    },
    FunctionEntry {
        name: "sum",
        signature: "lineItems.sum(lineItem.quantity)",
        summary: "The sum over all items; 0 for an empty list.",
    },
];

const fn operator(symbol: &'static str, precedence: u16, summary: &'static str) -> OperatorEntry {
    OperatorEntry {
        symbol,
        precedence,
        summary,
    }
}

const OPERATORS: &[OperatorEntry] = &[
    operator("**", 200, "Power."),
    operator("*", 60, "Product."),
    operator("/", 60, "Quotient, rounded half-even at 18 decimals."),
    operator("%", 60, "Remainder, with the sign of the dividend."),
    operator("not", 50, "Negation; binds tighter than comparisons."),
    operator("~", 40, "Joins texts and numbers."),
    operator("+", 30, "Sum."),
    operator("-", 30, "Difference."),
    operator("..", 25, "All whole numbers from the left to the right."),
    operator("=", 20, "Equal by value; the same as ==."),
    operator("!=", 20, "Not equal."),
    operator("<", 20, "Less."),
    operator(">", 20, "Greater."),
    operator("<=", 20, "Less or equal."),
    operator(">=", 20, "Greater or equal."),
    operator("in", 20, "Whether a list has the value."),
    operator("not in", 20, "Whether a list lacks the value."),
    operator(
        "matches",
        20,
        "Whether a text matches a pattern such as \"/^B/i\".",
    ),
    operator("&", 18, "Bitwise and of whole numbers."),
    operator("^", 17, "Bitwise exclusive or of whole numbers."),
    operator("|", 16, "Bitwise or of whole numbers."),
    operator(
        "and",
        15,
        "Both; the right side is only looked at when the left holds.",
    ),
    operator(
        "or",
        10,
        "Either; the right side is only looked at when the left does not hold.",
    ),
    operator(
        "? :",
        0,
        "The second part when the first holds, else the third.",
    ),
];
