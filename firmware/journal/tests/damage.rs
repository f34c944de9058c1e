//! Damaged, lost and half-written files: found, put aside, repaired and told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

mod support;

use desk::Memory;
use exchange::*;
use journal::{FeedFate, Journal, JournalFound, LOST_CHAIN, RebuiltBecause, StartReport, StateFound};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use support::*;

/// 60 events, of which the region has 20; everything is in the databases, nothing in their logs.
fn full(dir: &Path) -> Vec<Event> {
    let mut journal = enrolled(dir);
    let mut region = region();
    for n in 1..=60 {
        append(&mut journal, &[lent(u64::from(n), n, 100)]);
        if n == 20 {
            region.put(Record::Loan(loan(1, 1, 100)));
            region.sync(&mut journal, 1, 20);
        }
    }
    journal.checkpoint().unwrap();
    journal.events(Seq(1), 100).unwrap()
}

fn region() -> Region {
    let mut region = Region::new();
    region.put(Record::Patron(patron(1, "Сейітова", "Айша")));
    region.put(Record::Item(copy(1, 1)));
    region
}

fn asides(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let aside = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    entries.filter(aside).collect()
}

/// Changes the bytes at the place where `needle` stands in the file.
fn spoil(path: &Path, needle: &[u8], offset: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at + offset] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

fn repaired(report: &StartReport) -> (u64, u64, u64) {
    match &report.journal {
        JournalFound::Repaired { kept, carried, unreadable, .. } => (*kept, *carried, *unreadable),
        other => panic!("{other:?}"),
    }
}

/// Lets the region, which has `stored_upto`, name epoch 2; gives what is sent then.
fn confirm(journal: &mut Journal, stored_upto: u64) -> Vec<Event> {
    let request = journal.request(Seq(1), 10, 4096, sample(T0)).unwrap();
    assert_eq!((request.epoch, request.from_seq, request.chain_before), (Epoch(1), Seq(1), LOST_CHAIN));
    assert_eq!(request.events, []);
    let mut answer = region().answer(1, stored_upto, &[], 9);
    answer.standing = Standing::Forked { begin: Epoch(2) };
    assert_eq!(journal.take_answer(&answer).unwrap().begun, Some(Epoch(2)));
    let events = journal.events(Seq(1), 100).unwrap();
    assert_eq!(journal.request(Seq(1), 100, 4096, sample(T0)).unwrap().events, events);
    events
}

fn acts(events: &[Event]) -> Vec<Act> {
    events.iter().map(|event| event.act.clone()).collect()
}

#[test]
fn a_flipped_bit_in_an_event_is_found_and_the_rest_is_saved() {
    let dir = tempfile::tempdir().unwrap();
    let events = full(dir.path());
    let row = row::encode(&events[29]);
    spoil(&dir.path().join("journal.db"), &row, row.len() - 1);

    let (mut journal, report) = open(dir.path());
    assert_eq!(repaired(&report), (29, 39, 1));
    assert_eq!(asides(dir.path()), [dir.path().join(format!("journal.db.damaged-{T0}"))]);
    assert_eq!(report.lines().len(), 2);
    assert!(journal.loan_of(&item(30)).unwrap().is_none());
    let have: Vec<u32> = (1..=60).filter(|n| journal.loan_of(&item(*n)).unwrap().is_some()).collect();
    // Of the first 20 only the one that this test's region speaks of.
    assert_eq!(have, [vec![1], (21..=29).collect(), (31..=60).collect()].concat());
    append(&mut journal, &[lent(61, 61, 100)]);
    drop(journal);
    let (mut journal, report) = open(dir.path());
    assert!(report.is_quiet(), "it is repaired once: {report:?}");

    // It turns out that the region has events up to 40: they are not sent again.
    let sent = confirm(&mut journal, 40);
    assert_eq!(acts(&sent), [acts(&events[40..]), vec![lent(61, 61, 100)]].concat());
    assert_eq!(sent[0].at, events[40].at);
    assert_eq!(append(&mut journal, &[returned(61)]), [Seq(22)]);
    drop(journal);
    assert!(open(dir.path()).1.is_quiet());
}

