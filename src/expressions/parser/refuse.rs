//! What to write instead.

use super::Parser;
use crate::expressions::ast::{Node, NodeKind};
use crate::expressions::diagnostic::{Finding, Range, nearest};
use crate::expressions::lexer::Token;

impl Parser<'_> {
    /// Something follows a complete expression.
    pub(super) fn no_operator(&self, left: &Node) -> Finding {
        let found = self.range.of(self.text);
        let suggestion = match &self.token {
            Token::Word(word) => match word.to_lowercase().as_str() {
                "and" => Some("and"),
                "or" => Some("or"),
                "not" => Some("not in"),
                "in" => Some("in"),
                "matches" | "like" | "regexp" | "startswith" | "starts" | "endswith" | "ends" => {
                    Some("matches")
                }
                "is" | "equals" | "eq" => Some("="),
                "xor" | "ne" => Some("!="),
                "contains" => Some("in"),
                "between" => Some("in 1..9"),
                _ => None,
            },
            _ => None,
        };
        let message = match (&self.token, suggestion) {
            (Token::Word("contains"), _) => {
                "`contains` is not an operator here: write `value in list`, or `text matches '/part/'`".into()
            }
            (_, Some(ours)) => format!("`{found}` is not an operator here: write `{ours}`"),
            (Token::Sign(")" | "]" | "}"), _) => format!("`{found}` closes nothing"),
            (Token::Sign(":"), _) => "`:` belongs behind `?`".into(),
            _ if matches!(&left.kind, NodeKind::Name(name) if name.text.eq_ignore_ascii_case("if")) => {
                "write `condition ? value : other`".into()
            }
            _ => format!("an operator such as `and` is expected before `{found}`"),
        };
        let code = if suggestion.is_some() {
            "unknown_operator"
        } else {
            "unexpected"
        };
        Finding::error(code, self.range, message).suggesting_if(suggestion.map(str::to_owned))
    }
}

pub(super) fn unknown_method(method: &str, range: Range) -> Finding {
    let (message, suggestion) = match method.to_ascii_lowercase().as_str() {
        "count" | "length" | "size" => ("write `count(list)`".to_owned(), Some("count")),
        "filter" | "some" | "exists" | "contains" => {
            ("write `list.any(condition)`".to_owned(), Some("any"))
        }
        "every" => ("write `list.all(condition)`".to_owned(), Some("all")),
        _ => (
            format!("there is no `{method}(…)` on values; there are any, all and sum"),
            nearest(method, ["any", "all", "sum"]),
        ),
    };
    Finding::error("unknown_method", range, message).suggesting_if(suggestion.map(str::to_owned))
}
