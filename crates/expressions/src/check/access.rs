//! Checks names and attributes, which may be known, misspelt or custom.

use super::{Checker, Inferred, Item};
use crate::ast::{Accessor, Node, NodeKind};
use crate::diagnostic::{Finding, Range, nearest};
use crate::guard;
use crate::singular::item_name;
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, item: Option<usize>, range: Range) -> Inferred {
        if let Some(item) = item.and_then(|up| self.items.iter().rev().nth(up).cloned()) {
            return Inferred::read(item.kind, false, item.origin);
        }
        if let Some(attribute) = self.schema.root().attribute(name) {
            self.attributes.insert(name.to_owned());
            return Inferred::of_attribute(attribute, Some(name.to_owned()));
        }
        let meant = self.meant_by(name);
        let message = match meant.first() {
            Some(meant) => format!("there is no `{name}`; did you mean `{meant}`?"),
            None => format!("there is no `{name}`"),
        };
        self.findings
            .push(Finding::error("unknown_name", range, message).suggesting_one_of(meant));
        Inferred::of(Type::Any)
    }

    /// The names that may have been intended instead of an unknown one, the likeliest first.
    fn meant_by(&self, name: &str) -> Vec<String> {
        let mut meant = Vec::new();
        match name {
            "True" | "False" | "Null" => meant.push(name.to_lowercase()),
            "None" | "nil" | "undefined" => meant.push("null".to_owned()),
            _ => {}
        }
        let items = || self.items.iter().rev();
        meant.extend(nearest(name, items().map(|item| &*item.name)).map(str::to_owned));
        meant.extend(items().filter_map(|item| {
            item.kind.shape(self.schema)?.slot_of(name)?;
            Some(format!("{}.{name}", item.name))
        }));
        let known = self.schema.root().attributes().iter();
        meant.extend(nearest(name, known.map(|attribute| attribute.name())).map(str::to_owned));
        if meant.is_empty() {
            // In `lineItems.any(item.quantity > 1)`, the item variable is meant.
            meant.extend(items().next().map(|item| item.name.to_string()));
        }
        meant
    }

    /// Reports `cart.total`: the document has no name, so its attributes are written without a prefix. Returns whether
    /// it did.
    fn of_the_document(&mut self, base: &Node, first: &Accessor) -> bool {
        let (NodeKind::Name(name), Accessor::Attribute { name: known, range }) =
            (&base.kind, first)
        else {
            return false;
        };
        let root = self.schema.root();
        let is_known = |name: &str| root.slot_of(name).is_some();
        let of_item = |item: &Item| item.kind.shape(self.schema)?.slot_of(known);
        if self.items.iter().rev().find_map(of_item).is_some() {
            return false;
        }
        if name.item.is_some() || is_known(&name.text) || !is_known(known) {
            return false;
        }
        let message = format!("there is no `{}`: write `{known}` alone", name.text);
        let finding = Finding::error("unknown_name", base.range.to(*range), message);
        self.findings.push(finding.suggesting(&**known));
        true
    }

    pub(super) fn access(&mut self, base: &Node, steps: &[Accessor]) -> Inferred {
        let first = steps.first();
        if first.is_some_and(|first| self.of_the_document(base, first)) {
            return Inferred::of(Type::Any);
        }
        let mut inferred = self.visit(base);
        let mut path = guard::spelled(base);
        for step in steps {
            let range = base.range.to(step.range());
            let owner = Range::new(base.range.start, step.range().start).of(self.text);
            let owner = owner.trim_end().trim_end_matches('.').trim_end().to_owned();
            self.not_null_at(&inferred, path.as_deref(), &owner, range);
            path = path.and_then(|path| guard::with(&path, step));
            inferred = match step {
                Accessor::Attribute { name, .. } => self.attribute(&inferred, name, &owner, range),
                Accessor::Index { index, .. } => self.index(&inferred, index, &owner, range),
            };
        }
        inferred
    }

    fn attribute(&mut self, from: &Inferred, name: &str, owner: &str, range: Range) -> Inferred {
        let origin = from.origin.as_ref();
        let origin = origin.map(|origin| format!("{origin}.{name}"));
        self.attributes.extend(origin.clone());
        let Some(shape) = from.kind.shape(self.schema) else {
            match &from.kind {
                Type::Any | Type::Map | Type::Object(_) => {}
                Type::List(_) => self.attribute_of_a_list(name, owner, range),
                other => {
                    let kind = other.described();
                    let message = format!("`{owner}` is {kind} and has no attribute `{name}`");
                    self.mismatch(range, message);
                }
            }
            return Inferred::read(Type::Any, false, origin);
        };
        if let Some(attribute) = shape.attribute(name) {
            return Inferred::of_attribute(attribute, origin);
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
                    "`{name}` is not a known attribute of `{owner}`: where a document lacks it, it is null in a guard such as `{owner}.{name} != null`, and anything else fails"
                );
                Finding::warning("custom_attribute", range, message)
            }
        };
        self.findings.push(finding);
        Inferred::read(Type::Any, false, origin)
    }

    fn index(&mut self, from: &Inferred, index: &Node, owner: &str, range: Range) -> Inferred {
        let position = self.visit(index);
        match (&from.kind, &index.kind) {
            (Type::List(items), _) => {
                if !position.kind.may_be_number() {
                    let kind = position.kind.described();
                    let message = format!("an item of `{owner}` is called by a number, not {kind}");
                    self.mismatch(index.range, message);
                }
                let origin = from.origin.as_ref().map(|origin| format!("{origin}[]"));
                Inferred::read((**items).clone(), false, origin)
            }
            (Type::Object(_), NodeKind::Text(name)) => self.attribute(from, name, owner, range),
            (Type::Any | Type::Map | Type::Object(_), _) => Inferred::of(Type::Any),
            (other, _) => {
                let message = format!("`{owner}` is {} and has no items", other.described());
                self.mismatch(range, message);
                Inferred::of(Type::Any)
            }
        }
    }
    /// Reports `lineItems.quantity > 1`, which reads an attribute of the list instead of its items.
    fn attribute_of_a_list(&mut self, name: &str, owner: &str, range: Range) {
        if matches!(name, "count" | "length" | "size") {
            let message = format!("`{owner}` is a list and has no attribute `{name}`: count it");
            let finding = Finding::error("type_mismatch", range, message);
            let counted = format!("count({owner})");
            self.findings.push(finding.suggesting(counted));
            return;
        }
        let message = format!(
            "`{owner}` is a list and has no attribute `{name}`: ask for any or all of its items"
        );
        let item = item_name(owner.rsplit('.').next().unwrap_or(owner));
        let clause = self.clause_with(range, &format!("{item}.{name}"));
        self.findings.push(match clause {
            Some((clause, asked)) => Finding::error("type_mismatch", clause, message)
                .suggesting(format!("{owner}.any({asked})")),
            None => Finding::error("type_mismatch", range, message),
        });
    }
}
