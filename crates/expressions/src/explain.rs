//! Explains why an expression does not hold for a document, in terms of the expression's own text.
//!
//! The explanation names the clause that decided, not the whole expression: the first operand of an `and` that is false, the
//! first item that fails an `all`. A change is only suggested after it was tried: the value is assumed, the whole expression
//! runs again, and nothing is suggested if it still does not hold.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::assumption::Assumption;
use super::ast::{Binary, Quantifier};
use super::compile::{Code, Op, Quantified};
use super::counterfactual::{Candidate, WouldApplyIf, by_distance};
use super::diagnostic::{Range, Span};
use super::error::{ErrorCode, Failure};
use super::eval::{Run, show};
use super::observed::{MAX_OBSERVED, Observed, name_of, shown};
use super::scope::{Scope, Scopes};

/// The maximum number of clauses that an explanation lists.
const MAX_LISTED: usize = 4;
/// The maximum number of list items that an explanation evaluates.
const MAX_ITEMS: u64 = 100;

/// Whether an expression holds for a document, and why not.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The result.
    pub verdict: Verdict,
    /// A sentence for people.
    #[schema(example = "total <= 1000 is false: total is 1290.50")]
    pub message: String,
    /// The clause that decided.
    pub span: Span,
    /// The values that the clause read from the document; long texts are shortened.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub observed: Observed,
    /// The change of one value that would make the whole expression hold; absent if none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_apply_if: Option<WouldApplyIf>,
    /// The error code; absent if the expression did not fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
}

/// The result of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It has no value for this document.
    Failed,
}

/// The clause that decided.
struct DecidingClause<'a> {
    range: Range,
    message: String,
    observed: Observed,
    candidates: Vec<Candidate<'a>>,
}

type Decided<'a> = Result<DecidingClause<'a>, Failure>;

/// Explains one run. Both the run and the tried changes are charged to the budget.
pub(super) fn explain<'a>(run: &mut Run<'_, 'a>, code: &'a Code, cost: u64) -> Explanation {
    let verdict = run
        .spend(cost, code.range)
        .and_then(|()| run.test(code, None));
    match verdict {
        Ok(true) => Explanation {
            verdict: Verdict::True,
            message: "the expression holds".into(),
            span: code.range.span(run.text),
            observed: Observed::new(),
            would_apply_if: None,
            error: None,
        },
        Ok(false) => match run.decide(code, true, None) {
            Ok(decisive) => Explanation {
                verdict: Verdict::False,
                message: decisive.message,
                span: decisive.range.span(run.text),
                observed: decisive.observed,
                would_apply_if: run.proven(code, cost, decisive.candidates),
                error: None,
            },
            // The verdict is valid; the budget was too small for an explanation.
            Err(failure) => Explanation {
                verdict: Verdict::False,
                error: None,
                ..run.failed(code, &failure)
            },
        },
        Err(failure) => run.failed(code, &failure),
    }
}

