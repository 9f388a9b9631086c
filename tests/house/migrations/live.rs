//! What a migrated database says of itself.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use onterms::store::{Conn, StoreError};

use super::written::Table;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    column_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    /// Its place in the primary key, from 1; 0 outside.
    #[diesel(sql_type = BigInt)]
    key_place: i64,
}

#[derive(QueryableByName)]
struct Thing {
    #[diesel(sql_type = Text)]
    thing: String,
}

const SQLITE_COLUMNS: &str = r#"
    SELECT t.name AS table_name, c.name AS column_name, c.type AS column_type,
           NOT c."notnull" AS nullable, c.pk AS key_place
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
      AND t.name <> '__diesel_schema_migrations'
    ORDER BY t.name, c.cid"#;

const POSTGRESQL_COLUMNS: &str = "
    SELECT t.relname::text AS table_name, c.attname::text AS column_name,
           format_type(c.atttypid, c.atttypmod) AS column_type, NOT c.attnotnull AS nullable,
           COALESCE(array_position(k.conkey, c.attnum), 0)::bigint AS key_place
    FROM pg_class t
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
    WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
      AND t.relname <> '__diesel_schema_migrations'
    ORDER BY t.relname, c.attnum";

const SQLITE_EVERYTHING: &str = "
    SELECT sql AS thing FROM sqlite_master
    WHERE sql IS NOT NULL AND tbl_name <> '__diesel_schema_migrations' ORDER BY 1";

const POSTGRESQL_EVERYTHING: &str = "
    SELECT thing FROM (
        SELECT conrelid::regclass AS of, pg_get_constraintdef(oid) AS thing
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
        UNION ALL SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal
        UNION ALL SELECT 0::regclass, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT attrelid::regclass,
                         format('%s %s %s', attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
    ) things
    LEFT JOIN pg_class t ON t.oid = things.of
    WHERE t.oid IS NULL OR (t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
      AND t.relname <> '__diesel_schema_migrations')
    ORDER BY t.relname, thing";

/// The tables by name.
pub fn tables(conn: &mut Conn) -> Result<BTreeMap<String, Table>, StoreError> {
    let query = match conn {
        Conn::Sqlite(_) => SQLITE_COLUMNS,
        Conn::Pg(_) => POSTGRESQL_COLUMNS,
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut keys: BTreeMap<(String, i64), String> = BTreeMap::new();
    for column in diesel::sql_query(query).load::<Column>(conn)? {
        let kind = in_diesels_words(&column.column_type);
        let kind = if column.nullable {
            format!("Nullable<{kind}>")
        } else {
            kind
        };
        if column.key_place > 0 {
            keys.insert(
                (column.table_name.clone(), column.key_place),
                column.column_name.clone(),
            );
        }
        tables
            .entry(column.table_name)
            .or_default()
            .columns
            .push((column.column_name, kind));
    }
    for ((table, _), column) in keys {
        tables.entry(table).or_default().key.push(column);
    }
    Ok(tables)
}

/// Everything the migrations made, as definitions in an order that does not depend on when it was made.
pub fn everything(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let query = match conn {
        Conn::Sqlite(_) => SQLITE_EVERYTHING,
        Conn::Pg(_) => POSTGRESQL_EVERYTHING,
    };
    let things = diesel::sql_query(query).load::<Thing>(conn)?;
    Ok(things.into_iter().map(|thing| thing.thing).collect())
}

/// A type unknown here stays as it is, so that the comparison shows it.
fn in_diesels_words(column_type: &str) -> String {
    match column_type.to_lowercase().as_str() {
        "text" => "Text",
        "smallint" => "SmallInt",
        "integer" => "Integer",
        "bigint" => "BigInt",
        "boolean" => "Bool",
        "double" | "double precision" => "Double",
        "blob" | "bytea" => "Binary",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        _ => column_type,
    }
    .to_owned()
}
