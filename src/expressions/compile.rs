//! The tree made ready to run: names resolved to slots, constant lists to sets, runs of `and` to one step.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::ast::{self, Binary, Function, Node, NodeKind, Quantifier, Unary};
use super::diagnostic::Range;
use super::pattern::Pattern;
use super::schema::{Attribute, Schema, Shape};

/// One step that yields a value.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) op: Op,
    pub(super) range: Range,
}

#[derive(Debug)]
pub(super) enum Op {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    List(Box<[Code]>),
    Map(Box<[(Code, Code)]>),
    Path(Path),
    Quantified(Box<Quantified>),
    Call(Function, Box<[Code]>),
    Not(Box<Code>),
    Minus(Box<Code>),
    Plus(Box<Code>),
    And(Box<[Code]>),
    Or(Box<[Code]>),
    Compare(Box<Comparison>),
    Among(Box<Among>),
    Matches(Box<Code>, Arc<Pattern>),
    /// Everything else, from left to right.
    Fold(Box<Code>, Box<[Link]>),
    Choice(Box<Choice>),
}

/// A name and what is looked up in it.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) base: Base,
    pub(super) steps: Box<[Step]>,
}

#[derive(Debug)]
pub(super) enum Base {
    /// A known attribute of the document.
    Slot(usize, &'static Attribute),
    /// A name in a document nobody described.
    Name(Arc<str>),
    /// The item variable so many loops outwards.
    Item(usize),
    Of(Box<Code>),
}

#[derive(Debug)]
pub(super) enum Step {
    /// The slot is right when the object has this shape; otherwise the name is looked up.
    Attribute {
        name: Arc<str>,
        slot: Option<(&'static Shape, usize)>,
        range: Range,
    },
    Index {
        index: Code,
        range: Range,
    },
}

#[derive(Debug)]
pub(super) struct Quantified {
    pub(super) quantifier: Quantifier,
    pub(super) receiver: Code,
    pub(super) item: Arc<str>,
    pub(super) body: Code,
    /// What one turn costs.
    pub(super) cost: u64,
}

#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) operator: Binary,
    pub(super) left: Code,
    pub(super) right: Code,
}

/// `subject in [constants]`
#[derive(Debug)]
pub(super) struct Among {
    pub(super) subject: Code,
    pub(super) set: Set,
    pub(super) negated: bool,
}

/// The constants of a list, by kind and sorted, so that a long list is searched quickly.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub(super) texts: Vec<Arc<str>>,
    pub(super) numbers: Vec<Decimal>,
    pub(super) bools: Vec<bool>,
    pub(super) null: bool,
    /// All of them as they are written, for explanations.
    pub(super) written: Vec<Code>,
}

impl Set {
    pub(super) fn has_text(&self, text: &str) -> bool {
        // A few are compared faster than searched.
        const FEW: usize = 8;
        if self.texts.len() <= FEW {
            return self.texts.iter().any(|known| **known == *text);
        }
        self.texts
            .binary_search_by(|known| (**known).cmp(text))
            .is_ok()
    }
}

#[derive(Debug)]
pub(super) struct Link {
    pub(super) operator: Binary,
    pub(super) operand: Code,
    /// From the start of the run to the end of the operand.
    pub(super) range: Range,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) condition: Code,
    pub(super) yes: Option<Code>,
    pub(super) no: Option<Code>,
}

/// Compiles a checked tree; also tells how many steps it has, which is what one run costs apart from loops.
pub(super) fn compile(node: &Node, schema: Option<&'static Schema>) -> (Code, u64) {
    let mut compiler = Compiler {
        schema,
        items: Vec::new(),
        steps: 0,
    };
    let code = compiler.code(node);
    (code, compiler.steps)
}

struct Compiler {
    schema: Option<&'static Schema>,
    /// The shapes of the item variables in scope, outermost first.
    items: Vec<Option<&'static Shape>>,
    steps: u64,
}

impl Compiler {
    fn code(&mut self, node: &Node) -> Code {
        self.steps += 1;
        Code {
            op: self.op(node),
            range: node.inner,
        }
    }

    fn boxed(&mut self, node: &Node) -> Box<Code> {
        Box::new(self.code(node))
    }

    fn op(&mut self, node: &Node) -> Op {
        match &node.kind {
            NodeKind::Null => Op::Null,
            NodeKind::Bool(value) => Op::Bool(*value),
            NodeKind::Number(number) => Op::Number(*number),
            NodeKind::Text(text) => Op::Text(text.clone()),
            NodeKind::List(items) => Op::List(items.iter().map(|item| self.code(item)).collect()),
            NodeKind::Map(entries) => Op::Map(
                entries
                    .iter()
                    .map(|(key, value)| (self.code(key), self.code(value)))
                    .collect(),
            ),
            NodeKind::Name(_) | NodeKind::Access { .. } => Op::Path(self.path(node).0),
            NodeKind::Quantified {
                quantifier,
                receiver,
                item,
                body,
            } => {
                let shape = self.path_shape(receiver);
                let receiver = self.code(receiver);
                self.items.push(shape);
                let before = self.steps;
                let body = self.code(body);
                let cost = self.steps - before;
                self.items.pop();
                let quantified = Quantified {
                    quantifier: *quantifier,
                    receiver,
                    item: item.clone(),
                    body,
                    cost,
                };
                Op::Quantified(Box::new(quantified))
            }
            NodeKind::Call {
                function,
                arguments,
            } => Op::Call(
                *function,
                arguments
                    .iter()
                    .map(|argument| self.code(argument))
                    .collect(),
            ),
            NodeKind::Unary {
                operator: Unary::Not,
                operand,
            } => Op::Not(self.boxed(operand)),
            NodeKind::Unary {
                operator: Unary::Minus,
                operand,
            } => match operand.kind {
                NodeKind::Number(number) => Op::Number(super::number::negate(number)),
                _ => Op::Minus(self.boxed(operand)),
            },
            NodeKind::Unary {
                operator: Unary::Plus,
                operand,
            } => Op::Plus(self.boxed(operand)),
            NodeKind::Chain { first, rest } => self.chain(first, rest),
            NodeKind::Choice { condition, yes, no } => {
                let condition = self.code(condition);
                let yes = yes.as_ref().map(|yes| self.code(yes));
                let no = no.as_ref().map(|no| self.code(no));
                Op::Choice(Box::new(Choice { condition, yes, no }))
            }
            NodeKind::Matches { subject, pattern } => {
                Op::Matches(self.boxed(subject), pattern.clone())
            }
        }
    }

