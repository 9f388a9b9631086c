//! `GET /v1/payment-rules/analysis`, and the analysis in the answers of saves.

use std::{sync::Arc, time::Instant};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use super::{
    super::{
        Rule, access,
        analysis::{self, CartJudge, FindingKind, RuleAnalysis, RuleFinding, Undecided},
        rulebook::{Rulebook, RulebookCache},
    },
    named_rule::NamedRule,
};
use crate::{
    auth::Websites,
    clock::Clock,
    expressions::Span,
    ids::RuleId,
    operation::{RequestQuery, prelude::*},
    rate_limit::class,
};

/// Runs analyses on blocking threads, a few at a time; app data.
pub struct RuleAnalyst {
    judge: CartJudge,
    rulebooks: RulebookCache,
    clock: Clock,
    /// Limits the analyses of all rules, which may take seconds.
    long: Arc<Semaphore>,
    /// Limits the analyses of one rule, for which the caller waits.
    short: Arc<Semaphore>,
}

impl RuleAnalyst {
    /// Allows as many long analyses as half the cores, and as many short ones as cores.
    pub fn new(judge: CartJudge, rulebooks: RulebookCache, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        RuleAnalyst {
            judge,
            rulebooks,
            clock,
            long: Arc::new(Semaphore::new((cores / 2).max(1))),
            short: Arc::new(Semaphore::new(cores)),
        }
    }
}

/// Whether the answer to a save includes an analysis: `?analyze=`.
pub struct Analyze(bool);

/// Describes the query parameter that [`Analyze`] reads, for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Analyze` reads")]
pub struct AnalyzeParameter {
    /// Whether `warnings` also contain the findings of the analysis of the rule against all others; `true` when left
    /// out. The analysis takes at most a tenth of a second.
    #[param(required = false)]
    analyze: bool,
}

impl RequestQuery for Analyze {
    fn read(query: &mut Query) -> Self {
        Analyze(query.value("analyze").unwrap_or(true))
    }
}

/// A part of an expression of one of the rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleSpan)]
struct RuleSpan {
    /// The rule's id.
    #[schema(example = "rule_01h455vb4pex5vsknk084sn02q")]
    rule: String,
    #[serde(flatten)]
    span: Span,
}

/// A cart that shows a finding. Checkout has judged it; it can be sent to `/v1/payment-rules/evaluate` as it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleWitness)]
struct Witness {
    /// The cart; amounts are texts.
    #[schema(value_type = Object)]
    cart: Box<RawValue>,
    /// The moment at which dates are judged.
    at: DateTime<Utc>,
}

/// A proven finding about a rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleFinding)]
struct FindingShown {
    /// What kind of finding it is.
    code: FindingKind,
    /// A sentence for people.
    message: String,
    /// The rule that the finding is about, and then the rules that cause it.
    rules: Vec<NamedRule>,
    /// The expressions, or parts of them, that the finding is about.
    spans: Vec<RuleSpan>,
    /// RFC 6901 pointer to the part of the first rule that the finding is about; empty for the whole rule.
    #[schema(example = "/expression")]
    pointer: String,
    /// Present with `always_true`, `shadowed`, `duplicate` and `may_fail`. A disabled rule is judged as if it were
    /// enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Witness>,
}

/// A question that could not be decided, for instance because of a pattern, a loop or a calculation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UndecidedRuleFinding)]
struct UndecidedShown {
    /// What could not be decided.
    code: FindingKind,
    /// The rule that the question is about, and then the rules that could be the cause.
    rules: Vec<NamedRule>,
}

/// The findings about the rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleAnalysis)]
struct AnalysisShown {
    /// The revision of the rules, methods and settings that were analysed.
    #[schema(example = 17)]
    revision: i64,
    /// How many rules were analysed.
    #[schema(example = 12)]
    rules: usize,
    /// Whether the analysis stopped early because the time was over or there were too many findings.
    incomplete: bool,
    /// The findings in the order of their rules, at most 2,000.
    findings: Vec<FindingShown>,
    /// The questions that could not be decided: such a finding is neither claimed nor denied.
    unknown: Vec<UndecidedShown>,
}

