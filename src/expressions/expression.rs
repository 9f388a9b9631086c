//! The door to the language: a text goes in and comes out as an [`Expression`] or as diagnostics.

use super::budget::Budget;
use super::compile::{Code, compile};
use super::diagnostic::Diagnostic;
use super::error::{EvalError, Failure};
use super::eval::Run;
use super::operand::Operand;
use super::parser;
use super::schema::Schema;
use super::value::Record;

/// A checked and compiled expression.
///
/// A blank text is no expression; whoever stores one keeps it as none, and it holds for every document.
#[derive(Debug)]
pub struct Expression {
    text: Box<str>,
    code: Code,
    /// What one run costs, loops apart.
    cost: u64,
}

impl Expression {
    /// Parses an expression over documents nobody described: any name may stand at the top, and one the document lacks
    /// fails when it is asked for.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub fn parse_free(text: &str) -> Result<Self, Vec<Diagnostic>> {
        Self::build(text, None)
    }

    fn build(text: &str, schema: Option<&'static Schema>) -> Result<Self, Vec<Diagnostic>> {
        let tree = parser::parse(text).map_err(|finding| vec![finding.into_diagnostic(text)])?;
        let (code, cost) = compile(&tree, schema);
        Ok(Self { text: text.into(), code, cost })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of the expression for a document.
    ///
    /// # Errors
    /// Whatever made it fail; never a panic, and never later than the budget lasts.
    pub fn evaluate<'a>(&'a self, document: &'a Record<'a>, budget: &mut Budget) -> Result<Operand<'a>, EvalError> {
        let mut run = self.run(document, budget);
        let value = run.spend(self.cost, self.code.range).and_then(|()| run.eval(&self.code, None));
        value.map_err(|failure| self.error(failure))
    }

    /// Whether the expression holds for a document: whether its value counts as true.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn holds<'a>(&'a self, document: &'a Record<'a>, budget: &mut Budget) -> Result<bool, EvalError> {
        let mut run = self.run(document, budget);
        let verdict = run.spend(self.cost, self.code.range).and_then(|()| run.test(&self.code, None));
        verdict.map_err(|failure| self.error(failure))
    }

    fn run<'r, 'a>(&'a self, root: &'a Record<'a>, budget: &'r mut Budget) -> Run<'r, 'a> {
        Run { text: &self.text, root, budget, supposition: None }
    }

    #[cold]
    fn error(&self, failure: Failure) -> EvalError {
        failure.into_error(&self.text)
    }
}
