//! The limit of open connections, and the disconnection of clients that do not read their answer.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::SockRef;

use super::CannotStart;
use crate::config::{ServerSettings, Settings};

/// Open files reserved for other uses: files of the database, calls to Apruve, the metrics listener, logs.
const RESERVE: usize = 128;
/// Open files for each of `database.connections`: requests, and half as many connections for lists and for background
/// work; on SQLite each has the database and its log open.
const FILES_EACH: usize = 4;

/// Raises the limit of open files to the maximum that the system allows, because each connection is one. `serve` calls
/// it once.
pub fn raise_file_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, limit = current, "the limit of open files cannot be raised");
    }
}

/// Listens where the settings say, and has the system close connections of clients that take nothing of an answer for
/// `server.write_timeout`.
pub fn listen(server: &ServerSettings) -> Result<TcpListener, CannotStart> {
    let address = SocketAddr::new(server.host, server.port);
    TcpListener::bind(address)
        .and_then(|listener| {
            close_when_nothing_is_taken(&listener, server.write_timeout)?;
            Ok(listener)
        })
        .map_err(|error| CannotStart::Listen(format!("{}:{}", server.host, server.port), error))
}

/// Connections inherit the time-out from their listener (tcp(7), `TCP_USER_TIMEOUT`). Other systems have their own,
/// longer limit.
#[cfg(target_os = "linux")]
fn close_when_nothing_is_taken(listener: &TcpListener, after: Duration) -> io::Result<()> {
    SockRef::from(listener).set_tcp_user_timeout(Some(after))
}

#[cfg(not(target_os = "linux"))]
fn close_when_nothing_is_taken(_: &TcpListener, _: Duration) -> io::Result<()> {
    Ok(())
}

/// The maximum number of connections per worker: `server.max_connections`, as far as the limit of open files allows.
pub(super) fn per_worker(settings: &Settings, workers: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current;
    let wanted = settings.server.max_connections;
    let reserve = RESERVE + FILES_EACH * settings.database.connections;
    let all = within_files(wanted, files, reserve);
    if all < wanted {
        tracing::warn!(
            wanted,
            allowed = all,
            open_files = files,
            "fewer connections than server.max_connections: the process may not have more open files"
        );
    }
    (all / workers.max(1)).max(1)
}

fn within_files(wanted: usize, files: Option<u64>, reserve: usize) -> usize {
    let Some(files) = files else {
        return wanted;
    };
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    // Even a very low limit leaves half of it to clients.
    wanted.min(files.saturating_sub(reserve).max(files / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_open_files_to_others() {
        for (wanted, files, expected) in [
            (10_000, None, 10_000),
            (10_000, Some(1_048_576), 10_000),
            (10_000, Some(10_000), 9_856),
            (10_000, Some(1024), 880),
            (100, Some(1024), 100),
            (10_000, Some(64), 32),
        ] {
            let allowed = within_files(wanted, files, 144);
            assert_eq!(allowed, expected, "{wanted} {files:?}");
        }
    }
}
