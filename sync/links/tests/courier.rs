//! A station's bundles on a stick: what is written, what is taken in, and everything else that may lie there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

#[path = "../../exchange/tests/common/september.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod september;
#[path = "common/world.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod world;

use exchange::wire::bundle::{self, BundleFault, Cover, FOLDER, Kind, StickFault};
use exchange::wire::{self, Encoding, SecretKey};
use exchange::{Answer, Epoch, Seq, Standing, StationId};
use links::courier::{self, CourierFault, Report};
use links::{Keys, Outbox, Taken};
use september::Labels;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use world::{Station, keys, region_key, station_key};

struct Stick(TempDir);

impl Stick {
    fn new() -> Stick {
        Stick(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(FOLDER).join(name)
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path().join(FOLDER)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path().join(FOLDER)).unwrap();
        std::fs::write(self.file(name), bytes).unwrap();
    }

    fn write(&self, station: &mut Station) -> Report {
        courier::write(station, &keys(), self.path(), |_| {}).unwrap()
    }

    fn take(&self, station: &mut Station) -> Report {
        courier::take(station, &keys(), self.path()).unwrap()
    }

    /// The region reads a bundle and leaves its answer, at its time `time_s`.
    fn answer(&self, name: &str, time_s: i64) -> String {
        let (cover, messages) = open(&std::fs::read(self.file(name)).unwrap());
        let answers: Vec<Vec<u8>> = messages
            .iter()
            .map(|message| {
                let request = wire::open_request(message, |_| Some(station_key().public())).unwrap();
                let stored_upto =
                    request.events.last().map_or(Seq(request.from_seq.0 - 1), |event| event.seq);
                let answer = Answer { epoch: request.epoch, stored_upto, time_s, ..good() };
                wire::seal_answer(&answer, &region_key(), Encoding::Columns)
            })
            .collect();
        let sealed = courier::seal(&cover.answer(), &answers, &station_key().public()).unwrap();
        self.put(&cover.answer().name(), &sealed);
        cover.answer().name()
    }
}

fn good() -> Answer {
    Answer {
        schema: exchange::SCHEMA,
        station: StationId(7),
        epoch: Epoch(1),
        standing: Standing::Good,
        stored_upto: Seq(0),
        outcomes: Vec::new(),
        changes: Vec::new(),
        time_s: 1_788_400_000,
        more: false,
    }
}

fn open(bytes: &[u8]) -> (Cover, Vec<Vec<u8>>) {
    let (cover, contents) = courier::open(bytes, &region_key()).unwrap();
    let messages = bundle::unpack(&contents).unwrap().into_iter().map(<[u8]>::to_vec).collect();
    (cover, messages)
}

/// An answer bundle for station 7 that lies on a stick, whatever is in it.
fn answer_bundle(messages: &[Vec<u8>], to: &SecretKey) -> (String, Vec<u8>) {
    let cover = Cover::request(&region_key().public(), StationId(7), Epoch(1), Seq(1), Seq(40)).answer();
    (cover.name(), courier::seal(&cover, messages, &to.public()).unwrap())
}

fn sealed_answer(stored_upto: u64, key: &SecretKey) -> Vec<u8> {
    wire::seal_answer(&Answer { stored_upto: Seq(stored_upto), ..good() }, key, Encoding::Columns)
}

/// A bundle is refused, nothing moves, and what the station has to say is written all the same.
fn refused(name: &str, bytes: &[u8]) -> String {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    stick.put(name, bytes);
    let report = stick.write(&mut station);
    assert_eq!((report.answers, station.acked), (0, Seq(0)));
    assert_eq!(report.written.unwrap().events, 40);
    assert_eq!(report.refused.len(), 1);
    assert_eq!(report.refused[0].name, name);
    assert_eq!(std::fs::read(stick.file(name)).unwrap(), bytes, "it was not left where it lay");
    report.refused[0].why.clone()
}

#[test]
fn there_and_back() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let written = stick.write(&mut station).written.unwrap();
    assert_eq!((written.events, stick.names()), (40, vec![written.name.clone()]));
    assert_eq!(station.waiting().unwrap().acked, Seq(0), "writing alone moves nothing");
    stick.answer(&written.name, 1_788_400_000);
    let report = stick.write(&mut station);
    assert_eq!((report.answers, report.acked, report.refused.len()), (1, Seq(40), 0));
    assert!(matches!(report.taken, Some(Taken::Good { .. })));
    // What is done with is gone; a bundle without events asks for what the region has.
    let next = report.written.unwrap();
    assert_eq!((next.events, stick.names()), (0, vec![next.name]));
}