type MayAnalyze = scope::Filtered<scope::CountedAs<scope::RulesRead, class::Evaluate>>;

/// Analyse the payment rules
///
/// Every finding is proven: it holds for every possible cart, or comes with a cart that shows it. `never_true` and
/// `always_true` are about carts that the rule's currency, websites and destinations let through and whose total is
/// positive. A question that cannot be decided is listed in `unknown`. Takes at most two seconds.
#[utoipa::path(
    responses((status = 200, description = "What was found.", body = AnalysisShown)),
)]
#[get("/v1/payment-rules/analysis")]
pub async fn analyze_payment_rules(
    read: Read<MayAnalyze>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let websites = read.caller.websites().clone();
    let place = Arc::clone(&analyst.long).acquire_owned().await;
    let place = place.map_err(Problem::internal)?;
    let book = analyst.rulebooks.current()?.shared();
    let (judge, now) = (analyst.judge, analyst.clock.now());
    let analyze = move || {
        let analysis = analysis::analyze(&book, judge, now, analysis::FOR_ALL);
        drop(place);
        shown(&book, analysis, &websites)
    };
    let shown = web::block(analyze).await.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().json(shown))
}

/// The part of an analysis that a caller bound to these websites may read.
fn shown(book: &Rulebook, analysis: RuleAnalysis, websites: &Websites) -> AnalysisShown {
    let rules = book.rules().iter();
    let rules = rules.filter(|rule| access::may_read(&rule.compiled.rule, websites));
    let unknown = analysis.unknown.into_iter();
    AnalysisShown {
        revision: book.revision(),
        rules: rules.count(),
        incomplete: analysis.is_incomplete,
        findings: analysis
            .findings
            .into_iter()
            .filter(|finding| may_read_all(book, &finding.rules, websites))
            .map(|finding| finding_shown(book, finding))
            .collect(),
        unknown: unknown
            .filter(|undecided| may_read_all(book, &undecided.rules, websites))
            .map(|Undecided { kind, rules }| UndecidedShown {
                code: kind,
                rules: named(book, &rules),
            })
            .collect(),
    }
}

fn may_read_all(book: &Rulebook, places: &[usize], websites: &Websites) -> bool {
    let rules = book.rules();
    let may_read = |place: &usize| {
        let rule = rules.get(*place);
        rule.is_some_and(|rule| access::may_read(&rule.compiled.rule, websites))
    };
    places.iter().all(may_read)
}

fn named(book: &Rulebook, places: &[usize]) -> Vec<NamedRule> {
    let rules = places.iter().filter_map(|place| book.rules().get(*place));
    rules
        .map(|rule| NamedRule::from(&rule.compiled.rule))
        .collect()
}

fn finding_shown(book: &Rulebook, finding: RuleFinding) -> FindingShown {
    let span = |(place, span): (usize, Span)| {
        let rule = book.rules().get(place)?;
        Some(RuleSpan {
            rule: rule.compiled.rule.id.to_string(),
            span,
        })
    };
    let witness = finding.witness.and_then(|witness| {
        Some(Witness {
            cart: RawValue::from_string(witness.cart).ok()?,
            at: witness.at,
        })
    });
    FindingShown {
        code: finding.kind,
        message: finding.message,
        rules: named(book, &finding.rules),
        spans: finding.spans.into_iter().filter_map(span).collect(),
        pointer: finding.pointer,
        witness,
    }
}

/// The result of the analysis of a saved rule.
#[derive(Default)]
pub struct SavedAnalysis {
    pub warnings: Vec<FieldError>,
    /// Whether the analysis stopped early because the time was over.
    pub is_incomplete: bool,
}

/// Whether a save is followed by an analysis of its rule.
pub enum SaveAnalysis<'a> {
    None,
    OfRule {
        analyst: &'a RuleAnalyst,
        /// The caller's websites: findings about rules that the caller may not read are left out.
        websites: &'a Websites,
    },
}

