//! Items: the copies on the shelf.

use super::cells::{number, word};
use super::header::{Column, Need};
use super::isbn::isbn;
use super::seen::Seen;
use super::table::{Faults, read_table};
use super::{FileFault, Import, RowFault, Shown, doubt};
use exchange::{ItemId, ItemStatus};

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

const NUMBER: usize = 0;
const TITLE: usize = 1;
const ISBN: usize = 2;
const STATUS: usize = 3;

/// A header that would do.
pub(super) const EXAMPLE: &str = "number,title,isbn,status";

pub(super) const COLUMNS: [Column; 4] = [
    Column {
        what: "the number on the label",
        names: &[
            "number",
            "item",
            "barcode",
            "item number",
            "номер",
            "инвентарный номер",
            "инв. номер",
            "инв номер",
            "номер экземпляра",
            "штрихкод",
            "штрих-код",
            "штрих код",
            "инвентарный №",
            "инв. №",
            "инв №",
            "нөмір",
            "нөмірі",
            "түгендеу нөмірі",
            "инвентарлық нөмірі",
            "дана нөмірі",
            "штрих-коды",
        ],
        need: Need::Always,
        dates: false,
    },
    Column {
        what: "the title",
        names: &[
            "title",
            "название",
            "наименование",
            "заглавие",
            "название книги",
            "атауы",
            "кітап атауы",
            "кітаптың атауы",
        ],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the ISBN",
        names: &["isbn", "isbn 13", "isbn-13", "исбн"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the state",
        names: &["status", "state", "статус", "состояние", "күйі", "жағдайы", "мәртебесі"],
        need: Need::Never,
        dates: false,
    },
];

const STATUSES: [(ItemStatus, &[&str]); 4] = [
    (ItemStatus::Lendable, &["lendable", "выдаётся", "выдается", "беріледі", ""]),
    (ItemStatus::Reference, &["reference", "читальный зал", "оқу залы"]),
    (
        ItemStatus::NotForLoan,
        &["not_for_loan", "не выдаётся", "не выдается", "списана", "в ремонте", "берілмейді", "жөндеуде"],
    ),
    (ItemStatus::Lost, &["lost", "утеряна", "жоғалған"]),
];

/// Reads a file of items.
///
/// # Errors
/// [`FileFault`].
pub fn read_items(bytes: &[u8]) -> Result<Import<ItemRow>, FileFault> {
    let mut seen = Seen::default();
    let mut import = read_table(bytes, &COLUMNS, EXAMPLE, |fields| {
        let mut faults = Faults::default();
        let id =
            fields.needed(NUMBER).and_then(|text| label(text).map_err(|fault| fields.bad(NUMBER, fault)));
        let id = faults.take(id);
        let isbn = faults.take(isbn(fields.get(ISBN)).map_err(|fault| fields.bad(ISBN, fault)));
        let status = faults.take(fields.read(STATUS, |text| word(text, &STATUSES)));
        let title = fields.get(TITLE).to_owned();
        if isbn.as_ref().is_some_and(String::is_empty) && title.is_empty() {
            let column = if fields.has(ISBN) { ISBN } else { TITLE };
            faults.take::<()>(Err(fields.bad(column, RowFault::Empty)));
            return Err(faults.into_all());
        }
        let (Some(id), Some(isbn), Some(status)) = (id, isbn, status) else { return Err(faults.into_all()) };
        match seen.first(id.clone(), fields.line) {
            Ok(()) => Ok(ItemRow { id, isbn, title, status }),
            Err(fault) => Err(vec![fields.bad(NUMBER, fault)]),
        }
    })?;
    import.notes.doubt = doubt::short_numbers(import.rows.iter().map(|(line, row)| (*line, row.id.as_str())));
    Ok(import)
}

fn label(text: &str) -> Result<ItemId, RowFault> {
    let text = number(text)?;
    ItemId::new(text.as_str()).map_err(|_| RowFault::Number(Shown::of_person(&text)))
}
