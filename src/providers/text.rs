//! Free text, cleaned before a provider sees it.
//!
//! Providers change markup and line breaks, and Apruve compares a hash of the order with the order it received. So each
//! text is cleaned once, and the cleaned text is both hashed and sent.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Serialize;

/// The length to which other clients of Apruve cut descriptions; the real limit is not documented.
const PARAGRAPH_CHARS: usize = 3500;
/// The length to which other clients of Apruve cut all other texts.
const LINE_CHARS: usize = 255;

/// Matches an HTML comment or tag. `<` starts a tag only before a name, so "5 < 6" and "<3 mm" stay as they are.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?s)<!--.*?-->|</?([A-Za-z!?][A-Za-z0-9]*)(?:"[^"]*"|'[^']*'|[^"'>])*>"#)
        // The pattern is constant, and every test of this file compiles it.
        .expect("a valid pattern")
});

/// Tags that are replaced by a blank, because they separate words.
const BREAKS: [&str; 15] = [
    "br", "div", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "td", "th", "tr",
];

/// Text without tags, control characters and line breaks, with single blanks between words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CleanText(String);

impl CleanText {
    /// A title, a variant, a stock number: at most 255 characters.
    pub fn line(text: &str) -> Self {
        CleanText(clean(text, LINE_CHARS))
    }

    /// A description or a note: at most 3,500 characters.
    pub fn paragraph(text: &str) -> Self {
        CleanText(clean(text, PARAGRAPH_CHARS))
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn clean(text: &str, most_chars: usize) -> String {
    let untagged = TAG.replace_all(text, |tag: &Captures<'_>| {
        let name = tag.get(1).map_or("", |name| name.as_str());
        let breaks = BREAKS.iter().any(|word| word.eq_ignore_ascii_case(name));
        if breaks { " " } else { "" }
    });
    let words = untagged
        .split(|it: char| it.is_whitespace() || it.is_control())
        .filter(|word| !word.is_empty());
    let spaced = words.collect::<Vec<_>>().join(" ");
    match spaced.char_indices().nth(most_chars) {
        Some((end, _)) => spaced[..end].trim_end().to_owned(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_line_breaks_go_and_words_stay_apart() {
        for (dirty, cleaned) in [
            ("<p>Heavy duty<br/>\nline two</p> ", "Heavy duty line two"),
            ("one<br>two<BR />three", "one two three"),
            ("un<b>believ</b>able", "unbelievable"),
            ("<a href=\"x>y\" title='>'>link</a>", "link"),
            ("a<!-- <b> > -->b", "ab"),
            ("<?php echo 1 ?><!DOCTYPE html>x", "x"),
            ("a\r\n\r\nb\tc\u{2028}d\u{0}e\u{a0}f", "a b c d e f"),
            ("5 < 6 > 4, <3 mm, a <b", "5 < 6 > 4, <3 mm, a <b"),
            ("R&amp;D \u{2019} caf\u{e9}", "R&amp;D \u{2019} caf\u{e9}"),
            (" \n ", ""),
        ] {
            assert_eq!(
                CleanText::paragraph(dirty).as_str(),
                cleaned,
                "from {dirty:?}"
            );
        }
    }

    #[test]
    fn a_text_is_cut_at_whole_characters() {
        assert_eq!(
            CleanText::line(&"é".repeat(300)).as_str(),
            "é".repeat(LINE_CHARS)
        );
        let at_a_blank = format!("{} tail", "a".repeat(254));
        assert_eq!(CleanText::line(&at_a_blank).as_str(), "a".repeat(254));
        let long = "a".repeat(4000);
        assert_eq!(CleanText::paragraph(&long).as_str().len(), PARAGRAPH_CHARS);
    }
}
