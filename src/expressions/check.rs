//! Whether an expression can mean something over documents of a schema.
//!
//! What is certain to fail is an error; what may fail or may not be meant is a warning. Attributes nobody described are
//! allowed below the top, because carts carry them.

use std::collections::BTreeSet;

use super::ast::{Binary, Function, Link, Node, NodeKind, Quantifier, Step, Unary};
use super::diagnostic::{Finding, Range, nearest};
use super::guard;
use super::schema::Schema;
use super::types::Type;

/// What the check found out.
pub(super) struct Checked {
    pub(super) findings: Vec<Finding>,
    pub(super) result: Type,
    /// The attributes of the document that are read, items of lists as `lineItems[].quantity`.
    pub(super) attributes: BTreeSet<String>,
}

pub(super) fn check(node: &Node, text: &str, schema: &'static Schema) -> Checked {
    let mut checker = Checker {
        text,
        schema,
        findings: Vec::new(),
        attributes: BTreeSet::new(),
        items: Vec::new(),
        present: Vec::new(),
        warned: BTreeSet::new(),
    };
    let result = checker.visit(node).kind;
    if matches!(
        result,
        Type::Number | Type::Text | Type::List(_) | Type::Map | Type::Null
    ) {
        let message = format!(
            "this is {}, not a condition: it counts as true unless it is null, 0 or empty",
            result.described()
        );
        checker
            .findings
            .push(Finding::warning("not_a_condition", node.range, message));
    }
    let mut findings = checker.findings;
    findings.sort_by_key(|finding| finding.range.start);
    Checked {
        findings,
        result,
        attributes: checker.attributes,
    }
}

struct Checker<'t> {
    text: &'t str,
    schema: &'static Schema,
    findings: Vec<Finding>,
    attributes: BTreeSet<String>,
    /// Item variables in scope: what an item is, and where it comes from.
    items: Vec<(Type, Option<String>)>,
    /// Paths known not to be null here.
    present: Vec<String>,
    warned: BTreeSet<String>,
}

/// What a part of the expression is.
struct Seen {
    kind: Type,
    /// May be null although its kind says otherwise.
    nullable: bool,
    /// Where in the document it comes from.
    origin: Option<String>,
}

impl Seen {
    fn of(kind: Type) -> Self {
        Self {
            kind,
            nullable: false,
            origin: None,
        }
    }
}

