//! What the station remembers: a school, the region's loans, and the fold of the station's own events over them.

use desk::{Memory, MemoryFault, StockedItem};
use exchange::pin::PinHash;
use exchange::{
    Act, Allowance, Block, BlockKind, Calendar, Class, ClassId, Day, Hold, HoldId, HoldState, Item, ItemId,
    ItemStatus, Lang, Loan, Notice, Patron, PatronId, PatronKind, Rules, Seq, StaleStep, Title, TitleId,
    TitleKind, UnknownItem,
};
use std::collections::BTreeMap;

pub const AIGERIM: PatronId = PatronId(1);
pub const DAMIR: PatronId = PatronId(2);
pub const BLOCKED: PatronId = PatronId(3);
pub const EXPIRED: PatronId = PatronId(4);
pub const TEACHER: PatronId = PatronId(5);
pub const LATE: PatronId = PatronId(6);

pub const AIGERIM_PIN: &str = "4071";
pub const STAFF_PIN: &str = "808080";
pub const CLASS: ClassId = ClassId(7);
/// Monday 2 February 2026, 06:00 UTC.
pub const START_S: i64 = 1_770_012_000;

pub fn today() -> Day {
    Day::from_ymd(2026, 2, 2).unwrap()
}

pub fn item_id(number: u32) -> ItemId {
    ItemId::new(format!("B{number:05}")).unwrap()
}

pub fn card_of(id: PatronId) -> String {
    format!("C{:05}", id.0)
}

/// What a station remembers, folded from its own events over the region's loans.
#[derive(Debug, Clone)]
pub struct World {
    pub patrons: Vec<Patron>,
    pub items: Vec<Item>,
    pub titles: Vec<Title>,
    pub classes: Vec<Class>,
    pub holds: Vec<Hold>,
    pub rules: Option<Rules>,
    pub calendar: Option<Calendar>,
    pub as_of_s: Option<i64>,
    pub notices: Vec<Notice>,
    pub base_loans: Vec<Loan>,
    pub events: Vec<(Seq, Act)>,
    pub today: Day,
    /// The memory does not answer.
    pub broken: bool,
}

fn patron(id: PatronId, given: &str, kind: PatronKind, lang: Lang) -> Patron {
    Patron {
        id,
        cards: vec![card_of(id)],
        given: given.into(),
        family: format!("{given}ova"),
        class: Some(CLASS),
        kind,
        lang,
        blocks: Vec::new(),
        until: None,
        pin: None,
    }
}

impl World {
    /// Titles 1–12 are books, 13–15 textbooks. Items 1–15 are one copy of each; 16 is a second copy of title 1, 17 for
    /// reference, 18 not for loan, 19 lost; 20 once had the number 90020.
    pub fn school() -> World {
        let mut patrons = vec![
            patron(AIGERIM, "Zhansulu", PatronKind::Pupil, Lang::Kk),
            patron(DAMIR, "Damirkhan", PatronKind::Pupil, Lang::Ru),
            patron(BLOCKED, "Blockbek", PatronKind::Pupil, Lang::Kk),
            patron(EXPIRED, "Expirbek", PatronKind::Pupil, Lang::Kk),
            patron(TEACHER, "Teachergul", PatronKind::Teacher, Lang::En),
            patron(LATE, "Latebek", PatronKind::Pupil, Lang::Kk),
        ];
        patrons[0].pin = PinHash::of(AIGERIM_PIN, [1; 8]);
        patrons[0].cards.push("C90001".into());
        patrons[2].blocks.push(Block { kind: BlockKind::LostItem, since: today().plus(-9) });
        patrons[3].until = Some(today().plus(-1));
        let title = |id: u64| Title {
            id: TitleId(id),
            name: format!("Title {id}"),
            author: String::new(),
            isbn: String::new(),
            year: 0,
            kind: if id > 12 { TitleKind::Textbook } else { TitleKind::Book },
        };
        let item = |number: u32, title: u64, status| Item {
            id: item_id(number),
            title: TitleId(title),
            status,
            former: if number == 20 { vec![item_id(90_020)] } else { Vec::new() },
        };
        let mut items: Vec<_> = (1..=15).map(|n| item(n, n.into(), ItemStatus::Lendable)).collect();
        items.push(item(16, 1, ItemStatus::Lendable));
        items.push(item(17, 2, ItemStatus::Reference));
        items.push(item(18, 3, ItemStatus::NotForLoan));
        items.push(item(19, 4, ItemStatus::Lost));
        items.push(item(20, 5, ItemStatus::Lendable));
        World {
            patrons,
            items,
            titles: (1..=15).map(title).collect(),
            classes: vec![Class {
                id: CLASS,
                grade: 7,
                letter: "Ә".into(),
                name: "7 «Ә»".into(),
                lang: Lang::Kk,
            }],
            holds: Vec::new(),
            rules: Some(Rules {
                version: 3,
                pupil: Allowance { max_loans: 5, loan_days: 14, max_renewals: 2, renewal_days: 14 },
                teacher: Allowance { max_loans: 8, loan_days: 30, max_renewals: 2, renewal_days: 30 },
                overdue_blocks_from: 2,
                unknown_item: UnknownItem::Refuse,
                stale: vec![
                    StaleStep { after_h: 72, max_loans: 3, renewals: true },
                    StaleStep { after_h: 24 * 14, max_loans: 1, renewals: false },
                ],
            }),
            calendar: Some(Calendar {
                version: 2,
                zone: "Asia/Almaty".into(),
                weekend: 0b110_0000,
                closed: vec![(today().plus(14), today().plus(14))],
                year_end: Day::from_ymd(2026, 5, 25).unwrap(),
            }),
            as_of_s: Some(START_S - 3_600),
            notices: vec![Notice {
                id: exchange::NoticeId(1),
                text: ["кк".into(), "ру".into(), "en".into()],
                until: today().plus(3),
            }],
            base_loans: vec![Loan {
                item: item_id(12),
                patron: LATE,
                since: today().plus(-40),
                due: today().plus(-10),
                renewals: 0,
            }],
            events: Vec::new(),
            today: today(),
            broken: false,
        }
    }

