//! The location of a value in a document, such as `lineItems[2].quantity`.

use std::fmt;

use super::compile::{Code, Op, Path, PathBase, PathStep};
use super::number;
use super::scope::{Scope, Scopes};

/// The keys from the root of the document to a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DocumentPath<'a>(Vec<PathKey<'a>>);

#[derive(Clone, Debug, PartialEq)]
enum PathKey<'a> {
    Name(&'a str),
    Index(u64),
}

impl<'a> DocumentPath<'a> {
    /// The location that a path of an expression names; `None` if a part of the path is computed.
    pub(super) fn of(path: &'a Path, scope: Scopes<'_, 'a>) -> Option<Self> {
        let Self(mut keys) = match &path.base {
            PathBase::Slot(_, attribute) => Self(vec![PathKey::Name(attribute.name())]),
            PathBase::Name(name) => Self(vec![PathKey::Name(name)]),
            PathBase::Item(up) => {
                let scope: &Scope<'_, 'a> =
                    std::iter::successors(scope, |inner| inner.outer).nth(*up)?;
                Self::of_item(scope.list, scope.index, scope.outer)?
            }
            PathBase::Computed(code) => Self::of_code(code, scope)?,
        };
        for step in &path.steps {
            keys.push(match step {
                PathStep::Attribute { name, .. } => PathKey::Name(name),
                PathStep::Index { index, .. } => match &index.op {
                    Op::Number(number) => {
                        let index = number::to_integer(*number)?;
                        PathKey::Index(u64::try_from(index).ok()?)
                    }
                    Op::Text(name) => PathKey::Name(name),
                    _ => return None,
                },
            });
        }
        Some(Self(keys))
    }

    /// The location of an item of a list.
    pub(super) fn of_item(list: &'a Code, index: u64, scope: Scopes<'_, 'a>) -> Option<Self> {
        let mut path = Self::of_code(list, scope)?;
        path.0.push(PathKey::Index(index));
        Some(path)
    }

    /// The location that code reads; `None` unless the code is a path.
    pub(super) fn of_code(code: &'a Code, scope: Scopes<'_, 'a>) -> Option<Self> {
        match &code.op {
            Op::Path(path) => Self::of(path, scope),
            _ => None,
        }
    }
}

impl fmt::Display for DocumentPath<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, key) in self.0.iter().enumerate() {
            match key {
                PathKey::Index(index) => write!(out, "[{index}]")?,
                PathKey::Name(name) if position == 0 => out.write_str(name)?,
                PathKey::Name(name) => write!(out, ".{name}")?,
            }
        }
        Ok(())
    }
}
