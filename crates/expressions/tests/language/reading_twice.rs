//! The reader that names no problems reads what the careful one reads.

use std::cell::RefCell;

use bumpalo::Bump;
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{
    any_document::any_document,
    cart::{CART, ORDINARY},
};

#[test]
fn both_readers_agree_on_every_document() {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 5000;
    }
    let seen = RefCell::new([0_usize; 3]);
    let run = TestRunner::new(config).run(&any_document(&CART), |text| {
        let careful = CART.read_carefully(&text);
        let kind = match &careful {
            Ok((Some(_), problems)) if problems.is_empty() => 0,
            Ok(_) => 1,
            Err(_) => 2,
        };
        seen.borrow_mut()[kind] += 1;
        let shown = (
            format!("{:?}", CART.read_all(&text)),
            format!("{careful:?}"),
        );
        prop_assert!(shown.0 == shown.1, "{}", text);
        let arena = Bump::new();
        let shown = (
            format!("{:?}", CART.read_valid_in(&arena, &text)),
            format!("{:?}", CART.read_valid(&text)),
        );
        prop_assert!(shown.0 == shown.1, "{}", text);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    let [valid, wrong, malformed] = seen.into_inner();
    assert!(
        valid.min(wrong).min(malformed) > 100,
        "{valid} valid, {wrong} wrong, {malformed} malformed"
    );
}

#[test]
fn both_readers_agree_where_a_document_is_cut() {
    for end in (0..=ORDINARY.len()).filter(|end| ORDINARY.is_char_boundary(*end)) {
        for tail in ["", " ", "}", "\0", "\"", "\\", "x"] {
            let text = format!("{}{tail}", &ORDINARY[..end]);
            let shown = |read| format!("{read:?}");
            assert_eq!(
                shown(CART.read_all(&text)),
                shown(CART.read_carefully(&text)),
                "{text}"
            );
        }
    }
}
