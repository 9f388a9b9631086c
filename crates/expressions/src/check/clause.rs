//! Clauses: the smallest parts of an expression that are conditions. A suggested guard is written before a clause.

use super::{Checker, Inferred};
use crate::ast::Node;
use crate::diagnostic::{Finding, Range};

/// A clause that is being checked.
pub(super) struct Clause {
    range: Range,
    /// The value to suggest for the case that the guard does not hold, for the body of a `sum`; `None` if the guard is joined with `and`.
    or_else: Option<&'static str>,
    /// The paths in it that may be null, in the order in which they are read, and the finding about each.
    nullable: Vec<(String, usize)>,
}

impl Clause {
    pub(super) fn new(node: &Node, or_else: Option<&'static str>) -> Self {
        Self {
            range: node.range,
            or_else,
            nullable: Vec::new(),
        }
    }

    /// The clause with a guard written before it.
    fn guarded(&self, text: &str) -> String {
        let nullable = self.nullable.iter();
        let tests: Vec<_> = nullable
            .map(|(path, _)| format!("{path} != null"))
            .collect();
        let guard = tests.join(" and ");
        let clause = self.range.of(text);
        match self.or_else {
            Some(otherwise) => format!("{guard} ? {clause} : {otherwise}"),
            None => format!("{guard} and {clause}"),
        }
    }
}

impl Checker<'_> {
    /// Checks a condition.
    pub(super) fn clause(&mut self, node: &Node) -> Inferred {
        self.within(Clause::new(node, None), |this| this.visit(node))
    }

    /// As [`Checker::clause`], for a caller that adds findings about the clause.
    pub(super) fn within<T>(&mut self, clause: Clause, look: impl FnOnce(&mut Self) -> T) -> T {
        self.clauses.push(clause);
        let inferred = look(self);
        if let Some(clause) = self.clauses.pop() {
            for (_, finding) in &clause.nullable {
                if let Some(finding) = self.findings.get_mut(*finding) {
                    finding.range = clause.range;
                    finding.suggestion = Some(clause.guarded(self.text));
                }
            }
        }
        inferred
    }

    /// Whether a node is the whole of the current clause.
    pub(super) fn is_clause(&self, node: &Node) -> bool {
        self.clauses
            .last()
            .is_some_and(|clause| clause.range == node.range)
    }

    /// Warns about a path that may be null, once per clause.
    pub(super) fn maybe_null(&mut self, path: &str, finding: Finding) {
        let Some(clause) = self.clauses.last_mut() else {
            return;
        };
        if clause.nullable.iter().all(|(known, _)| known != path) {
            clause.nullable.push((path.to_owned(), self.findings.len()));
            self.findings.push(finding);
        }
    }

    /// The range of the current clause, and its text with the range `at` replaced by `text`.
    pub(super) fn clause_with(&self, at: Range, text: &str) -> Option<(Range, String)> {
        let range = self.clauses.last()?.range;
        let is_inside = range.start <= at.start && at.end <= range.end;
        is_inside.then(|| (range, range.with(at, text, self.text)))
    }
}
