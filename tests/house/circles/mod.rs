//! No circle of files: a file that uses another is used by it neither at once nor through others.
//!
//! A module and its submodules are one thing to those inside: a submodule may use what its parent defines, and the parent
//! its submodules. For everybody else both count, so that a circle that leads out of the module and back is found.

mod modules;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

pub use self::modules::Crate;
use crate::floors::files;

/// The folders of the crates' files.
pub const CRATES: [&str; 3] = ["src", "crates/apruve-sandbox/src", "crates/expressions/src"];

/// Which files each file uses.
type Uses = BTreeMap<String, BTreeSet<String>>;
type Circle = BTreeSet<String>;

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut found = Vec::new();
    for folder in CRATES {
        let modules = read(folder);
        let (files, uses) = (modules.files(), modules.uses());
        let circles = circles(&files, &uses);
        found.extend(circles.iter().map(|circle| described(circle, &uses)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The crate whose files are in a folder.
pub fn read(folder: &str) -> Crate {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = files(&root.join(folder)).into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("a source file");
        let name = path.strip_prefix(root).expect("a file of the project");
        (name.to_str().expect("a plain path").to_owned(), text)
    });
    Crate::of(folder, texts)
}

/// The circles among the submodules of each module that do not stay inside one of these.
fn circles(files: &BTreeMap<Vec<String>, String>, uses: &Uses) -> BTreeSet<Circle> {
    let mut found = BTreeSet::new();
    for parent in files.keys() {
        let below = files
            .iter()
            .filter(|(path, _)| path.len() > parent.len() && path.starts_with(parent));
        // The submodule that each file is in.
        let children: BTreeMap<&str, &String> = below
            .map(|(path, file)| (file.as_str(), &path[parent.len()]))
            .collect();
        let reached: BTreeMap<&str, BTreeSet<&str>> = children
            .keys()
            .map(|file| (*file, reached_from(file, uses, &children)))
            .collect();
        for (file, others) in &reached {
            let circle = others.iter().filter(|it| reached[*it].contains(file));
            let circle: BTreeSet<&str> = circle.copied().collect();
            let within: BTreeSet<_> = circle.iter().map(|it| children[it]).collect();
            if within.len() > 1 {
                found.insert(circle.into_iter().map(str::to_owned).collect());
            }
        }
    }
    found
}

/// The files among these that a file uses, or that those use.
fn reached_from<'u>(
    file: &str,
    uses: &'u Uses,
    among: &BTreeMap<&str, &String>,
) -> BTreeSet<&'u str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        for used in uses.get(file).into_iter().flatten() {
            if among.contains_key(used.as_str()) && reached.insert(used.as_str()) {
                next.push(used);
            }
        }
    }
    reached
}

fn described(circle: &Circle, uses: &Uses) -> String {
    let mut text = format!("a circle of {} files:\n", circle.len());
    for file in circle {
        let used = uses.get(file).into_iter().flatten();
        for used in used.filter(|used| circle.contains(*used)) {
            text.push_str(&format!("  {file} uses {used}\n"));
        }
    }
    text
}

#[test]
fn circles_are_found_and_families_are_let_be() {
    let files = [
        ("src/lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
        // A parent and its submodules.
        (
            "src/a.rs",
            "mod x; mod y; use x::X; struct A; fn go() { y::go() }",
        ),
        (
            "src/a/x.rs",
            "use super::{A, y}; struct X; #[cfg(test)] mod t { use crate::d::D; }",
        ),
        ("src/a/y.rs", "fn go() { super::A }"),
        // Two submodules, one through a name that the parent hands on.
        ("src/b/mod.rs", "mod x; mod y; pub use x::X;"),
        ("src/b/x.rs", "use super::y::Y; struct X;"),
        ("src/b/y.rs", "struct Y(super::X);"),
        // Out of a module and back into it.
        ("src/c.rs", "mod x; fn go() { x::go() }"),
        ("src/c/x.rs", "fn go() { crate::d::go() }"),
        ("src/d.rs", "use crate::c as other; fn go() { other::go() }"),
        ("src/e.rs", "use crate::{a, b::X};"),
    ];
    let owned = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let modules = Crate::of("src", owned.into_iter());
    let (files, uses) = (modules.files(), modules.uses());
    let circles: Vec<Vec<String>> = circles(&files, &uses)
        .into_iter()
        .map(|circle| circle.into_iter().collect())
        .collect();
    assert_eq!(
        circles,
        [
            vec!["src/b/x.rs", "src/b/y.rs"],
            vec!["src/c.rs", "src/c/x.rs", "src/d.rs"],
        ]
    );
}
