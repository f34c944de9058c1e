//! What pupils do at a desk, and what an onlooker sees.

use super::cast::{MOST_PEOPLE, book, card, item, name};
use super::plan::{Deed, End};
use super::sabotage::Sabotage;
use super::story::place;
use super::truth::{Broken, Invariant};
use super::world::World;
use desk::{Input, Memory, Scanned, Screen, Touch};
use exchange::{Act, ItemId, ItemStatus, PatronId};

impl World {
    fn patron(&self, who: u16) -> PatronId {
        PatronId(u64::from(who) % self.scale.people as u64 + 1)
    }

    fn view(&self, m: usize) -> Option<desk::View> {
        let on = self.machines[m].on.as_ref()?;
        Some(on.desk.view(on.clock.now()))
    }

    /// Nobody sees anything of anybody but `owner`.
    fn onlook(&self, m: usize, owner: Option<PatronId>) -> Result<(), Broken> {
        let Some(view) = self.view(m) else { return Ok(()) };
        let shown = format!("{:?}", view.screen);
        for patron in (1..=self.scale.people.min(MOST_PEOPLE) as u64).map(PatronId) {
            if Some(patron) != owner && (shown.contains(name(patron)) || shown.contains(&card(patron))) {
                let sees = owner.map_or("nobody", name);
                return Err(Invariant::NobodySeesTheLast.broken(format!(
                    "at {} {sees} is there, and {} is shown",
                    place(m),
                    name(patron)
                )));
            }
        }
        Ok(())
    }

    /// Whether the station can be expected to work: it has power and room, and knows its school.
    fn works(&self, m: usize) -> bool {
        let machine = &self.machines[m];
        let Some(on) = &machine.on else { return false };
        let known = matches!((on.journal.rules(), on.journal.calendar()), (Ok(Some(_)), Ok(Some(_))));
        known && !machine.full && on.journal.data_as_of_s().is_ok_and(|as_of| as_of.is_some())
    }

    /// Whoever stands there goes; the screen is for the next one.
    fn clear_desk(&mut self, m: usize) -> Result<(), Broken> {
        for _ in 0..4 {
            match self.view(m).map(|view| view.screen) {
                Some(Screen::Idle { .. }) | None => return Ok(()),
                Some(_) => {
                    self.turn(m, Input::Touched(Touch::Back))?;
                    self.turn(m, Input::Touched(Touch::Finish))?;
                    self.pass_s(10)?;
                }
            }
        }
        self.pass_s(130)
    }

    fn end(&mut self, m: usize, who: PatronId, end: End) -> Result<(), Broken> {
        match end {
            End::Finish => {
                if self.scale.sabotage != Some(Sabotage::ScreenStays) {
                    self.turn(m, Input::Touched(Touch::Finish))?;
                }
                self.onlook(m, None)?;
                self.pass_s(9)?;
            }
            End::WalkOff => {
                self.account.note("people who walked off");
                self.tell(|| format!("{}: {} walks off", place(m), name(who)));
                self.pass_s(65)?;
                self.onlook(m, None)?;
            }
            End::NextComes => {
                self.account.note("visits that the next person ended");
            }
        }
        Ok(())
    }

    /// Somebody comes with their card.
    pub(super) fn visit(&mut self, m: usize, who: u16, deeds: &[Deed], end: End) -> Result<(), Broken> {
        let who = self.patron(who);
        if self.machines[m].on.is_none() {
            return Ok(());
        }
        if !matches!(self.view(m).map(|view| view.screen), Some(Screen::Visit { .. } | Screen::Idle { .. })) {
            self.clear_desk(m)?;
        }
        self.account.note("visits");
        let works = self.works(m);
        let known =
            self.machines[m].on.as_ref().is_some_and(|on| matches!(on.journal.patron(who), Ok(Some(_))));
        let turn = self.turn(m, Input::Scanned(Scanned::Card(card(who))))?;
        if turn.power_went {
            return Ok(());
        }
        let view = self.view(m);
        match view.as_ref().map(|view| &view.screen) {
            Some(Screen::Visit { given, .. }) if given == name(who) => {}
            Some(other) if works && known => {
                return Err(Invariant::TheStationLends.broken(format!(
                    "at {} {} scans their card and sees {other:?}",
                    place(m),
                    name(who)
                )));
            }
            Some(_) | None => {
                self.account.note("visits to a station that cannot lend");
                return Ok(());
            }
        }
        self.onlook(m, Some(who))?;
        let mut scanned: Vec<ItemId> = Vec::new();
        for deed in deeds {
            self.pass_s(4)?;
            self.deed(m, who, *deed, &mut scanned)?;
            let gone = self
                .view(m)
                .is_none_or(|view| matches!(view.screen, Screen::TimedOut { .. } | Screen::Idle { .. }));
            self.onlook(m, (!gone).then_some(who))?;
            if gone {
                return Ok(());
            }
        }
        self.end(m, who, end)
    }

