//! Items: the copies on the shelf.

use super::cells::{number, word};
use super::header::Column;
use super::isbn::isbn;
use super::seen::Seen;
use super::table::read_table;
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

const COLUMNS: [Column; 4] = [
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
            "нөмір",
            "нөмірі",
            "түгендеу нөмірі",
            "инвентарлық нөмірі",
            "дана нөмірі",
            "штрих-коды",
        ],
        needed: true,
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
        needed: false,
    },
    Column { what: "the ISBN", names: &["isbn", "isbn 13", "isbn-13", "исбн"], needed: false },
    Column {
        what: "the state",
        names: &["status", "state", "статус", "состояние", "күйі", "жағдайы", "мәртебесі"],
        needed: false,
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
    let mut import = read_table(bytes, &COLUMNS, "number,title,isbn,status", |fields| {
        let text = number(fields.needed(NUMBER)?).map_err(|fault| fields.bad(NUMBER, fault))?;
        let id = ItemId::new(text.as_str())
            .map_err(|_| fields.bad(NUMBER, RowFault::Number(Shown::of_person(&text))))?;
        let isbn = isbn(fields.get(ISBN)).map_err(|fault| fields.bad(ISBN, fault))?;
        let title = fields.get(TITLE).to_owned();
        if isbn.is_empty() && title.is_empty() {
            return Err(fields.bad(if fields.has(ISBN) { ISBN } else { TITLE }, RowFault::Empty));
        }
        let status = fields.read(STATUS, |text| word(text, &STATUSES))?;
        seen.first(id.clone(), fields.line).map_err(|fault| fields.bad(NUMBER, fault))?;
        Ok(ItemRow { id, isbn, title, status })
    })?;
    import.notes.doubt = doubt::short_numbers(import.rows.iter().map(|(line, row)| (*line, row.id.as_str())));
    Ok(import)
}
