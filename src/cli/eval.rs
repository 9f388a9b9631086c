//! `onterms eval --cases FILE`: evaluates expressions over contexts and prints the results.
//!
//! Shops use it to test their rules before they save them. The file may contain expected results. A context is a free
//! document: every top-level key is a name, and any other name fails. Standard output has one JSON line for each case,
//! standard error has a summary.

use std::{collections::BTreeMap, io::Write, path::Path, process::ExitCode};

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::expressions::{Budget, Expression, Record, Unreadable, decimal_from_json, read_free};

/// One expression, its context, and the expected result.
#[derive(Debug, Deserialize)]
pub struct Case<'f> {
    /// Repeated in the output.
    pub id: String,
    expression: Option<String>,
    #[serde(borrow)]
    context: Option<&'f RawValue>,
    #[serde(borrow)]
    expect: Option<Expect<'f>>,
    compare: Option<String>,
    /// The case records a quirk of the original; its result may differ.
    #[serde(default)]
    pub php_quirk: bool,
}

#[derive(Debug, Deserialize)]
struct Expect<'f> {
    #[serde(borrow, default)]
    value: Option<&'f RawValue>,
    error: Option<String>,
    truthy: Option<bool>,
    #[serde(default)]
    skipped: bool,
}

/// The result of a case.
#[derive(Debug, PartialEq)]
pub struct CaseOutcome {
    /// `{"value": …}` or `{"error": …}`, as JSON.
    pub outcome: String,
    /// Whether a rule with this expression would apply.
    pub truthy: bool,
    /// Whether the result is the expected one; true when none is given.
    pub ok: bool,
}

/// Runs the cases of a file and prints the results. Exits 1 when a case without `php_quirk` disagrees, 2 when the file
/// cannot be used.
pub fn run(cases: &Path) -> ExitCode {
    super::tested("eval", report_file(cases))
}

/// Prints the results of a file, and returns the number of cases that disagree.
fn report_file(cases: &Path) -> Result<usize, String> {
    let name = cases.display();
    let text =
        std::fs::read_to_string(cases).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let summary = report(&text, &mut out).map_err(|reason| format!("{name}: {reason}"))?;
    out.flush().map_err(unwritable)?;
    eprintln!("{}", summary.sentence());
    Ok(summary.disagreeing)
}

fn unwritable(error: std::io::Error) -> String {
    format!("cannot write the results: {error}")
}

/// The number of cases, by result.
#[derive(Debug, Default, PartialEq)]
pub struct Summary {
    /// All cases.
    pub cases: usize,
    /// Cases without `php_quirk` whose outcome is not the expected one.
    pub disagreeing: usize,
    /// Cases with `php_quirk` whose outcome is not the recorded one.
    pub quirks: usize,
    failed: Vec<String>,
}

impl Summary {
    fn sentence(&self) -> String {
        let agreeing = self.cases - self.disagreeing - self.quirks;
        let mut sentence = format!(
            "{} cases: {agreeing} agree, {} disagree",
            self.cases, self.disagreeing
        );
        if self.quirks > 0 {
            let quirks = self.quirks;
            sentence += &format!(", {quirks} differ where the case is marked php_quirk");
        }
        if !self.failed.is_empty() {
            sentence += &format!("; disagreeing: {}", self.failed.join(", "));
        }
        sentence
    }
}

