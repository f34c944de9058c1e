//! Files for other systems and for people, asked of a station that runs and of one that does not; and what a command's
//! socket answers to strangers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use station::bench::school::{card, label};
use station::control;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Output};
use support::{Station, borrow, visit};

fn oqyrman(station: &Station, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(args).arg("--config").arg(&station.config).current_dir(station.dir.path()).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn files_go_on_where_the_last_one_ended() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=2);
    let first = oqyrman(&station, &["export", "koc", "first.koc"]);
    assert!(said(&first).contains("2 line(s)"), "{}", said(&first));
    let lines: Vec<String> =
        std::fs::read_to_string(station.path("first.koc")).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].ends_with(&format!("\tissue\t{}\t{}", card(1), label(1))), "{lines:?}");
    assert_ne!(lines[1].split('\t').next(), lines[2].split('\t').next(), "a second of its own");

    assert!(said(&oqyrman(&station, &["export", "koc", "none.koc"])).contains("nothing to export"));
    assert!(!station.path("none.koc").exists());
    assert!(refused(&oqyrman(&station, &["export", "koc", "first.koc"])).contains("name a new file"));

    kiosk.scan(&label(3)).unwrap();
    kiosk.wait(visit(3)).unwrap();
    assert!(said(&oqyrman(&station, &["export", "evergreen", "pending.xacts"])).contains("3 line(s)"));
    kiosk.stop().unwrap();

    // The station does not run any more: the journal itself is asked.
    assert!(said(&oqyrman(&station, &["export", "koc", "second.koc"])).contains("1 line(s)"));
    let again = said(&oqyrman(&station, &["export", "koc", "again.koc", "--from", "1"]));
    assert!(again.contains("3 line(s)") && !again.contains("next export"), "{again}");
    said(&oqyrman(&station, &["export", "csv", "loans.csv"]));
    let table = std::fs::read_to_string(station.path("loans.csv")).unwrap();
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains("waits for the region") && !table.contains("Нұрқасқыр"), "{table}");
}

#[test]
fn a_place_that_cannot_be_written_is_told_and_nothing_counts_as_exported() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=1);
    kiosk.stop().unwrap();
    assert!(
        refused(&oqyrman(&station, &["export", "koc", "no/such/folder.koc"])).contains("cannot be written")
    );
    assert!(said(&oqyrman(&station, &["export", "koc", "good.koc"])).contains("1 line(s)"));
}

#[test]
fn strangers_at_the_socket_are_answered_in_words() {
    let station = Station::with_school();
    let kiosk = station.start();
    let path = control::socket(&station.data());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut stream = BufReader::new(UnixStream::connect(&path).unwrap());
    for garbage in ["", "{}", "[1,2", "\"dance\"", "{\"rows\":{\"from\":-1,\"limit\":1}}", "\u{0}\u{1}"] {
        writeln!(stream.get_mut(), "{garbage}").unwrap();
        let mut answer = String::new();
        stream.read_line(&mut answer).unwrap();
        assert!(answer.contains("fault"), "{garbage}: {answer}");
    }
    writeln!(stream.get_mut(), "\"waiting\"").unwrap();
    let mut answer = String::new();
    stream.read_line(&mut answer).unwrap();
    assert!(answer.contains("head"), "{answer}");
    kiosk.stop().unwrap();
}
