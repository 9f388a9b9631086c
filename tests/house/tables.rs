//! Each table has one owner: the room whose code writes it. Others read it, or ask its owner to write.

use std::{collections::BTreeMap, fs, path::Path};

use crate::floors::files;

/// Tables that a second room writes, with that room.
const SHARED: [(&str, &str); 1] = [("revision_counter", "tokens")];

/// The word that a text starts with.
fn word(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_alphanumeric() && it != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The tables that a text inserts into, updates or deletes from.
fn written(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["insert_into(", "diesel::update(", "diesel::delete("] {
        for (place, _) in text.match_indices(call) {
            let argument = text[place + call.len()..].trim_start();
            let name = word(argument);
            if argument[name.len()..].starts_with("::table") {
                found.push(name.to_owned());
                continue;
            }
            // A query that was put together before.
            let definition = format!("let {name} =");
            if let Some(start) = text[..place].rfind(&definition) {
                let query = text[start + definition.len()..].trim_start();
                let table = word(query);
                if query[table.len()..].starts_with("::table") {
                    found.push(table.to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn a_table_is_written_by_one_room() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut writers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in files(&source) {
        let name = path.strip_prefix(&source).expect("a file in src");
        let name = name.to_str().expect("a plain path").to_owned();
        if name.contains("tests") {
            continue;
        }
        let room = word(&name).to_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        for table in written(&text) {
            if !SHARED.contains(&(&table, &room)) {
                let rooms = writers.entry(table).or_default();
                rooms.insert(room.clone(), name.clone());
            }
        }
    }
    assert!(writers.len() > 20, "{} tables are written", writers.len());
    let shared: Vec<_> = writers
        .iter()
        .filter(|(_, rooms)| rooms.len() > 1)
        .collect();
    assert!(shared.is_empty(), "written by several rooms:\n{shared:#?}");
}

#[test]
fn writes_are_found_however_they_are_spelled() {
    let text = "diesel::insert_into(a::table).values(x); let old = b::table.find(id); diesel::delete(old); \
                diesel::update(\n c::table.find(1)); diesel::delete(d.filter(x)); e::table.load(conn)";
    assert_eq!(written(text), ["a", "c", "b"]);
}
