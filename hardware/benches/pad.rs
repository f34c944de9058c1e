//! How long a stack of books takes on the emulated PN5180, on its virtual clock, beside the floor of the air.
//!
//! The floor: 1.6 ms for a request, and for each tag its inventory answer (4.56 ms) and 8 blocks read (15.85 ms).
//! Run: `cargo bench -p hardware --bench pad`; the last line is JSON.

use std::io::Write;

use hardware::rfid::pn5180::Pn5180;
use hardware::rfid::presence::Presence;
use hardware::rfid::{TagReader, Uid};
use hardware::sim::pn5180::{Costs, Pn5180Sim, SimTag};

const SEEDS: u64 = 1_000;

struct Run {
    total_us: u64,
    look_us: u64,
    frames: u32,
    rounds: u32,
    spi_frames: u64,
    exchanges: u64,
    second_reads: u64,
    second_look_us: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let mut rows = Vec::new();
    for (label, costs) in [
        ("50 µs a bus frame", Costs::default()),
        ("100 µs a bus frame", Costs { frame_ns: 100_000, ..Costs::default() }),
        ("a bus that costs nothing", Costs { frame_ns: 0, byte_ns: 0, pin_ns: 0 }),
    ] {
        writeln!(out, "\n{label}, {SEEDS} seeds")?;
        writeln!(
            out,
            "{:>3} {:>9} {:>10} {:>9} {:>6} {:>6} {:>8} {:>7} {:>7} {:>9} {:>12}",
            "N",
            "floor ms",
            "mean ms",
            "p95 ms",
            "mean×",
            "p95×",
            "look ms",
            "frames",
            "rounds",
            "SPI/exch.",
            "2nd look ms"
        )?;
        for count in [1, 2, 5, 10, 20] {
            let mut runs = (1..=SEEDS).map(|seed| run(count, seed, costs)).collect::<Result<Vec<_>, _>>()?;
            runs.sort_by_key(|run| run.total_us);
            let mean = |of: fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / SEEDS as f64;
            let floor_ms = 1.6 + 20.4 * count as f64;
            let mean_ms = mean(|run| run.total_us as f64) / 1e3;
            let p95_ms = runs.get(runs.len() * 95 / 100).map_or(0.0, |run| run.total_us as f64 / 1e3);
            let exchange = mean(|run| run.spi_frames as f64) / mean(|run| run.exchanges as f64);
            let bound =
                runs.iter().all(|run| run.frames <= 16 * run.rounds + u32::try_from(count).unwrap_or(0));
            let second_reads: u64 = runs.iter().map(|run| run.second_reads).sum();
            writeln!(
                out,
                "{count:>3} {floor_ms:>9.1} {mean_ms:>10.1} {p95_ms:>9.1} {:>6.2} {:>6.2} {:>8.1} {:>7.1} {:>7.2} {exchange:>9.2} {:>12.1}",
                mean_ms / floor_ms,
                p95_ms / floor_ms,
                mean(|run| run.look_us as f64) / 1e3,
                mean(|run| f64::from(run.frames)),
                mean(|run| f64::from(run.rounds)),
                mean(|run| run.second_look_us as f64) / 1e3,
            )?;
            rows.push(format!(
                "{{\"bus\":\"{label}\",\"n\":{count},\"mean_ratio\":{:.3},\"p95_ratio\":{:.3},\"frames_within_16_rounds_plus_n\":{bound},\"reads_at_second_look\":{second_reads}}}",
                mean_ms / floor_ms,
                p95_ms / floor_ms
            ));
        }
    }
    writeln!(out, "[{}]", rows.join(","))?;
    Ok(())
}

/// One stack: identities read, then a second look at the unchanged pad.
fn run(count: usize, seed: u64, costs: Costs) -> Result<Run, Box<dyn std::error::Error>> {
    let sim = Pn5180Sim::new(seed);
    sim.set_costs(costs);
    let (spi, busy, reset, delay) = sim.wires();
    let mut reader = Pn5180::new(spi, busy, reset, delay);
    reader.inventory()?;
    for uid in uids(count, seed) {
        sim.place(SimTag::new(uid, &[]));
    }
    let (before_us, before) = (sim.now_us(), sim.counts());
    let seen: Vec<Uid> = reader.inventory()?.into_iter().map(|seen| seen.uid).collect();
    if seen.len() != count {
        return Err(format!("seed {seed}: {} of {count} tags", seen.len()).into());
    }
    let look_us = sim.now_us() - before_us;
    let cost = reader.look_cost();
    for uid in &seen {
        reader.read_blocks(*uid, 0, 8)?;
    }
    let (total_us, after) = (sim.now_us() - before_us, sim.counts());
    // A pad that is known is looked at, and nothing is read again.
    let mut presence = Presence::default();
    presence.look(&seen);
    presence.look(&seen);
    let again: Vec<Uid> = reader.inventory()?.into_iter().map(|seen| seen.uid).collect();
    for uid in presence.look(&again).arrived {
        reader.read_blocks(uid, 0, 8)?;
    }
    Ok(Run {
        total_us,
        look_us,
        frames: cost.frames,
        rounds: cost.rounds,
        spi_frames: after.spi_frames - before.spi_frames,
        exchanges: (after.requests + after.eofs) - (before.requests + before.eofs),
        second_reads: sim.counts().reads - after.reads,
        second_look_us: sim.now_us() - before_us - total_us,
    })
}

/// UIDs as one maker gives them: the last five bytes by chance.
fn uids(count: usize, seed: u64) -> Vec<Uid> {
    let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut uids: Vec<Uid> = Vec::new();
    while uids.len() < count {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let uid = Uid::from_written((0xE004_0150_0000_0000 | chance & 0xFF_FFFF_FFFF).to_be_bytes());
        if !uids.contains(&uid) {
            uids.push(uid);
        }
    }
    uids
}
