//! Restricts SQLite's files to their owner: they hold buyers, amounts and sealed secrets.

use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// The suffixes of the files beside a database. SQLite gives new ones the mode of the database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Creates the folder and the file of a database if they are missing, and removes the permissions of other users from
/// the files. An existing folder may belong to others and is not changed.
pub(super) fn prepare(database: &Path) -> io::Result<()> {
    let folder = database.parent();
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(folder)?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(FILE_MODE)
        .open(database)?;
    let beside = BESIDE.map(|suffix| with_suffix(database, suffix));
    std::iter::once(database)
        .chain(beside.iter().map(PathBuf::as_path))
        .try_for_each(keep_from_others)
}

fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn keep_from_others(file: &Path) -> io::Result<()> {
    let mode = match fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match fs::set_permissions(file, Permissions::from_mode(mode & 0o700)) {
        Ok(()) => {
            tracing::info!(file = %file.display(), "others may not read the database any more")
        }
        // The file may belong to another user who grants this one access.
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "others may read the database");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    }

    #[test]
    fn what_is_made_is_the_owners_and_what_was_open_is_closed() {
        let home = tempfile::tempdir().expect("a folder");
        let database = home.path().join("new/data/onterms.db");
        prepare(&database).expect("it is made");
        for folder in ["new", "new/data"] {
            assert_eq!(mode(&home.path().join(folder)), 0o700, "{folder}");
        }
        assert_eq!(mode(&database), 0o600);
        let wal = with_suffix(&database, "-wal");
        fs::write(&wal, b"").expect("a file");
        for path in [&database, &wal] {
            fs::set_permissions(path, Permissions::from_mode(0o664)).expect("its owner may");
        }
        prepare(&database).expect("it is there");
        assert_eq!((mode(&database), mode(&wal)), (0o600, 0o600));
    }
}
