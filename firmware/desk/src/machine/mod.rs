//! The state machine: one file per state or subject, all of them parts of [`Desk`].
//!
//! An input is one turn: what has run out is ended first, then the input is worked on, then what was found wrong with
//! the station is drawn in. A refusal and help lie above the state and never change it, so that they neither stop a
//! timer nor decide where a scan goes. A turn reads the memory before it asks for a record, never after.

mod closing;
mod faults;
mod identify;
mod idle;
mod invariants;
mod lend;
mod log;
mod my_books;
mod no_card;
mod pad;
mod pin;
mod record;
mod refused;
mod resume;
mod returns;
mod scan;
mod show;
mod staff;
mod stick;
mod timeout;
mod touch;
mod visit;

use crate::{
    Effect, Enrolling, Input, LinkNote, Memory, MemoryFault, Now, Pad, Printer, ReceiptNote, Settings,
    Signal, StaffStatus,
};
use exchange::{Day, Lang};
use faults::Faults;
use identify::Identify;
use idle::IdleFacts;
use pin::{Digits, Tries};
use record::Plan;
use refused::{Noted, Refused};
use resume::Parked;
use returns::Returns;
use stick::Stick;
use visit::Visit;

/// The lending desk. See the crate for its invariants.
///
/// The shell gives it every input together with the time and the memory, carries out the effects in their order, and
/// answers [`Effect::Record`] before anything else; until then other inputs are ignored, apart from what they tell of
/// readers, stick, link and station. It asks for the [`crate::View`] after each turn, and for [`Desk::wake_ms`] to know until
/// when it may sleep.
#[derive(Debug, Clone)]
pub struct Desk {
    settings: Settings,
    /// Time of the last turn.
    now: Now,
    /// When someone last touched or scanned.
    active_ms: u64,
    state: State,
    /// What waits for the answer to a record.
    pending: Option<Plan>,
    /// Lies above the state.
    refused: Option<Refused>,
    /// Lies above the state and the refusal.
    help: bool,
    lang_touched: Option<Lang>,
    lang_of_patron: Option<Lang>,
    noted: Noted,
    parked: Option<Parked>,
    tries: Tries,
    faults: Faults,
    idle: IdleFacts,
    link: LinkNote,
    status: StaffStatus,
    printer: Printer,
    /// What lies on the pads.
    lying: Pad,
    stick: Stick,
    /// Code of an enrolment that waits for approval.
    enrolling: Option<Enrolling>,
    /// A set-up file that was not taken, until somebody closes it.
    setup: Option<crate::SetupFault>,
}

/// Who is at the desk, and what for.
#[derive(Debug, Clone)]
enum State {
    /// Nobody.
    Idle,
    /// Someone who is not known yet.
    Identify(Identify),
    /// A patron.
    Visit(Visit),
    /// Someone who returns books and need not be known.
    Returns(Returns),
    /// Nobody; the last screen of a visit stays a moment.
    Finished { tally: log::Tally, receipt: ReceiptNote, until_ms: u64 },
    /// Nobody; the last screen of a visit that ended by itself stays a moment.
    TimedOut { lent: u16, open: Vec<Option<String>>, until_ms: u64 },
    /// Someone who says they are staff.
    StaffPin { digits: Digits, wrong: bool },
    /// Staff.
    Staff,
}

/// One input being worked on.
struct Turn<'a> {
    now: Now,
    memory: &'a dyn Memory,
    effects: Vec<Effect>,
}

impl Turn<'_> {
    fn say(&mut self, signal: Signal) {
        self.effects.push(Effect::Say(signal));
    }
}

/// Whether a scan is answered by this: every scan is, and by sound too. A record's sound comes with its answer.
fn is_answer(effect: &Effect) -> bool {
    match effect {
        Effect::Record { .. } | Effect::Say(_) => true,
        Effect::Note { .. } | Effect::Receipt(_) | Effect::CallRegion | Effect::WriteStick => false,
    }
}

