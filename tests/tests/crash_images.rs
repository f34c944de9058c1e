//! Power cuts at every write and flush of a station's memory: see `tests::crash`. Every state that a cut may have left is
//! opened by the journal itself. `cargo run --release -p tests --bin crash-images` tries more of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints what it tried"
)]

use std::time::Instant;
use tests::crash::{End, Story, enumerate, every_step, play};
use tests::vfs::Fault;

/// So many states at each moment; where there are fewer, all.
const LIMIT: usize = 16;

fn every_image_comes_up(story: Story, visits: u32) {
    let begun = Instant::now();
    let dir = tempfile::tempdir_in(folder()).unwrap();
    let history = play(story, visits, 5, &dir.path().join("station")).unwrap();
    let count = enumerate(&history, LIMIT, 6, &dir.path().join("image"));
    let count = count.unwrap_or_else(|wrong| panic!("{story:?}: {wrong}"));
    println!("{story:?}: {count:?} in {:.1} s", begun.elapsed().as_secs_f64());
    assert!(count.images > 200 && count.with_the_act_under_way > 10, "too little was tried: {count:?}");
}

/// In memory where there is such a folder: what is durable is not the real disk's matter here.
fn folder() -> std::path::PathBuf {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

#[test]
fn days_of_a_station() {
    every_image_comes_up(Story::Days, 16);
}

#[test]
fn a_damaged_journal_is_repaired() {
    every_image_comes_up(Story::DamagedJournal, 10);
}

#[test]
fn a_damaged_state_is_made_anew() {
    every_image_comes_up(Story::DamagedState, 10);
}

fn every_step_may_fail_once(end: End) {
    let dir = tempfile::tempdir_in(folder()).unwrap();
    for fault in [Fault::Full, Fault::Broken, Fault::PowerCut] {
        let count = every_step(fault, end, 8, 3, dir.path()).unwrap_or_else(|wrong| panic!("{wrong:#}"));
        println!("{fault:?}, then {end:?}: {count:?}");
        assert!(count.told_no > 5, "too little was tried: {count:?}");
    }
}

#[test]
fn a_fault_and_a_stop() {
    every_step_may_fail_once(End::Stopped);
}

#[test]
fn a_fault_and_a_kill() {
    every_step_may_fail_once(End::Killed);
}
