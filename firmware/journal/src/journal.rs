//! The one object that owns both databases and what is folded from them.

use crate::carry::{Carried, carry, inverse};
use crate::fold::{Ground, Loans, Place};
use crate::gate::GateWanted;
use crate::log::{Life, Log, PROVISIONAL};
use crate::reference::Reference;
use crate::report::StartReport;
use crate::{AppendError, EnrolError, OpenError, StoreFault, copies, feeds, open};
use exchange::{
    Act, Answer, Basis, Chain, ClockSample, Cursor, Day, Epoch, Event, Feed, ItemId, Record, RecordKey,
    Request, SCHEMA, Seq, Stamp, Standing, StationId,
};
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// What a request carries as the chain before seq 1 when the journal was damaged or lost: no chain has this value, so
/// the region sees a fork and names a new epoch.
pub const LOST_CHAIN: Chain = Chain([0xff; 16]);

/// Everything the station remembers.
#[derive(Debug)]
pub struct Journal {
    pub(crate) log: Log,
    pub(crate) reference: Reference,
    pub(crate) loans: Loans,
    pub(crate) zone: TimeZone,
    pub(crate) order: crate::memory::KazakhOrder,
    folder: PathBuf,
}

/// What waits for the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbox {
    /// The present epoch; `None` while the region has not named it (before enrolment, and after damage).
    pub epoch: Option<Epoch>,
    /// Highest seq of it that the region has made durable.
    pub acked: Seq,
    /// Highest seq of it; 0 = no event yet.
    pub head: Seq,
}

/// Figures for the staff screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Patrons remembered.
    pub patrons: u32,
    /// Items remembered.
    pub items: u32,
    /// Open loans of items.
    pub loans: u32,
    /// Events not acknowledged.
    pub waiting: u64,
    /// Reviews of this station's events that wait for a librarian.
    pub reviews: u32,
}

impl Journal {
    /// Opens what is remembered in `folder`, made if it is not there; checks and repairs it; counts this start.
    /// `now_s`: wall time, seconds since 1970, whatever it is worth.
    ///
    /// # Errors
    /// [`OpenError`]: the disk is full, read-only or failing, another program is in there, or a newer one wrote it.
    pub fn open(folder: &Path, now_s: i64) -> Result<(Journal, StartReport), OpenError> {
        std::fs::create_dir_all(folder).map_err(StoreFault::from)?;
        let (mut log, journal_found) = open::journal(folder, now_s)?;
        let (reference, state_found) = open::state(folder, now_s)?;
        log.start(now_s)?;
        let mut journal = Journal {
            log,
            reference,
            loans: Loans::default(),
            zone: TimeZone::UTC,
            order: crate::memory::KazakhOrder::new()?,
            folder: folder.to_owned(),
        };
        journal.fold()?;
        Ok((journal, StartReport { journal: journal_found, state: state_found }))
    }

    /// Says whose journal this is, as soon as that is known: at enrolment with the epoch the region gave, and at every
    /// later start without. A journal that does not know its station then was lost, and asks the region for an epoch.
    ///
    /// # Errors
    /// [`EnrolError`]: it belongs to another station, or cannot be written.
    pub fn enrol(&mut self, station: StationId, epoch: Option<Epoch>) -> Result<(), EnrolError> {
        match self.log.station() {
            StationId(0) => self.log.belong_to(station)?,
            own if own == station => {}
            other => return Err(EnrolError::OtherStation(other)),
        }
        match (epoch, self.log.named_life()) {
            (Some(epoch), Some(named)) if epoch > named.epoch => {
                self.begin_epoch(epoch, self.log.life().acked)?
            }
            (Some(epoch), None) => self.begin_epoch(epoch, Seq(0))?,
            (Some(_), Some(_)) | (None, _) => {}
        }
        Ok(())
    }

    /// The station this journal belongs to; `None` before enrolment.
    pub fn station(&self) -> Option<StationId> {
        Some(self.log.station()).filter(|station| station.0 != 0)
    }

    /// The number of this start, from 1.
    pub fn boot(&self) -> u32 {
        self.log.boot()
    }

