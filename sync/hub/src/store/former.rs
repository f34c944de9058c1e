//! Numbers that items had before. An event names the number that its station knew; what it is about is the item that has it now.

use super::records::{Change, EVERYONE};
use super::sql::{Db, Tx, Value, params};
use super::{SchoolId, StoreFault};
use crate::fold::Subject;
use exchange::{Feed, ItemId, Record, RecordKey, StationId};
use std::collections::HashMap;

/// The present numbers of those of these items that have another one now.
pub(super) fn present<'a>(
    db: &Db,
    school: SchoolId,
    items: impl Iterator<Item = &'a ItemId>,
) -> Result<HashMap<ItemId, ItemId>, StoreFault> {
    let any = db.row("SELECT 1 FROM former WHERE school = ?1 LIMIT 1", params![school.0])?;
    if any.is_none() {
        return Ok(HashMap::new());
    }
    let numbers: Vec<String> = items.map(|item| item.as_str().to_owned()).collect();
    let rows = db.rows(
        "SELECT number, item FROM former WHERE school = ?1 AND number = ANY(?2)",
        params![school.0, Value::Texts(numbers)],
    )?;
    let id = |text: String| ItemId::new(text).map_err(|_| StoreFault::Damaged("a former number"));
    rows.iter().map(|row| Ok((id(row.get(0)?)?, id(row.get(1)?)?))).collect()
}

/// Notes the former numbers of items that are saved, and moves what was told under them; gives what that changes in the feeds. What
/// is folded of these items is to be folded anew after it. A number that led to an item leads to it for ever: it is never used
/// again for another one.
pub(super) fn note(
    tx: &Tx<'_>,
    school: SchoolId,
    changes: &[(StationId, Change)],
) -> Result<Vec<(StationId, Change)>, StoreFault> {
    let mut told: Vec<(&ItemId, &ItemId)> = Vec::new();
    for (_, change) in changes {
        if let Change::Put(Record::Item(item)) = change {
            told.extend(item.former.iter().map(|former| (former, &item.id)));
        }
    }
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = present(tx, school, told.iter().flat_map(|(former, item)| [*former, *item]))?;
    let mut gone = Vec::new();
    for (former, item) in told {
        let item = known.get(item).unwrap_or(item).clone();
        if known.contains_key(former) || item == *former {
            continue;
        }
        lead(tx, school, former, &item)?;
        known.values_mut().filter(|to| *to == former).for_each(|to| *to = item.clone());
        known.insert(former.clone(), item);
        gone.push((EVERYONE, Change::Gone(Feed::Loans, RecordKey::Item(former.clone()))));
    }
    Ok(gone)
}

/// Lets a number lead to an item from now on, and whatever led to it.
fn lead(tx: &Tx<'_>, school: SchoolId, former: &ItemId, item: &ItemId) -> Result<(), StoreFault> {
    let places = params![school.0, former.as_str(), item.as_str()].to_vec();
    tx.write("UPDATE former SET item = ?3 WHERE school = ?1 AND item = ?2", &places)?;
    tx.write("INSERT INTO former (school, number, item) VALUES (?1, ?2, ?3)", &places)?;
    let [from, to] = [former, item].map(|item| Subject::Item(item.clone()).to_string());
    for table in ["event", "matter"] {
        let sql = format!("UPDATE {table} SET subject = ?3 WHERE school = ?1 AND subject = ?2");
        tx.write(&sql, params![school.0, &from, &to])?;
    }
    tx.write("DELETE FROM loan WHERE school = ?1 AND item = ?2", params![school.0, former.as_str()])?;
    Ok(())
}
