//! Receipts: how they look, what the real program prints, and that what it signed can be checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "../../../hardware/tests/paper/mod.rs"]
mod paper;
#[path = "../../../hardware/tests/picture/mod.rs"]
mod picture;
mod support;

use desk::{ReceiptNote, RowAct, Screen, Slip, SlipRow, Touch};
use exchange::receipt::{Deed, MAX_LINES, Receipt};
use exchange::wire::SecretKey;
use exchange::{Day, Epoch, ItemId, Lang, Seq, StationId};
use hardware::printer::Letters;
use hardware::sim::printer::Printer;
use station::bench::school;
use station::clock::system_wall_s;
use station::identity::{self, Membership};
use station::receipt::{Letterhead, Signer, pages};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Station, borrow, idle};

const STATION: StationId = StationId(12);

fn letters() -> Letters {
    Letters::new(
        include_bytes!("../../../kiosk-ui/fonts/NotoSans-Regular.ttf"),
        include_bytes!("../../../kiosk-ui/fonts/NotoSans-Bold.ttf"),
    )
    .unwrap()
}

fn row(number: u64, title: Option<&str>, act: RowAct) -> SlipRow {
    SlipRow {
        item: ItemId::new(format!("KAZ-{number:05}")).unwrap(),
        title: title.map(str::to_owned),
        act,
        seqs: vec![Seq(40 + number)],
    }
}

fn slip(lang: Lang) -> Slip {
    let due = Day::from_ymd(2026, 12, 8).unwrap();
    Slip {
        lang,
        given: Some("Айгерім Нұрланқызы".into()),
        rows: vec![
            row(1, Some("Абай жолы. Бірінші кітап"), RowAct::Lent { due }),
            row(2, Some("Менің атым Қожа"), RowAct::Returned),
            row(3, Some("Ұшқан ұя"), RowAct::Renewed { due }),
            row(4, None, RowAct::Lent { due }),
        ],
    }
}

fn head(key: &SecretKey) -> Letterhead<'_> {
    Letterhead {
        school: "№ 12 мектеп-гимназия",
        time: "24.11.2026 14:05",
        wall_s: 1_795_511_100,
        signer: Some(Signer { station: STATION, epoch: Epoch(1), key }),
    }
}

#[test]
fn receipts_look_as_they_did_in_each_language() {
    let key = SecretKey::from_seed([3; 32]);
    for (lang, name) in [(Lang::Kk, "kk"), (Lang::Ru, "ru"), (Lang::En, "en")] {
        let pages = pages(&slip(lang), head(&key));
        let path = format!("{}/tests/golden/receipt-{name}.png", env!("CARGO_MANIFEST_DIR"));
        picture::compare(&pages[0].draw(&letters(), 384), &path);
        assert_eq!(pages.len(), 1);
        assert!(!format!("{pages:?}").contains("Нұрланқызы"), "no name beyond the first");
    }
}

#[test]
fn the_code_says_what_the_paper_says_and_a_long_visit_has_several() {
    let key = SecretKey::from_seed([3; 32]);
    let sheet = pages(&slip(Lang::Kk), head(&key))[0].draw(&letters(), 384);
    let receipt = Receipt::open(&paper::code_on(&sheet), |_| Some(key.public())).unwrap();
    let due = Day::from_ymd(2026, 12, 8).unwrap();
    let deeds: Vec<_> = receipt.lines.iter().map(|line| (line.seq.0, line.deed)).collect();
    let wanted =
        [(41, Deed::Lent(due)), (42, Deed::Returned), (43, Deed::Renewed(due)), (44, Deed::Lent(due))];
    assert_eq!((receipt.station, deeds.as_slice()), (STATION, wanted.as_slice()));
    let many = Slip { rows: (0..65).map(|n| row(n, None, RowAct::Returned)).collect(), ..slip(Lang::Ru) };
    let pages = pages(&many, head(&key));
    assert_eq!(pages.len(), 65_usize.div_ceil(MAX_LINES));
    for page in &pages {
        paper::code_on(&page.draw(&letters(), 384));
    }
}

#[test]
fn a_station_that_has_not_joined_prints_without_a_code() {
    let key = SecretKey::from_seed([3; 32]);
    let head = Letterhead { signer: None, ..head(&key) };
    assert!(!format!("{:?}", pages(&slip(Lang::En), head)).contains("Code("));
}

fn verify(station: &Station, digits: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(["verify-receipt", "--config", station.config.to_str().unwrap(), digits])
        .output()
        .unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(words).unwrap())
}

#[test]
fn the_station_prints_what_it_wrote_down_and_knows_its_own_receipt() {
    let station = Station::new("[printer]\npath = \"lp0\"\n");
    let far = Arc::new(Mutex::new(Printer::new(384)));
    paper::plug_in(&station.path("lp0"), &far);
    school::fill(&station.data(), system_wall_s()).unwrap();
    let region_key = SecretKey::from_seed([1; 32]).public();
    let membership = Membership { station: StationId(1), region_key, school: "№ 12 мектеп".into() };
    identity::join(&station.data(), &membership).unwrap();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    wait_for_state(&station, "ready");
    borrow(&mut kiosk, 1, 1..=2);
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 2, .. })).unwrap();
    let note = kiosk.frame().map(|frame| frame.view.receipt);
    assert_eq!(note, Some(ReceiptNote::Coming));
    let end = Instant::now() + Duration::from_secs(20);
    while far.lock().unwrap().sheets().is_empty() {
        assert!(Instant::now() < end, "a receipt");
        std::thread::yield_now();
    }
    let digits = paper::code_on(&far.lock().unwrap().sheets()[0]);
    // Without paper the visit goes its way, and it is said.
    far.lock().unwrap().paper = false;
    wait_for_state(&station, "no paper");
    borrow(&mut kiosk, 2, 3..=3);
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 1, .. })).unwrap();
    assert_eq!(kiosk.frame().map(|frame| frame.view.receipt), Some(ReceiptNote::Missing));
    kiosk.stop().unwrap();

    let (good, words) = verify(&station, &digits);
    assert!(good && words.contains("Genuine: station 1"), "{words}");
    assert!(words.contains(&school::label(1)) && words.contains(&school::label(2)), "{words}");
    assert!(!station.log().contains(&school::card(1)), "no card number in a log");
    let last = if digits.ends_with('0') { '1' } else { '0' };
    let changed = format!("{}{last}", &digits[..digits.len() - 1]);
    let (good, words) = verify(&station, &changed);
    assert!(!good && words.contains("receipt"), "{words}");
}

fn wait_for_state(station: &Station, wanted: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let status = station::status::Status::read(&station.data()).unwrap();
        if status.printer.as_deref() == Some(wanted) {
            return;
        }
        assert!(Instant::now() < end, "the printer is {:?}, not {wanted}", status.printer);
        std::thread::yield_now();
    }
}