    /// A loan that the region knows of.
    pub fn lend(&mut self, number: u32, to: PatronId, due: Day) {
        let loan = Loan { item: item_id(number), patron: to, since: today().plus(-7), due, renewals: 0 };
        self.base_loans.push(loan);
    }

    pub fn hold(&mut self, title: u64, by: PatronId, item: Option<u32>, state: HoldState) {
        let id = HoldId(self.holds.len() as u64 + 1);
        let hold = Hold { id, patron: by, title: TitleId(title), item: item.map(item_id), state };
        self.holds.push(hold);
    }

    pub fn rules_mut(&mut self) -> &mut Rules {
        self.rules.as_mut().unwrap()
    }

    /// Writes acts down and checks that they can have happened.
    pub fn record(&mut self, acts: &[Act]) -> Vec<Seq> {
        let mut seqs = Vec::new();
        for act in acts {
            let seq = Seq(self.events.len() as u64 + 1);
            match act {
                Act::CheckedOut { item, .. } => {
                    assert!(self.loan(item).is_none(), "{item} has at most one open loan");
                }
                Act::Renewed { patron, item, due } => {
                    let loan = self.loan(item).expect("a loan is renewed while it is open");
                    assert_eq!(loan.patron, *patron, "one renews one's own loan");
                    assert!(*due > loan.due, "a renewal is later than what was");
                }
                Act::Undone { seq: undone } => {
                    let target = self.events.iter().find(|(its, _)| its == undone);
                    assert!(target.is_some(), "what is undone has happened");
                    let again = |(_, act): &(Seq, Act)| *act == Act::Undone { seq: *undone };
                    assert!(!self.events.iter().any(again), "nothing is undone twice");
                    assert!(!self.has_later(*undone), "nothing rests on what is undone");
                }
                Act::StationStarted { .. }
                | Act::Returned { .. }
                | Act::CountedIssued { .. }
                | Act::CountedReturned { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => {}
            }
            self.events.push((seq, act.clone()));
            seqs.push(seq);
        }
        seqs
    }

    /// Whether an event that stands came after this one, on the same book.
    fn has_later(&self, seq: Seq) -> bool {
        let stands = |its: &Seq| !self.events.iter().any(|(_, act)| *act == Act::Undone { seq: *its });
        let of = |seq: Seq| self.events.iter().find(|(its, _)| *its == seq).and_then(|(_, act)| item_of(act));
        let moved = of(seq);
        self.events.iter().any(|(its, act)| *its > seq && stands(its) && item_of(act) == moved)
    }

    pub fn loan(&self, item: &ItemId) -> Option<Loan> {
        self.loans().remove(item)
    }

    /// The fold: events that were not undone, over the region's loans.
    pub fn loans(&self) -> BTreeMap<ItemId, Loan> {
        let undone = |seq: &Seq| self.events.iter().any(|(_, act)| *act == Act::Undone { seq: *seq });
        let mut loans: BTreeMap<_, _> =
            self.base_loans.iter().map(|loan| (loan.item.clone(), loan.clone())).collect();
        for (_, act) in self.events.iter().filter(|(seq, _)| !undone(seq)) {
            match act {
                Act::CheckedOut { patron, item, due } => {
                    let (item, due) = (item.clone(), *due);
                    let loan =
                        Loan { item: item.clone(), patron: *patron, since: self.today, due, renewals: 0 };
                    loans.insert(item, loan);
                }
                Act::Returned { item } => {
                    loans.remove(item);
                }
                Act::Renewed { item, due, .. } => {
                    if let Some(loan) = loans.get_mut(item) {
                        loan.due = *due;
                        loan.renewals += 1;
                    }
                }
                Act::StationStarted { .. }
                | Act::CountedIssued { .. }
                | Act::CountedReturned { .. }
                | Act::Undone { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => {}
            }
        }
        loans
    }

    pub fn is_textbook(&self, item: &ItemId) -> bool {
        let title = self.items.iter().find(|known| known.id == *item).map(|known| known.title);
        self.titles.iter().any(|its| Some(its.id) == title && its.kind == TitleKind::Textbook)
    }

    /// Loans that count against the limit.
    pub fn counted(&self, patron: PatronId) -> usize {
        let loans = self.loans();
        loans.values().filter(|loan| loan.patron == patron && !self.is_textbook(&loan.item)).count()
    }

    pub fn titles_of(&self, item: &ItemId) -> Option<String> {
        let item = self.items.iter().find(|known| known.id == *item)?;
        Some(self.titles.iter().find(|title| title.id == item.title)?.name.clone())
    }

    fn answer<T>(&self, value: T) -> Result<T, MemoryFault> {
        if self.broken { Err(MemoryFault) } else { Ok(value) }
    }
}

impl Memory for World {
    fn patron_by_card(&self, card: &str) -> Result<Option<Patron>, MemoryFault> {
        let has = |patron: &&Patron| patron.cards.iter().any(|its| its == card);
        self.answer(self.patrons.iter().find(has).cloned())
    }

    fn patron(&self, id: PatronId) -> Result<Option<Patron>, MemoryFault> {
        self.answer(self.patrons.iter().find(|patron| patron.id == id).cloned())
    }

    fn item(&self, number: &ItemId) -> Result<Option<StockedItem>, MemoryFault> {
        let item = self.items.iter().find(|item| item.id == *number || item.former.contains(number));
        self.answer(item.map(|item| StockedItem {
            item: item.clone(),
            title: self.titles.iter().find(|title| title.id == item.title).cloned(),
        }))
    }

    fn title(&self, id: TitleId) -> Result<Option<Title>, MemoryFault> {
        self.answer(self.titles.iter().find(|title| title.id == id).cloned())
    }

    fn loan_of(&self, item: &ItemId) -> Result<Option<Loan>, MemoryFault> {
        self.answer(self.loan(item))
    }

    fn loans_of(&self, patron: PatronId) -> Result<Vec<Loan>, MemoryFault> {
        let mut loans: Vec<_> = self.loans().into_values().filter(|loan| loan.patron == patron).collect();
        loans.sort_by(|a, b| (a.due, &a.item).cmp(&(b.due, &b.item)));
        self.answer(loans)
    }

    fn holds_on(&self, title: TitleId) -> Result<Vec<Hold>, MemoryFault> {
        self.answer(self.holds.iter().filter(|hold| hold.title == title).cloned().collect())
    }

    fn classes(&self) -> Result<Vec<Class>, MemoryFault> {
        self.answer(self.classes.clone())
    }

    fn patrons_with_pin(&self, class: ClassId) -> Result<Vec<Patron>, MemoryFault> {
        let of = |patron: &&Patron| patron.class == Some(class) && patron.pin.is_some();
        self.answer(self.patrons.iter().filter(of).cloned().collect())
    }

    fn rules(&self) -> Result<Option<Rules>, MemoryFault> {
        self.answer(self.rules.clone())
    }

    fn calendar(&self) -> Result<Option<Calendar>, MemoryFault> {
        self.answer(self.calendar.clone())
    }

    fn data_as_of_s(&self) -> Result<Option<i64>, MemoryFault> {
        self.answer(self.as_of_s)
    }

    fn notices(&self) -> Result<Vec<Notice>, MemoryFault> {
        self.answer(self.notices.clone())
    }
}

/// The book an act moved.
fn item_of(act: &Act) -> Option<&ItemId> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => Some(item),
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}
