//! Access to values of the document: names, attributes and items.

use super::{Evaluated, KEY, Run, map_key, mismatch, unusable, wrong_kind};
use crate::compile::{Path, PathBase, PathStep};
use crate::diagnostic::Range;
use crate::error::{ErrorCode, Failure};
use crate::eval::show;
use crate::number;
use crate::operand::{Operand, raw_member};
use crate::scope::Scopes;
use crate::value::{Record, Value};

impl<'a> Run<'_, 'a> {
    pub(super) fn path(
        &mut self,
        path: &'a Path,
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Evaluated<'a> {
        if let Some(assumption) = self.assumption
            && let Some(value) = assumption.value_of(path, scope)
        {
            return Ok(value);
        }
        if let Some(value) = self.place(path, scope) {
            return self.operand(value, range);
        }
        let mut operand = match &path.base {
            PathBase::Slot(slot, _) => self.operand(self.root.slot(*slot), range)?,
            PathBase::Item(up) => item(scope, *up).clone(),
            PathBase::Computed(code) => self.eval(code, scope)?,
            PathBase::Name(name) => match self.custom(self.root, name, range)? {
                Some(raw) => self.raw(raw, range)?,
                None => {
                    let message = format!("there is no `{name}` in this document");
                    return Err(Failure::new(ErrorCode::MissingName, range, message));
                }
            },
        };
        for (index, step) in path.steps.iter().enumerate() {
            let guarded = path.guarded && index + 1 == path.steps.len();
            operand = match step {
                PathStep::Attribute {
                    name, range: at, ..
                } => self.attribute(operand, name, range, *at, guarded)?,
                PathStep::Index { index, range: at } => {
                    let index = self.eval(index, scope)?;
                    self.index(operand, &index, range, *at, guarded)?
                }
            };
        }
        Ok(operand)
    }

    /// Fast path: the posted value itself, if every step is a known slot of a known object, as in most expressions.
    #[inline]
    pub(super) fn place(&self, path: &Path, scope: Scopes<'_, 'a>) -> Option<&'a Value<'a>> {
        if self.assumption.is_some() {
            return None;
        }
        let mut steps = path.steps.iter();
        let mut value = match &path.base {
            PathBase::Slot(slot, _) => self.root.slot(*slot),
            PathBase::Item(up) => match item(scope, *up) {
                Operand::Record(record) => known_slot(record, steps.next()?)?,
                _ => return None,
            },
            PathBase::Name(_) | PathBase::Computed(_) => return None,
        };
        for step in steps {
            let Value::Record(record) = value else {
                return None;
            };
            value = known_slot(record, step)?;
        }
        Some(value)
    }

    fn operand(&mut self, value: &'a Value<'a>, range: Range) -> Evaluated<'a> {
        match value {
            Value::Raw(raw) => self.raw(raw, range),
            value => Operand::of(value).map_err(|_| unusable(range)),
        }
    }

    fn raw(&mut self, raw: &'a str, range: Range) -> Evaluated<'a> {
        self.spend_bytes(raw.len(), range)?;
        Operand::of_raw(raw).map_err(|_| unusable(range))
    }

    fn custom(
        &mut self,
        of: &'a Record<'a>,
        name: &str,
        range: Range,
    ) -> Result<Option<&'a str>, Failure> {
        self.spend(of.custom_count() / 8, range)?;
        Ok(of.custom(name))
    }

    fn attribute(
        &mut self,
        from: Operand<'a>,
        name: &str,
        path: Range,
        at: Range,
        guarded: bool,
    ) -> Evaluated<'a> {
        let found = match &from {
            Operand::Record(record) => match record.shape().and_then(|shape| shape.slot_of(name)) {
                Some(slot) => return self.operand(record.slot(slot), at),
                None => self.custom(record, name, at)?,
            },
            Operand::RawRecord(raw) => {
                self.spend_bytes(raw.len(), at)?;
                raw_member(raw, name)
            }
            Operand::Map(entries) => {
                if let Some((_, value)) = entries.iter().find(|(key, _)| **key == *name) {
                    return Ok(value.clone());
                }
                None
            }
            other => return Err(self.no_members(other, &format!("attribute `{name}`"), path, at)),
        };
        match found {
            Some(raw) => self.raw(raw, at),
            // A map is written in the expression, so a missing key is a mistake there and not in the document.
            None if guarded && !matches!(from, Operand::Map(_)) => Ok(Operand::Null),
            None => {
                let owner = self.before(path, at);
                let message = format!("`{owner}` has no attribute `{name}` in this document");
                let code = ErrorCode::MissingAttribute;
                Err(Failure::new(code, path.to(at), message))
            }
        }
    }

    fn index(
        &mut self,
        from: Operand<'a>,
        index: &Operand<'a>,
        path: Range,
        at: Range,
        guarded: bool,
    ) -> Evaluated<'a> {
        if let Operand::Map(entries) = &from {
            let key = map_key(index).ok_or_else(|| wrong_kind(at, KEY, index))?;
            let found = entries.iter().find(|(known, _)| *known == key);
            return found.map(|(_, value)| value.clone()).ok_or_else(|| {
                let message = format!("there is no `{key}` in the map");
                Failure::new(ErrorCode::NoSuchItem, path.to(at), message)
            });
        }
        if matches!(from, Operand::Record(_) | Operand::RawRecord(_)) {
            let Some(name) = index.as_text() else {
                return Err(wrong_kind(at, "an attribute is called by a text", index));
            };
            return self.attribute(from, name, path, at, guarded);
        }
        let Some(items) = self.items(&from, at)? else {
            return Err(self.no_members(&from, "items", path, at));
        };
        let Operand::Number(position) = index else {
            return Err(wrong_kind(
                at,
                "an item of a list is called by a number",
                index,
            ));
        };
        let position =
            number::to_integer(*position).and_then(|position| u64::try_from(position).ok());
        match position.filter(|position| *position < items.len()) {
            Some(position) => items.get(position).map_err(|_| unusable(at)),
            None => {
                let (list, count) = (self.before(path, at), items.len());
                let message = format!(
                    "`{list}` has {count} items, counted from 0, and none at {}",
                    show(index)
                );
                Err(Failure::new(ErrorCode::NoSuchItem, path.to(at), message))
            }
        }
    }

    #[cold]
    fn no_members(&self, of: &Operand<'_>, what: &str, path: Range, at: Range) -> Failure {
        let owner = self.before(path, at);
        match of {
            Operand::Null => {
                let message = format!("`{owner}` is null, so it has no {what}");
                Failure::new(ErrorCode::NullAccess, path.to(at), message)
            }
            other => {
                let message = format!("`{owner}` is {} and has no {what}", other.kind());
                mismatch(path.to(at), message)
            }
        }
    }

    /// The text of a path up to a step.
    fn before(&self, path: Range, step: Range) -> &'a str {
        let end = step.start.max(path.start);
        let before = Range::new(path.start, end).of(self.text);
        before.trim_end().trim_end_matches('.').trim_end()
    }
}

/// The value in the slot of a step, if the slot was resolved for this shape.
#[inline]
fn known_slot<'a>(record: &'a Record<'a>, step: &PathStep) -> Option<&'a Value<'a>> {
    match step {
        PathStep::Attribute {
            slot: Some((shape, slot)),
            ..
        } if record
            .shape()
            .is_some_and(|known| std::ptr::eq(known, *shape)) =>
        {
            Some(record.slot(*slot))
        }
        _ => None,
    }
}

/// The item of the loop that is `up` loops outwards. The parser binds no other item variables.
#[inline]
fn item<'s, 'a>(scope: Scopes<'s, 'a>, up: usize) -> &'s Operand<'a> {
    let mut scope = scope;
    for _ in 0..up {
        scope = scope.and_then(|inner| inner.outer);
    }
    scope.map_or(&Operand::Null, |scope| scope.item)
}
