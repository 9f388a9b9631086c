//! What an expression may cost at most: every clause is run, also those that another would spare.

use super::ast::Quantifier;
use super::compile::{Code, Op, Quantified};
use super::error::{ErrorCode, Failure};
use super::eval::{Run, Scope, Scopes};

/// Runs every clause. Failures of clauses are passed over; only a spent budget is told.
pub(super) fn run_all<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    scope: Scopes<'_, 'a>,
) -> Result<(), Failure> {
    match &code.op {
        Op::And(all) | Op::Or(all) => all
            .iter()
            .try_for_each(|operand| run_all(run, operand, scope)),
        Op::Not(operand) => run_all(run, operand, scope),
        Op::Choice(choice) => [
            Some(&choice.condition),
            choice.yes.as_ref(),
            choice.no.as_ref(),
        ]
        .into_iter()
        .flatten()
        .try_for_each(|part| run_all(run, part, scope)),
        Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
            items(run, quantified, scope).or_else(unless_spent)
        }
        _ => run.eval(code, scope).map(drop).or_else(unless_spent),
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
        run_all(run, &quantified.body, Some(&inner))?;
    }
    Ok(())
}

fn unless_spent(failure: Failure) -> Result<(), Failure> {
    match failure.code() {
        ErrorCode::BudgetExceeded => Err(failure),
        _ => Ok(()),
    }
}
