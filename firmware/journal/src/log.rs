//! `journal.db`: what happened, in order, for ever. It is the outbox too: what the region has is a number in it.
//!
//! Invariants:
//! - Rows of `event` are only added; a row's chain value is the hash over its epoch up to it.
//! - An append is one transaction, flushed once before it returns. It is whole or not there.
//! - `seq` has no gap; the present epoch's head and chain are known without asking the disk.
//! - After a flush that failed nothing more is appended until the file is opened again.
//!
//! Schema 1. It is changed by adding (expand) and, a version later, by no longer using (contract); `needs` says which
//! schema a program must know to use the file, so that version N−1 still opens what N has written.

use crate::carry::Carried;
use crate::db::{self, Durability};
use crate::fold::Place;
use crate::gate::{self, GateWanted};
use crate::library::{self, LibraryLine, LibraryState};
use crate::ways::{self, Carried as CarriedBy};
use crate::{OpenError, StoreFault};
use exchange::{Act, Basis, Chain, ClockTrust, Epoch, Event, ItemId, Seq, Stamp, StationId, row};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, ffi, params};
use std::collections::BTreeMap;
use std::path::Path;

/// The schema this program writes and knows.
pub(crate) const SCHEMA: u32 = 1;

/// "OqyJ", in the file's header.
const APPLICATION_ID: i32 = 0x4f71_794a;

/// What a new journal begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// Whose; 0 before enrolment.
    pub(crate) station: StationId,
    /// Number of the start before this one.
    pub(crate) boot: u32,
    /// The newest time known.
    pub(crate) mark_s: i64,
}

/// One life of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    /// Its number.
    pub(crate) epoch: Epoch,
    /// Up to here the region has it.
    pub(crate) acked: Seq,
    /// The last event that counts here; later ones were written again in another life. `None` = the present life.
    pub(crate) ended: Option<Seq>,
}

/// Epochs from here on are provisional: the region has not named them yet. Nothing of them is ever sent.
pub(crate) const PROVISIONAL: Epoch = Epoch(1 << 31);

impl Life {
    /// Whether the region has not named this life yet.
    pub(crate) fn is_provisional(&self) -> bool {
        self.epoch >= PROVISIONAL
    }
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) epoch: Epoch,
    pub(crate) seq: Seq,
    pub(crate) chain: Chain,
    pub(crate) bytes: Vec<u8>,
}

/// Why a file is no journal to go on with.
#[derive(Debug)]
pub(crate) enum Unsound {
    /// Nothing is in it, as though there were no file.
    Empty,
    /// Damaged: to be put aside and repaired.
    Damaged,
    /// Cannot be opened.
    Error(OpenError),
}

impl From<StoreFault> for Unsound {
    fn from(fault: StoreFault) -> Unsound {
        match fault {
            StoreFault::Damaged { .. } => Unsound::Damaged,
            StoreFault::DiskFull | StoreFault::ReadOnly | StoreFault::InUse | StoreFault::Failing { .. } => {
                Unsound::Error(OpenError::Store(fault))
            }
        }
    }
}

/// The open journal.
#[derive(Debug)]
pub(crate) struct Log {
    conn: Connection,
    station: StationId,
    boot: u32,
    mark_s: i64,
    /// By epoch; exactly one of them, the present one, has not ended.
    lives: Vec<Life>,
    head: Seq,
    chain: Chain,
    flush_failed: Option<StoreFault>,
}

impl Log {
    /// Makes a new file, which begins a provisional life.
    pub(crate) fn create(path: &Path, beginning: Beginning) -> Result<Log, StoreFault> {
        let conn = db::open(path, Durability::Full, APPLICATION_ID)?;
        let life = Life { epoch: PROVISIONAL, acked: Seq(0), ended: None };
        let tx = Transaction::new_unchecked(&conn, TransactionBehavior::Immediate)?;
        make_tables(&tx, beginning)?;
        insert_life(&tx, &life)?;
        tx.commit()?;
        db::sync_folder(path)?;
        Ok(Log {
            conn,
            station: beginning.station,
            boot: beginning.boot,
            mark_s: beginning.mark_s,
            lives: vec![life],
            head: Seq(0),
            chain: Chain::START,
            flush_failed: None,
        })
    }

