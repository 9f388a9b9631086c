//! Names and attributes: known, misspelt or custom.

use super::{Checker, Seen};
use crate::expressions::ast::{Node, NodeKind, Step};
use crate::expressions::diagnostic::{Finding, Range, nearest};
use crate::expressions::guard;
use crate::expressions::singular::item_name;
use crate::expressions::types::Type;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, item: Option<usize>, range: Range) -> Seen {
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

    pub(super) fn access(&mut self, base: &Node, steps: &[Step]) -> Seen {
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
                    let item = item_name(owner.rsplit('.').next().unwrap_or(owner));
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
                    "`{name}` is not a known attribute of `{owner}`: where a document lacks it, it is null in a guard such as `{owner}.{name} != null`, and anything else fails"
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
}
