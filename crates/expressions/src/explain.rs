//! Why an expression does not hold for a document, in the words of the person who wrote it.
//!
//! The explanation names the clause that decided, not the whole expression: the first operand of an `and` that is false, the
//! first item that fails an `all`. What would have to be otherwise is only said after it was tried: the value is supposed,
//! the whole expression runs again, and if it still does not hold, nothing is promised.

use serde::Serialize;
use utoipa::ToSchema;

use super::ast::{Binary, Quantifier};
use super::change::{Candidate, WouldApplyIf, by_distance, candidate};
use super::compile::{Code, Op, Quantified};
use super::diagnostic::{Range, Span};
use super::error::{ErrorCode, Failure};
use super::eval::{Run, Scope, Scopes, show};
use super::observe::{MAX_OBSERVED, Observed, is_constant, name_of, observe, part_at, shown};
use super::suppose::Supposition;

/// How many alternatives an explanation lists.
const MAX_LISTED: usize = 4;
/// How many items of a list an explanation looks at.
const MAX_ITEMS: u64 = 100;

/// Whether an expression holds for a document, and why not.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What came out.
    pub verdict: Verdict,
    /// A sentence for people.
    #[schema(example = "total <= 1000 is false: total is 1290.50")]
    pub message: String,
    /// The clause that decided.
    pub span: Span,
    /// What the document had where that clause looked; texts shortened.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub observed: Observed,
    /// What would make the whole expression hold, where one value does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_apply_if: Option<WouldApplyIf>,
    /// How it failed, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
}

/// What came out of an expression.
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

/// The clause that decided, on its way out.
struct Decisive<'a> {
    range: Range,
    message: String,
    observed: Observed,
    candidates: Vec<Candidate<'a>>,
}

/// Explains one run. The budget pays for the run and for what is tried to explain it.
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
        Ok(false) => match decide(run, code, true, None) {
            Ok(decisive) => {
                let would_apply_if = proven(run, code, cost, decisive.candidates);
                Explanation {
                    verdict: Verdict::False,
                    message: decisive.message,
                    span: decisive.range.span(run.text),
                    observed: decisive.observed,
                    would_apply_if,
                    error: None,
                }
            }
            // The verdict stands; only the budget was too small to say why.
            Err(failure) => Explanation {
                verdict: Verdict::False,
                error: None,
                ..failed(run, code, &failure)
            },
        },
        Err(failure) => failed(run, code, &failure),
    }
}

fn failed<'a>(run: &mut Run<'_, 'a>, code: &'a Code, failure: &Failure) -> Explanation {
    let mut observed = Observed::new();
    if let Some(part) = part_at(code, failure.range()) {
        observe(run, part, None, &mut observed);
    }
    Explanation {
        verdict: Verdict::Failed,
        message: failure.message().to_owned(),
        span: failure.range().span(run.text),
        observed,
        would_apply_if: None,
        error: Some(failure.code()),
    }
}

/// The first change that, supposed, makes the whole expression hold.
fn proven<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    cost: u64,
    candidates: Vec<Candidate<'a>>,
) -> Option<WouldApplyIf> {
    candidates.into_iter().find_map(|candidate| {
        candidate.proven(code, |supposition| {
            run.spend(cost, code.range).is_ok()
                && matches!(supposing(run, supposition).test(code, None), Ok(true))
        })
    })
}

fn supposing<'r, 'a>(run: &'r mut Run<'_, 'a>, supposition: &'r Supposition<'a>) -> Run<'r, 'a> {
    Run {
        text: run.text,
        root: run.root,
        budget: run.budget,
        supposition: Some(supposition),
    }
}

/// Why `code` is not `wanted`; it was found not to be.
fn decide<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    wanted: bool,
    scope: Scopes<'_, 'a>,
) -> Result<Decisive<'a>, Failure> {
    match &code.op {
        Op::Not(operand) => decide(run, operand, !wanted, scope),
        // One operand is enough to make an `and` false and an `or` true; all are needed otherwise.
        Op::And(all) if wanted => first_against(run, all, wanted, code, scope),
        Op::Or(all) if !wanted => first_against(run, all, wanted, code, scope),
        Op::And(all) | Op::Or(all) => {
            let listed = all.iter().take(MAX_LISTED);
            let parts: Result<Vec<_>, _> = listed
                .map(|operand| decide(run, operand, wanted, scope))
                .collect();
            Ok(together(parts?, all.len(), code.range))
        }
        Op::Choice(choice) => match (&choice.yes, &choice.no) {
            (Some(yes), no) => match (run.test(&choice.condition, scope)?, no) {
                (true, _) => decide(run, yes, wanted, scope),
                (false, Some(no)) => decide(run, no, wanted, scope),
                (false, None) => decide(run, &choice.condition, true, scope),
            },
            (None, Some(no)) if wanted => decide(run, no, wanted, scope),
            _ => Ok(leaf(run, code, wanted, scope)),
        },
        Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
            items(run, code, quantified, wanted, scope)
        }
        _ => Ok(leaf(run, code, wanted, scope)),
    }
}

