//! How stations join: by a code, in another's place, by a voucher, by a stick. With real journals, over TLS or on real files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{NOON_S, Region, SCHOOL, Station, item, lent, little_school, now_s};
use exchange::enrol::{EnrolAnswer, EnrolRequest, VoucherRefusal};
use exchange::voucher::Voucher;
use exchange::wire::{self, Encoding, SecretKey};
use exchange::{
    Act, Basis, ClockSample, ClockTrust, Epoch, Item, ItemStatus, PatronId, Record, SCHEMA, Seq, Stamp,
    Standing, StationId, TitleId,
};
use hub::store::{ApproveFault, VoucherState};
use journal::Journal;
use links::courier::enrol::{ReplyFault, clear, read_reply, write_question};
use std::ffi::OsString;
use std::path::Path;

/// A device: its journal and its key.
struct Device {
    journal: Journal,
    station: Station,
}

impl Device {
    fn begin(dir: &Path, key: SecretKey, id: StationId, epoch: Epoch) -> Device {
        let (mut journal, _) = Journal::open(dir, NOON_S).unwrap();
        journal.enrol(id, Some(epoch)).unwrap();
        Device { journal, station: Station { key, id, epoch } }
    }

    fn record(&mut self, act: Act) {
        let wall_s = self.journal.lower_bound_s() + 10;
        let at = Stamp { wall_s, boot: self.journal.boot(), mono_s: 10, trust: ClockTrust::Rtc };
        self.journal.append(&[act], Basis { rules: 1, data_as_of_s: wall_s }, at).unwrap();
    }

    /// Calls until both sides have everything; the region's last word.
    fn deliver(&mut self, region: &Region) -> Standing {
        for _ in 0..20 {
            let wall_s = self.journal.lower_bound_s();
            let clock = ClockSample { wall_s, boot: self.journal.boot(), mono_s: 20, trust: ClockTrust::Rtc };
            let from = self.journal.outbox().acked.next();
            let request = self.journal.request(from, 1_000, 60_000, clock).unwrap();
            let answer = region.exchange(&self.station, &request).unwrap();
            let taken = self.journal.take_answer(&answer).unwrap();
            let outbox = self.journal.outbox();
            if answer.standing != Standing::Good
                || (!taken.more && !taken.changed() && outbox.acked == outbox.head)
            {
                return answer.standing;
            }
        }
        panic!("it never ends")
    }

    /// Items on loan as this station knows it, by label.
    fn on_loan(&self, numbers: &[&str]) -> Vec<Option<PatronId>> {
        use desk::Memory;
        numbers
            .iter()
            .map(|number| self.journal.loan_of(&item(number)).unwrap().map(|loan| loan.patron))
            .collect()
    }
}

fn join(region: &Region, dir: &Path, seed: u8) -> Device {
    let station = region.join(seed);
    Device::begin(dir, station.key, station.id, station.epoch)
}

