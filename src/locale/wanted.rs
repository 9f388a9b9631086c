//! The languages that a caller reads.

use super::Language;

/// The maximum number of language ranges that are read, because each costs some look-ups.
const MOST: usize = 32;

/// The languages that a caller reads, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub(super) ranges: Vec<Range>,
    /// The languages with a weight of zero.
    pub(super) refused: Vec<Language>,
}

/// One language range (RFC 4647).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    Of(Language),
    /// `*`: every language that is not named elsewhere.
    Any,
}

impl Wanted {
    /// No language.
    pub const fn nothing() -> Self {
        Wanted {
            ranges: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// One tag, from the `locale` parameter or the settings.
    pub fn one(tag: &str) -> Option<Self> {
        Language::new(tag).map(Wanted::from)
    }

    /// The tags of all `Accept-Language` lines by descending weight (RFC 9110, 12.5.4). Unreadable parts are skipped,
    /// because a browser's header must not make a checkout fail.
    pub fn from_accept_language<'h>(lines: impl IntoIterator<Item = &'h str>) -> Self {
        let mut ranges: Vec<(u16, &str)> = lines
            .into_iter()
            .flat_map(|line| line.split(','))
            .filter_map(weighted)
            .take(MOST)
            .collect();
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let mut wanted = Wanted::default();
        for (weight, tag) in ranges {
            match (weight, tag, Language::new(tag)) {
                (0, _, language) => wanted.refused.extend(language),
                (_, "*", _) => wanted.ranges.push(Range::Any),
                (_, _, language) => wanted.ranges.extend(language.map(Range::Of)),
            }
        }
        wanted
    }

    /// Whether no language was named.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether a language, or one that it belongs to, is named with any weight.
    pub(super) fn names(&self, language: &Language) -> bool {
        let mut named = self.ranges.iter().filter_map(|range| match range {
            Range::Of(named) => Some(named),
            Range::Any => None,
        });
        named.any(|named| language.is_within(named) || named.is_alike(language))
            || self.refuses(language)
    }

    pub(super) fn refuses(&self, language: &Language) -> bool {
        let mut refused = self.refused.iter();
        refused.any(|refused| language.is_within(refused))
    }
}

impl From<Language> for Wanted {
    fn from(language: Language) -> Self {
        Wanted {
            ranges: vec![Range::Of(language)],
            refused: Vec::new(),
        }
    }
}

/// A tag with its weight in thousandths. Other parameters are skipped.
fn weighted(part: &str) -> Option<(u16, &str)> {
    let mut parts = part.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let weight: f32 = weight.map_or(Some(1.0), |weight| weight.parse().ok())?;
    let is_weight = (0.0..=1.0).contains(&weight);
    is_weight.then_some(((weight * 1000.0).round() as u16, tag))
}
