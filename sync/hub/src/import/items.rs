//! Items: the copies on the shelf.

use super::cells::{isbn, number, word};
use super::table::{Column, read_table};
use super::{FileFault, Import, RowFault};
use exchange::{ItemId, ItemStatus};
use std::collections::BTreeMap;

/// An item as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The number on its label.
    pub id: ItemId,
    /// ISBN-13 of its title; may be empty.
    pub isbn: String,
    /// Name of its title; may be empty where the ISBN is not.
    pub title: String,
    /// Its state; `None` if the file has no column for it.
    pub status: Option<ItemStatus>,
}

const COLUMNS: [Column; 4] = [
    Column {
        what: "the number on the label",
        names: &["number", "item", "barcode", "номер", "инвентарный номер", "инв. номер", "штрихкод", "штрих-код", "нөмірі", "түгендеу нөмірі"],
        needed: true,
    },
    Column { what: "the title", names: &["title", "название", "заглавие", "атауы"], needed: false },
    Column { what: "the ISBN", names: &["isbn", "исбн"], needed: false },
    Column { what: "the state", names: &["status", "state", "статус", "состояние", "күйі"], needed: false },
];

const STATUSES: [(ItemStatus, &[&str]); 4] = [
    (ItemStatus::Lendable, &["lendable", "выдаётся", "выдается", "беріледі", ""]),
    (ItemStatus::Reference, &["reference", "читальный зал", "оқу залы"]),
    (ItemStatus::NotForLoan, &["not_for_loan", "не выдаётся", "не выдается", "списана", "в ремонте", "берілмейді", "жөндеуде"]),
    (ItemStatus::Lost, &["lost", "утеряна", "жоғалған"]),
];

/// Reads a file of items.
///
/// # Errors
/// [`FileFault`].
pub fn read_items(bytes: &[u8]) -> Result<Import<ItemRow>, FileFault> {
    let mut seen: BTreeMap<ItemId, u32> = BTreeMap::new();
    read_table(bytes, &COLUMNS, "number,title,isbn,status", |fields| {
        if fields.get(0).is_empty() {
            return Err(fields.bad(0, RowFault::Empty));
        }
        let text = number(fields.get(0)).map_err(|fault| fields.bad(0, fault))?;
        let id = ItemId::new(text.clone()).map_err(|_| fields.bad(0, RowFault::Number(text)))?;
        let isbn = isbn(fields.get(2)).map_err(|fault| fields.bad(2, fault))?;
        let title = fields.get(1).to_owned();
        if isbn.is_empty() && title.is_empty() {
            return Err(fields.bad(if fields.has(2) { 2 } else { 1 }, RowFault::Empty));
        }
        let status = match fields.has(3) {
            true => Some(word(fields.get(3), &STATUSES).map_err(|fault| fields.bad(3, fault))?),
            false => None,
        };
        match seen.insert(id.clone(), fields.line) {
            Some(line) => Err(fields.bad(0, RowFault::Twice(line))),
            None => Ok(ItemRow { id, isbn, title, status }),
        }
    })
}
