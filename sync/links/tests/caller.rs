//! When the caller calls, and with how much.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use exchange::Seq;
use links::{Call, Caller, Pace, Reached, Step, Taken, Waiting};
use proptest::prelude::*;

const PACE: Pace = Pace { batch_events: 50, every_ms: 300_000, floor_ms: 1_000, cap_ms: 60_000 };

const NOTHING_NEW: Taken = Taken::Good { stored_upto: Seq(0), changed: false, more: false };

fn call(caller: &Caller, now_ms: u64) -> Call {
    match caller.next(now_ms) {
        Step::Call(call) => call,
        Step::Wait { until_ms } => panic!("waits until {until_ms} at {now_ms}"),
    }
}

fn wait(caller: &Caller, now_ms: u64) -> u64 {
    match caller.next(now_ms) {
        Step::Wait { until_ms } => until_ms,
        Step::Call(call) => panic!("calls at {now_ms}: {call:?}"),
    }
}

fn stored(upto: u64) -> Taken {
    Taken::Good { stored_upto: Seq(upto), changed: false, more: false }
}

/// One that has called at 0, with nothing to say.
fn rested() -> Caller {
    let mut caller = Caller::new(PACE);
    let first = call(&caller, 0);
    caller.answered(0, 0, &first, NOTHING_NEW);
    caller
}

fn with_waiting(acked: u64, head: u64) -> Caller {
    let mut caller = rested();
    caller.waiting(Waiting { acked: Seq(acked), head: Seq(head) });
    caller
}

#[test]
fn it_calls_at_once_and_then_every_so_often() {
    let caller = rested();
    assert_eq!(wait(&caller, 1), 300_000);
    call(&caller, 300_000);
}

#[test]
fn a_full_batch_goes_at_once_and_less_waits() {
    assert_eq!(wait(&with_waiting(0, 49), 1), 300_000);
    assert_eq!(call(&with_waiting(7, 57), 1).from_seq, Seq(8));
}

#[test]
fn what_is_urgent_goes_at_once() {
    let mut caller = with_waiting(0, 1);
    caller.urgent();
    let urgent = call(&caller, 1);
    caller.answered(1, 0, &urgent, stored(1));
    assert_eq!(wait(&caller, 2), 300_001);
}

#[test]
fn what_is_urgent_stays_urgent_until_it_went() {
    let mut caller = with_waiting(0, 1);
    caller.urgent();
    let urgent = call(&caller, 1);
    caller.failed(1, 0, &urgent, Reached::Nothing);
    assert_eq!(wait(&caller, 1), 1_001);
    call(&caller, 1_001);
}

/// Nobody tells it anything, and it calls again, for ever.
#[test]
fn it_wakes_up_without_help() {
    let mut caller = Caller::new(PACE);
    let mut now_ms = 0;
    for tries in 0..1_000_u64 {
        let made = match caller.next(now_ms) {
            Step::Wait { until_ms } => {
                now_ms = until_ms;
                call(&caller, now_ms)
            }
            Step::Call(call) => call,
        };
        caller.failed(now_ms, tries.wrapping_mul(0x9e37_79b9_7f4a_7c15), &made, Reached::Nothing);
    }
    assert!(now_ms > 0);
}