    /// The newest time anything here knows, seconds since 1970. The time now is not before it.
    pub fn lower_bound_s(&self) -> i64 {
        self.log.mark_s()
    }

    /// Writes down what happened, all or nothing, and flushes before it returns. Gives the seq of each act.
    ///
    /// A wall time before [`Journal::lower_bound_s`] is written as that, and as a guess.
    ///
    /// # Errors
    /// [`AppendError`]; then nothing was written.
    pub fn append(&mut self, acts: &[Act], basis: Basis, at: Stamp) -> Result<Vec<Seq>, AppendError> {
        self.append_for_gate(acts, basis, at, &[])
    }

    /// As [`Journal::append`]; in the same transaction the gate is wanted for these items, which carry a tag. What it is
    /// to do with an item follows from whether it is on loan.
    ///
    /// # Errors
    /// [`AppendError`]; then nothing was written.
    pub fn append_for_gate(
        &mut self,
        acts: &[Act],
        basis: Basis,
        at: Stamp,
        gate: &[ItemId],
    ) -> Result<Vec<Seq>, AppendError> {
        let events = self.log.append(acts, basis, at, gate)?;
        let epoch = self.log.life().epoch;
        for event in &events {
            self.loans.take(epoch, event, day_in(&self.zone, event.at.wall_s));
        }
        Ok(events.into_iter().map(|event| event.seq).collect())
    }