#[test]
fn a_flipped_bit_in_a_chain_value_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let events = full(dir.path());
    let chain = events[..30].iter().fold(Chain::START, Chain::after);
    spoil(&dir.path().join("journal.db"), &chain.0, 3);
    let (mut journal, report) = open(dir.path());
    assert_eq!(repaired(&report), (60, 40, 0));
    assert_eq!(acts(&confirm(&mut journal, 20)), acts(&events[20..]));
}

#[test]
fn a_copy_fills_the_hole() {
    let dir = tempfile::tempdir().unwrap();
    let events = full(dir.path());
    let (mut journal, _) = open(dir.path());
    journal.backup(T0 + 5).unwrap();
    append(&mut journal, &[lent(61, 61, 100)]);
    journal.checkpoint().unwrap();
    drop(journal);
    spoil(&dir.path().join("journal.db"), &row::encode(&events[29]), 4);
    assert_eq!(repaired(&open(dir.path()).1), (61, 41, 0));
}

#[test]
fn a_journal_that_is_no_database_any_more_comes_from_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let events = full(dir.path());
    let (mut journal, _) = open(dir.path());
    for n in 0..3 {
        journal.backup(T0 + n).unwrap();
        assert_eq!(journal.copied_s(), Some(T0 + n));
    }
    let copies = fs::read_dir(dir.path().join("copies")).unwrap().count();
    assert_eq!(copies, 4, "two of each");
    append(&mut journal, &[lent(61, 61, 100)]);
    journal.checkpoint().unwrap();
    drop(journal);
    let file = dir.path().join("journal.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[..100].fill(0xaa);
    fs::write(&file, bytes).unwrap();
    let (mut journal, report) = open(dir.path());
    assert_eq!(repaired(&report), (60, 40, 0));
    assert_eq!(asides(dir.path()).len(), 1);
    // The region has the lost one too.
    assert_eq!(acts(&confirm(&mut journal, 61)), []);
    assert_eq!(journal.counts().unwrap().loans, 60 - 20 + 1);
    assert_eq!(acts(&events[20..]).len(), 40);
}

#[test]
fn a_journal_that_is_gone_is_told_and_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    full(dir.path());
    fs::remove_file(dir.path().join("journal.db")).unwrap();
    let (mut journal, report) = open(dir.path());
    assert_eq!((report.journal, report.state), (JournalFound::Lost, StateFound::Sound));
    assert_eq!(journal.station(), None);
    journal.enrol(STATION, None).unwrap();
    append(&mut journal, &[lent(1, 2, 100)]);
    assert!(journal.loan_of(&item(1)).unwrap().is_some(), "the region's loans are still there");
    assert_eq!(acts(&confirm(&mut journal, 60)), [lent(1, 2, 100)]);
}

#[test]
fn with_both_gone_a_station_begins_anew_and_asks_for_an_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, report) = open(dir.path());
    assert_eq!((report.journal, report.state), (JournalFound::Fresh, StateFound::Fresh));
    append(&mut journal, &[lent(1, 2, 100)]);
    journal.enrol(STATION, None).unwrap();
    assert_eq!(acts(&confirm(&mut journal, 60)), [lent(1, 2, 100)]);
}

