//! Patrons: the least that lends a book.

use super::cells::{day, number, word};
use super::classes::{LANGS, class_name};
use super::header::{Column, Need};
use super::seen::Seen;
use super::table::{Faults, Fields, read_table};
use super::{BadRow, FileFault, Import, RowFault, Shown, doubt};
use exchange::{BlockKind, Day, ItemId, Lang, PatronKind, alike, class};
use std::fmt;

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
    pub pin: Option<Option<Pin>>,
    /// Block; the inner `None` = none.
    pub block: Option<Option<BlockKind>>,
    /// Last day on which they may borrow; the inner `None` = no end.
    pub until: Option<Option<Day>>,
}

/// A PIN: 4 to 6 digits. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
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
const WHOLE: usize = 9;

/// What the column of classes stands for.
pub(super) const THE_CLASS: &str = "the class";

/// A header that would do.
pub(super) const EXAMPLE: &str = "card,family,given,class,kind,pin";

pub(super) const COLUMNS: [Column; 10] = [
    Column {
        what: "the card",
        names: &[
            "card",
            "card number",
            "карта",
            "номер карты",
            "билет",
            "номер билета",
            "читательский билет",
            "номер читательского билета",
            "оқырман билеті",
            "билет нөмірі",
            "оқырман билетінің нөмірі",
            "карта нөмірі",
        ],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the family name",
        names: &["family", "family name", "last name", "surname", "фамилия", "тегі", "тек", "фамилиясы"],
        need: Need::Unless(WHOLE),
        dates: false,
    },
    Column {
        what: "the first name",
        names: &["given", "given name", "first name", "имя", "аты", "есімі", "ат"],
        need: Need::Unless(WHOLE),
        dates: false,
    },
    Column {
        what: THE_CLASS,
        names: &["class", "класс", "сынып", "сыныбы"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the sort of patron",
        names: &["kind", "категория", "вид", "тип", "санат", "санаты", "түрі"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the PIN",
        names: &["pin", "пин", "пин-код", "пин код", "pin-код", "pin код"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the block",
        names: &["block", "блок", "блокировка", "ограничение", "шектеу", "бұғат"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the last day",
        names: &[
            "until",
            "valid until",
            "действует до",
            "действителен до",
            "срок действия",
            "жарамды",
            "дейін жарамды",
            "жарамдылық мерзімі",
            "мерзімі",
        ],
        need: Need::Never,
        dates: true,
    },
    Column {
        what: "the language",
        names: &["language", "lang", "язык", "язык обучения", "тіл", "тілі", "оқыту тілі"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the whole name",
        names: &[
            "full name",
            "фио",
            "ф.и.о",
            "ф. и. о",
            "фио ученика",
            "фио учащегося",
            "ф.и.о. ученика",
            "ф.и.о. учащегося",
            "фамилия имя",
            "фамилия, имя",
            "фамилия и имя",
            "фамилия имя отчество",
            "фамилия, имя, отчество",
            "аты-жөні",
            "аты жөні",
            "оқушының аты-жөні",
            "тегі аты",
            "тегі, аты",
            "тегі мен аты",
            "тегі, аты, әкесінің аты",
            "тегі аты әкесінің аты",
            "т.а.ә",
            "таә",
        ],
        need: Need::Never,
        dates: false,
    },
];

const KINDS: [(PatronKind, &[&str]); 2] = [
    (PatronKind::Pupil, &["pupil", "student", "ученик", "ученица", "учащийся", "учащаяся", "оқушы", ""]),
    (
        PatronKind::Teacher,
        &[
            "teacher",
            "staff",
            "учитель",
            "учительница",
            "педагог",
            "сотрудник",
            "мұғалім",
            "ұстаз",
            "қызметкер",
        ],
    ),
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
    let mut cards = Seen::default();
    let mut names = Seen::default();
    let mut import = read_table(bytes, &COLUMNS, EXAMPLE, |fields| {
        let row = patron(fields)?;
        if row.card.is_none() && fields.has(PIN) && !matches!(row.pin, Some(Some(_))) {
            return Err(vec![fields.bad(if fields.has(CARD) { CARD } else { PIN }, RowFault::NoWayIn)]);
        }
        let first = match &row.card {
            Some(card) => cards.first(card.clone(), fields.line).map_err(|fault| (CARD, fault)),
            None => {
                let class = row.class.as_ref().and_then(Option::as_ref);
                let class = class.map(|class| (class.grade, class.letter.clone()));
                let name = (row.family.clone(), row.given.clone(), class);
                let column = if fields.has(FAMILY) { FAMILY } else { WHOLE };
                names.first(name, fields.line).map_err(|fault| (column, fault))
            }
        };
        match first {
            Ok(()) => Ok(row),
            Err((column, fault)) => Err(vec![fields.bad(column, fault)]),
        }
    })?;
    let numbers = import.rows.iter().filter_map(|(line, row)| Some((*line, row.card.as_deref()?)));
    import.notes.doubt = doubt::short_numbers(numbers);
    Ok(import)
}

fn patron(fields: &Fields<'_>) -> Result<PatronRow, Vec<BadRow>> {
    let mut faults = Faults::default();
    let card = faults.take(fields.read(CARD, card));
    let (family, given) = if fields.has(FAMILY) && fields.has(GIVEN) {
        let family = faults.take(fields.needed(FAMILY)).map(alike::in_one_script);
        (family, faults.take(fields.needed(GIVEN)).map(alike::in_one_script))
    } else {
        let name = fields.needed(WHOLE);
        let name = name.and_then(|text| whole_name(text).map_err(|fault| fields.bad(WHOLE, fault)));
        faults.take(name).unzip()
    };
    let class = faults.take(fields.read(CLASS, |text| match text {
        "" => Ok(None),
        text => class_name(text).map(Some),
    }));
    let kind = faults.take(fields.read(KIND, |text| word(text, &KINDS)));
    let lang = faults.take(fields.read(LANG, |text| word(text, &LANGS)));
    let pin = faults.take(fields.read(PIN, pin));
    let block = faults.take(fields.read(BLOCK, |text| word(text, &BLOCKS)));
    let until = faults.take(fields.read(UNTIL, day));
    let all = || {
        Some(PatronRow {
            card: card?.flatten(),
            family: family?,
            given: given?,
            class: class?,
            kind: kind?,
            lang: lang?,
            pin: pin?,
            block: block?,
            until: until?,
        })
    };
    all().ok_or(faults.into_all())
}

/// Family name and first name of a whole name; the father's name is not kept.
fn whole_name(text: &str) -> Result<(String, String), RowFault> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(family), Some(given)) => Ok((alike::in_one_script(family), alike::in_one_script(given))),
        (_, _) => Err(RowFault::WholeName(Shown::of_person(text))),
    }
}

fn card(text: &str) -> Result<Option<String>, RowFault> {
    let card = number(text)?;
    match ItemId::new(card.as_str()) {
        Ok(_) => Ok(Some(card)),
        Err(_) if card.is_empty() => Ok(None),
        Err(_) => Err(RowFault::Number(Shown::of_person(&card))),
    }
}

fn pin(text: &str) -> Result<Option<Pin>, RowFault> {
    match number(text) {
        Ok(pin) if pin.is_empty() => Ok(None),
        Ok(pin) if (4..=6).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(Pin(pin)))
        }
        Ok(_) | Err(_) => Err(RowFault::Pin),
    }
}
