//! The documents that a search considers: a schema, with narrower domains for some of its attributes.

use std::borrow::Cow;
use std::collections::HashMap;

use super::domain::{Domain, Sample};
use super::variable::Variable;
use crate::compile::{Path, PathBase, PathStep};
use crate::schema::{Schema, Shape};

/// A set of documents.
#[derive(Clone, Debug)]
pub struct Space {
    schema: &'static Schema,
    /// Keyed by the slots from the root to the attribute.
    domains: Vec<(Vec<usize>, Domain)>,
}

impl Space {
    /// All documents of a schema.
    pub fn new(schema: &'static Schema) -> Self {
        Self {
            schema,
            domains: Vec::new(),
        }
    }

    /// Narrows the values of an attribute, such as `billingAddress.countryIso2`. A path that the schema does not know
    /// is ignored.
    pub fn with(mut self, path: &str, domain: Domain) -> Self {
        if let Some(slots) = slots_of(self.schema, path) {
            self.domains.retain(|(known, _)| *known != slots);
            self.domains.push((slots, domain));
        }
        self
    }

    pub(super) fn root(&self) -> &'static Shape {
        self.schema.root()
    }

    /// The attributes that every document has; those that a question reads are added later.
    pub(super) fn variables(&self) -> Variables<'_> {
        let mut variables = Variables {
            space: self,
            all: Vec::new(),
            by_slots: HashMap::new(),
        };
        let root = self.schema.root().attributes();
        for (slot, _) in root.iter().enumerate().filter(|(_, it)| it.is_required()) {
            variables.intern(&[slot]);
        }
        for (slots, domain) in &self.domains {
            let is_needed = match domain {
                Domain::Only(samples) => !samples.contains(&Sample::Null),
                Domain::Numbers(numbers) => numbers.always_given || !numbers.nullable,
                Domain::Texts(texts) => !texts.nullable,
            };
            if is_needed {
                variables.intern(slots);
            }
        }
        variables
    }
}

fn slots_of(schema: &'static Schema, path: &str) -> Option<Vec<usize>> {
    let mut shape = Some(schema.root());
    let mut slots = Vec::new();
    for name in path.split('.') {
        let owner = shape?;
        let slot = owner.slot_of(name)?;
        slots.push(slot);
        shape = schema.shape_of(&owner.attributes()[slot]);
    }
    Some(slots)
}

/// The attributes that a question reads.
pub(super) struct Variables<'s> {
    space: &'s Space,
    pub(super) all: Vec<Variable<'s>>,
    by_slots: HashMap<Vec<usize>, usize>,
}

/// The attributes from the root to one attribute, which is the last.
pub(super) type Chain = Vec<usize>;

/// A path of an expression: the part that the schema knows, and whether the path continues beyond it.
pub(super) struct KnownPath {
    pub(super) chain: Chain,
    pub(super) goes_on: bool,
}

impl Variables<'_> {
    /// The chain of a path such as `customer.group.id`.
    pub(super) fn named(&mut self, path: &str) -> Option<Chain> {
        let slots = slots_of(self.space.schema, path)?;
        (1..=slots.len())
            .map(|end| self.intern(&slots[..end]))
            .collect()
    }

    /// The chain of a path in compiled code; `None` if the path does not begin at a known attribute of the document.
    pub(super) fn of_path(&mut self, path: &Path) -> Option<KnownPath> {
        let PathBase::Slot(slot, _) = path.base else {
            return None;
        };
        let mut slots = vec![slot];
        let mut chain = vec![self.intern(&slots)?];
        let mut goes_on = false;
        for step in &path.steps {
            let PathStep::Attribute {
                slot: Some((_, slot)),
                ..
            } = step
            else {
                goes_on = true;
                break;
            };
            slots.push(*slot);
            chain.push(self.intern(&slots)?);
        }
        Some(KnownPath { chain, goes_on })
    }

    fn intern(&mut self, slots: &[usize]) -> Option<usize> {
        if let Some(known) = self.by_slots.get(slots) {
            return Some(*known);
        }
        let (last, before) = slots.split_last()?;
        let (parent, owner) = match before {
            [] => (None, self.space.schema.root()),
            before => {
                let parent = self.intern(before)?;
                (Some(parent), self.all[parent].shape?)
            }
        };
        let attribute = owner.attributes().get(*last)?;
        let mut given = self.space.domains.iter();
        let given = given.find(|(known, _)| known == slots);
        let variable = Variable {
            slots: slots.to_vec(),
            parent,
            attribute,
            shape: self.space.schema.shape_of(attribute),
            constants: super::constants::Constants::default(),
            domain: match given {
                Some((_, domain)) => Cow::Borrowed(domain),
                None => Cow::Owned(Domain::of(attribute)),
            },
            is_given: given.is_some(),
            cells: Vec::new(),
            is_complete: true,
        };
        self.all.push(variable);
        let place = self.all.len() - 1;
        self.by_slots.insert(slots.to_vec(), place);
        Some(place)
    }
}
