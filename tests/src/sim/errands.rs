//! What a librarian does at the region.

use super::cast::{self, book, copy, item, name, patron, rules};
use super::plan::Errand;
use super::region::SCHOOL;
use super::truth::{Broken, Invariant, item_of};
use super::world::World;
use exchange::{
    BlockKind, Day, Feed, Hold, HoldId, HoldState, ItemStatus, PatronId, Record, RecordKey, TitleId,
};
use hub::fold::Decree;
use hub::store::{Change, DecideFault, ReviewLine};

impl World {
    /// A librarian does something, if the region is up. What its power cut short was not done.
    pub(super) fn errand(&mut self, errand: Errand) -> Result<(), Broken> {
        match self.errand_at_region(errand) {
            Err(_) if self.region.is_cut() => self.notice_region_cut(),
            done => done,
        }
    }

    fn errand_at_region(&mut self, errand: Errand) -> Result<(), Broken> {
        if self.region.hub().is_none() {
            return Ok(());
        }
        self.account.note("librarians' acts");
        let now_s = self.truly.now_s();
        let today = Day(i32::try_from(now_s.div_euclid(86_400)).unwrap_or_default());
        match errand {
            Errand::Decide { which, accept } => {
                self.decide(which, if accept { Decree::Accept } else { Decree::Reject })
            }
            Errand::TakeBack { which } => self.decide(which, Decree::Withdraw),
            Errand::Block { who, on } => {
                let who = PatronId(u64::from(who) % self.scale.people as u64 + 1);
                let blocks = if on { vec![BlockKind::ByLibrarian] } else { Vec::new() };
                self.tell(|| format!("the librarian {} {}", if on { "blocks" } else { "frees" }, name(who)));
                self.blocked.insert(who, blocks.clone());
                self.region.save(vec![Change::Put(patron(who, &blocks, today))], now_s)
            }
            Errand::Hold { book: place, who, on } => {
                let place = usize::from(place) % self.books;
                let who = PatronId(u64::from(who) % self.scale.people as u64 + 1);
                let id = HoldId(place as u64 + 1);
                self.tell(|| {
                    format!(
                        "the librarian {} {} for {}",
                        if on { "keeps" } else { "frees" },
                        book(&item(place)),
                        name(who)
                    )
                });
                let hold = Hold {
                    id,
                    patron: who,
                    title: TitleId(place as u64 + 1),
                    item: Some(item(place)),
                    state: HoldState::Ready,
                };
                let change = if on {
                    Change::Put(Record::Hold(hold))
                } else {
                    Change::Gone(Feed::Holds, RecordKey::Number(id.0))
                };
                self.region.save(vec![change], now_s)
            }
            Errand::Status { book: place, status } => {
                let place = usize::from(place) % self.books;
                let status = match status % 4 {
                    0 => ItemStatus::Lendable,
                    1 => ItemStatus::Reference,
                    2 => ItemStatus::NotForLoan,
                    _ => ItemStatus::Lost,
                };
                self.tell(|| format!("the librarian says that {} is {status:?}", book(&item(place))));
                self.region.save(vec![Change::Put(copy(place, status))], now_s)
            }
            Errand::NewBook => {
                let place = self.books;
                if place >= 4 * self.scale.books {
                    return Ok(());
                }
                self.books += 1;
                self.tell(|| format!("{} is new", book(&item(place))));
                let records = cast::school(0, place + 1).into_iter().filter(|record| match record {
                    Record::Title(title) => title.id == TitleId(place as u64 + 1),
                    Record::Item(its) => its.id == item(place),
                    Record::Rules(_)
                    | Record::Calendar(_)
                    | Record::Class(_)
                    | Record::Patron(_)
                    | Record::Set(_)
                    | Record::Hold(_)
                    | Record::Verdict(_)
                    | Record::Notice(_)
                    | Record::Loan(_) => false,
                });
                self.region.save(records.map(Change::Put).collect(), now_s)
            }
            Errand::Rules { most } => {
                self.rules = (self.rules.0 + 1, most.into());
                let (version, most) = self.rules;
                self.tell(|| format!("the librarian allows {most} books"));
                self.region.save(vec![Change::Put(rules(version, most))], now_s)
            }
        }
    }

    fn decide(&mut self, which: u16, decree: Decree) -> Result<(), Broken> {
        let now_s = self.truly.now_s();
        let undecided = decree != Decree::Withdraw;
        let lines = self.region.with("reading reviews", |store| store.reviews(SCHOOL, undecided, 64))?;
        let Some(line): Option<&ReviewLine> = lines.get(usize::from(which) % lines.len().max(1)) else {
            return Ok(());
        };
        if let Some(item) = item_of(&line.cause.event.act) {
            self.decided.insert(item.clone());
        }
        self.account.note("reviews decided or taken back");
        let (conflict, review) = (line.conflict, line.review);
        self.tell(|| format!("the librarian says {decree:?} to a review ({conflict:?})"));
        let hub =
            self.region.hub().ok_or_else(|| Invariant::NothingElseFails.broken("the region is down"))?;
        match hub.with(|store| store.decide(SCHOOL, review, decree, "somebody", now_s)) {
            Ok(()) => Ok(()),
            Err(DecideFault::Store(fault)) => Err(Invariant::NothingElseFails.broken(fault.to_string())),
            Err(fault @ (DecideFault::Unknown(_) | DecideFault::Decided { .. } | DecideFault::Undecided)) => {
                Err(Invariant::NothingElseFails
                    .broken(format!("a review that is shown cannot be decided: {fault}")))
            }
        }
    }
}
