//! The description of the language for editors: the names of a schema, and the functions and operators.

mod diagnostics;

use std::cmp::Reverse;

use serde::Serialize;
use utoipa::ToSchema;

use super::ast::{Binary, Unary};
use super::schema::{Attribute, Kind, Schema, Shape};
use super::singular::item_name;

/// Everything that an expression may contain.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Language {
    /// The names with which a path may begin.
    pub names: Vec<NameInfo>,
    /// The kinds of objects, with their attributes.
    pub types: Vec<TypeInfo>,
    /// Functions, and `any`, `all` and `sum`, which follow the name of a list.
    pub functions: Vec<FunctionInfo>,
    /// Operators, those that bind tightest first.
    pub operators: Vec<OperatorInfo>,
    /// The codes of diagnostics, and whether a diagnostic can have a fix.
    pub diagnostics: Vec<DiagnosticInfo>,
}

/// One name or attribute.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NameInfo {
    /// The name as it is written in expressions.
    #[schema(example = "subtotal")]
    pub name: &'static str,
    /// `decimal`, `money`, `text`, `boolean`, `number or text`, `any`, the name of a type, or `list of` one.
    #[serde(rename = "type")]
    #[schema(example = "price")]
    pub kind: String,
    /// Whether it may be null, so that an expression should test it first.
    pub nullable: bool,
    /// The name of one item inside `any`, `all` and `sum`; absent if it is not a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lineItem")]
    pub item_variable: Option<String>,
    /// One sentence.
    pub summary: &'static str,
}

/// One kind of object.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypeInfo {
    /// The name by which attributes refer to it.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its known attributes; a document may have more.
    pub attributes: Vec<NameInfo>,
}

/// One function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FunctionInfo {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// The parameters in its parentheses.
    #[schema(value_type = Vec<ParameterInfo>)]
    pub parameters: &'static [ParameterInfo],
    /// The type of its value.
    #[serde(rename = "type")]
    #[schema(example = "decimal")]
    pub kind: &'static str,
    /// Whether it follows the name of a list. Inside its parentheses, each item has the name in the list's
    /// `itemVariable`.
    pub follows_list: bool,
    /// One sentence.
    pub summary: &'static str,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterInfo {
    /// The name of the parameter in `usage`.
    pub name: &'static str,
    /// Its type, as attributes have one.
    #[serde(rename = "type")]
    #[schema(example = "list of any")]
    pub kind: &'static str,
    /// Whether there may be several.
    pub repeated: bool,
}

/// A kind of diagnostic about an expression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticInfo {
    /// The `code` of a diagnostic.
    #[schema(example = "unknown_name")]
    pub code: &'static str,
    /// Whether a diagnostic with it can have a `fix`.
    pub fixable: bool,
    /// The reason why there is no fix; absent if there can be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// One operator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorInfo {
    /// The operator as it is written in expressions.
    pub operator: &'static str,
    /// Higher binds tighter.
    pub precedence: u16,
    /// One sentence.
    pub summary: &'static str,
}

impl Schema {
    /// The names, functions, operators and diagnostics of expressions over documents of this schema.
    pub fn language(&self) -> Language {
        Language {
            names: self.root().attributes().iter().map(name_info).collect(),
            types: self.shapes().iter().map(type_info).collect(),
            functions: FUNCTIONS.to_vec(),
            operators: operators(),
            diagnostics: diagnostics::all(),
        }
    }
}

fn name_info(attribute: &Attribute) -> NameInfo {
    NameInfo {
        name: attribute.name(),
        kind: attribute.kind().to_string(),
        nullable: attribute.is_nullable(),
        item_variable: matches!(attribute.kind(), Kind::List(_))
            .then(|| item_name(attribute.name())),
        summary: attribute.summary(),
    }
}

fn type_info(shape: &Shape) -> TypeInfo {
    TypeInfo {
        name: shape.name(),
        summary: shape.summary(),
        attributes: shape.attributes().iter().map(name_info).collect(),
    }
}