    /// Writes a whole journal to a new file: lives that have ended, with their rows from seq 1 on, and a provisional one.
    pub(crate) fn restore(
        path: &Path,
        beginning: Beginning,
        kept: &[(Life, Vec<Vec<u8>>)],
        provisional: Epoch,
        carried: &Carried,
    ) -> Result<(), StoreFault> {
        let conn = db::open(path, Durability::Full, APPLICATION_ID)?;
        let tx = Transaction::new_unchecked(&conn, TransactionBehavior::Immediate)?;
        make_tables(&tx, beginning)?;
        for (life, rows) in kept {
            insert_life(&tx, life)?;
            let mut chain = Chain::START;
            for (bytes, seq) in rows.iter().zip(1..) {
                chain = chain.after_row(seq, bytes);
                insert_row(&tx, life.epoch, Seq(seq), chain, bytes)?;
            }
        }
        insert_life(&tx, &Life { epoch: provisional, acked: Seq(0), ended: None })?;
        insert_origins(&tx, provisional, carried)?;
        insert_events(&tx, provisional, Chain::START, &carried.events)?;
        tx.commit()?;
        db::finish(conn, path)
    }

    /// Opens a file that is there, checks its pages and walks its whole chain.
    pub(crate) fn open(path: &Path) -> Result<Log, Unsound> {
        let conn = db::open(path, Durability::Full, APPLICATION_ID)?;
        if db::is_empty(&conn)? {
            return Err(Unsound::Empty);
        }
        let (needs, station, boot, mark_s) = read_about(&conn)?;
        if needs > SCHEMA {
            return Err(Unsound::Error(OpenError::Newer { needs, have: SCHEMA }));
        }
        db::quick_check(&conn)?;
        db::settle(&conn)?;
        gate::make_table(&conn).map_err(StoreFault::from)?;
        library::make_table(&conn).map_err(StoreFault::from)?;
        ways::make_table(&conn).map_err(StoreFault::from)?;
        let lives = read_lives(&conn)?;
        let mut log =
            Log { conn, station, boot, mark_s, lives, head: Seq(0), chain: Chain::START, flush_failed: None };
        log.walk()?;
        Ok(log)
    }

    /// Follows every chain from its start; leaves head, chain and time mark where the journal ends.
    fn walk(&mut self) -> Result<(), StoreFault> {
        let mut heads: BTreeMap<Epoch, (Seq, Chain)> =
            self.lives.iter().map(|life| (life.epoch, (Seq(0), Chain::START))).collect();
        let mut mark_s = self.mark_s;
        scan(&self.conn, Epoch(0), Seq(0), |row| {
            let (head, chain) = heads.get_mut(&row.epoch).ok_or(StoreFault::CONTENT)?;
            (*head, *chain) = (head.next(), chain.after_row(row.seq.0, &row.bytes));
            if row.seq != *head || row.chain != *chain {
                return Err(StoreFault::CONTENT);
            }
            mark_s = mark_s.max(row.event()?.at.wall_s);
            Ok(())
        })?;
        for life in &self.lives {
            let (head, chain) = heads.get(&life.epoch).copied().unwrap_or((Seq(0), Chain::START));
            if life.acked > head || life.ended.is_some_and(|ended| ended > head) {
                return Err(StoreFault::CONTENT);
            }
            if life.ended.is_none() {
                (self.head, self.chain) = (head, chain);
            }
        }
        self.mark_s = mark_s;
        Ok(())
    }

    pub(crate) fn station(&self) -> StationId {
        self.station
    }

    pub(crate) fn boot(&self) -> u32 {
        self.boot
    }

    pub(crate) fn mark_s(&self) -> i64 {
        self.mark_s
    }

    pub(crate) fn head(&self) -> Seq {
        self.head
    }

