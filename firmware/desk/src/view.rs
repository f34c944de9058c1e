//! What the screen shows: enums, numbers and names. All words are the screen's own.

use crate::{Finding, Plug, SetupFault, StickState};
pub use exchange::{BlockKind, ClassId, Day, Lang, PatronId, RefusalKind};
use serde::{Deserialize, Serialize};

/// Everything the screen needs to draw itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// In which language.
    pub lang: Lang,
    /// Today, so that a date can be said as "tomorrow".
    pub today: Day,
    /// What there is to say of the link: one neutral line.
    pub link: LinkNote,
    /// The screen.
    pub screen: Screen,
    /// Whether help is open above it.
    pub help: bool,
    /// Whole seconds until the visit ends by itself, once the warning has begun.
    pub ends_in_s: Option<u16>,
    /// What lies on the pads while someone is there; `None` = nothing, or nobody.
    pub pad: Option<PadCount>,
    /// What there is to say of a receipt.
    pub receipt: ReceiptNote,
}

/// What there is to say of a receipt, on the last screen of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ReceiptNote {
    /// Nothing.
    #[default]
    Quiet,
    /// It is being printed.
    Coming,
    /// There is none this time, because the printer cannot print.
    Missing,
}

/// What lies on the pads, counted for whoever is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PadCount {
    /// Everything that lies there: books, incomplete ones, strange tags.
    pub lying: u8,
    /// Whole books among them with which nothing was done in this visit.
    pub open: u8,
    /// Books of which a part is missing.
    pub incomplete: u8,
    /// Tags that are none of the library's, or cannot be read.
    pub unknown: u8,
    /// Books at which the gate may ring.
    pub gate_failed: u8,
    /// A pad cannot be used now; labels can be scanned.
    pub gone: bool,
}

/// What there is to say of the link to the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkNote {
    /// Nothing.
    Quiet,
    /// No contact now; lending goes on.
    Offline,
    /// No contact for so long that the rules have tightened.
    DataOld {
        /// Whole days since the last contact.
        days: u16,
    },
}

/// The screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Screen {
    /// "Scan your card", with a picture of where.
    Idle {
        /// A notice in the three languages (kk, ru, en), if there is one.
        notice: Option<[String; 3]>,
        /// Whether someone without a card can come in by class, name and PIN.
        without_card: bool,
    },
    /// A book came first: "scan your card".
    Identify {
        /// The books kept so far.
        kept: Vec<KeptRow>,
        /// Whether someone without a card can come in by class, name and PIN.
        without_card: bool,
    },
    /// "Your class?"
    Classes {
        /// In the order to be shown.
        classes: Vec<ClassRow>,
    },
    /// "Your name?"
    Names {
        /// The class's name.
        class: String,
        /// In the order to be shown.
        names: Vec<NameRow>,
    },
    /// "Your PIN?"
    Pin {
        /// First name.
        given: String,
        /// Digits entered so far.
        entered: u8,
        /// The last PIN was wrong.
        wrong: bool,
    },
    /// The visit of a patron: what was done so far, the newest first. Empty: "scan your books".
    Visit {
        /// First name.
        given: String,
        /// What was done.
        rows: Vec<Row>,
        /// How many more books may be taken.
        room: u16,
        /// How many books the patron has in all, those of this visit included.
        on_loan: u16,
        /// A calm word about the last scan.
        note: Option<VisitNote>,
    },
    /// Returning without a card, the newest first. Empty: "scan the books you return".
    Returns {
        /// What was returned.
        rows: Vec<Row>,
        /// A calm word about the last scan.
        note: Option<VisitNote>,
    },
    /// My books.
    MyBooks {
        /// First name.
        given: String,
        /// All loans, by due date.
        rows: Vec<LoanRow>,
    },
    /// No: what happened, what to do, who helps.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The title of the book that stays here, if it is known.
        title: Option<String>,
        /// How many books were done before it in this visit; said first.
        done: u16,
    },
    /// "Done": how many and until when, and the next step.
    Finished {
        /// Books lent.
        lent: u16,
        /// Books returned.
        returned: u16,
        /// Loans prolonged.
        renewed: u16,
        /// The earliest due date among the lent and prolonged.
        due: Option<Day>,
    },
    /// The visit ended by itself. Nothing of the person is shown.
    TimedOut {
        /// Books lent; they stay lent.
        lent: u16,
        /// Titles (`None` = unknown) of books that were scanned but not lent, and stay here.
        open: Vec<Option<String>>,
    },
    /// "Out of order, use the desk".
    OutOfOrder {
        /// What is wrong.
        fault: Fault,
    },
    /// The station is not enrolled yet.
    Enrol {
        /// The code a person at the region approves.
        code: String,
        /// The address of the page on which that is done, with the code in it; empty if there is none.
        page: String,
    },
    /// A set-up file was not taken. In place of the idle screen; a card or a book that is scanned begins a visit.
    Setup {
        /// Where and why, and what is expected.
        fault: SetupFault,
        /// Whether the station lends all the same, by an earlier set-up, so that this can be closed.
        lends: bool,
    },
    /// PIN of the staff menu.
    StaffPin {
        /// Digits entered so far.
        entered: u8,
        /// The last PIN was wrong.
        wrong: bool,
        /// Seconds until another try; 0 = now.
        locked_s: u32,
    },
    /// Staff menu.
    Staff {
        /// What staff wants to know.
        status: StaffStatus,
        /// Whether lending is paused.
        paused: bool,
        /// What there is to say of the stick; `None` = nothing, none is in.
        stick: Option<StickState>,
    },
    /// A courier's stick is in. In place of the idle screen; a card or a book that is scanned begins a visit.
    Stick {
        /// What there is to say of it.
        state: StickState,
    },
}

