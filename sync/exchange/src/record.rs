//! Reference records: what the region tells its stations, one feed per kind.

use crate::{
    ClassId, Conflict, Day, HoldId, ItemId, NoticeId, PatronId, ReviewId, Seq, SetId, TitleId, pin::PinHash,
};
use serde::{Deserialize, Serialize};

/// A stream of records with a cursor of its own. The numbers are fixed for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Feed {
    /// The rules of lending: one record.
    Rules = 1,
    /// The school calendar: one record.
    Calendar = 2,
    /// Classes.
    Classes = 3,
    /// Patrons.
    Patrons = 4,
    /// Titles.
    Titles = 5,
    /// Items.
    Items = 6,
    /// Textbook sets.
    Sets = 7,
    /// Holds.
    Holds = 8,
    /// What became of reviews.
    Verdicts = 9,
    /// Notices for the idle screen.
    Notices = 10,
    /// Open loans as the region has folded them, this station's own included.
    Loans = 11,
}

impl Feed {
    /// All feeds, in the order in which a new station wants them: what a loan needs first.
    pub const ALL: [Feed; 11] = [
        Feed::Rules,
        Feed::Calendar,
        Feed::Classes,
        Feed::Patrons,
        Feed::Titles,
        Feed::Items,
        Feed::Loans,
        Feed::Holds,
        Feed::Verdicts,
        Feed::Sets,
        Feed::Notices,
    ];

    /// Its number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The feed with this number, if there is one.
    pub fn from_number(number: u8) -> Option<Feed> {
        Feed::ALL.into_iter().find(|feed| feed.number() == number)
    }
}

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Kazakh, the first language of every screen.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Lang {
    /// All, in the order of the buttons.
    pub const ALL: [Lang; 3] = [Lang::Kk, Lang::Ru, Lang::En];

    /// ISO 639-1: `kk`, `ru`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Kk => "kk",
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// The language with this ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

/// How much one sort of patron may borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Most loans at once; textbooks do not count.
    pub max_loans: u16,
    /// Length of a loan, in days.
    pub loan_days: u16,
    /// Most renewals of one loan.
    pub max_renewals: u8,
    /// What one renewal adds, in days from the day of renewing.
    pub renewal_days: u16,
}

/// What the rules say of an item the station does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownItem {
    /// It stays here.
    Refuse,
    /// It is lent, and the region reviews it.
    Lend,
}

/// A tightening of the rules from a certain age of the data on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleStep {
    /// From this age of the data on, in hours.
    pub after_h: u32,
    /// Most loans at once while so old.
    pub max_loans: u16,
    /// Whether loans may still be renewed.
    pub renewals: bool,
}

/// The rules of lending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Rises with every change.
    pub version: u32,
    /// For pupils.
    pub pupil: Allowance,
    /// For teachers and other staff.
    pub teacher: Allowance,
    /// From this many overdue loans on, nothing more is lent; 0 = overdue loans do not matter.
    pub overdue_blocks_from: u16,
    /// What happens with an unknown item.
    pub unknown_item: UnknownItem,
    /// Steps by rising age.
    pub stale: Vec<StaleStep>,
}

/// The school calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Rises with every change.
    pub version: u32,
    /// IANA name of the school's zone, such as `Asia/Almaty`.
    pub zone: String,
    /// Weekdays on which the library is closed: bit 0 = Monday … bit 6 = Sunday.
    pub weekend: u8,
    /// Holidays: first and last day of each.
    pub closed: Vec<(Day, Day)>,
    /// The last day of the school year: textbooks are due then, and nothing is lent beyond it.
    pub year_end: Day,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its number.
    pub id: ClassId,
    /// 0 to 12.
    pub grade: u8,
    /// The letter, upper-case Cyrillic, look-alikes folded; may be empty.
    pub letter: String,
    /// As the school writes it, for print.
    pub name: String,
    /// Language of instruction.
    pub lang: Lang,
}

/// Sort of patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatronKind {
    /// A pupil.
    Pupil,
    /// A teacher or another grown-up of the school.
    Teacher,
}

/// Why a patron may not borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A lost book is to be replaced.
    LostItem,
    /// A librarian has said so.
    ByLibrarian,
    /// The patron has left the school.
    Left,
}

/// A block, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Why.
    pub kind: BlockKind,
    /// Since when.
    pub since: Day,
}

/// A patron: the least that lends a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patron {
    /// Their number.
    pub id: PatronId,
    /// Numbers of all valid cards, the newest first; may be empty.
    pub cards: Vec<String>,
    /// First name, the only one shown on a visit's screens.
    pub given: String,
    /// Family name, shown only in the list of a class.
    pub family: String,
    /// Their class.
    pub class: Option<ClassId>,
    /// Sort of patron.
    pub kind: PatronKind,
    /// Preferred language.
    pub lang: Lang,
    /// Reasons why they may not borrow.
    pub blocks: Vec<Block>,
    /// Last day on which they may borrow.
    pub until: Option<Day>,
    /// For those without a card.
    pub pin: Option<PinHash>,
}

