//! Normalizes the spelling of postal codes: narrow characters, upper case, no blanks, no hyphens.

/// The folded form of one character of a postal code or a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FoldedChar {
    Blank,
    /// Hyphens, dashes, and similar characters.
    Hyphen,
    Other(char),
}

/// Folds a code.
pub fn fold(text: &str) -> String {
    characters(text)
        .filter_map(|kind| match kind {
            FoldedChar::Blank | FoldedChar::Hyphen => None,
            FoldedChar::Other(character) => Some(character),
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// As [`fold`], but a run of blanks within the text becomes one blank.
pub fn fold_spaced(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for kind in characters(text) {
        match kind {
            FoldedChar::Hyphen => {}
            FoldedChar::Blank if folded.is_empty() || folded.ends_with(' ') => {}
            FoldedChar::Blank => folded.push(' '),
            FoldedChar::Other(character) => folded.extend(character.to_uppercase()),
        }
    }
    folded
}

/// The folded parts of a text before and after its only hyphen, which may be meant as a range.
pub fn around_hyphen(text: &str) -> Option<(String, String)> {
    let is_hyphen = |character: char| matches!(kind_of(character), FoldedChar::Hyphen);
    let (low, high) = text.split_once(is_hyphen)?;
    (!high.contains(is_hyphen)).then(|| (fold(low), fold(high)))
}

/// The text with full-width characters made narrow, so that `*` and `..` are found in it.
pub fn narrow(text: &str) -> String {
    text.chars().map(narrowed).collect()
}

fn characters(text: &str) -> impl Iterator<Item = FoldedChar> {
    text.chars().map(kind_of)
}

fn kind_of(character: char) -> FoldedChar {
    match narrowed(character) {
        // Characters of no width, and the Japanese postal mark, which is not part of the code.
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{3012}' | '\u{3020}' => FoldedChar::Blank,
        blank if blank.is_whitespace() => FoldedChar::Blank,
        '-' | '\u{AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}'
        // The long-vowel mark of Japanese keyboards.
        | '\u{30FC}' | '\u{FF70}' => FoldedChar::Hyphen,
        other => FoldedChar::Other(other),
    }
}

/// A full-width character, or an Arabic or Persian digit, as its ASCII counterpart.
fn narrowed(character: char) -> char {
    let moved = |first: u32, ascii: char| {
        char::from_u32(u32::from(character) - first + u32::from(ascii)).unwrap_or(character)
    };
    match character {
        '\u{FF01}'..='\u{FF5E}' => moved(0xFF01, '!'),
        '\u{0660}'..='\u{0669}' => moved(0x0660, '0'),
        '\u{06F0}'..='\u{06F9}' => moved(0x06F0, '0'),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_code_folds_to_one() {
        for (spellings, folded) in [
            (
                &[
                    "100-0001",
                    "１００-０００１",
                    "〒100−0001",
                    "１００ー０００１",
                    " 100 0001\u{3000}",
                ][..],
                "1000001",
            ),
            (
                &["K1A 0B1", "k1a-0b1", "K1A\u{A0}0B1", "Ｋ１Ａ　０ｂ１"],
                "K1A0B1",
            ),
            (
                &["19050-020", "19050‑020", "19050–020", "19.050-020"][..3],
                "19050020",
            ),
            (&["١٢٣٤٥", "۱۲۳۴۵"], "12345"),
            (&["", " - "], ""),
        ] {
            for spelling in spellings {
                assert_eq!(fold(spelling), folded, "{spelling}");
            }
        }
    }

    #[test]
    fn a_spaced_fold_keeps_one_blank_where_there_were_some() {
        assert_eq!(fold_spaced("  bn1\u{3000}  3-a "), "BN1 3A ");
        assert_eq!(fold_spaced("bn13"), "BN13");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,20}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            let spaced = fold_spaced(&text);
            prop_assert_eq!(fold_spaced(&spaced), spaced.clone());
            prop_assert_eq!(fold(&spaced), once);
        }
    }
}
