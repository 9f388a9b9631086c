//! Syntax errors with suggested corrections.

use super::Parser;
use crate::diagnostic::{Finding, Range, nearest};
use crate::lexer::Token;
use crate::pattern::{containing, ending, like, starting};

/// Operators of other languages in lower case, and the operator of this language.
const WORDS: [(&str, &str); 22] = [
    ("and", "and"),
    ("or", "or"),
    ("in", "in"),
    ("matches", "matches"),
    ("regexp", "matches"),
    ("rlike", "matches"),
    ("is", "="),
    ("equals", "="),
    ("equal", "="),
    ("eq", "="),
    ("xor", "!="),
    ("isnt", "!="),
    ("ne", "!="),
    ("neq", "!="),
    ("gt", ">"),
    ("gte", ">="),
    ("ge", ">="),
    ("lt", "<"),
    ("lte", "<="),
    ("le", "<="),
    ("mod", "%"),
    ("div", "/"),
];

/// A comparison in the syntax of another language: its range, and suggested replacements.
type Foreign = (Range, Vec<String>);

impl<'t> Parser<'t> {
    /// The error for a token that follows a complete expression.
    pub(super) fn no_operator(&self) -> Finding {
        let found = self.range.of(self.text);
        if let Some((range, written)) = self.foreign() {
            let message = match written.first() {
                Some(ours) => format!("`{found}` is not an operator here: write `{ours}`"),
                None => format!("`{found}` is not an operator here"),
            };
            return Finding::error("unknown_operator", range, message).suggesting_one_of(written);
        }
        let message = match &self.token {
            Token::Sign(")" | "]" | "}") => format!("`{found}` closes nothing"),
            Token::Sign(":") => "`:` belongs behind `?`".into(),
            _ if self.operand.of(self.text).eq_ignore_ascii_case("if") => {
                "write `condition ? value : other`".into()
            }
            _ => format!("an operator such as `and` is expected before `{found}`"),
        };
        let finding = Finding::error("unexpected", self.range, message);
        match self.listed() {
            Some((range, list)) => finding.at(range).suggesting(list),
            None => finding,
        }
    }

    /// The error for `not` between two values without `in`.
    pub(super) fn no_operator_after_not(&self, not: Range) -> Finding {
        let message = "`not` stands before a condition, or as `not in` between two values";
        let finding = Finding::error("unexpected", not, message);
        match &self.token {
            Token::Word(word) if word.eq_ignore_ascii_case("in") => {
                finding.at(not.to(self.range)).suggesting("not in")
            }
            Token::Word("matches") => {
                let pattern = self.following().into_iter().next();
                let whole = pattern.map(|(_, pattern)| self.operand.to(pattern));
                match whole {
                    Some(range) => {
                        let left = self.operand.of(self.text);
                        let right = self.range.to(range).of(self.text);
                        let negated = format!("not ({left} {right})");
                        finding.at(range).suggesting(negated)
                    }
                    None => finding,
                }
            }
            _ => match self.foreign() {
                Some((range, written)) => finding
                    .at(range)
                    .suggesting_one_of(written.iter().map(|ours| format!("not ({ours})"))),
                None => finding.suggesting("not in"),
            },
        }
    }

    /// The operator of another language at the current token, and the operator to write instead.
    fn foreign(&self) -> Option<Foreign> {
        let Token::Word(word) = &self.token else {
            return None;
        };
        let lower = word.to_lowercase();
        let subject = self.operand.of(self.text);
        let behind = self.following();
        let whole = |last: Range| self.operand.to(last);
        let text_behind = |skipped: usize| match behind.get(skipped) {
            Some((Token::Text(text), range)) => Some((text.to_string(), *range)),
            _ => None,
        };
        let searched = |spelt: fn(&str) -> String, skipped: usize| {
            let (part, range) = text_behind(skipped)?;
            let written = vec![format!("{subject} matches {}", spelt(&part))];
            Some((whole(range), written))
        };
        let with = usize::from(matches!(behind.first(), Some((Token::Word("with"), _))));
        let spelt = match lower.as_str() {
            "contains" | "includes" | "has" => {
                let (_, range) = behind.first()?;
                let value = range.of(self.text);
                let found = searched(containing, 0);
                let (range, mut written) = found.unwrap_or((whole(*range), Vec::new()));
                written.push(format!("{value} in {subject}"));
                Some((range, written))
            }
            "startswith" | "starts" | "beginswith" => searched(starting, with),
            "endswith" | "ends" => searched(ending, with),
            "like" | "ilike" => searched(like, 0),
            "between" => match &behind[..] {
                [(_, low), (Token::Word(and), _), (_, high), ..]
                    if and.eq_ignore_ascii_case("and") =>
                {
                    let (from, to) = (low.of(self.text), high.of(self.text));
                    let written = vec![format!("({subject} >= {from} and {subject} <= {to})")];
                    Some((whole(*high), written))
                }
                _ => None,
            },
            _ => None,
        };
        spelt.or_else(|| self.replaced(&lower, &behind))
    }

