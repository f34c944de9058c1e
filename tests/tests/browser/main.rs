//! A librarian's day in a real browser, in each language of the console: she signs in, takes a new school in from workbooks,
//! sees a station's loans arrive, decides about a book that two have, and takes the decision back.
//!
//! Needs `chromium` and `chromedriver`; where they are not there it says so and is skipped, unless `OQYRMAN_BROWSER` is
//! `required`. A picture of every step goes to the folder that `OQYRMAN_PICTURES` names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it is skipped"
)]

#[path = "../../../sync/hub/tests/common/book.rs"]
mod book;
mod driver;
mod said;

use driver::Browser;
use exchange::{Act, Basis, ClockTrust, Feed, ItemId, PatronId, Record, Stamp};
use hub::Hub;
use hub::store::{Role, SchoolId};
use said::{CLASSES, COPIES, ENGLISH, KAZAKH, PUPILS, PUPILS_LATER, RUSSIAN, Said, TITLES};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tests::wire::{Line, Proxy, Region, Sender};

const PASSWORD: &str = "кітапхана 2026";
const SCHOOL: SchoolId = SchoolId(1);

#[test]
fn a_day_in_kazakh() {
    day(&KAZAKH);
}

#[test]
fn a_day_in_russian() {
    day(&RUSSIAN);
}

#[test]
fn a_day_in_english() {
    day(&ENGLISH);
}

fn day(said: &Said) {
    if let Some(program) = driver::missing() {
        let required = std::env::var_os("OQYRMAN_BROWSER").is_some_and(|word| word == "required");
        assert!(!required, "{program} is not there, and the browser tests are required");
        return eprintln!("skipped: {program} is not there");
    }
    let dir = tempfile::tempdir().unwrap();
    let region = dir.path().join("region");
    Hub::init(&region, None, "№ 12 мектеп-гимназия", now_s()).unwrap();
    let region = Region::serve(&region).unwrap();
    let seat = (Role::Librarian, Some(SCHOOL));
    region.hub.with(|store| store.add_staff("librarian", seat, PASSWORD, [3; 16])).unwrap();
    let pictures = std::env::var_os("OQYRMAN_PICTURES")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures"), PathBuf::from);
    let desk = Desk { browser: Browser::start(&pictures), region, said, files: dir.path().join("files") };
    desk.signs_in();
    desk.takes_the_school_in();
    desk.thinks_better_of_a_file();
    let proxy = Proxy::start(desk.region.address, Line::default()).unwrap();
    let join = |name, seed| {
        let journal = dir.path().join(format!("station-{seed}"));
        Sender::join_as(&journal, &desk.region, &proxy, (name, seed)).unwrap()
    };
    let (mut hall, mut library) = (join("Фойе", 5), join("Кітапхана", 6));
    desk.sees_loans_arrive(&mut hall);
    desk.decides_and_takes_it_back(&mut library);
    desk.signs_out();
}

