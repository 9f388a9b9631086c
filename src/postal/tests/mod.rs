//! Patterns against codes, country by country.

mod properties;
mod refused;

use super::{PatternSet, PostalCode, check, form::Form, remark};

fn matches(country: &str, pattern: &str, code: &str) -> bool {
    let set = PatternSet::new(country, [pattern]);
    PostalCode::of(country, code).is_some_and(|code| set.matches(&code))
}

/// Country, pattern, codes that match, codes that do not.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

fn hold(rows: &[Row]) {
    for (country, pattern, hits, misses) in rows {
        assert_eq!(check(country, pattern), Ok(()), "{country} {pattern}");
        for code in *hits {
            assert!(
                matches(country, pattern, code),
                "{country} `{pattern}` × `{code}`"
            );
        }
        for code in *misses {
            assert!(
                !matches(country, pattern, code),
                "{country} `{pattern}` × `{code}`"
            );
        }
    }
}

#[test]
fn leading_digits_name_all_codes_that_begin_with_them() {
    hold(&[
        (
            "US",
            "90210",
            &["90210", "90210-1234", "902101234", "USA 90210", "US-90210"],
            &["90211", "90210-12", "9021"],
        ),
        (
            "US",
            "90210-1234",
            &["90210-1234", "902101234"],
            &["90210", "90210-1235"],
        ),
        ("US", "90210-1*", &["90210-1234"], &["90210", "90210-2234"]),
        ("US", "902*", &["90210", "90299-0001", "902"], &["90310"]),
        (
            "US",
            "90000..90999",
            &["90000", "90999", "90999-9999", "90 210"],
            &["89999-9999", "91000", "9050"],
        ),
        ("US", "00500..00999", &["00501"], &["0501"]),
        (
            "US",
            "90210-1000..90210-1999",
            &["90210-1234"],
            &["90210", "90210-2000"],
        ),
        (
            "PR",
            "00901",
            &["00901-1234", "00901", "US-00901"],
            &["00902"],
        ),
        ("GU", "96910..96932", &["96931-0001"], &["96950"]),
        ("VI", "00801", &["00801-1234"], &["00802"]),
        ("AS", "96799", &["96799-9999"], &[]),
        ("MP", "96950..96952", &["96951-1234"], &["96953"]),
        (
            "NL",
            "1000..1099",
            &["1012 AB", "1012AB", "1099 zz", "1012", "NL-1012 AB"],
            &["1100 AA", "0999 ZZ", "10120"],
        ),
        ("NL", "1012", &["1012 AB", "1012"], &["1013 AB"]),
        (
            "NL",
            "1012 AB",
            &["1012ab", "1012-AB"],
            &["1012 AC", "1012"],
        ),
        ("NL", "1012 A*", &["1012 AB"], &["1012 BA"]),
        ("NL", "10*", &["1012 AB"], &["1112 AB"]),
        (
            "PT",
            "9000..9999",
            &["9500-150", "9500150", "9500"],
            &["8999-999", "95001"],
        ),
        ("PT", "9500", &["9500-150"], &["9501-150"]),
        (
            "PT",
            "1000-205",
            &["1000 205", "P-1000-205"],
            &["1000-206", "1000"],
        ),
        (
            "PT",
            "1000-200..1000-299",
            &["1000-205"],
            &["1000-300", "1000"],
        ),
    ]);
}

#[test]
fn hyphens_blanks_and_wide_characters_do_not_matter() {
    hold(&[
        (
            "PL",
            "56-500",
            &["56500", "56-500", "PL-56-500", "56 500"],
            &["56501"],
        ),
        ("PL", "56-000..56-999", &["56500"], &["57000"]),
        (
            "BR",
            "19000001..19140999",
            &["19050-020", "19050020"],
            &["19141-000"],
        ),
        ("BR", "19050-020", &["19050020"], &["19050-021"]),
        ("BR", "19050*", &["19050-020"], &["19051-020"]),
        (
            "JP",
            "100-0001",
            &["１００-０００１", "1000001", "〒100-0001", "100ー0001"],
            &["100-0002"],
        ),
        (
            "JP",
            "９００*",
            &["900-0001", "９００-００１５"],
            &["901-0001"],
        ),
        ("JP", "100-0000..108-9999", &["106-0032"], &["109-0000"]),
        (
            "CA",
            "K1A 0B1",
            &["K1A-0B1", "k1a0b1", "Ｋ１Ａ０Ｂ１"],
            &["K1A 0B2"],
        ),
        ("CA", "K1A*", &["K1A 0B1"], &["K1B 0B1"]),
        ("CA", "K1A *", &["K1A 0B1"], &["K1B 0B1"]),
        ("CA", "K*", &["K1A 0B1"], &["L1A 0B1"]),
        ("CZ", "110 00", &["11000", "CZ-110 00"], &["12000"]),
        ("AR", "C1425*", &["C1425ABC"], &["C1426ABC"]),
    ]);
}