#[test]
fn a_new_device_carries_a_station_on_and_has_its_loans() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let mut old = join(&region, &dir.path().join("old"), 1);
    old.record(lent(1, "000123"));
    old.record(lent(2, "000124"));
    assert_eq!(old.deliver(&region), Standing::Good);
    // It dies with one event on it that it had told of, and not sent: the region knows that something is missing.
    old.record(lent(1, "000125"));
    let clock = ClockSample { wall_s: NOON_S + 99, boot: 1, mono_s: 20, trust: ClockTrust::Rtc };
    let mut heard = old.journal.request(Seq(4), 0, 4_096, clock).unwrap();
    heard.events.clear();
    region.exchange(&old.station, &heard).unwrap();

    let key = SecretKey::from_seed([2; 32]);
    assert!(matches!(region.ask(&key, "CDFG2222", None), EnrolAnswer::Waiting { .. }));
    let now = now_s();
    let why = ("librarian", "the card died");
    let succeed = |of, code: &str| region.hub.with(|store| store.succeed(of, code, why, now));
    let wrong = succeed((SCHOOL, StationId(99)), "CDFG2222");
    assert!(matches!(wrong, Err(ApproveFault::NoStation(StationId(99)))));
    assert!(matches!(succeed((SCHOOL, old.station.id), "CDFG9999"), Err(ApproveFault::Unknown(_))));
    assert!(
        matches!(region.ask(&key, "CDFG2222", None), EnrolAnswer::Waiting { .. }),
        "what failed changed nothing"
    );
    assert_eq!(succeed((SCHOOL, old.station.id), "cdfg-2222").unwrap(), Epoch(2));

    let EnrolAnswer::Approved { station, epoch, .. } = region.ask(&key, "CDFG2222", None) else {
        panic!("not approved")
    };
    assert_eq!((station, epoch), (old.station.id, Epoch(2)));
    let mut new = Device::begin(&dir.path().join("new"), key, station, epoch);
    assert_eq!(new.deliver(&region), Standing::Good);
    assert_eq!(new.on_loan(&["000123", "000124", "000125"]), [Some(PatronId(1)), Some(PatronId(2)), None]);
    new.record(Act::Returned { item: item("000123") });
    assert_eq!(new.deliver(&region), Standing::Good);
    assert_eq!(region.hub.with(|store| store.open_loans(SCHOOL)).unwrap(), 1);
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap().events, 3);

    // The old device is found again: nothing of it counts, what it has is set aside and told.
    assert_eq!(old.deliver(&region), Standing::Revoked);
    assert!(matches!(region.ask(&old.station.key, "CDFG1111", None), EnrolAnswer::Refused));
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap().events, 3);
    let aside = region.hub.with(|store| store.set_aside(station)).unwrap();
    assert_eq!(aside.iter().map(|message| message.why.as_str()).collect::<Vec<_>>(), ["replaced"]);
    let former = region.hub.with(|store| store.former_devices(station)).unwrap();
    assert_eq!((former.len(), former[0].epoch, former[0].missing), (1, Epoch(1), 1));
    assert_eq!((former[0].replaced_by.as_str(), former[0].why.as_str()), why);
    assert_eq!(former[0].key, old.station.key.public());
    // The present one is not disturbed.
    new.record(lent(1, "000125"));
    assert_eq!(new.deliver(&region), Standing::Good);
    assert_eq!(region.hub.with(|store| store.open_loans(SCHOOL)).unwrap(), 2);
}

#[test]
fn a_revoked_station_is_carried_on_by_another_device() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let mut stolen = join(&region, &dir.path().join("stolen"), 1);
    stolen.record(lent(1, "000123"));
    stolen.deliver(&region);
    let id = stolen.station.id;
    assert!(region.hub.with(|store| store.revoke(id, ("librarian", "stolen"), now_s())).unwrap());
    assert!(region.hub.with(|store| store.revoke(id, ("another", "again"), now_s())).unwrap());
    let because = region.hub.with(|store| store.revoked_because(id)).unwrap();
    assert_eq!(because, Some(("librarian".into(), "stolen".into())), "the first reason stays");
    assert_eq!(stolen.deliver(&region), Standing::Revoked);
    let key = SecretKey::from_seed([2; 32]);
    region.ask(&key, "CDFG2222", None);
    let why = ("librarian", "stolen");
    region.hub.with(|store| store.succeed((SCHOOL, id), "CDFG2222", why, now_s())).unwrap();
    let mut new = Device::begin(&dir.path().join("new"), key, id, Epoch(2));
    assert_eq!(new.deliver(&region), Standing::Good);
    assert_eq!(new.on_loan(&["000123"]), [Some(PatronId(1))]);
    assert_eq!(stolen.deliver(&region), Standing::Revoked);
}

#[test]
fn a_voucher_lets_one_device_in_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let now = now_s();
    let stations = [(SCHOOL, "залда".to_owned()), (SCHOOL, String::new()), (SCHOOL, String::new())];
    let texts = region.hub.make_vouchers(&stations, now + 3_600, now).unwrap();
    let old = region.hub.make_vouchers(&[(SCHOOL, String::new())], now - 1, now).unwrap();
    let device = |seed| SecretKey::from_seed([seed; 32]);
    let ask =
        |seed: u8, voucher: &str| region.ask(&device(seed), &format!("CDFG{seed:04}"), Some(voucher.into()));
    let why = |answer| {
        let EnrolAnswer::VoucherRefused { why } = answer else { panic!("{answer:?}") };
        why
    };
    let first = ask(1, &texts[0]);
    assert!(matches!(&first, EnrolAnswer::Approved { school, .. } if school == "№ 12 мектеп"));
    // Its answer may be lost: the same device is told the same.
    assert_eq!(ask(1, &texts[0]), first);
    assert_eq!(why(ask(2, &texts[0])), VoucherRefusal::Used);
    assert_eq!(why(ask(2, &old[0])), VoucherRefusal::Expired);
    assert_eq!(why(ask(2, &texts[1][1..])), VoucherRefusal::Unreadable);
    let foreign = Voucher { school: 1, until_s: now + 3_600, serial: [1; 16] };
    assert_eq!(why(ask(2, &foreign.seal(&device(9)))), VoucherRefusal::Foreign);
    assert_eq!(
        region.hub.with(|store| store.withdraw_vouchers(&[3, 1], now)).unwrap(),
        1,
        "a used one stays used"
    );
    assert_eq!(why(ask(2, &texts[2])), VoucherRefusal::Withdrawn);
    // Whom no voucher lets in, a person can; and who waits may still bring one.
    assert!(matches!(region.ask(&device(2), "CDFG2222", None), EnrolAnswer::Waiting { .. }));
    assert!(matches!(ask(2, &texts[1]), EnrolAnswer::Approved { .. }));
    assert!(region.hub.with(|store| store.pending(now)).unwrap().is_empty());
    let lines = region.hub.with(|store| store.stations(SCHOOL)).unwrap();
    assert_eq!(lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["залда", "зал"]);
    let states: Vec<VoucherState> =
        region.hub.with(|store| store.vouchers()).unwrap().iter().map(|line| line.state).collect();
    let used = |n| VoucherState::Used(StationId(n));
    assert_eq!(states, [used(1), used(2), VoucherState::Withdrawn, VoucherState::Open]);
}

