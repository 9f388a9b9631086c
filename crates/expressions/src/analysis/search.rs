//! The search for a document: assigns to each attribute in turn a value of each of its cells.

mod document;

use super::atom::{Term, term_of};
use super::formula::{Formula, Guard, Outcomes};
use super::space::{Chain, Space, Variables};
use super::variable::Variable;
use crate::budget::Budget;
use crate::expression::Expression;
use document::{Document, Posted};

/// The result of a search.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Such a document exists.
    Found(Witness),
    /// No such document exists.
    Nothing,
    /// The search could not decide.
    Unknown,
}

/// A document that was found. The evaluator has confirmed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The document as JSON, numbers with all their digits.
    pub json: String,
}

/// The number of steps that several searches may take together.
pub struct Steps<'s> {
    left: u64,
    is_over: &'s dyn Fn() -> bool,
}

/// The number of steps between two checks of the time limit.
const STEPS_BETWEEN_LOOKS: u64 = 256;

impl<'s> Steps<'s> {
    /// A limit of `most` evaluations of atoms.
    pub fn new(most: u64) -> Self {
        Self::until(most, &|| false)
    }

    /// A limit of `most` evaluations that also ends when `is_over` returns true.
    pub fn until(most: u64, is_over: &'s dyn Fn() -> bool) -> Self {
        Self {
            left: most,
            is_over,
        }
    }

    /// Whether the steps are used up.
    pub fn are_over(&self) -> bool {
        self.left == 0
    }

    fn take(&mut self, steps: u64) {
        let before = self.left / STEPS_BETWEEN_LOOKS;
        self.left = self.left.saturating_sub(steps);
        if self.left / STEPS_BETWEEN_LOOKS != before && (self.is_over)() {
            self.left = 0;
        }
    }
}

impl Space {
    /// Searches for a document of this space that meets a condition.
    pub fn find(&self, formula: &Formula<'_>, steps: &mut Steps<'_>) -> Answer {
        let mut variables = self.variables();
        let mut guarded = Vec::new();
        let question = compile(formula, &mut variables, &mut guarded);
        for variable in &mut variables.all {
            variable.divide();
        }
        let mut search = Search {
            question: &question,
            formula,
            variables: &variables.all,
            document: Document::new(self.root(), &variables.all, &guarded),
            steps,
            is_unsure: false,
        };
        match search.run() {
            Some(witness) => Answer::Found(witness),
            None if search.is_unsure => Answer::Unknown,
            None => Answer::Nothing,
        }
    }
}

/// A formula with the structure of its expressions.
enum Question<'f> {
    All(Vec<Question<'f>>),
    Any(Vec<Question<'f>>),
    Outcome(Term<'f>, Outcomes),
    Guard(&'f dyn Guard, bool),
}

/// The chains of the attributes that guards read, by their paths.
type Guarded = Vec<(&'static str, Chain)>;

fn compile<'f>(
    formula: &Formula<'f>,
    variables: &mut Variables<'_>,
    guarded: &mut Guarded,
) -> Question<'f> {
    let mut all = |parts: &[Formula<'f>]| {
        let parts = parts.iter();
        parts
            .map(|part| compile(part, variables, guarded))
            .collect()
    };
    match formula {
        Formula::All(parts) => Question::All(all(parts)),
        Formula::Any(parts) => Question::Any(all(parts)),
        Formula::Outcome(expression, outcomes) => {
            Question::Outcome(term_of(expression, variables), *outcomes)
        }
        Formula::Guard(guard, wanted) => {
            for path in guard.reads() {
                if guarded.iter().all(|(known, _)| known != path)
                    && let Some(chain) = variables.named(path)
                {
                    guarded.push((path, chain));
                }
            }
            Question::Guard(*guard, *wanted)
        }
    }
}

/// What is known of a question while not every attribute has a value.
enum Known {
    Yes,
    No,
    /// It depends on this attribute; `None` if no further attribute can decide it.
    Open(Option<usize>),
}

struct Search<'q, 's, 'l> {
    question: &'q Question<'q>,
    formula: &'q Formula<'q>,
    variables: &'q [Variable<'q>],
    document: Document<'q>,
    steps: &'s mut Steps<'l>,
    /// Whether the search skipped a part that may contain a document.
    is_unsure: bool,
}