#[test]
fn waits_double_up_to_the_cap() {
    let mut caller = Caller::new(PACE);
    let mut now_ms = 0;
    let mut waits = Vec::new();
    for _ in 0..9 {
        let made = call(&caller, now_ms);
        // A number that is one less than every power of two times 1,000 takes the longest wait there is.
        let span = |failures: u32| (1_000_u64 << failures).min(60_000) - 1_000;
        caller.failed(now_ms, span(waits.len() as u32 + 1), &made, Reached::Nothing);
        let until_ms = wait(&caller, now_ms);
        waits.push(until_ms - now_ms);
        now_ms = until_ms;
    }
    assert_eq!(waits, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
}

#[test]
fn a_link_that_comes_up_cuts_the_wait_but_not_below_the_floor() {
    let mut caller = Caller::new(PACE);
    let made = call(&caller, 0);
    for _ in 0..10 {
        caller.failed(0, 59_000, &made, Reached::Nothing);
    }
    assert_eq!(wait(&caller, 10), 60_000);
    caller.hurry(10);
    assert_eq!(wait(&caller, 10), 1_000);
    call(&caller, 1_000);

    let mut caller = rested();
    caller.hurry(10);
    call(&caller, 10);
}

#[test]
fn chunks_double_and_flow_until_all_is_said() {
    let mut caller = with_waiting(0, 10_000);
    let mut acked = 0;
    let mut sizes = Vec::new();
    while acked < 10_000 {
        let made = call(&caller, 1);
        assert_eq!(made.from_seq, Seq(acked + 1));
        sizes.push(made.max_events);
        acked = (acked + made.max_events as u64).min(10_000);
        caller.answered(1, 0, &made, stored(acked));
    }
    assert_eq!(sizes[..6], [64, 128, 256, 512, 1_024, 2_048]);
    wait(&caller, 1);
}

#[test]
fn sizes_halve_down_to_one_and_never_to_nothing() {
    let mut caller = with_waiting(0, 10_000);
    let mut made = call(&caller, 1);
    for _ in 0..40 {
        caller.failed(1, 0, &made, Reached::Region);
        made = call(&caller, 1_001);
    }
    assert_eq!((made.max_events, made.answer_limit), (1, 512));
}

#[test]
fn a_torn_answer_makes_answers_smaller_not_requests() {
    let mut caller = with_waiting(0, 10_000);
    let made = call(&caller, 1);
    caller.failed(1, 0, &made, Reached::Answer);
    let next = call(&caller, 1_001);
    assert_eq!((next.max_events, next.answer_limit), (64, 2_048));
}

#[test]
fn a_dead_network_says_nothing_of_sizes() {
    let mut caller = with_waiting(0, 10_000);
    let made = call(&caller, 1);
    caller.failed(1, 0, &made, Reached::Nothing);
    assert_eq!(call(&caller, 1_001), made);
}

#[test]
fn changes_flow_until_there_are_no_more() {
    let mut caller = rested();
    caller.hurry(1);
    let mut limits = Vec::new();
    for more in [true, true, true, true, true, true, true, false] {
        let made = call(&caller, 1);
        limits.push(made.answer_limit);
        caller.answered(1, 0, &made, Taken::Good { stored_upto: Seq(0), changed: true, more });
    }
    assert_eq!(limits, [4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 262_144]);
    wait(&caller, 1);
}

#[test]
fn a_region_that_always_has_more_but_gives_nothing_is_not_hammered() {
    let mut caller = rested();
    caller.hurry(1);
    let made = call(&caller, 1);
    caller.answered(1, 0, &made, Taken::Good { stored_upto: Seq(0), changed: false, more: true });
    assert_eq!(wait(&caller, 2), 300_001);
}

#[test]
fn a_region_that_stores_nothing_is_not_hammered() {
    let mut caller = with_waiting(0, 10_000);
    let mut now_ms = 1;
    for _ in 0..20 {
        let made = call(&caller, now_ms);
        caller.answered(now_ms, 59_000, &made, NOTHING_NEW);
        now_ms = wait(&caller, now_ms);
    }
    assert!(now_ms > 10 * 59_000);
}

#[test]
fn what_a_region_stored_in_part_goes_on_from_there() {
    let mut caller = with_waiting(0, 10_000);
    let made = call(&caller, 1);
    caller.answered(1, 0, &made, stored(10));
    assert_eq!(call(&caller, 1).from_seq, Seq(11));
}

#[test]
fn a_fork_waits_the_floor_and_a_revoked_station_the_cap() {
    let mut caller = with_waiting(0, 10_000);
    let made = call(&caller, 1);
    caller.answered(1, 0, &made, Taken::Forked);
    assert_eq!(wait(&caller, 1), 1_001);
    let made = call(&caller, 1_001);
    caller.answered(1_001, 0, &made, Taken::Revoked);
    assert_eq!(wait(&caller, 1_002), 61_001);
}

#[derive(Debug, Clone)]
enum Told {
    Waiting(u64, u64),
    Urgent,
    Hurry,
    Time(u64),
    Result(Outcome),
}

#[derive(Debug, Clone)]
enum Outcome {
    Answered(Taken),
    Failed(Reached),
}

fn told() -> impl Strategy<Value = Told> {
    let taken = prop_oneof![
        (any::<u64>(), any::<bool>(), any::<bool>()).prop_map(|(seq, changed, more)| Taken::Good {
            stored_upto: Seq(seq),
            changed,
            more
        }),
        Just(Taken::Forked),
        Just(Taken::Revoked),
    ];
    let reached = prop_oneof![Just(Reached::Nothing), Just(Reached::Region), Just(Reached::Answer)];
    prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(acked, head)| Told::Waiting(acked, head)),
        (0..100_u64, 0..3_000_u64).prop_map(|(acked, head)| Told::Waiting(acked, head)),
        Just(Told::Urgent),
        Just(Told::Hurry),
        (0..400_000_u64).prop_map(Told::Time),
        taken.prop_map(|taken| Told::Result(Outcome::Answered(taken))),
        reached.prop_map(|reached| Told::Result(Outcome::Failed(reached))),
    ]
}

proptest! {
    /// Whatever it is told, it names a moment that is not too far off, keeps its distance after failures, and stays
    /// within its sizes.
    #[test]
    fn it_never_waits_too_long_and_never_calls_too_soon(
        all in proptest::collection::vec((told(), any::<u64>()), 1..200)
    ) {
        let mut caller = Caller::new(PACE);
        let mut now_ms = 0;
        let mut failed_ms = None;
        for (told, random) in all {
            let step = caller.next(now_ms);
            match (told, step) {
                (Told::Waiting(acked, head), _) => {
                    caller.waiting(Waiting { acked: Seq(acked), head: Seq(head) });
                }
                (Told::Urgent, _) => caller.urgent(),
                (Told::Hurry, _) => caller.hurry(now_ms),
                (Told::Time(passed_ms), _) => now_ms += passed_ms,
                (Told::Result(Outcome::Answered(taken)), Step::Call(call)) => {
                    failed_ms = None;
                    caller.answered(now_ms, random, &call, taken);
                }
                (Told::Result(Outcome::Failed(reached)), Step::Call(call)) => {
                    failed_ms = Some(now_ms);
                    caller.failed(now_ms, random, &call, reached);
                }
                (Told::Result(_), Step::Wait { .. }) => {}
            }
            match caller.next(now_ms) {
                Step::Wait { until_ms } => {
                    prop_assert!(until_ms > now_ms);
                    prop_assert!(until_ms - now_ms <= PACE.every_ms.max(PACE.cap_ms));
                    prop_assert!(matches!(caller.next(until_ms), Step::Call(_)));
                }
                Step::Call(call) => {
                    prop_assert!(failed_ms.is_none_or(|failed_ms| now_ms >= failed_ms + PACE.floor_ms));
                    prop_assert!((1..=2_048).contains(&call.max_events));
                    prop_assert!((512..=262_144).contains(&call.answer_limit));
                }
            }
        }
    }
}
