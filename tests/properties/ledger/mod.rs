//! A property test with random histories of a payment: requests, outcomes of calls, changes at the provider without us,
//! syncs with gaps, late syncs, kills, people who resolve unknown outcomes, and time. The sums hold at every moment.
//! After enough syncs without gaps the ledger equals the provider's books, no effect exists twice, and no existing
//! effect has failed here.
//!
//! `PROPTEST_CASES` sets the number of histories, `PROPTEST_RNG_SEED` selects them.

mod books;
mod checks;
mod shop;

use chrono::TimeDelta;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{RngSeed, TestRunner},
};

use books::Move;
use shop::{Fate, Gap, Shop, StoryOperation};

#[derive(Clone, Debug)]
enum Step {
    Ask {
        input: StoryOperation,
        which: u8,
        share: u8,
        fate: Fate,
        at_once: bool,
    },
    Drive(u8),
    Happen {
        what: Move,
        which: u8,
        share: u8,
    },
    BeginSync(Gap),
    FinishSync(u8),
    Sync(Gap),
    Wait(u16),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Answered),
        1 => Just(Fate::NotSent),
        2 => Just(Fate::DoneAndLost),
        1 => Just(Fate::Lost),
        1 => Just(Fate::KilledBefore),
        1 => Just(Fate::KilledAfter),
    ]
}

fn gap() -> impl Strategy<Value = Gap> {
    prop_oneof![
        6 => Just(Gap::Nothing),
        1 => Just(Gap::EndOfList),
        1 => Just(Gap::Invoices),
        1 => Just(Gap::Parts),
        1 => Just(Gap::EndOfParts),
        1 => Just(Gap::Torn),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let input = select(vec![
        StoryOperation::Authorize,
        StoryOperation::Invoice { issue: true },
        StoryOperation::Invoice { issue: true },
        StoryOperation::Invoice { issue: false },
        StoryOperation::Issue,
        StoryOperation::Ship,
        StoryOperation::CancelInvoice,
        StoryOperation::Cancel,
        StoryOperation::Refund,
        StoryOperation::Refund,
        StoryOperation::Close { paid: true },
        StoryOperation::Close { paid: false },
        StoryOperation::Resolve,
        StoryOperation::Resolve,
    ]);
    let what = select(vec![
        Move::BuyerOrders,
        Move::Accept,
        Move::Accept,
        Move::Decline,
        Move::LetExpire,
        Move::CancelOrder,
        Move::Invoice,
        Move::IssueInvoice,
        Move::Fund { told: true },
        Move::Fund { told: false },
        Move::Pay { all: true },
        Move::Pay { all: false },
        Move::Pay { all: false },
        Move::TakeBack,
        Move::CancelInvoice,
        Move::Return,
        Move::Ship,
    ]);
    prop_oneof![
        6 => (input, any::<u8>(), any::<u8>(), fate(), any::<bool>()).prop_map(
            |(input, which, share, fate, at_once)| Step::Ask { input, which, share, fate, at_once }
        ),
        4 => any::<u8>().prop_map(Step::Drive),
        6 => (what, any::<u8>(), any::<u8>())
            .prop_map(|(what, which, share)| Step::Happen { what, which, share }),
        1 => gap().prop_map(Step::BeginSync),
        1 => any::<u8>().prop_map(Step::FinishSync),
        3 => gap().prop_map(Step::Sync),
        2 => select(vec![1, 15, 30, 200, 900, 3700]).prop_map(Step::Wait),
    ]
}

/// Most histories begin with an accepted order, so that more operations are possible.
fn story() -> impl Strategy<Value = (Option<Fate>, bool, bool, Vec<Step>)> {
    (
        prop::option::of(fate()),
        any::<bool>(),
        prop::bool::weighted(0.8),
        prop::collection::vec(step(), 1..50),
    )
}

fn run(on_behalf: Option<Fate>, own: bool, accepted: bool, steps: Vec<Step>) -> Shop {
    let total = 10_000;
    let by_the_buyer = on_behalf.is_none();
    let mut shop = Shop::open(total, on_behalf, own);
    if accepted {
        shop.drive(0);
        if by_the_buyer {
            shop.books.happen(Move::BuyerOrders, 0, 0, total, shop.now);
        }
        shop.books.happen(Move::Accept, 0, 0, total, shop.now);
        shop.sync(Gap::Nothing);
    }
    for step in steps {
        // No two steps share a moment, so that their order is certain.
        shop.wait(TimeDelta::seconds(1));
        match step {
            Step::Ask {
                input,
                which,
                share,
                fate,
                at_once,
            } => {
                // What the state does not allow is refused and changes nothing.
                let _ = shop.ask(input, which.into(), share, fate);
                if at_once {
                    shop.drive_last();
                    shop.drive_last();
                }
            }
            Step::Drive(which) => shop.drive(which.into()),
            Step::Happen {
                what: Move::BuyerOrders,
                ..
            } if !by_the_buyer => {}
            Step::Happen { what, which, share } => {
                let _ = shop
                    .books
                    .happen(what, which.into(), share, total, shop.now);
            }
            Step::BeginSync(gap) => shop.begin_sync(gap),
            Step::FinishSync(which) => shop.finish_sync(which.into()),
            Step::Sync(gap) => shop.sync(gap),
            Step::Wait(seconds) => shop.wait(TimeDelta::seconds(seconds.into())),
        }
    }
    shop
}

#[test]
fn whatever_happens_the_ledger_ends_up_saying_what_the_provider_has() {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 2000;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(20_170_701);
    }
    let result = TestRunner::new(config).run(&story(), |(on_behalf, own, accepted, steps)| {
        let mut shop = run(on_behalf, own, accepted, steps);
        shop.sync_long_enough();
        checks::agrees(&shop);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