impl<'q> Search<'q, '_, '_> {
    fn run(&mut self) -> Option<Witness> {
        if self.steps.are_over() {
            self.is_unsure = true;
            return None;
        }
        let mut asked = 1;
        let known = known(self.question, &self.document, &mut asked);
        self.steps.take(asked);
        match known {
            Known::No => None,
            Known::Yes | Known::Open(None) => self.confirmed(),
            Known::Open(Some(variable)) => {
                self.is_unsure |= !self.variables[variable].is_complete;
                for cell in 0..self.variables[variable].cells.len() {
                    self.document.assign(variable, Some(cell));
                    if let Some(found) = self.run() {
                        return Some(found);
                    }
                }
                self.document.assign(variable, None);
                None
            }
        }
    }

    /// The current document as a witness, if the evaluator confirms that it meets the condition.
    fn confirmed(&mut self) -> Option<Witness> {
        let given = self.document.give_always_given();
        let is_met = is_met(self.formula, &self.document);
        let witness = is_met.then(|| Witness {
            json: self.document.to_json(),
        });
        for variable in given {
            self.document.assign(variable, None);
        }
        self.is_unsure |= witness.is_none();
        witness
    }
}

fn known(question: &Question<'_>, document: &Document<'_>, asked: &mut u64) -> Known {
    match question {
        Question::All(parts) => known_of_parts(parts, false, document, asked),
        Question::Any(parts) => known_of_parts(parts, true, document, asked),
        Question::Outcome(term, wanted) => {
            let possible = document.possible(term, asked);
            if !possible.outcomes.meets(*wanted) {
                Known::No
            } else if possible.outcomes.without(*wanted) == Outcomes::NONE {
                Known::Yes
            } else {
                Known::Open(possible.waits_for)
            }
        }
        Question::Guard(guard, wanted) => {
            *asked += 1;
            match guard.holds(document) {
                Ok(holds) => Known::from(holds == *wanted),
                Err(unassigned) => Known::Open(Some(unassigned.0)),
            }
        }
    }
}

impl From<bool> for Known {
    fn from(holds: bool) -> Self {
        match holds {
            true => Known::Yes,
            false => Known::No,
        }
    }
}

/// What is known of several questions of which one with the answer `decisive` is enough. An open question depends on the
/// first attribute that one of its parts depends on.
fn known_of_parts(
    parts: &[Question<'_>],
    decisive: bool,
    document: &Document<'_>,
    asked: &mut u64,
) -> Known {
    let mut open: Option<Option<usize>> = None;
    for part in parts {
        match known(part, document, asked) {
            Known::Open(variable) => open = Some(open.flatten().or(variable)),
            Known::Yes if decisive => return Known::Yes,
            Known::No if !decisive => return Known::No,
            Known::Yes | Known::No => {}
        }
    }
    open.map_or(Known::from(!decisive), Known::Open)
}

/// Whether the document meets the formula according to the evaluator. Attributes without a value count as missing.
fn is_met(formula: &Formula<'_>, document: &Document<'_>) -> bool {
    match formula {
        Formula::All(parts) => parts.iter().all(|part| is_met(part, document)),
        Formula::Any(parts) => parts.iter().any(|part| is_met(part, document)),
        Formula::Outcome(expression, wanted) => {
            outcome(expression, document).is_some_and(|outcome| wanted.meets(outcome))
        }
        Formula::Guard(guard, wanted) => {
            let holds = guard.holds(&Posted(document));
            holds.is_ok_and(|holds| holds == *wanted)
        }
    }
}

/// The outcome of the expression; `None` if it exceeds the budget.
fn outcome(expression: &Expression, document: &Document<'_>) -> Option<Outcomes> {
    let mut budget = Budget::default();
    match expression.holds(document.record(), &mut budget) {
        Ok(true) => Some(Outcomes::TRUE),
        Ok(false) => Some(Outcomes::FALSE),
        Err(error) if error.code == crate::ErrorCode::BudgetExceeded => None,
        Err(_) => Some(Outcomes::FAILURE),
    }
}
