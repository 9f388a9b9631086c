//! Splits text into tokens.
//!
//! Every word is one token: the parser decides whether `in` is an operator or an attribute, so `matchesTotal` is a name and
//! `a in[5]` is understood. Operators of other languages are errors that say what to write instead.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::diagnostic::{Finding, Range};
use super::number;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Number(Decimal),
    Text(Cow<'t, str>),
    Word(&'t str),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// Longest first, so that the first match is the right one.
const SIGNS: [&str; 31] = [
    "**", "..", "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ",", ".", "?",
    ":", "+", "-", "*", "/", "%", "~", "=", "<", ">", "!", "&", "^", "|",
];

/// Operators of other languages, and what to write instead.
const FOREIGN: [(&str, &str); 26] = [
    ("===", "="),
    ("!==", "!="),
    ("<=>", "<"),
    ("<>", "!="),
    ("=>", ">="),
    ("??", "?:"),
    ("?.[", "["),
    ("?.", "."),
    ("!.", "."),
    ("->", "."),
    ("=~", "matches"),
    ("×", "*"),
    ("÷", "/"),
    ("−", "-"),
    ("–", "-"),
    ("∧", "and"),
    ("∨", "or"),
    ("¬", "not "),
    ("∈", "in"),
    ("∉", "not in"),
    (":=", "="),
    ("//", ""),
    ("/*", ""),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
];

#[derive(Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and its range; [`Token::End`] at the end of the text.
    pub(super) fn next(&mut self) -> Result<(Token<'t>, Range), Finding> {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{b}', '\u{c}']);
        self.at = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, Range::new(self.at, self.at)));
        };
        match first {
            '0'..='9' => self.number(rest),
            '"' | '\'' => self.quoted(rest, first),
            _ if starts_name(first) => {
                let length = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
                Ok((Token::Word(&rest[..length]), self.advance(length)))
            }
            _ => self.sign(rest, first),
        }
    }

    fn advance(&mut self, length: usize) -> Range {
        let start = self.at;
        self.at += length;
        Range::new(start, self.at)
    }

    fn number(&mut self, rest: &'t str) -> Result<(Token<'t>, Range), Finding> {
        let length = number_length(rest);
        let range = self.advance(length);
        let digits = &rest[..length];
        let tail = rest[length..].chars().next();
        if let Some(tail) = tail.filter(|next| starts_name(*next)) {
            let whole = rest.find(|c| !continues_name(c) && c != '.');
            let whole = whole.unwrap_or(rest.len());
            let message = format!(
                "a number cannot be followed by `{tail}`: write plain digits, with a blank before a word"
            );
            let range = Range::new(range.start, range.start + whole);
            let plain = number::read_scientific(&rest[..whole]).ok();
            let plain = plain.map(|number| number.normalize().to_string());
            return Err(Finding::error("bad_number", range, message).suggesting_if(plain));
        }
        // Expressions may have leading zeros, but `number::read` rejects them.
        let significant = digits.trim_start_matches('0');
        let padded = if significant.starts_with(|c: char| c.is_ascii_digit()) {
            significant
        } else {
            &digits[digits.len() - significant.len() - 1..]
        };
        let number = number::read_scientific(padded).map_err(|_| {
            let message = "a number can have at most 28 digits";
            Finding::error("number_too_long", range, message)
        })?;
        Ok((Token::Number(number), range))
    }

    fn quoted(&mut self, rest: &'t str, quote: char) -> Result<(Token<'t>, Range), Finding> {
        let mut escaped = false;
        let mut has_escapes = false;
        for (index, c) in rest.char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                (escaped, has_escapes) = (true, true);
            } else if c == quote {
                let inner = &rest[1..index];
                let text = if has_escapes {
                    Cow::Owned(unescape(inner))
                } else {
                    Cow::Borrowed(inner)
                };
                return Ok((Token::Text(text), self.advance(index + 1)));
            }
        }
        let range = self.advance(rest.len());
        let message = format!("the text that begins here has no closing {quote}");
        Err(Finding::error("unterminated_text", range, message).closed_by(quote))
    }

    fn sign(&mut self, rest: &'t str, first: char) -> Result<(Token<'t>, Range), Finding> {
        if let Some((foreign, ours)) = FOREIGN
            .iter()
            .find(|(foreign, _)| rest.starts_with(foreign))
        {
            if ours.is_empty() {
                return Err(self.comment(rest));
            }
            let range = self.advance(foreign.len());
            let message = format!("`{foreign}` is not an operator here: write `{ours}`");
            return Err(Finding::error("unknown_operator", range, message).suggesting(*ours));
        }
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            return Ok((Token::Sign(sign), self.advance(sign.len())));
        }
        if first == '#' {
            return Err(self.comment(rest));
        }
        let range = self.advance(first.len_utf8());
        let unknown = |message: &str| Finding::error("unknown_character", range, message);
        Err(match first {
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '`' => {
                let finding = unknown("texts stand in straight quotes");
                let is_quote = |c: char| "“”„‘’«»`\"'".contains(c);
                let inner = &rest[first.len_utf8()..];
                let Some(end) = inner.find(is_quote) else {
                    return Err(finding);
                };
                let closing = inner[end..].chars().next().map_or(0, char::len_utf8);
                finding
                    .at(Range::new(range.start, range.end + end + closing))
                    .suggesting(format!("'{}'", &inner[..end]))
            }
            '$' => unknown("names are written without `$`").suggesting(""),
            '\0' => unknown("the character U+0000 cannot stand in an expression"),
            _ if first.is_whitespace() => {
                unknown("this blank is not a plain one: write a space").suggesting(" ")
            }
            _ => unknown(&format!("`{}` means nothing here", first.escape_debug())),
        })
    }

    /// Skips a comment to the end of its line, or to its closing sign, and reports it.
    fn comment(&mut self, rest: &str) -> Finding {
        let length = match rest.starts_with("/*") {
            true => rest.find("*/").map(|end| end + 2),
            false => rest.find(['\r', '\n']),
        };
        let range = self.advance(length.unwrap_or(rest.len()));
        let message = "the language has no comments: leave this out";
        Finding::error("no_comments", range, message).suggesting("")
    }
}