    /// An operator of another language of one or two words, and the operator to write instead.
    fn replaced(&self, lower: &str, behind: &[(Token<'t>, Range)]) -> Option<Foreign> {
        let next = |expected: &str| match behind.first() {
            Some((Token::Word(word), range)) if word.eq_ignore_ascii_case(expected) => Some(*range),
            _ => None,
        };
        let (ours, last) = match lower {
            "is" if next("not").is_some() => ("!=", next("not")),
            "is" if next("in").is_some() => ("in", next("in")),
            "not" if next("in").is_some() => ("not in", next("in")),
            "equal" | "equals" if next("to").is_some() => ("=", next("to")),
            _ => {
                let (_, ours) = WORDS.iter().find(|(word, _)| *word == lower)?;
                (*ours, None)
            }
        };
        let range = last.map_or(self.range, |last| self.range.to(last));
        Some((range, vec![ours.to_owned()]))
    }

    /// The next four tokens, which are enough to recognize an operator of another language.
    fn following(&self) -> Vec<(Token<'t>, Range)> {
        let mut lexer = self.lexer.clone();
        std::iter::from_fn(|| lexer.next().ok())
            .take_while(|(token, _)| *token != Token::End)
            .take(4)
            .collect()
    }

    /// `in 'A', 'B'`: suggests the brackets that the list lacks.
    fn listed(&self) -> Option<(Range, String)> {
        let mut lexer = self.lexer.clone();
        let (mut token, mut end) = (self.token.clone(), None);
        while token == Token::Sign(",") {
            let (Token::Text(_) | Token::Number(_), range) = lexer.next().ok()? else {
                return None;
            };
            end = Some(range);
            token = lexer.next().ok()?.0;
        }
        let range = self.operand.to(end?);
        Some((range, format!("[{}]", range.of(self.text))))
    }

    /// The error for a list in the wrong brackets; the current token is one of its commas, or its end.
    pub(super) fn wrong_brackets(&self, opened: Range, closing: &str) -> Finding {
        let message = "a list stands in square brackets, such as `['A', 'B']`";
        let mut lexer = self.lexer.clone();
        let mut next = Some((self.token.clone(), self.range));
        let (mut depth, mut closed) = (0, None);
        while let Some((token, range)) = next {
            match token {
                Token::End => break,
                Token::Sign(sign) if sign == closing && depth == 0 => {
                    closed = Some(range);
                    break;
                }
                Token::Sign("(" | "[" | "{") => depth += 1,
                Token::Sign(")" | "]" | "}") => depth -= 1,
                _ => {}
            }
            next = lexer.next().ok();
        }
        let Some(closed) = closed else {
            return Finding::error("unexpected", self.range, message);
        };
        let items = opened.gap(closed).of(self.text).trim();
        Finding::error("unexpected", opened.to(closed), message).suggesting(format!("[{items}]"))
    }

    /// The error for a call of an unknown method; the current token is its opening bracket.
    pub(super) fn unknown_method(&self, receiver: Range, method: &str, range: Range) -> Finding {
        let lower = method.to_ascii_lowercase();
        let named = match lower.as_str() {
            "filter" | "some" | "exists" => Some("any"),
            "every" => Some("all"),
            _ => nearest(method, ["any", "all", "sum"]),
        };
        let new = |message: String| Finding::error("unknown_method", range, message);
        if let Some(ours) = named {
            let finding = new(format!(
                "there is no `{method}(…)` on values: write `list.{ours}(condition)`"
            ));
            return finding.suggesting(ours);
        }
        let (argument, end) = self.argument();
        let value = receiver.of(self.text);
        let part = match &argument[..] {
            [(Token::Text(text), _)] => Some(text.as_ref()),
            _ => None,
        };
        let matched =
            |spelt: fn(&str) -> String| part.map(|part| format!("{value} matches {}", spelt(part)));
        let among = || match (argument.first(), argument.last()) {
            (Some((_, first)), Some((_, last))) => {
                Some(format!("{} in {value}", first.to(*last).of(self.text)))
            }
            _ => None,
        };
        let (message, written) = match lower.as_str() {
            "count" | "length" | "size" => (
                "write `count(list)`".to_owned(),
                vec![Some(format!("count({value})"))],
            ),
            "contains" | "includes" | "has" => (
                "write `value in list`, or `text matches '/part/'`".to_owned(),
                vec![matched(containing), among()],
            ),
            "startswith" | "beginswith" => (
                "write `text matches '/^part/'`".to_owned(),
                vec![matched(starting)],
            ),
            "endswith" => (
                "write `text matches '/part$/'`".to_owned(),
                vec![matched(ending)],
            ),
            _ => {
                let message =
                    format!("there is no `{method}(…)` on values; there are any, all and sum");
                return new(message);
            }
        };
        new(message)
            .at(receiver.to(end))
            .suggesting_one_of(written.into_iter().flatten())
    }

    /// The tokens inside the bracket that opens at the current token, and the range of the closing one.
    fn argument(&self) -> (Vec<(Token<'t>, Range)>, Range) {
        let mut lexer = self.lexer.clone();
        let (mut tokens, mut depth) = (Vec::new(), 0);
        while let Ok((token, range)) = lexer.next() {
            match token {
                Token::Sign(")") if depth == 0 => return (tokens, range),
                Token::End => break,
                Token::Sign("(") => depth += 1,
                Token::Sign(")") => depth -= 1,
                _ => {}
            }
            tokens.push((token, range));
        }
        (Vec::new(), self.range)
    }
}
