//! Completes a record after all its members were read.

use super::{Pointer, Reader};
use crate::schema::{Schema, Shape};
use crate::value::{Record, Value};

impl Reader {
    /// Reports missing attributes, and fills each of two aliases from the other.
    pub(super) fn complete(
        &self,
        shape: &'static Shape,
        record: &mut Record<'_>,
        at: &Pointer<'_>,
    ) {
        for (slot, attribute) in shape.attributes().iter().enumerate() {
            if !record.slot(slot).is_null() {
                continue;
            }
            let path = Pointer::Name(at, attribute.name());
            if attribute.is_empty_when_absent() {
                record.set_slot(slot, Value::List(Vec::new()));
            } else if attribute.is_required() && !self.is_named(&path) {
                self.problem(&path, "required", "is required");
            }
        }
        if let Some(schema) = self.schema {
            fill_aliases(schema, shape, record);
        }
    }

    /// Whether a problem was already reported here, so that an invalid value is not reported as missing too.
    fn is_named(&self, path: &Pointer<'_>) -> bool {
        let problems = self.problems.borrow();
        !problems.is_empty() && {
            let pointer = path.to_string();
            problems.iter().any(|problem| problem.pointer == pointer)
        }
    }
}

/// Fills each of two attributes for one fact from the other.
pub(super) fn fill_aliases(
    schema: &'static Schema,
    shape: &'static Shape,
    record: &mut Record<'_>,
) {
    for alias in shape.aliases() {
        let member = alias.member;
        let own = record.slot(alias.own).clone();
        match record.slot_mut(alias.object) {
            Some(Value::Record(object)) if own.is_null() => {
                let posted = object.slot(member).clone();
                record.set_slot(alias.own, posted);
            }
            Some(Value::Record(object)) if object.slot(member).is_null() => {
                object.set_slot(member, own)
            }
            Some(object @ Value::Null) if !own.is_null() => {
                let object_of = &shape.attributes()[alias.object];
                let mut made = Record::new(schema.shape_of(object_of));
                made.set_slot(member, own);
                *object = Value::Record(made);
            }
            _ => {}
        }
    }
}