    fn chain(&mut self, first: &Node, rest: &[ast::Link]) -> Op {
        if let Some(logical) = rest
            .first()
            .map(|link| link.operator)
            .filter(|op| matches!(op, Binary::And | Binary::Or))
        {
            let all = std::iter::once(first).chain(rest.iter().map(|link| &link.operand));
            let all = all.map(|operand| self.code(operand)).collect();
            return if logical == Binary::And {
                Op::And(all)
            } else {
                Op::Or(all)
            };
        }
        if let [
            ast::Link {
                operator, operand, ..
            },
        ] = rest
        {
            match operator {
                Binary::In | Binary::NotIn => {
                    if let Some(among) = self.among(first, operand, *operator == Binary::NotIn) {
                        return among;
                    }
                }
                Binary::Equal
                | Binary::Unequal
                | Binary::Less
                | Binary::Greater
                | Binary::LessOrEqual
                | Binary::GreaterOrEqual => {
                    let comparison = Comparison {
                        operator: *operator,
                        left: self.code(first),
                        right: self.code(operand),
                    };
                    return Op::Compare(Box::new(comparison));
                }
                _ => {}
            }
        }
        let (start, first) = (first.range, self.boxed(first));
        let link = |link: &ast::Link| Link {
            operator: link.operator,
            operand: self.code(&link.operand),
            range: start.to(link.operand.range),
        };
        Op::Fold(first, rest.iter().map(link).collect())
    }

    fn among(&mut self, subject: &Node, list: &Node, negated: bool) -> Option<Op> {
        let NodeKind::List(items) = &list.kind else {
            return None;
        };
        let steps = self.steps;
        let Some(set) = set_of(items.iter().map(|item| self.code(item)).collect()) else {
            self.steps = steps;
            return None;
        };
        Some(Op::Among(Box::new(Among {
            subject: self.code(subject),
            set,
            negated,
        })))
    }

    /// The shape of the objects in a list, where the list is known.
    fn path_shape(&mut self, node: &Node) -> Option<&'static Shape> {
        let steps = self.steps;
        let shape = match node.kind {
            NodeKind::Name(_) | NodeKind::Access { .. } => self.path(node).1,
            _ => None,
        };
        self.steps = steps;
        shape
    }

    /// A path and the shape of the object, or the listed objects, it leads to.
    fn path(&mut self, node: &Node) -> (Path, Option<&'static Shape>) {
        match &node.kind {
            NodeKind::Name(name) => {
                let (base, shape) = self.base(name);
                (
                    Path {
                        base,
                        steps: Box::default(),
                    },
                    shape,
                )
            }
            NodeKind::Access { base, steps } => {
                let (base, mut shape) = match &base.kind {
                    NodeKind::Name(name) => self.base(name),
                    _ => (Base::Of(self.boxed(base)), None),
                };
                let mut compiled = Vec::with_capacity(steps.len());
                for step in steps {
                    compiled.push(match step {
                        ast::Step::Attribute { name, range } => {
                            let slot = shape.and_then(|shape| Some((shape, shape.slot_of(name)?)));
                            shape = slot.and_then(|(shape, slot)| {
                                self.schema?.shape_of(&shape.attributes()[slot])
                            });
                            Step::Attribute {
                                name: name.clone(),
                                slot,
                                range: *range,
                            }
                        }
                        ast::Step::Index { index, range } => Step::Index {
                            index: self.code(index),
                            range: *range,
                        },
                    });
                }
                (
                    Path {
                        base,
                        steps: compiled.into(),
                    },
                    shape,
                )
            }
            _ => (
                Path {
                    base: Base::Of(self.boxed(node)),
                    steps: Box::default(),
                },
                None,
            ),
        }
    }

    fn base(&self, name: &ast::Name) -> (Base, Option<&'static Shape>) {
        if let Some(up) = name.item {
            let shape = self.items.iter().rev().nth(up).copied().flatten();
            return (Base::Item(up), shape);
        }
        let known = self
            .schema
            .and_then(|schema| Some((schema, schema.root().slot_of(&name.text)?)));
        match known {
            Some((schema, slot)) => {
                let attribute = &schema.root().attributes()[slot];
                (Base::Slot(slot, attribute), schema.shape_of(attribute))
            }
            None => (Base::Name(name.text.clone()), None),
        }
    }
}

/// The members of a list, when all of them are constants.
fn set_of(written: Vec<Code>) -> Option<Set> {
    let mut set = Set::default();
    for item in &written {
        match &item.op {
            Op::Null => set.null = true,
            Op::Bool(value) => set.bools.push(*value),
            Op::Number(number) => set.numbers.push(*number),
            Op::Text(text) => set.texts.push(text.clone()),
            _ => return None,
        }
    }
    set.texts.sort_unstable();
    set.numbers.sort_unstable();
    set.written = written;
    Some(set)
}