impl<'a> Run<'_, 'a> {
    fn failed(&mut self, code: &'a Code, failure: &Failure) -> Explanation {
        let mut observed = Observed::new();
        if let Some(part) = code.part_at(failure.range()) {
            self.observe(part, None, &mut observed);
        }
        Explanation {
            verdict: Verdict::Failed,
            message: failure.message().to_owned(),
            span: failure.range().span(self.text),
            observed,
            would_apply_if: None,
            error: Some(failure.code()),
        }
    }

    /// The first change that, when assumed, makes the whole expression hold.
    fn proven(
        &mut self,
        code: &'a Code,
        cost: u64,
        candidates: Vec<Candidate<'a>>,
    ) -> Option<WouldApplyIf> {
        candidates.into_iter().find_map(|candidate| {
            candidate.proven(code, |assumption| {
                self.spend(cost, code.range).is_ok()
                    && matches!(self.assuming(assumption).test(code, None), Ok(true))
            })
        })
    }

    fn assuming<'r>(&'r mut self, assumption: &'r Assumption<'a>) -> Run<'r, 'a> {
        Run {
            text: self.text,
            root: self.root,
            budget: self.budget,
            assumption: Some(assumption),
        }
    }

    /// Finds the clause because of which `code` does not have the verdict `wanted`. The caller knows that it does not.
    fn decide(&mut self, code: &'a Code, wanted: bool, scope: Scopes<'_, 'a>) -> Decided<'a> {
        match &code.op {
            Op::Not(operand) => self.decide(operand, !wanted, scope),
            // One operand is enough to make an `and` false and an `or` true; all are needed otherwise.
            Op::And(all) if wanted => self.first_contrary(all, wanted, code, scope),
            Op::Or(all) if !wanted => self.first_contrary(all, wanted, code, scope),
            Op::And(all) | Op::Or(all) => {
                let listed = all.iter().take(MAX_LISTED);
                let parts = listed.map(|operand| self.decide(operand, wanted, scope));
                let parts: Result<Vec<_>, _> = parts.collect();
                Ok(combined(parts?, all.len(), code.range))
            }
            Op::Choice(choice) => match (&choice.yes, &choice.no) {
                (Some(yes), no) => match (self.test(&choice.condition, scope)?, no) {
                    (true, _) => self.decide(yes, wanted, scope),
                    (false, Some(no)) => self.decide(no, wanted, scope),
                    (false, None) => self.decide(&choice.condition, true, scope),
                },
                (None, Some(no)) if wanted => self.decide(no, wanted, scope),
                _ => Ok(self.leaf(code, wanted, scope)),
            },
            Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
                self.decide_items(code, quantified, wanted, scope)
            }
            _ => Ok(self.leaf(code, wanted, scope)),
        }
    }

    fn first_contrary(
        &mut self,
        all: &'a [Code],
        wanted: bool,
        whole: &'a Code,
        scope: Scopes<'_, 'a>,
    ) -> Decided<'a> {
        for operand in all {
            if self.test(operand, scope)? != wanted {
                return self.decide(operand, wanted, scope);
            }
        }
        Ok(self.leaf(whole, wanted, scope))
    }

    /// Why an `any` or `all` does not have the wanted verdict.
    fn decide_items(
        &mut self,
        code: &'a Code,
        quantified: &'a Quantified,
        wanted: bool,
        scope: Scopes<'_, 'a>,
    ) -> Decided<'a> {
        let one_decides = (quantified.quantifier == Quantifier::Any) != wanted;
        if one_decides {
            // One item decides: the one that satisfies an unwanted `any`, or fails a wanted `all`.
            if let Some((index, item)) = self.first_item(quantified, !wanted, scope)? {
                let inner = Scope::new(quantified, &item, index, scope);
                return self.decide(&quantified.body, wanted, Some(&inner));
            }
            return Ok(self.leaf(code, wanted, scope));
        }
        let all = self.items_of(quantified, scope)?;
        let mut nearest: Option<DecidingClause<'a>> = None;
        let mut observed = Observed::new();
        for index in 0..all.len().min(MAX_ITEMS) {
            let item = self.item(quantified, &all, index)?;
            let inner = Scope::new(quantified, &item, index, scope);
            let decisive = self.decide(&quantified.body, wanted, Some(&inner))?;
            if observed.len() < MAX_OBSERVED {
                observed.extend(decisive.observed.clone());
            }
            let best = nearest.as_ref();
            if best.is_none_or(|best| by_distance(decisive.distance(), best.distance()).is_lt()) {
                nearest = Some(decisive);
            }
        }
        let list = quantified.receiver.range.of(self.text);
        let body = quantified.body.range.of(self.text);
        let (item, count) = (&quantified.item, all.len());
        let Some(nearest) = nearest else {
            let every = if wanted { "no" } else { "every" };
            observed.insert(list.to_owned(), "an empty list".into());
            return Ok(DecidingClause {
                range: code.range,
                message: format!("{every} {item} satisfies {body}: {list} is empty"),
                observed,
                candidates: Vec::new(),
            });
        };
        let each = if wanted { "none" } else { "each" };
        let why = &nearest.message;
        Ok(DecidingClause {
            range: code.range,
            message: format!("{each} of {count} in {list} satisfies {body}: {why}"),
            observed,
            candidates: nearest.candidates,
        })
    }

    /// A clause that is explained by the values it read.
    fn leaf(&mut self, code: &'a Code, wanted: bool, scope: Scopes<'_, 'a>) -> DecidingClause<'a> {
        let sides: Vec<&'a Code> = match &code.op {
            Op::Compare(comparison) => vec![&comparison.left, &comparison.right],
            Op::Membership(membership) => vec![&membership.subject],
            Op::Matches(subject, _) => vec![subject],
            Op::Fold(first, rest) => match &rest[..] {
                [link] if matches!(link.operator, Binary::In | Binary::NotIn) => {
                    vec![first, &link.operand]
                }
                _ => vec![code],
            },
            _ => vec![code],
        };
        let mut seen = Vec::new();
        let mut observed = Observed::new();
        for side in sides.iter().filter(|side| !side.is_constant()) {
            if let Ok(value) = self.eval(side, scope) {
                let name = name_of(side, self.text, scope);
                seen.push([&name, " is ", &show(&value)].concat());
                observed.insert(name, shown(&value));
            }
            // Of a path there is nothing more to show.
            if !matches!(side.op, Op::Path(_)) {
                self.observe(side, scope, &mut observed);
            }
        }
        let text = code.range.of(self.text);
        let is_itself = matches!(sides[..], [only] if std::ptr::eq(only, code));
        let message = match (seen.is_empty(), is_itself) {
            (true, _) => format!("{text} is {}", !wanted),
            (false, true) => seen.join(", "),
            (false, false) => format!("{text} is {}: {}", !wanted, seen.join(", ")),
        };
        DecidingClause {
            range: code.range,
            message,
            observed,
            candidates: self.candidate(code, wanted, scope).into_iter().collect(),
        }
    }
}

impl DecidingClause<'_> {
    fn distance(&self) -> Option<Decimal> {
        self.candidates.first()?.distance
    }
}

/// Several clauses that decided together; `of` also counts the clauses that are not listed.
fn combined(parts: Vec<DecidingClause<'_>>, of: usize, range: Range) -> DecidingClause<'_> {
    let more = of - parts.len();
    let messages: Vec<&str> = parts.iter().map(|part| part.message.as_str()).collect();
    let mut message = messages.join("; ");
    if more > 0 {
        message.push_str(&format!("; and {more} more"));
    }
    let mut whole = DecidingClause {
        range,
        message,
        observed: Observed::new(),
        candidates: Vec::new(),
    };
    for part in parts {
        whole.observed.extend(part.observed);
        whole.candidates.extend(part.candidates);
    }
    whole
}
