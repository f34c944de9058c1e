//! An invented school of the size the targets name, as a region would tell it.

use crate::identity::{self, Membership};
use exchange::wire::SecretKey;
use exchange::{
    Allowance, Answer, Calendar, Class, ClassId, Day, Epoch, Feed, FeedChanges, FeedHash, Item, ItemId,
    ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Rules, SCHEMA, Seq, Standing, StationId, Title,
    TitleId, TitleKind, UnknownItem,
};
use hardware::barcode::check;
use journal::Journal;
use std::path::Path;

/// How many patrons there are.
pub const PATRONS: u32 = 600;
/// How many items there are.
pub const ITEMS: u32 = 3_000;
/// How many titles there are.
const TITLES: u32 = 700;
/// How many loans a pupil may have at once.
pub const MAX_LOANS: u16 = 5;

const GIVEN: [&str; 6] = ["Айбибі", "Нұрқасқыр", "Тоқжанай", "Жанкелді", "Мирасбек", "Өркенгүл"];
const FAMILY: [&str; 5] = ["Сынамалы", "Үлгібай", "Мысалов", "Байқаубек", "Нұсқаева"];

/// The number on the card of patron `n`, from 1.
pub fn card(n: u32) -> String {
    codabar('2', n)
}

/// The number on the label of item `n`, from 1.
pub fn label(n: u32) -> String {
    codabar('3', n)
}

/// Given and family name of patron `n`.
pub fn name(n: u32) -> (String, String) {
    let pick = |names: &[&str], n: u32| names[n as usize % names.len()].to_owned();
    (pick(&GIVEN, n), format!("{}-{n}", pick(&FAMILY, n / 6)))
}

/// Fills the data folder of a station that is not there yet, as though it had been enrolled and had called its region
/// at `now_s`, seconds since 1970.
///
/// # Errors
/// The folder cannot be written.
pub fn fill(data_dir: &Path, now_s: i64) -> anyhow::Result<()> {
    let (station, epoch) = (StationId(1), Epoch(1));
    let (mut journal, _) = Journal::open(data_dir, now_s)?;
    journal.enrol(station, Some(epoch))?;
    journal.take_answer(&answer(station, epoch, now_s))?;
    let region_key = SecretKey::from_seed([1; 32]).public();
    identity::join(data_dir, &Membership { station, region_key, school: "Үлгі мектебі".into() })
}

/// Everything a region tells a station that has nothing yet.
pub fn answer(station: StationId, epoch: Epoch, now_s: i64) -> Answer {
    let today = Day(i32::try_from(now_s / 86_400).unwrap_or(0));
    let changes = [
        changes(Feed::Rules, vec![Record::Rules(rules())]),
        changes(Feed::Calendar, vec![Record::Calendar(calendar(today))]),
        changes(Feed::Classes, vec![Record::Class(class())]),
        changes(Feed::Patrons, (1..=PATRONS).map(|n| Record::Patron(patron(n))).collect()),
        changes(Feed::Titles, (1..=TITLES).map(|n| Record::Title(title(n))).collect()),
        changes(Feed::Items, (1..=ITEMS).filter_map(item).map(Record::Item).collect()),
    ];
    Answer {
        schema: SCHEMA,
        station,
        epoch,
        standing: Standing::Good,
        stored_upto: Seq(0),
        outcomes: Vec::new(),
        changes: changes.into(),
        time_s: now_s,
        more: false,
    }
}

fn changes(feed: Feed, put: Vec<Record>) -> FeedChanges {
    let hash = Some(FeedHash::over(&put));
    FeedChanges { feed, from: 0, upto: put.len() as u64, put, gone: Vec::new(), hash }
}

fn rules() -> Rules {
    let pupil = Allowance { max_loans: MAX_LOANS, loan_days: 14, max_renewals: 2, renewal_days: 14 };
    let teacher = Allowance { max_loans: 20, ..pupil };
    let unknown_item = UnknownItem::Refuse;
    Rules { version: 1, pupil, teacher, overdue_blocks_from: 0, unknown_item, stale: Vec::new() }
}

fn calendar(today: Day) -> Calendar {
    let year_end = today.plus(250);
    Calendar { version: 1, zone: "Asia/Almaty".into(), weekend: 0b110_0000, closed: Vec::new(), year_end }
}

fn class() -> Class {
    Class { id: ClassId(1), grade: 7, letter: "Ә".into(), name: "7 «Ә»".into(), lang: Lang::Kk }
}

fn patron(n: u32) -> Patron {
    let (given, family) = name(n);
    Patron {
        id: PatronId(n.into()),
        cards: vec![card(n)],
        given,
        family,
        class: Some(ClassId(1)),
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: None,
    }
}

fn title(n: u32) -> Title {
    let (name, author) = (format!("Қазақ әдебиетінің үлгілері, {n}-кітап"), "М. Үлгібаев".to_owned());
    Title { id: TitleId(n.into()), name, author, isbn: String::new(), year: 2019, kind: TitleKind::Book }
}

fn item(n: u32) -> Option<Item> {
    let id = ItemId::new(label(n)).ok()?;
    let title = TitleId(u64::from(1 + n % TITLES));
    Some(Item { id, title, status: ItemStatus::Lendable, former: Vec::new() })
}

/// A library number of 14 digits: kind, school 0417, number, check digit.
fn codabar(kind: char, n: u32) -> String {
    let data = format!("{kind}0417{n:08}");
    let check = check::luhn14(&format!("{data}0")).map_or('0', |outcome| outcome.expected);
    format!("{data}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole() {
        for number in [card(1), card(PATRONS), label(1), label(ITEMS)] {
            assert!(check::luhn14(&number).unwrap().valid, "{number}");
        }
    }
}