fn first_against<'a>(
    run: &mut Run<'_, 'a>,
    all: &'a [Code],
    wanted: bool,
    whole: &'a Code,
    scope: Scopes<'_, 'a>,
) -> Result<Decisive<'a>, Failure> {
    for operand in all {
        if run.test(operand, scope)? != wanted {
            return decide(run, operand, wanted, scope);
        }
    }
    Ok(leaf(run, whole, wanted, scope))
}

/// Several clauses that decided together; of very many the first.
fn together(parts: Vec<Decisive<'_>>, of: usize, range: Range) -> Decisive<'_> {
    let more = of - parts.len();
    let messages: Vec<&str> = parts.iter().map(|part| part.message.as_str()).collect();
    let mut message = messages.join("; ");
    if more > 0 {
        message.push_str(&format!("; and {more} more"));
    }
    let mut whole = Decisive {
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

/// Why an `any` or `all` is not what was wanted.
fn items<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    quantified: &'a Quantified,
    wanted: bool,
    scope: Scopes<'_, 'a>,
) -> Result<Decisive<'a>, Failure> {
    let one_decides = (quantified.quantifier == Quantifier::Any) != wanted;
    if one_decides {
        // The first item against: the one that satisfies an unwanted `any`, or fails a wanted `all`.
        if let Some((index, item)) = run.first_item(quantified, !wanted, scope)? {
            let inner = Scope {
                item: &item,
                index,
                list: &quantified.receiver,
                outer: scope,
            };
            return decide(run, &quantified.body, wanted, Some(&inner));
        }
        return Ok(leaf(run, code, wanted, scope));
    }
    let all = run.items_of(quantified, scope)?;
    let mut nearest: Option<Decisive<'a>> = None;
    let mut observed = Observed::new();
    for index in 0..all.len().min(MAX_ITEMS) {
        let item = run.item(quantified, &all, index)?;
        let inner = Scope {
            item: &item,
            index,
            list: &quantified.receiver,
            outer: scope,
        };
        let decisive = decide(run, &quantified.body, wanted, Some(&inner))?;
        if observed.len() < MAX_OBSERVED {
            observed.extend(
                decisive
                    .observed
                    .iter()
                    .map(|(path, value)| (path.clone(), value.clone())),
            );
        }
        let distance = |one: &Decisive<'a>| {
            one.candidates
                .first()
                .and_then(|candidate| candidate.distance)
        };
        let nearer = nearest
            .as_ref()
            .is_none_or(|best| by_distance(distance(&decisive), distance(best)).is_lt());
        if nearer {
            nearest = Some(decisive);
        }
    }
    let (list, body, item) = (
        quantified.receiver.range.of(run.text),
        quantified.body.range.of(run.text),
        &quantified.item,
    );
    let message = match (&nearest, wanted) {
        (None, true) => format!("no {item} satisfies {body}: {list} is empty"),
        (None, false) => format!("every {item} satisfies {body}: {list} is empty"),
        (Some(nearest), true) => {
            format!(
                "none of {} in {list} satisfies {body}: {}",
                all.len(),
                nearest.message
            )
        }
        (Some(nearest), false) => format!(
            "each of {} in {list} satisfies {body}: {}",
            all.len(),
            nearest.message
        ),
    };
    if nearest.is_none() {
        observed.insert(list.to_owned(), "an empty list".into());
    }
    let candidates = nearest
        .map(|nearest| nearest.candidates)
        .unwrap_or_default();
    Ok(Decisive {
        range: code.range,
        message,
        observed,
        candidates,
    })
}

/// A clause that is explained by the values it looked at.
fn leaf<'a>(
    run: &mut Run<'_, 'a>,
    code: &'a Code,
    wanted: bool,
    scope: Scopes<'_, 'a>,
) -> Decisive<'a> {
    let mut seen = Vec::new();
    let sides: Vec<&'a Code> = match &code.op {
        Op::Compare(comparison) => vec![&comparison.left, &comparison.right],
        Op::Among(among) => vec![&among.subject],
        Op::Matches(subject, _) => vec![subject],
        Op::Fold(first, rest) if matches!(&rest[..], [link] if matches!(link.operator, Binary::In | Binary::NotIn)) =>
        {
            vec![first, &rest[0].operand]
        }
        _ => vec![code],
    };
    let mut observed = Observed::new();
    for side in sides.iter().filter(|side| !is_constant(side)) {
        if let Ok(value) = run.eval(side, scope) {
            let name = name_of(side, run.text, scope);
            seen.push(format!("{name} is {}", show(&value)));
            observed.insert(name, shown(&value));
        }
        observe(run, side, scope, &mut observed);
    }
    let text = code.range.of(run.text);
    let is_itself = matches!(sides[..], [only] if std::ptr::eq(only, code));
    let message = match (seen.is_empty(), is_itself) {
        (true, _) => format!("{text} is {}", !wanted),
        (false, true) => seen.join(", "),
        (false, false) => format!("{text} is {}: {}", !wanted, seen.join(", ")),
    };
    let candidates = candidate(run, code, wanted, scope).into_iter().collect();
    Decisive {
        range: code.range,
        message,
        observed,
        candidates,
    }
}
