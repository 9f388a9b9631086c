//! The attributes to which a search assigns values.

use std::borrow::Cow;

use super::cells;
use super::constants::Constants;
use super::domain::{Completeness, Domain, Numbers, Sample, Texts};
use crate::number::MAX_DIGITS;
use crate::part::Part;
use crate::schema::{Attribute, Kind, Shape};
use crate::value::{Record, Value};

/// An attribute of the document, and the values tried for it.
#[derive(Debug)]
pub(super) struct Variable<'s> {
    /// The slots from the root to the attribute.
    pub(super) slots: Vec<usize>,
    /// The variable of the object that contains it; `None` for the document itself.
    pub(super) parent: Option<usize>,
    pub(super) attribute: &'static Attribute,
    /// The shape of the object that it holds.
    pub(super) shape: Option<&'static Shape>,
    pub(super) constants: Constants,
    pub(super) domain: Cow<'s, Domain>,
    /// Whether the caller gave the domain.
    pub(super) is_given: bool,
    /// Empty until all constants are known.
    pub(super) cells: Vec<Cell>,
    /// Whether the cells cover all possible values.
    pub(super) is_complete: bool,
}

/// A part of an attribute's values.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) value: CellValue,
    pub(super) kind: CellKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CellKind {
    /// One value.
    Exact,
    /// Values that comparisons with constants cannot tell apart.
    Alike,
    /// Values that may differ in every respect.
    Unlike,
}

#[derive(Debug)]
pub(super) enum CellValue {
    Sample(Sample),
    Object,
    EmptyList,
    /// A list of one object without attributes.
    List(Option<&'static Shape>),
    Raw(&'static str),
}

impl Variable<'_> {
    /// Computes the cells. Call it after all constants are known.
    pub(super) fn divide(&mut self) {
        let constants = &self.constants;
        let mut cells = Vec::new();
        let mut nullable = !self.attribute.is_required() && !self.attribute.is_empty_when_absent();
        match (self.attribute.kind(), &*self.domain) {
            (_, Domain::Only(samples))
                if self.is_given || *self.attribute.kind() == Kind::Boolean =>
            {
                cells.extend(
                    samples
                        .iter()
                        .map(|sample| Cell::exact(CellValue::Sample(sample.clone()))),
                );
                nullable = false;
            }
            (Kind::Object(_), _) => cells.push(Cell::exact(CellValue::Object)),
            (Kind::List(_), _) => {
                cells.push(Cell::of(CellValue::List(self.shape), false));
                cells.push(Cell::exact(CellValue::EmptyList));
            }
            (Kind::Any, _) => cells.push(Cell {
                value: CellValue::Raw("{}"),
                kind: CellKind::Unlike,
            }),
            (Kind::Scalar, domain) => {
                let texts = match domain {
                    Domain::Texts(texts) => texts.clone(),
                    _ => Texts::any(),
                };
                let numbers = Numbers::any(MAX_DIGITS as u32, false);
                cells.extend(number_cells(constants, &numbers));
                cells.extend(text_cells(constants, &texts));
            }
            (_, Domain::Numbers(numbers)) => {
                cells.extend(number_cells(constants, numbers));
                nullable = numbers.nullable;
            }
            (_, Domain::Texts(texts)) => {
                cells.extend(text_cells(constants, texts));
                nullable = texts.nullable;
                self.is_complete = match texts.completeness {
                    Completeness::Complete => true,
                    Completeness::Unread => !constants.read,
                    Completeness::Unordered => !constants.ordered,
                    Completeness::Incomplete => false,
                };
            }
            (_, Domain::Only(_)) => {}
        }
        if nullable {
            cells.push(Cell::exact(CellValue::Sample(Sample::Null)));
        }
        self.cells = cells;
    }

    /// Whether a witness always has a value here, even if no condition reads it.
    pub(super) fn is_always_given(&self) -> bool {
        let never_null = !self.cells.iter().any(Cell::is_null);
        let wished = match &*self.domain {
            Domain::Numbers(numbers) => numbers.always_given,
            _ => false,
        };
        self.attribute.is_required() || self.is_given && (never_null || wished)
    }
}

fn number_cells(constants: &Constants, numbers: &Numbers) -> impl Iterator<Item = Cell> {
    let found = cells::numbers(constants, numbers).into_iter();
    found.map(|(number, exact)| Cell::of(CellValue::Sample(Sample::Number(number)), exact))
}

fn text_cells(constants: &Constants, texts: &Texts) -> impl Iterator<Item = Cell> {
    let found = cells::texts(constants, texts).into_iter();
    found.map(|(text, exact)| Cell::of(CellValue::Sample(Sample::Text(text)), exact))
}

impl Cell {
    fn exact(value: CellValue) -> Self {
        Self::of(value, true)
    }

    fn of(value: CellValue, exact: bool) -> Self {
        let kind = match exact {
            true => CellKind::Exact,
            false => CellKind::Alike,
        };
        Self { value, kind }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, CellValue::Sample(Sample::Null))
    }
}

impl CellValue {
    /// The value as it is in a document.
    pub(super) fn posted(&self, shape: Option<&'static Shape>) -> Value<'_> {
        match self {
            Self::Sample(Sample::Null) => Value::Null,
            Self::Sample(Sample::Bool(value)) => Value::Bool(*value),
            Self::Sample(Sample::Number(number)) => Value::Number(*number),
            Self::Sample(Sample::Text(text)) => Value::Text(Cow::Borrowed(text)),
            Self::Object => empty_object(shape),
            Self::EmptyList => Value::List(Part::Lent(&[])),
            Self::List(shape) => Value::List(Part::Own([empty_object(*shape)].into())),
            Self::Raw(raw) => Value::Raw(raw),
        }
    }
}

fn empty_object<'v>(shape: Option<&'static Shape>) -> Value<'v> {
    Value::Record(Part::Own(Record::new(shape).into()))
}
