//! Releases pages of the program that only its start needed.
//!
//! The system maps 64 kB of code around each executed part and keeps it mapped, so an idle service would hold twice as
//! much of its program as it uses. These pages are copies of a file: when a released page is used again, it comes back
//! from the page cache.

use std::{ops::Range, time::Duration};

use rustix::mm::{Advice, madvise};

/// By then every worker has started and each background task has run once.
const AFTER_START: Duration = Duration::from_secs(1);

/// Waits until the start is over and releases its pages.
pub(super) async fn give_back_after_start() {
    tokio::time::sleep(AFTER_START).await;
    give_back();
}

fn give_back() {
    let Ok(smaps) = std::fs::read_to_string("/proc/self/smaps") else {
        return;
    };
    for pages in unwritten_copies(&smaps) {
        // SAFETY: the mapping is private and not writable, and none of its pages was modified, so each page is read
        // from the file again. The file cannot be written while it runs. The address comes from the kernel.
        let given_back = unsafe {
            madvise(
                std::ptr::with_exposed_provenance_mut(pages.start),
                pages.len(),
                Advice::LinuxDontNeed,
            )
        };
        if let Err(error) = given_back {
            tracing::debug!(%error, "pages of the program were not given back");
        }
    }
}

/// The private, read-only mappings of files without a modified page. Relocated data is read-only too, but differs from
/// its file.
fn unwritten_copies(smaps: &str) -> Vec<Range<usize>> {
    let mut copies = Vec::new();
    let mut mapping = None;
    for line in smaps.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("Anonymous:") if words.next() == Some("0") => copies.extend(mapping.take()),
            Some(name) if name.ends_with(':') => {}
            Some(addresses) => {
                let is_read_only = matches!(words.next(), Some("r-xp" | "r--p"));
                let is_file = words.nth(3).is_some_and(|path| path.starts_with('/'));
                mapping = range(addresses).filter(|_| is_read_only && is_file);
            }
            None => {}
        }
    }
    copies
}

fn range(addresses: &str) -> Option<Range<usize>> {
    let (start, end) = addresses.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    Some(address(start)?..address(end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_read_only_copies_of_files_are_given_back() {
        let smaps = "\
1000-3000 r--p 00000000 08:01 7 /usr/bin/onterms
Rss:                   8 kB
Anonymous:             0 kB
VmFlags: rd mr mw me
3000-5000 r-xp 00002000 08:01 7 /usr/bin/onterms
Anonymous:             0 kB
5000-6000 r--p 00004000 08:01 7 /usr/bin/onterms
Anonymous:             4 kB
6000-7000 rw-p 00005000 08:01 7 /usr/bin/onterms
Anonymous:             0 kB
7000-8000 r--s 00000000 08:01 9 /var/lib/onterms/onterms.db-shm
Anonymous:             0 kB
8000-9000 r--p 00000000 00:00 0
Anonymous:             0 kB
9000-a000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
";
        assert_eq!(unwritten_copies(smaps), [0x1000..0x3000, 0x3000..0x5000]);
    }

    #[test]
    fn a_program_goes_on_whose_pages_were_given_back() {
        // Other tests of this process fetch pages meanwhile.
        let gives_back = || {
            let before = resident_files_kb();
            give_back();
            resident_files_kb() < before
        };
        assert!((0..20).any(|_| gives_back()), "nothing is given back");
    }

    fn resident_files_kb() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("the kernel's file");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssFile:"));
        let kb = line.and_then(|line| line.split_ascii_whitespace().next());
        kb.and_then(|kb| kb.parse().ok()).expect("a number")
    }
}
