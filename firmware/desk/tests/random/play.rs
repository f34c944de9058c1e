//! The desk in its world, and an onlooker who sees each step.

use crate::common::*;
use crate::op::Op;
use desk::{Enrolling, Fault, Input, LinkNote, Pad, Scanned, Screen, StickNews, Touch};
use exchange::{Act, Hold, HoldId, HoldState, ItemId, PatronId, RefusalKind, TitleId};
use std::collections::BTreeSet;

/// After this long without touch or scan a session ends.
pub const END_MS: u64 = 60_000;

/// The desk, its world, and what an onlooker remembers of both.
pub struct Play {
    pub shop: Shop,
    /// When someone last touched or scanned.
    pub active_ms: u64,
    /// Whoever was greeted last and has not gone.
    pub greeted: Option<String>,
    /// Whether the screen, or the one under a refusal, is somebody's.
    pub someone: bool,
    /// Refusals noted since the last person came or went, and until when they count as noted.
    pub noted: Vec<(RefusalKind, Option<ItemId>, u64)>,
    /// What lies on the pad.
    pub lying: Vec<ItemId>,
    /// The screens and notes that were there.
    pub reached: BTreeSet<String>,
}

impl Play {
    pub fn new() -> Play {
        let shop = Shop::open(World::school());
        Play {
            active_ms: 0,
            greeted: None,
            someone: false,
            noted: Vec::new(),
            lying: Vec::new(),
            reached: BTreeSet::new(),
            shop,
        }
    }

    pub fn run(&mut self, op: Op) {
        let world = &mut self.shop.world;
        match op {
            Op::Card(id) => self.scan(Scanned::Card(card_of(PatronId(id)))),
            Op::Item(number) => self.scan(Scanned::Item(item_id(number))),
            Op::Pad(books, unknown) => self.pad(&books, unknown),
            Op::Number(text) => self.scan(Scanned::Number(text)),
            Op::Stray(scanned) => self.scan(scanned),
            Op::Touch(touch) => self.touch(touch),
            Op::Pin(right) => {
                self.touch(Touch::NoCard);
                self.touch(Touch::Class(CLASS));
                self.touch(Touch::Name(AIGERIM));
                self.digits(if right { AIGERIM_PIN } else { "0000" });
            }
            Op::StaffPin(right) => {
                self.touch(Touch::Staff);
                self.digits(if right { STAFF_PIN } else { "0000" });
            }
            Op::Prolong(row) => {
                self.touch(Touch::MyBooks);
                self.touch(row.map_or(Touch::RenewAll, Touch::Renew));
                self.touch(Touch::Back);
            }
            Op::ComeBack(ms) => {
                let who = self.greeted.clone();
                let known = world.patrons.iter().find(|patron| Some(&patron.given) == who.as_ref());
                let card = known.map(|patron| card_of(patron.id));
                self.pass(END_MS + ms);
                if let Some(card) = card {
                    self.scan(Scanned::Card(card));
                }
            }
            Op::Pass(ms) => self.pass(ms),
            Op::Jump(ms) => {
                let end_ms = self.shop.now.mono_ms + ms;
                self.shop.move_to_ms(end_ms);
            }
            Op::Wall(wall_s) => self.shop.now.wall_s = wall_s.clamp(i64::MIN / 2, i64::MAX / 2),
            Op::Day(day) => {
                self.shop.now.today = exchange::Day(day);
                world.today = exchange::Day(day);
            }
            Op::Tick => self.send(Input::Tick),
            Op::Disk(fault) => self.shop.fault = fault,
            Op::Readers(present) => self.send(Input::Readers { present, expected: 2 }),
            Op::Memory(broken) => world.broken = broken,
            Op::Age(hours) => world.as_of_s = Some(self.shop.now.wall_s - hours * 3_600),
            Op::Data(there) => world.rules = if there { World::school().rules } else { None },
            Op::UnknownItems(unknown_item) => {
                if let Some(rules) = &mut world.rules {
                    rules.unknown_item = unknown_item;
                }
            }
            Op::Elsewhere(number, patron) => {
                if world.loan(&item_id(number)).is_none() {
                    world.lend(number, PatronId(patron), today().plus(5));
                }
            }
            Op::Hold(title, patron, item, ready) => {
                let state = if ready { HoldState::Ready } else { HoldState::Waiting };
                world.holds.truncate(3);
                world.holds.push(Hold {
                    id: HoldId(title),
                    patron: PatronId(patron),
                    title: TitleId(title),
                    item: item.map(item_id),
                    state,
                });
            }
            Op::Enrolling(on) => {
                let enrolling = || Enrolling { code: "CDFG2345".into(), page: String::new() };
                self.send(Input::Enrolling(on.then(enrolling)));
            }
            Op::Link => self.send(Input::Link(LinkNote::Offline)),
            Op::Stick(news) => self.stick(news),
            Op::StickIn(end) => {
                self.stick(StickNews::Out);
                self.stick(StickNews::In);
                if let Some(news) = end {
                    self.touch(Touch::WriteStick);
                    self.stick(news);
                }
            }
            Op::StrayAnswer => self.send(Input::Recorded(vec![exchange::Seq(1)])),
        }
    }

    fn digits(&mut self, digits: &str) {
        for digit in digits.bytes() {
            self.touch(Touch::Digit(digit - b'0'));
        }
        self.touch(Touch::Enter);
    }