#[test]
fn signs_of_the_country_do_not_matter() {
    hold(&[
        (
            "DE",
            "10115",
            &["D-10115", "D 10115", "DE-10115", "10115"],
            &["A-10115", "10116"],
        ),
        ("DE", "D-10115..D-10999", &["10243", "d-10243"], &["11000"]),
        ("DE", "D-10*", &["10115", "D-10115"], &["20095"]),
        ("CH", "8001", &["CH-8001", "CH 8001"], &["D-8001"]),
        (
            "AT",
            "1000..1999",
            &["A-1010", "AT-1010"],
            &["10100", "A-2000"],
        ),
        ("BE", "B-1000", &["1000", "BE-1000"], &["1001"]),
        ("SE", "113 51", &["SE-113 51", "S-11351"], &["11352"]),
        ("FR", "75001..75020", &["F-75008", "75008"], &["76000"]),
        ("IT", "00184", &["I-00184"], &["00185"]),
        ("ES", "28*", &["E-28001"], &["29001"]),
        ("FI", "00100", &["FI-00100", "FIN-00100"], &["00101"]),
        ("AX", "22100", &["AX-22100", "FI-22100"], &["22101"]),
        ("NO", "N-0150", &["0150", "NO-0150"], &["0151"]),
        ("DK", "1050", &["DK-1050"], &["1051"]),
        ("LU", "L-1009", &["1009", "LU1009"], &["1010"]),
        ("AD", "AD500", &["500", "AD500", "AD-500"], &["AD600"]),
        ("AD", "AD*", &["AD500", "500"], &[]),
        ("AZ", "1000", &["AZ1000", "AZ 1000"], &["AZ1001"]),
        ("LV", "LV-1010", &["1010", "LV-1010"], &["1011"]),
        ("LV", "LV-10*", &["1010", "LV-1050"], &["LV-2010"]),
        ("LT", "01100..01999", &["LT-01115"], &["LT-02000"]),
        ("MD", "MD-2001", &["2001"], &["2002"]),
        (
            "RE",
            "97400..97499",
            &["97410", "F-97410", "RE-97410"],
            &["97500"],
        ),
        ("MX", "90210", &["90210"], &["90210-1234"]),
    ]);
}

#[test]
fn british_codes_have_two_parts() {
    hold(&[
        (
            "GB",
            "W1",
            &["W1 1AA", "W1D 3QF", "w1d3qf", "W1", "W1A"],
            &["W10 4AA", "WC1A 1AA", "W11 1AA"],
        ),
        (
            "GB",
            "W1 *",
            &["W1D 3QF", "W1 1AA"],
            &["W10 4AA", "W11 1AA", "W2 1AA"],
        ),
        ("GB", "W1D", &["W1D 3QF"], &["W1 3QF", "W1A 3QF"]),
        ("GB", "W1D *", &["W1D 3QF"], &["W1A 3QF"]),
        (
            "GB",
            "BN1 *",
            &["BN1 3AA", "BN1"],
            &["BN15 8AA", "BN10 7AA"],
        ),
        (
            "GB",
            "BN1 3*",
            &["BN1 3XF", "BN13XF"],
            &["BN1 4XF", "BN13 1AA", "BN1"],
        ),
        ("GB", "bn1 3x*", &["BN1 3XF"], &["BN1 3AF"]),
        (
            "GB",
            "NG1*",
            &["NG1 5AA", "NG10 1AA", "NG1"],
            &["NG2 1AA", "N1 5AA"],
        ),
        ("GB", "PA67*", &["PA67 6AA"], &["PA6 7LN"]),
        ("GB", "N*", &["N1 9GU", "NE1 1AA"], &["E1 6AN"]),
        (
            "GB",
            "EH22",
            &["EH22 2GF", "EH222GF", "EH22"],
            &["EH2 2GF", "EH23 4AA"],
        ),
        (
            "GB",
            "YO1 7HH",
            &["YO17HH", " yo1  7hh ", "YO1-7HH"],
            &["YO1 7HJ", "YO1", "YO17 1AA"],
        ),
        (
            "GB",
            "BT1..BT95",
            &["BT7 1NN", "BT1 1AA", "BT95 9ZZ", "BT7"],
            &["B7 1NN", "BT96 1AA", "BN7 1NN"],
        ),
        (
            "GB",
            "BT1 *..BT95 *",
            &["BT7 1NN", "BT29 4AB"],
            &["BN7 1NN"],
        ),
        (
            "GB",
            "SW1..SW3",
            &["SW1A 1AA", "SW3 4AA"],
            &["SW4 1AA", "SW10 1AA"],
        ),
        ("GB", "GIR 0AA", &["GIR0AA"], &["GIR 0AB"]),
        ("GG", "GY1", &["GY1 1WR"], &["GY10 1SA"]),
        ("GG", "GY1..GY8", &["GY2 4AA"], &["GY10 1SA"]),
        ("JE", "JE2 *", &["JE2 4WQ"], &["JE3 4WQ"]),
        ("JE", "JE*", &["JE2 4WQ"], &[]),
        ("IM", "IM1..IM9", &["IM8 1AA"], &["IM99 1AA"]),
    ]);
}

