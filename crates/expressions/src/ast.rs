//! The tree of an expression, as written.
//!
//! A run of operators of one rank is one node: `a or b or c …` does not nest, so a long condition does not make a deep
//! tree. Every node has its range in the text.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::diagnostic::Range;
use super::pattern::Pattern;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    /// The range with the parentheses around the node.
    pub(super) range: Range,
    /// The range without the parentheses.
    pub(super) inner: Range,
    /// Whether the node is in parentheses; used by the warnings about precedence.
    pub(super) enclosed: bool,
    /// The height of the subtree; the parser limits it, so that recursion is safe.
    pub(super) height: usize,
}

impl NodeKind {
    /// The nodes directly inside, in the order they are written.
    pub(super) fn children(&self) -> Vec<&Node> {
        match self {
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Name(_) => Vec::new(),
            NodeKind::List(items) => items.iter().collect(),
            NodeKind::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
            NodeKind::Access { base, steps } => {
                let indexes = steps.iter().filter_map(|step| match step {
                    Accessor::Index { index, .. } => Some(index),
                    Accessor::Attribute { .. } => None,
                });
                std::iter::once(&**base).chain(indexes).collect()
            }
            NodeKind::Quantified { receiver, body, .. } => vec![receiver, body],
            NodeKind::Call { arguments, .. } => arguments.iter().collect(),
            NodeKind::Unary { operand, .. } => vec![operand],
            NodeKind::Chain { first, rest } => operands(first, rest).collect(),
            NodeKind::Choice { condition, yes, no } => std::iter::once(&**condition)
                .chain(yes.as_deref())
                .chain(no.as_deref())
                .collect(),
            NodeKind::Matches { subject, .. } => vec![subject],
        }
    }
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    /// `[a, b]`
    List(Vec<Node>),
    /// `{a: b}`
    Map(Vec<(Node, Node)>),
    Name(NameNode),
    /// `base.name` and `base[index]`, any number of accessors.
    Access {
        base: Box<Node>,
        steps: Vec<Accessor>,
    },
    /// `receiver.any(body)`, `all` and `sum`.
    Quantified {
        quantifier: Quantifier,
        receiver: Box<Node>,
        item: Arc<str>,
        body: Box<Node>,
    },
    Call {
        function: Function,
        arguments: Vec<Node>,
    },
    /// `not a`, `-a`
    Unary {
        operator: Unary,
        operand: Box<Node>,
    },
    /// `first op a op b …`, all of one rank, from left to right.
    Chain {
        first: Box<Node>,
        rest: Vec<ChainLink>,
    },
    /// `condition ? yes : no`. Without `yes` the value is that of the condition; without `no` it is null.
    Choice {
        condition: Box<Node>,
        yes: Option<Box<Node>>,
        no: Option<Box<Node>>,
    },
    /// `subject matches 'pattern'`, compiled.
    Matches {
        subject: Box<Node>,
        pattern: Arc<Pattern>,
    },
}

/// A name on its own.
#[derive(Debug)]
pub(super) struct NameNode {
    pub(super) text: Arc<str>,
    /// For an item variable: how many loops outwards it is bound.
    pub(super) item: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Accessor {
    Attribute { name: Arc<str>, range: Range },
    Index { index: Node, range: Range },
}

impl Accessor {
    pub(super) fn range(&self) -> Range {
        match self {
            Self::Attribute { range, .. } | Self::Index { range, .. } => *range,
        }
    }
}

#[derive(Debug)]
pub(super) struct ChainLink {
    pub(super) operator: Binary,
    pub(super) operand: Node,
}

/// The operands of a chain, from left to right.
pub(super) fn operands<'n>(
    first: &'n Node,
    rest: &'n [ChainLink],
) -> impl DoubleEndedIterator<Item = &'n Node> {
    std::iter::once(first).chain(rest.iter().map(|link| &link.operand))
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Quantifier {
    Any,
    All,
    Sum,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Count,
    Min,
    Max,
    Decimal,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unary {
    Not,
    Minus,
    Plus,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Binary {
    Power,
    Times,
    Over,
    Modulo,
    Concat,
    Plus,
    Minus,
    Range,
    Equal,
    Unequal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    NotIn,
    Matches,
    BitAnd,
    BitXor,
    BitOr,
    And,
    Or,
}

/// The operators in the order of the variants: the word in messages, and the rank. Higher binds tighter.
const OPERATORS: [(Binary, &str, u16); 22] = [
    (Binary::Power, "**", 200),
    (Binary::Times, "*", 60),
    (Binary::Over, "/", 60),
    (Binary::Modulo, "%", 60),
    (Binary::Concat, "~", 40),
    (Binary::Plus, "+", 30),
    (Binary::Minus, "-", 30),
    (Binary::Range, "..", 25),
    (Binary::Equal, "=", 20),
    (Binary::Unequal, "!=", 20),
    (Binary::Less, "<", 20),
    (Binary::Greater, ">", 20),
    (Binary::LessOrEqual, "<=", 20),
    (Binary::GreaterOrEqual, ">=", 20),
    (Binary::In, "in", 20),
    (Binary::NotIn, "not in", 20),
    (Binary::Matches, "matches", 20),
    (Binary::BitAnd, "&", 18),
    (Binary::BitXor, "^", 17),
    (Binary::BitOr, "|", 16),
    (Binary::And, "and", 15),
    (Binary::Or, "or", 10),
];

impl Binary {
    pub(super) fn of_word(wanted: &str) -> Option<Self> {
        let found = OPERATORS.iter().find(|(_, word, _)| *word == wanted);
        found.map(|(operator, ..)| *operator)
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        OPERATORS.iter().map(|(operator, ..)| *operator)
    }

    pub(super) fn rank(self) -> u16 {
        OPERATORS[self as usize].2
    }

    pub(super) fn word(self) -> &'static str {
        OPERATORS[self as usize].1
    }
}

impl Unary {
    pub(super) const fn rank(self) -> u16 {
        match self {
            Self::Minus | Self::Plus => 500,
            Self::Not => 50,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_its_row() {
        for (row, (operator, word, _)) in OPERATORS.iter().enumerate() {
            assert_eq!(*operator as usize, row, "{word}");
        }
    }
}