    fn deed(&mut self, m: usize, who: PatronId, deed: Deed, scanned: &mut Vec<ItemId>) -> Result<(), Broken> {
        match deed {
            Deed::Take(pick) => {
                let shelf: Vec<ItemId> =
                    (0..self.books).map(item).filter(|item| self.truth.holder(item).is_none()).collect();
                if let Some(item) = pick_of(&shelf, pick) {
                    self.take(m, who, &item, scanned)?;
                }
            }
            Deed::TakeFromFriend(pick) => {
                let others: Vec<ItemId> = (0..self.books)
                    .map(item)
                    .filter(|item| self.truth.holder(item).is_some_and(|holder| holder != who))
                    .collect();
                if let Some(item) = pick_of(&others, pick) {
                    self.account.note("books from hand to hand");
                    self.scan_book(m, &item, scanned)?;
                }
            }
            Deed::ScanOwn(pick) => {
                if let Some(item) = pick_of(&self.truth.held_by(who), pick) {
                    self.scan_book(m, &item, scanned)?;
                }
            }
            Deed::Again => {
                if let Some(item) = scanned.last().cloned() {
                    self.account.note("books scanned twice");
                    let turn = self.turn(m, Input::Scanned(Scanned::Item(item.clone())))?;
                    if !turn.acts.is_empty() && !turn.refused_by_disk {
                        self.account.note("second scans that lent after a refusal");
                    }
                }
            }
            Deed::RenewAll => {
                self.turn(m, Input::Touched(Touch::MyBooks))?;
                self.onlook(m, Some(who))?;
                self.turn(m, Input::Touched(Touch::RenewAll))?;
                self.turn(m, Input::Touched(Touch::Back))?;
            }
            Deed::Undo => {
                self.turn(m, Input::Touched(Touch::Back))?;
                self.turn(m, Input::Touched(Touch::Undo(0)))?;
            }
            Deed::Foreign(kind) => {
                self.account.note("scans of what is no book of the library");
                let scanned = match kind {
                    0 => Scanned::Isbn("9786010000001".into()),
                    1 => Scanned::Url,
                    2 => Scanned::Unreadable,
                    _ => Scanned::Item(item(9_000)),
                };
                self.turn(m, Input::Scanned(scanned))?;
            }
            Deed::Pause(seconds) => self.pass_s(seconds.into())?,
        }
        Ok(())
    }

    /// Takes a book that stands on the shelf. Where nothing speaks against it as far as the station knows, it must be lent.
    fn take(
        &mut self,
        m: usize,
        who: PatronId,
        item: &ItemId,
        scanned: &mut Vec<ItemId>,
    ) -> Result<(), Broken> {
        let must = self.must_lend(m, item, scanned);
        let turn = self.scan_book(m, item, scanned)?;
        let lent =
            turn.acts.iter().any(|act| matches!(act, Act::CheckedOut { item: its, .. } if its == item));
        if must && !lent && !turn.power_went {
            return Err(Invariant::TheStationLends.broken(format!(
                "at {} {} may borrow {}, and it is not lent: {:?}",
                place(m),
                name(who),
                book(item),
                self.view(m).map(|view| view.screen)
            )));
        }
        if must && self.machines[m].weather.down {
            self.account.note("books lent on a dead link");
        }
        Ok(())
    }

    fn must_lend(&self, m: usize, item: &ItemId, scanned: &[ItemId]) -> bool {
        let Some(Screen::Visit { room, rows, .. }) = self.view(m).map(|view| view.screen) else {
            return false;
        };
        let Some(on) = &self.machines[m].on else { return false };
        let journal = &on.journal;
        let Ok(Some(stocked)) = journal.item(item) else { return false };
        // What was done with it in this visit stands there; once more is asked, not lent.
        let title = stocked.title.as_ref().map(|title| title.name.clone());
        if rows.iter().any(|row| row.title == title) {
            return false;
        }
        let free = matches!(journal.loan_of(item), Ok(None));
        let kept = !matches!(journal.holds_on(stocked.item.title), Ok(holds) if holds.is_empty());
        self.works(m)
            && room > 0
            && free
            && !kept
            && stocked.item.status == ItemStatus::Lendable
            && !scanned.contains(item)
    }

    fn scan_book(
        &mut self,
        m: usize,
        item: &ItemId,
        scanned: &mut Vec<ItemId>,
    ) -> Result<super::world::Turn, Broken> {
        let dead = self.machines[m].weather.down && self.scale.sabotage == Some(Sabotage::NeedsTheLink);
        let input = if dead { Input::Tick } else { Input::Scanned(Scanned::Item(item.clone())) };
        let turn = self.turn(m, input)?;
        if turn.said.is_empty() && !turn.power_went && self.machines[m].on.is_some() {
            return Err(Invariant::TheStationLends.broken(format!("a scan at {} is not answered", place(m))));
        }
        scanned.push(item.clone());
        Ok(turn)
    }

    /// Somebody brings books back without a card.
    pub(super) fn bring_back(
        &mut self,
        m: usize,
        who: u16,
        books: &[u16],
        undo: bool,
        end: End,
    ) -> Result<(), Broken> {
        let who = self.patron(who);
        let held = self.truth.held_by(who);
        if held.is_empty() || self.machines[m].on.is_none() {
            return Ok(());
        }
        self.clear_desk(m)?;
        self.account.note("returns without a card");
        self.turn(m, Input::Touched(Touch::ReturnBooks))?;
        let mut scanned = Vec::new();
        for pick in books {
            self.pass_s(3)?;
            if let Some(item) = pick_of(&held, *pick).filter(|item| !scanned.contains(item)) {
                self.scan_book(m, &item, &mut scanned)?;
                self.onlook(m, None)?;
            }
        }
        if undo {
            self.pass_s(2)?;
            self.turn(m, Input::Touched(Touch::Undo(0)))?;
        }
        self.end(m, who, end)
    }
}

fn pick_of(books: &[ItemId], pick: u16) -> Option<ItemId> {
    books.get(usize::from(pick) % books.len().max(1)).cloned()
}
