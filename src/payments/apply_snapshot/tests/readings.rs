//! What came of one invoice over many readings: a table of what each shows.

use super::{
    money::{all_invoiced, seen},
    *,
};
use InvoiceStatus::{Closed, Open};

/// What one reading shows of an invoice over 1000: the second it comes at, the status, what the provider funded in all (`Some(None)`
/// where it is not told how much), what is due, and returns with the second each was made at.
type Reading = (
    i64,
    InvoiceStatus,
    Option<Option<i64>>,
    Option<i64>,
    &'static [(i64, i64)],
);

/// Readings and what they come to: captured, refunded and due; captures and reversals.
type Row = (Financing, &'static [Reading], [i64; 3], [&'static [i64]; 2]);

fn read(ledger: &Ledger, financing: Financing, reading: &Reading) -> Applied {
    let (at_second, status, funding, amount_due, returns) = *reading;
    let returns = returns.iter().enumerate();
    let returns =
        returns.map(|(n, (amount, second))| a_return(&format!("r{n}"), *amount, at(*second), None));
    let mut shown = returning(seen(status), returns.collect());
    shown.amount_due = amount_due;
    if let Some(amount) = funding {
        shown = funded(shown, amount);
    }
    let funded_at = FundedAt::new();
    let known = Known {
        funded_at: &funded_at,
        secure_hashes: &[],
        financing,
    };
    apply_with(ledger, &accepted(vec![shown]), known, at_second)
}

