//! Clauses: the smallest parts that are conditions of their own, so that a guard can stand before them.

use super::{Checker, Seen};
use crate::ast::Node;
use crate::diagnostic::{Finding, Range};

/// A clause that is being looked at.
pub(super) struct Clause {
    range: Range,
    /// What stands in the place of the clause where a guard does not hold.
    or_else: Option<&'static str>,
    /// What may be null in it, in the order in which it is looked into, and which finding says so.
    nullable: Vec<(String, usize)>,
}

impl Clause {
    /// A condition.
    pub(super) fn condition(node: &Node) -> Self {
        Self {
            range: node.range,
            or_else: None,
            nullable: Vec::new(),
        }
    }

    /// What `sum` adds.
    pub(super) fn summand(node: &Node) -> Self {
        Self {
            or_else: Some("0"),
            ..Self::condition(node)
        }
    }

    /// The clause with a guard before it.
    fn guarded(&self, text: &str) -> String {
        let tests = self
            .nullable
            .iter()
            .map(|(path, _)| format!("{path} != null"));
        let guard = tests.collect::<Vec<_>>().join(" and ");
        let clause = self.range.of(text);
        match self.or_else {
            Some(otherwise) => format!("{guard} ? {clause} : {otherwise}"),
            None => format!("{guard} and {clause}"),
        }
    }
}

impl Checker<'_> {
    /// Looks at a clause.
    pub(super) fn clause(&mut self, node: &Node, clause: fn(&Node) -> Clause) -> Seen {
        self.within(clause(node), |this| this.visit(node))
    }

    /// As [`Checker::clause`], for a caller that has more to say of it.
    pub(super) fn within<T>(&mut self, clause: Clause, look: impl FnOnce(&mut Self) -> T) -> T {
        self.clauses.push(clause);
        let seen = look(self);
        if let Some(clause) = self.clauses.pop() {
            for (_, finding) in &clause.nullable {
                if let Some(finding) = self.findings.get_mut(*finding) {
                    finding.range = clause.range;
                    finding.suggestion = Some(clause.guarded(self.text));
                }
            }
        }
        seen
    }

    /// Whether a node is the whole of the clause that is looked at.
    pub(super) fn is_clause(&self, node: &Node) -> bool {
        self.clauses
            .last()
            .is_some_and(|clause| clause.range == node.range)
    }

    /// Warns once a clause of each path that may be null there.
    pub(super) fn maybe_null(&mut self, path: &str, finding: Finding) {
        let Some(clause) = self.clauses.last_mut() else {
            return;
        };
        if clause.nullable.iter().all(|(known, _)| known != path) {
            clause.nullable.push((path.to_owned(), self.findings.len()));
            self.findings.push(finding);
        }
    }

    /// The clause that is looked at with another text at a place in it, and where it stands.
    pub(super) fn clause_with(&self, at: Range, text: &str) -> Option<(Range, String)> {
        let range = self.clauses.last()?.range;
        let before = Range {
            end: at.start,
            ..range
        };
        let behind = Range {
            start: at.end,
            ..range
        };
        let whole = format!("{}{text}{}", before.of(self.text), behind.of(self.text));
        (range.start <= at.start && at.end <= range.end).then_some((range, whole))
    }
}
