//! Compiles the tree: names become slots, constant lists become sets, and a chain of `and` becomes one operation.

mod code;
mod walk;

use super::ast::{self, Binary, Node, NodeKind, Unary};
use super::number;
use super::schema::{Schema, Shape};
pub(super) use code::{
    Choice, Code, Comparison, FoldStep, MemberSet, Membership, Op, Path, PathBase, PathStep,
    Quantified,
};

/// Compiles a checked tree. Also returns its number of steps: the cost of one run without the loops.
pub(super) fn compile(node: &Node, schema: Option<&'static Schema>) -> (Code, u64) {
    let mut compiler = Compiler {
        schema,
        items: Vec::new(),
        steps: 0,
        may_miss: 0,
    };
    let code = compiler.code_for(ValueUse::Guard, node);
    (code, compiler.steps)
}

/// How a value is used; decides whether an attribute that the document lacks is null or a failure.
#[derive(Clone, Copy, PartialEq)]
enum ValueUse {
    /// Only its presence is tested: a missing attribute is null.
    Guard,
    /// Its value is needed: a missing attribute is a failure.
    Value,
}

impl ValueUse {
    /// The use of one side of a comparison whose other side is `other`.
    fn compared(operator: Binary, other: &Node) -> Self {
        match (operator, &other.kind) {
            (Binary::Equal | Binary::Unequal, NodeKind::Null) => Self::Guard,
            _ => Self::Value,
        }
    }
}

struct Compiler {
    schema: Option<&'static Schema>,
    /// The shapes of the item variables in scope, outermost first.
    items: Vec<Option<&'static Shape>>,
    steps: u64,
    /// The number of accesses so far that fail if the document lacks the attribute.
    may_miss: u64,
}

impl Compiler {
    fn code(&mut self, node: &Node) -> Code {
        self.code_for(ValueUse::Value, node)
    }

    fn code_for(&mut self, wanted: ValueUse, node: &Node) -> Code {
        self.steps += 1;
        Code {
            op: self.op(node, wanted),
            range: node.inner,
        }
    }

    fn codes<C: FromIterator<Code>>(&mut self, nodes: &[Node]) -> C {
        nodes.iter().map(|node| self.code(node)).collect()
    }

    fn boxed(&mut self, node: &Node) -> Box<Code> {
        Box::new(self.code(node))
    }

