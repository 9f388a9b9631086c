//! `onterms export-buyer`.

use std::{path::Path, process::ExitCode};

use clap::Args;
use indicatif::ProgressBar;

use super::CommandResult;
use crate::{credit, payment_rules::rule_tests, payments, pii::Email, recording, webhooks};

#[derive(Args)]
pub struct ExportBuyerArgs {
    /// The e-mail address of the buyer.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

/// Writes the stored data of a buyer to standard output, as JSON. Safe while a service is running; changes nothing.
pub fn run(args: &ExportBuyerArgs, config: Option<&Path>) -> CommandResult {
    let buyer: Email = args.email.parse()?;
    super::with_sealed_store(config, async |store, sealer, _| {
        let key = super::email_key(store, sealer).await?;
        let bar = ProgressBar::new_spinner();
        let mut progress = |rows| bar.inc(rows);
        let payments = payments::export(store, sealer, &key, &buyer, &mut progress).await?;
        let bodies = webhooks::export(store, sealer, &buyer, &mut progress).await?;
        let credit = credit::export(store, sealer, &key, &buyer).await?;
        let recorded = recording::export(store, sealer, &key, &buyer).await?;
        let tests = rule_tests::tests_that_mention(store, &buyer).await?;
        bar.finish_and_clear();
        let all = serde_json::json!({
            "payments": payments, "webhookBodies": bodies, "credit": credit, "recordedCarts": recorded,
            "ruleTests": tests,
        });
        println!("{all:#}");
        Ok(ExitCode::SUCCESS)
    })
}