#[test]
fn contents_are_never_in_clear() {
    let (stick, mut station) = (Stick::new(), Station::with_events(1));
    let name = stick.write(&mut station).written.unwrap().name;
    let bytes = std::fs::read(stick.file(&name)).unwrap();
    let (_, messages) = open(&bytes);
    let message = &messages[0];
    for part in message.windows(8) {
        assert!(!bytes.windows(8).any(|found| found == part), "a part of the message is in the file");
    }
}

#[test]
fn a_long_journal_goes_in_chunks_and_asks_once() {
    let (stick, mut station) = (Stick::new(), Station::with_events(20_000));
    let mut told = Vec::new();
    let report = courier::write(&mut station, &keys(), stick.path(), |percent| told.push(percent)).unwrap();
    let written = report.written.unwrap();
    let (cover, messages) = open(&std::fs::read(stick.file(&written.name)).unwrap());
    assert_eq!((cover.from, cover.upto, cover.kind), (Seq(1), Seq(20_000), Kind::Request));
    let requests: Vec<_> = messages
        .iter()
        .map(|message| wire::open_request(message, |_| Some(station_key().public())).unwrap())
        .collect();
    let asks: Vec<usize> = requests.iter().map(|request| request.have.len()).collect();
    assert_eq!(asks, [0, 0, 1]);
    assert!(requests.iter().flat_map(|request| &request.events).eq(&station.events));
    assert!(told.is_sorted() && told.first() == Some(&0) && told.last() == Some(&100), "{told:?}");
}

/// A station with a made-up September in its journal.
struct September(Vec<exchange::Event>);

impl Outbox for September {
    type Fault = std::convert::Infallible;

    fn waiting(&mut self) -> Result<links::Waiting, Self::Fault> {
        Ok(links::Waiting { acked: Seq(0), head: Seq(self.0.len() as u64) })
    }

    fn request(&mut self, call: &links::Call) -> Result<exchange::Request, Self::Fault> {
        let from = call.from_seq.0 as usize - 1;
        let events = &self.0[from..self.0.len().min(from + call.max_events)];
        let request = september::request(events, Seq(self.0.len() as u64));
        Ok(exchange::Request { from_seq: call.from_seq, ..request })
    }

    fn take(&mut self, _: Answer) -> Result<Taken, Self::Fault> {
        panic!("there is no answer")
    }
}

#[test]
fn ten_thousand_loans_take_at_most_60_kb() {
    for labels in [Labels::Consecutive, Labels::Shuffled] {
        let keys =
            Keys { station: StationId(1_234), secret: september::key(), region: region_key().public() };
        let stick = Stick::new();
        let mut outbox = September(september::events(10_000, labels, 1));
        let written = courier::write(&mut outbox, &keys, stick.path(), |_| {}).unwrap().written.unwrap();
        println!("10,000 events, labels {labels:?}: {} bytes", written.bytes);
        assert_eq!(written.events, 10_000);
        assert!(written.bytes <= 60_000, "{labels:?}: {} bytes", written.bytes);
    }
}

#[test]
fn twice_is_harmless() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let first = stick.write(&mut station).written.unwrap();
    assert_eq!(stick.write(&mut station).written.unwrap().name, first.name);
    let answer = stick.answer(&first.name, 1_788_400_000);
    let bytes = std::fs::read(stick.file(&answer)).unwrap();
    for _ in 0..2 {
        stick.put(&answer, &bytes);
        let report = stick.take(&mut station);
        assert_eq!((report.answers, station.acked, report.refused.len()), (1, Seq(40), 0));
    }
}

#[test]
fn a_late_answer_moves_nothing_back() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let name = stick.write(&mut station).written.unwrap().name;
    stick.answer(&name, 1_788_400_000);
    // Meanwhile everything, and more, went by HTTPS.
    station.events = Station::with_events(60).events;
    station.acked = Seq(60);
    let report = stick.take(&mut station);
    assert_eq!((report.answers, report.acked), (1, Seq(60)));
    assert_eq!(stick.names(), Vec::<String>::new(), "the region has all of the old bundle");
}

#[test]
fn a_bundle_that_is_not_acknowledged_stays() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let first = stick.write(&mut station).written.unwrap().name;
    station.events = Station::with_events(50).events;
    let second = stick.write(&mut station).written.unwrap().name;
    let mut both = vec![first.clone(), second];
    both.sort();
    assert_eq!(stick.names(), both);
    // The answer to the first one comes: only that is done with.
    stick.answer(&first, 1_788_400_000);
    assert_eq!(stick.take(&mut station).acked, Seq(40));
    assert_eq!(stick.names().len(), 1);
}

