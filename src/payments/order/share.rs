//! How much of an amount belongs to a part: cumulative, so that parts add up to the whole to the last minor unit.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// The amount of the next part of `whole`: the share for `done` of `all`, cumulative and rounded half-even, less
/// `before`, the amount of the earlier parts. Never below zero.
pub fn next_share(whole: i64, done: Decimal, all: Decimal, before: i64) -> i64 {
    (share(whole, done, all) - before).max(0)
}

/// `whole × done ÷ all`, rounded half-even; the whole once all is done.
fn share(whole: i64, done: Decimal, all: Decimal) -> i64 {
    if done >= all {
        return whole;
    }
    let amount = Decimal::from(whole);
    let quotient = match amount.checked_mul(done) {
        Some(product) => product.checked_div(all),
        // Beyond 28 digits the last ones no longer matter.
        None => done
            .checked_div(all)
            .and_then(|part| part.checked_mul(amount)),
    };
    let rounded =
        quotient.map(|it| it.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven));
    rounded.and_then(|it| it.to_i64()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn a_share_is_cumulative_and_half_even() {
        for (whole, done, all, before, next) in [
            (6172, "3", "5", 0, 3703),
            (6172, "5", "5", 3703, 2469),
            (100, "1", "3", 0, 33),
            (100, "2", "3", 33, 34),
            (100, "3", "3", 67, 33),
            (1, "1", "2", 0, 0),
            (3, "1", "2", 0, 2),
            (5, "1", "2", 0, 2),
            (1, "2", "2", 0, 1),
            (1000, "0.333333", "1", 0, 333),
            (1000, "2.5", "7.5", 0, 333),
            (0, "1", "2", 0, 0),
            // What was taken before may be more than its share, when a part in between was canceled.
            (1, "2", "4", 1, 0),
            (99_999_999, "0.000001", "9999999999999999999999999999", 0, 0),
            (
                99_999_999,
                "9999999999999999999999999998",
                "9999999999999999999999999999",
                0,
                99_999_999,
            ),
            (
                99_999_999,
                "0.0000000000000000000000000001",
                "0.0000000000000000000000000003",
                0,
                33_333_333,
            ),
        ] {
            let found = next_share(whole, decimal(done), decimal(all), before);
            assert_eq!(found, next, "{done}/{all} of {whole} after {before}");
        }
    }

    proptest! {
        #[test]
        fn shares_in_any_order_with_some_given_up_come_to_the_whole(
            whole in 0..=99_999_999_i64,
            parts in prop::collection::vec((1..=1_000_000_u32, 0..=6_u32, any::<bool>()), 1..12),
        ) {
            let parts: Vec<_> = parts.into_iter().map(|(digits, scale, kept)| (Decimal::new(i64::from(digits), scale), kept)).collect();
            let all: Decimal = parts.iter().map(|(part, _)| *part).sum();
            let mut taken: Vec<(Decimal, i64)> = Vec::new();
            for round in 0..2 {
                for (part, kept) in &parts {
                    if round == 1 && *kept {
                        continue;
                    }
                    let done: Decimal = taken.iter().map(|(part, _)| *part).sum();
                    let before: i64 = taken.iter().map(|(_, amount)| *amount).sum();
                    let next = next_share(whole, done + *part, all, before);
                    prop_assert!(next >= 0 && before + next <= whole);
                    taken.push((*part, next));
                }
                prop_assert_eq!(taken.iter().map(|(_, amount)| *amount).sum::<i64>(), whole);
                if round == 0 {
                    taken = taken.into_iter().zip(&parts).filter(|(_, (_, kept))| *kept).map(|(it, _)| it).collect();
                }
            }
        }
    }
}
