//! Node and Python with their packages, installed once for each state of the lists that pin them.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::support::postgres::say;

/// Of the oldest node that every tool runs on.
const LEAST_NODE: u32 = 20;
/// A tool that waits for something that never comes fails, and does not hold the tests up.
const MOST_SECONDS: &str = "240";

/// The folder of this test binary's files.
pub fn sources() -> PathBuf {
    root().join("tests/clients")
}

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The document that the tests are about.
pub fn document() -> PathBuf {
    root().join("openapi/openapi.json")
}

/// Node's packages: a folder below which every script finds them.
pub fn node() -> Option<&'static Path> {
    static NODE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    available(NODE.get_or_init(install_node))
}

/// A virtual environment of Python with its packages.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    available(PYTHON.get_or_init(install_python))
}

fn available(installed: &'static Result<PathBuf, String>) -> Option<&'static Path> {
    match installed {
        Ok(folder) => Some(folder),
        Err(why) => {
            let required = env::var_os("ONTERMS_REQUIRE_CLIENTS").is_some_and(|it| it == "1");
            assert!(!required, "ONTERMS_REQUIRE_CLIENTS=1, but {why}");
            say(&format!("skipped: {why}"));
            None
        }
    }
}

fn install_node() -> Result<PathBuf, String> {
    let version = output(Command::new("node").arg("--version")).ok_or("there is no node")?;
    let major = version.trim_start_matches('v').split('.').next();
    if major.and_then(|it| it.parse().ok()) < Some(LEAST_NODE) {
        return Err(format!("node {version} is older than {LEAST_NODE}"));
    }
    installed("node", &["package.json", "package-lock.json"], |folder| {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        succeeds(npm.current_dir(folder))
    })
    .ok_or_else(|| "npm cannot install the packages".to_owned())
}

fn install_python() -> Result<PathBuf, String> {
    output(Command::new("python3").arg("--version")).ok_or("there is no python3")?;
    installed("python", &["requirements.txt"], |folder| {
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--requirement", "requirements.txt"]);
        succeeds(
            Command::new("python3")
                .args(["-m", "venv", "."])
                .current_dir(folder),
        ) && succeeds(pip.current_dir(folder))
    })
    .ok_or_else(|| "pip cannot install the packages".to_owned())
}

/// A folder with what `install` puts into it, which is called where the pinned lists have changed since.
fn installed(name: &str, lists: &[&str], install: impl FnOnce(&Path) -> bool) -> Option<PathBuf> {
    let mut hasher = DefaultHasher::new();
    for list in lists {
        fs::read_to_string(sources().join(list))
            .expect(list)
            .hash(&mut hasher);
    }
    let place = format!("clients/{name}-{:016x}", hasher.finish());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(place);
    let complete = folder.join("complete");
    if complete.exists() {
        return Some(folder);
    }
    // What an interrupted installation left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for list in lists {
        fs::copy(sources().join(list), folder.join(list)).expect(list);
    }
    install(&folder).then(|| {
        fs::write(complete, "").expect("a file");
        folder
    })
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn succeeds(command: &mut Command) -> bool {
    let ended = command.stdin(Stdio::null()).output();
    ended.is_ok_and(|it| it.status.success())
}

/// An empty folder of a test, in which scripts find the packages of the folder above.
pub fn workshop(packages: &Path, name: &str) -> PathBuf {
    let folder = packages.join("work").join(name);
    // There is none before the first run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Copies files of this test binary, or of the project, into a folder.
pub fn copy(from: &Path, files: &[&str], into: &Path) {
    for file in files {
        let name = Path::new(file).file_name().expect("a name");
        fs::copy(from.join(file), into.join(name)).expect(file);
    }
}

/// A program of the packages.
pub fn program(packages: &Path, name: &str) -> Command {
    let folders = ["node_modules/.bin", "bin"].map(|it| packages.join(it));
    let found = folders
        .iter()
        .map(|it| it.join(name))
        .find(|it| it.exists());
    let mut command = Command::new("timeout");
    command.args(["--signal=INT", MOST_SECONDS]);
    command.arg(found.unwrap_or_else(|| name.into()));
    command.stdin(Stdio::null());
    command
}

/// Runs a program to its end, which must be a good one; what it printed.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let ended = command.output().expect("the program");
    let (out, err) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    assert!(ended.status.success(), "{command:?}\n{out}\n{err}");
    format!("{out}{err}")
}