#[test]
fn other_schools_bundles_are_neither_touched_nor_told() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let other_region = SecretKey::from_seed([77; 32]).public();
    for (region, number) in [(region_key().public(), 8), (other_region, 7), (other_region, 9)] {
        let cover = Cover::request(&region, StationId(number), Epoch(1), Seq(1), Seq(3));
        for cover in [cover, cover.answer()] {
            stick.put(&cover.name(), &courier::seal(&cover, &[], &other_region).unwrap());
        }
    }
    stick.put("letter.txt", b"Dear librarian");
    let before = stick.names();
    let report = stick.write(&mut station);
    assert_eq!(report.refused, []);
    let mut after = stick.names();
    after.retain(|name| *name != report.written.as_ref().unwrap().name);
    assert_eq!(after, before);
}

#[test]
fn an_answer_that_is_half_written_is_refused_wherever_it_was_cut() {
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &region_key())], &station_key());
    for len in [0, 3, 4, 5, 20, 41, 42, 43, bytes.len() / 2, bytes.len() - 1] {
        let why = refused(&name, &bytes[..len]);
        assert!(why.contains("half-written"), "{len}: {why}");
    }
    assert!(refused(&name, &[0; 4096]).contains("half-written"));
}

#[test]
fn an_answer_with_a_flipped_bit_anywhere_moves_nothing() {
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &region_key())], &station_key());
    for place in 0..bytes.len() {
        let (stick, mut station) = (Stick::new(), Station::with_events(40));
        let mut bent = bytes.clone();
        bent[place] ^= 0x10;
        stick.put(&name, &bent);
        stick.take(&mut station);
        // Epoch, from and upto on the cover are for its reader's convenience; what counts is within.
        let cover_only = (18..38).contains(&place);
        assert_eq!(station.acked, Seq(if cover_only { 40 } else { 0 }), "byte {place}");
    }
}

#[test]
fn an_answer_of_somebody_else_who_says_he_is_the_region_is_refused() {
    let liar = SecretKey::from_seed([66; 32]);
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &liar)], &station_key());
    assert!(refused(&name, &bytes).contains("signature"));
}

#[test]
fn an_answer_sealed_to_another_station_is_refused() {
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &region_key())], &SecretKey::from_seed([5; 32]));
    assert!(refused(&name, &bytes).contains("another key"));
}

#[test]
fn an_answer_to_another_station_under_our_cover_is_refused() {
    let foreign = Answer { station: StationId(8), stored_upto: Seq(40), ..good() };
    let message = wire::seal_answer(&foreign, &region_key(), Encoding::Columns);
    let (name, bytes) = answer_bundle(&[message], &station_key());
    assert!(refused(&name, &bytes).contains("another station"));
}

#[test]
fn an_answer_of_a_future_schema_is_refused() {
    let future = Answer { schema: exchange::SCHEMA + 1, stored_upto: Seq(40), ..good() };
    let message = wire::seal_answer(&future, &region_key(), Encoding::Columns);
    let (name, bytes) = answer_bundle(&[message], &station_key());
    assert!(refused(&name, &bytes).contains("schema 2"));
    let (name, mut bytes) = answer_bundle(&[], &station_key());
    bytes[4] = 9;
    assert!(refused(&name, &bytes).contains("newer program"));
}

#[test]
fn the_stations_own_request_under_an_answers_name_is_refused() {
    let mut station = Station::with_events(40);
    let call = links::Call { from_seq: Seq(1), max_events: 40, answer_limit: 0 };
    let request = wire::seal_request(&station.request(&call).unwrap(), &station_key(), Encoding::Columns);
    let (name, bytes) = answer_bundle(&[request], &station_key());
    assert!(refused(&name, &bytes).contains("another kind"));
}

#[test]
fn a_zip_bomb_unpacks_to_no_more_than_a_message_may_hold() {
    // Signed by the region itself, so that its body is unpacked: 64 MB of zeros in some kilobytes.
    let item = |n: u32| {
        let notice = exchange::Notice {
            id: exchange::NoticeId(n),
            text: ["0".repeat(1 << 20), String::new(), String::new()],
            until: exchange::Day(1),
        };
        exchange::Record::Notice(notice)
    };
    let changes = exchange::FeedChanges {
        feed: exchange::Feed::Notices,
        from: 0,
        upto: 64,
        put: (0..64).map(item).collect(),
        gone: Vec::new(),
        hash: None,
    };
    let bomb = Answer { changes: vec![changes], stored_upto: Seq(40), ..good() };
    let message = wire::seal_answer(&bomb, &region_key(), Encoding::Columns);
    assert!(message.len() < 100_000, "{} bytes: no bomb", message.len());
    let (name, bytes) = answer_bundle(&[message], &station_key());
    assert!(refused(&name, &bytes).contains("longer than 16777216 bytes"));
}