/// The shortest times for idling and warning that a settings file can bring about (WCAG 2.2.1).
const TIMEOUT_MIN_MS: u64 = 20_000;

impl Desk {
    /// A desk that has not been told anything yet: it shows that it is starting until the first input. Times shorter
    /// than [`Settings`] allows are taken as the shortest.
    #[must_use]
    pub fn new(settings: Settings) -> Desk {
        let settings = Settings {
            idle_ms: settings.idle_ms.max(TIMEOUT_MIN_MS),
            warning_ms: settings.warning_ms.max(TIMEOUT_MIN_MS),
            pin_tries: settings.pin_tries.max(1),
            ..settings
        };
        Desk {
            settings,
            now: Now { mono_ms: 0, wall_s: 0, today: Day(0) },
            active_ms: 0,
            state: State::Idle,
            pending: None,
            refused: None,
            help: false,
            lang_touched: None,
            lang_of_patron: None,
            noted: Noted::default(),
            parked: None,
            tries: Tries::default(),
            faults: Faults::starting(),
            idle: IdleFacts::default(),
            link: LinkNote::Quiet,
            status: StaffStatus::default(),
            printer: Printer::None,
            lying: Pad::default(),
            stick: Stick::default(),
            enrolling: None,
            setup: None,
        }
    }

    /// Takes in one input and gives what is to be done, in order. Time that runs backwards is taken as standing still.
    #[must_use]
    pub fn handle(&mut self, input: Input, now: Now, memory: &dyn Memory) -> Vec<Effect> {
        self.now = Now { mono_ms: now.mono_ms.max(self.now.mono_ms), ..now };
        let mut turn = Turn { now: self.now, memory, effects: Vec::new() };
        let scanned = matches!(input, Input::Scanned(_));
        if let Err(MemoryFault) = self.turn(input, &mut turn) {
            self.memory_failed();
        }
        self.tend_stick();
        if scanned && !turn.effects.iter().any(is_answer) {
            turn.say(Signal::No);
        }
        turn.effects
    }

    fn turn(&mut self, input: Input, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if self.pending.is_none() {
            self.expire();
        }
        match input {
            Input::Readers { present, expected } => self.faults.readers(present, expected),
            Input::Printer(printer) => self.printer = printer,
            Input::Stick(news) => self.stick_news(news),
            Input::Link(note) => self.link = note,
            Input::Status(status) => self.status = status,
            Input::Enrolling(enrolling) => self.enrolling = enrolling,
            Input::Updating(updating) => self.faults.updating = updating,
            Input::Setup(fault) => self.setup = fault,
            Input::Recorded(seqs) => self.recorded(seqs, turn)?,
            Input::NotRecorded(fault) => self.not_recorded(fault, turn),
            Input::Scanned(scanned) if self.pending.is_none() => self.scanned(scanned, turn)?,
            Input::Pad(pad) if self.pending.is_none() => self.pad(pad, turn)?,
            Input::Touched(touch) if self.pending.is_none() => self.touched(touch, turn)?,
            Input::Scanned(_) | Input::Pad(_) | Input::Touched(_) | Input::Tick => {}
        }
        self.settle(turn);
        Ok(())
    }

    /// Whether someone is at the desk whose absence ends their visit.
    fn in_session(&self) -> bool {
        match self.state {
            State::Identify(_)
            | State::Visit(_)
            | State::Returns(_)
            | State::StaffPin { .. }
            | State::Staff => true,
            State::Idle | State::Finished { .. } | State::TimedOut { .. } => false,
        }
    }

    /// Whether nobody is at the desk and no visit can be resumed: then no later input names a seq given before, and the
    /// shell may begin a new epoch of its journal.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        !self.in_session() && self.pending.is_none() && self.parked.is_none()
    }

    /// Back to the idle screen; nothing of whoever was there is left, but what a re-tap of the card resumes.
    fn clear(&mut self) {
        self.state = State::Idle;
        self.refused = None;
        self.help = false;
        self.lang_touched = None;
        self.lang_of_patron = None;
        self.noted.clear();
    }
}
