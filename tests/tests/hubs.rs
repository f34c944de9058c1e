//! Three hubs over one PostgreSQL database, called by turns; hubs are killed and the database is cut off in the middle. Nothing is
//! lost, nothing is there twice. The same in SQLite with one hub. The seed is printed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and prints its seed"
)]

use hub::own_postgres::OwnPostgres;
use std::path::Path;
use tests::demo::parts::Programs;
use tests::soak::{Options, Report, run};

fn play(options: &Options) -> Report {
    println!("seed {}", options.seed);
    let programs = Programs::of(Path::new(env!("CARGO_BIN_EXE_soak")));
    let dir = tempfile::tempdir().unwrap();
    let report = run(&programs, dir.path(), options, &|text| println!("{text}")).unwrap();
    println!("{report:?}");
    assert_eq!((report.sent, report.stored, report.twice), (options.events as u64, options.events as u64, 0));
    assert_eq!((report.kills, report.cuts), (options.kills, options.cuts));
    report
}

#[test]
fn three_hubs_over_one_database_take_everything_once_though_all_are_killed() {
    let dir = tempfile::tempdir().unwrap();
    if let Err(fault) = OwnPostgres::start(&dir.path().join("postgres")) {
        if std::env::var_os("OQYRMAN_POSTGRES").is_some_and(|word| word == "required") {
            panic!("{fault:#}");
        }
        eprintln!("skipped: {fault:#}");
        return;
    }
    let report = play(&Options {
        stations: 40,
        events: 6_000,
        postgres: true,
        hubs: 3,
        kills: 4,
        cuts: 2,
        seed: 2026,
    });
    assert!(report.calls_failed > 0, "nobody noticed the kills: they prove nothing");
}

#[test]
fn a_hub_over_a_file_takes_everything_once_though_it_is_killed() {
    play(&Options { stations: 30, events: 6_000, postgres: false, hubs: 1, kills: 4, cuts: 0, seed: 7 });
}
