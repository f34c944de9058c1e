//! A desk with its shell: carries out effects in their order, answers records, wakes the desk when it asked for it.

use super::world::{STAFF_PIN, START_S, World, card_of, item_id, today};
use desk::{Desk, Effect, Input, Now, RecordFault, Scanned, Screen, Settings, Signal, Slip, Touch, View};
use exchange::pin::PinHash;
use exchange::{Act, Basis, PatronId};

/// One thing the shell did or was told, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Written down.
    Recorded(Vec<Act>, Basis),
    /// Asked for, but not written.
    Lost(Vec<Act>),
    /// Noted without anyone waiting.
    Noted(Act),
    /// Said.
    Said(Signal),
    /// A receipt was printed.
    Printed(Slip),
    /// The region was called.
    Called,
    /// The stick is to be written.
    StickAsked,
}

/// A desk with its shell.
#[derive(Debug, Clone)]
pub struct Shop {
    pub desk: Desk,
    pub world: World,
    pub now: Now,
    /// How the next records fail.
    pub fault: Option<RecordFault>,
}

impl Shop {
    pub fn open(world: World) -> Shop {
        let settings =
            Settings { staff_pin: PinHash::of(STAFF_PIN, [9; 8]), pin_tries: 3, ..Settings::default() };
        Shop::with(world, settings)
    }

    pub fn with(world: World, settings: Settings) -> Shop {
        let now = Now { mono_ms: 1_000, wall_s: START_S, today: today() };
        let mut shop = Shop { desk: Desk::new(settings), world, now, fault: None };
        shop.send(Input::Readers { present: 2, expected: 2 });
        shop
    }

    /// Gives the desk an input and does what it wants, as the station does.
    pub fn send(&mut self, input: Input) -> Vec<Heard> {
        let mut heard = Vec::new();
        let effects = self.desk.handle(input, self.now, &self.world);
        for effect in effects {
            if let Effect::Record { acts, basis } = effect {
                assert!(!acts.is_empty(), "an empty record is nothing to wait for");
                let answer = match self.fault {
                    Some(fault) => {
                        heard.push(Heard::Lost(acts));
                        Input::NotRecorded(fault)
                    }
                    None => {
                        let seqs = self.world.record(&acts);
                        heard.push(Heard::Recorded(acts, basis));
                        Input::Recorded(seqs)
                    }
                };
                for effect in self.desk.handle(answer, self.now, &self.world) {
                    assert!(
                        !matches!(effect, Effect::Record { .. }),
                        "a record follows from a scan or touch"
                    );
                    self.hear(effect, &mut heard);
                }
            } else {
                self.hear(effect, &mut heard);
            }
        }
        self.desk.verify_invariants().unwrap();
        heard
    }

    fn hear(&mut self, effect: Effect, heard: &mut Vec<Heard>) {
        heard.push(match effect {
            Effect::Note { act, .. } => Heard::Noted(act),
            Effect::Say(signal) => Heard::Said(signal),
            Effect::Receipt(slip) => Heard::Printed(slip),
            Effect::CallRegion => Heard::Called,
            Effect::WriteStick => Heard::StickAsked,
            Effect::Record { .. } => unreachable!("dealt with before"),
        });
    }

    pub fn card(&mut self, id: PatronId) -> Vec<Heard> {
        self.send(Input::Scanned(Scanned::Card(card_of(id))))
    }

    pub fn book(&mut self, number: u32) -> Vec<Heard> {
        self.send(Input::Scanned(Scanned::Item(item_id(number))))
    }

    pub fn touch(&mut self, touch: Touch) -> Vec<Heard> {
        self.send(Input::Touched(touch))
    }

    pub fn pin(&mut self, digits: &str) -> Vec<Heard> {
        for digit in digits.bytes() {
            self.touch(Touch::Digit(digit - b'0'));
        }
        self.touch(Touch::Enter)
    }

    /// Lets time pass, waking the desk whenever it asked for it, as the station does.
    pub fn pass_ms(&mut self, ms: u64) {
        let end_ms = self.now.mono_ms + ms;
        while let Some(wake_ms) = self.desk.wake_ms().filter(|wake_ms| *wake_ms <= end_ms) {
            assert!(wake_ms > self.now.mono_ms, "the wake-up is ahead");
            self.move_to_ms(wake_ms);
            self.send(Input::Tick);
        }
        self.move_to_ms(end_ms);
    }

    pub fn move_to_ms(&mut self, mono_ms: u64) {
        let later_s = i64::try_from(mono_ms / 1_000 - self.now.mono_ms / 1_000).unwrap();
        self.now = Now { mono_ms, wall_s: self.now.wall_s + later_s, ..self.now };
    }

    pub fn view(&self) -> View {
        self.desk.view(self.now)
    }

    pub fn screen(&self) -> Screen {
        self.view().screen
    }
}

/// What was said, in order.
pub fn said(heard: &[Heard]) -> Vec<Signal> {
    let signal = |heard: &Heard| if let Heard::Said(signal) = heard { Some(*signal) } else { None };
    heard.iter().filter_map(signal).collect()
}

/// What was written down, in order.
pub fn recorded(heard: &[Heard]) -> Vec<Act> {
    let acts = |heard: &Heard| if let Heard::Recorded(acts, _) = heard { acts.clone() } else { Vec::new() };
    heard.iter().flat_map(acts).collect()
}

/// What was noted, in order.
pub fn noted(heard: &[Heard]) -> Vec<Act> {
    let act = |heard: &Heard| if let Heard::Noted(act) = heard { Some(act.clone()) } else { None };
    heard.iter().filter_map(act).collect()
}