    fn op(&mut self, node: &Node, wanted: ValueUse) -> Op {
        match &node.kind {
            NodeKind::Null => Op::Null,
            NodeKind::Bool(value) => Op::Bool(*value),
            NodeKind::Number(number) => Op::Number(*number),
            NodeKind::Text(text) => Op::Text(text.clone()),
            NodeKind::List(items) => Op::List(self.codes(items)),
            NodeKind::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| (self.code(key), self.code(value)));
                Op::Map(entries.collect())
            }
            NodeKind::Name(_) | NodeKind::Access { .. } => Op::Path(self.path(node, wanted).0),
            NodeKind::Quantified {
                quantifier,
                receiver,
                item,
                body,
            } => {
                let shape = self.path_shape(receiver);
                let receiver = self.code(receiver);
                self.items.push(shape);
                let (steps, may_miss) = (self.steps, self.may_miss);
                let body = self.code(body);
                let cost = self.steps - steps;
                let exhaustive = self.schema.is_some() && self.may_miss > may_miss;
                self.items.pop();
                let quantified = Quantified {
                    quantifier: *quantifier,
                    receiver,
                    item: item.clone(),
                    body,
                    cost,
                    exhaustive,
                };
                Op::Quantified(Box::new(quantified))
            }
            NodeKind::Call {
                function,
                arguments,
            } => Op::Call(*function, self.codes(arguments)),
            NodeKind::Unary { operator, operand } => match (operator, &operand.kind) {
                (Unary::Not, _) => Op::Not(self.boxed(operand)),
                (Unary::Minus, NodeKind::Number(number)) => Op::Number(number::negate(*number)),
                (Unary::Minus, _) => Op::Minus(self.boxed(operand)),
                (Unary::Plus, _) => Op::Plus(self.boxed(operand)),
            },
            NodeKind::Chain { first, rest } => self.chain(first, rest),
            NodeKind::Choice { condition, yes, no } => {
                let condition = self.code_for(ValueUse::Guard, condition);
                let yes = yes.as_ref().map(|yes| self.code_for(wanted, yes));
                let no = no.as_ref().map(|no| self.code_for(wanted, no));
                Op::Choice(Box::new(Choice { condition, yes, no }))
            }
            NodeKind::Matches { subject, pattern } => {
                Op::Matches(self.boxed(subject), pattern.clone())
            }
        }
    }

    fn chain(&mut self, first: &Node, rest: &[ast::ChainLink]) -> Op {
        if let Some(logical @ (Binary::And | Binary::Or)) = rest.first().map(|link| link.operator) {
            let all =
                ast::operands(first, rest).map(|operand| self.code_for(ValueUse::Guard, operand));
            return match logical {
                Binary::And => Op::And(all.collect()),
                _ => Op::Or(all.collect()),
            };
        }
        if let [ast::ChainLink { operator, operand }] = rest {
            match operator {
                Binary::In | Binary::NotIn => {
                    let negated = *operator == Binary::NotIn;
                    if let Some(membership) = self.membership(first, operand, negated) {
                        return membership;
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
                        left: self.code_for(ValueUse::compared(*operator, operand), first),
                        right: self.code_for(ValueUse::compared(*operator, first), operand),
                    };
                    return Op::Compare(Box::new(comparison));
                }
                _ => {}
            }
        }
        let asked = rest.first().map_or(ValueUse::Value, |link| {
            ValueUse::compared(link.operator, &link.operand)
        });
        let left = Box::new(self.code_for(asked, first));
        let steps = rest.iter().enumerate().map(|(index, link)| {
            let asked = match index {
                0 => ValueUse::compared(link.operator, first),
                _ => ValueUse::Value,
            };
            FoldStep {
                operator: link.operator,
                operand: self.code_for(asked, &link.operand),
                range: first.range.to(link.operand.range),
                strict: self.schema.is_some(),
            }
        });
        Op::Fold(left, steps.collect())
    }

    fn membership(&mut self, subject: &Node, list: &Node, negated: bool) -> Option<Op> {
        let NodeKind::List(items) = &list.kind else {
            return None;
        };
        let steps = self.steps;
        let Some(set) = set_of(self.codes(items)) else {
            self.steps = steps;
            return None;
        };
        Some(Op::Membership(Box::new(Membership {
            subject: self.code(subject),
            set,
            negated,
            strict: self.schema.is_some(),
        })))
    }

    /// The shape of the objects in a list, where the list is known.
    fn path_shape(&mut self, node: &Node) -> Option<&'static Shape> {
        let (steps, may_miss) = (self.steps, self.may_miss);
        let shape = match node.kind {
            NodeKind::Name(_) | NodeKind::Access { .. } => self.path(node, ValueUse::Value).1,
            _ => None,
        };
        (self.steps, self.may_miss) = (steps, may_miss);
        shape
    }

    /// A path, and the shape of the object, or of the listed objects, at its end.
    fn path(&mut self, node: &Node, wanted: ValueUse) -> (Path, Option<&'static Shape>) {
        let guarded = wanted == ValueUse::Guard && self.schema.is_some();
        let (base, steps) = match &node.kind {
            NodeKind::Access { base, steps } => (&**base, &steps[..]),
            _ => (node, &[][..]),
        };
        let (base, mut shape) = match &base.kind {
            NodeKind::Name(name) => self.base(name),
            _ => (PathBase::Computed(self.boxed(base)), None),
        };
        let mut compiled = Vec::with_capacity(steps.len());
        for (index, step) in steps.iter().enumerate() {
            let is_guarded = guarded && index + 1 == steps.len();
            compiled.push(match step {
                ast::Accessor::Attribute { name, range } => {
                    let slot = shape.and_then(|shape| Some((shape, shape.slot_of(name)?)));
                    shape = slot
                        .and_then(|(shape, slot)| self.schema?.shape_of(&shape.attributes()[slot]));
                    self.may_miss += u64::from(slot.is_none() && !is_guarded);
                    PathStep::Attribute {
                        name: name.clone(),
                        slot,
                        range: *range,
                    }
                }
                ast::Accessor::Index { index, range } => {
                    let is_position = matches!(index.kind, NodeKind::Number(_));
                    self.may_miss += u64::from(!is_position && !is_guarded);
                    PathStep::Index {
                        index: self.code(index),
                        range: *range,
                    }
                }
            });
        }
        let path = Path {
            base,
            steps: compiled.into(),
            guarded,
        };
        (path, shape)
    }

    fn base(&self, name: &ast::NameNode) -> (PathBase, Option<&'static Shape>) {
        if let Some(up) = name.item {
            let shape = self.items.iter().rev().nth(up).copied().flatten();
            return (PathBase::Item(up), shape);
        }
        let known = self
            .schema
            .and_then(|schema| Some((schema, schema.root().slot_of(&name.text)?)));
        match known {
            Some((schema, slot)) => {
                let attribute = &schema.root().attributes()[slot];
                (PathBase::Slot(slot, attribute), schema.shape_of(attribute))
            }
            None => (PathBase::Name(name.text.clone()), None),
        }
    }
}

/// The members of a list; `None` unless all of them are constants.
fn set_of(written: Vec<Code>) -> Option<MemberSet> {
    let mut set = MemberSet::default();
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
