//! One invoice over many snapshots: a table of what each shows and of what is booked then.

use super::{
    money::{all_invoiced, seen},
    *,
};

/// Who finances the sale, and what the readings of an invoice over 1000 show: the second, the status, what the provider funded in
/// all (`?` where it is not told how much), what is due, and returns with the second each was made at. Behind `=>` what they
/// come to: captured, refunded and due; the captures; the reversals.
const TABLE: &str = "
# The provider pays in parts.
provider: 1 open funded 600; 2 open funded 1000 => 1000 0 0 | 600 400 | -
provider: 1 open funded 1; 2 open funded 2; 3 closed funded 999 due 0 => 999 0 1 | 1 1 997 | -
# It corrects itself, down and up again.
provider: 1 open funded 1000; 2 open funded 700; 3 open funded 1000 => 1000 0 0 | 1000 300 | 300
# A part, and then the buyer has paid: the provider's part counts.
provider: 1 open funded 600; 2 closed due 0 => 600 0 400 | 600 | -
# Closed counts once, and a funding that is reported later corrects it.
provider: 60 closed due 0; 61 closed funded 970 due 0 => 970 0 30 | 1000 | 30
provider: 60 closed due 0; 61 closed funded 600 due 0; 62 closed funded 1000 due 0 => 1000 0 0 | 1000 400 | 400
provider: 60 closed due 0; 61 open due 1000; 70 closed due 0 => 1000 0 0 | 1000 1000 | 1000
provider: 60 closed due 0; 90 closed due 0 returned 300@80 => 1000 300 0 | 1000 | -
# What the buyer pays of it lowers nothing.
provider: 1 open due 400 => 0 0 1000 | - | -
# A funding without its amount is the invoice, less what was taken off before.
provider: 1 open funded ? returned 200@1 => 800 0 0 | 800 | -
provider: 1 open funded ?; 9 open funded ? returned 200@8 => 1000 200 0 | 1000 | -
provider: 1 open funded 600; 9 open funded ? => 1000 0 0 | 600 400 | -
# Returns are split between what is due and what was paid.
provider: 1 open funded 600; 9 open funded 600 returned 700@8 => 600 300 0 | 600 | -
# The shop finances itself: its buyer pays in parts.
own: 1 open due 600 => 400 0 600 | 400 | -
own: 1 open due 600; 2 open due 250; 3 closed due 0 => 1000 0 0 | 400 350 250 | -
own: 1 open due 0; 60 closed => 1000 0 0 | 1000 | -
own: 60 closed => 1000 0 0 | 1000 | -
# Nothing is due of what was returned, before or after it was paid.
own: 1 open due 600; 5 open due 0 returned 800@4; 200 open due 0 returned 800@4; 500 closed due 0 returned 800@4 => 400 200 0 | 400 | -
own: 1 open due -200 returned 800@1 => 400 200 0 | 400 | -
own: 5 open due 0 returned 1000@4 => 0 0 0 | - | -
own: 5 open due 700 returned 300@4 => 0 0 700 | - | -
# What is not told says nothing.
own: 1 open due 600; 200 open; 500 open => 400 0 600 | 400 | -
# A fall counts once two readings agree that are a minute apart.
own: 1 open due 600; 100 open due 1000 => 400 0 600 | 400 | -
own: 1 open due 600; 100 open due 1000; 158 open due 1000 => 400 0 600 | 400 | -
own: 1 open due 600; 100 open due 1000; 160 open due 1000 => 0 0 1000 | 400 | 400
own: 1 open due 600; 100 open due 900; 160 open due 800 => 400 0 600 | 400 | -
own: 1 open due 600; 100 open due 1000; 130 open due 600; 190 open due 1000 => 400 0 600 | 400 | -
own: 1 open due 600; 100 open due 700; 200 open due 700; 300 closed due 0 => 1000 0 0 | 400 700 | 100
";

/// The number behind a word of a reading.
fn number(reading: &str, word: &str) -> Option<i64> {
    let (_, behind) = reading.split_once(word)?;
    behind.split_whitespace().next()?.parse().ok()
}

fn numbers(text: &str) -> Vec<i64> {
    text.split_whitespace().flat_map(str::parse).collect()
}

fn read(ledger: &Ledger, financing: Financing, reading: &str) -> Applied {
    let mut words = reading.split_whitespace();
    let at_second = words.next().and_then(|it| it.parse().ok());
    let status = words.next().and_then(InvoiceStatus::parse);
    let returns = words.filter_map(|word| {
        let (amount, second) = word.split_once('@')?;
        let (amount, second) = (amount.parse().ok()?, second.parse().ok()?);
        Some(a_return("r0", amount, at(second), None))
    });
    let mut shown = returning(seen(status.expect("a status")), returns.collect());
    shown.amount_due = number(reading, "due ");
    if reading.contains("funded") {
        shown = funded(shown, number(reading, "funded "));
    }
    let known = Known {
        funded_at: &FundedAt::new(),
        secure_hashes: &[],
        financing,
    };
    apply_with(
        ledger,
        &accepted(vec![shown]),
        known,
        at_second.expect("a second"),
    )
}

#[test]
fn what_came_is_a_total_that_grows_and_falls() {
    let rows = TABLE.trim().lines().filter(|row| !row.starts_with('#'));
    for row in rows {
        let (story, outcome) = row.split_once(" => ").expect("an outcome");
        let (financing, readings) = story.split_once(": ").expect("who finances it");
        let financing = match financing {
            "provider" => Financing::Provider,
            "own" => Financing::Own,
            other => panic!("{other} finances nothing"),
        };
        let (mut ledger, made) = all_invoiced();
        for reading in readings.split("; ") {
            let applied = read(&ledger, financing, reading);
            assert!(applied.codes.is_empty(), "{row} {:?}", applied.codes);
            ledger = applied.ledger;
        }
        let sums = ledger.amounts();
        let amounts = |action| ledger.of_action(action).map(|it| it.amount).collect();
        let found: [Vec<i64>; 3] = [
            vec![sums.captured, sums.refunded, sums.due],
            amounts(Action::Capture),
            amounts(Action::Reversal),
        ];
        let expected: Vec<Vec<i64>> = outcome.split('|').map(numbers).collect();
        assert_eq!(found.as_slice(), expected, "{row}");
        let ordinals: Vec<u32> = ledger.booked(made.id).map(|it| it.ordinal).collect();
        assert_eq!(ordinals, (1..).take(ordinals.len()).collect::<Vec<_>>());
    }
}
