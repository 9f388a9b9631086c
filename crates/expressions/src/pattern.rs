//! The pattern of `matches`: a delimited literal such as `'/^flat_rate/i'`.
//!
//! It is compiled when the expression is parsed. The engine matches in time linear in the length of the subject. The
//! syntax is PCRE's: small differences between PCRE and the engine are translated, and features that cannot be matched
//! in linear time are rejected with a message that names an alternative. Letters, digits and classes are Unicode's.

mod literal;
mod translate;

use regex::{Regex, RegexBuilder};

pub(super) use literal::{containing, ending, like, starting};
use translate::Translation;

/// The maximum size of a compiled pattern in bytes; nested repetitions exceed it.
const MAX_BYTES: usize = 1 << 20;
const MAX_NESTING: u32 = 64;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    matcher: Matcher,
}

/// The matcher of a pattern; patterns of plain letters need no regex engine.
#[derive(Debug)]
enum Matcher {
    Prefix(String),
    Contains(String),
    Regex(Regex),
}

impl Pattern {
    /// Compiles a literal with its delimiters and flags.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub(super) fn compile(literal: &str) -> Result<Self, String> {
        let (body, flags) = split(literal)?;
        let flags = flags_of(flags)?;
        let matcher = match plain(body, flags) {
            Some(matcher) => matcher,
            None => Matcher::Regex(build(body, flags)?),
        };
        Ok(Self {
            source: literal.to_owned(),
            matcher,
        })
    }

    /// Whether the pattern is found in the subject.
    pub(super) fn is_match(&self, subject: &str) -> bool {
        match &self.matcher {
            Matcher::Prefix(prefix) => subject.starts_with(prefix.as_str()),
            Matcher::Contains(part) => subject.contains(part.as_str()),
            Matcher::Regex(regex) => regex.is_match(subject),
        }
    }

    /// The literal that the pattern was compiled from.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// A text that matches; `None` if there is no simple one.
    pub(super) fn example(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Prefix(text) | Matcher::Contains(text) => Some(text),
            Matcher::Regex(_) => None,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    lines: bool,
    dot_takes_newlines: bool,
    spaced: bool,
}

fn flags_of(letters: &str) -> Result<Flags, String> {
    let mut flags = Flags::default();
    for flag in letters.chars() {
        match flag {
            'i' => flags.ignore_case = true,
            'm' => flags.lines = true,
            's' => flags.dot_takes_newlines = true,
            'x' => flags.spaced = true,
            'u' => {}
            _ => {
                return Err(format!(
                    "the flag `{flag}` after the pattern is not known: use i, m, s, u or x"
                ));
            }
        }
    }
    Ok(flags)
}

/// The part between the delimiters, and the flags after them.
fn split(literal: &str) -> Result<(&str, &str), String> {
    const HOW: &str = "write the pattern between delimiters, such as '/^B/' or '#^B#i'";
    let literal = literal.trim_start();
    let open = literal.chars().next();
    let open = open.ok_or_else(|| format!("the pattern is empty: {HOW}"))?;
    if open.is_alphanumeric() || matches!(open, '\\' | '\0') || !open.is_ascii() {
        let message = "the pattern does not begin with a delimiter";
        return Err(format!("{message}: {HOW}"));
    }
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        same => same,
    };
    let mut depth = 0_usize;
    let mut escaped = false;
    for (index, c) in literal.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == close && depth == 0 {
            return Ok((&literal[1..index], &literal[index + 1..]));
        } else if c == close {
            depth -= 1;
        } else if c == open {
            depth += 1;
        }
    }
    Err(format!("the pattern has no closing `{close}`: {HOW}"))
}

fn plain(body: &str, flags: Flags) -> Option<Matcher> {
    if flags.ignore_case || flags.lines || flags.spaced {
        return None;
    }
    let (letters, matcher): (_, fn(String) -> Matcher) = match body.strip_prefix('^') {
        Some(letters) => (letters, Matcher::Prefix),
        None => (body, Matcher::Contains),
    };
    let is_plain = |c: char| c.is_alphanumeric() || "_- @,:;".contains(c);
    let is_literal = !letters.is_empty() && letters.chars().all(is_plain);
    is_literal.then(|| matcher(letters.to_owned()))
}

fn build(body: &str, flags: Flags) -> Result<Regex, String> {
    let translated = Translation::of(body, flags)?;
    RegexBuilder::new(&translated)
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.lines)
        .dot_matches_new_line(flags.dot_takes_newlines)
        .ignore_whitespace(flags.spaced)
        .size_limit(MAX_BYTES)
        .dfa_size_limit(MAX_BYTES)
        .nest_limit(MAX_NESTING)
        .build()
        .map_err(|error| refusal(&error))
}

