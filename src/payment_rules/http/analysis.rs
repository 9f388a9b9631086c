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

/// Runs analyses beside the threads that serve, a few at once; app data.
pub struct RuleAnalyst {
    judge: CartJudge,
    rulebooks: RulebookCache,
    clock: Clock,
    /// For the analysis of all rules, which may take seconds.
    long: Arc<Semaphore>,
    /// For that of one rule, which its caller waits for.
    short: Arc<Semaphore>,
}

impl RuleAnalyst {
    /// Half the cores for long analyses, as many places as cores for short ones.
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

/// Whether a save is answered with an analysis: `?analyze=`.
pub struct Analyze(bool);

/// What [`Analyze`] reads, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Analyze` reads")]
pub struct AnalyzeParameter {
    /// Whether `warnings` also tell what the analysis of the rule against all others found; `true` when left out. It takes at
    /// most a tenth of a second.
    #[param(required = false)]
    analyze: bool,
}

impl RequestQuery for Analyze {
    fn read(query: &mut Query) -> Self {
        Analyze(query.flag("analyze").unwrap_or(true))
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

/// Something peculiar about a rule, which is certain.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleFinding)]
struct FindingShown {
    /// What kind of finding it is.
    code: FindingKind,
    /// A sentence for people.
    message: String,
    /// The rule it is about, and then the rules that make it so.
    rules: Vec<NamedRule>,
    /// The expressions, or parts of them, that it is about.
    spans: Vec<RuleSpan>,
    /// RFC 6901 pointer to what in the first rule it is about; empty for the whole rule.
    #[schema(example = "/expression")]
    pointer: String,
    /// There with `always_true`, `shadowed`, `duplicate` and `may_fail`. Of a rule that is off it is judged as if the rule
    /// were on.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Witness>,
}

/// A question that could not be answered, because of a pattern, a loop or a calculation for instance.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UndecidedRuleFinding)]
struct UndecidedShown {
    /// What could not be decided.
    code: FindingKind,
    /// The rule it is about, and then those that could make it so.
    rules: Vec<NamedRule>,
}

/// What is peculiar about the rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleAnalysis)]
struct AnalysisShown {
    /// Of the rules, methods and settings that were analysed.
    #[schema(example = 17)]
    revision: i64,
    /// How many rules were analysed.
    #[schema(example = 12)]
    rules: usize,
    /// Whether the time was over before everything was looked at, or there was too much to say.
    incomplete: bool,
    /// In the order of their rules, at most 2,000.
    findings: Vec<FindingShown>,
    /// What could not be decided. It is neither claimed nor denied.
    unknown: Vec<UndecidedShown>,
}

type MayAnalyze = scope::Filtered<scope::CountedAs<scope::RulesRead, class::Evaluate>>;

/// Analyse the payment rules
///
/// Every finding is certain: it holds for every cart there can be, or comes with a cart that shows it. `never_true` and
/// `always_true` speak of carts that the rule's currency, websites and destinations let through and whose total is positive.
/// What cannot be decided is `unknown`. Takes at most two seconds.
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

/// The part of an analysis that a caller may read.
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

/// What the analysis says of a rule that was saved.
#[derive(Default)]
pub struct SavedAnalysis {
    pub warnings: Vec<FieldError>,
    /// Whether the time was over before everything was looked at.
    pub is_incomplete: bool,
}

/// Whether a save is followed by an analysis of its rule.
pub enum SaveAnalysis<'a> {
    None,
    OfRule {
        analyst: &'a RuleAnalyst,
        /// Of the caller, who gets only the rules that it may read.
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

    /// Analyses a rule as it was saved against all others, once the rulebook has it.
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

    /// Analyses rules as they were saved, each against all others, in the time for one. Each finding comes with its rule; the
    /// flag is whether not all were looked at.
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

/// Analyses rules in these versions, as many as the time for one is enough for. A save does not wait for others: `None` without
/// a place, or without a rulebook.
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
    // Patterns are named by the other warnings.
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
