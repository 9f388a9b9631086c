//! Instructions of a process, counted by callgrind: unlike a rate, they do not depend on what else the machine does.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Whether instructions are counted instead of requests: `ONTERMS_BENCH_CALLGRIND=1`.
pub fn is_wanted() -> bool {
    std::env::var_os("ONTERMS_BENCH_CALLGRIND").is_some_and(|value| value == "1")
}

/// A command that runs a program under callgrind, which keeps its counts in a folder.
pub fn under_callgrind(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("callgrind.out").display()
        ))
        .arg(program);
    command
}

/// The instructions of a process in one of `count` operations, everything counted that it does meanwhile.
pub fn instructions(process: u32, folder: &Path, count: usize, operate: impl Fn(usize)) -> f64 {
    operate(count / 4 + 1);
    control("--zero", process);
    operate(count);
    let before = dumps(folder);
    control("--dump", process);
    let dump = dumps(folder).into_iter().find(|it| !before.contains(it));
    let text = std::fs::read_to_string(dump.expect("a dump")).expect("a readable dump");
    let total = text.lines().find_map(|line| {
        let total = line
            .strip_prefix("totals:")
            .or(line.strip_prefix("summary:"));
        total?.trim().parse::<f64>().ok()
    });
    total.expect("a total") / count as f64
}

fn dumps(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.to_string_lossy().contains("callgrind.out."))
        .collect()
}

fn control(what: &str, process: u32) {
    let done = Command::new("callgrind_control")
        .args([what, &process.to_string()])
        .output()
        .expect("callgrind_control runs");
    assert!(done.status.success(), "callgrind_control {what} failed");
}
