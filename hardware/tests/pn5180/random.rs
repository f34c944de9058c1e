//! Stacks by chance: told whole, or told as faulty, never short.

use super::support::{Chance, look, pad, place, uids};
use hardware::rfid::presence::Presence;
use hardware::rfid::{ReaderFault, TagReader};
use hardware::sim::pn5180::Noise;

#[test]
fn every_stack_is_whole() {
    for seed in 1..=400 {
        let mut chance = Chance(seed);
        let count = usize::try_from(chance.draw() % 21).unwrap();
        let (sim, mut reader) = pad(seed);
        let tags = uids(count, chance.draw());
        place(&sim, &tags);
        let seen: Vec<_> = reader.inventory().unwrap().into_iter().map(|seen| seen.uid).collect();
        assert_eq!(seen, tags, "seed {seed}");
        let cost = reader.look_cost();
        assert!(cost.frames <= 16 * cost.rounds + u32::try_from(count).unwrap(), "seed {seed}: {cost:?}");
    }
}

#[test]
fn noise_never_makes_a_tag_that_is_not_there() {
    for seed in 1..=200 {
        let (sim, mut reader) = pad(seed);
        let tags = uids(12, seed);
        place(&sim, &tags);
        sim.set_noise(Noise { lost: 50, garbled: 100, false_collision: 100, captured: 50 });
        match reader.inventory() {
            Ok(seen) => assert!(seen.iter().all(|seen| tags.contains(&seen.uid)), "seed {seed}"),
            Err(fault) => assert_eq!(fault, ReaderFault::Garbled, "seed {seed}"),
        }
    }
}

#[test]
fn a_stack_of_twenty_is_never_told_as_nineteen() {
    for seed in 1..=300 {
        let (sim, mut reader) = pad(seed);
        let tags = uids(20, seed);
        place(&sim, &tags);
        sim.set_noise(Noise { lost: 5, garbled: 20, false_collision: 10, captured: 5 });
        let mut presence = Presence::default();
        let told = (0..12).find_map(|_| {
            let mut seen: Vec<_> = reader.inventory().ok()?.into_iter().map(|seen| seen.uid).collect();
            if presence.is_new(&seen) {
                seen.extend(reader.inventory_beside(&seen).ok()?.into_iter().map(|seen| seen.uid));
            }
            let arrived = presence.look(&seen).arrived;
            (!arrived.is_empty()).then_some(arrived)
        });
        assert_eq!(told.as_deref(), Some(tags.as_slice()), "seed {seed}");
    }
}

#[test]
fn a_tag_that_a_neighbour_always_drowns_is_found_beside_it() {
    for seed in 1..=50 {
        let (sim, mut reader) = pad(seed);
        let tags = uids(6, seed);
        place(&sim, &tags);
        sim.set_noise(Noise { captured: 1_000, ..Noise::default() });
        let mut seen = look(&mut reader);
        assert!(seen.len() < tags.len(), "seed {seed}");
        loop {
            let beside = reader.inventory_beside(&seen).unwrap();
            if beside.is_empty() {
                break;
            }
            seen.extend(beside.into_iter().map(|seen| seen.uid));
        }
        seen.sort();
        assert_eq!(seen, tags, "seed {seed}");
    }
}