impl<'a> SaveAnalysis<'a> {
    pub fn of_rule(
        Analyze(is_wanted): Analyze,
        analyst: &'a RuleAnalyst,
        websites: &'a Websites,
    ) -> Self {
        match is_wanted {
            true => SaveAnalysis::OfRule { analyst, websites },
            false => SaveAnalysis::None,
        }
    }

    /// Analyses a saved rule against all others. Incomplete if the rulebook does not have this version of the rule.
    pub async fn of(self, rule: &Rule) -> SavedAnalysis {
        let SaveAnalysis::OfRule { analyst, websites } = self else {
            return SavedAnalysis::default();
        };
        let unknown = SavedAnalysis {
            warnings: Vec::new(),
            is_incomplete: true,
        };
        let one = [(rule.id, rule.version)];
        let found = analyze_each(analyst, websites, one.to_vec()).await;
        found
            .and_then(|mut found| found.pop())
            .map_or(unknown, |(_, analysis)| analysis)
    }

    /// Analyses saved rules, each against all others, within the time limit for one. Returns the findings with their
    /// rules, and whether the analysis is incomplete.
    pub async fn of_all(self, rules: &[Rule]) -> (Vec<(RuleId, FieldError)>, bool) {
        let SaveAnalysis::OfRule { analyst, websites } = self else {
            return (Vec::new(), false);
        };
        let ids: Vec<_> = rules.iter().map(|rule| (rule.id, rule.version)).collect();
        let Some(found) = analyze_each(analyst, websites, ids).await else {
            return (Vec::new(), !rules.is_empty());
        };
        let is_incomplete = found.len() < rules.len() || found.iter().any(|it| it.1.is_incomplete);
        let warnings = found.into_iter().flat_map(|(id, analysis)| {
            let warnings = analysis.warnings.into_iter();
            warnings.map(move |warning| (id, warning))
        });
        (warnings.collect(), is_incomplete)
    }
}

/// Analyses rules in these versions until the time limit for one rule is over. A save does not wait for other analyses:
/// `None` if all places are taken, or if there is no rulebook.
async fn analyze_each(
    analyst: &RuleAnalyst,
    websites: &Websites,
    rules: Vec<(RuleId, i64)>,
) -> Option<Vec<(RuleId, SavedAnalysis)>> {
    let permit = Arc::clone(&analyst.short).try_acquire_owned().ok()?;
    let book = analyst.rulebooks.current().ok()?.shared();
    let (judge, now, websites) = (analyst.judge, analyst.clock.now(), websites.clone());
    let analyze = move || {
        let ends = Instant::now() + analysis::FOR_ONE;
        let mut found = Vec::new();
        for (id, version) in rules {
            let left = ends.saturating_duration_since(Instant::now());
            let rule = book.find_rule(id);
            let Some(rule) = rule.filter(|it| it.compiled.rule.version == version) else {
                continue;
            };
            if left.is_zero() && !found.is_empty() {
                break;
            }
            let analysis = analysis::analyze_one(&book, rule.place, judge, now, left);
            found.push((id, as_warnings(&book, analysis, &websites)));
        }
        drop(permit);
        found
    };
    web::block(analyze).await.ok()
}

fn as_warnings(book: &Rulebook, analysis: RuleAnalysis, websites: &Websites) -> SavedAnalysis {
    // The other warnings about a rule already report its postal patterns.
    let is_new = |finding: &RuleFinding| finding.kind != FindingKind::PatternNeverMatches;
    let findings = analysis.findings.into_iter().filter(is_new);
    let warnings = findings
        .filter(|finding| may_read_all(book, &finding.rules, websites))
        .map(|finding| {
            let code = finding.kind.as_str();
            let shown = finding_shown(book, finding);
            let error = FieldError::at(shown.pointer, code, shown.message)
                .with("rules", shown.rules)
                .with("spans", shown.spans);
            match shown.witness {
                Some(witness) => error.with("witness", witness),
                None => error,
            }
        });
    SavedAnalysis {
        warnings: warnings.collect(),
        is_incomplete: analysis.is_incomplete,
    }
}
