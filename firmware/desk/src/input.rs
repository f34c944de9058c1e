//! What the desk is told.

use crate::{LinkNote, StickNews};
use exchange::{ClassId, Day, ItemId, Lang, PatronId, Seq};
use serde::{Deserialize, Serialize};

/// The time, as the desk needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the station started. Never goes back.
    pub mono_ms: u64,
    /// Wall time, seconds since 1970.
    pub wall_s: i64,
    /// The day in the school's zone.
    pub today: Day,
}

/// How a station that waits for its enrolment is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolling {
    /// The code a person at the region approves.
    pub code: String,
    /// The address of the page on which that is done, with the code in it; empty if there is none.
    pub page: String,
}

/// Something the desk must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A reader read something.
    Scanned(Scanned),
    /// What lies on the pads now, as a whole; told when it has changed.
    Pad(Pad),
    /// Someone touched the screen.
    Touched(Touch),
    /// The answer to [`crate::Effect::Record`]: durable, with the seq of each act.
    Recorded(Vec<Seq>),
    /// The answer to [`crate::Effect::Record`]: nothing of it was written.
    NotRecorded(RecordFault),
    /// How many readers are configured, and how many of them are there.
    Readers {
        /// Readers that are there.
        present: u8,
        /// Readers that should be there.
        expected: u8,
    },
    /// How the receipt printer is.
    Printer(Printer),
    /// What became of the courier's stick.
    Stick(StickNews),
    /// What there is to say of the link.
    Link(LinkNote),
    /// Figures for the staff screen.
    Status(crate::StaffStatus),
    /// The station waits for its enrolment to be approved; `None` = it is enrolled.
    Enrolling(Option<Enrolling>),
    /// The program is being replaced: no visit begins; `false` = it is over.
    Updating(bool),
    /// A set-up file was not taken; `None` = there is nothing to say of it any more.
    Setup(Option<crate::SetupFault>),
    /// Time has passed. Wanted when [`crate::Desk::wake_ms`] says so; more often does no harm.
    Tick,
}

/// What lies on the pads: books by their tags, as a set and not one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pad {
    /// Books of which every part lies there.
    pub lying: Vec<ItemId>,
    /// Books of which a part is missing.
    pub incomplete: u8,
    /// Tags that are none of the library's, or cannot be read.
    pub unknown: u8,
    /// Books whose tags could not be told that they may leave, or that they are back.
    pub gate_failed: u8,
    /// A pad cannot be used now.
    pub gone: bool,
}

/// How the receipt printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Printer {
    /// There is none.
    #[default]
    None,
    /// Ready.
    Ready,
    /// There is one, and it cannot print: no paper, its cover open, or unplugged.
    Out,
}

/// Why nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// The disk is full.
    DiskFull,
    /// The disk cannot be written.
    ReadOnly,
    /// The journal is damaged or fails in another way.
    Broken,
}

/// What a scan is, as far as the site's rules for numbers tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// A card's number.
    Card(String),
    /// An item's number.
    Item(ItemId),
    /// A number that no rule claims: whether it is a card or an item, the memory knows.
    Number(String),
    /// A book's ISBN-13, which names a title and no item.
    Isbn(String),
    /// A web address.
    Url,
    /// Torn, too long, or with characters that no label carries.
    Unreadable,
}

/// What someone did on the screen. Each is one tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Touch {
    /// Somewhere where nothing is: someone is there.
    Anywhere,
    /// A language button.
    Language(Lang),
    /// Help: opens it, on every screen.
    Help,
    /// Leaves help, a refusal, the list of one's books, the PIN, the class list, the stick: one step back.
    Back,
    /// Ends the visit.
    Finish,
    /// Idle: return books without a card.
    ReturnBooks,
    /// Idle or card asked for: "I have no card".
    NoCard,
    /// A class in the list.
    Class(ClassId),
    /// A name in the list.
    Name(PatronId),
    /// A digit of a PIN, 0–9.
    Digit(u8),
    /// Takes the last digit back.
    Erase,
    /// The PIN is complete.
    Enter,
    /// Visit: shows all one's loans.
    MyBooks,
    /// My books: prolongs the loan in this row, from 0.
    Renew(u16),
    /// My books: prolongs every loan that can be.
    RenewAll,
    /// Visit or returns: takes back what this row says, from 0.
    Undo(u16),
    /// Card asked for: the books kept so far are being returned, not borrowed.
    ReturnKept,
    /// Opens the staff menu's PIN.
    Staff,
    /// Staff menu: call the region now.
    CallRegion,
    /// Stick asked about, or staff menu: put the records on the stick.
    WriteStick,
    /// Staff menu: stop lending, or go on.
    Pause(bool),
}
