//! Whatever happens, in whatever order: random operations on the desk and its world, with what must hold after each.
//! A new way to use the desk joins [`op::Op`]. proptest prints the operations, shortened, and the seed of a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod check;
#[path = "../common/mod.rs"]
mod common;
mod op;
mod play;

use op::op;
use play::Play;
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #[test]
    fn whatever_happens_the_desk_holds(ops in prop::collection::vec(op(), 1..120)) {
        let mut play = Play::new();
        for op in ops {
            play.run(op);
        }
    }
}

/// The operations find their way to every screen and to every kind of record, so that what is checked is checked there.
#[test]
fn the_operations_reach_everything() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let many = prop::collection::vec(op(), 120);
    let mut reached = BTreeSet::new();
    for _ in 0..60 {
        let mut play = Play::new();
        for op in many.new_tree(&mut runner).unwrap().current() {
            play.run(op);
        }
        reached.extend(play.reached);
        reached.extend(play.shop.world.events.iter().map(|(_, act)| format!("act {}", act.kind())));
    }
    let wanted = [
        "Idle",
        "Identify",
        "Classes",
        "Names",
        "Pin",
        "Visit",
        "Returns",
        "MyBooks",
        "Refused",
        "Finished",
        "TimedOut",
        "OutOfOrder",
        "Enrol",
        "StaffPin",
        "Staff",
        "Stick",
        "Asked",
        "Working",
        "Done {",
        "Failed(Full)",
        "Failed(PulledOut)",
        "SameAgain",
        "AlreadyYours",
        "WasNotOnLoan",
        "Resumed",
        "AllRenewed",
        "CardAgain",
        "the warning",
        "act 2",
        "act 3",
        "act 4",
        "act 7",
    ];
    let missed: Vec<_> = wanted.into_iter().filter(|name| !reached.contains(*name)).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
}
