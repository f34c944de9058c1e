//! What holds after each step.

use crate::common::*;
use crate::play::{END_MS, Play};
use desk::{Fault, Input, RowAct, Screen, StickState};
use exchange::{Act, Loan, PatronId};

/// No name but these is in the world, and none of them is part of another word.
const NAMES: [&str; 6] = ["Zhansulu", "Damirkhan", "Blockbek", "Expirbek", "Teachergul", "Latebek"];
/// After this long without touch or scan the warning begins.
const IDLE_MS: u64 = 40_000;

impl Play {
    /// Yes only after a record; nothing but yes after it, unless something else did not go.
    pub fn check_words(&self, heard: &[Heard]) {
        let recorded = heard.iter().position(|heard| matches!(heard, Heard::Recorded(..)));
        let yes = heard.iter().position(|heard| *heard == Heard::Said(desk::Signal::Yes));
        assert_eq!(
            recorded.is_some(),
            yes.is_some(),
            "yes is said to what was recorded, and to nothing else"
        );
        assert!(recorded <= yes, "recorded first: {heard:?}");
        if heard.iter().any(|heard| matches!(heard, Heard::Lost(_))) {
            assert!(matches!(self.shop.screen(), Screen::OutOfOrder { .. } | Screen::Enrol { .. }));
        }
    }