/// Sort of title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleKind {
    /// An ordinary book.
    Book,
    /// A textbook: due at the end of the year, does not count against the limit.
    Textbook,
}

/// A bibliographic title; another edition is another title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    /// Its number.
    pub id: TitleId,
    /// The title proper.
    pub name: String,
    /// The author as shown; may be empty.
    pub author: String,
    /// ISBN-13 without hyphens; may be empty.
    pub isbn: String,
    /// Year of publication; 0 if unknown.
    pub year: u16,
    /// Sort of title.
    pub kind: TitleKind,
}

/// State of an item, apart from being on loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// May be lent.
    Lendable,
    /// Read in the library only.
    Reference,
    /// Not for loan now: being mended, or withdrawn.
    NotForLoan,
    /// Believed lost.
    Lost,
}

/// One physical book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The number on its label.
    pub id: ItemId,
    /// Of which title.
    pub title: TitleId,
    /// State.
    pub status: ItemStatus,
    /// Numbers it had before; never used again for another item.
    pub former: Vec<ItemId>,
}

/// What a class must get at the start of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextbookSet {
    /// Its number.
    pub id: SetId,
    /// For which grade.
    pub grade: u8,
    /// For which language of instruction.
    pub lang: Lang,
    /// Profile; empty = every one.
    pub profile: String,
    /// Titles, one copy of each.
    pub titles: Vec<TitleId>,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Waits for any copy.
    Waiting,
    /// A copy stands ready for the patron.
    Ready,
}

/// A reservation of a title, or of one item of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its number; among equal claims the lower is served first.
    pub id: HoldId,
    /// For whom.
    pub patron: PatronId,
    /// Of which title.
    pub title: TitleId,
    /// The copy set aside, once [`HoldState::Ready`].
    pub item: Option<ItemId>,
    /// Where it stands.
    pub state: HoldState,
}

/// What became of a review that one of this station's events caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which review.
    pub review: ReviewId,
    /// Which event of this station.
    pub seq: Seq,
    /// What the matter was.
    pub conflict: Conflict,
    /// `None` while undecided, else whether the proposed default was accepted.
    pub accepted: Option<bool>,
}

/// A line for the idle screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// In Kazakh, Russian, English.
    pub text: [String; 3],
    /// Last day on which it is shown.
    pub until: Day,
}

/// An open loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// Which item.
    pub item: ItemId,
    /// Who has it.
    pub patron: PatronId,
    /// Day it was lent.
    pub since: Day,
    /// Until when.
    pub due: Day,
    /// How often it was renewed.
    pub renewals: u8,
}

/// A record of any feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant holds the record of its name")]
pub enum Record {
    Rules(Rules),
    Calendar(Calendar),
    Class(Class),
    Patron(Patron),
    Title(Title),
    Item(Item),
    Set(TextbookSet),
    Hold(Hold),
    Verdict(Verdict),
    Notice(Notice),
    Loan(Loan),
}

/// What names a record inside its feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKey {
    /// The only record of its feed.
    Only,
    /// By number.
    Number(u64),
    /// By the number of an item.
    Item(ItemId),
}

impl Record {
    /// The feed it belongs to.
    pub fn feed(&self) -> Feed {
        match self {
            Record::Rules(_) => Feed::Rules,
            Record::Calendar(_) => Feed::Calendar,
            Record::Class(_) => Feed::Classes,
            Record::Patron(_) => Feed::Patrons,
            Record::Title(_) => Feed::Titles,
            Record::Item(_) => Feed::Items,
            Record::Set(_) => Feed::Sets,
            Record::Hold(_) => Feed::Holds,
            Record::Verdict(_) => Feed::Verdicts,
            Record::Notice(_) => Feed::Notices,
            Record::Loan(_) => Feed::Loans,
        }
    }

    /// What names it inside its feed.
    pub fn key(&self) -> RecordKey {
        match self {
            Record::Rules(_) | Record::Calendar(_) => RecordKey::Only,
            Record::Class(class) => RecordKey::Number(class.id.0.into()),
            Record::Patron(patron) => RecordKey::Number(patron.id.0),
            Record::Title(title) => RecordKey::Number(title.id.0),
            Record::Item(item) => RecordKey::Item(item.id.clone()),
            Record::Set(set) => RecordKey::Number(set.id.0.into()),
            Record::Hold(hold) => RecordKey::Number(hold.id.0),
            Record::Verdict(verdict) => RecordKey::Number(verdict.review.0),
            Record::Notice(notice) => RecordKey::Number(notice.id.0.into()),
            Record::Loan(loan) => RecordKey::Item(loan.item.clone()),
        }
    }
}
