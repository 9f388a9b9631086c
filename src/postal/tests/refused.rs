//! Texts that are no patterns of their country.

use super::super::{PatternSet, pattern::BadPattern, read::read};

#[test]
fn what_never_matches_is_refused_with_the_form_that_would() {
    for (country, pattern, instead) in [
        ("US", "90210-99000", "`90210..99000`"),
        ("US", "902", "`902*`"),
        ("US", "90210-12", "`9021012*`"),
        ("US", "902..903", "`90200..90399`"),
        ("US", "902100..902199", "`90210..90219`"),
        ("US", "K1A 0B1", "`90210`, "),
        ("PR", "009", "`009*`"),
        ("GB", "1000..1999", "`BT1..BT95`"),
        ("GB", "BT1-BT95", "`BT1..BT95`"),
        ("GB", "W1D3*", "`W1D 3*`"),
        ("GB", "BN1 3A", "`BN1 3A*`"),
        ("GB", "SW1A1AA*", "`SW1A 1AA`"),
        ("GB", "BN", "`BN*`"),
        ("GB", "BN *", "`BN*`"),
        ("GB", "BN 1*", "`BN1*`"),
        ("GB", "90210", "`EH22 2GF`, "),
        ("GB", "BT1..BN5", "`BT1..BT95`"),
        ("GB", "W1A..W1D", "`BT1..BT95`"),
        ("GB", "YO1 7HH..YO1 7HZ", "`BT1..BT95`"),
        ("GG", "BT1", "`GY1`"),
        ("JE", "GY1 *", "`JE2`"),
        ("IM", "1000..1999", "`IM1..IM9`"),
        ("IE", "D2", "`D02`"),
        ("IE", "D02-D04", "`D02..D04`"),
        ("IE", "d1 - d24", "`D01..D24`"),
        ("IE", "D6 *", "`D06`"),
        ("IE", "D", "`D*`"),
        ("IE", "1000..1999", "`D01..D24`"),
        ("IE", "D01..E24", "`D01..D24`"),
        ("CA", "K1A", "`K1A*`"),
        ("CA", "90210", "`K1A 0B1`"),
        ("CA", "1000..1999", "`K1A*`"),
        ("CA", "K1A..K1Z", "`K1A*`"),
        ("NL", "1000-1099", "`1000..1099`"),
        ("NL", "101", "`101*`"),
        ("NL", "1012 A", "`1012A*`"),
        ("NL", "10..19", "`1000..1999`"),
        ("PT", "1000-20", "`100020*`"),
        ("PT", "9000-9999", "`9000..9999`"),
        ("PL", "56", "`56*`"),
        ("PL", "56-5000", "`56-500`, "),
        ("BR", "19000..19140", "`19000000..19140999`"),
        ("BR", "19050", "`19050*`"),
        ("JP", "100", "`100*`"),
        ("JP", "100..108", "`1000000..1089999`"),
        ("DE", "1011", "`1011*`"),
        ("DE", "10115-10999", "`10115..10999`"),
        ("DE", "1O115", "`10115`, "),
        ("FR", "75", "`75*`"),
        ("FR", "2A*", "`75001`, "),
        ("ES", "28001-28055", "`28001..28055`"),
        ("IT", "00118-00199", "`00118..00199`"),
    ] {
        let Err(BadPattern::Never(message)) = read(country, pattern) else {
            panic!("{country} {pattern} is {:?}", read(country, pattern));
        };
        assert!(message.contains(&format!("`{pattern}`")), "{message}");
        assert!(message.contains(instead), "{country} {pattern}: {message}");
        assert!(PatternSet::new(country, [pattern]) == PatternSet::default());
    }
}

#[test]
fn what_is_no_pattern_is_refused_with_its_reason() {
    let of_letters = ["US", "GB", "IE", "CA", "NL", "AT"];
    for (text, reason) in [
        ("", BadPattern::Empty),
        ("  ", BadPattern::Empty),
        (" - ", BadPattern::Empty),
        ("*", BadPattern::Star),
        (" ＊", BadPattern::Star),
        ("9*2", BadPattern::Star),
        ("90**", BadPattern::Star),
        ("90210,90211", BadPattern::Character),
        (&"9".repeat(65), BadPattern::TooLong),
    ] {
        for country in of_letters {
            assert_eq!(
                read(country, text),
                Err(reason.clone()),
                "{country} {text:?}"
            );
        }
    }
    for (country, text, reason) in [
        ("US", "90999..90000", BadPattern::Backwards),
        ("AT", "1999..1000", BadPattern::Backwards),
        ("GB", "BT95..BT1", BadPattern::Backwards),
        ("IE", "D24..D01", BadPattern::Backwards),
        ("US", "900..90999", BadPattern::RangeEnds),
        ("US", "A1..A9", BadPattern::RangeEnds),
        ("AT", "..90999", BadPattern::RangeEnds),
        ("AT", "1..2..3", BadPattern::RangeEnds),
        ("AT", "10*..19*", BadPattern::Star),
    ] {
        assert_eq!(read(country, text), Err(reason), "{country} {text}");
    }
}