fn hub(words: &[&dyn AsRef<std::ffi::OsStr>]) -> anyhow::Result<()> {
    let mut args: Vec<OsString> = vec!["oqyrman-hub".into()];
    args.extend(words.iter().map(|word| word.as_ref().to_owned()));
    hub::cli::main_with_args(args)
}

#[test]
fn vouchers_are_made_from_a_list_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let (list, to) = (dir.path().join("list.csv"), dir.path().join("vouchers"));
    let make = || {
        hub(&[&"enrol-file", &"make", &region.dir, &"--schools", &list, &"--valid-days", &"30", &"--to", &to])
    };
    std::fs::write(&list, "мектеп;станция\n№ 12 мектеп;Оқу залы\n№ 99;x\n;y\n").unwrap();
    let fault = format!("{:#}", make().unwrap_err());
    assert!(fault.contains("line 3") && fault.contains("№ 99") && fault.contains("line 4"), "{fault}");
    assert!(!to.exists() && region.hub.with(|store| store.vouchers()).unwrap().is_empty());
    std::fs::write(&list, "school;station\n№ 12 мектеп;../../зал\n1;\n").unwrap();
    make().unwrap();
    let mut folders: Vec<String> = std::fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, ["001 № 12 мектеп зал", "002 № 12 мектеп"]);
    let text = std::fs::read_to_string(to.join(&folders[0]).join("voucher.txt")).unwrap();
    let key = SecretKey::from_seed([1; 32]);
    assert!(matches!(region.ask(&key, "CDFG1111", Some(text)), EnrolAnswer::Approved { .. }));
    assert!(to.join(&folders[1]).join("hub-ca.pem").exists());
    assert!(make().is_err(), "a folder that is there is not written over");
    hub(&[&"enrol-file", &"list", &region.dir]).unwrap();
    hub(&[&"enrol-file", &"withdraw", &region.dir, &"--all"]).unwrap();
    let last = region.hub.with(|store| store.vouchers()).unwrap().pop().unwrap();
    assert_eq!(last.state, VoucherState::Withdrawn);
}

fn question(seed: u8, code: &str) -> (SecretKey, EnrolRequest) {
    let key = SecretKey::from_seed([seed; 32]);
    let request = EnrolRequest {
        schema: SCHEMA,
        key: key.public(),
        code: code.into(),
        name: "ауыл".into(),
        voucher: None,
    };
    (key, request)
}

