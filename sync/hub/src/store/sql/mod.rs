//! One way to speak to either database: a statement in the words that both know, values in, rows out.
//!
//! - Statements are written with `?1`, `?2`, …; numbers have 64 bits, yes and no are 1 and 0.
//! - `= ANY(?1)` takes a list of numbers or texts.
//! - A transaction that is not committed is rolled back. Those that write about one school go one after the other,
//!   whichever program they come from.
//! - What one message changes goes in a handful of statements, however many rows they carry.

mod lite;
mod pg;
mod value;

pub(super) use value::{FromValue, Row, Value};

use super::{SchoolId, StoreFault};
use lite::Lite;
use pg::Pg;
use std::ops::Deref;
use std::path::Path;

/// A statement's values.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*] };
}
pub(super) use params;

/// Sorts of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Blob,
}

/// A table that rows are put into many at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; the first `key` of them are the key.
    pub columns: &'static [(&'static str, Kind)],
    /// How many columns are the key.
    pub key: usize,
}

/// What to do with a row whose key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    /// It cannot be there.
    Nothing,
    /// The new one takes its place.
    Replaced,
    /// The old one stays.
    Kept,
}

/// What a transaction keeps others from writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// What belongs to no school: stations that ask to join, people.
    Region,
    /// One school.
    School(SchoolId),
}

/// An open database.
#[derive(Debug)]
pub(super) struct Db {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Lite(Lite),
    Pg(Box<Pg>),
}

impl Db {
    /// Opens or makes a SQLite file.
    pub(super) fn lite(path: &Path, make: bool) -> Result<Db, StoreFault> {
        Ok(Db { engine: Engine::Lite(Lite::open(path, make)?) })
    }

    /// Connects to a PostgreSQL database.
    pub(super) fn pg(url: &str) -> Result<Db, StoreFault> {
        Ok(Db { engine: Engine::Pg(Box::new(Pg::connect(url)?)) })
    }

    /// Which database it is.
    pub(super) fn name(&self) -> &'static str {
        match &self.engine {
            Engine::Lite(_) => "sqlite",
            Engine::Pg(_) => "postgres",
        }
    }

    /// Whether it answers no more.
    pub(super) fn is_gone(&self) -> bool {
        match &self.engine {
            Engine::Lite(_) => false,
            Engine::Pg(pg) => pg.is_gone(),
        }
    }

    /// Runs statements without values, one after the other; `schema` words are put into the database's own.
    pub(super) fn run_schema(&self, sql: &str) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch(sql),
            Engine::Pg(pg) => pg.batch(&pg::schema(sql)),
        }
    }

    /// All rows that a statement gives.
    pub(super) fn rows(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.rows(sql, params),
            Engine::Pg(pg) => pg.rows(sql, params),
        }
    }

    /// The first row that a statement gives.
    pub(super) fn row(&self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreFault> {
        Ok(self.rows(sql, params)?.into_iter().next())
    }

    /// The first column of the only row that a statement gives.
    pub(super) fn one<T: FromValue>(&self, sql: &str, params: &[Value]) -> Result<T, StoreFault> {
        self.row(sql, params)?.ok_or(StoreFault::Damaged("a row is missing"))?.get(0)
    }

    /// Runs a statement that gives nothing; says how many rows it touched. Where nobody asks that within a transaction,
    /// [`Tx::write`] is cheaper.
    pub(super) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.execute(sql, params),
            Engine::Pg(pg) => pg.execute(sql, params),
        }
    }

    /// Makes sure that events received at this time have a place.
    pub(super) fn make_room(&self, received_s: i64) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(_) => Ok(()),
            Engine::Pg(pg) => pg.make_room(received_s),
        }
    }

    /// Lets the database count a table anew that has grown by much at once: its planner would take it for empty until then.
    pub(super) fn count_anew(&self, table: &Table) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(_) => Ok(()),
            Engine::Pg(pg) => pg.batch(&format!("ANALYZE {}", table.name)),
        }
    }

    /// Begins a transaction that only reads, and sees one moment throughout.
    pub(super) fn begin_reading(&self) -> Result<Tx<'_>, StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch("BEGIN")?,
            Engine::Pg(pg) => pg.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?,
        }
        Ok(Tx { db: self, open: true })
    }

    /// Lets a table's next row have a number above this one, which is above all it has.
    pub(super) fn skip_numbers(&self, table: &str, upto: u32) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch(&format!(
                "DELETE FROM sqlite_sequence WHERE name = '{table}';
                 INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {upto})"
            )),
            Engine::Pg(pg) => {
                pg.batch(&format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), {upto})"))
            }
        }
    }

    /// Begins a transaction.
    pub(super) fn begin(&self, lock: Lock) -> Result<Tx<'_>, StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch("BEGIN IMMEDIATE")?,
            Engine::Pg(pg) => pg.begin(lock)?,
        }
        Ok(Tx { db: self, open: true })
    }

    fn commit(&self) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch("COMMIT"),
            Engine::Pg(pg) => pg.batch("COMMIT"),
        }
    }

    fn roll_back(&self) -> Result<(), StoreFault> {
        match &self.engine {
            Engine::Lite(lite) => lite.batch("ROLLBACK"),
            Engine::Pg(pg) => pg.roll_back(),
        }
    }
}