#[test]
fn what_came_is_a_total_that_grows_and_falls() {
    use Financing::{Own, Provider};
    const NONE: &[(i64, i64)] = &[];
    let table: &[Row] = &[
        // The provider pays in parts.
        (
            Provider,
            &[
                (1, Open, Some(Some(600)), None, NONE),
                (2, Open, Some(Some(1000)), None, NONE),
            ],
            [1000, 0, 0],
            [&[600, 400], &[]],
        ),
        (
            Provider,
            &[
                (1, Open, Some(Some(1)), None, NONE),
                (2, Open, Some(Some(2)), None, NONE),
                (3, Closed, Some(Some(999)), Some(0), NONE),
            ],
            [999, 0, 1],
            [&[1, 1, 997], &[]],
        ),
        // It corrects itself, down and up again.
        (
            Provider,
            &[
                (1, Open, Some(Some(1000)), None, NONE),
                (2, Open, Some(Some(700)), None, NONE),
                (3, Open, Some(Some(1000)), None, NONE),
            ],
            [1000, 0, 0],
            [&[1000, 300], &[300]],
        ),
        // A part, and then the buyer has paid: the provider's part counts.
        (
            Provider,
            &[
                (1, Open, Some(Some(600)), None, NONE),
                (2, Closed, None, Some(0), NONE),
            ],
            [600, 0, 400],
            [&[600], &[]],
        ),
        // Closed counts once, and a funding that is reported later corrects it.
        (
            Provider,
            &[
                (60, Closed, None, Some(0), NONE),
                (61, Closed, Some(Some(970)), Some(0), NONE),
            ],
            [970, 0, 30],
            [&[1000], &[30]],
        ),
        (
            Provider,
            &[
                (60, Closed, None, Some(0), NONE),
                (61, Closed, Some(Some(600)), Some(0), NONE),
                (62, Closed, Some(Some(1000)), Some(0), NONE),
            ],
            [1000, 0, 0],
            [&[1000, 400], &[400]],
        ),
        (
            Provider,
            &[
                (60, Closed, None, Some(0), NONE),
                (61, Open, None, Some(1000), NONE),
                (70, Closed, None, Some(0), NONE),
            ],
            [1000, 0, 0],
            [&[1000, 1000], &[1000]],
        ),
        (
            Provider,
            &[
                (60, Closed, None, Some(0), NONE),
                (90, Closed, None, Some(0), &[(300, 80)]),
            ],
            [1000, 300, 0],
            [&[1000], &[]],
        ),
        // What the buyer pays of it lowers nothing.
        (
            Provider,
            &[(1, Open, None, Some(400), NONE)],
            [0, 0, 1000],
            [&[], &[]],
        ),
        // A funding without its amount is the invoice, less what was taken off before.
        (
            Provider,
            &[(1, Open, Some(None), None, &[(200, 1)])],
            [800, 0, 0],
            [&[800], &[]],
        ),
        (
            Provider,
            &[
                (1, Open, Some(None), None, NONE),
                (9, Open, Some(None), None, &[(200, 8)]),
            ],
            [1000, 200, 0],
            [&[1000], &[]],
        ),
        (
            Provider,
            &[
                (1, Open, Some(Some(600)), None, NONE),
                (9, Open, Some(None), None, NONE),
            ],
            [1000, 0, 0],
            [&[600, 400], &[]],
        ),
        // Returns are split between what is due and what was paid.
        (
            Provider,
            &[
                (1, Open, Some(Some(600)), None, NONE),
                (9, Open, Some(Some(600)), None, &[(700, 8)]),
            ],
            [600, 300, 0],
            [&[600], &[]],
        ),
        // The shop finances itself: its buyer pays in parts.
        (
            Own,
            &[(1, Open, None, Some(600), NONE)],
            [400, 0, 600],
            [&[400], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (2, Open, None, Some(250), NONE),
                (3, Closed, None, Some(0), NONE),
            ],
            [1000, 0, 0],
            [&[400, 350, 250], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(0), NONE),
                (60, Closed, None, None, NONE),
            ],
            [1000, 0, 0],
            [&[1000], &[]],
        ),
        (
            Own,
            &[(60, Closed, None, None, NONE)],
            [1000, 0, 0],
            [&[1000], &[]],
        ),
        // Nothing is due of what was returned, before or after it was paid.
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (5, Open, None, Some(0), &[(800, 4)]),
                (200, Open, None, Some(0), &[(800, 4)]),
                (500, Closed, None, Some(0), &[(800, 4)]),
            ],
            [400, 200, 0],
            [&[400], &[]],
        ),
        (
            Own,
            &[(1, Open, None, Some(-200), &[(800, 1)])],
            [400, 200, 0],
            [&[400], &[]],
        ),
        (
            Own,
            &[(5, Open, None, Some(0), &[(1000, 4)])],
            [0, 0, 0],
            [&[], &[]],
        ),
        (
            Own,
            &[(5, Open, None, Some(700), &[(300, 4)])],
            [0, 0, 700],
            [&[], &[]],
        ),
        // What is not told says nothing.
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (200, Open, None, None, NONE),
                (500, Open, None, None, NONE),
            ],
            [400, 0, 600],
            [&[400], &[]],
        ),
        // A fall counts once two readings agree that are a minute apart.
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(1000), NONE),
            ],
            [400, 0, 600],
            [&[400], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(1000), NONE),
                (158, Open, None, Some(1000), NONE),
            ],
            [400, 0, 600],
            [&[400], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(1000), NONE),
                (160, Open, None, Some(1000), NONE),
            ],
            [0, 0, 1000],
            [&[400], &[400]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(900), NONE),
                (160, Open, None, Some(800), NONE),
            ],
            [400, 0, 600],
            [&[400], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(1000), NONE),
                (130, Open, None, Some(600), NONE),
                (190, Open, None, Some(1000), NONE),
            ],
            [400, 0, 600],
            [&[400], &[]],
        ),
        (
            Own,
            &[
                (1, Open, None, Some(600), NONE),
                (100, Open, None, Some(700), NONE),
                (200, Open, None, Some(700), NONE),
                (300, Closed, None, Some(0), NONE),
            ],
            [1000, 0, 0],
            [&[400, 700], &[100]],
        ),
    ];
    for (financing, readings, sums, [captures, reversals]) in table {
        let (mut ledger, made) = all_invoiced();
        for reading in *readings {
            let applied = read(&ledger, *financing, reading);
            assert!(applied.codes.is_empty(), "{readings:?} {:?}", applied.codes);
            ledger = applied.ledger;
        }
        let found = ledger.amounts();
        assert_eq!(
            [found.captured, found.refunded, found.due],
            *sums,
            "{financing:?} {readings:?}"
        );
        let amounts = |action| {
            ledger
                .of_action(action)
                .map(|it| it.amount)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            amounts(Action::Capture),
            *captures,
            "{financing:?} {readings:?}"
        );
        assert_eq!(
            amounts(Action::Reversal),
            *reversals,
            "{financing:?} {readings:?}"
        );
        let ordinals: Vec<u32> = ledger.booked(made.id).map(|it| it.ordinal).collect();
        assert_eq!(ordinals, (1..).take(ordinals.len()).collect::<Vec<_>>());
    }
}
