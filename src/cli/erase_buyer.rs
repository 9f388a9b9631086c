//! `onterms erase-buyer`.

use std::{path::Path, process::ExitCode};

use clap::Args;
use indicatif::ProgressBar;

use super::CommandResult;
use crate::{
    app,
    audit::Actor,
    auth::startup,
    clock::Clock,
    credit,
    payment_rules::rule_tests::{self, RuleTest},
    payments::{self, Erased, Erasure},
    pii::Email,
    privacy::EmailKey,
    recording,
    seal::Sealer,
    webhooks,
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
    let settings = super::settings_with_keys(config, &[startup::Needed::MasterKey])?;
    let sealer = Sealer::new(&settings.secrets)?;
    let actor = Actor {
        subject: "onterms:erase-buyer".to_owned(),
        request_id: None,
        at: Clock::system().now(),
    };
    actix_web::rt::System::new().block_on(async {
        let store = app::open_existing(&settings, actor.at).await?;
        let bar = ProgressBar::new_spinner();
        let mut progress = |rows| bar.inc(rows);
        app::refuse_wrong_key(&store, &sealer).await?;
        // An installation without a key has stored no hash of a buyer.
        let key = EmailKey::find(&store, &sealer).await?;
        let key = key.unwrap_or_else(|| EmailKey::of_bytes(&[]));
        let wanted = Erasure {
            buyer: &buyer,
            key: &key,
            actor: &actor,
            open_too: args.force,
        };
        let carts = payments::erase(&store, &sealer, &wanted, &mut progress).await?;
        let bodies = webhooks::erase(&store, &sealer, &actor, &buyer, &mut progress).await?;
        let entries = credit::erase(&store, &key, &actor, &buyer).await?;
        let recorded = recording::erase(&store, &key, &actor, &buyer).await?;
        let tests = rule_tests::tests_that_mention(&store, &buyer).await?;
        bar.finish_and_clear();
        store.close().await;
        tell(&carts, bodies, entries, recorded);
        tell_tests(&tests);
        Ok(match carts.kept.is_empty() && tests.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(KEPT),
        })
    })
}

fn tell(erased: &Erased, bodies: u64, entries: u64, recorded: u64) {
    println!(
        "Erased {} carts, the buyer of {} payments, {bodies} webhook bodies, {entries} entries of credit, and {recorded} recorded carts.",
        erased.carts, erased.buyers
    );
    if erased.kept.is_empty() {
        return;
    }
    println!(
        "Kept {} payments with something open; run it again later, or with --force:",
        erased.kept.len()
    );
    for payment in &erased.kept {
        println!("{payment}");
    }
}

fn tell_tests(tests: &[RuleTest]) {
    if tests.is_empty() {
        return;
    }
    println!(
        "Kept {} tests of rules whose carts name the buyer; put others in their place with PUT /v1/rule-tests:",
        tests.len()
    );
    for test in tests {
        println!("{}", test.name);
    }
}
