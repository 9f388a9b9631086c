//! The documents that are asked about: a schema, and narrower domains of some of its attributes.

use std::collections::HashMap;

use super::domain::Domain;
use super::variable::Variable;
use crate::compile::{Path, PathBase, PathStep};
use crate::schema::{Schema, Shape};

/// A set of documents.
#[derive(Clone, Debug)]
pub struct Space {
    schema: &'static Schema,
    domains: Vec<(&'static str, Domain)>,
}

impl Space {
    /// All documents of a schema.
    pub fn new(schema: &'static Schema) -> Self {
        Self {
            schema,
            domains: Vec::new(),
        }
    }

    /// Narrows the values of an attribute, such as `billingAddress.countryIso2`. One that the schema does not know is ignored.
    pub fn with(mut self, path: &'static str, domain: Domain) -> Self {
        self.domains.retain(|(known, _)| *known != path);
        self.domains.push((path, domain));
        self
    }

    pub(super) fn root(&self) -> &'static Shape {
        self.schema.root()
    }

    pub(super) fn variables(&self) -> Variables {
        let mut variables = Variables {
            schema: self.schema,
            all: Vec::new(),
            by_slots: HashMap::new(),
        };
        // Without these a document cannot be read.
        let required = self.schema.root().attributes().iter();
        for attribute in required.filter(|attribute| attribute.is_required()) {
            variables.named(attribute.name());
        }
        for (path, domain) in &self.domains {
            if let Some(variable) = variables
                .named(path)
                .and_then(|chain| chain.last().copied())
            {
                let variable = &mut variables.all[variable];
                variable.domain = domain.clone();
                variable.is_given = true;
            }
        }
        variables
    }
}

/// The attributes that a question reads.
pub(super) struct Variables {
    schema: &'static Schema,
    pub(super) all: Vec<Variable>,
    by_slots: HashMap<Vec<usize>, usize>,
}

/// The attributes from the root to one attribute, itself last.
pub(super) type Chain = Vec<usize>;

/// A path of an expression: the part of it that the schema knows, and whether it goes on.
pub(super) struct KnownPath {
    pub(super) chain: Chain,
    pub(super) goes_on: bool,
}

impl Variables {
    /// The chain of a path such as `customer.group.id`.
    pub(super) fn named(&mut self, path: &str) -> Option<Chain> {
        let mut shape = Some(self.schema.root());
        let mut slots = Vec::new();
        let mut chain = Chain::new();
        for name in path.split('.') {
            slots.push(shape?.slot_of(name)?);
            let variable = self.intern(&slots)?;
            shape = self.all[variable].shape;
            chain.push(variable);
        }
        Some(chain)
    }

    /// The chain of a path in compiled code; `None` where it does not begin at a known attribute of the document.
    pub(super) fn of_path(&mut self, path: &Path) -> Option<KnownPath> {
        let PathBase::Slot(slot, _) = path.base else {
            return None;
        };
        let mut slots = vec![slot];
        let mut chain = vec![self.intern(&slots)?];
        let mut goes_on = false;
        for step in &path.steps {
            match step {
                PathStep::Attribute {
                    slot: Some((_, slot)),
                    ..
                } => {
                    slots.push(*slot);
                    chain.push(self.intern(&slots)?);
                }
                PathStep::Attribute { slot: None, .. } | PathStep::Index { .. } => {
                    goes_on = true;
                    break;
                }
            }
        }
        Some(KnownPath { chain, goes_on })
    }

    fn intern(&mut self, slots: &[usize]) -> Option<usize> {
        if let Some(known) = self.by_slots.get(slots) {
            return Some(*known);
        }
        let (last, before) = slots.split_last()?;
        let parent = match before {
            [] => None,
            before => Some(self.intern(before)?),
        };
        let owner = match parent {
            None => self.schema.root(),
            Some(parent) => self.all[parent].shape?,
        };
        let attribute = owner.attributes().get(*last)?;
        let variable = Variable {
            slots: slots.to_vec(),
            parent,
            attribute,
            shape: self.schema.shape_of(attribute),
            constants: super::constants::Constants::default(),
            domain: Domain::of(attribute),
            is_given: false,
            cells: Vec::new(),
            is_complete: true,
        };
        self.all.push(variable);
        let place = self.all.len() - 1;
        self.by_slots.insert(slots.to_vec(), place);
        Some(place)
    }
}
