//! What `state.db` derives from records, to find them by something else than their key.

use crate::StoreFault;
use exchange::{Feed, Record, search};
use rusqlite::{Connection, params};

/// Kinds in the table of search keys.
pub(crate) const TITLE: u8 = 1;
/// See [`TITLE`].
pub(crate) const PATRON: u8 = 2;

/// Adds what follows from `record`.
pub(crate) fn add(conn: &Connection, record: &Record) -> Result<(), StoreFault> {
    match record {
        Record::Patron(patron) => {
            let id = patron.id.0 as i64;
            for card in &patron.cards {
                run(conn, "INSERT OR IGNORE INTO card (number, patron) VALUES (?1, ?2)", params![card, id])?;
            }
            if let (Some(class), Some(_)) = (patron.class, patron.pin) {
                run(conn, "INSERT INTO member (class, patron) VALUES (?1, ?2)", params![class.0, id])?;
            }
            add_words(conn, PATRON, id, &format!("{} {}", patron.family, patron.given))
        }
        Record::Title(title) => {
            add_words(conn, TITLE, title.id.0 as i64, &format!("{} {}", title.name, title.author))
        }
        Record::Item(item) => {
            for number in &item.former {
                let values = params![number.as_str(), item.id.as_str()];
                run(conn, "INSERT OR IGNORE INTO former (number, item) VALUES (?1, ?2)", values)?;
            }
            Ok(())
        }
        Record::Hold(hold) => {
            let values = params![hold.title.0 as i64, hold.id.0 as i64];
            run(conn, "INSERT INTO claim (title, hold) VALUES (?1, ?2)", values)
        }
        Record::Rules(_)
        | Record::Calendar(_)
        | Record::Class(_)
        | Record::Set(_)
        | Record::Verdict(_)
        | Record::Notice(_)
        | Record::Loan(_) => Ok(()),
    }
}

/// Takes out what followed from `record`.
pub(crate) fn remove(conn: &Connection, record: &Record) -> Result<(), StoreFault> {
    match record {
        Record::Patron(patron) => {
            let id = patron.id.0 as i64;
            for card in &patron.cards {
                run(conn, "DELETE FROM card WHERE number = ?1 AND patron = ?2", params![card, id])?;
            }
            if let Some(class) = patron.class {
                run(conn, "DELETE FROM member WHERE class = ?1 AND patron = ?2", params![class.0, id])?;
            }
            run(conn, "DELETE FROM word WHERE kind = ?1 AND id = ?2", params![PATRON, id])
        }
        Record::Title(title) => {
            run(conn, "DELETE FROM word WHERE kind = ?1 AND id = ?2", params![TITLE, title.id.0 as i64])
        }
        Record::Item(item) => {
            for number in &item.former {
                let values = params![number.as_str(), item.id.as_str()];
                run(conn, "DELETE FROM former WHERE number = ?1 AND item = ?2", values)?;
            }
            Ok(())
        }
        Record::Hold(hold) => {
            let values = params![hold.title.0 as i64, hold.id.0 as i64];
            run(conn, "DELETE FROM claim WHERE title = ?1 AND hold = ?2", values)
        }
        Record::Rules(_)
        | Record::Calendar(_)
        | Record::Class(_)
        | Record::Set(_)
        | Record::Verdict(_)
        | Record::Notice(_)
        | Record::Loan(_) => Ok(()),
    }
}

/// Takes out all that followed from a feed.
pub(crate) fn clear(conn: &Connection, feed: Feed) -> Result<(), StoreFault> {
    match feed {
        Feed::Patrons => {
            conn.execute_batch("DELETE FROM card; DELETE FROM member")?;
            run(conn, "DELETE FROM word WHERE kind = ?1", params![PATRON])
        }
        Feed::Titles => run(conn, "DELETE FROM word WHERE kind = ?1", params![TITLE]),
        Feed::Items => run(conn, "DELETE FROM former", params![]),
        Feed::Holds => run(conn, "DELETE FROM claim", params![]),
        Feed::Rules
        | Feed::Calendar
        | Feed::Classes
        | Feed::Sets
        | Feed::Verdicts
        | Feed::Notices
        | Feed::Loans => Ok(()),
    }
}

fn add_words(conn: &Connection, kind: u8, id: i64, text: &str) -> Result<(), StoreFault> {
    let values = params![kind, id, text.to_lowercase(), search::key(text)];
    run(conn, "INSERT INTO word (kind, id, plain, folded) VALUES (?1, ?2, ?3, ?4)", values)
}

fn run(conn: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreFault> {
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
