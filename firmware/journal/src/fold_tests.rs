use super::*;
use exchange::{Basis, ClockTrust, Stamp};

const EPOCH: Epoch = Epoch(1);
const TODAY: Day = Day(20_000);

fn item(n: u8) -> ItemId {
    ItemId::new(format!("B{n}")).unwrap()
}

fn out(patron: u64, n: u8, due: i32) -> Act {
    Act::CheckedOut { patron: PatronId(patron), item: item(n), due: Day(due) }
}

fn back(n: u8) -> Act {
    Act::Returned { item: item(n) }
}

fn renewed(patron: u64, n: u8, due: i32) -> Act {
    Act::Renewed { patron: PatronId(patron), item: item(n), due: Day(due) }
}

fn undone(seq: u64) -> Act {
    Act::Undone { seq: Seq(seq) }
}

fn region(n: u8, patron: u64, due: i32) -> Loan {
    Loan { item: item(n), patron: PatronId(patron), since: Day(1), due: Day(due), renewals: 1 }
}

fn ground(loans: Vec<Loan>) -> Ground {
    Ground { loans, ..Ground::default() }
}

fn fold(ground: Ground, acts: &[Act]) -> Loans {
    let mut loans = Loans::new(ground);
    for (act, seq) in acts.iter().zip(1..) {
        let at = Stamp { wall_s: 0, boot: 1, mono_s: 0, trust: ClockTrust::Rtc };
        let event = Event { seq: Seq(seq), at, basis: Basis::default(), act: act.clone() };
        loans.take(EPOCH, &event, TODAY);
        loans.take(EPOCH, &event, TODAY);
    }
    loans
}

fn who(loans: &Loans, n: u8) -> Option<(u64, i32, u8)> {
    loans.of_item(&item(n)).map(|loan| (loan.patron.0, loan.due.0, loan.renewals))
}

#[test]
fn lend_renew_return() {
    let loans = fold(ground(vec![]), &[out(1, 1, 10), renewed(1, 1, 20), out(1, 2, 5)]);
    assert_eq!(who(&loans, 1), Some((1, 20, 1)));
    assert_eq!(loans.of_item(&item(1)).map(|loan| loan.since), Some(TODAY));
    let dues: Vec<i32> = loans.of_patron(PatronId(1)).iter().map(|loan| loan.due.0).collect();
    assert_eq!(dues, [5, 20]);
    let loans = fold(ground(vec![]), &[out(1, 1, 10), back(1)]);
    assert_eq!((who(&loans, 1), loans.of_patron(PatronId(1))), (None, vec![]));
}

#[test]
fn a_loan_replaces_anothers() {
    let loans = fold(ground(vec![region(1, 5, 9)]), &[out(1, 1, 10)]);
    assert_eq!(who(&loans, 1), Some((1, 10, 0)));
    assert_eq!(loans.of_patron(PatronId(5)), []);
}

#[test]
fn what_means_nothing_changes_nothing() {
    let acts = [back(2), renewed(9, 1, 50), renewed(5, 1, 8), undone(77), renewed(5, 3, 50)];
    let loans = fold(ground(vec![region(1, 5, 9)]), &acts);
    assert_eq!(loans.all().cloned().collect::<Vec<_>>(), [region(1, 5, 9)]);
}

#[test]
fn an_undone_act_counts_as_though_it_had_never_been() {
    let start = || ground(vec![region(1, 5, 9)]);
    assert_eq!(who(&fold(start(), &[back(1), undone(1)]), 1), Some((5, 9, 1)));
    assert_eq!(who(&fold(start(), &[renewed(5, 1, 20), undone(1)]), 1), Some((5, 9, 1)));
    assert_eq!(who(&fold(start(), &[out(1, 1, 20), undone(1)]), 1), Some((5, 9, 1)));
    assert_eq!(who(&fold(start(), &[out(1, 2, 20), undone(1), undone(1)]), 2), None);
    // The return was a slip, but the loan after it happened.
    assert_eq!(who(&fold(start(), &[back(1), out(1, 1, 20), undone(1)]), 1), Some((1, 20, 0)));
    assert_eq!(who(&fold(start(), &[back(1), out(1, 1, 20), undone(2)]), 1), None);
}

