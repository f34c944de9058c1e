//! Patrons: the least that lends a book.

use super::cells::{self, day, number, word};
use super::classes::LANGS;
use super::table::{Column, read_table};
use super::{FileFault, Import, RowFault};
use exchange::{BlockKind, Day, ItemId, Lang, PatronKind, class};
use std::collections::BTreeMap;

/// A patron as a file has them. A field the file has no column for is `None`: what is known stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatronRow {
    /// Number of the card; `None` = none.
    pub card: Option<String>,
    /// Family name.
    pub family: String,
    /// First name.
    pub given: String,
    /// Grade and letter of the class; the inner `None` = in no class.
    pub class: Option<Option<class::ClassName>>,
    /// Sort of patron.
    pub kind: Option<PatronKind>,
    /// Language.
    pub lang: Option<Lang>,
    /// PIN for those without a card; the inner `None` = none.
    pub pin: Option<Option<String>>,
    /// Block; the inner `None` = none.
    pub block: Option<Option<BlockKind>>,
    /// Last day on which they may borrow; the inner `None` = no end.
    pub until: Option<Option<Day>>,
}

const CARD: usize = 0;
const FAMILY: usize = 1;
const GIVEN: usize = 2;
const CLASS: usize = 3;
const KIND: usize = 4;
const PIN: usize = 5;
const BLOCK: usize = 6;
const UNTIL: usize = 7;
const LANG: usize = 8;

const COLUMNS: [Column; 9] = [
    Column {
        what: "the card",
        names: &["card", "карта", "билет", "номер билета", "читательский билет", "оқырман билеті", "билет нөмірі"],
        needed: false,
    },
    Column { what: "the family name", names: &["family", "family name", "surname", "фамилия", "тегі"], needed: true },
    Column { what: "the first name", names: &["given", "given name", "first name", "имя", "аты"], needed: true },
    Column { what: "the class", names: &["class", "класс", "сынып"], needed: false },
    Column { what: "the sort of patron", names: &["kind", "категория", "вид", "санаты"], needed: false },
    Column { what: "the PIN", names: &["pin", "пин", "пин-код", "пин код"], needed: false },
    Column { what: "the block", names: &["block", "блокировка", "шектеу"], needed: false },
    Column {
        what: "the last day",
        names: &["until", "valid until", "действует до", "срок действия", "жарамды", "жарамдылық мерзімі"],
        needed: false,
    },
    Column { what: "the language", names: &["language", "lang", "язык", "тіл"], needed: false },
];

const KINDS: [(PatronKind, &[&str]); 2] = [
    (PatronKind::Pupil, &["pupil", "ученик", "ученица", "учащийся", "оқушы", ""]),
    (PatronKind::Teacher, &["teacher", "staff", "учитель", "педагог", "сотрудник", "мұғалім", "қызметкер"]),
];

const BLOCKS: [(Option<BlockKind>, &[&str]); 4] = [
    (None, &["", "no", "нет", "жоқ"]),
    (Some(BlockKind::LostItem), &["lost_item", "утеряна книга", "кітап жоғалтты"]),
    (Some(BlockKind::ByLibrarian), &["by_librarian", "yes", "да", "иә", "заблокирован", "шектелген"]),
    (Some(BlockKind::Left), &["left", "выбыл", "выбыла", "кетті"]),
];

/// Reads a file of patrons.
///
/// # Errors
/// [`FileFault`].
pub fn read_patrons(bytes: &[u8]) -> Result<Import<PatronRow>, FileFault> {
    let mut cards: BTreeMap<String, u32> = BTreeMap::new();
    let mut names: BTreeMap<(String, String, String), u32> = BTreeMap::new();
    read_table(bytes, &COLUMNS, "card,family,given,class,kind,pin", |fields| {
        let needed = |column: usize| match fields.get(column) {
            "" => Err(fields.bad(column, RowFault::Empty)),
            text => Ok(text.to_owned()),
        };
        let card = number(fields.get(CARD)).map_err(|fault| fields.bad(CARD, fault))?;
        if !card.is_empty() && ItemId::new(card.clone()).is_err() {
            return Err(fields.bad(CARD, RowFault::Number(card)));
        }
        if cells::is_iin(&card) {
            return Err(fields.bad(CARD, RowFault::Iin));
        }
        let class = match fields.get(CLASS) {
            "" => None,
            text => Some(class::parse(text).ok_or_else(|| fields.bad(CLASS, RowFault::Class(text.to_owned())))?),
        };
        let pin = match number(fields.get(PIN)).unwrap_or_default() {
            pin if pin.is_empty() && fields.get(PIN).is_empty() => None,
            pin if (4..=6).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit()) => Some(pin),
            _ => return Err(fields.bad(PIN, RowFault::Pin)),
        };
        if card.is_empty() && pin.is_none() && fields.has(PIN) {
            return Err(fields.bad(CARD, RowFault::NoWayIn));
        }
        let row = PatronRow {
            family: needed(FAMILY)?,
            given: needed(GIVEN)?,
            kind: optional(fields.has(KIND), || word(fields.get(KIND), &KINDS)).map_err(|fault| fields.bad(KIND, fault))?,
            lang: optional(fields.has(LANG), || word(fields.get(LANG), &LANGS)).map_err(|fault| fields.bad(LANG, fault))?,
            block: optional(fields.has(BLOCK), || word(fields.get(BLOCK), &BLOCKS))
                .map_err(|fault| fields.bad(BLOCK, fault))?,
            until: optional(fields.has(UNTIL), || day(fields.get(UNTIL))).map_err(|fault| fields.bad(UNTIL, fault))?,
            class: fields.has(CLASS).then_some(class),
            pin: fields.has(PIN).then_some(pin),
            card: Some(card).filter(|card| !card.is_empty()),
        };
        let twice = match &row.card {
            Some(card) => cards.insert(card.clone(), fields.line).map(|line| (CARD, line)),
            None => {
                let class = row.class.as_ref().and_then(Option::as_ref);
                let class = class.map_or_else(String::new, |class| format!("{}{}", class.grade, class.letter));
                let name = (row.family.clone(), row.given.clone(), class);
                names.insert(name, fields.line).map(|line| (FAMILY, line))
            }
        };
        match twice {
            Some((column, line)) => Err(fields.bad(column, RowFault::Twice(line))),
            None => Ok(row),
        }
    })
}

/// The value of a column, if the file has it.
fn optional<T>(has: bool, read: impl FnOnce() -> Result<T, RowFault>) -> Result<Option<T>, RowFault> {
    if has { read().map(Some) } else { Ok(None) }
}
