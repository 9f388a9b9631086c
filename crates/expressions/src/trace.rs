//! The trace of one run: the outcome of every clause, and which clauses were not reached.

use serde::Serialize;
use utoipa::ToSchema;

use super::ast::Quantifier;
use super::compile::{Code, Op, Quantified};
use super::diagnostic::Span;
use super::document_path::DocumentPath;
use super::eval::Run;
use super::observed::Observed;
use super::scope::{Scope, Scopes};

/// The maximum numbers of clauses and of list items in a trace.
const MAX_CLAUSES: usize = 200;
const MAX_ITEMS: u64 = 10;

/// One clause of an expression and its result.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// Where the clause is in the text.
    pub span: Span,
    /// The clause as it is written.
    pub text: String,
    /// The list item that the clause was evaluated for, such as `lineItems[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Its result.
    pub outcome: Outcome,
    /// The reason of a failure; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The values that the clause read from the document.
    #[serde(skip_serializing_if = "Observed::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub observed: Observed,
    /// The clauses it consists of; for a long list, those of the first items only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub clauses: Vec<Trace>,
}

/// The result of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClauseOutcome)]
pub enum Outcome {
    /// It counts as true.
    True,
    /// It does not.
    False,
    /// It has no value for this document.
    Failed,
    /// It was not evaluated.
    NotReached,
}

/// Traces a run, charged to the budget.
pub(super) fn trace<'a>(run: &mut Run<'_, 'a>, code: &'a Code, cost: u64) -> Trace {
    let left = MAX_CLAUSES;
    Tracer { run, cost, left }.clause(code, true, None)
}

struct Tracer<'t, 'r, 'a> {
    run: &'t mut Run<'r, 'a>,
    /// The cost of the expression without the loops, in steps; charged for each clause.
    cost: u64,
    left: usize,
}

impl<'a> Tracer<'_, '_, 'a> {
    fn clause(&mut self, code: &'a Code, reached: bool, scope: Scopes<'_, 'a>) -> Trace {
        self.left = self.left.saturating_sub(1);
        let mut trace = Trace {
            span: code.range.span(self.run.text),
            text: code.range.of(self.run.text).to_owned(),
            item: None,
            outcome: Outcome::NotReached,
            message: None,
            observed: Observed::new(),
            clauses: Vec::new(),
        };
        if !reached {
            return trace;
        }
        let run = &mut *self.run;
        let spent = run.spend(self.cost, code.range);
        trace.outcome = match spent.and_then(|()| run.test(code, scope)) {
            Ok(true) => Outcome::True,
            Ok(false) => Outcome::False,
            Err(failure) => {
                trace.message = Some(failure.message().to_owned());
                Outcome::Failed
            }
        };
        trace.clauses = self.inner(code, scope);
        if trace.clauses.is_empty() {
            self.run.observe(code, scope, &mut trace.observed);
        }
        trace
    }

    fn inner(&mut self, code: &'a Code, scope: Scopes<'_, 'a>) -> Vec<Trace> {
        match &code.op {
            Op::And(all) => self.until(all, Outcome::True, scope),
            Op::Or(all) => self.until(all, Outcome::False, scope),
            Op::Not(operand) => vec![self.clause(operand, true, scope)],
            Op::Choice(choice) => {
                let condition = self.clause(&choice.condition, true, scope);
                let outcome = condition.outcome;
                let mut clauses = vec![condition];
                for (branch, taken) in [(&choice.yes, Outcome::True), (&choice.no, Outcome::False)]
                {
                    let branch = branch.as_ref();
                    clauses.extend(branch.map(|code| self.clause(code, outcome == taken, scope)));
                }
                clauses
            }
            Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
                self.items(quantified, scope)
            }
            _ => Vec::new(),
        }
    }

    /// Evaluates operands while their outcome is `while_it_is`; the rest are not reached.
    fn until(
        &mut self,
        all: &'a [Code],
        while_it_is: Outcome,
        scope: Scopes<'_, 'a>,
    ) -> Vec<Trace> {
        let mut reached = true;
        let mut clauses = Vec::new();
        for operand in all {
            if self.left == 0 {
                break;
            }
            let clause = self.clause(operand, reached, scope);
            reached &= clause.outcome == while_it_is;
            clauses.push(clause);
        }
        clauses
    }

    fn items(&mut self, quantified: &'a Quantified, scope: Scopes<'_, 'a>) -> Vec<Trace> {
        let goes_on = match quantified.quantifier {
            Quantifier::Any => Outcome::False,
            _ => Outcome::True,
        };
        let Ok(items) = self.run.items_of(quantified, scope) else {
            return Vec::new();
        };
        let mut clauses = Vec::new();
        for index in 0..items.len().min(MAX_ITEMS) {
            let Ok(item) = self.run.item(quantified, &items, index) else {
                break;
            };
            if self.left == 0 {
                break;
            }
            let inner = Scope::new(quantified, &item, index, scope);
            let mut clause = self.clause(&quantified.body, true, Some(&inner));
            let path = DocumentPath::of_item(&quantified.receiver, index, scope);
            clause.item = path.map(|path| path.to_string());
            let over = match clause.outcome {
                Outcome::Failed => true,
                // In an exhaustive loop an item after the deciding one may still fail it.
                outcome => outcome != goes_on && !quantified.exhaustive,
            };
            clauses.push(clause);
            if over {
                break;
            }
        }
        clauses
    }
}