/// Runs the cases in the text of a file and writes a JSON line for each.
///
/// # Errors
/// A sentence that says why the text is no list of cases, or why a line cannot be written.
pub fn report(text: &str, out: &mut impl Write) -> Result<Summary, String> {
    let cases: Vec<Case<'_>> = serde_json::from_str(text)
        .map_err(|error| format!("this is not a JSON array of cases: {error}"))?;
    let mut summary = Summary {
        cases: cases.len(),
        ..Summary::default()
    };
    for case in &cases {
        let CaseOutcome {
            outcome,
            truthy,
            ok,
        } = case
            .run()
            .map_err(|reason| format!("case {}: {reason}", case.id))?;
        let id = Value::from(case.id.as_str());
        let line = format!(r#"{{"id":{id},"outcome":{outcome},"truthy":{truthy},"ok":{ok}}}"#);
        writeln!(out, "{line}").map_err(unwritable)?;
        if !ok && case.php_quirk {
            summary.quirks += 1;
        } else if !ok {
            summary.disagreeing += 1;
            summary.failed.push(case.id.clone());
        }
    }
    Ok(summary)
}

impl Case<'_> {
    /// Runs the case.
    ///
    /// # Errors
    /// A sentence, when the context is no object.
    pub fn run(&self) -> Result<CaseOutcome, String> {
        let context = self.context.map_or("{}", RawValue::get);
        let document = read_free(context).map_err(|error| match error {
            Unreadable::Malformed { message, .. } => message,
            Unreadable::Wrong(_) => "its context is not an object".into(),
        })?;
        let text = self.expression.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            // No expression at all: the rule is kept.
            let expect = self.expect.as_ref();
            let ok = expect
                .is_none_or(|expect| expect.skipped || expect.agrees(Ok("true"), true, false));
            return Ok(CaseOutcome {
                outcome: r#"{"value":true}"#.into(),
                truthy: true,
                ok,
            });
        }
        Ok(self.judged(text, &document))
    }

    fn judged(&self, text: &str, document: &Record<'_>) -> CaseOutcome {
        let (result, truthy) = match Expression::parse_free(text) {
            Err(_) => (Err("syntax"), false),
            Ok(expression) => match expression.evaluate(document, &mut Budget::default()) {
                Err(_) => (Err("runtime"), false),
                Ok(value) => {
                    let mut json = String::new();
                    value.write_json(&mut json);
                    (Ok(json), value.truthy())
                }
            },
        };
        let loosely = self.compare.as_deref() == Some("truthy");
        let seen = result.as_deref().map_err(|error| *error);
        let expect = self.expect.as_ref();
        let ok = expect.is_none_or(|expect| expect.agrees(seen, truthy, loosely));
        let outcome = match &result {
            Ok(json) => format!(r#"{{"value":{json}}}"#),
            Err(error) => format!(r#"{{"error":"{error}"}}"#),
        };
        CaseOutcome {
            outcome,
            truthy,
            ok,
        }
    }
}

impl Expect<'_> {
    fn agrees(&self, seen: Result<&str, &str>, truthy: bool, loosely: bool) -> bool {
        if self.truthy.is_some_and(|expected| expected != truthy) || self.skipped {
            return false;
        }
        match (&self.error, seen) {
            // Rejecting a text earlier than the original has the same effect: the rule does not apply.
            (Some(error), Err(seen)) => seen == error || (error == "runtime" && seen == "syntax"),
            _ if loosely => true,
            (Some(_), Ok(_)) => false,
            (None, Ok(seen)) => self.value.is_none_or(|value| same_json(value.get(), seen)),
            (None, Err(_)) => self.value.is_none() && self.truthy.is_some(),
        }
    }
}

/// Whether two JSON texts have the same value, with a relative tolerance of 1e-9 for numbers.
fn same_json(one: &str, other: &str) -> bool {
    if let (Some(one), Some(other)) = (decimal_from_json(one), decimal_from_json(other)) {
        return nearly(one, other);
    }
    match one.as_bytes().first() {
        Some(b'[') => both::<Vec<&RawValue>>(one, other).is_some_and(|(one, other)| {
            let mut pairs = one.iter().zip(&other);
            one.len() == other.len() && pairs.all(|(one, other)| same_json(one.get(), other.get()))
        }),
        Some(b'{') => {
            both::<BTreeMap<String, &RawValue>>(one, other).is_some_and(|(one, other)| {
                let is_same = |(key, value): (&String, &&RawValue)| {
                    let other = other.get(key);
                    other.is_some_and(|other| same_json(value.get(), other.get()))
                };
                one.len() == other.len() && one.iter().all(is_same)
            })
        }
        _ => both::<Value>(one, other).is_some_and(|(one, other)| one == other),
    }
}

fn both<'j, T: Deserialize<'j>>(one: &'j str, other: &'j str) -> Option<(T, T)> {
    let read = |json: &'j str| serde_json::from_str(json).ok();
    read(one).zip(read(other))
}

fn nearly(one: Decimal, other: Decimal) -> bool {
    let largest = one.abs().max(other.abs());
    let tolerance = largest.checked_mul(Decimal::new(1, 9)).unwrap_or_default();
    one.checked_sub(other)
        .is_some_and(|difference| difference.abs() <= tolerance)
}
