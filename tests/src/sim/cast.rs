//! Who and what there is in the invented school: pupils, teachers, books, and how a story names them.

use exchange::{
    Allowance, Block, BlockKind, Calendar, Day, Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind,
    Record, Rules, StaleStep, Title, TitleId, TitleKind, UnknownItem,
};

/// 2026-09-01T07:00 in Almaty: a Tuesday, the first day of school.
pub const BEGIN_S: i64 = 1_788_228_000;

/// Days of a school year, from September to the last of May.
pub const YEAR_DAYS: u32 = 268;

const GIVEN: [&str; 32] = [
    "Aru",
    "Dana",
    "Timur",
    "Aliya",
    "Sanzhar",
    "Madina",
    "Yerlan",
    "Zarina",
    "Daulet",
    "Kamila",
    "Nurlan",
    "Aigerim",
    "Ruslan",
    "Saule",
    "Arman",
    "Inkar",
    "Bekzat",
    "Tomiris",
    "Olzhas",
    "Asel",
    "Miras",
    "Gauhar",
    "Dias",
    "Zhanel",
    "Alikhan",
    "Botagoz",
    "Temirlan",
    "Karlygash",
    "Serik",
    "Nazym",
    "Adil",
    "Togzhan",
];

/// The stations of the school.
pub const PLACES: [&str; 3] = ["the hall", "the library", "the gym"];

/// Most people of a school here.
pub const MOST_PEOPLE: usize = GIVEN.len();

/// The first name of a patron; no two have the same.
pub fn name(patron: PatronId) -> &'static str {
    GIVEN.get(place(patron)).copied().unwrap_or("Somebody")
}

fn place(patron: PatronId) -> usize {
    usize::try_from(patron.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// What stands on a patron's card.
pub fn card(patron: PatronId) -> String {
    format!("2001200000{:04}", patron.0)
}

/// A book by its place in the school, from 0.
pub fn item(place: usize) -> ItemId {
    // 14 digits are a number that a label carries.
    ItemId::new(format!("3001200000{place:04}")).unwrap_or_else(|_| unreachable!())
}

/// How a story calls a book.
pub fn book(item: &ItemId) -> String {
    let digits = item.as_str().trim_start_matches("3001200000").trim_start_matches('0');
    format!("book {}", if digits.is_empty() { "0" } else { digits })
}

/// Every eighth book is a textbook.
pub fn is_textbook(place: usize) -> bool {
    place.is_multiple_of(8)
}

/// A copy.
pub fn copy(place: usize, status: ItemStatus) -> Record {
    Record::Item(Item { id: item(place), title: TitleId(place as u64 + 1), status, former: Vec::new() })
}

/// A patron with these blocks.
pub fn patron(patron: PatronId, blocks: &[BlockKind], today: Day) -> Record {
    let kind = if place(patron).is_multiple_of(10) { PatronKind::Teacher } else { PatronKind::Pupil };
    Record::Patron(Patron {
        id: patron,
        cards: vec![card(patron)],
        given: name(patron).into(),
        family: format!("Invented{}", patron.0),
        class: None,
        kind,
        lang: Lang::ALL[place(patron) % 3],
        blocks: blocks.iter().map(|kind| Block { kind: *kind, since: today }).collect(),
        until: None,
        pin: None,
    })
}

/// The rules of the school.
pub fn rules(version: u32, most: u16) -> Record {
    let allowance =
        |max_loans, days| Allowance { max_loans, loan_days: days, max_renewals: 2, renewal_days: days };
    Record::Rules(Rules {
        version,
        pupil: allowance(most, 14),
        teacher: allowance(most * 3, 60),
        overdue_blocks_from: 0,
        unknown_item: UnknownItem::Refuse,
        stale: vec![StaleStep { after_h: 60 * 24, max_loans: 1, renewals: false }],
    })
}

/// Everything a new school has.
pub fn school(people: usize, books: usize) -> Vec<Record> {
    let today = Day(20_697);
    let calendar = Calendar {
        version: 1,
        zone: "Asia/Almaty".into(),
        weekend: 0b110_0000,
        closed: Vec::new(),
        year_end: Day::from_ymd(2027, 5, 25).unwrap_or(today),
    };
    let mut all = vec![rules(1, 3), Record::Calendar(calendar)];
    all.extend((1..=people as u64).map(|n| patron(PatronId(n), &[], today)));
    for place in 0..books {
        all.push(Record::Title(Title {
            id: TitleId(place as u64 + 1),
            name: format!("Tale {place}"),
            author: String::new(),
            isbn: String::new(),
            year: 2020,
            kind: if is_textbook(place) { TitleKind::Textbook } else { TitleKind::Book },
        }));
        all.push(copy(place, ItemStatus::Lendable));
    }
    all
}
