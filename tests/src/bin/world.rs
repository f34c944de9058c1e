//! `world`: plays simulated school years, one seed after the other, and says what it did and found.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it found")]

use anyhow::Context;
use clap::{Parser, ValueEnum};
use hub::own_postgres::OwnPostgres;
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tests::sim::{Account, Failure, Scale, StoreKind, ground, plan, play, shrink};

/// Plays simulated school years of stations, a region and everything that can happen to them.
#[derive(Debug, Parser)]
#[command(name = "world", version)]
struct Options {
    /// How many station-years to play.
    #[arg(long, default_value_t = 100)]
    years: u64,
    /// The first seed; the following ones count on from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after so many seconds, though years are left.
    #[arg(long)]
    seconds: Option<u64>,
    /// The region's database.
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    store: Kind,
    /// Print the account as one line of JSON at the end.
    #[arg(long)]
    json: bool,
    /// Go on after a seed that fails, and print no story.
    #[arg(long)]
    go_on: bool,
    /// Tell what happens in the first seed, line by line.
    #[arg(long)]
    story: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

/// What was played.
#[derive(Debug, Serialize)]
struct Played {
    station_years: u64,
    worlds: u64,
    first_seed: u64,
    last_seed: u64,
    seconds: u64,
    cpu_seconds_a_station_year: f64,
    failed: Vec<String>,
    done: Account,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let dir = ground().join(format!("oqyrman-world-{}", std::process::id()));
    let server = match options.store {
        Kind::Sqlite => None,
        Kind::Postgres => Some(OwnPostgres::start(&dir.join("postgres")).context("PostgreSQL")?),
    };
    let begun = Instant::now();
    let mut said = begun;
    let mut played = Played {
        station_years: 0,
        worlds: 0,
        first_seed: options.seed,
        last_seed: options.seed,
        seconds: 0,
        cpu_seconds_a_station_year: 0.0,
        failed: Vec::new(),
        done: Account::default(),
    };
    for seed in options.seed.. {
        let over = options.seconds.is_some_and(|most| begun.elapsed() >= Duration::from_secs(most));
        if played.station_years >= options.years || over {
            break;
        }
        let store = match &server {
            None => StoreKind::Sqlite,
            Some(server) => StoreKind::Postgres(server.database(&format!("world{seed}"))?),
        };
        let scale = Scale { store, ..Scale::of(seed) };
        let steps = plan(seed, &scale);
        let folder = dir.join(format!("seed{seed}"));
        match play(&steps, &scale, &folder, options.story) {
            Ok(done) => played.done.take_in(&done),
            Err(failure) => {
                let words = format!("seed {seed}: {}", failure.broken);
                eprintln!("{words} (step {} of {})", failure.step, steps.len());
                played.failed.push(words);
                if !options.go_on {
                    tell(seed, &steps, &scale, &failure, &folder);
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
        played.station_years += scale.stations as u64;
        played.worlds += 1;
        played.last_seed = seed;
        if said.elapsed() >= Duration::from_secs(10) {
            said = Instant::now();
            eprintln!(
                "{} station-years, {} events, {} failed, seed {seed}",
                played.station_years,
                played.done.of("events"),
                played.failed.len()
            );
        }
    }
    played.seconds = begun.elapsed().as_secs();
    played.cpu_seconds_a_station_year = cpu_s() / played.station_years.max(1) as f64;
    // Nothing hangs on what could not be removed.
    let _ = std::fs::remove_dir_all(&dir);
    if options.json {
        println!("{}", serde_json::to_string(&played)?);
    } else {
        println!(
            "{} station-years in {} worlds, seeds {} to {}, {} s; {} failed",
            played.station_years,
            played.worlds,
            played.first_seed,
            played.last_seed,
            played.seconds,
            played.failed.len()
        );
        for (what, count) in played.done.all() {
            println!("{count:>12}  {what}");
        }
    }
    Ok(if played.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes the story of a failing seed short, and tells it.
fn tell(seed: u64, steps: &[tests::sim::Step], scale: &Scale, failure: &Failure, folder: &Path) {
    if scale.store != StoreKind::Sqlite {
        return;
    }
    eprintln!("the story is made short …");
    let (short, failure) = shrink(steps, scale, failure, folder, 400);
    println!("{}", failure.words(seed, short.len(), steps.len()));
}

/// CPU time of this process and those it waited for, in seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
