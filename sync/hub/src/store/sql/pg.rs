//! PostgreSQL. Events lie in one partition for each month in which they were received.
//!
//! A round trip costs more than most statements. So what a transaction only writes waits, and goes out in one flight with the
//! next statement that asks for something, in the order in which it was written; what is wrong with it is told then, at the
//! latest when the transaction is committed.

use super::super::StoreFault;
use super::{Kind, Lock, Row, Table, Value};
use futures_util::future::{join, join_all};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use tokio::runtime::Runtime;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Statement};

/// The first half of the keys of this program's advisory locks: "OqHb".
const LOCKS: i32 = 0x4f71_4862;

/// Writes that go out in one flight at most.
const MOST_WRITES: usize = 24;

/// The values of a statement.
type Bound = Vec<Box<dyn ToSql + Sync + Send>>;

pub(super) struct Pg {
    inner: RefCell<Inner>,
}

struct Inner {
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    /// Months whose partition this connection has seen.
    months: BTreeSet<i64>,
    /// What the open transaction has written and what has not gone out.
    writes: Vec<(Statement, Bound)>,
}

impl std::fmt::Debug for Pg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pg").finish_non_exhaustive()
    }
}

impl Pg {
    pub(super) fn connect(url: &str) -> Result<Pg, StoreFault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|fault| StoreFault::Postgres(fault.to_string()))?;
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            // Its end is told by the next statement.
            tokio::spawn(async move { drop(connection.await) });
            // Statements are short and many: compiling them would take longer than running them.
            client.batch_execute("SET jit = off").await?;
            Ok::<_, tokio_postgres::Error>(client)
        })?;
        let (statements, months, writes) = (HashMap::new(), BTreeSet::new(), Vec::new());
        Ok(Pg { inner: RefCell::new(Inner { runtime, client, statements, months, writes }) })
    }

    pub(super) fn is_gone(&self) -> bool {
        self.inner.borrow().client.is_closed()
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreFault> {
        self.inner.borrow_mut().fly(async |client| client.batch_execute(sql).await)
    }

    pub(super) fn begin(&self, lock: Lock) -> Result<(), StoreFault> {
        let what = match lock {
            Lock::Region => 0,
            Lock::School(school) => school.0.cast_signed(),
        };
        self.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCKS}, {what})"))
    }

    pub(super) fn rows(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreFault> {
        let mut inner = self.inner.borrow_mut();
        let statement = inner.prepare(sql, params)?;
        let rows = inner.fly(async |client| client.query(&statement, &sync(params)).await)?;
        let read = |row: tokio_postgres::Row| {
            let values = (0..row.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
            Ok(Row(values))
        };
        rows.into_iter().map(read).collect()
    }

    pub(super) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreFault> {
        let mut inner = self.inner.borrow_mut();
        let statement = inner.prepare(sql, params)?;
        inner.fly(async |client| client.execute(&statement, &sync(params)).await)
    }

    /// Within a transaction: as [`Pg::execute`], at the latest when it is committed.
    pub(super) fn write(&self, sql: &str, params: &[Value]) -> Result<(), StoreFault> {
        let bound = params.iter().map(|value| Box::new(value.clone()) as Box<dyn ToSql + Sync + Send>);
        self.inner.borrow_mut().write(sql, params, bound.collect())
    }

    /// Within a transaction, at the latest when it is committed. `sql` takes each column as a list.
    pub(super) fn put(&self, sql: &str, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreFault> {
        let column = |(at, (_, kind)): (usize, &(&str, Kind))| -> Box<dyn ToSql + Sync + Send> {
            let cells = rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null));
            match kind {
                Kind::Int => Box::new(cells.map(int).collect::<Vec<_>>()),
                Kind::Text => Box::new(cells.map(text).collect::<Vec<_>>()),
                Kind::Blob => Box::new(cells.map(blob).collect::<Vec<_>>()),
            }
        };
        let columns = table.columns.iter().enumerate().map(column).collect();
        self.inner.borrow_mut().write(sql, &[], columns)
    }

    /// Undoes the open transaction.
    pub(super) fn roll_back(&self) -> Result<(), StoreFault> {
        self.inner.borrow_mut().writes.clear();
        self.batch("ROLLBACK")
    }

    pub(super) fn make_room(&self, received_s: i64) -> Result<(), StoreFault> {
        let (name, from_s, to_s) = month(received_s);
        if self.inner.borrow().months.contains(&from_s) {
            return Ok(());
        }
        // Asked for first: making one, even in vain, waits for every reader of the table.
        let known = self.rows("SELECT to_regclass(?1) IS NOT NULL", &[Value::Text(name.clone())])?;
        if !known.first().is_some_and(|row| row.get::<bool>(0).is_ok_and(|known| known)) {
            self.batch(&format!(
                "SELECT pg_advisory_xact_lock({LOCKS}, -1);
                 CREATE TABLE IF NOT EXISTS {name} PARTITION OF event FOR VALUES FROM ({from_s}) TO ({to_s})"
            ))?;
        }
        self.inner.borrow_mut().months.insert(from_s);
        Ok(())
    }
}

