//! `onterms test-rules --file FILE`: runs the tests of an exported file against the rules in it, with no database.
//!
//! Shops use it to test their rules before they import them.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{
    auth::Websites,
    checkout::rule_tests::{FailedRuleTest, explain, passes},
    clock::Clock,
    payment_rules::read_offline,
};

#[derive(Args)]
pub struct TestRulesArgs {
    /// What `GET /v1/payment-rules/export` returned.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    Text,
    Json,
}

/// The result of a test.
#[derive(Serialize)]
#[serde(untagged)]
enum TestResult {
    Passed { name: String, passed: bool },
    Failed(Failed),
}

#[derive(Serialize)]
struct Failed {
    passed: bool,
    #[serde(flatten)]
    why: FailedRuleTest,
}

#[derive(Serialize)]
struct TestReport {
    tests: Vec<TestResult>,
    passed: usize,
    failed: usize,
}

/// Exits with 1 when a test fails, and with 2 when the file cannot be used.
pub fn run(args: &TestRulesArgs) -> ExitCode {
    let done = report(&args.file, &Clock::system()).and_then(|report| {
        let printed = print(&report, args.format);
        printed.map_err(|error| format!("cannot write the results: {error}"))?;
        Ok(report.failed)
    });
    super::tested("test-rules", done)
}

fn report(file: &Path, clock: &Clock) -> Result<TestReport, String> {
    let text =
        std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let now = clock.now();
    let (book, tests) = read_offline(&text, now).map_err(|problem| {
        let mut reason = format!("{}: {problem}", file.display());
        for error in problem.errors() {
            let pointer = error.pointer.as_deref().unwrap_or_default();
            reason.push_str(&format!("\n  {pointer}: {}", error.message));
        }
        reason
    })?;
    let result = |test| match passes(test, &book, now) {
        true => TestResult::Passed {
            name: test.name.clone(),
            passed: true,
        },
        false => TestResult::Failed(Failed {
            passed: false,
            why: explain(test, &book, now, Some(&Websites::All)),
        }),
    };
    let tests: Vec<TestResult> = tests.iter().map(result).collect();
    let is_failed = |it: &&TestResult| matches!(it, TestResult::Failed(_));
    let failed = tests.iter().filter(is_failed).count();
    Ok(TestReport {
        passed: tests.len() - failed,
        failed,
        tests,
    })
}

fn print(report: &TestReport, format: OutputFormat) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if format == OutputFormat::Json {
        serde_json::to_writer_pretty(&mut out, report)?;
        return writeln!(out);
    }
    for test in &report.tests {
        match test {
            TestResult::Passed { name, .. } => writeln!(out, "ok    {name}")?,
            TestResult::Failed(Failed { why, .. }) => {
                writeln!(out, "FAIL  {}", why.name)?;
                writeln!(out, "      {}", why.message)?;
                for line in why.reasons() {
                    writeln!(out, "      {line}")?;
                }
            }
        }
    }
    let (tests, passed, failed) = (report.tests.len(), report.passed, report.failed);
    writeln!(out, "{tests} tests: {passed} passed, {failed} failed")
}
