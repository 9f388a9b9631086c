//! The worst-case cost of an expression: every clause runs, including those that an ordinary run would skip.

use super::ast::Quantifier;
use super::compile::{Code, Op, Quantified};
use super::error::{ErrorCode, Failure};
use super::eval::Run;
use super::scope::{Scope, Scopes};

impl<'a> Run<'_, 'a> {
    /// Runs every clause. Fails only when the budget is exceeded; other failures are ignored.
    pub(super) fn run_every_clause(
        &mut self,
        code: &'a Code,
        scope: Scopes<'_, 'a>,
    ) -> Result<(), Failure> {
        match &code.op {
            Op::And(all) | Op::Or(all) => all
                .iter()
                .try_for_each(|operand| self.run_every_clause(operand, scope)),
            Op::Not(operand) => self.run_every_clause(operand, scope),
            Op::Choice(choice) => std::iter::once(&choice.condition)
                .chain(&choice.yes)
                .chain(&choice.no)
                .try_for_each(|part| self.run_every_clause(part, scope)),
            Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
                let ran = self.run_every_item(quantified, scope);
                ran.or_else(ignore_unless_exceeded)
            }
            _ => {
                let ran = self.eval(code, scope);
                ran.map(drop).or_else(ignore_unless_exceeded)
            }
        }
    }

    fn run_every_item(
        &mut self,
        quantified: &'a Quantified,
        scope: Scopes<'_, 'a>,
    ) -> Result<(), Failure> {
        let items = self.items_of(quantified, scope)?;
        for index in 0..items.len() {
            let item = self.item(quantified, &items, index)?;
            let inner = Scope::new(quantified, &item, index, scope);
            self.run_every_clause(&quantified.body, Some(&inner))?;
        }
        Ok(())
    }
}

fn ignore_unless_exceeded(failure: Failure) -> Result<(), Failure> {
    match failure.code() {
        ErrorCode::BudgetExceeded => Err(failure),
        _ => Ok(()),
    }
}
