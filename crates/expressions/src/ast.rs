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

impl Node {
    /// The nodes directly inside, in the order they are written.
    pub(super) fn children(&self) -> Vec<&Node> {
        match &self.kind {
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
            NodeKind::Chain { first, rest } => std::iter::once(&**first)
                .chain(rest.iter().map(|link| &link.operand))
                .collect(),
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

impl Binary {
    /// Higher binds tighter.
    pub(super) fn rank(self) -> u16 {
        match self {
            Self::Power => 200,
            Self::Times | Self::Over | Self::Modulo => 60,
            Self::Concat => 40,
            Self::Plus | Self::Minus => 30,
            Self::Range => 25,
            Self::Equal
            | Self::Unequal
            | Self::Less
            | Self::Greater
            | Self::LessOrEqual
            | Self::GreaterOrEqual
            | Self::In
            | Self::NotIn
            | Self::Matches => 20,
            Self::BitAnd => 18,
            Self::BitXor => 17,
            Self::BitOr => 16,
            Self::And => 15,
            Self::Or => 10,
        }
    }

    /// The operator as it is written in messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Power => "**",
            Self::Times => "*",
            Self::Over => "/",
            Self::Modulo => "%",
            Self::Concat => "~",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Range => "..",
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Matches => "matches",
            Self::BitAnd => "&",
            Self::BitXor => "^",
            Self::BitOr => "|",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl Unary {
    pub(super) fn rank(self) -> u16 {
        match self {
            Self::Minus | Self::Plus => 500,
            Self::Not => 50,
        }
    }
}
