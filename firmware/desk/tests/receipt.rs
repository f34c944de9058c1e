//! A receipt is printed when a visit is finished, and says what was done in it and of whom no more than the first name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Input, Printer, ReceiptNote, RowAct, Slip, Touch};
use exchange::{Lang, Seq};

const END_MS: u64 = 120_000;

fn printed(heard: Vec<Heard>) -> Vec<Slip> {
    let slips = heard.into_iter().filter_map(|heard| match heard {
        Heard::Printed(slip) => Some(slip),
        Heard::Recorded(..)
        | Heard::Lost(_)
        | Heard::Noted(_)
        | Heard::Said(_)
        | Heard::Called
        | Heard::StickAsked => None,
    });
    slips.collect()
}

fn shop(printer: Printer) -> Shop {
    let mut shop = Shop::open(World::school());
    shop.send(Input::Printer(printer));
    shop
}

#[test]
fn it_tells_what_was_done_and_stands() {
    let mut shop = shop(Printer::Ready);
    shop.card(DAMIR);
    shop.book(1);
    shop.book(2);
    shop.touch(Touch::Undo(0));
    shop.book(3);
    let slips = printed(shop.touch(Touch::Finish));
    let [slip] = slips.as_slice() else { panic!("one receipt") };
    assert_eq!((slip.lang, slip.given.as_deref()), (Lang::Ru, Some("Damirkhan")));
    let due = today().plus(15);
    let rows: Vec<_> = slip
        .rows
        .iter()
        .map(|row| (row.item.clone(), row.title.as_deref(), row.act, row.seqs.as_slice()))
        .collect();
    assert_eq!(
        rows,
        [
            (item_id(1), Some("Title 1"), RowAct::Lent { due }, [Seq(1)].as_slice()),
            (item_id(3), Some("Title 3"), RowAct::Lent { due }, [Seq(4)].as_slice()),
        ]
    );
    assert_eq!(shop.view().receipt, ReceiptNote::Coming);
    shop.pass_ms(8_000);
    assert_eq!(shop.view().receipt, ReceiptNote::Quiet);
}

#[test]
fn whoever_returns_books_has_no_name_on_it() {
    let mut shop = shop(Printer::Ready);
    shop.touch(Touch::ReturnBooks);
    shop.book(1);
    let slips = printed(shop.touch(Touch::Finish));
    assert_eq!(
        slips.iter().map(|slip| (slip.given.clone(), slip.rows.len())).collect::<Vec<_>>(),
        [(None, 1)]
    );
}

#[test]
fn nobody_gets_one_who_did_nothing_or_went_away() {
    let mut shop = shop(Printer::Ready);
    shop.card(AIGERIM);
    assert_eq!(printed(shop.touch(Touch::Finish)), []);
    shop.card(AIGERIM);
    shop.book(1);
    shop.touch(Touch::Undo(0));
    assert_eq!(printed(shop.touch(Touch::Finish)), []);
    shop.card(AIGERIM);
    shop.book(1);
    shop.pass_ms(END_MS);
    assert_eq!(shop.view().receipt, ReceiptNote::Quiet, "paper with a name on it would lie there for anyone");
    assert_eq!(printed(shop.touch(Touch::Finish)), []);
}

#[test]
fn without_paper_it_is_said_and_without_a_printer_nothing_is() {
    for (printer, note) in [(Printer::Out, ReceiptNote::Missing), (Printer::None, ReceiptNote::Quiet)] {
        let mut shop = shop(printer);
        shop.card(AIGERIM);
        shop.book(1);
        assert_eq!(printed(shop.touch(Touch::Finish)), []);
        assert_eq!(shop.view().receipt, note);
    }
}
