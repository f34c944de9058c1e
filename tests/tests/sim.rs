//! The simulated world: the kept seeds, and new ones for a while. `SEED=n` plays that one alone; `SIM_SECONDS` says for how
//! long new ones are played.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells what it played"
)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tests::sim::{Account, Sabotage, Scale, ground, plan, play, shrink};

/// Seeds that have shown something once.
const KEPT: &str = include_str!("../seeds.txt");

fn seconds() -> u64 {
    std::env::var("SIM_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

fn play_seed(seed: u64) -> Account {
    let scale = Scale::of(seed);
    let steps = plan(seed, &scale);
    let dir = ground().join(format!("oqyrman-sim-{}-{seed}", std::process::id()));
    match play(&steps, &scale, &dir, false) {
        Ok(account) => account,
        Err(failure) => {
            let (short, failure) = shrink(&steps, &scale, &failure, &dir, 200);
            panic!("{}", failure.words(seed, short.len(), steps.len()));
        }
    }
}

#[test]
fn kept_seeds_and_new_ones() {
    if let Ok(seed) = std::env::var("SEED") {
        let seed = seed.parse().unwrap();
        let account = play_seed(seed);
        account.all().for_each(|(what, count)| println!("{count:>10}  {what}"));
        return;
    }
    let begun = Instant::now();
    let (mut all, mut years) = (Account::default(), 0);
    let mut one = |seed: u64| {
        all.take_in(&play_seed(seed));
        years += 1 + seed % 3;
    };
    let kept = KEPT.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok());
    kept.for_each(&mut one);
    // New seeds each time; a failing one is printed with the command that plays it again.
    let first = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() * 1_000;
    println!("new seeds from {first}, for {} s in all", seconds());
    let mut seed = first;
    while begun.elapsed() < Duration::from_secs(seconds()) {
        one(seed);
        seed += 1;
    }
    println!("{years} station-years, {} new seeds", seed - first);
    all.all().for_each(|(what, count)| println!("{count:>10}  {what}"));
}

/// Each guard is taken away once; the world must see it, in some of the first seeds.
#[test]
fn the_judge_sees_what_is_broken() {
    for sabotage in Sabotage::ALL {
        let mut years = 0;
        let seen = (1..60).find_map(|seed| {
            let scale = Scale { sabotage: Some(sabotage), days: 120, ..Scale::of(seed) };
            years += scale.stations;
            let dir = ground().join(format!("oqyrman-sabotage-{}-{seed}", std::process::id()));
            play(&plan(seed, &scale), &scale, &dir, false).err()
        });
        let seen = seen.unwrap_or_else(|| panic!("nobody saw {sabotage:?}"));
        println!("{sabotage:?}: seen after {years} stations' third of a year, as \"{}\"", seen.broken);
        assert_eq!(seen.broken.invariant, sabotage.shows(), "{sabotage:?}: {}", seen.broken);
    }
}