    /// Never beyond the limit that held when it was decided, and to nobody but whoever is greeted.
    pub fn check_records(&self, heard: &[Heard]) {
        let world = &self.shop.world;
        for act in recorded(heard) {
            match act {
                Act::CheckedOut { patron, item, due } => {
                    assert!(due >= self.shop.now.today, "due in the past");
                    if !world.is_textbook(&item) {
                        assert!(world.counted(patron) <= self.limit(patron), "beyond the limit");
                    }
                    let who = world.patrons.iter().find(|its| its.id == patron).unwrap();
                    assert!(who.blocks.is_empty(), "lent to a blocked patron");
                    assert!(who.until.is_none_or(|until| until >= self.shop.now.today), "expired");
                    self.check_greeted(&who.given);
                    self.check_on_loan(patron);
                }
                Act::Renewed { patron, .. } => {
                    let who = world.patrons.iter().find(|its| its.id == patron).unwrap();
                    self.check_greeted(&who.given);
                    self.check_on_loan(patron);
                }
                Act::StationStarted { .. }
                | Act::Returned { .. }
                | Act::CountedIssued { .. }
                | Act::CountedReturned { .. }
                | Act::Undone { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => {}
            }
        }
    }

    pub fn check_greeted(&self, name: &str) {
        if let Screen::Visit { given, .. } | Screen::MyBooks { given, .. } = self.shop.screen() {
            assert_eq!(given, name, "lent to someone else");
        }
    }

    pub fn check_on_loan(&self, patron: PatronId) {
        let loans: Vec<Loan> = self.shop.world.loans().into_values().collect();
        let has = loans.iter().filter(|loan| loan.patron == patron).count();
        if let Screen::Visit { on_loan, rows, .. } = self.shop.screen() {
            assert_eq!(usize::from(on_loan), has, "the count on screen");
            let lent = rows.iter().filter(|row| matches!(row.act, RowAct::Lent { .. })).count();
            assert!(lent <= has, "a row that says lent is a loan");
        }
    }

    /// The rules once more, by other words than the desk's.
    fn limit(&self, patron: PatronId) -> usize {
        let world = &self.shop.world;
        let rules = world.rules.as_ref().unwrap();
        let most = if patron == TEACHER { rules.teacher.max_loans } else { rules.pupil.max_loans };
        let age_h = self.shop.now.wall_s.saturating_sub(world.as_of_s.unwrap()) / 3_600;
        let aged = if age_h >= 24 * 14 {
            1
        } else if age_h >= 72 {
            3
        } else {
            most
        };
        most.min(aged).into()
    }

    /// One note of a refusal, however often it is repeated.
    pub fn check_notes(&mut self, heard: &[Heard]) {
        let now_ms = self.shop.now.mono_ms;
        for act in noted(heard) {
            let Act::Refused { reason, item } = act else { panic!("only refusals are noted: {act:?}") };
            let known = self
                .noted
                .iter()
                .any(|(its, of, until_ms)| (its, of) == (&reason, &item) && now_ms < *until_ms);
            assert!(!known, "{reason:?} of {item:?} is noted twice");
            self.noted.push((reason, item, if self.someone { u64::MAX } else { now_ms + 10_000 }));
        }
        match self.shop.screen() {
            Screen::Idle { .. }
            | Screen::Stick { .. }
            | Screen::Finished { .. }
            | Screen::TimedOut { .. }
            | Screen::OutOfOrder { .. }
            | Screen::Enrol { .. }
            | Screen::Setup { .. }
            | Screen::StaffPin { .. }
            | Screen::Staff { .. } => {
                self.noted.clear();
                (self.someone, self.greeted) = (false, None);
            }
            Screen::Visit { given, .. } | Screen::MyBooks { given, .. } => {
                (self.someone, self.greeted) = (true, Some(given));
            }
            Screen::Identify { .. }
            | Screen::Classes { .. }
            | Screen::Names { .. }
            | Screen::Pin { .. }
            | Screen::Returns { .. } => self.someone = true,
            Screen::Refused { .. } => {}
        }
    }

    /// The stick is written when someone was asked or staff wanted it, and not twice at once.
    pub fn check_stick(&self, before: &Screen, by_touch: bool, heard: &[Heard]) {
        if heard.contains(&Heard::StickAsked) {
            assert!(by_touch, "only a touch has it written");
            let asked = matches!(before, Screen::Stick { state: StickState::Asked { .. } });
            let by_staff = matches!(before, Screen::Staff { stick: Some(stick), .. }
                if !matches!(stick, StickState::Working { .. }));
            assert!(asked || by_staff, "written from {before:?}");
        }
    }

    /// A name is on the screens that greet or ask for one, and nowhere once the person has gone. No card number is kept.
    pub fn check_privacy(&self) {
        let view = self.shop.view();
        let dump = format!("{:?}", self.shop.desk);
        for card in self.shop.world.patrons.iter().flat_map(|patron| &patron.cards) {
            assert!(!dump.contains(card), "a card's number is kept");
        }
        let (shows, keeps) = match view.screen {
            Screen::Visit { .. } | Screen::MyBooks { .. } | Screen::Pin { .. } | Screen::Names { .. } => {
                (true, true)
            }
            // It lies above a visit, or above nobody's screen.
            Screen::Refused { .. } => (false, true),
            // So does this, for as long as a visit lasts that nobody touches.
            Screen::OutOfOrder { fault: Fault::NoReader } => {
                (false, self.shop.now.mono_ms - self.active_ms < END_MS)
            }
            Screen::Idle { .. }
            | Screen::Stick { .. }
            | Screen::Identify { .. }
            | Screen::Classes { .. }
            | Screen::Returns { .. }
            | Screen::Finished { .. }
            | Screen::TimedOut { .. }
            | Screen::OutOfOrder { .. }
            | Screen::Enrol { .. }
            | Screen::Setup { .. }
            | Screen::StaffPin { .. }
            | Screen::Staff { .. } => (false, false),
        };
        let shown = format!("{view:?}");
        for name in NAMES {
            assert!(shows || !shown.contains(name), "{name} on {shown}");
            assert!(keeps || !dump.contains(name), "{name} is kept");
        }
    }

    /// Nobody is thrown out unwarned, and the desk is woken before anything changes by itself.
    pub fn check_time(&self, before: &Screen, told: bool) {
        let (desk, now) = (&self.shop.desk, self.shop.now);
        let view = self.shop.view();
        let at = |mono_ms| desk.view(desk::Now { mono_ms, ..now });
        let session = match view.screen {
            Screen::Identify { .. }
            | Screen::Classes { .. }
            | Screen::Names { .. }
            | Screen::Pin { .. }
            | Screen::Visit { .. }
            | Screen::Returns { .. }
            | Screen::MyBooks { .. }
            | Screen::StaffPin { .. }
            | Screen::Staff { .. } => true,
            Screen::Idle { .. }
            | Screen::Stick { .. }
            | Screen::Refused { .. }
            | Screen::Finished { .. }
            | Screen::TimedOut { .. }
            | Screen::OutOfOrder { .. }
            | Screen::Enrol { .. }
            | Screen::Setup { .. } => false,
        };
        let quiet_ms = now.mono_ms - self.active_ms;
        if session {
            assert!(quiet_ms < END_MS, "a session that nobody ends");
            assert_eq!(view.ends_in_s.is_some(), quiet_ms >= IDLE_MS, "the warning");
            if quiet_ms <= IDLE_MS {
                assert_eq!(at(self.active_ms + IDLE_MS).ends_in_s, Some(20), "twenty seconds");
            }
        }
        if let Screen::TimedOut { .. } = view.screen {
            let fresh = !matches!(before, Screen::TimedOut { .. });
            assert!(!fresh || told || quiet_ms >= END_MS, "thrown out too early");
        }
        let told_of = |mono_ms| {
            let (mut later, then) = (desk.clone(), desk::Now { mono_ms, ..now });
            drop(later.handle(Input::Tick, then, &self.shop.world));
            later.view(then)
        };
        match desk.wake_ms() {
            Some(wake_ms) => {
                assert!(wake_ms > now.mono_ms, "the wake-up is ahead");
                assert_eq!(told_of(wake_ms - 1), view, "nothing changes before the wake-up");
                assert_eq!(at(wake_ms - 1), view, "nor does it seem to");
            }
            None => assert_eq!(told_of(now.mono_ms + 86_400_000), view, "nothing changes unwoken"),
        }
    }
}
