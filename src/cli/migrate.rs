//! `onterms migrate`.

use std::{path::Path, process::ExitCode};

use clap::Args;

use super::Outcome;
use crate::{
    app::refuse_others,
    clock::Clock,
    store::{Migrator, StoreOptions},
};

#[derive(Args)]
pub struct MigrateArgs {
    /// Only list what would be done.
    #[arg(long, conflicts_with = "undo")]
    pending: bool,
    /// Undo the newest migration instead.
    #[arg(long)]
    undo: bool,
}

/// Migrates the configured database and says what was done.
pub fn run(args: &MigrateArgs, config: Option<&Path>) -> Outcome {
    let settings = super::settings(config, Vec::new())?;
    let options = StoreOptions::new(settings.database.url.expose().parse()?);
    let mut migrator = Migrator::open(&options)?;
    let (verb, names) = if args.pending {
        ("pending", migrator.pending()?)
    } else if args.undo {
        ("undone", migrator.revert_last()?.into_iter().collect())
    } else {
        refuse_others(&mut migrator, Clock::system().now())?;
        ("done", migrator.run()?)
    };
    for name in &names {
        println!("{verb}: {name}");
    }
    if names.is_empty() {
        println!("nothing to do");
    }
    Ok(ExitCode::SUCCESS)
}
