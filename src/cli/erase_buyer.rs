//! `onterms erase-buyer`.

use std::{path::Path, process::ExitCode};

use clap::Args;
use indicatif::ProgressBar;

use super::CommandResult;
use crate::{
    audit::Actor,
    credit,
    payment_rules::rule_tests::{self, RuleTest},
    payments::{self, Erased, Erasure},
    pii::Email,
    recording, webhooks,
};

#[derive(Args)]
pub struct EraseBuyerArgs {
    /// The e-mail address of the buyer.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Also erase the carts of open payments; a checkout without its cart cannot be continued.
    #[arg(long)]
    force: bool,
}

/// The exit code when data of the buyer was kept.
const KEPT: u8 = 3;

/// Erases the data of a buyer. Safe while a service is running, and safe to repeat. Exits with 3 when data was kept.
pub fn run(args: &EraseBuyerArgs, config: Option<&Path>) -> CommandResult {
    let buyer: Email = args.email.parse()?;
    super::with_sealed_store(config, async |store, sealer, at| {
        let actor = Actor {
            subject: "onterms:erase-buyer".to_owned(),
            request_id: None,
            at,
        };
        let key = super::email_key(store, sealer).await?;
        let bar = ProgressBar::new_spinner();
        let mut progress = |rows| bar.inc(rows);
        let wanted = Erasure {
            buyer: &buyer,
            key: &key,
            actor: &actor,
            open_too: args.force,
        };
        let carts = payments::erase(store, sealer, &wanted, &mut progress).await?;
        let bodies = webhooks::erase(store, sealer, &actor, &buyer, &mut progress).await?;
        let entries = credit::erase(store, &key, &actor, &buyer).await?;
        let recorded = recording::erase(store, &key, &actor, &buyer).await?;
        let tests = rule_tests::tests_that_mention(store, &buyer).await?;
        bar.finish_and_clear();
        tell(&carts, bodies, entries, recorded);
        tell_tests(&tests);
        Ok(match carts.kept.is_empty() && tests.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(KEPT),
        })
    })
}

fn tell(erased: &Erased, bodies: u64, entries: u64, recorded: u64) {
    let Erased {
        carts,
        buyers,
        kept,
    } = erased;
    println!(
        "Erased {carts} carts, the buyer of {buyers} payments, {bodies} webhook bodies, {entries} entries of credit, and {recorded} recorded carts.",
    );
    if !kept.is_empty() {
        let count = kept.len();
        println!("Kept {count} payments with something open; run it again later, or with --force:");
    }
    for payment in kept {
        println!("{payment}");
    }
}

fn tell_tests(tests: &[RuleTest]) {
    if !tests.is_empty() {
        let count = tests.len();
        println!(
            "Kept {count} tests of rules whose carts name the buyer; put others in their place with PUT /v1/rule-tests:",
        );
    }
    for test in tests {
        println!("{}", test.name);
    }
}