fn values(table: &Table) -> String {
    let places: Vec<String> = (1..=table.columns.len()).map(|n| format!("?{n}")).collect();
    format!("VALUES ({})", places.join(", "))
}

fn unnest(table: &Table) -> String {
    let lists = table.columns.iter().enumerate().map(|(n, (_, kind))| {
        let sort = match kind {
            Kind::Int => "bigint",
            Kind::Text => "text",
            Kind::Blob => "bytea",
        };
        format!("?{}::{sort}[]", n + 1)
    });
    format!("SELECT * FROM unnest({})", lists.collect::<Vec<_>>().join(", "))
}

fn insert(table: &Table, meets: Meets, source: &str) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let (key, rest) = names.split_at(table.key.min(names.len()));
    let tail = match meets {
        Meets::Nothing => String::new(),
        Meets::Kept => " ON CONFLICT DO NOTHING".to_owned(),
        Meets::Replaced => {
            let set: Vec<String> = rest.iter().map(|name| format!("{name} = excluded.{name}")).collect();
            format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", "))
        }
    };
    format!("INSERT INTO {} ({}) {source}{tail}", table.name, names.join(", "))
}

/// A transaction; what it did is undone unless it is committed.
#[derive(Debug)]
pub(super) struct Tx<'d> {
    db: &'d Db,
    open: bool,
}

impl Tx<'_> {
    /// Makes it durable.
    pub(super) fn commit(mut self) -> Result<(), StoreFault> {
        self.open = false;
        let done = self.db.commit();
        if done.is_err() {
            // SQLite leaves it open where the disk is full.
            let _ = self.db.roll_back();
        }
        done
    }

    /// Runs a statement that gives nothing, and of which nobody asks how many rows it touched. What is wrong with it may be told
    /// by a later statement or by the commit.
    pub(super) fn write(&self, sql: &str, params: &[Value]) -> Result<(), StoreFault> {
        match &self.db.engine {
            Engine::Lite(lite) => lite.execute(sql, params).map(drop),
            Engine::Pg(pg) => pg.write(sql, params),
        }
    }

    /// Puts rows, each with all columns of the table in their order; a fault as with [`Tx::write`].
    pub(super) fn put(&self, table: &Table, meets: Meets, rows: &[Vec<Value>]) -> Result<(), StoreFault> {
        if rows.is_empty() {
            return Ok(());
        }
        match &self.db.engine {
            Engine::Lite(lite) => lite.put(&insert(table, meets, &values(table)), rows),
            Engine::Pg(pg) => pg.put(&insert(table, meets, &unnest(table)), table, rows),
        }
    }

    /// Takes rows away by their keys; a fault as with [`Tx::write`].
    pub(super) fn take_away(&self, table: &Table, keys: &[Vec<Value>]) -> Result<(), StoreFault> {
        let columns = table.columns.iter().take(table.key);
        let test = columns.enumerate().map(|(n, (name, _))| format!("{name} = ?{}", n + 1));
        let sql = format!("DELETE FROM {} WHERE {}", table.name, test.collect::<Vec<_>>().join(" AND "));
        keys.iter().try_for_each(|key| self.write(&sql, key))
    }
}

impl Deref for Tx<'_> {
    type Target = Db;

    fn deref(&self) -> &Db {
        self.db
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if self.open {
            let _ = self.db.roll_back();
        }
    }
}