/// A calm word about the last scan: no error, no error sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisitNote {
    /// The same book was scanned again in this visit.
    SameAgain,
    /// The book was on loan to this patron already: nothing changed. "My books" prolongs it; returning is a mode of its own.
    AlreadyYours,
    /// The book came back, though it was not on loan: put it on the returns shelf all the same.
    WasNotOnLoan,
    /// The visit that had timed out goes on.
    Resumed,
    /// Every loan that could be prolonged was.
    AllRenewed,
    /// The own card was scanned again.
    CardAgain,
}

/// A book kept until the card comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRow {
    /// Its title; `None` = unknown.
    pub title: Option<String>,
    /// Whether it is on loan, so that it may be meant as a return.
    pub on_loan: bool,
}

/// A class button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRow {
    /// Its number.
    pub id: ClassId,
    /// As the school writes it.
    pub name: String,
}

/// A name button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRow {
    /// Whose.
    pub id: PatronId,
    /// Family name and given name.
    pub name: String,
}

/// One line of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The title; `None` = unknown.
    pub title: Option<String>,
    /// What was done.
    pub act: RowAct,
    /// Whether it can be taken back now.
    pub undo: bool,
}

/// What was done with a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowAct {
    /// Lent until this day.
    Lent {
        /// Until when.
        due: Day,
    },
    /// Returned.
    Returned,
    /// Prolonged until this day.
    Renewed {
        /// Until when.
        due: Day,
    },
}

/// A loan in "my books".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanRow {
    /// The title; `None` = unknown.
    pub title: Option<String>,
    /// Until when.
    pub due: Day,
    /// Whether it can be prolonged, or why not.
    pub renewable: Renewable,
}

/// Whether a loan can be prolonged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Renewable {
    /// Yes.
    Yes,
    /// It would not end later than now.
    NotYet,
    /// It was prolonged in this visit.
    Done,
    /// No, and why.
    No(RefusalKind),
}

/// A refusal with what its words need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// The limit that was reached: books, renewals or PIN tries; else 0.
    pub limit: u16,
    /// Age of the data in whole days, where that is the reason; else 0.
    pub age_days: u16,
    /// Which block, where a block is the reason.
    pub block: Option<BlockKind>,
}

/// What keeps the station from lending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// It is starting and checking what it remembers.
    Starting,
    /// No reader is there.
    NoReader,
    /// The disk is full.
    DiskFull,
    /// The disk cannot be written.
    ReadOnly,
    /// What it remembers cannot be read or written.
    Memory,
    /// It has never received rules, patrons or items.
    NoData,
    /// Staff paused it.
    Paused,
    /// A new version of the program is being installed.
    Updating,
    /// The screen has lost the station. Only the screen itself says this.
    NoStation,
}

/// What staff wants to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StaffStatus {
    /// The station's number; 0 = not enrolled.
    pub station: u32,
    /// The program's version.
    pub version: String,
    /// Events not yet taken by the region.
    pub waiting: u64,
    /// Minutes since the region last answered; `None` = never.
    pub last_contact_min: Option<u64>,
    /// Patrons remembered.
    pub patrons: u32,
    /// Items remembered.
    pub items: u32,
    /// Open loans.
    pub loans: u32,
    /// Readers that are there, and that should be.
    pub readers: (u8, u8),
    /// Reviews of this station's events that wait for a librarian.
    pub reviews: u32,
    /// The ways out of the building that have carried something.
    #[serde(default)]
    pub ways: Vec<WayStatus>,
    /// Every check that was looked at, and how it stands.
    #[serde(default)]
    pub checks: Vec<Finding>,
    /// What the disk has shown.
    #[serde(default)]
    pub plug: Plug,
    /// The station's state as text for a QR code, to be photographed; empty before it is known.
    #[serde(default)]
    pub state_text: String,
}

/// What a way out of the building has carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayStatus {
    /// Which.
    pub way: Way,
    /// Minutes since it last carried something.
    pub minutes_ago: u32,
    /// Number of the last event it has carried.
    pub upto: u64,
}

/// A way out of the building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// To the region, over the network.
    Https,
    /// To the region, on a stick.
    Stick,
    /// To a library system that speaks SIP2.
    Sip2,
    /// A file for Koha's offline circulation.
    Koc,
    /// A file for Evergreen's offline circulation.
    Evergreen,
}