    /// Highest seq of any epoch.
    pub(crate) fn head_of(&self, epoch: Epoch) -> Result<Seq, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT max(seq) FROM event WHERE epoch = ?1")?;
        let head: Option<i64> = query.query_row([epoch.0], |row| row.get(0))?;
        Ok(Seq(head.unwrap_or(0) as u64))
    }

    /// All lives, by epoch.
    pub(crate) fn lives(&self) -> &[Life] {
        &self.lives
    }

    /// The present life.
    pub(crate) fn life(&self) -> Life {
        let present = self.lives.iter().find(|life| life.ended.is_none());
        // There always is one; the other arm is there so that nothing here can panic.
        present.copied().unwrap_or(Life { epoch: PROVISIONAL, acked: Seq(0), ended: None })
    }

    /// The newest life that the region has named.
    pub(crate) fn named_life(&self) -> Option<Life> {
        self.lives.iter().rfind(|life| !life.is_provisional()).copied()
    }

    /// An epoch for a new provisional life.
    pub(crate) fn next_provisional(&self) -> Epoch {
        let last = self.lives.last().map_or(PROVISIONAL, |life| life.epoch);
        Epoch(last.0.saturating_add(1)).max(PROVISIONAL)
    }

    /// Counts this start and keeps the newest time known. Durable when it returns.
    pub(crate) fn start(&mut self, now_s: i64) -> Result<(), StoreFault> {
        let (boot, mark_s) = (self.boot.saturating_add(1), self.mark_s.max(now_s));
        self.conn.execute("UPDATE about SET boot = ?1, mark_s = ?2", params![boot, mark_s])?;
        (self.boot, self.mark_s) = (boot, mark_s);
        Ok(())
    }

    /// Writes acts down, all or none, and flushes. A wall time before the mark is put at the mark, as a guess.
    /// In the same transaction the gate is wanted for these items.
    pub(crate) fn append(
        &mut self,
        acts: &[Act],
        basis: Basis,
        at: Stamp,
        gate: &[ItemId],
    ) -> Result<Vec<Event>, StoreFault> {
        let at = self.never_behind(at);
        let events: Vec<Event> = acts
            .iter()
            .zip(self.head.0 + 1..)
            .map(|(act, seq)| Event { seq: Seq(seq), at, basis, act: act.clone() })
            .collect();
        if events.is_empty() {
            return Ok(events);
        }
        let (epoch, chain) = (self.life().epoch, self.chain);
        let last = Seq(self.head.0 + events.len() as u64);
        self.chain = self.write(|conn| {
            gate::want(conn, gate, (epoch, last))?;
            insert_events(conn, epoch, chain, &events)
        })?;
        (self.head, self.mark_s) = (last, at.wall_s);
        Ok(events)
    }

    fn never_behind(&self, at: Stamp) -> Stamp {
        if at.wall_s >= self.mark_s {
            return at;
        }
        Stamp { wall_s: self.mark_s, trust: ClockTrust::Guessed, ..at }
    }

    /// One transaction, and what became of it.
    fn write<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreFault> {
        if let Some(fault) = self.flush_failed {
            return Err(fault);
        }
        let attempt = || -> rusqlite::Result<T> {
            let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
            let done = work(&tx)?;
            tx.commit()?;
            Ok(done)
        };
        attempt().map_err(|error| {
            let fault = StoreFault::from(error);
            let StoreFault::Failing { code } = fault else { return fault };
            if code == ffi::SQLITE_IOERR_FSYNC || code == ffi::SQLITE_IOERR_DIR_FSYNC {
                self.flush_failed = Some(fault);
                return fault;
            }
            match self.conn.path().map(|path| db::probe(Path::new(path))) {
                Some(Err(why)) => why,
                Some(Ok(())) | None => fault,
            }
        })
    }

    /// The items for which the gate is wanted.
    pub(crate) fn gate_wanted(&self) -> Result<Vec<GateWanted>, StoreFault> {
        gate::wanted(&self.conn)
    }

    /// The gate is as it is wanted for these.
    pub(crate) fn gate_done(&mut self, done: &[GateWanted]) -> Result<(), StoreFault> {
        self.write(|conn| gate::done(conn, done))
    }

    /// Notes what a way has carried.
    pub(crate) fn note_carried(&mut self, way: desk::Way, upto: Seq, at_s: i64) -> Result<(), StoreFault> {
        let epoch = self.life().epoch;
        self.write(|conn| ways::note(conn, epoch, way, upto, at_s))
    }

    /// What each way has carried of the present life.
    pub(crate) fn carried(&self) -> Result<Vec<CarriedBy>, StoreFault> {
        ways::all(&self.conn, self.life().epoch)
    }

    /// Writes lines of the library's ledger, all or none, and flushes.
    pub(crate) fn library_write(&mut self, lines: &[LibraryLine]) -> Result<(), StoreFault> {
        if lines.is_empty() {
            return Ok(());
        }
        let epoch = self.life().epoch.0;
        self.write(|conn| library::write(conn, epoch, lines))
    }

    /// The line of an event of the present life.
    pub(crate) fn library_line(&self, seq: Seq) -> Result<Option<LibraryLine>, StoreFault> {
        library::line(&self.conn, self.life().epoch.0, seq)
    }

    /// Lines of the present life.
    pub(crate) fn library_lines(&self, from: Seq, limit: usize) -> Result<Vec<LibraryLine>, StoreFault> {
        library::lines(&self.conn, self.life().epoch.0, from, limit)
    }

    /// How many lines of the present life stand how.
    pub(crate) fn library_counts(&self) -> Result<Vec<(LibraryState, u64)>, StoreFault> {
        library::counts(&self.conn, self.life().epoch.0)
    }

    /// Up to `limit` events of the present life from `from` on.
    pub(crate) fn events(&self, from: Seq, limit: usize) -> Result<Vec<Event>, StoreFault> {
        let mut query = self.conn.prepare_cached(
            "SELECT seq, row FROM event WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = query.query(params![self.life().epoch.0, from.0 as i64, limit])?;
        let mut events = Vec::new();
        while let Some(found) = rows.next()? {
            let (seq, bytes): (i64, Vec<u8>) = (found.get(0)?, found.get(1)?);
            events.push(row::decode(Seq(seq as u64), &bytes).map_err(|_| StoreFault::CONTENT)?);
        }
        Ok(events)
    }

    /// The chain value of the present life before `seq`; `None` if the journal ends earlier.
    pub(crate) fn chain_before(&self, seq: Seq) -> Result<Option<Chain>, StoreFault> {
        if seq.0 <= 1 {
            return Ok(Some(Chain::START));
        }
        if seq == self.head.next() {
            return Ok(Some(self.chain));
        }
        let mut query = self.conn.prepare_cached("SELECT chain FROM event WHERE epoch = ?1 AND seq = ?2")?;
        let found =
            query.query_row(params![self.life().epoch.0, seq.0 as i64 - 1], |row| row.get(0)).optional()?;
        Ok(found.map(Chain))
    }

    /// The chain value after an event of any life; `None` if it is not there.
    pub(crate) fn chain_at(&self, (epoch, seq): Place) -> Result<Option<Chain>, StoreFault> {
        if seq == Seq(0) {
            return Ok(Some(Chain::START));
        }
        let mut query = self.conn.prepare_cached("SELECT chain FROM event WHERE epoch = ?1 AND seq = ?2")?;
        let found = query.query_row(params![epoch.0, seq.0 as i64], |row| row.get(0)).optional()?;
        Ok(found.map(Chain))
    }

    /// Gives every event that counts, in order, with its epoch.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(Epoch, &Event)) -> Result<(), StoreFault> {
        scan(&self.conn, Epoch(0), Seq(0), |row| {
            let life = self.lives.iter().find(|life| life.epoch == row.epoch).ok_or(StoreFault::CONTENT)?;
            if life.ended.is_none_or(|ended| row.seq <= ended) {
                visit(row.epoch, &row.event()?);
            }
            Ok(())
        })
    }

    /// How many events the file holds, those of earlier lives included.
    pub(crate) fn count(&self) -> Result<u64, StoreFault> {
        let count: i64 = self.conn.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// Sets what the region has of the present life, and the newest time known.
    pub(crate) fn acknowledge(&mut self, acked: Seq, mark_s: i64) -> Result<(), StoreFault> {
        let (mut life, mark_s) = (self.life(), self.mark_s.max(mark_s));
        life.acked = acked;
        self.write(|conn| {
            update_life(conn, &life)?;
            conn.execute("UPDATE about SET mark_s = ?1", [mark_s])
        })?;
        self.mark_s = mark_s;
        self.keep_life(life);
        Ok(())
    }

    /// Begins the life `to`, with `carried` as its first events, and ends the others as `ends` says. All or nothing.
    pub(crate) fn begin(&mut self, to: Epoch, carried: &Carried, ends: &[Life]) -> Result<(), StoreFault> {
        let life = Life { epoch: to, acked: Seq(0), ended: None };
        let chain = self.write(|conn| {
            for life in ends {
                update_life(conn, life)?;
            }
            insert_life(conn, &life)?;
            insert_origins(conn, to, carried)?;
            insert_events(conn, to, Chain::START, &carried.events)
        })?;
        for life in ends {
            self.keep_life(*life);
        }
        self.lives.push(life);
        self.lives.sort_by_key(|life| life.epoch);
        (self.head, self.chain) = (Seq(carried.events.len() as u64), chain);
        Ok(())
    }

    /// Begins the life `to` with all events of the present one under their numbers, and what ways and a library system have
    /// had of them. The present one ends, and nothing of it counts any more under its name. All or nothing.
    pub(crate) fn go_on_as(&mut self, to: Epoch) -> Result<(), StoreFault> {
        let from = Life { ended: Some(Seq(0)), ..self.life() };
        let life = Life { epoch: to, acked: Seq(0), ended: None };
        self.write(|conn| {
            update_life(conn, &from)?;
            insert_life(conn, &life)?;
            let names = [to.0, from.epoch.0];
            conn.execute(
                "INSERT INTO event (epoch, seq, chain, row) SELECT ?1, seq, chain, row FROM event WHERE epoch = ?2",
                names,
            )?;
            conn.execute("UPDATE library SET epoch = ?1 WHERE epoch = ?2", names)?;
            conn.execute("UPDATE way SET epoch = ?1 WHERE epoch = ?2", names)
        })?;
        self.keep_life(from);
        self.lives.push(life);
        self.lives.sort_by_key(|life| life.epoch);
        Ok(())
    }

    fn keep_life(&mut self, life: Life) {
        for kept in self.lives.iter_mut().filter(|kept| kept.epoch == life.epoch) {
            *kept = life;
        }
    }

    /// Where events of a life stood before they were carried into it, by seq.
    pub(crate) fn origins(&self, epoch: Epoch) -> Result<BTreeMap<Seq, Place>, StoreFault> {
        let mut query = self.conn.prepare("SELECT seq, was_epoch, was_seq FROM origin WHERE epoch = ?1")?;
        let origins = query.query_map([epoch.0], |row| {
            let was = (Epoch(row.get(1)?), Seq(row.get::<_, i64>(2)? as u64));
            Ok((Seq(row.get::<_, i64>(0)? as u64), was))
        })?;
        Ok(origins.collect::<Result<_, _>>()?)
    }

    /// Says whose journal this is.
    pub(crate) fn belong_to(&mut self, station: StationId) -> Result<(), StoreFault> {
        self.write(|conn| conn.execute("UPDATE about SET station = ?1", [station.0]))?;
        self.station = station;
        Ok(())
    }

    /// Moves the log's pages into the database.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreFault> {
        db::checkpoint(&self.conn)
    }

    /// Writes a compact copy to a file that is not there yet.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), StoreFault> {
        db::copy(&self.conn, path)
    }
}