#[test]
fn a_damaged_state_is_rebuilt_feed_by_feed() {
    let dir = tempfile::tempdir().unwrap();
    full(dir.path());
    let file = dir.path().join("state.db");
    let record = row::encode_record(&Record::Patron(patron(1, "Сейітова", "Айша")));
    let sound = fs::read(&file).unwrap();
    let before = open(dir.path()).0.dump().unwrap();
    spoil(&file, &record, record.len() - 1);
    let (mut journal, report) = open(dir.path());
    let StateFound::Rebuilt { why, aside, kept } = report.state else { panic!("{report:?}") };
    assert_eq!((why, kept), (RebuiltBecause::Damaged, vec![Feed::Items, Feed::Loans]));
    assert!(aside.is_some_and(|aside| aside.exists()));
    assert!(journal.patron(PatronId(1)).unwrap().is_none());
    assert_eq!(journal.counts().unwrap().loans, 41);
    let answer = region().answer(1, 20, &journal.cursors().unwrap(), 99);
    assert_eq!(journal.take_answer(&answer).unwrap().feeds, [(Feed::Patrons, FeedFate::Applied)]);
    assert!(journal.patron(PatronId(1)).unwrap().is_some());
    drop(journal);

    // With a copy nothing is missing.
    fs::write(&file, sound).unwrap();
    let (journal, _) = open(dir.path());
    journal.backup(T0).unwrap();
    drop(journal);
    spoil(&file, &record, record.len() - 1);
    let (journal, _) = open(dir.path());
    assert_eq!(journal.dump().unwrap(), before);
    drop(journal);
    fs::remove_file(&file).unwrap();
    let (journal, report) = open(dir.path());
    assert_eq!(journal.dump().unwrap(), before);
    let kept = vec![Feed::Patrons, Feed::Items, Feed::Loans];
    assert_eq!(report.state, StateFound::Rebuilt { why: RebuiltBecause::Missing, aside: None, kept });
}

#[test]
fn a_state_that_is_gone_leaves_the_stations_own_loans() {
    let dir = tempfile::tempdir().unwrap();
    full(dir.path());
    fs::remove_file(dir.path().join("state.db")).unwrap();
    let (journal, report) = open(dir.path());
    assert_eq!(report.state, StateFound::Fresh);
    assert_eq!(journal.counts().unwrap().loans, 60);
    assert!(journal.cursors().unwrap().iter().all(|cursor| cursor.at == 0));
}

#[test]
fn a_cut_between_the_renames_of_a_repair_is_mended() {
    for new_is_there in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let events = full(dir.path());
        // As it is after the damaged file was put aside: its log is still in the old place.
        let (file, aside) = (dir.path().join("journal.db"), dir.path().join("journal.db.damaged-5"));
        if new_is_there {
            fs::copy(&file, dir.path().join("journal.db.new")).unwrap();
        } else {
            let (journal, _) = open(dir.path());
            journal.backup(T0).unwrap();
        }
        fs::rename(&file, &aside).unwrap();
        fs::write(dir.path().join("journal.db-wal"), b"a log of another file").unwrap();
        let (journal, report) = open(dir.path());
        assert!(dir.path().join("journal.db.damaged-5-wal").exists());
        if new_is_there {
            assert_eq!(report.journal, JournalFound::Sound { events: 60 });
            assert_eq!(journal.events(Seq(1), 100).unwrap(), events);
        } else {
            assert_eq!(repaired(&report), (60, 40, 0));
        }
    }
}

/// A log that was cut anywhere gives the journal as it was after some commit, and never less than is in the database.
#[test]
fn a_torn_log_ends_at_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 100)]);
    journal.checkpoint().unwrap();
    for n in 2..=12 {
        append(&mut journal, &[lent(1, n, 100), lent(2, n + 100, 100)]);
    }
    let events = journal.events(Seq(1), 100).unwrap();
    let log = fs::read(dir.path().join("journal.db-wal")).unwrap();
    let database = fs::read(dir.path().join("journal.db")).unwrap();
    // The log as it was before the checkpoint is overwritten from its start, so its used part ends somewhere inside.
    let odd = |cut: &usize| cut % 1048 < 40 && cut.is_multiple_of(3) || cut.is_multiple_of(509);
    let cuts = (0..log.len()).filter(odd).chain([log.len()]);
    let mut seen = std::collections::BTreeSet::new();
    for cut in cuts {
        let image = tempfile::tempdir().unwrap();
        fs::write(image.path().join("journal.db"), &database).unwrap();
        fs::write(image.path().join("journal.db-wal"), &log[..cut]).unwrap();
        let (torn, report) = open(image.path());
        let head = torn.outbox().head.0;
        assert_eq!(report.journal, JournalFound::Sound { events: head }, "cut at {cut}");
        assert_eq!(torn.events(Seq(1), 100).unwrap(), events[..head as usize], "cut at {cut}");
        assert!(head % 2 == 1, "a pad is whole or not there: {head} at {cut}");
        seen.insert(head);
    }
    assert!(seen.len() > 10, "{seen:?}");
    assert_eq!(seen.last(), Some(&23));
}

