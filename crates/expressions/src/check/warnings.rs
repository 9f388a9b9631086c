//! Warnings about values that may be null and about expressions that may not mean what was intended.

use super::{Checker, Inferred};
use crate::ast::{Binary, ChainLink, Node, NodeKind, Unary, operands};
use crate::diagnostic::{Finding, Range};
use crate::guard;

impl Checker<'_> {
    pub(super) fn not_null(&mut self, inferred: &Inferred, node: &Node) {
        let (owner, path) = (node.range.of(self.text), guard::spelled(node));
        self.not_null_at(inferred, path.as_deref(), owner, node.range);
    }

    /// Warns about a path that may be null where null makes the expression fail.
    pub(super) fn not_null_at(
        &mut self,
        inferred: &Inferred,
        path: Option<&str>,
        owner: &str,
        range: Range,
    ) {
        let Some(path) = path.filter(|_| inferred.nullable) else {
            return;
        };
        if self.present.iter().any(|known| known == path) {
            return;
        }
        let message = format!(
            "`{owner}` may be null, and then the expression fails: ask first, with `{owner} != null and …`"
        );
        self.maybe_null(path, Finding::warning("maybe_null", range, message));
    }

    pub(super) fn precedence(&mut self, first: &Node, rest: &[ChainLink], range: Range) {
        let rank = rest.first().map_or(0, |link| link.operator.rank());
        if (16..=40).contains(&rank) {
            self.tight_not(first, range);
        }
        if rank == Binary::Equal.rank() && rest.len() > 1 {
            let message =
                "this compares the result of a comparison: join two comparisons with `and`";
            let parts = self.two_comparisons(first, rest);
            let finding = Finding::warning("chained_comparison", range, message);
            self.findings.push(finding.suggesting_if(parts));
        }
        if rank == Binary::Plus.rank() {
            for operand in operands(first, rest) {
                let NodeKind::Chain {
                    first: joined,
                    rest: parts,
                } = &operand.kind
                else {
                    continue;
                };
                let [.., last] = &parts[..] else { continue };
                if last.operator == Binary::Concat && !operand.enclosed {
                    let message = "`~` binds tighter than `+` and `-`: put the sum in parentheses";
                    let is_first = std::ptr::eq(operand, first);
                    let sum = match is_first {
                        true => last.operand.range.to(range),
                        false => range.to(joined.range),
                    };
                    let enclosed = format!("({})", sum.of(self.text));
                    let enclosed = range.with(sum, &enclosed, self.text);
                    let finding = Finding::warning("concat_precedence", range, message);
                    self.findings.push(finding.suggesting(enclosed));
                }
            }
        }
    }

    /// `a < b < c` as two comparisons.
    fn two_comparisons(&self, first: &Node, rest: &[ChainLink]) -> Option<String> {
        let [one, other] = rest else { return None };
        let left = first.range.to(one.operand.range).of(self.text);
        let right = one.operand.range.to(other.operand.range).of(self.text);
        Some(format!("{left} and {right}"))
    }

    pub(super) fn tight_not(&mut self, first: &Node, whole: Range) {
        let NodeKind::Unary {
            operator: Unary::Not,
            operand,
        } = &first.kind
        else {
            return;
        };
        if first.enclosed {
            return;
        }
        let negated = operand.range.to(whole).of(self.text);
        let message = format!(
            "`not` binds tighter than the comparison: this means `(not {}) …`",
            operand.range.of(self.text)
        );
        let finding = Finding::warning("tight_not", whole, message);
        self.findings
            .push(finding.suggesting(format!("not ({negated})")));
    }
}
