//! Errors and warnings about the text of an expression.
//!
//! Inside the crate, positions are byte offsets; outside they are UTF-16 code units, because editors in browsers count
//! those.

use serde::Serialize;
use utoipa::ToSchema;

/// A range of the text in byte offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Range {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of one range to the end of another.
    pub fn to(self, end: Self) -> Self {
        Self::new(self.start, end.end)
    }

    /// The range between two others.
    pub fn gap(self, next: Self) -> Self {
        Self::new(self.end, next.start)
    }

    /// The text of this range with another text in place of a part of it.
    pub fn with(self, part: Self, new: &str, text: &str) -> String {
        let before = Self::new(self.start, part.start).of(text);
        let behind = Self::new(part.end, self.end).of(text);
        format!("{before}{new}{behind}")
    }

    /// Whether two ranges overlap or are adjacent.
    pub fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The text in this range.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The range in UTF-16 code units.
    pub fn span(self, text: &str) -> Span {
        let is_ascii = text.is_ascii();
        let utf16 = |text: &str| match is_ascii {
            true => text.len(),
            false => text.encode_utf16().count(),
        };
        let before = |end: usize| text.get(..end).unwrap_or(text);
        let place = |end: usize| {
            let before = before(end);
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let line = before.matches('\n').count() + 1;
            (line, utf16(&before[line_start..]) + 1)
        };
        let ((line, column), (end_line, end_column)) = (place(self.start), place(self.end));
        Span {
            start: utf16(before(self.start)),
            end: utf16(before(self.end)),
            line,
            column,
            end_line,
            end_column,
        }
    }
}

/// A place in the text of an expression, in UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// The first code unit, counted from 0.
    pub start: usize,
    /// The code unit after the last.
    pub end: usize,
    /// The line of `start`, counted from 1.
    pub line: usize,
    /// The column of `start` in its line, counted from 1.
    pub column: usize,
    /// The line of `end`, counted from 1.
    pub end_line: usize,
    /// The column of `end` in its line, counted from 1.
    pub end_column: usize,
}

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The expression cannot be saved.
    Error,
    /// The expression can be saved, but may not do what was intended.
    Warning,
}

/// An error or warning about an expression.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Whether the expression can still be saved.
    pub severity: Severity,
    /// A word for programs.
    #[schema(example = "unknown_name")]
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The place.
    pub span: Span,
    /// The text to write instead; absent if there is no suggestion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The edit that leads to an expression without this mistake; absent if none was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// An edit of the text of an expression.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExpressionFix)]
pub struct Fix {
    /// Whether text is replaced or only inserted.
    pub kind: FixKind,
    /// The first UTF-16 code unit that is replaced, counted from 0.
    #[schema(example = 0)]
    pub start: usize,
    /// The code unit after the last; the same as `start` if text is inserted.
    #[schema(example = 0)]
    pub end: usize,
    /// The text to write there.
    #[schema(example = "customer != null and ")]
    pub text: String,
}

/// The kind of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExpressionFixKind)]
pub enum FixKind {
    /// The text replaces other text.
    Replace,
    /// The text is inserted, and nothing is replaced.
    Insert,
}

impl Fix {
    /// The edit that replaces a range with `new`; an insertion if `new` begins or ends with the old text.
    fn of(range: Range, new: &str, text: &str) -> Self {
        let old = range.of(text);
        let at = |place: usize| Range::new(place, place);
        let (kind, range, new) = match (new.strip_suffix(old), new.strip_prefix(old)) {
            (Some(inserted), _) => (FixKind::Insert, at(range.start), inserted),
            (None, Some(inserted)) => (FixKind::Insert, at(range.end), inserted),
            (None, None) => (FixKind::Replace, range, new),
        };
        let span = range.span(text);
        Self {
            kind,
            start: span.start,
            end: span.end,
            text: new.to_owned(),
        }
    }
}

/// A diagnostic before it is reported, in byte offsets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) message: Box<str>,
    pub(super) range: Range,
    pub(super) suggestion: Option<String>,
    /// Further suggestions, used if the first one does not lead to an expression.
    pub(super) otherwise: Vec<String>,
    /// The text that is missing at the end, such as a closing bracket.
    pub(super) closing: Option<Box<str>>,
}

impl Finding {
    pub(super) fn error(code: &'static str, range: Range, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into().into(),
            range,
            suggestion: None,
            otherwise: Vec::new(),
            closing: None,
        }
    }

    pub(super) fn warning(code: &'static str, range: Range, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, range, message)
        }
    }

    /// The same finding about another range.
    pub(super) fn at(mut self, range: Range) -> Self {
        self.range = range;
        self
    }

    pub(super) fn suggesting(self, suggestion: impl Into<String>) -> Self {
        self.suggesting_if(Some(suggestion.into()))
    }

    pub(super) fn suggesting_if(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    /// Removes all suggestions.
    pub(super) fn plain(mut self) -> Self {
        (self.suggestion, self.closing) = (None, None);
        self
    }

    /// Adds suggestions; the first that leads to an expression is reported.
    pub(super) fn suggesting_one_of(
        mut self,
        suggestions: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut suggestions = suggestions.into_iter();
        self.suggestion = suggestions.next();
        self.otherwise = suggestions.collect();
        self
    }

    /// Sets the text that is missing at the end.
    pub(super) fn closed_by(mut self, closing: impl Into<String>) -> Self {
        self.closing = Some(closing.into().into());
        self
    }

    pub(super) fn into_diagnostic(self, text: &str) -> Diagnostic {
        let end = Range::new(text.len(), text.len());
        let edit = match (&self.suggestion, &self.closing) {
            (Some(suggestion), _) => Some((self.range, &**suggestion)),
            (None, Some(closing)) => Some((end, &**closing)),
            (None, None) => None,
        };
        Diagnostic {
            fix: edit.map(|(range, new)| Fix::of(range, new, text)),
            severity: self.severity,
            code: self.code,
            message: self.message.into(),
            span: self.range.span(text),
            suggestion: self.suggestion,
        }
    }
}

/// The known word nearest to `written`, if the difference is small enough to be a typing error.
pub(super) fn nearest<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    let lower = written.to_lowercase();
    let distance = |word: &str| strsim::damerau_levenshtein(&lower, &word.to_lowercase());
    known
        .into_iter()
        .map(|word| (distance(word), word))
        .filter(|(distance, word)| {
            *distance <= (word.len().max(written.len()) / 3).max(1) && *distance < word.len()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}
