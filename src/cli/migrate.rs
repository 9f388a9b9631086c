//! `onterms migrate`.

use std::{path::Path, process::ExitCode};

use chrono::{DateTime, Utc};
use clap::Args;

use super::CommandResult;
use crate::{
    app::{CannotStart, refuse_absent, refuse_newer, refuse_others, refuse_pooler},
    clock::Clock,
    store::{Loss, Migrator, StoreError, StoreOptions, Undone},
};

#[derive(Args)]
pub struct MigrateArgs {
    /// Only list the pending migrations.
    #[arg(long, conflicts_with = "undo")]
    pending: bool,
    /// Undo the newest migration instead. Refused while a service uses the database, and where rows or values would be lost.
    #[arg(long)]
    undo: bool,
    /// Undo it although rows or values are lost.
    #[arg(long, requires = "undo")]
    yes: bool,
}

/// Why a migration is not undone.
#[derive(Debug, thiserror::Error)]
enum NotUndone {
    #[error(
        "A service (version {version}) uses this database, and undoing a migration would take its tables away; stop every service first."
    )]
    ServiceAlive { version: String },
    #[error(
        "Undoing the newest migration would lose {0}; nothing was changed. Give --yes to undo it all the same."
    )]
    WouldLose(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Migrates the configured database and says what was done.
pub fn run(args: &MigrateArgs, config: Option<&Path>) -> CommandResult {
    let settings = super::settings(config, Vec::new())?;
    let mut options = StoreOptions::new(settings.database.url.expose().parse()?);
    options.create = !args.pending && !args.undo;
    refuse_absent(&options)?;
    refuse_pooler(&options)?;
    let mut migrator = Migrator::open(&options)?;
    refuse_newer(&mut migrator)?;
    let now = Clock::system().now();
    let (verb, names) = if args.pending {
        ("pending", migrator.pending()?)
    } else if args.undo {
        ("undone", undo(&mut migrator, now, args.yes)?)
    } else {
        let done = migrator.exclusively(|migrator| {
            refuse_others(migrator, now)?;
            Ok::<_, CannotStart>(migrator.run()?)
        });
        ("done", done?)
    };
    for name in &names {
        println!("{verb}: {name}");
    }
    if names.is_empty() {
        println!("nothing to do");
    }
    Ok(ExitCode::SUCCESS)
}

fn undo(
    migrator: &mut Migrator,
    now: DateTime<Utc>,
    may_lose: bool,
) -> Result<Vec<String>, NotUndone> {
    let undone = migrator.exclusively(|migrator| {
        if let Some(alive) = migrator.replicas(now)?.into_iter().next() {
            return Err(NotUndone::ServiceAlive {
                version: alive.version,
            });
        }
        Ok(migrator.undo_last(may_lose)?)
    })?;
    match undone {
        Undone::Nothing => Ok(Vec::new()),
        Undone::Migration(name) => Ok(vec![name]),
        Undone::WouldLose(losses) => {
            let losses: Vec<String> = losses.iter().map(Loss::to_string).collect();
            Err(NotUndone::WouldLose(losses.join(", ")))
        }
    }
}