    fn pass(&mut self, ms: u64) {
        let end_ms = self.shop.now.mono_ms + ms;
        while let Some(wake_ms) = self.shop.desk.wake_ms().filter(|wake_ms| *wake_ms <= end_ms) {
            // Another clock may have run on unseen; the shell then comes late.
            self.shop.move_to_ms(wake_ms.max(self.shop.now.mono_ms));
            self.send(Input::Tick);
        }
        self.shop.move_to_ms(end_ms);
    }

    fn scan(&mut self, scanned: Scanned) {
        self.someone_acts();
        let owner = self.owner(&scanned);
        if owner.is_some() && owner != self.greeted {
            self.noted.clear();
        }
        let heard = self.step(Input::Scanned(scanned));
        assert!(!said(&heard).is_empty(), "every scan is answered by sound");
    }

    fn pad(&mut self, books: &[u32], unknown: u8) {
        self.someone_acts();
        let mut lying: Vec<ItemId> = books.iter().map(|number| item_id(*number)).collect();
        lying.sort();
        lying.dedup();
        let acted: Vec<ItemId> = lying.iter().filter(|item| !self.lying.contains(item)).cloned().collect();
        let before = self.shop.desk.view(self.shop.now);
        let heard = self.step(Input::Pad(Pad { lying: lying.clone(), unknown, ..Pad::default() }));
        let said = recorded(&heard);
        assert!(said.len() <= 2 * acted.len(), "only what came acts, once: {said:?} of {acted:?}");
        let lent = said.iter().filter(|act| matches!(act, Act::CheckedOut { .. })).count();
        assert!(
            lent == 0
                || matches!(
                    before.screen,
                    Screen::Visit { .. }
                        | Screen::MyBooks { .. }
                        | Screen::Refused { .. }
                        // Above a visit: what a reader tells counts, though it was said to be gone.
                        | Screen::OutOfOrder { fault: Fault::NoReader }
                )
        );
        self.lying = lying;
    }

    fn stick(&mut self, news: StickNews) {
        // What has run out meanwhile goes first.
        self.send(Input::Tick);
        let before = self.shop.view();
        assert_eq!(self.step(Input::Stick(news)), [], "news of the stick is neither written down nor said");
        match before.screen {
            Screen::Idle { .. } | Screen::Stick { .. } | Screen::Staff { .. } => {}
            // A fault is looked at again with every input.
            Screen::OutOfOrder { .. } => {}
            Screen::Refused { .. }
            | Screen::Identify { .. }
            | Screen::Classes { .. }
            | Screen::Names { .. }
            | Screen::Pin { .. }
            | Screen::Visit { .. }
            | Screen::Returns { .. }
            | Screen::MyBooks { .. }
            | Screen::Finished { .. }
            | Screen::TimedOut { .. }
            | Screen::Enrol { .. }
            | Screen::Setup { .. }
            | Screen::StaffPin { .. } => assert_eq!(self.shop.view(), before, "nobody is disturbed"),
        }
    }

    fn touch(&mut self, touch: Touch) {
        self.someone_acts();
        if touch == Touch::Enter {
            self.noted.clear();
        }
        self.send(Input::Touched(touch));
    }

    fn someone_acts(&mut self) {
        let now_ms = self.shop.now.mono_ms;
        if now_ms - self.active_ms >= END_MS {
            self.noted.clear();
            (self.someone, self.greeted) = (false, None);
        }
        self.active_ms = now_ms;
    }

    /// Whose card it is, if it is anyone's.
    fn owner(&self, scanned: &Scanned) -> Option<String> {
        let number = match scanned {
            Scanned::Card(number) | Scanned::Number(number) => number.as_str(),
            Scanned::Item(number) => number.as_str(),
            Scanned::Isbn(_) | Scanned::Url | Scanned::Unreadable => return None,
        };
        let patrons = self.shop.world.patrons.iter();
        let mut owners = patrons.filter(|patron| patron.cards.iter().any(|card| card == number));
        owners.next().map(|patron| patron.given.clone())
    }

    fn send(&mut self, input: Input) {
        self.step(input);
    }

    fn step(&mut self, input: Input) -> Vec<Heard> {
        let before = self.shop.screen();
        let by_touch = matches!(input, Input::Touched(Touch::WriteStick));
        let told = matches!(input, Input::Scanned(_) | Input::Pad(_) | Input::Touched(_));
        let heard = self.shop.send(input);
        self.check_stick(&before, by_touch, &heard);
        self.look_around();
        self.check_words(&heard);
        self.check_records(&heard);
        self.check_notes(&heard);
        self.check_privacy();
        self.check_time(&before, told);
        heard
    }

    fn look_around(&mut self) {
        let view = self.shop.view();
        let said = format!("{:?}", view.screen);
        self.reached.extend(said.split([' ', '{']).next().map(str::to_owned));
        let notes = ["SameAgain", "AlreadyYours", "WasNotOnLoan", "Resumed", "AllRenewed", "CardAgain"];
        self.reached.extend(notes.into_iter().filter(|note| said.contains(note)).map(str::to_owned));
        let of_stick = ["Asked", "Working", "Done {", "Failed(Full)", "Failed(PulledOut)"];
        let on_stick = matches!(view.screen, Screen::Stick { .. });
        self.reached
            .extend(of_stick.into_iter().filter(|it| on_stick && said.contains(it)).map(str::to_owned));
        self.reached.extend(view.ends_in_s.map(|_| "the warning".to_owned()));
    }
}
