//! An expression as its logical structure over atoms: parts that are run as a whole.

use super::constants::{is_order, range_of};
use super::space::{KnownPath, Variables};
use crate::ast::Binary;
use crate::compile::{Code, Op};
use crate::expression::Expression;

/// The structure of an expression.
pub(super) enum Term<'e> {
    And(Vec<Term<'e>>),
    Or(Vec<Term<'e>>),
    Not(Box<Term<'e>>),
    Choice {
        condition: Box<Term<'e>>,
        /// The branch taken when the condition holds; `None`: the outcome is that of the condition.
        yes: Option<Box<Term<'e>>>,
        /// The branch taken when the condition does not hold; `None`: the outcome is false.
        no: Option<Box<Term<'e>>>,
    },
    Atom(Atom<'e>),
}

/// A part of an expression that is run as a whole.
pub(super) struct Atom<'e> {
    pub(super) code: &'e Code,
    pub(super) text: &'e str,
    /// The attributes that it reads.
    pub(super) reads: Vec<KnownPath>,
    /// Whether it compares one attribute with constants, so that all values of a cell have the same outcome.
    pub(super) is_plain: bool,
    /// Whether it reads something that is not an attribute of the document, such as an item variable.
    pub(super) is_dark: bool,
    /// Whether it is a `matches` of an attribute, which never fails for a text.
    pub(super) is_match: bool,
}

/// The structure of an expression; its attributes and constants are added to `variables`.
pub(super) fn term_of<'e>(expression: &'e Expression, variables: &mut Variables<'_>) -> Term<'e> {
    let mut builder = Builder {
        text: expression.text(),
        variables,
    };
    builder.term(expression.code())
}

struct Builder<'e, 'v, 's> {
    text: &'e str,
    variables: &'v mut Variables<'s>,
}

impl<'e> Builder<'e, '_, '_> {
    fn term(&mut self, code: &'e Code) -> Term<'e> {
        let boxed = |this: &mut Self, code| Box::new(this.term(code));
        match &code.op {
            Op::And(all) => Term::And(all.iter().map(|code| self.term(code)).collect()),
            Op::Or(all) => Term::Or(all.iter().map(|code| self.term(code)).collect()),
            Op::Not(operand) => Term::Not(boxed(self, operand)),
            Op::Choice(choice) => Term::Choice {
                condition: boxed(self, &choice.condition),
                yes: choice.yes.as_ref().map(|code| boxed(self, code)),
                no: choice.no.as_ref().map(|code| boxed(self, code)),
            },
            _ => Term::Atom(self.atom(code)),
        }
    }

    fn atom(&mut self, code: &'e Code) -> Atom<'e> {
        let mut atom = Atom {
            code,
            text: self.text,
            reads: Vec::new(),
            is_plain: false,
            is_dark: false,
            is_match: matches!(&code.op, Op::Matches(subject, _) if matches!(subject.op, Op::Path(_))),
        };
        self.collect(code, &mut atom);
        atom.is_plain = self.is_plain(code);
        // The search also tries constants that are used in calculations: they often decide the outcome.
        if !atom.is_plain {
            for read in &atom.reads {
                if let Some(last) = read.chain.last() {
                    self.variables.all[*last].constants.add_all(code);
                }
            }
        }
        atom
    }

    fn collect(&mut self, code: &'e Code, atom: &mut Atom<'e>) {
        match &code.op {
            Op::Path(path) => match self.variables.of_path(path) {
                Some(known) => {
                    for variable in &known.chain {
                        self.variables.all[*variable].constants.read = true;
                    }
                    atom.reads.push(known);
                }
                None => atom.is_dark = true,
            },
            // The body is not run for null and for an empty list; other lists are undecided.
            Op::Quantified(quantified) if matches!(quantified.receiver.op, Op::Path(_)) => {
                self.collect(&quantified.receiver, atom);
            }
            Op::Quantified(_) => atom.is_dark = true,
            _ => {
                for part in code.parts() {
                    self.collect(part, atom);
                }
            }
        }
    }

    /// Whether code compares one attribute with constants. Adds the constants to the attribute.
    fn is_plain(&mut self, code: &'e Code) -> bool {
        match &code.op {
            Op::Path(_) => self.attribute(code).is_some(),
            Op::Compare(comparison) => {
                let (left, right) = (&comparison.left, &comparison.right);
                let (subject, constant) = match (left.literal(), right.literal()) {
                    (_, Some(_)) => (left, right),
                    (Some(_), None) => (right, left),
                    (None, None) => return false,
                };
                let is_order = is_order(comparison.operator);
                self.compared(subject, [constant], is_order)
            }
            Op::Membership(membership) => {
                self.compared(&membership.subject, &membership.set.written, false)
            }
            Op::Fold(subject, rest) => match &**rest {
                [link] if matches!(link.operator, Binary::In | Binary::NotIn) => {
                    let Some(ends) = range_of(&link.operand) else {
                        return false;
                    };
                    let is_plain = self.compared(subject, ends, false);
                    if let Some(variable) = self.attribute(subject) {
                        self.variables.all[variable].constants.whole = true;
                    }
                    is_plain
                }
                _ => false,
            },
            _ => code.is_constant(),
        }
    }

    fn compared(
        &mut self,
        subject: &'e Code,
        constants: impl IntoIterator<Item = &'e Code>,
        is_order: bool,
    ) -> bool {
        let Some(variable) = self.attribute(subject) else {
            return subject.is_constant();
        };
        let known = &mut self.variables.all[variable].constants;
        known.ordered |= is_order;
        for constant in constants {
            known.add(constant);
        }
        true
    }

    /// The attribute that code reads, if code is that path alone.
    fn attribute(&mut self, code: &'e Code) -> Option<usize> {
        let Op::Path(path) = &code.op else {
            return None;
        };
        let known = self.variables.of_path(path)?;
        match known.goes_on {
            true => None,
            false => known.chain.last().copied(),
        }
    }
}