#[test]
fn a_file_longer_than_a_bundle_is_not_read_to_its_end() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &region_key())], &station_key());
    stick.put(&name, &bytes);
    // A hole of a terabyte, which takes no room.
    std::fs::OpenOptions::new().write(true).open(stick.file(&name)).unwrap().set_len(1 << 40).unwrap();
    let report = stick.take(&mut station);
    assert_eq!((report.answers, station.acked), (0, Seq(0)));
    assert_eq!(report.refused[0].why, BundleFault::TooLong.to_string());
}

#[test]
fn links_pipes_and_folders_are_not_followed() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let (name, bytes) = answer_bundle(&[sealed_answer(40, &region_key())], &station_key());
    let elsewhere = stick.path().join("elsewhere");
    std::fs::write(&elsewhere, &bytes).unwrap();
    std::fs::create_dir(stick.path().join(FOLDER)).unwrap();
    symlink(&elsewhere, stick.file(&name)).unwrap();
    symlink("/dev/zero", stick.file("zero.oqb")).unwrap();
    symlink(stick.file("circle.oqb"), stick.file("circle.oqb")).unwrap();
    std::fs::create_dir(stick.file("folder.oqb")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, stick.file("pipe.oqb"), rustix::fs::Mode::RUSR).unwrap();
    let report = stick.take(&mut station);
    assert_eq!((report.answers, station.acked, report.refused.len()), (0, Seq(0), 5));
    assert!(report.refused.iter().all(|refused| refused.why == BundleFault::NotABundle.to_string()));
}

#[test]
fn a_link_in_the_way_of_what_is_written_is_not_followed() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let name = stick.write(&mut station).written.unwrap().name;
    let elsewhere = stick.path().join("elsewhere");
    std::fs::write(&elsewhere, b"untouched").unwrap();
    symlink(&elsewhere, stick.file(&format!("{name}.part"))).unwrap();
    assert!(courier::write(&mut station, &keys(), stick.path(), |_| {}).is_err());
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"untouched");
    // The link itself was in the way, and is gone now.
    assert!(courier::write(&mut station, &keys(), stick.path(), |_| {}).is_ok());
}

#[test]
fn a_stick_that_cannot_be_used_is_told_by_its_reason() {
    let mut station = Station::with_events(40);
    let mut fault = |dir: &Path| match courier::write(&mut station, &keys(), dir, |_| {}) {
        Err(CourierFault::Stick(fault)) => fault,
        other => panic!("{other:?}"),
    };
    let stick = Stick::new();
    assert_eq!(fault(&stick.path().join("nothing")), StickFault::Missing);
    let (file, linked) = (Stick::new(), Stick::new());
    std::fs::write(file.path().join(FOLDER), b"").unwrap();
    assert_eq!(fault(file.path()), StickFault::NotAFolder);
    symlink(stick.path(), linked.path().join(FOLDER)).unwrap();
    assert_eq!(fault(linked.path()), StickFault::NotAFolder);
    // The system's own words for a device that is full, and for a switch on the stick.
    for (errno, expected) in [
        (rustix::io::Errno::NOSPC, StickFault::Full),
        (rustix::io::Errno::DQUOT, StickFault::Full),
        (rustix::io::Errno::ROFS, StickFault::WriteProtected),
        (rustix::io::Errno::ACCESS, StickFault::WriteProtected),
        (rustix::io::Errno::PERM, StickFault::WriteProtected),
    ] {
        assert_eq!(StickFault::from(std::io::Error::from(errno)), expected);
    }
    assert!(matches!(StickFault::from(std::io::Error::from(rustix::io::Errno::IO)), StickFault::Failing(_)));
}

#[test]
fn a_key_that_opens_nothing_is_not_sealed_to() {
    let (stick, mut station) = (Stick::new(), Station::with_events(40));
    let bad = Keys { region: wire::PublicKey([0; 32]), ..keys() };
    let result = courier::write(&mut station, &bad, stick.path(), |_| {});
    assert!(matches!(result, Err(CourierFault::RegionKey)));
    assert_eq!(stick.names(), Vec::<String>::new());
}