/// Functions, and `any`, `all` and `sum`, which follow the name of a list.
pub(super) const FUNCTIONS: [FunctionInfo; 7] = [
    FunctionInfo {
        name: "count",
        usage: "count(list)",
        parameters: &[one("list", "list of any")],
        kind: "decimal",
        follows_list: false,
        summary: "How many items a list has.",
    },
    FunctionInfo {
        name: "min",
        usage: "min(a, b, …)",
        parameters: &[several("a", "number or text, or one list of them")],
        kind: "number or text",
        follows_list: false,
        summary: "The smallest of its arguments, or of one list.",
    },
    FunctionInfo {
        name: "max",
        usage: "max(a, b, …)",
        parameters: &[several("a", "number or text, or one list of them")],
        kind: "number or text",
        follows_list: false,
        summary: "The largest of its arguments, or of one list.",
    },
    FunctionInfo {
        name: "decimal",
        usage: "decimal(text)",
        parameters: &[one("text", "text")],
        kind: "decimal",
        follows_list: false,
        summary: "The number a text spells, such as a custom attribute.",
    },
    FunctionInfo {
        name: "any",
        usage: "items.any(condition)",
        parameters: &[one("condition", "boolean")],
        kind: "boolean",
        follows_list: true,
        summary: "Whether one item satisfies the condition; an item goes by the singular of the list.",
    },
    FunctionInfo {
        name: "all",
        usage: "items.all(condition)",
        parameters: &[one("condition", "boolean")],
        kind: "boolean",
        follows_list: true,
        summary: "Whether every item satisfies the condition; true for an empty list.",
    },
    FunctionInfo {
        name: "sum",
        usage: "items.sum(number)",
        parameters: &[one("number", "decimal")],
        kind: "decimal",
        follows_list: true,
        summary: "The sum over all items; 0 for an empty list.",
    },
];

const fn one(name: &'static str, kind: &'static str) -> ParameterInfo {
    ParameterInfo {
        name,
        kind,
        repeated: false,
    }
}

const fn several(name: &'static str, kind: &'static str) -> ParameterInfo {
    ParameterInfo {
        name,
        kind,
        repeated: true,
    }
}

/// The operators, those that bind tightest first.
pub(super) fn operators() -> Vec<OperatorInfo> {
    let binary = Binary::all().map(|operator| OperatorInfo {
        operator: operator.word(),
        precedence: operator.rank(),
        summary: summary(operator),
    });
    let others = OTHERS.map(|(operator, precedence, summary)| OperatorInfo {
        operator,
        precedence,
        summary,
    });
    let mut all: Vec<_> = binary.chain(others).collect();
    all.sort_by_key(|it| Reverse(it.precedence));
    all
}

/// The operators that are not between two values.
const OTHERS: [(&str, u16, &str); 3] = [
    (
        ".",
        600,
        "An attribute of an object; list[0] is the first item of a list.",
    ),
    (
        "not",
        Unary::Not.rank(),
        "The contrary; binds tighter than a comparison, so write not (a = b).",
    ),
    ("?:", 0, "condition ? value : other, or value ?: other."),
];

fn summary(operator: Binary) -> &'static str {
    match operator {
        Binary::Power => "Power; the exponent is whole and from -64 to 64.",
        Binary::Times => "Product of decimals.",
        Binary::Over => "Quotient, to 18 decimals, half to even.",
        Binary::Modulo => "Remainder; its sign follows the dividend.",
        Binary::Concat => "Joins texts and numbers.",
        Binary::Plus => "Sum of decimals.",
        Binary::Minus => "Difference of decimals.",
        Binary::Range => "All whole numbers from one to another.",
        Binary::Equal => "Whether two values are the same, numbers by value.",
        Binary::Unequal => "Whether two values are not the same.",
        Binary::Less => "Less, for numbers or for texts.",
        Binary::Greater => "Greater, for numbers or for texts.",
        Binary::LessOrEqual => "Not greater, for numbers or for texts.",
        Binary::GreaterOrEqual => "Not less, for numbers or for texts.",
        Binary::In => "Whether a value is in a list; a text among numbers fails, as with `=`.",
        Binary::NotIn => "Whether a value is in no place of a list.",
        Binary::Matches => "Whether a text has the pattern, such as '/^B/i'.",
        Binary::BitAnd => "Bits of both whole numbers.",
        Binary::BitXor => "Bits of one of two whole numbers.",
        Binary::BitOr => "Bits of either whole number.",
        Binary::And => "Whether both hold; the second is only asked if the first does.",
        Binary::Or => "Whether one holds; the second is only asked if the first does not.",
    }
}
