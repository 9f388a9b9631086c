//! The rows and values that undoing a migration would delete. They are counted before and after it, in a transaction
//! that is rolled back if nothing may be lost.

use std::collections::BTreeMap;
use std::fmt;

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Text};

use super::{Conn, StoreError};

/// Tables of the migrations and counters. Losing them loses no data beyond the counted rows.
const OURS: [&str; 6] = [
    "__diesel_schema_migrations",
    "credit_counter",
    "event_sequence",
    "replicas",
    "revision_counter",
    "rule_test_set",
];

/// The number of rows of a table, or of values of a column, that would be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub table: String,
    /// `None` for whole rows.
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

/// The number of rows by table, and of non-null values by table and column.
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

    /// The rows and values that are missing in the later census.
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