impl Row {
    pub(crate) fn event(&self) -> Result<Event, StoreFault> {
        row::decode(self.seq, &self.bytes).map_err(|_| StoreFault::CONTENT)
    }
}

fn make_tables(conn: &Connection, beginning: Beginning) -> rusqlite::Result<()> {
    gate::make_table(conn)?;
    library::make_table(conn)?;
    ways::make_table(conn)?;
    conn.execute_batch(
        "CREATE TABLE about (
           one INTEGER PRIMARY KEY CHECK (one = 1),
           schema INTEGER NOT NULL, needs INTEGER NOT NULL,
           station INTEGER NOT NULL, boot INTEGER NOT NULL, mark_s INTEGER NOT NULL);
         CREATE TABLE life (epoch INTEGER PRIMARY KEY, acked INTEGER NOT NULL, ended INTEGER);
         CREATE TABLE event (
           epoch INTEGER NOT NULL, seq INTEGER NOT NULL, chain BLOB NOT NULL, row BLOB NOT NULL,
           PRIMARY KEY (epoch, seq)) WITHOUT ROWID;
         CREATE TABLE origin (
           epoch INTEGER NOT NULL, seq INTEGER NOT NULL, was_epoch INTEGER NOT NULL, was_seq INTEGER NOT NULL,
           PRIMARY KEY (epoch, seq)) WITHOUT ROWID;",
    )?;
    conn.execute(
        "INSERT INTO about (one, schema, needs, station, boot, mark_s) VALUES (1, ?1, 1, ?2, ?3, ?4)",
        params![SCHEMA, beginning.station.0, beginning.boot, beginning.mark_s],
    )?;
    Ok(())
}