#[test]
fn a_station_without_a_network_joins_by_a_stick() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let stick = dir.path().join("stick");
    std::fs::create_dir(&stick).unwrap();
    let take = |more: &[&dyn AsRef<std::ffi::OsStr>]| {
        let words: [&dyn AsRef<std::ffi::OsStr>; 4] = [&"enrol", &"take", &region.dir, &stick];
        hub(&[&words[..], more].concat())
    };
    let (key, request) = question(1, "CDFG1111");
    let (other, other_request) = question(2, "CDFG2222");
    let public = key.public();
    let of_region = region.hub.public_key().fingerprint();
    take(&[]).unwrap();
    let name = write_question(&stick, &request, &key).unwrap();
    write_question(&stick, &other_request, &other).unwrap();
    take(&[]).unwrap();
    assert_eq!(read_reply(&stick, &public, None), Err(ReplyFault::None), "nobody has decided");
    let waiting = region.hub.with(|store| store.pending(now_s() + 20 * 86_400)).unwrap();
    assert_eq!(waiting.len(), 2, "a stick has weeks");
    assert!(waiting.iter().any(|one| one.fingerprint == public.fingerprint()));
    take(&[&"--approve", &"CDFG1111"]).unwrap();
    // Twice is once.
    take(&[]).unwrap();
    assert_eq!(region.hub.with(|store| store.stations(SCHOOL)).unwrap().len(), 1);

    let reply = read_reply(&stick, &public, Some(&of_region.to_uppercase())).unwrap();
    let EnrolAnswer::Approved { station, epoch, region_key, school } = reply.answer.clone() else {
        panic!("{reply:?}")
    };
    assert_eq!((region_key, school.as_str()), (region.hub.public_key(), "№ 12 мектеп"));
    assert_eq!(read_reply(&stick, &other.public(), None), Err(ReplyFault::OthersOnly(1)));
    let elsewhere = read_reply(&stick, &public, Some("0000-0000-0000-0000"));
    assert!(matches!(elsewhere, Err(ReplyFault::OtherRegion { .. })));

    // Half-written, exchanged, forged.
    let file = stick.join("oqyrman").join(name.replace(".enrol", ".enrolled"));
    let whole = std::fs::read(&file).unwrap();
    for half in [&whole[..whole.len() / 2], b"", &[0; 200]] {
        std::fs::write(&file, half).unwrap();
        assert_eq!(read_reply(&stick, &public, None), Err(ReplyFault::HalfWritten));
    }
    let mut theirs = reply.clone();
    theirs.key = other.public();
    let sealed = wire::seal_enrol_reply(&theirs, &SecretKey::from_seed([7; 32]));
    std::fs::write(&file, sealed).unwrap();
    assert!(matches!(read_reply(&stick, &public, None), Err(ReplyFault::Wire(_))));
    theirs.region_key = SecretKey::from_seed([7; 32]).public();
    std::fs::write(&file, wire::seal_enrol_reply(&theirs, &SecretKey::from_seed([7; 32]))).unwrap();
    assert_eq!(read_reply(&stick, &public, None), Err(ReplyFault::OtherStation));
    std::fs::write(&file, whole).unwrap();

    // It has joined: what it writes from now on is taken.
    let mut device = Device::begin(&dir.path().join("device"), key, station, epoch);
    device.record(lent(1, "000123"));
    assert_eq!(device.deliver(&region), Standing::Good);
    clear(&stick, &public);
    assert_eq!(read_reply(&stick, &public, None), Err(ReplyFault::None));

    // The other one is turned away, and told so; half a question is named and left.
    region.hub.with(|store| store.refuse("CDFG2222")).unwrap();
    take(&[]).unwrap();
    assert_eq!(read_reply(&stick, &other.public(), None).unwrap().answer, EnrolAnswer::Refused);
    std::fs::write(
        stick.join("oqyrman/half.enrol"),
        &wire::seal_enrol(&request, &SecretKey::from_seed([1; 32]))[..99],
    )
    .unwrap();
    std::fs::create_dir(stick.join("oqyrman/folder.enrol")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", stick.join("oqyrman/link.enrol")).unwrap();
    let fault = take(&[]).unwrap_err().to_string();
    assert!(fault.contains("3 files"), "{fault}");
    assert!(stick.join("oqyrman/half.enrol").exists());
}

#[test]
fn a_replaced_device_is_told_so_in_both_encodings_and_by_what_it_carries() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    region.save(vec![Record::Item(Item {
        id: item("000300"),
        title: TitleId(1),
        status: ItemStatus::Lendable,
        former: Vec::new(),
    })]);
    let old = region.join(1);
    let key = SecretKey::from_seed([2; 32]);
    region.ask(&key, "CDFG2222", None);
    let why = ("somebody", "broken");
    region.hub.with(|store| store.succeed((SCHOOL, old.id), "CDFG2222", why, now_s())).unwrap();
    let request = old.request(&[], &[lent(1, "000300")]);
    for encoding in [Encoding::Columns, Encoding::Json] {
        let (status, bytes) = region.post("/x", wire::seal_request(&request, &old.key, encoding));
        assert_eq!(status, 200);
        let answer = wire::open_answer(&bytes, &region.hub.public_key()).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Revoked, Seq(0)));
    }
    // However often it sends, the disk does not fill.
    for _ in 0..100 {
        region.exchange(&old, &request).unwrap();
    }
    assert_eq!(region.hub.with(|store| store.set_aside(old.id)).unwrap().len(), 64);
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap().events, 0);
}
