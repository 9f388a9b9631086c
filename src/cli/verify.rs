//! `onterms verify`.

use std::{path::Path, process::ExitCode};

use indicatif::{ProgressBar, ProgressStyle};

use super::CommandResult;
use crate::{app, clock::Clock, payments};

/// Recalculates every payment from its transactions and prints a line for each difference. Safe while a service is running.
/// Fails if there are differences.
pub fn run(config: Option<&Path>) -> CommandResult {
    let settings = super::settings(config, Vec::new())?;
    actix_web::rt::System::new().block_on(async {
        let store = app::open_existing(&settings, Clock::system().now()).await?;
        let bar = progress_bar(payments::verify::count(&store).await?);
        let (mut payments, mut differences) = (0, 0);
        payments::verify::verify(&store, |verified, found| {
            payments += verified;
            differences += found.len();
            bar.inc(verified);
            bar.suspend(|| found.iter().for_each(|it| println!("{it}")));
        })
        .await?;
        bar.finish_and_clear();
        store.close().await;
        println!("Verified {payments} payments; found {differences} differences.");
        Ok(match differences {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    })
}

/// On standard error, and only on a terminal.
fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {eta}");
    // The template is a constant; without it the usual bar is shown.
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
