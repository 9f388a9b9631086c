//! The arrows point down: a room uses rooms on lower floors only, and every room is on a floor.
//!
//! The floors are the numbered list in `lib.rs`' doc comment. Every path that starts at the crate counts, wherever it
//! is: in imports, in code, in tests beside the code, in macros.

mod paths;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Floor by room; the first floor is the highest.
type Floors = BTreeMap<String, usize>;

#[test]
fn a_room_uses_only_rooms_on_lower_floors() {
    let floors = floors();
    let files = rooms_files();
    let macros = macros(&files);
    let mut wrong = Vec::new();
    for file in &files {
        for mut mention in paths::mentions(&file.text, depth_of(&file.path)).expect("Rust") {
            if let Some(room) = macros.get(&mention.room) {
                mention.room.clone_from(room);
            }
            if let Some(why) = judge(&floors, &file.room, &mention.room) {
                wrong.push(format!(
                    "src/{}:{}: {why}",
                    file.path.display(),
                    mention.line
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_room_is_on_exactly_one_floor() {
    let rooms: BTreeSet<String> = rooms_files().into_iter().map(|file| file.room).collect();
    let listed: Vec<String> = listed().into_iter().flatten().collect();
    let on_floors: BTreeSet<String> = listed.iter().cloned().collect();
    let nowhere: Vec<_> = rooms.difference(&on_floors).collect();
    assert!(
        nowhere.is_empty(),
        "on no floor in lib.rs' doc comment: {nowhere:?}"
    );
    let gone: Vec<_> = on_floors.difference(&rooms).collect();
    assert!(
        gone.is_empty(),
        "on a floor, but not a room in src: {gone:?}"
    );
    assert_eq!(listed.len(), on_floors.len(), "a room is on two floors");
}

/// What is wrong with one room using another.
fn judge(floors: &Floors, room: &str, used: &str) -> Option<String> {
    if used == room {
        return None;
    }
    let (Some(here), Some(there)) = (floors.get(room), floors.get(used)) else {
        return Some(format!("`{used}` is on no floor."));
    };
    let way = match there.cmp(here) {
        Ordering::Greater => return None,
        Ordering::Equal => "beside it",
        Ordering::Less => "above it",
    };
    Some(format!(
        "`{room}` on floor {} uses `{used}` on floor {}, {way}; what both need belongs below both.",
        here + 1,
        there + 1
    ))
}

/// A file of a room; its path starts at `src`.
struct RoomsFile {
    path: PathBuf,
    room: String,
    text: String,
}

fn rooms_files() -> Vec<RoomsFile> {
    let mut found = Vec::new();
    for path in files(&source()) {
        let text = fs::read_to_string(&path).expect("a source file");
        let path = path
            .strip_prefix(source())
            .expect("a file in src")
            .to_owned();
        if let Some(room) = room_of(&path) {
            found.push(RoomsFile { path, room, text });
        }
    }
    found
}

/// The room of each macro at the root of the crate.
fn macros(files: &[RoomsFile]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in files {
        for name in paths::exported_macros(&file.text).expect("Rust") {
            found.insert(name, file.room.clone());
        }
    }
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

/// The room a file is in: its first folder, or its own name. The two roots of the crate are in none.
fn room_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&room)).then(|| room.to_owned())
}

/// How many modules deep a file is: 1 for a room itself.
fn depth_of(path: &Path) -> usize {
    let names = path.components().count();
    if path.ends_with("mod.rs") {
        names - 1
    } else {
        names
    }
}

fn floors() -> Floors {
    let floors = listed().into_iter().enumerate();
    floors
        .flat_map(|(floor, rooms)| rooms.into_iter().map(move |room| (room, floor)))
        .collect()
}

/// The rooms of each floor: what is in backticks in the numbered list of `lib.rs`' doc comment.
fn listed() -> Vec<Vec<String>> {
    let text = fs::read_to_string(source().join("lib.rs")).expect("lib.rs");
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let mut floors: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let numbered = line
            .trim_start()
            .split_once(". ")
            .and_then(|(number, _)| number.parse::<usize>().ok());
        if let Some(number) = numbered {
            floors.push(Vec::new());
            assert_eq!(number, floors.len(), "the floors are numbered in order");
        }
        if let Some(floor) = floors.last_mut() {
            floor.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    assert!(
        floors.len() > 1,
        "lib.rs' doc comment has no numbered floors"
    );
    floors
}

#[test]
fn a_mention_above_or_beside_is_reported_and_one_below_is_not() {
    let floors = Floors::from([
        ("high".to_owned(), 0),
        ("here".to_owned(), 1),
        ("beside".to_owned(), 1),
        ("low".to_owned(), 2),
    ]);
    let told = |room: &str| judge(&floors, "here", room);
    assert_eq!(told("low"), None);
    assert_eq!(told("here"), None);
    for (room, word) in [
        ("high", "above"),
        ("beside", "beside"),
        ("nowhere", "no floor"),
    ] {
        assert!(told(room).is_some_and(|why| why.contains(word)), "{room}");
    }
}
