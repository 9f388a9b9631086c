//! Case-insensitive comparison of texts, in every script and equal on both databases.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The compatibility caseless fold of a text (Unicode, D146): equal for `ÖSTERREICH`, `österreich` and their decomposed
/// spellings, and for `Straße` and `STRASSE`.
pub fn fold(text: &str) -> String {
    let (mapper, decomposed) = (CaseMapper::new(), DecomposingNormalizerBorrowed::new_nfkd());
    let once = mapper.fold_string(&decomposed.normalize(text)).into_owned();
    let twice = mapper
        .fold_string(&decomposed.normalize(&once))
        .into_owned();
    ComposingNormalizerBorrowed::new_nfkc()
        .normalize(&twice)
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_that_differ_by_case_alone_are_one() {
        for (one, other) in [
            ("Österreich", "ÖSTERREICH"),
            ("Österreich", "O\u{308}sterreich"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
            ("Москва", "МОСКВА"),
            ("Île-de-France", "ÎLE-DE-FRANCE"),
            ("ＡＢＣ１", "abc1"),
            ("ﬁnance", "FINANCE"),
            ("\u{212a}elvin", "kelvin"),
            ("Å", "\u{212b}"),
            ("ԲԱՐԵՎ", "բարեվ"),
            ("Ⓐ", "a"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn letters_that_differ_stay_apart() {
        for (one, other) in [
            ("o", "ö"),
            ("e", "é"),
            ("i", "ı"),
            ("a", "ä"),
            ("名", "前"),
            ("a_", "a%"),
        ] {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
        assert_eq!(fold("100 %_\\ 名"), "100 %_\\ 名");
    }

    proptest! {
        #[test]
        fn what_is_folded_stays(text in "\\PC{0,20}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
