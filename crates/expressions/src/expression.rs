//! The entry point of the crate: parses a text to an [`Expression`] or to diagnostics, and runs it.

use std::cell::Cell;

use super::budget::Budget;
use super::check::check;
use super::compile::{Code, compile};
use super::diagnostic::{Diagnostic, Finding, Severity, Span};
use super::error::{EvalError, Failure};
use super::eval::Run;
use super::explain::{Explanation, explain};
use super::operand::Operand;
use super::parser;
use super::schema::Schema;
use super::suggestion::verified;
use super::trace::{Trace, trace};
use super::value::Record;

/// A checked and compiled expression.
///
/// A blank text is not an expression. A rule with a blank text has no expression and holds for every document.
#[derive(Debug)]
pub struct Expression {
    text: Box<str>,
    code: Code,
    /// The cost of one run without the loops, in steps.
    cost: u64,
    result: &'static str,
    attributes: Vec<String>,
    warnings: Vec<Diagnostic>,
}

/// The bytes of text over which suggestions are verified. Each is verified by parsing the whole text with it, so a long text
/// with many findings has suggestions for the first of them only.
const MOST_VERIFIED: usize = 256 * 1024;

impl Expression {
    /// Parses and checks an expression over documents of a schema. Suggestions are verified.
    ///
    /// # Errors
    /// The first syntax error, or all errors and warnings of the check.
    pub fn parse(text: &str, schema: &'static Schema) -> Result<Self, Vec<Diagnostic>> {
        let left = Cell::new(MOST_VERIFIED / text.len().max(1));
        let verify = |finding: Finding, is_read| {
            let finding = match left.get() {
                0 => finding.plain(),
                more => {
                    left.set(more - 1);
                    verified(finding, text, schema, is_read)
                }
            };
            finding.into_diagnostic(text)
        };
        Self::read(text, schema, &verify)
    }

    /// As [`Expression::parse`] without suggestions, for a text that is not being edited.
    ///
    /// # Errors
    /// As [`Expression::parse`].
    pub fn load(text: &str, schema: &'static Schema) -> Result<Self, Vec<Diagnostic>> {
        let plain = |finding: Finding, _| finding.plain().into_diagnostic(text);
        Self::read(text, schema, &plain)
    }

    fn read(
        text: &str,
        schema: &'static Schema,
        report: &dyn Fn(Finding, bool) -> Diagnostic,
    ) -> Result<Self, Vec<Diagnostic>> {
        let tree = parser::parse(text).map_err(|finding| vec![report(finding, false)])?;
        let checked = check(&tree, text, schema);
        let findings = checked.findings.into_iter();
        let warnings: Vec<_> = findings.map(|finding| report(finding, true)).collect();
        if warnings.iter().any(|it| it.severity == Severity::Error) {
            return Err(warnings);
        }
        let (code, cost) = compile(&tree, Some(schema));
        Ok(Self {
            text: text.into(),
            code,
            cost,
            result: checked.result.word(),
            attributes: checked.attributes.into_iter().collect(),
            warnings,
        })
    }

    /// Parses an expression over documents without a schema: any name is allowed, and one that the document lacks fails when
    /// it is read.
    ///
    /// # Errors
    /// The first syntax error.
    pub fn parse_free(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let tree =
            parser::parse(text).map_err(|finding| vec![finding.plain().into_diagnostic(text)])?;
        let (code, cost) = compile(&tree, None);
        Ok(Self {
            text: text.into(),
            code,
            cost,
            result: "any",
            attributes: Vec::new(),
            warnings: Vec::new(),
        })
    }

    /// The kind of the value, as far as it is known: `boolean`, `number`, `text`, `scalar`, `list`, `object`, `null` or
    /// `any`.
    pub fn result_type(&self) -> &'static str {
        self.result
    }

    /// The attributes of the document that the expression reads; items of lists as `lineItems[].quantity`. Empty
    /// without a schema.
    pub fn attributes(&self) -> &[String] {
        &self.attributes
    }

    /// The warnings of the check.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The text that the expression was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The range of the whole expression.
    pub fn span(&self) -> Span {
        self.code.range.span(&self.text)
    }

    pub(super) fn code(&self) -> &Code {
        &self.code
    }

    /// The value of the expression for a document.
    ///
    /// # Errors
    /// The reason why it has no value for this document, or that the budget is exceeded.
    pub fn evaluate<'a>(
        &'a self,
        document: &'a Record<'a>,
        budget: &mut Budget,
    ) -> Result<Operand<'a>, EvalError> {
        let mut run = self.run(document, budget);
        let value = run
            .spend(self.cost, self.code.range)
            .and_then(|()| run.eval(&self.code, None));
        value.map_err(|failure| self.error(failure))
    }

    /// Whether the expression holds for a document: whether its value counts as true.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn holds<'a>(
        &'a self,
        document: &'a Record<'a>,
        budget: &mut Budget,
    ) -> Result<bool, EvalError> {
        let mut run = self.run(document, budget);
        let verdict = run
            .spend(self.cost, self.code.range)
            .and_then(|()| run.test(&self.code, None));
        verdict.map_err(|failure| self.error(failure))
    }

    /// Whether the expression holds for a document, and why not.
    pub fn explain<'a>(&'a self, document: &'a Record<'a>, budget: &mut Budget) -> Explanation {
        explain(&mut self.run(document, budget), &self.code, self.cost)
    }

    /// The outcome of each clause in a run over a document.
    pub fn trace<'a>(&'a self, document: &'a Record<'a>, budget: &mut Budget) -> Trace {
        trace(&mut self.run(document, budget), &self.code, self.cost)
    }

    /// The steps of a run over a document in which no clause is skipped; `None` if there are more than `limit`.
    pub fn worst_case_cost<'a>(&'a self, document: &'a Record<'a>, limit: u64) -> Option<u64> {
        let mut budget = Budget::new(limit);
        let mut run = self.run(document, &mut budget);
        run.spend(self.cost, self.code.range)
            .and_then(|()| run.run_every_clause(&self.code, None))
            .ok()?;
        Some(limit - budget.left())
    }

    fn run<'r, 'a>(&'a self, root: &'a Record<'a>, budget: &'r mut Budget) -> Run<'r, 'a> {
        Run {
            text: &self.text,
            root,
            budget,
            assumption: None,
        }
    }

    #[cold]
    fn error(&self, failure: Failure) -> EvalError {
        failure.into_error(&self.text)
    }
}