    /// Items whose tags do not yet say to the gate what was written down of them. They stay over a power cut.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn gate_wanted(&self) -> Result<Vec<GateWanted>, StoreFault> {
        self.log.gate_wanted()
    }

    /// The tags of these items were written and read back. One that was wanted again since stays wanted.
    ///
    /// # Errors
    /// The journal cannot be written; then they stay wanted, and are written again.
    pub fn gate_done(&mut self, done: &[GateWanted]) -> Result<(), StoreFault> {
        self.log.gate_done(done)
    }

    /// What waits for the region.
    pub fn outbox(&self) -> Outbox {
        let life = self.log.life();
        let epoch = Some(life.epoch).filter(|_| !life.is_provisional());
        Outbox { epoch, acked: life.acked, head: self.log.head() }
    }

    /// Up to `limit` events of the present epoch from `from` on.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn events(&self, from: Seq, limit: usize) -> Result<Vec<Event>, StoreFault> {
        self.log.events(from, limit)
    }

    /// The chain value before an event of the present epoch; `None` beyond the one after the last.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn chain_before(&self, seq: Seq) -> Result<Option<Chain>, StoreFault> {
        self.log.chain_before(seq)
    }

    /// How far each feed was read.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn cursors(&self) -> Result<Vec<Cursor>, StoreFault> {
        feeds::cursors(&self.reference.conn)
    }

    /// One record of a feed as the region told it.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn record(&self, feed: Feed, key: &RecordKey) -> Result<Option<Record>, StoreFault> {
        self.reference.record(feed, key)
    }

    /// The request that sends up to `max_events` events from `from` on, asks for all feeds, and wants at most about
    /// `answer_limit` bytes of changes. While the region has to name a new epoch it sends none and asks for that.
    ///
    /// # Errors
    /// A database cannot be read.
    pub fn request(
        &self,
        from: Seq,
        max_events: usize,
        answer_limit: u32,
        clock: ClockSample,
    ) -> Result<Request, StoreFault> {
        let outbox = self.outbox();
        let mut request = Request {
            schema: SCHEMA,
            station: self.log.station(),
            epoch: self.asked_epoch()?,
            from_seq: Seq(1),
            chain_before: LOST_CHAIN,
            head_seq: Seq(0),
            events: Vec::new(),
            have: self.cursors()?,
            clock,
            answer_limit,
        };
        if outbox.epoch.is_some() {
            let from = from.clamp(Seq(1), outbox.head.next());
            request.from_seq = from;
            request.chain_before = self.chain_before(from)?.ok_or(StoreFault::CONTENT)?;
            request.head_seq = outbox.head;
            request.events = self.events(from, max_events)?;
        }
        Ok(request)
    }

    /// The epoch that requests speak of, and answers must: the present one, or while that has no name yet, the newest
    /// that had one.
    pub(crate) fn asked_epoch(&self) -> Result<Epoch, StoreFault> {
        let named = self.log.named_life().map_or(Epoch(1), |life| life.epoch);
        if !self.log.life().is_provisional() {
            return Ok(named);
        }
        // A journal that was lost has its name in the state alone.
        let told = Some(self.reference.about()?.folded.0).filter(|epoch| *epoch < PROVISIONAL);
        Ok(told.map_or(named, |told| told.max(named)))
    }

    /// Figures for the staff screen.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreFault> {
        let undecided =
            |record: &&Record| matches!(record, Record::Verdict(verdict) if verdict.accepted.is_none());
        let outbox = self.outbox();
        Ok(Counts {
            patrons: small(self.reference.count(Feed::Patrons)?),
            items: small(self.reference.count(Feed::Items)?),
            loans: small(self.loans.all().len() as u64),
            waiting: outbox.head.0.saturating_sub(outbox.acked.0),
            reviews: small(self.reference.records(Feed::Verdicts)?.iter().filter(undecided).count() as u64),
        })
    }

    /// Moves what is in the logs into the databases. For a quiet moment: it flushes twice for each.
    ///
    /// # Errors
    /// A database cannot be written. Nothing is lost: the logs stay.
    pub fn checkpoint(&self) -> Result<(), StoreFault> {
        self.log.checkpoint()?;
        self.reference.checkpoint()
    }

    /// Copies both databases to the folder `copies` beside them, which may be on another medium; opens and checks the
    /// copies, and keeps the newest two of each. For the night.
    ///
    /// # Errors
    /// A copy cannot be written or does not hold; then the older ones stay.
    pub fn backup(&self, now_s: i64) -> Result<(), StoreFault> {
        copies::make(&self.folder.join(open::COPIES), &self.log, &self.reference, now_s)
    }

    /// When the newest copy was made, as [`Journal::backup`] was told; `None` if there is none.
    pub fn copied_s(&self) -> Option<i64> {
        copies::newest_s(&self.folder.join(open::COPIES))
    }

    /// Everything that is remembered besides the journal itself, as text in a fixed order: to compare two of them.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn dump(&self) -> Result<Vec<String>, StoreFault> {
        let mut lines = self.reference.dump()?;
        lines.extend(self.loans.all().map(|loan| format!("{loan:?}")));
        lines.extend(self.loans.all_counted().map(|loan| format!("{loan:?}")));
        Ok(lines)
    }

    /// Folds the loans anew from the region's loans and the journal.
    pub(crate) fn fold(&mut self) -> Result<(), StoreFault> {
        self.zone = match self.reference.record(Feed::Calendar, &RecordKey::Only)? {
            Some(Record::Calendar(calendar)) => TimeZone::get(&calendar.zone).unwrap_or(TimeZone::UTC),
            Some(_) | None => TimeZone::UTC,
        };
        let mut ground: Ground = self.reference.ground()?;
        let (told, folded) = (ground.folded, self.folded()?);
        if folded != told {
            let traces = std::mem::take(&mut ground.traces).into_iter();
            let renamed = |(place, trace): (Place, _)| match place {
                (epoch, seq) if epoch == told.0 => ((folded.0, seq), trace),
                _ => (place, trace),
            };
            (ground.folded, ground.traces) = (folded, traces.map(renamed).collect());
        }
        let mut loans = Loans::new(ground);
        self.log.for_each(|epoch, event| loans.take(epoch, event, day_in(&self.zone, event.at.wall_s)))?;
        self.loans = loans;
        Ok(())
    }

    /// Begins the epoch the region has named; `stored_upto` is what it has of the epoch it was asked about.
    ///
    /// After a fork that the region found, the whole life goes along under its numbers: an acknowledgement may have been
    /// about another history, and what the region has of this one it knows again by its rows. After damage found here,
    /// what it has stays behind, and the rest is numbered anew.
    pub(crate) fn begin_epoch(&mut self, to: Epoch, stored_upto: Seq) -> Result<(), StoreFault> {
        let life = self.log.life();
        if !life.is_provisional() {
            return self.go_on_as(to);
        }
        if self.folded()?.0 == life.epoch {
            return self.go_on_as(to);
        }
        let origins = self.log.origins(life.epoch)?;
        let asked = self.asked_epoch()?;
        let mut behind = Seq(0);
        let mut unsent = self.log.events(Seq(1), usize::MAX)?;
        unsent.retain(|event| match origins.get(&event.seq) {
            Some((epoch, seq)) if *epoch == asked && *seq <= stored_upto => {
                behind = behind.max(*seq);
                false
            }
            Some(_) | None => true,
        });
        let carried = Carried { events: self.renumbered(&unsent)?, origins: Default::default() };
        let mut ends = vec![Life { ended: Some(Seq(0)), ..life }];
        if let Some(named) = self.log.named_life().filter(|named| named.epoch == asked) {
            // What stays behind counts under its old name, as far as it is there.
            let ended = named.ended.max(Some(behind.min(self.log.head_of(asked)?)));
            ends.push(Life { ended, ..named });
        }
        self.log.begin(to, &carried, &ends)?;
        self.fold()
    }

    /// The region has more of this epoch than the journal: an older image of it was put back. A provisional life
    /// begins, and the region is asked for an epoch.
    pub(crate) fn begin_provisional(&mut self) -> Result<(), StoreFault> {
        self.go_on_as(self.log.next_provisional())
    }

    /// The present life goes on as `to`.
    fn go_on_as(&mut self, to: Epoch) -> Result<(), StoreFault> {
        self.log.go_on_as(to)?;
        self.fold()
    }

    /// Own events up to here are in the region's loans. A life that went on as the present one gave them the same numbers,
    /// which the chain shows; so the state need not be written when that happens, and may be older than it.
    pub(crate) fn folded(&self) -> Result<Place, StoreFault> {
        let (life, told) = (self.log.life().epoch, self.reference.about()?.folded);
        let then = self.log.chain_at(told)?;
        let same = then.is_some() && then == self.log.chain_at((life, told.1))?;
        Ok(if same { (life, told.1) } else { told })
    }

    fn renumbered(&self, unsent: &[Event]) -> Result<Vec<Event>, StoreFault> {
        let epoch = self.log.life().epoch;
        let mut behind = Vec::new();
        for event in unsent {
            if let Act::Undone { seq } = event.act {
                behind.extend(self.log.events(seq, 1)?.into_iter().filter(|event| event.seq == seq));
            }
        }
        let instead = |seq: Seq| {
            let undone = behind.iter().find(|event| event.seq == seq)?;
            inverse(&undone.act, self.loans.before((epoch, seq)).flatten())
        };
        Ok(carry(unsent, instead))
    }

    /// Where the region's loans leave off with an answer that tells of them: what it has stored, or what there is.
    ///
    /// - Where it has stored another history, only what was there before, and what it has acknowledged.
    /// - While a life waits for its name, answers are about the one before, and it stays where it is.
    pub(crate) fn folded_by(&self, answer: &Answer) -> Result<Place, StoreFault> {
        let (life, folded) = (self.log.life(), self.folded()?);
        if life.is_provisional() && folded.0 == life.epoch {
            return Ok(folded);
        }
        let head = self.log.head_of(answer.epoch)?;
        let other = matches!(answer.standing, Standing::Forked { .. }) || answer.stored_upto > head;
        if other && answer.epoch == life.epoch {
            let before = if folded.0 == life.epoch { folded.1 } else { Seq(0) };
            return Ok((life.epoch, before.max(life.acked).min(answer.stored_upto)));
        }
        Ok((answer.epoch, answer.stored_upto.min(head)))
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The day on which `wall_s` falls in a zone.
pub(crate) fn day_in(zone: &TimeZone, wall_s: i64) -> Day {
    let date = zone.to_datetime(jiff::Timestamp::from_second(wall_s).unwrap_or_default()).date();
    Day::from_ymd(date.year(), date.month(), date.day()).unwrap_or_default()
}
