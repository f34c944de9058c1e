//! A station whose region is a library system, as processes: unknown cards and books are looked up, loans arrive, the
//! system goes away and comes back, and both sides' books are equal.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use desk::Screen;
use station::bench::kiosk::{Kiosk, configure};
use station::bench::school::{card, label};
use station::status::Status;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tests::demo::parts::ROLE_ENV;
use tests::library::desk::school_books;
use tests::library::{Habits, LibrarySystem};

const PATIENCE: Duration = Duration::from_secs(30);

fn start(dir: &Path, address: &str) -> Kiosk {
    let password = dir.join("password");
    std::fs::write(&password, "secret\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&password, mode).unwrap();
    let library = format!(
        "[library]\naddress = \"{address}\"\nprofile = \"koha\"\ntls = false\nlogin = \"kiosk\"\n\
         password_file = \"password\"\ninstitution = \"SCHOOL\"\nzone = \"Asia/Almaty\"\n"
    );
    let config = configure(dir, &library).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    command.env(ROLE_ENV, "station").arg("run").arg("--config").arg(config);
    Kiosk::start(&mut command, dir).unwrap()
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn visit(count: usize) -> impl Fn(&Screen) -> bool {
    move |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == count)
}

#[test]
fn a_pupil_borrows_from_a_library_system_that_comes_and_goes() {
    let dir = tempfile::tempdir().unwrap();
    let login = ("kiosk".to_owned(), "secret".to_owned());
    let habits = Habits { login, ..Habits::of("koha").unwrap() };
    let system = LibrarySystem::start(school_books(), habits).unwrap();
    let mut kiosk = start(dir.path(), &system.address.to_string());
    let status = || Status::read(&dir.path().join("data")).unwrap();
    until("the system's first answer", || status().staff.last_contact_min.is_some());

    // Neither the card nor the book was ever seen here.
    kiosk.scan(&card(7)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    kiosk.scan(&label(70)).unwrap();
    let view = kiosk.wait(visit(1)).unwrap().clone();
    assert!(format!("{:?}", view.screen).contains("Үлгі 70"), "the title was looked up");
    until("the loan", || system.books().charged(&card(7)) == [label(70)]);

    // The line is dead; what is known is lent, and nobody waits.
    system.behave(|habits| habits.mute = vec!["93", "11", "17", "63", "99"]);
    system.hang_up();
    kiosk.scan(&label(70)).unwrap();
    kiosk.scan(&label(71)).unwrap();
    kiosk.wait(visit(2)).unwrap();
    assert_eq!(system.books().charged(&card(7)), [label(70)]);

    system.behave(|habits| habits.mute.clear());
    system.hang_up();
    until("the loan of the dead time", || {
        let books = system.books();
        books.charged(&card(7)).len() == 2
    });
    until("the ledger", || status().library.is_some_and(|library| library.done == 2));
    let entries = system.books().entries;
    assert_eq!(entries.len(), 2, "{entries:?}");
    // At the librarian's desk they are blocked; the next book is refused there, and a librarian looks into it.
    system.at_the_desk(|books| books.patrons.get_mut(&card(7)).unwrap().blocked = true);
    system.behave(|habits| habits.forces = false);
    kiosk.scan(&label(72)).unwrap();
    until("the refusal", || status().library.is_some_and(|library| library.refused == 1));
    assert_eq!(status().staff.reviews, 1);
    let oqyrman = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
        command.env(ROLE_ENV, "station").args(args).arg("--config").arg(dir.path().join("oqyrman.toml"));
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let outcomes = oqyrman(&["library", "outcomes"]);
    assert!(outcomes.contains("refused: Patron Blocked") && outcomes.contains(&label(72)), "{outcomes}");
    let seq = outcomes.split_whitespace().next().unwrap();
    assert!(oqyrman(&["library", "resolve", seq, "--note", "paid"]).contains("looked into"));
    assert!(oqyrman(&["library", "outcomes"]).contains("Nothing waits"));
    until("the figures", || status().library.is_some_and(|library| library.resolved == 1));
    let words = oqyrman(&["status"]);
    assert!(words.contains("koha: 2 as here") && words.contains("a library system"), "{words}");
    assert!(oqyrman(&["library", "try", "--card", &card(7)]).contains("may not borrow"));
    kiosk.stop().unwrap();
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(!log.contains("secret") && !log.contains(&card(7)) && !log.contains(&label(70)), "{log}");
}
