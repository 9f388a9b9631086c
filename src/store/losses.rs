//! What undoing a migration would lose: rows and values are counted before and after it, in the transaction that is rolled
//! back where they must not go.

use std::collections::BTreeMap;
use std::fmt;

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Text};

use super::{Conn, StoreError};

/// Tables of the mechanism itself, and counters, which say nothing that the counted rows do not.
const OURS: [&str; 6] = [
    "__diesel_schema_migrations",
    "credit_counter",
    "event_sequence",
    "replicas",
    "revision_counter",
    "rule_test_set",
];

/// Rows of a table, or values of a column, that would be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub table: String,
    /// `None`: whole rows.
    pub column: Option<String>,
    pub count: i64,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Loss {
            table,
            column,
            count,
        } = self;
        match column {
            None => write!(f, "{count} rows of {table}"),
            Some(column) => write!(f, "{count} values of {table}.{column}"),
        }
    }
}

/// Rows by table, and values that are not null by table and column.
pub(super) struct Census(BTreeMap<String, TableContents>);

struct TableContents {
    rows: i64,
    values: BTreeMap<String, i64>,
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Census {
    pub(super) fn take(conn: &mut Conn) -> Result<Self, StoreError> {
        let columns = match conn {
            Conn::Sqlite(_) => {
                "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
            }
            Conn::Pg(_) => {
                "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c \
                 JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            }
        };
        let columns: Vec<Column> = diesel::sql_query(columns).load(conn)?;
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in columns {
            if !OURS.contains(&column.table_name.as_str()) {
                let of_table = tables.entry(column.table_name).or_default();
                of_table.push(column.column_name);
            }
        }
        let mut census = BTreeMap::new();
        for (table, columns) in tables {
            census.insert(table.clone(), TableContents::count(conn, &table, &columns)?);
        }
        Ok(Census(census))
    }

    /// What is in this one and not in the later one.
    pub(super) fn losses(&self, later: &Census) -> Vec<Loss> {
        let mut losses = Vec::new();
        for (name, before) in &self.0 {
            let after = later.0.get(name);
            let gone = before.rows - after.map_or(0, |table| table.rows);
            if gone > 0 {
                losses.push(Loss {
                    table: name.clone(),
                    column: None,
                    count: gone,
                });
            }
            let Some(after) = after else { continue };
            let dropped = before
                .values
                .iter()
                .filter(|(column, count)| **count > 0 && !after.values.contains_key(*column));
            losses.extend(dropped.map(|(column, count)| Loss {
                table: name.clone(),
                column: Some(column.clone()),
                count: *count,
            }));
        }
        losses
    }
}

impl TableContents {
    fn count(conn: &mut Conn, table: &str, columns: &[String]) -> Result<Self, StoreError> {
        let mut query = format!("SELECT '' AS name, count(*) AS number FROM \"{table}\"");
        for column in columns {
            query.push_str(&format!(
                " UNION ALL SELECT '{column}', count(\"{column}\") FROM \"{table}\""
            ));
        }
        let counts: Vec<Count> = diesel::sql_query(query).load(conn)?;
        let mut values: BTreeMap<String, i64> = counts
            .into_iter()
            .map(|count| (count.name, count.number))
            .collect();
        Ok(TableContents {
            rows: values.remove("").unwrap_or_default(),
            values,
        })
    }
}
