//! `onterms export-buyer`.

use std::{path::Path, process::ExitCode};

use clap::Args;
use indicatif::ProgressBar;

use super::CommandResult;
use crate::{
    app, auth::startup, clock::Clock, credit, payment_rules::rule_tests, payments, pii::Email,
    privacy::EmailKey, recording, seal::Sealer, webhooks,
};

#[derive(Args)]
pub struct ExportBuyerArgs {
    /// The e-mail address of the buyer.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

/// Writes the stored data of a buyer to standard output, as JSON. Safe while a service is running; changes nothing.
pub fn run(args: &ExportBuyerArgs, config: Option<&Path>) -> CommandResult {
    let buyer: Email = args.email.parse()?;
    let settings = super::settings_with_keys(config, &[startup::Needed::MasterKey])?;
    let sealer = Sealer::new(&settings.secrets)?;
    actix_web::rt::System::new().block_on(async {
        let now = Clock::system().now();
        let store = app::open_existing(&settings, now).await?;
        app::refuse_wrong_key(&store, &sealer).await?;
        // An installation without a key has stored no hash of a buyer.
        let key = EmailKey::find(&store, &sealer).await?;
        let key = key.unwrap_or_else(|| EmailKey::of_bytes(&[]));
        let bar = ProgressBar::new_spinner();
        let mut progress = |rows| bar.inc(rows);
        let payments = payments::export(&store, &sealer, &key, &buyer, &mut progress).await?;
        let bodies = webhooks::export(&store, &sealer, &buyer, &mut progress).await?;
        let credit = credit::export(&store, &sealer, &key, &buyer).await?;
        let recorded = recording::export(&store, &sealer, &key, &buyer).await?;
        let tests = rule_tests::tests_that_mention(&store, &buyer).await?;
        bar.finish_and_clear();
        store.close().await;
        let all = serde_json::json!({
            "payments": payments, "webhookBodies": bodies, "credit": credit, "recordedCarts": recorded,
            "ruleTests": tests,
        });
        println!("{all:#}");
        Ok(ExitCode::SUCCESS)
    })
}