/// The answer came between an act and its undo: the region's loans hold the act already.
#[test]
fn an_act_the_region_has_folded_can_still_be_undone() {
    for (before, act, after) in [
        (vec![], out(1, 1, 20), vec![Loan { since: Day(3), renewals: 0, ..region(1, 1, 20) }]),
        (vec![region(1, 5, 9)], back(1), vec![]),
        (vec![region(1, 5, 9)], renewed(5, 1, 20), vec![Loan { renewals: 2, ..region(1, 5, 20) }]),
    ] {
        let first = fold(ground(before.clone()), std::slice::from_ref(&act));
        let folded = (EPOCH, Seq(1));
        let traces = first.traces(folded, 8);
        let later = Ground { loans: after.clone(), folded, traces, ..Ground::default() };
        let loans = fold(later.clone(), &[act.clone(), undone(1)]);
        assert_eq!(loans.all().cloned().collect::<Vec<_>>(), before, "{act:?}");
        assert_eq!(loans.before((EPOCH, Seq(1))), Some(before.first().cloned()));
        // Someone else has it by now: their loan stays.
        let other = Ground { loans: vec![region(1, 8, 99)], ..later };
        assert_eq!(who(&fold(other, &[act, undone(1)]), 1), Some((8, 99, 1)));
    }
}

#[test]
fn folded_events_are_not_taken_again() {
    let start = Ground { loans: vec![region(1, 5, 9)], folded: (EPOCH, Seq(1)), ..Ground::default() };
    assert_eq!(who(&fold(start, &[back(1), out(2, 2, 5)]), 1), Some((5, 9, 1)));
}

/// The region's loans may be newer than the place they are said to be folded to.
#[test]
fn events_on_top_of_their_own_outcome_change_nothing() {
    let acts = [out(1, 1, 10), renewed(1, 1, 20), renewed(1, 1, 30), out(2, 2, 5), back(2)];
    let once = fold(ground(vec![]), &acts);
    let twice = fold(ground(once.all().cloned().collect()), &acts);
    assert_eq!(twice.all().collect::<Vec<_>>(), once.all().collect::<Vec<_>>());
    let renewals = fold(ground(once.all().cloned().collect()), &acts[1..3]);
    assert_eq!(who(&renewals, 1), Some((1, 30, 2)));
}

#[test]
fn a_renumbered_item_is_one_item() {
    let present = HashMap::from([(item(1), item(9))]);
    let start = Ground { loans: vec![region(1, 5, 9)], present, ..Ground::default() };
    let loans = fold(start.clone(), &[]);
    assert_eq!((who(&loans, 1), who(&loans, 9)), (Some((5, 9, 1)), Some((5, 9, 1))));
    assert_eq!(loans.all().len(), 1);
    assert_eq!(who(&fold(start.clone(), &[back(9)]), 1), None);
    assert_eq!(who(&fold(start, &[back(1)]), 9), None);
}

#[test]
fn counted_stock() {
    let issued = |count| Act::CountedIssued { patron: PatronId(1), title: TitleId(3), count, due: Day(30) };
    let returned = |count| Act::CountedReturned { patron: PatronId(1), title: TitleId(3), count };
    let start = Ground { folded: (EPOCH, Seq(9)), ..Ground::default() };
    let loans = fold(start.clone(), &[issued(3), returned(1), issued(5), undone(3)]);
    let have = CountedLoan { patron: PatronId(1), title: TitleId(3), count: 2, due: Day(30) };
    assert_eq!(loans.counted_of_patron(PatronId(1)), [have]);
    assert_eq!(fold(start, &[issued(1), returned(4)]).all_counted().count(), 0);
}
