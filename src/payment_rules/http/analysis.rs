//! `GET /v1/payment-rules/analysis`, and the analysis in the answers of saves.

use std::{sync::Arc, time::Instant};

use tokio::sync::Semaphore;

use super::{
    super::{
        Rule, access,
        analysis::{
            self, CartJudge, FindingKind, RuleAnalysis, RuleFinding, RuleWitness, Undecided,
        },
        rulebook::{Rulebook, RulebookCache},
    },
    named_rule::NamedRule,
};
use crate::{
    auth::Websites, clock::Clock, expressions::Span, http::query_parameters::query_parameters,
    ids::RuleId, operation::prelude::*, rate_limit::class,
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

query_parameters! {
    /// Whether the answer to a save includes an analysis.
    Analyze {
        #[doc = " Whether `warnings` also contain the findings of the analysis of the rule against all others; `true` when left\nout. The analysis takes at most a tenth of a second."]
        analyze: Option<bool> = "analyze",
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
    witness: Option<RuleWitness>,
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
    let findings = analysis.findings.into_iter();
    let findings = findings.filter(|it| may_read_all(book, &it.rules, websites));
    let unknown = analysis.unknown.into_iter();
    let unknown = unknown.filter(|it| may_read_all(book, &it.rules, websites));
    let unknown = unknown.map(|Undecided { kind, rules }| UndecidedShown {
        code: kind,
        rules: named(book, &rules),
    });
    AnalysisShown {
        revision: book.revision(),
        rules: rules.count(),
        incomplete: analysis.is_incomplete,
        findings: findings.map(|it| finding_shown(book, it)).collect(),
        unknown: unknown.collect(),
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
    FindingShown {
        code: finding.kind,
        message: finding.message,
        rules: named(book, &finding.rules),
        spans: finding.spans.into_iter().filter_map(span).collect(),
        pointer: finding.pointer,
        witness: finding.witness,
    }
}

/// The result of the analysis of saved rules.
#[derive(Default)]
pub struct SavedAnalysis {
    /// The findings, each with its rule.
    pub warnings: Vec<(RuleId, FieldError)>,
    /// Whether the analysis stopped early because the time was over, or could not be made.
    pub is_incomplete: bool,
}

impl RuleAnalyst {
    /// Analyses saved rules, each against all others, within the time limit for one. Findings about rules that a caller
    /// with these websites may not read are left out. A save does not wait for other analyses.
    pub async fn analyze_saved<'r>(
        &self,
        rules: impl IntoIterator<Item = &'r Rule>,
        Analyze { analyze }: Analyze,
        websites: &Websites,
    ) -> SavedAnalysis {
        let rules = rules.into_iter().filter(|_| analyze.unwrap_or(true));
        let versions: Vec<_> = rules.map(|rule| (rule.id, rule.version)).collect();
        if versions.is_empty() {
            return SavedAnalysis::default();
        }
        let analysis = self.analyze_now(versions, websites.clone()).await;
        analysis.unwrap_or_else(|| SavedAnalysis {
            warnings: Vec::new(),
            is_incomplete: true,
        })
    }

    /// `None` if all places are taken, or if there is no rulebook.
    async fn analyze_now(
        &self,
        versions: Vec<(RuleId, i64)>,
        websites: Websites,
    ) -> Option<SavedAnalysis> {
        let permit = Arc::clone(&self.short).try_acquire_owned().ok()?;
        let book = self.rulebooks.current().ok()?.shared();
        let (judge, now) = (self.judge, self.clock.now());
        let analyze = move || {
            let ends = Instant::now() + analysis::FOR_ONE;
            let mut saved = SavedAnalysis::default();
            for (place, (id, version)) in versions.into_iter().enumerate() {
                let left = ends.saturating_duration_since(Instant::now());
                if place > 0 && left.is_zero() {
                    saved.is_incomplete = true;
                    break;
                }
                let rule = book.find_rule(id);
                let Some(rule) = rule.filter(|it| it.compiled.rule.version == version) else {
                    saved.is_incomplete = true;
                    continue;
                };
                let analysis = analysis::analyze_one(&book, rule.place, judge, now, left);
                saved.is_incomplete |= analysis.is_incomplete;
                let findings = analysis.findings.into_iter();
                let warnings = findings.filter_map(|it| warning(&book, it, &websites));
                saved.warnings.extend(warnings.map(|warning| (id, warning)));
            }
            drop(permit);
            saved
        };
        web::block(analyze).await.ok()
    }
}

/// A finding as a warning. The other warnings about a rule already report its postal patterns.
fn warning(book: &Rulebook, finding: RuleFinding, websites: &Websites) -> Option<FieldError> {
    let kind = finding.kind;
    if kind == FindingKind::PatternNeverMatches || !may_read_all(book, &finding.rules, websites) {
        return None;
    }
    let shown = finding_shown(book, finding);
    let error = FieldError::at(shown.pointer, kind.as_str(), shown.message)
        .with("rules", shown.rules)
        .with("spans", shown.spans);
    Some(match shown.witness {
        Some(witness) => error.with("witness", witness),
        None => error,
    })
}