#[test]
fn irish_routing_keys_name_all_of_their_codes() {
    hold(&[
        (
            "IE",
            "D02",
            &["D02 AF30", "d02af30", "D02"],
            &["D04 AF30", "D2"],
        ),
        (
            "IE",
            "D01..D24",
            &["D02 AF30", "D24 X0X0", "D06"],
            &["D6W AF30", "A65 F4E2", "D25 AF30"],
        ),
        ("IE", "D1..D24", &["D02 AF30", "D24 X0X0"], &["D6W AF30"]),
        ("IE", "D6W", &["D6W AF30"], &["D06 AF30"]),
        ("IE", "D6*", &["D6W AF30"], &["D06 AF30"]),
        ("IE", "T12", &["T12 X70A"], &["T23 X70A"]),
        ("IE", "T12 *", &["T12 X70A"], &["T23 X70A"]),
        ("IE", "D02 A*", &["D02 AF30"], &["D02 BF30"]),
        (
            "IE",
            "D02 AF30",
            &["D02AF30", "D02-AF30"],
            &["D02 AF31", "D02"],
        ),
        ("IE", "D0*", &["D02 AF30"], &["D12 AF30"]),
    ]);
}

#[test]
fn a_sector_without_its_star_is_pointed_out() {
    assert!(remark("GB", "BN1 3").is_some_and(|remark| remark.contains("`BN1 3*`")));
    for text in ["BN13", "BN1 3AA", "BN1 3*", "BN1"] {
        assert_eq!(remark("GB", text), None, "{text}");
    }
    assert_eq!(remark("SE", "113 5"), None);
}

#[test]
fn many_patterns_answer_like_each_of_them() {
    let patterns: Vec<String> = (0..500)
        .flat_map(|n| {
            [
                format!("{:05}", n * 7),
                format!("{:05}..{:05}", n * 40 + 20_000, n * 40 + 20_009),
                format!("{:04}*", n * 9 + 4000),
            ]
        })
        .chain([
            "400*".to_owned(),
            "30000..39999".to_owned(),
            "30500..30600".to_owned(),
        ])
        .collect();
    let all = PatternSet::new("US", patterns.iter().map(String::as_str));
    let each: Vec<_> = patterns
        .iter()
        .map(|one| PatternSet::new("US", [one.as_str()]))
        .collect();
    for n in (0..100_000).step_by(13) {
        let code = PostalCode::of("US", &format!("{n:05}-1234")).expect("a code");
        assert_eq!(
            all.matches(&code),
            each.iter().any(|one| one.matches(&code)),
            "{n}"
        );
    }
}

#[test]
fn a_code_in_another_spelling_has_the_same_keys() {
    for (country, spellings) in [
        ("NL", ["1012AB", "1012 ab", "NL-1012 AB"]),
        ("GB", ["W1D3QF", "w1d 3qf", "W1D-3QF"]),
        ("DE", ["10115", "D-10115", "１０１１５"]),
    ] {
        let keys = spellings.map(|text| PostalCode::of(country, text));
        assert!(keys[0] == keys[1] && keys[1] == keys[2], "{country}");
        assert_ne!(Form::of(country), Form::Other);
    }
    assert_eq!(PostalCode::of("US", " \t-"), None);
}