fn now_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// Rows as a workbook takes them.
fn slices<'r, const N: usize>(rows: &'r [[&'static str; N]]) -> Vec<&'r [&'static str]> {
    rows.iter().map(<[&str; N]>::as_slice).collect()
}

/// Where the librarian sits.
struct Desk<'s> {
    browser: Browser,
    region: Region,
    said: &'s Said,
    files: PathBuf,
}

impl Desk<'_> {
    fn picture(&self, name: &str) {
        self.browser.picture(&format!("{name}-{}", self.said.lang));
    }

    /// Goes where a line of the menu leads.
    fn go(&self, path: &str) {
        self.browser.click(&format!(".menu ul a[href='{path}']"));
    }

    fn records(&self, feed: Feed) -> Vec<Record> {
        self.region.hub.with(|store| store.records(SCHOOL, feed)).unwrap()
    }

    fn given_names(&self) -> Vec<String> {
        let given = |record| if let Record::Patron(patron) = record { Some(patron.given) } else { None };
        self.records(Feed::Patrons).into_iter().filter_map(given).collect()
    }

    fn signs_in(&self) {
        let (browser, said) = (&self.browser, self.said);
        browser.open(&format!("https://{}/", self.region.address));
        browser.click(&format!(".langs a[lang='{}']", said.lang));
        browser.counts(&format!("html[lang='{}']", said.lang), 1);
        self.picture("sign-in");
        self.tries("not the password");
        browser.sees(".note.bad", said.wrong_password);
        self.picture("sign-in-wrong");
        assert!(browser.cookie("__Host-session").is_none(), "a wrong password opens nothing");
        let complaints = browser.complaints();
        assert!(complaints.iter().all(|one| one.contains("status of 401")), "{complaints:?}");

        self.tries(PASSWORD);
        browser.counts(".menu ul a[href='/import']", 1);
        let cookie = browser.cookie("__Host-session").unwrap();
        assert_eq!((&cookie["httpOnly"], &cookie["secure"]), (&true.into(), &true.into()));
        assert_eq!(cookie["sameSite"], "Strict");
        browser.counts(&format!("html[lang='{}']", said.lang), 1);
        self.picture("overview-empty");
    }

    fn tries(&self, password: &str) {
        self.browser.fill("#login", "librarian");
        self.browser.fill("#password", password);
        self.browser.click("form[action='/sign-in'] button");
    }

    /// Sends a workbook and stops before what it would change.
    fn looks_at(&self, name: &str, header: &[&str], rows: &[&[&str]]) {
        std::fs::create_dir_all(&self.files).unwrap();
        let file = self.files.join(name);
        let lines: Vec<&[&str]> = std::iter::once(header).chain(rows.iter().copied()).collect();
        std::fs::write(&file, book::book(&lines)).unwrap();
        self.go("/import");
        self.browser.fill("#file", file.to_str().unwrap());
        self.browser.click("form[enctype] button");
        self.browser.sees("h1", name);
        self.browser.sees(".note.wants", self.said.not_saved_yet);
    }

    fn saves(&self) {
        self.browser.click("button[form='save']");
        self.browser.sees(".note.good", self.said.saved);
    }

    fn takes_the_school_in(&self) {
        let (browser, said) = (&self.browser, self.said);
        self.go("/import");
        browser.counts("#file", 1);
        self.picture("import");

        self.looks_at("сыныптар.xlsx", &said.classes, &slices(&CLASSES));
        assert_eq!(self.records(Feed::Classes), [], "looking changes nothing");
        self.saves();
        assert_eq!(self.records(Feed::Classes).len(), CLASSES.len());

        self.looks_at("оқушылар.xlsx", &said.pupils, &slices(&PUPILS));
        browser.sees("table.stack td", said.twice);
        browser.sees(".facts dt", said.iin);
        self.picture("import-preview");
        self.saves();
        assert_eq!(self.given_names(), ["Дана", "Нұрлан", "Іңкәр", "Артём"]);
        self.picture("import-saved");

        self.looks_at("басылымдар.xlsx", &said.titles, &slices(&TITLES));
        self.saves();
        self.looks_at("даналар.xlsx", &said.copies, &slices(&COPIES));
        self.saves();
        assert_eq!(self.records(Feed::Items).len(), COPIES.len());
        self.go("/import");
        browser.counts("table.stack tbody tr", 4);
        self.picture("import-list");
    }

    /// A later list is looked at and put away, then saved, then undone.
    fn thinks_better_of_a_file(&self) {
        let (browser, said) = (&self.browser, self.said);
        let rows = slices(&PUPILS_LATER);
        self.looks_at("оқушылар-2.xlsx", &said.pupils, &rows);
        browser.sees("section.wants h2", said.same_person);
        browser.sees("table.stack del", "Дана");
        browser.sees("table.stack b", "Диана");
        self.picture("import-changes");
        browser.click("form[action$='/drop'] button");
        browser.counts("table.stack tbody tr", 4);
        assert_eq!(self.given_names()[0], "Дана", "what was put away changes nothing");

        self.looks_at("оқушылар-2.xlsx", &said.pupils, &rows);
        self.saves();
        assert_eq!(self.given_names(), ["Диана", "Нұрлан", "Іңкәр", "Артём"]);
        browser.click("form[action$='/undo'] button");
        browser.sees(".note.good", said.undone);
        self.picture("import-undone");
        assert_eq!(self.given_names(), ["Дана", "Нұрлан", "Іңкәр", "Артём"]);
    }

    /// Somebody borrows a book at a station, and the station tells the region.
    fn lend(&self, station: &mut Sender, patron: u64, item: &str) {
        let now_s = now_s().max(station.journal.lower_bound_s());
        let due = self.region.hub.with(|store| store.zone(SCHOOL)).unwrap().day_at(now_s).plus(14);
        let act = Act::CheckedOut { patron: PatronId(patron), item: ItemId::new(item).unwrap(), due };
        let at = Stamp { wall_s: now_s, boot: station.journal.boot(), mono_s: 1, trust: ClockTrust::Rtc };
        station.journal.append(&[act], Basis { rules: 1, data_as_of_s: now_s }, at).unwrap();
        station.deliver(Duration::from_secs(60)).unwrap();
    }

    fn sees_loans_arrive(&self, hall: &mut Sender) {
        let (browser, said) = (&self.browser, self.said);
        self.go("/stations");
        browser.counts("table.stack tbody tr", 2);
        self.picture("stations");
        browser.click("td a[href='/stations/1']");
        browser.sees("h1", "Фойе");
        browser.click("a[href='/stations/1/log']");
        browser.sees(".empty", said.no_events);

        self.lend(hall, 1, "KZ-00101");
        browser.reload();
        browser.sees("#found td", "Абай жолы");

        // The second one comes into the same page, without loading it again.
        browser.run("document.body.dataset.stayed = 'yes'");
        self.lend(hall, 2, "KZ-00301");
        browser.click("#sort option[value='lent']");
        browser.sees("#found td", "Каштанка");
        browser.counts("#found tbody tr", 2);
        browser.counts("body[data-stayed='yes']", 1);
        assert!(browser.url().contains("sort=lent"), "the address can be kept: {}", browser.url());
        self.picture("station-log");

        browser.click(".head a[href='/stations/1']");
        browser.counts("h1 + a[href='/stations/1/log']", 1);
        self.picture("station");
    }

    /// Reviews that wait, and all.
    fn reviews(&self) -> (u64, u64) {
        self.region.hub.with(|store| store.review_counts(SCHOOL)).unwrap()
    }

    fn decides_and_takes_it_back(&self, library: &mut Sender) {
        let (browser, said) = (&self.browser, self.said);
        self.lend(library, 3, "KZ-00101");
        self.go("/");
        browser.sees("#total-lent", "3");
        browser.sees(".menu .badge", "1");
        self.picture("overview");
        self.go("/reviews");
        browser.sees("article.story h2", said.lent_twice);
        browser.sees("article.story", "Оспанова");
        browser.sees("article.story", "Әбенова");
        self.picture("reviews");
        assert_eq!(self.reviews(), (1, 1));

        browser.click("button[value='accept']");
        browser.sees(".empty", said.no_reviews);
        assert_eq!(self.reviews(), (0, 1));
        self.picture("reviews-none");
        browser.click(".tabs a[href='/reviews?state=decided']");
        browser.sees("article.story", said.accepted);
        self.picture("reviews-decided");

        browser.click("button[value='withdraw']");
        browser.counts("article.story", 0);
        assert_eq!(self.reviews(), (1, 1));
        browser.click(".tabs a[href='/reviews']");
        browser.sees("article.story h2", said.lent_twice);
        browser.counts("button[value='accept']", 1);
        self.picture("reviews-reopened");
    }

    fn signs_out(&self) {
        self.browser.click("form[action='/sign-out'] button");
        self.browser.counts("#password", 1);
        assert!(self.browser.cookie("__Host-session").is_none());
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}