impl Inner {
    fn prepare(&mut self, sql: &str, params: &[Value]) -> Result<Statement, StoreFault> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(&own_words(sql, params)))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn write(&mut self, sql: &str, params: &[Value], bound: Bound) -> Result<(), StoreFault> {
        let statement = self.prepare(sql, params)?;
        if self.writes.len() >= MOST_WRITES {
            self.fly(async |_| Ok(()))?;
        }
        self.writes.push((statement, bound));
        Ok(())
    }

    /// Sends what waits, and `last` behind it without waiting for what comes of it.
    fn fly<T>(
        &mut self,
        last: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreFault> {
        let (client, writes) = (&self.client, std::mem::take(&mut self.writes));
        // Each sends when it is first polled, which is one after the other.
        let all = join(join_all(writes.iter().map(|write| execute(client, write))), last(client));
        let (written, last) = self.runtime.block_on(all);
        written.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(last?)
    }
}

async fn execute(
    client: &Client,
    (statement, bound): &(Statement, Bound),
) -> Result<u64, tokio_postgres::Error> {
    let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| &**value as _).collect();
    client.execute(statement, &bound).await
}

/// Places are written with `$`. A list is looked up one by one by way of an index: what the planner makes of `= ANY` of many
/// depends on statistics that a young table does not have yet.
fn own_words(sql: &str, params: &[Value]) -> String {
    let mut words = sql.to_owned();
    for (n, value) in (1..).zip(params) {
        let sort = match value {
            Value::Ints(_) => "bigint",
            Value::Texts(_) => "text",
            Value::Null | Value::Int(_) | Value::Text(_) | Value::Blob(_) => continue,
        };
        words = words.replace(&format!("= ANY(?{n})"), &format!("IN (SELECT unnest(?{n}::{sort}[]))"));
    }
    words.replace('?', "$")
}

/// The partition of a time: its name, where it begins, and where the next one does.
fn month(at_s: i64) -> (String, i64, i64) {
    use jiff::civil::{Date, Time};
    use jiff::{Timestamp, tz::TimeZone};
    let day = TimeZone::UTC.to_datetime(Timestamp::from_second(at_s).unwrap_or(Timestamp::UNIX_EPOCH));
    let (year, month) = (day.year(), day.month());
    let begin = |year, month| {
        let day = Date::new(year, month, 1).map(|date| date.to_datetime(Time::midnight()));
        day.and_then(|day| TimeZone::UTC.to_timestamp(day)).map_or(0, Timestamp::as_second)
    };
    let next = if month == 12 { begin(year.saturating_add(1), 1) } else { begin(year, month + 1) };
    (format!("event_{year:04}_{month:02}"), begin(year, month), next)
}

/// A schema that SQLite reads, in PostgreSQL's words.
pub(super) fn schema(sql: &str) -> String {
    sql.replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
        .replace("INTEGER", "BIGINT")
        .replace("BLOB", "BYTEA")
        .replace(" STRICT, WITHOUT ROWID", "")
        .replace(" STRICT", "")
}

fn sync(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Null | Value::Text(_) | Value::Blob(_) | Value::Ints(_) | Value::Texts(_) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Null | Value::Int(_) | Value::Blob(_) | Value::Ints(_) | Value::Texts(_) => None,
    }
}

fn blob(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Blob(bytes) => Some(bytes.clone()),
        Value::Null | Value::Int(_) | Value::Text(_) | Value::Ints(_) | Value::Texts(_) => None,
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Value::Int(number) => number.to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Blob(bytes) => bytes.to_sql(ty, out),
            Value::Ints(numbers) => numbers.to_sql(ty, out),
            Value::Texts(texts) => texts.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl FromSql<'_> for Value {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Value, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::BOOL => Value::Int(bool::from_sql(ty, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::BYTEA => Value::Blob(Vec::from_sql(ty, raw)?),
            _ => Value::Text(String::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value, Box<dyn Error + Sync + Send>> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::BOOL | Type::INT4 | Type::INT8 | Type::BYTEA | Type::TEXT | Type::VARCHAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_a_begin_and_an_end() {
        assert_eq!(month(1_798_761_599), ("event_2026_12".into(), 1_796_083_200, 1_798_761_600));
        assert_eq!(month(1_798_761_600).0, "event_2027_01");
    }
}