impl Checker<'_> {
    fn error(&mut self, code: &'static str, range: Range, message: String) {
        self.findings.push(Finding::error(code, range, message));
    }

    fn visit(&mut self, node: &Node) -> Seen {
        match &node.kind {
            NodeKind::Null => Seen::of(Type::Null),
            NodeKind::Bool(_) => Seen::of(Type::Boolean),
            NodeKind::Number(_) => Seen::of(Type::Number),
            NodeKind::Text(_) => Seen::of(Type::Text),
            NodeKind::List(items) => {
                let kinds: Vec<Type> = items.iter().map(|item| self.visit(item).kind).collect();
                let first = kinds.first().cloned().unwrap_or(Type::Any);
                let same = kinds.iter().all(|kind| *kind == first);
                Seen::of(Type::List(Box::new(if same { first } else { Type::Any })))
            }
            NodeKind::Map(entries) => {
                for (key, value) in entries {
                    self.visit(key);
                    self.visit(value);
                }
                Seen::of(Type::Map)
            }
            NodeKind::Name(name) => self.name(&name.text, name.item, node.range),
            NodeKind::Access { base, steps } => self.access(base, steps),
            NodeKind::Quantified {
                quantifier,
                receiver,
                body,
                ..
            } => self.quantified(*quantifier, receiver, body),
            NodeKind::Call {
                function,
                arguments,
            } => self.call(*function, arguments),
            NodeKind::Unary {
                operator: Unary::Not,
                operand,
            } => {
                self.visit(operand);
                Seen::of(Type::Boolean)
            }
            NodeKind::Unary { operator, operand } => {
                let seen = self.visit(operand);
                let sign = if *operator == Unary::Minus { "-" } else { "+" };
                self.wants_number(sign, &seen, operand);
                Seen::of(Type::Number)
            }
            NodeKind::Chain { first, rest } => self.chain(first, rest, node.range),
            NodeKind::Choice { condition, yes, no } => {
                self.choice(condition, yes.as_deref(), no.as_deref())
            }
            NodeKind::Matches { subject, .. } => {
                self.tight_not(subject, node.range);
                let seen = self.visit(subject);
                if !seen.kind.may_be_text() {
                    let message = format!(
                        "`matches` takes a text; {} is {}",
                        self.quoted(subject),
                        seen.kind.described()
                    );
                    self.error("type_mismatch", subject.range, message);
                }
                self.not_null(&seen, subject);
                Seen::of(Type::Boolean)
            }
        }
    }

    fn name(&mut self, name: &str, item: Option<usize>, range: Range) -> Seen {
        if let Some((kind, origin)) = item.and_then(|up| self.items.iter().rev().nth(up).cloned()) {
            return Seen {
                kind,
                nullable: false,
                origin,
            };
        }
        let root = self.schema.root();
        if let Some(slot) = root.slot_of(name) {
            let attribute = &root.attributes()[slot];
            self.attributes.insert(name.to_owned());
            return Seen {
                kind: Type::of(attribute),
                nullable: attribute.is_nullable(),
                origin: Some(name.to_owned()),
            };
        }
        let known = root.attributes().iter().map(|attribute| attribute.name());
        let like = match name {
            "True" | "False" | "Null" | "None" | "nil" => {
                Some(if name == "None" || name == "nil" {
                    "null".to_owned()
                } else {
                    name.to_lowercase()
                })
            }
            _ => nearest(name, known).map(str::to_owned),
        };
        let message = match &like {
            Some(like) => format!("there is no `{name}`; did you mean `{like}`?"),
            None => format!("there is no `{name}`"),
        };
        self.findings
            .push(Finding::error("unknown_name", range, message).suggesting_if(like));
        Seen::of(Type::Any)
    }

    fn access(&mut self, base: &Node, steps: &[Step]) -> Seen {
        let mut seen = self.visit(base);
        let mut path = guard::spelled(base);
        for step in steps {
            let range = base.range.to(step.range());
            let owner = Range {
                start: base.range.start,
                end: step.range().start,
            }
            .of(self.text);
            let owner = owner.trim_end().trim_end_matches('.').trim_end().to_owned();
            self.not_null_at(&seen, path.as_deref(), &owner, range);
            path = path.and_then(|path| guard::with(&path, step));
            seen = match step {
                Step::Attribute { name, .. } => self.attribute(&seen, name, &owner, range),
                Step::Index { index, .. } => self.index(&seen, index, &owner, range),
            };
        }
        seen
    }

    fn attribute(&mut self, from: &Seen, name: &str, owner: &str, range: Range) -> Seen {
        let origin = from
            .origin
            .as_ref()
            .map(|origin| format!("{origin}.{name}"));
        let Some(shape) = from.kind.shape(self.schema) else {
            match &from.kind {
                Type::Any | Type::Map | Type::Object(_) => {}
                Type::List(_) => {
                    let item =
                        super::singular::item_name(owner.rsplit('.').next().unwrap_or(owner));
                    let message = format!(
                        "`{owner}` is a list and has no attribute `{name}`: ask for any or all of its items"
                    );
                    let suggestion = format!("{owner}.any({item}.{name})");
                    self.findings.push(
                        Finding::error("type_mismatch", range, message).suggesting(suggestion),
                    );
                }
                other => {
                    let message = format!(
                        "`{owner}` is {} and has no attribute `{name}`",
                        other.described()
                    );
                    self.error("type_mismatch", range, message);
                }
            }
            self.attributes.extend(origin.clone());
            return Seen {
                kind: Type::Any,
                nullable: false,
                origin,
            };
        };
        self.attributes.extend(origin.clone());
        if let Some(slot) = shape.slot_of(name) {
            let attribute = &shape.attributes()[slot];
            return Seen {
                kind: Type::of(attribute),
                nullable: attribute.is_nullable(),
                origin,
            };
        }
        let known = shape.attributes().iter().map(|attribute| attribute.name());
        let finding = match nearest(name, known) {
            Some(like) => {
                let message = format!(
                    "`{name}` is not a known attribute of `{owner}`; did you mean `{owner}.{like}`?"
                );
                Finding::warning("unknown_attribute", range, message)
                    .suggesting(format!("{owner}.{like}"))
            }
            None => {
                let message = format!(
                    "`{name}` is not a known attribute of `{owner}`: where a document lacks it, the expression fails"
                );
                Finding::warning("custom_attribute", range, message)
            }
        };
        self.findings.push(finding);
        Seen {
            kind: Type::Any,
            nullable: false,
            origin,
        }
    }

    fn index(&mut self, from: &Seen, index: &Node, owner: &str, range: Range) -> Seen {
        let position = self.visit(index);
        match (&from.kind, &index.kind) {
            (Type::List(items), _) => {
                if !position.kind.may_be_number() {
                    let message = format!(
                        "an item of `{owner}` is called by a number, not {}",
                        position.kind.described()
                    );
                    self.error("type_mismatch", index.range, message);
                }
                let origin = from.origin.as_ref().map(|origin| format!("{origin}[]"));
                Seen {
                    kind: (**items).clone(),
                    nullable: false,
                    origin,
                }
            }
            (Type::Object(_), NodeKind::Text(name)) => self.attribute(from, name, owner, range),
            (Type::Any | Type::Map | Type::Object(_), _) => Seen::of(Type::Any),
            (other, _) => {
                let message = format!("`{owner}` is {} and has no items", other.described());
                self.error("type_mismatch", range, message);
                Seen::of(Type::Any)
            }
        }
    }

    fn quantified(&mut self, quantifier: Quantifier, receiver: &Node, body: &Node) -> Seen {
        let seen = self.visit(receiver);
        self.not_null(&seen, receiver);
        if !seen.kind.may_be_list() {
            let message = format!(
                "{} is {}, not a list",
                self.quoted(receiver),
                seen.kind.described()
            );
            self.error("type_mismatch", receiver.range, message);
        }
        let item = match &seen.kind {
            Type::List(items) => (**items).clone(),
            _ => Type::Any,
        };
        self.items
            .push((item, seen.origin.map(|origin| format!("{origin}[]"))));
        let result = self.visit(body);
        if quantifier == Quantifier::Sum {
            self.wants_number("sum", &result, body);
        }
        self.items.pop();
        Seen::of(if quantifier == Quantifier::Sum {
            Type::Number
        } else {
            Type::Boolean
        })
    }

    fn call(&mut self, function: Function, arguments: &[Node]) -> Seen {
        let seen: Vec<Seen> = arguments
            .iter()
            .map(|argument| self.visit(argument))
            .collect();
        let (Some(first), Some(node)) = (seen.first(), arguments.first()) else {
            return Seen::of(Type::Any);
        };
        let only = arguments.len() == 1;
        match function {
            Function::Count => {
                self.not_null(first, node);
                if !first.kind.may_be_list() {
                    let message = format!(
                        "`count` takes a list; {} is {}",
                        self.quoted(node),
                        first.kind.described()
                    );
                    self.error("type_mismatch", node.range, message);
                }
                Seen::of(Type::Number)
            }
            Function::Decimal => {
                self.not_null(first, node);
                if !first.kind.may_be_text() && !first.kind.may_be_number() {
                    let message = format!(
                        "`decimal` takes a text or a number, not {}",
                        first.kind.described()
                    );
                    self.error("type_mismatch", node.range, message);
                }
                Seen::of(Type::Number)
            }
            Function::Min | Function::Max if only => match &first.kind {
                Type::List(items) => Seen::of((**items).clone()),
                Type::Any | Type::Map => Seen::of(Type::Any),
                other => {
                    let message = format!(
                        "with one argument that must be a list, not {}",
                        other.described()
                    );
                    self.error("type_mismatch", node.range, message);
                    Seen::of(Type::Any)
                }
            },
            Function::Min | Function::Max => {
                for (other, argument) in seen.iter().zip(arguments) {
                    self.not_null(other, argument);
                    if !other.kind.orders_with(&first.kind) {
                        let message = format!(
                            "{} and {} have no order",
                            first.kind.described(),
                            other.kind.described()
                        );
                        self.error("type_mismatch", argument.range, message);
                    }
                }
                Seen::of(first.kind.clone())
            }
        }
    }

    fn choice(&mut self, condition: &Node, yes: Option<&Node>, no: Option<&Node>) -> Seen {
        let asked = self.visit(condition);
        let taken = match yes {
            Some(yes) => {
                self.knowing(guard::known(condition, true), |this| this.visit(yes))
                    .kind
            }
            None => asked.kind,
        };
        let other = match no {
            Some(no) => {
                self.knowing(guard::known(condition, false), |this| this.visit(no))
                    .kind
            }
            None => Type::Null,
        };
        Seen::of(if taken == other { taken } else { Type::Any })
    }

    fn knowing<T>(&mut self, present: Vec<String>, visit: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.present.len();
        self.present.extend(present);
        let result = visit(self);
        self.present.truncate(before);
        result
    }

    fn chain(&mut self, first: &Node, rest: &[Link], range: Range) -> Seen {
        self.precedence(first, rest, range);
        if let Some(logical @ (Binary::And | Binary::Or)) = rest.first().map(|link| link.operator) {
            let verdict = logical == Binary::And;
            let before = self.present.len();
            self.visit(first);
            self.present.extend(guard::known(first, verdict));
            for link in rest {
                self.visit(&link.operand);
                self.present.extend(guard::known(&link.operand, verdict));
            }
            self.present.truncate(before);
            return Seen::of(Type::Boolean);
        }
        let mut left = self.visit(first);
        for link in rest {
            let right = self.visit(&link.operand);
            let kind = self.binary(&left, first, link, &right);
            left = Seen::of(kind);
        }
        left
    }

    fn binary(&mut self, left: &Seen, first: &Node, link: &Link, right: &Seen) -> Type {
        let range = first.range.to(link.operand.range);
        let word = link.operator.word();
        match link.operator {
            Binary::Plus
            | Binary::Minus
            | Binary::Times
            | Binary::Over
            | Binary::Modulo
            | Binary::Power
            | Binary::BitAnd
            | Binary::BitXor
            | Binary::BitOr => {
                self.wants_number(word, left, first);
                self.wants_number(word, right, &link.operand);
                Type::Number
            }
            Binary::Concat => {
                for (seen, node) in [(left, first), (right, &link.operand)] {
                    if !seen.kind.may_be_text() && !seen.kind.may_be_number() {
                        let message = format!(
                            "`~` joins texts and numbers; {} is {}",
                            self.quoted(node),
                            seen.kind.described()
                        );
                        self.error("type_mismatch", node.range, message);
                    }
                    self.not_null(seen, node);
                }
                Type::Text
            }
            Binary::Range => {
                self.wants_number(word, left, first);
                self.wants_number(word, right, &link.operand);
                Type::List(Box::new(Type::Number))
            }
            Binary::In | Binary::NotIn => {
                self.membership(left, right, link, range);
                Type::Boolean
            }
            Binary::Equal | Binary::Unequal => {
                self.equality(left, right, word, range);
                Type::Boolean
            }
            _ => {
                self.order(left, first, right, link, range);
                Type::Boolean
            }
        }
    }

    fn membership(&mut self, left: &Seen, right: &Seen, link: &Link, range: Range) {
        self.not_null(right, &link.operand);
        match &right.kind {
            Type::List(items) if !left.kind.equates_with(items) => {
                let message = format!(
                    "{} is never in a list of {}",
                    left.kind.described(),
                    items.described()
                );
                self.findings
                    .push(Finding::warning("unlike_types", range, message));
            }
            kind if !kind.may_be_list() => {
                let message = format!(
                    "`in` looks into a list; {} is {}",
                    self.quoted(&link.operand),
                    kind.described()
                );
                let part = (*kind == Type::Text).then(|| "matches '/part/'".to_owned());
                self.findings.push(
                    Finding::error("type_mismatch", link.operand.range, message)
                        .suggesting_if(part),
                );
            }
            _ => {}
        }
    }

    fn equality(&mut self, left: &Seen, right: &Seen, word: &str, range: Range) {
        if matches!(
            (&left.kind, &right.kind),
            (Type::Object(_), Type::Object(_))
        ) {
            let message = "two objects are equal only if they are one and the same: compare an attribute of each";
            self.findings
                .push(Finding::warning("compares_objects", range, message));
        } else if !left.kind.equates_with(&right.kind) {
            let (left, right) = (left.kind.described(), right.kind.described());
            let message =
                format!("`{word}` cannot compare {left} with {right}: the expression fails here");
            self.findings
                .push(Finding::warning("unlike_types", range, message));
        }
    }

    fn order(&mut self, left: &Seen, first: &Node, right: &Seen, link: &Link, range: Range) {
        self.not_null(left, first);
        self.not_null(right, &link.operand);
        if left.kind.orders_with(&right.kind) {
            return;
        }
        let word = link.operator.word();
        let message = format!(
            "`{word}` compares numbers with numbers and texts with texts, not {} with {}",
            left.kind.described(),
            right.kind.described()
        );
        let value = [(left, first), (right, &link.operand)]
            .into_iter()
            .find_map(|(seen, node)| self.amount(seen, node));
        self.findings
            .push(Finding::error("type_mismatch", range, message).suggesting_if(value));
    }

    /// The amount of an object that has one: `subtotal.value` for `subtotal`.
    fn amount(&self, seen: &Seen, node: &Node) -> Option<String> {
        seen.kind.shape(self.schema)?.slot_of("value")?;
        Some(format!("{}.value", node.range.of(self.text)))
    }

    fn wants_number(&mut self, operator: &str, seen: &Seen, node: &Node) {
        self.not_null(seen, node);
        if seen.kind.may_be_number() {
            return;
        }
        let message = format!(
            "`{operator}` takes numbers; {} is {}",
            self.quoted(node),
            seen.kind.described()
        );
        let suggestion = match seen.kind {
            Type::Text => Some(format!("decimal({})", node.range.of(self.text))),
            _ => self.amount(seen, node),
        };
        self.findings
            .push(Finding::error("type_mismatch", node.range, message).suggesting_if(suggestion));
    }

    // ---- warnings

    fn not_null(&mut self, seen: &Seen, node: &Node) {
        let owner = node.range.of(self.text).to_owned();
        self.not_null_at(seen, guard::spelled(node).as_deref(), &owner, node.range);
    }

    /// Warns once for each path that may be null where it must not be.
    fn not_null_at(&mut self, seen: &Seen, path: Option<&str>, owner: &str, range: Range) {
        let Some(path) = path.filter(|_| seen.nullable) else {
            return;
        };
        if self.present.iter().any(|known| known == path) || !self.warned.insert(path.to_owned()) {
            return;
        }
        let message = format!(
            "`{owner}` may be null, and then the expression fails: ask first, with `{owner} != null and …`"
        );
        self.findings.push(
            Finding::warning("maybe_null", range, message)
                .suggesting(format!("{owner} != null and ")),
        );
    }

    fn precedence(&mut self, first: &Node, rest: &[Link], range: Range) {
        let rank = rest.first().map_or(0, |link| link.operator.rank());
        if (16..=40).contains(&rank) {
            self.tight_not(first, range);
        }
        if rank == Binary::Equal.rank() && rest.len() > 1 {
            let message =
                "this compares the result of a comparison: join two comparisons with `and`";
            self.findings
                .push(Finding::warning("chained_comparison", range, message));
        }
        if rank == Binary::Plus.rank() {
            for operand in std::iter::once(first).chain(rest.iter().map(|link| &link.operand)) {
                let concat = matches!(&operand.kind, NodeKind::Chain { rest, .. } if rest.iter().any(|link| link.operator == Binary::Concat));
                if concat && !operand.enclosed {
                    let message = "`~` binds tighter than `+` and `-`: put the sum in parentheses";
                    self.findings
                        .push(Finding::warning("concat_precedence", range, message));
                }
            }
        }
    }

    fn tight_not(&mut self, first: &Node, whole: Range) {
        let NodeKind::Unary {
            operator: Unary::Not,
            operand,
        } = &first.kind
        else {
            return;
        };
        if first.enclosed {
            return;
        }
        let negated = Range {
            start: operand.range.start,
            end: whole.end,
        }
        .of(self.text);
        let message = format!(
            "`not` binds tighter than the comparison: this means `(not {}) …`",
            operand.range.of(self.text)
        );
        self.findings.push(
            Finding::warning("tight_not", whole, message).suggesting(format!("not ({negated})")),
        );
    }

    fn quoted(&self, node: &Node) -> String {
        format!("`{}`", node.range.of(self.text))
    }
}
