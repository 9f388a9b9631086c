//! The worst-case cost of an expression: every clause runs, including those that an ordinary run would skip.

use super::ast::Quantifier;
use super::compile::{Code, Op, Quantified};
use super::error::{ErrorCode, Failure};
use super::eval::Run;
use super::scope::{Scope, Scopes};

/// Runs every clause. Fails only when the budget is exceeded; other failures are ignored.
pub(super) fn run_every_clause<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    scope: Scopes<'_, 'a>,
) -> Result<(), Failure> {
    match &code.op {
        Op::And(all) | Op::Or(all) => all
            .iter()
            .try_for_each(|operand| run_every_clause(run, operand, scope)),
        Op::Not(operand) => run_every_clause(run, operand, scope),
        Op::Choice(choice) => [
            Some(&choice.condition),
            choice.yes.as_ref(),
            choice.no.as_ref(),
        ]
        .into_iter()
        .flatten()
        .try_for_each(|part| run_every_clause(run, part, scope)),
        Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
            items(run, quantified, scope).or_else(ignore_unless_exceeded)
        }
        _ => run
            .eval(code, scope)
            .map(drop)
            .or_else(ignore_unless_exceeded),
    }
}

fn items<'a>(
    run: &mut Run<'_, 'a>,
    quantified: &'a Quantified,
    scope: Scopes<'_, 'a>,
) -> Result<(), Failure> {
    let items = run.items_of(quantified, scope)?;
    for index in 0..items.len() {
        let item = run.item(quantified, &items, index)?;
        let inner = Scope {
            item: &item,
            index,
            list: &quantified.receiver,
            outer: scope,
        };
        run_every_clause(run, &quantified.body, Some(&inner))?;
    }
    Ok(())
}

fn ignore_unless_exceeded(failure: Failure) -> Result<(), Failure> {
    match failure.code() {
        ErrorCode::BudgetExceeded => Err(failure),
        _ => Ok(()),
    }
}