fn starts_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

pub(super) fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_alphanumeric() || unicode_mark(c)
}

/// Combining marks and joiners inside names of scripts that need them.
fn unicode_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

/// The length of the number at the start of `rest`, in bytes: digits, an optional fraction, an optional exponent with a
/// sign.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits_from = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut length = digits_from(0);
    if bytes.get(length) == Some(&b'.') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
        length += 1 + digits_from(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E'))
        && matches!(bytes.get(length + 1), Some(b'+' | b'-'))
    {
        let exponent = digits_from(length + 2);
        if exponent > 0 {
            length += 2 + exponent;
        }
    }
    length
}

/// Replaces known escapes by their character and keeps unknown ones, so that `'/^\d+$/'` keeps its backslash.
fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(same @ ('\\' | '"' | '\'')) => text.push(same),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
        let mut lexer = Lexer::new(text);
        let mut all = Vec::new();
        loop {
            match lexer.next() {
                Ok((Token::End, _)) => return Ok(all),
                Ok((token, _)) => all.push(token),
                Err(finding) => return Err(finding.code),
            }
        }
    }

    #[test]
    fn a_range_is_not_a_fraction() {
        let number = |n: i64| Token::Number(Decimal::from(n));
        assert_eq!(
            tokens("1..20"),
            Ok(vec![number(1), Token::Sign(".."), number(20)])
        );
        assert_eq!(tokens("007"), Ok(vec![number(7)]));
        assert_eq!(tokens("000"), Ok(vec![number(0)]));
        assert_eq!(
            tokens("00.50"),
            Ok(vec![Token::Number(Decimal::new(50, 2))])
        );
    }

    #[test]
    fn an_operator_word_inside_a_name_is_a_name() {
        assert_eq!(
            tokens("matchesTotal in[a]"),
            Ok(vec![
                Token::Word("matchesTotal"),
                Token::Word("in"),
                Token::Sign("["),
                Token::Word("a"),
                Token::Sign("]"),
            ])
        );
    }

    #[test]
    fn unknown_escapes_keep_their_backslash() {
        assert_eq!(
            tokens(r#"'/^\d+$/' "a\"b\\c\n""#),
            Ok(vec![
                Token::Text(r"/^\d+$/".into()),
                Token::Text("a\"b\\c\n".into()),
            ])
        );
    }

    #[test]
    fn what_cannot_be_a_token_says_why() {
        for (text, code) in [
            ("1e3", "bad_number"),
            ("0x1F", "bad_number"),
            ("1_000", "bad_number"),
            ("99999999999999999999999999999", "number_too_long"),
            ("'open", "unterminated_text"),
            ("'open\\'", "unterminated_text"),
            ("a === b", "unknown_operator"),
            ("a := b", "unknown_operator"),
            ("a <> b", "unknown_operator"),
            ("a ?? b", "unknown_operator"),
            ("a // b", "no_comments"),
            ("# a", "no_comments"),
            ("“a”", "unknown_character"),
            ("a\u{a0}= 1", "unknown_character"),
            ("a @ b", "unknown_character"),
        ] {
            assert_eq!(tokens(text), Err(code), "{text}");
        }
    }
}