/// Version N−1 opens what N has written, as long as N says that it may.
#[test]
fn a_newer_schema_is_opened_unless_it_says_no() {
    let dir = tempfile::tempdir().unwrap();
    let events = full(dir.path());
    let change = |sql: &str| {
        rusqlite::Connection::open(dir.path().join("journal.db")).unwrap().execute_batch(sql).unwrap();
    };
    change(
        "ALTER TABLE about ADD COLUMN newer TEXT DEFAULT 'x'; ALTER TABLE event ADD COLUMN newer INTEGER;
         ALTER TABLE life ADD COLUMN newer INTEGER DEFAULT 1; CREATE TABLE newer (one); UPDATE about SET schema = 2;",
    );
    let (mut journal, report) = open(dir.path());
    assert_eq!(report.journal, JournalFound::Sound { events: 60 });
    assert_eq!(journal.events(Seq(1), 100).unwrap(), events);
    assert_eq!(append(&mut journal, &[returned(1)]), [Seq(61)]);
    drop(journal);
    change("UPDATE about SET needs = 2");
    let error = Journal::open(dir.path(), T0).unwrap_err();
    assert_eq!(error, journal::OpenError::Newer { needs: 2, have: 1 });
    assert!(error.to_string().contains("install that version again"));
    assert_eq!(asides(dir.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_state_of_another_version_is_made_anew_from_itself() {
    let dir = tempfile::tempdir().unwrap();
    full(dir.path());
    let before = open(dir.path()).0.dump().unwrap();
    let change = rusqlite::Connection::open(dir.path().join("state.db")).unwrap();
    change.execute_batch("DROP TABLE card; DROP TABLE word; PRAGMA user_version = 9").unwrap();
    drop(change);
    let (journal, report) = open(dir.path());
    let kept = vec![Feed::Patrons, Feed::Items, Feed::Loans];
    assert_eq!(report.state, StateFound::Rebuilt { why: RebuiltBecause::OtherSchema, aside: None, kept });
    assert_eq!(journal.dump().unwrap(), before);
    assert_eq!(asides(dir.path()), Vec::<PathBuf>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to the files, the station starts, invents nothing, and keeps the damaged file.
    #[test]
    fn any_damage_is_survived(
        file in prop_oneof![Just("journal.db"), Just("state.db")],
        place in 0.0..1.0_f64,
        length in 1_usize..3000,
        with in prop_oneof![Just(0_u8), Just(0xff), any::<u8>()],
        cut in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let events = full(dir.path());
        let path = dir.path().join(file);
        let mut bytes = fs::read(&path).unwrap();
        let from = (place * bytes.len() as f64) as usize;
        let upto = (from + length).min(bytes.len());
        let sound = bytes.clone();
        if cut { bytes.truncate(from) } else { bytes[from..upto].fill(with) }
        fs::write(&path, &bytes).unwrap();

        let (mut journal, report) = open(dir.path());
        let known = acts(&events);
        let outbox = journal.outbox();
        let now = acts(&journal.events(Seq(1), 1000).unwrap());
        prop_assert!(now.iter().all(|act| known.contains(act)), "{now:?}");
        match &report.journal {
            JournalFound::Sound { events } => prop_assert_eq!((*events, now), (60, known)),
            JournalFound::Repaired { aside, kept, .. } => {
                prop_assert_eq!(outbox.epoch, None);
                prop_assert!(*kept <= 60);
                prop_assert_eq!(&fs::read(aside.clone().unwrap()).unwrap(), &bytes);
            }
            JournalFound::Lost | JournalFound::Fresh => prop_assert!(bytes.len() < 100, "{report:?}"),
        }
        if bytes == sound { prop_assert!(report.is_quiet()) }
        if file == "state.db" { prop_assert_eq!(outbox.head, Seq(60)) }
        append(&mut journal, &[lent(9, 99, 100)]);
        drop(journal);
        let (journal, report) = open(dir.path());
        prop_assert!(report.is_quiet(), "{report:?}");
        prop_assert!(journal.loan_of(&item(99)).unwrap().is_some());
    }
}
