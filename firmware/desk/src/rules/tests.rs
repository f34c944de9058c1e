//! One table per question: who may borrow, who may prolong, how much more.

use super::*;
use exchange::{Block, BlockKind, HoldId, Item, Lang, Title, TitleId};

const ME: PatronId = PatronId(1);
const OTHER: PatronId = PatronId(2);
/// Monday 2 February 2026.
const TODAY: Day = Day(20_486);

fn ground() -> Ground {
    Ground {
        rules: Rules {
            version: 1,
            pupil: Allowance { max_loans: 5, loan_days: 14, max_renewals: 2, renewal_days: 14 },
            teacher: Allowance { max_loans: 20, loan_days: 28, max_renewals: 3, renewal_days: 28 },
            overdue_blocks_from: 2,
            unknown_item: UnknownItem::Refuse,
            // Not by rising age: the strictest step that was reached counts, wherever it stands.
            stale: vec![
                StaleStep { after_h: 240, max_loans: 0, renewals: false },
                StaleStep { after_h: 24, max_loans: 3, renewals: true },
            ],
        },
        calendar: Calendar {
            version: 1,
            zone: "Asia/Almaty".into(),
            weekend: 0b110_0000,
            closed: Vec::new(),
            year_end: TODAY.plus(112),
        },
        today: TODAY,
        age_s: 0,
    }
}

fn aged(hours: u64) -> Ground {
    Ground { age_s: hours * 3_600, ..ground() }
}

fn me() -> Borrower {
    Borrower {
        patron: Patron {
            id: ME,
            cards: Vec::new(),
            given: String::new(),
            family: String::new(),
            class: None,
            kind: PatronKind::Pupil,
            lang: Lang::Kk,
            blocks: Vec::new(),
            until: None,
            pin: None,
        },
        counted: 0,
        overdue: 0,
    }
}

fn with(counted: u16, overdue: u16) -> Borrower {
    Borrower { counted, overdue, ..me() }
}

fn until(until: Day) -> Borrower {
    Borrower { patron: Patron { until: Some(until), ..me().patron }, ..me() }
}

fn blocked() -> Borrower {
    let blocks = vec![Block { kind: BlockKind::ByLibrarian, since: TODAY.plus(400) }];
    Borrower { patron: Patron { blocks, ..me().patron }, ..me() }
}

fn teacher(counted: u16) -> Borrower {
    Borrower { patron: Patron { kind: PatronKind::Teacher, ..me().patron }, counted, overdue: 0 }
}

fn copy() -> ItemId {
    ItemId::new("B1").unwrap()
}

fn book(status: ItemStatus, kind: TitleKind) -> StockedItem {
    let title = Title {
        id: TitleId(1),
        name: String::new(),
        author: String::new(),
        isbn: String::new(),
        year: 0,
        kind,
    };
    let item = Item { id: copy(), title: title.id, status, former: Vec::new() };
    StockedItem { item, title: Some(title) }
}

fn lendable() -> StockedItem {
    book(ItemStatus::Lendable, TitleKind::Book)
}

fn hold(patron: PatronId, item: Option<&str>, state: HoldState) -> Hold {
    let item = item.map(|number| ItemId::new(number).unwrap());
    Hold { id: HoldId(1), patron, title: TitleId(1), item, state }
}

#[test]
fn who_may_borrow() {
    use RefusalKind::{
        Blocked, Expired, LimitByAge, LimitReached, NotForLoan, Overdue, ReferenceOnly, UnknownItem,
    };
    let textbook = || Some(book(ItemStatus::Lendable, TitleKind::Textbook));
    let of = |status| Some(book(status, TitleKind::Book));
    let cases = [
        ("a book", ground(), me(), Some(lendable()), Ok(14)),
        ("a block, from whatever day", ground(), blocked(), Some(lendable()), Err(Blocked)),
        ("the card's last day", ground(), until(TODAY), Some(lendable()), Ok(14)),
        ("the day after", ground(), until(TODAY.plus(-1)), Some(lendable()), Err(Expired)),
        ("one overdue", ground(), with(1, 1), Some(lendable()), Ok(14)),
        ("two overdue", ground(), with(2, 2), Some(lendable()), Err(Overdue)),
        ("two overdue, a textbook", ground(), with(2, 2), textbook(), Err(Overdue)),
        ("one below the limit", ground(), with(4, 0), Some(lendable()), Ok(14)),
        ("at the limit", ground(), with(5, 0), Some(lendable()), Err(LimitReached)),
        ("at the limit, a textbook", ground(), with(5, 0), textbook(), Ok(112)),
        ("a teacher", ground(), teacher(5), Some(lendable()), Ok(28)),
        ("data an hour short of old", aged(23), with(4, 0), Some(lendable()), Ok(14)),
        ("old data", aged(24), with(3, 0), Some(lendable()), Err(LimitByAge)),
        ("old data, at the plain limit", aged(24), with(5, 0), Some(lendable()), Err(LimitReached)),
        ("very old data", aged(240), me(), Some(lendable()), Err(LimitByAge)),
        ("very old data, a textbook", aged(9_999), me(), textbook(), Ok(112)),
        ("reference", ground(), me(), of(ItemStatus::Reference), Err(ReferenceOnly)),
        ("withdrawn", ground(), me(), of(ItemStatus::NotForLoan), Err(NotForLoan)),
        ("lost and found", ground(), me(), of(ItemStatus::Lost), Err(NotForLoan)),
        ("unknown", ground(), me(), None, Err(UnknownItem)),
        ("the book's own reason before the limit", ground(), with(5, 0), None, Err(UnknownItem)),
    ];
    for (what, ground, borrower, item, expected) in cases {
        let got = ground.borrow(&borrower, item.as_ref(), &[]);
        let got = got.map(|due| due.0 - TODAY.0).map_err(|refusal| refusal.kind);
        assert_eq!(got, expected, "{what}");
    }
}

