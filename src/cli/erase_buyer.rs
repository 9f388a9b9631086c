//! `onterms erase-buyer`.

use std::{path::Path, process::ExitCode};

use clap::Args;
use indicatif::ProgressBar;

use super::Outcome;
use crate::{
    app,
    audit::Actor,
    clock::Clock,
    payments::{self, Erased},
    personal::Email,
    seal::Sealer,
    webhooks,
};

#[derive(Args)]
pub struct EraseBuyerArgs {
    /// Whom to erase.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Erase the carts of payments with something open too; a storefront cannot go on with a checkout that lost its cart.
    #[arg(long)]
    force: bool,
}

/// Erases what is kept of a buyer. Safe beside a running service and safe to repeat.
pub fn run(args: &EraseBuyerArgs, config: Option<&Path>) -> Outcome {
    let buyer: Email = args.email.parse()?;
    let settings = super::settings_with_keys(config)?;
    let sealer = Sealer::new(&settings.secrets)?;
    let actor = Actor {
        subject: "onterms:erase-buyer".to_owned(),
        request_id: None,
        at: Clock::system().now(),
    };
    actix_web::rt::System::new().block_on(async {
        let store = app::open_store(&settings).await?;
        let bar = ProgressBar::new_spinner();
        let mut looked = |rows| bar.inc(rows);
        let carts =
            payments::erase(&store, &sealer, &actor, &buyer, args.force, &mut looked).await?;
        let bodies = webhooks::erase(&store, &sealer, &actor, &buyer, &mut looked).await?;
        bar.finish_and_clear();
        store.close().await;
        tell(&carts, bodies);
        Ok(ExitCode::SUCCESS)
    })
}

fn tell(erased: &Erased, bodies: u64) {
    println!("Erased {} carts and {bodies} webhook bodies.", erased.carts);
    if erased.kept.is_empty() {
        return;
    }
    println!(
        "Kept the carts of {} payments with something open; run it again later, or with --force:",
        erased.kept.len()
    );
    for payment in &erased.kept {
        println!("{payment}");
    }
}
