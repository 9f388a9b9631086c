//! The file of a SQLite database, which may be moved or replaced while it is open. SQLite would continue with the old
//! file, and a service that starts later would not find what was written there.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::OnceLock;

/// Device and inode of the file that was opened first; shared by all connections of a store.
#[derive(Default)]
pub(super) struct OpenedFile(OnceLock<(u64, u64)>);

impl OpenedFile {
    /// Whether the file at the path is the one that was opened first; the first call records it.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        identity(path).is_ok_and(|found| *self.0.get_or_init(|| found) == found)
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = std::fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// The name under which SQLite opens the file; SQLite creates a missing file only with `create`.
pub(super) fn name(path: &str, create: bool) -> String {
    // SQLite reads the name as a URI.
    let mut name = String::from("file:");
    if path.starts_with("//") {
        // Without the empty host, the first path segment would be the host.
        name.push_str("//");
    }
    for character in path.chars() {
        match character {
            '%' => name.push_str("%25"),
            '?' => name.push_str("%3f"),
            '#' => name.push_str("%23"),
            other => name.push(other),
        }
    }
    name.push_str(if create { "?mode=rwc" } else { "?mode=rw" });
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_uri_would_read_otherwise_is_escaped() {
        assert_eq!(
            name("./a b/100%?#.db", false),
            "file:./a b/100%25%3f%23.db?mode=rw"
        );
        assert_eq!(name("/x.db", true), "file:/x.db?mode=rwc");
    }

    #[test]
    fn another_file_at_the_path_is_noticed_and_the_old_one_recognised() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join("db"), folder.path().join("aside"));
        std::fs::write(&path, "one").expect("a file");
        let opened = OpenedFile::default();
        assert!(opened.is_at(&path));
        std::fs::rename(&path, &aside).expect("moved");
        assert!(!opened.is_at(&path), "nothing is there");
        std::fs::write(&path, "two").expect("a file");
        assert!(!opened.is_at(&path), "another file is there");
        std::fs::rename(&aside, &path).expect("moved back");
        assert!(opened.is_at(&path));
    }
}