#[test]
fn a_rule_of_zero_overdue_loans_is_no_rule() {
    let mut ground = ground();
    ground.rules.overdue_blocks_from = 0;
    assert!(ground.borrow(&with(4, 4), Some(&lendable()), &[]).is_ok());
}

#[test]
fn unknown_items_go_where_the_rules_let_them() {
    let mut ground = ground();
    ground.rules.unknown_item = UnknownItem::Lend;
    assert!(ground.borrow(&me(), None, &[]).is_ok());
    assert_eq!(ground.borrow(&with(5, 0), None, &[]).unwrap_err().kind, RefusalKind::LimitReached);
}

#[test]
fn refusals_carry_their_figures() {
    let block = ground().borrow(&blocked(), Some(&lendable()), &[]).unwrap_err();
    assert_eq!(block.block, Some(BlockKind::ByLibrarian));
    let limit = ground().borrow(&with(7, 0), Some(&lendable()), &[]).unwrap_err();
    assert_eq!((limit.limit, limit.age_days), (5, 0));
    let age = aged(50).borrow(&with(3, 0), Some(&lendable()), &[]).unwrap_err();
    assert_eq!((age.limit, age.age_days), (3, 2));
}

#[test]
fn holds_keep_a_copy_for_whom_it_is() {
    use HoldState::{Ready, Waiting};
    let cases = [
        ("nobody", vec![], true, true),
        ("another waits for any copy", vec![hold(OTHER, None, Waiting)], true, false),
        ("I wait for any copy", vec![hold(ME, None, Waiting)], true, true),
        ("it stands ready for another", vec![hold(OTHER, Some("B1"), Ready)], false, false),
        ("it stands ready for me", vec![hold(ME, Some("B1"), Ready)], true, true),
        ("another copy stands ready for another", vec![hold(OTHER, Some("B2"), Ready)], true, true),
        ("another reserved this copy", vec![hold(OTHER, Some("B1"), Waiting)], false, false),
        (
            "I am first in line for this copy",
            vec![hold(ME, Some("B1"), Waiting), hold(OTHER, Some("B1"), Waiting)],
            true,
            false,
        ),
        (
            "I am first in line, but it stands ready for another",
            vec![hold(ME, Some("B1"), Waiting), hold(OTHER, Some("B1"), Ready)],
            false,
            false,
        ),
    ];
    for (what, holds, lent, renewed) in cases {
        assert_eq!(ground().borrow(&me(), Some(&lendable()), &holds).is_ok(), lent, "{what}: lent");
        let got = ground().renew(&me().patron, &loan(0, 3), Some(&lendable()), &holds);
        assert_eq!(got.is_ok(), renewed, "{what}: prolonged");
    }
}

fn loan(renewals: u8, due_in: i32) -> Loan {
    Loan { item: copy(), patron: ME, since: TODAY.plus(-9), due: TODAY.plus(due_in), renewals }
}

#[test]
fn who_may_prolong() {
    use RefusalKind::{Blocked, Expired, RenewalByAge, RenewalsUsed};
    let no = |kind| Err(Some(kind));
    let (book, textbook) = (TitleKind::Book, TitleKind::Textbook);
    let cases = [
        ("a book due soon", ground(), me(), loan(0, 3), book, Ok(14)),
        ("a book that is overdue", ground(), me(), loan(0, -30), book, Ok(14)),
        ("lent today", ground(), me(), loan(0, 14), book, Err(None)),
        ("one renewal left", ground(), me(), loan(1, 3), book, Ok(14)),
        ("none left", ground(), me(), loan(2, 3), book, no(RenewalsUsed)),
        ("a teacher has more", ground(), teacher(0), loan(2, 3), book, Ok(28)),
        ("old data still renews", aged(24), me(), loan(0, 3), book, Ok(14)),
        ("very old data does not", aged(240), me(), loan(0, 3), book, no(RenewalByAge)),
        ("a block", ground(), blocked(), loan(0, 3), book, no(Blocked)),
        ("an expired card", ground(), until(TODAY.plus(-1)), loan(0, 3), book, no(Expired)),
        ("a textbook is due at the year's end anyway", ground(), me(), loan(0, 112), textbook, Err(None)),
    ];
    for (what, ground, borrower, loan, kind, expected) in cases {
        let item = super::tests::book(ItemStatus::Lendable, kind);
        let got = ground.renew(&borrower.patron, &loan, Some(&item), &[]);
        let got = got.map(|due| due.0 - TODAY.0).map_err(|not| match not {
            NotRenewed::NotYet => None,
            NotRenewed::Refused(refusal) => Some(refusal.kind),
        });
        assert_eq!(got, expected, "{what}");
    }
}

#[test]
fn room_is_what_would_be_lent() {
    let cases = [
        ("empty hands", ground(), me(), 5),
        ("some", ground(), with(3, 0), 2),
        ("more than allowed", ground(), with(9, 0), 0),
        ("old data", aged(24), with(1, 0), 2),
        ("a block", ground(), blocked(), 0),
        ("overdue", ground(), with(2, 2), 0),
    ];
    for (what, ground, borrower, expected) in cases {
        assert_eq!(ground.room(&borrower), expected, "{what}");
    }
}
