//! Completes a record after all its members were read.

use super::{Pointer, Reader};
use crate::part::Part;
use crate::place::Place;
use crate::schema::{Schema, Shape};
use crate::value::{Record, Value};

impl Reader {
    /// Reports missing required attributes, replaces absent lists by empty ones, and fills aliases.
    pub(super) fn complete<'v>(
        &self,
        shape: &'static Shape,
        slots: &mut [Value<'v>],
        at: &Pointer<'_>,
    ) {
        for (attribute, value) in shape.attributes().iter().zip(slots.iter_mut()) {
            if !value.is_null() {
                continue;
            }
            let path = Pointer::Name(at, attribute.name());
            if attribute.is_empty_when_absent() {
                *value = Value::List(Part::Lent(&[]));
            } else if attribute.is_required() && !self.is_named(&path) {
                self.problem(&path, "required", "is required");
            }
        }
        if let Some(schema) = self.schema {
            fill_aliases(schema, shape, slots, Place::Heap);
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

/// Fills the missing one of each two aliased attributes from the other.
pub(super) fn fill_aliases<'v>(
    schema: &'static Schema,
    shape: &'static Shape,
    slots: &mut [Value<'v>],
    place: Place<'v>,
) {
    for alias in shape.aliases() {
        let own = &slots[alias.own];
        let (slot, filled) = match &slots[alias.object] {
            Value::Record(object) if own.is_null() => {
                (alias.own, object.slot(alias.member).clone())
            }
            Value::Record(object) if object.slot(alias.member).is_null() => {
                let filled = place.with_slot(object, alias.member, own.clone());
                (alias.object, filled)
            }
            Value::Null if !own.is_null() => {
                let object = Record::new(schema.shape_of(&shape.attributes()[alias.object]));
                let filled = place.with_slot(&object, alias.member, own.clone());
                (alias.object, filled)
            }
            _ => continue,
        };
        slots[slot] = filled;
    }
}
