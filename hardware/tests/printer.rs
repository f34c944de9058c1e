//! The receipt printer: what comes out of an emulated one on a real line, and what the paper looks like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod paper;
mod picture;

use hardware::printer::{
    Block, Dots, Letters, Page, PrinterConfig, PrinterEvent, Trouble, Weight, look, start,
};
use hardware::sim::printer::Printer;
use paper::{code_on, plug_in};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn letters() -> Letters {
    Letters::new(
        include_bytes!("../../kiosk-ui/fonts/NotoSans-Regular.ttf"),
        include_bytes!("../../kiosk-ui/fonts/NotoSans-Bold.ttf"),
    )
    .unwrap()
}

fn page() -> Page {
    Page(vec![
        Block::Text { text: "Оқырман".into(), height: 40, weight: Weight::Bold, centred: true },
        Block::Rule,
        Block::Pair {
            left: "Абай жолы. Бірінші кітап. Әуезов Мұхтар Омарханұлы".into(),
            right: "5 желтоқсан".into(),
            height: 26,
        },
        Block::Pair {
            left: "Ә Ғ Қ Ң Ө Ұ Ү Һ І".into(), right: "ә ғ қ ң ө ұ ү һ і".into(), height: 26
        },
        Block::Text { text: "X".repeat(60), height: 22, weight: Weight::Regular, centred: false },
        Block::Code("1234567890".repeat(30)),
        Block::Space(8),
    ])
}

fn config(path: &Path) -> PrinterConfig {
    PrinterConfig { path: path.into(), dots: Dots::narrow(), cut: false, baud: 19_200 }
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        thread::yield_now();
    }
}

fn next(events: &Receiver<PrinterEvent>) -> PrinterEvent {
    events.recv_timeout(SOON).expect("an event in time")
}

#[test]
fn what_was_drawn_is_what_lies_on_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let far = Arc::new(Mutex::new(Printer::new(384)));
    plug_in(&path, &far);
    let (sender, events) = sync_channel(8);
    let near = start(&config(&path), letters(), sender).unwrap();
    assert_eq!(next(&events), PrinterEvent::Ready);
    assert!(near.print(page()));
    wait_for("the sheet", || !far.lock().unwrap().sheets().is_empty());
    let far = far.lock().unwrap();
    assert_eq!(far.sheets(), [page().draw(&letters(), 384)]);
    assert_eq!(far.strange(), 0, "nothing is sent as text");
}

#[test]
fn trouble_is_told_and_its_end_too_and_what_could_not_be_printed_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let far = Arc::new(Mutex::new(Printer::new(384)));
    far.lock().unwrap().paper = false;
    plug_in(&path, &far);
    let (sender, events) = sync_channel(8);
    let near = start(&config(&path), letters(), sender).unwrap();
    assert_eq!(next(&events), PrinterEvent::Trouble(Trouble::NoPaper));
    assert!(look(&config(&path)).unwrap_err().contains("there is no paper"));
    assert!(near.print(page()));
    far.lock().unwrap().cover_open = true;
    assert_eq!(next(&events), PrinterEvent::Trouble(Trouble::CoverOpen));
    {
        let mut far = far.lock().unwrap();
        (far.cover_open, far.paper) = (false, true);
    }
    assert_eq!(next(&events), PrinterEvent::Ready);
    assert!(far.lock().unwrap().sheets().is_empty());
    assert!(near.print(page()));
    wait_for("the sheet", || far.lock().unwrap().sheets().len() == 1);
    assert_eq!(look(&config(&path)), Ok(()));
}

#[test]
fn a_printer_that_is_not_there_holds_nobody_up_and_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let (sender, events) = sync_channel(8);
    let near = start(&config(&path), letters(), sender).unwrap();
    assert_eq!(next(&events), PrinterEvent::Trouble(Trouble::Gone));
    assert!(look(&config(&path)).is_err());
    let began = Instant::now();
    while near.print(page()) && began.elapsed() < SOON {}
    assert!(began.elapsed() < SOON, "too many pages are dropped");
    let far = Arc::new(Mutex::new(Printer::new(384)));
    far.lock().unwrap().answers = false;
    plug_in(&path, &far);
    assert_eq!(next(&events), PrinterEvent::Ready, "one that cannot answer is believed");
}

#[test]
fn a_code_is_read_again_from_the_dots() {
    for (digits, dots) in [(30, 256), (330, 384), (1_900, 576)] {
        let text = "7".repeat(digits);
        let sheet = Page(vec![Block::Space(10), Block::Code(text.clone())]).draw(&letters(), dots);
        assert_eq!(code_on(&sheet), text, "{digits} digits on {dots} dots");
    }
    let too_long = Page(vec![Block::Code("7".repeat(8_000))]).draw(&letters(), 384);
    assert_eq!(too_long.height(), 0);
}

#[test]
fn letters_do_not_leave_the_paper_and_each_has_a_picture() {
    let drawn = |text: &str| {
        Page(vec![Block::Text { text: text.into(), height: 30, weight: Weight::Regular, centred: false }])
            .draw(&letters(), 384)
    };
    let unknown = drawn("\u{f0000}");
    for letter in "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁёЪъЭэ№«»—".chars() {
        let picture = drawn(&letter.to_string());
        assert_ne!(picture, unknown, "{letter}");
        assert_ne!(picture, drawn(" "), "{letter}");
    }
    assert_eq!(drawn("").height(), 30);
    assert!(drawn(&"Щ".repeat(100)).height() >= 150, "long words are broken");
}

#[test]
fn the_page_looks_as_it_did() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/page.png");
    picture::compare(&page().draw(&letters(), 384), path);
}