fn refusal(error: &regex::Error) -> String {
    const TOO_LARGE: &str =
        "the pattern is too large: repeat less, or do not repeat what is repeated already";
    match error {
        regex::Error::CompiledTooBig(_) => TOO_LARGE.into(),
        regex::Error::Syntax(text) => {
            let mut lines = text.lines().rev();
            let reason = lines.find_map(|line| line.trim().strip_prefix("error: "));
            let reason = reason.unwrap_or("it cannot be read");
            if reason.contains("nest limit") {
                return format!("the pattern is nested more than {MAX_NESTING} deep");
            }
            if reason.contains("too big") || reason.contains("size limit") {
                return TOO_LARGE.into();
            }
            format!("the pattern cannot be used: {reason}")
        }
        other => format!("the pattern cannot be used: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_pcre_means() {
        for (pattern, subject, matches) in [
            ("/^B/", "B-1", true),
            ("/^B/", "AB", false),
            ("/b/", "abc", true),
            ("#world$#i", "Hello World", true),
            ("{^H}", "Hello", true),
            ("(^H(e)l)", "Hello", true),
            ("~^Hello\\s+World$~", "Hello  World", true),
            ("/a\\/b/", "a/b", true),
            ("/^\\d+$/", "42", true),
            ("/^\\d+$/", "42\n", true),
            ("/^\\d+$/", "42\n\n", false),
            ("/^\\d+\\z/", "42\n", false),
            ("/^b$/m", "a\nb\nc", true),
            ("/a.b/", "a\nb", false),
            ("/a.b/s", "a\nb", true),
            ("/a b # comment\n/x", "ab", true),
            ("/[a b]/x", " ", true),
            ("/müller/iu", "MÜLLER", true),
            ("/^..$/", "ÄÖ", true),
            ("/^\\p{Han}+/u", "日本語", true),
            ("/[[]/", "[", true),
            ("/[]a]+/", "]", true),
            ("/[&&~~--]/", "&", true),
            ("/[[:digit:]]{2}/", "42", true),
            ("/a{,2}/", "a{,2}", true),
            ("/{x}/", "{x}", true),
            ("/^a{2}$/", "aa", true),
            ("/a(?#note)b/", "ab", true),
            ("/\\h\\R/", " \r\n", true),
            ("/\\<a\\>/", "<a>", true),
            ("/(?m)^b$/", "a\nb\nc", true),
            ("/^b$(?m)/", "a\nb\nc", false),
            ("/(?m:^b$)/", "a\nb\nc", true),
            ("/(?m:a)$/", "a\nb", false),
            ("/(?:(?m)^b$)/", "a\nb\nc", true),
            ("/(?:(?m)a)$/", "a\nb", false),
            ("/((?m)a(b)$)/", "ab\nc", true),
            ("/(?m)(?-m)a$/", "a\nb", false),
            ("/(?-m)a$/m", "a\nb", false),
            ("/(?i)B/", "b", true),
            ("/(?im)^B$/", "a\nb\nc", true),
            ("/(?<name>b)$/", "b\n", true),
            ("/(?x)[a b] c/", " c", true),
            ("/(?x: a )[ ]/", "a ", true),
            ("/^a\\vb$/", "a\u{2028}b", true),
            ("/^a[\\v]b$/", "a\nb", true),
            ("/^a\\Vb$/", "a\nb", false),
            ("/^a\\Hb$/", "a\tb", false),
            ("/^\\012$/", "\n", true),
            ("/^\\0$/", "\0", true),
            ("/^\\0079$/", "\u{7}9", true),
            ("/^\\08$/", "\u{0}8", true),
            ("/[\\012]/", "\n", true),
            (
                "/^(?:(?:a+)+c|a+b)$/",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
                true,
            ),
            ("//", "anything", true),
        ] {
            let compiled =
                Pattern::compile(pattern).unwrap_or_else(|refusal| panic!("{pattern}: {refusal}"));
            assert_eq!(
                compiled.is_match(subject),
                matches,
                "{pattern} on {subject:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_done_in_linear_time_is_refused_with_a_way_out() {
        for (pattern, word) in [
            ("/a(?=b)/", "look-around"),
            ("/(?<!a)b/", "look-around"),
            ("/(a)\\1/", "back-reference"),
            ("/a++b/", "possessive"),
            ("/(?>a)b/", "atomic"),
            ("/(?R)/", "recursive"),
            ("/((((a{1000}){1000}){1000}){1000})/", "too large"),
            ("/(\\w{1000}){1000}/", "too large"),
            ("/[/", "class"),
            ("/(/", "unclosed"),
            ("/a/k", "flag `k`"),
            ("/a", "no closing"),
            ("abc", "delimiter"),
            ("", "empty"),
            ("/a\\", "no closing"),
        ] {
            let refusal = Pattern::compile(pattern).expect_err(pattern);
            assert!(refusal.contains(word), "{pattern}: {refusal}");
        }
        let deep = format!("/{}{}/", "(".repeat(200), ")".repeat(200));
        assert!(
            Pattern::compile(&deep)
                .expect_err("too deep")
                .contains("nested")
        );
    }

    #[test]
    fn a_pattern_that_would_explode_elsewhere_answers_at_once() {
        let pattern = Pattern::compile("/^(a+)+$/").expect("is linear here");
        assert!(!pattern.is_match(&format!("{}!", "a".repeat(100_000))));
    }
}
