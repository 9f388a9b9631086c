//! What the files of `src/store/schema` say.

use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

use crate::floors::files;

static SCHEMA: LazyLock<String> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema");
    let texts = files(&folder).into_iter().map(fs::read_to_string);
    texts.collect::<Result<_, _>>().expect("the schema")
});

/// A table: the columns of its key, and each column's name with its type in Diesel's words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub key: Vec<String>,
    pub columns: Vec<(String, String)>,
}

/// The `diesel::table!` blocks by name.
pub fn tables() -> BTreeMap<String, Table> {
    blocks("diesel::table! {", "\n}").map(table).collect()
}

/// The names in `allow_tables_to_appear_in_same_query!`.
pub fn appearing_together() -> Vec<String> {
    blocks("allow_tables_to_appear_in_same_query!(", ")")
        .flat_map(|block| block.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn blocks(begin: &str, end: &str) -> impl Iterator<Item = &'static str> {
    SCHEMA.split(begin).skip(1).map(move |rest| {
        rest.split_once(end)
            .unwrap_or_else(|| panic!("a block {begin} without its end"))
            .0
    })
}

fn table(block: &str) -> (String, Table) {
    let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
    let head = lines
        .next()
        .and_then(|head| head.strip_suffix(") {"))
        .expect("a name and a key");
    let (name, key) = head.split_once(" (").expect("a key after the name");
    let key = key.split(", ").map(str::to_owned).collect();
    let mut columns = Vec::new();
    // A column named like a word of Rust's goes by another name and carries its own in an attribute.
    let mut own_name = None;
    for line in lines {
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            own_name = name.strip_suffix("\"]");
        } else if let Some((column, kind)) = line.split_once(" -> ") {
            let column = own_name.take().unwrap_or(column);
            columns.push((column.to_owned(), common_name(kind.trim_end_matches(','))));
        }
    }
    (name.to_owned(), Table { key, columns })
}

/// Diesel prints PostgreSQL's own names for types that have a common one.
fn common_name(kind: &str) -> String {
    if let Some(inner) = kind
        .strip_prefix("Nullable<")
        .and_then(|kind| kind.strip_suffix('>'))
    {
        return format!("Nullable<{}>", common_name(inner));
    }
    match kind {
        "Int2" => "SmallInt",
        "Int4" => "Integer",
        "Int8" => "BigInt",
        "Float8" => "Double",
        "Bytea" => "Binary",
        "Varchar" => "Text",
        other => other,
    }
    .to_owned()
}
