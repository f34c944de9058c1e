//! SQLite: one file, write-ahead log, flushed at each commit.

use super::super::StoreFault;
use super::{Row, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Lite {
    conn: Connection,
}

impl Lite {
    pub(super) fn open(path: &Path, make: bool) -> Result<Lite, StoreFault> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, make);
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(Duration::from_secs(30))?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;
             PRAGMA cache_size = -16384;",
        )?;
        // A plan does not hang on what is bound, so a statement is parsed once and not whenever another value is bound.
        conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(256);
        Ok(Lite { conn })
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreFault> {
        Ok(self.conn.execute_batch(sql)?)
    }

    pub(super) fn rows(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreFault> {
        let mut statement = self.conn.prepare_cached(&own_words(sql))?;
        let count = statement.column_count();
        let mut rows = statement.query(params_from_iter(params))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(count);
            for at in 0..count {
                values.push(match row.get_ref(at)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                    ValueRef::Real(_) => return Err(StoreFault::Damaged("a fraction where none is kept")),
                });
            }
            all.push(Row(values));
        }
        Ok(all)
    }

    pub(super) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreFault> {
        let mut statement = self.conn.prepare_cached(&own_words(sql))?;
        Ok(statement.execute(params_from_iter(params))? as u64)
    }

    pub(super) fn put(&self, sql: &str, rows: &[Vec<Value>]) -> Result<(), StoreFault> {
        let mut statement = self.conn.prepare_cached(sql)?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
        Ok(())
    }
}

/// A list is one value here: JSON that is taken apart again.
fn own_words(sql: &str) -> Cow<'_, str> {
    let mut rest = sql;
    let mut words = String::new();
    while let Some((before, after)) = rest.split_once("= ANY(")
        && let Some((place, behind)) = after.split_once(')')
    {
        words.push_str(before);
        words.push_str("IN (SELECT value FROM json_each(");
        words.push_str(place);
        words.push_str("))");
        rest = behind;
    }
    if words.is_empty() {
        return Cow::Borrowed(sql);
    }
    words.push_str(rest);
    Cow::Owned(words)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let json = |text: Result<String, serde_json::Error>| {
            text.map(|text| ToSqlOutput::Owned(rusqlite::types::Value::Text(text)))
                .map_err(|fault| rusqlite::Error::ToSqlConversionFailure(Box::new(fault)))
        };
        match self {
            Value::Null => Ok(ToSqlOutput::Borrowed(ValueRef::Null)),
            Value::Int(number) => Ok(ToSqlOutput::Borrowed(ValueRef::Integer(*number))),
            Value::Text(text) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
            Value::Blob(bytes) => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes))),
            Value::Ints(numbers) => json(serde_json::to_string(numbers)),
            Value::Texts(texts) => json(serde_json::to_string(texts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::own_words;

    #[test]
    fn a_list_is_taken_apart() {
        assert_eq!(own_words("SELECT 1"), "SELECT 1");
        assert_eq!(
            own_words("a = ANY(?1) AND b = ANY(?2)"),
            "a IN (SELECT value FROM json_each(?1)) AND b IN (SELECT value FROM json_each(?2))"
        );
    }
}