/// What stands in `about`: lowest schema needed, station, boot, mark.
pub(crate) fn read_about(conn: &Connection) -> Result<(u32, StationId, u32, i64), StoreFault> {
    Ok(conn.query_row("SELECT needs, station, boot, mark_s FROM about", [], |row| {
        Ok((row.get(0)?, StationId(row.get(1)?), row.get(2)?, row.get(3)?))
    })?)
}

/// All lives, by epoch; exactly one has not ended.
pub(crate) fn read_lives(conn: &Connection) -> Result<Vec<Life>, StoreFault> {
    let mut query = conn.prepare("SELECT epoch, acked, ended FROM life ORDER BY epoch")?;
    let lives = query
        .query_map([], |row| {
            Ok(Life {
                epoch: Epoch(row.get(0)?),
                acked: Seq(row.get::<_, i64>(1)? as u64),
                ended: row.get::<_, Option<i64>>(2)?.map(|seq| Seq(seq as u64)),
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let present = lives.iter().filter(|life: &&Life| life.ended.is_none()).count();
    if present == 1 { Ok(lives) } else { Err(StoreFault::CONTENT) }
}

/// Gives every row from a place on, by epoch and seq.
pub(crate) fn scan(
    conn: &Connection,
    epoch: Epoch,
    from: Seq,
    mut visit: impl FnMut(Row) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT epoch, seq, chain, row FROM event WHERE (epoch, seq) >= (?1, ?2) ORDER BY epoch, seq",
    )?;
    let mut rows = query.query(params![epoch.0, from.0 as i64])?;
    while let Some(found) = rows.next()? {
        visit(Row {
            epoch: Epoch(found.get(0)?),
            seq: Seq(found.get::<_, i64>(1)? as u64),
            chain: Chain(found.get(2)?),
            bytes: found.get(3)?,
        })?;
    }
    Ok(())
}

/// Adds a life.
pub(crate) fn insert_life(conn: &Connection, life: &Life) -> rusqlite::Result<()> {
    conn.execute(
        "INSERT INTO life (epoch, acked, ended) VALUES (?1, ?2, ?3)",
        params![life.epoch.0, life.acked.0 as i64, life.ended.map(|seq| seq.0 as i64)],
    )?;
    Ok(())
}

fn update_life(conn: &Connection, life: &Life) -> rusqlite::Result<()> {
    conn.execute(
        "UPDATE life SET acked = ?2, ended = ?3 WHERE epoch = ?1",
        params![life.epoch.0, life.acked.0 as i64, life.ended.map(|seq| seq.0 as i64)],
    )?;
    Ok(())
}

fn insert_origins(conn: &Connection, epoch: Epoch, carried: &Carried) -> rusqlite::Result<()> {
    for (seq, (was_epoch, was_seq)) in &carried.origins {
        conn.execute(
            "INSERT INTO origin (epoch, seq, was_epoch, was_seq) VALUES (?1, ?2, ?3, ?4)",
            params![epoch.0, seq.0 as i64, was_epoch.0, was_seq.0 as i64],
        )?;
    }
    Ok(())
}

/// Adds events behind `chain`; gives the chain value after them.
pub(crate) fn insert_events(
    conn: &Connection,
    epoch: Epoch,
    mut chain: Chain,
    events: &[Event],
) -> rusqlite::Result<Chain> {
    for event in events {
        let bytes = row::encode(event);
        chain = chain.after_row(event.seq.0, &bytes);
        insert_row(conn, epoch, event.seq, chain, &bytes)?;
    }
    Ok(chain)
}

fn insert_row(conn: &Connection, epoch: Epoch, seq: Seq, chain: Chain, bytes: &[u8]) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO event (epoch, seq, chain, row) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![epoch.0, seq.0 as i64, chain.0, bytes])?;
    Ok(())
}
