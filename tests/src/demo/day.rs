//! A real day, played through the real programs: mornings, a region that goes away, a conflict, an evening where every
//! number must agree.

use super::chance::Chance;
use super::parts::{PATIENCE, Part, Programs, Station};
use super::school::{Copy, Person, School};
use super::show::Show;
use anyhow::{Context, ensure};
use desk::{RowAct, Screen, Touch, View, VisitNote};
use exchange::{Act, Event, Lang, RefusalKind, Seq};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Rules of the demo's school: a renewal adds more than a loan's length, so that what was lent today can be renewed today.
const RULES: &str = "\
overdue_blocks_from = 3\n\
unknown_item = \"refuse\"\n\n\
[pupil]\nmax_loans = 5\nloan_days = 7\nmax_renewals = 2\nrenewal_days = 14\n\n\
[teacher]\nmax_loans = 20\nloan_days = 90\nmax_renewals = 2\nrenewal_days = 90\n\n\
[[stale]]\nafter_h = 168\nmax_loans = 3\nrenewals = true\n\n\
[[stale]]\nafter_h = 720\nmax_loans = 1\nrenewals = false\n";

/// Counts of a day, as one side knows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    /// Loans.
    pub lent: u64,
    /// Returns.
    pub returned: u64,
    /// Renewals.
    pub renewed: u64,
    /// Refusals.
    pub refused: u64,
    /// All events.
    pub events: u64,
}

impl Counts {
    /// Counts events; what was taken back counts only as an event.
    pub fn of(events: &[Event]) -> Counts {
        let undone: BTreeSet<Seq> = events
            .iter()
            .filter_map(|event| match event.act {
                Act::Undone { seq } => Some(seq),
                Act::StationStarted { .. }
                | Act::CheckedOut { .. }
                | Act::Returned { .. }
                | Act::Renewed { .. }
                | Act::CountedIssued { .. }
                | Act::CountedReturned { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => None,
            })
            .collect();
        let kinds = |kind: u16| {
            events.iter().filter(|event| event.act.kind() == kind && !undone.contains(&event.seq)).count()
                as u64
        };
        Counts {
            lent: kinds(2),
            returned: kinds(3),
            renewed: kinds(4),
            refused: kinds(8),
            events: events.len() as u64,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Counts) -> Counts {
        Counts {
            lent: self.lent + other.lent,
            returned: self.returned + other.returned,
            renewed: self.renewed + other.renewed,
            refused: self.refused + other.refused,
            events: self.events + other.events,
        }
    }
}

/// The region's process and where it listens.
#[derive(Debug)]
pub struct Region {
    programs: Programs,
    dir: PathBuf,
    log: PathBuf,
    address: String,
    part: Option<Part>,
}

impl Region {
    /// Makes a region for the school and fills it from the school's files.
    ///
    /// # Errors
    /// Any step fails; says which.
    pub fn set_up(
        programs: &Programs,
        out: &Path,
        school: &School,
        mut told: impl FnMut(&str),
    ) -> anyhow::Result<Region> {
        let dir = out.join("region");
        let files = out.join("school");
        std::fs::create_dir_all(&files)?;
        school.write(&files)?;
        hub(programs, &[OsStr::new("init"), dir.as_ref(), "--school".as_ref(), school.name.as_ref()], "")?;
        let rules = files.join("rules.toml");
        std::fs::write(&rules, RULES)?;
        hub(programs, &[OsStr::new("rules"), "set".as_ref(), dir.as_ref(), rules.as_ref()], "")?;
        for what in ["classes", "patrons", "titles", "items"] {
            let file = files.join(format!("{what}.csv"));
            let report =
                hub(programs, &[OsStr::new("import"), dir.as_ref(), what.as_ref(), file.as_ref()], "")?;
            told(&format!("{what}.csv: {}", report.lines().next().unwrap_or_default()));
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Region {
            programs: programs.clone(),
            dir,
            log: out.join("region.log"),
            address: format!("127.0.0.1:{port}"),
            part: None,
        })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where stations and people find it.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// What stations trust.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("hub-ca.pem")
    }

    /// Starts its server and waits until it listens.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let args = [OsStr::new("serve"), self.dir.as_ref(), "--listen".as_ref(), self.address.as_ref()];
        let mut part = Part::start(&self.programs, "hub", &args, &self.log)?;
        let end = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(&self.address).is_err() {
            ensure!(Instant::now() < end, "the region does not listen; see {}", self.log.display());
            if let Some(status) = part.ended()? {
                anyhow::bail!("the region ended ({status}); see {}", self.log.display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.part = Some(part);
        Ok(())
    }

    /// Its process's number, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.part.as_ref().map(Part::pid)
    }

    /// kill −9.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.part.take().map_or(Ok(()), Part::kill)
    }

    /// A person at the region approves the code on a station's screen.
    ///
    /// # Errors
    /// The region does not know the code.
    pub fn approve(&self, code: &str) -> anyhow::Result<()> {
        hub(&self.programs, &[OsStr::new("approve"), self.dir.as_ref(), code.as_ref()], "").map(drop)
    }

    /// What the region counts, and its reviews.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn counts(&self) -> anyhow::Result<(Counts, u64)> {
        #[derive(Deserialize)]
        struct Status {
            #[serde(flatten)]
            counts: Counts,
            reviews: u64,
        }
        let text = hub(&self.programs, &[OsStr::new("status"), self.dir.as_ref(), "--json".as_ref()], "")?;
        let status: Status = serde_json::from_str(&text)?;
        Ok((status.counts, status.reviews))
    }

    /// Someone who may sign in.
    ///
    /// # Errors
    /// The login or password is refused.
    pub fn add_staff(&self, login: &str, password: &str) -> anyhow::Result<()> {
        hub(
            &self.programs,
            &[OsStr::new("staff"), "add".as_ref(), self.dir.as_ref(), login.as_ref()],
            &format!("{password}\n"),
        )
        .map(drop)
    }
}

fn hub(programs: &Programs, args: &[&OsStr], input: &str) -> anyhow::Result<String> {
    let args: Vec<OsString> = args.iter().map(|arg| (*arg).to_owned()).collect();
    Part::run(programs, "hub", &args, input)
}

/// Starts a station and has it approved.
///
/// # Errors
/// Any step fails; says which.
pub fn open_station(
    region: &Region,
    dir: &Path,
    lang: Lang,
    mut told: impl FnMut(&str),
) -> anyhow::Result<Station> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Station::set_up(dir, &name, &region.url(), &region.ca(), lang.code())?;
    let station = Station::start(&region.programs, dir)?;
    let view = station.eyes.wait("the enrolment code", |screen| matches!(screen, Screen::Enrol { .. }))?;
    if let Screen::Enrol { code, .. } = view.screen {
        told(&format!("{name} shows the code {code}; a person at the region approves it"));
        // The code is on the screen before the region has heard of it.
        let end = Instant::now() + PATIENCE;
        while let Err(fault) = region.approve(&code) {
            ensure!(Instant::now() < end, "{fault}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    station.eyes.wait("the idle screen", idle)?;
    told(&format!("{name} has rules, patrons and books, and is ready"));
    Ok(station)
}

/// The idle screen.
pub fn idle(screen: &Screen) -> bool {
    matches!(screen, Screen::Idle { .. })
}

/// People and books for the day, each used for one thing.
struct Cast<'a> {
    people: Vec<&'a Person>,
    books: Vec<&'a Copy>,
}

impl<'a> Cast<'a> {
    fn new(school: &'a School, chance: &mut Chance) -> Cast<'a> {
        let textbooks: BTreeSet<&str> = school
            .titles
            .iter()
            .filter(|title| title.4 == "textbook")
            .map(|title| title.2.as_str())
            .collect();
        let mut people: Vec<_> = school
            .people
            .iter()
            .filter(|p| !p.card.is_empty() && p.block.is_empty() && p.until.is_empty())
            .collect();
        let mut books: Vec<_> = school
            .copies
            .iter()
            .filter(|copy| copy.status == "lendable" && !textbooks.contains(copy.isbn.as_str()))
            .collect();
        shuffle(&mut people, chance);
        shuffle(&mut books, chance);
        Cast { people, books }
    }

    fn person(&mut self) -> anyhow::Result<&'a Person> {
        self.people.pop().context("the school has too few pupils for this day")
    }

    fn book(&mut self) -> anyhow::Result<&'a Copy> {
        self.books.pop().context("the school has too few books for this day")
    }
}

fn shuffle<T>(list: &mut [T], chance: &mut Chance) {
    for place in (1..list.len()).rev() {
        list.swap(place, chance.below(place + 1));
    }
}

/// Plays the day. Pictures of what was seen go to `show`. Gives when the region came back, seconds since 1970.
///
/// # Errors
/// Something did not happen as it must; says what.
pub fn play(
    school: &School,
    region: &mut Region,
    hall: &mut Station,
    reading_room: &mut Station,
    chance: &mut Chance,
    show: &mut Show,
) -> anyhow::Result<i64> {
    let mut cast = Cast::new(school, chance);

    show.chapter("Morning: pupils borrow");
    let mut lent_early = Vec::new();
    for _ in 0..8 {
        let person = cast.person()?;
        let books: Vec<_> = (0..1 + chance.below(3)).map(|_| cast.book()).collect::<Result<_, _>>()?;
        borrow(hall, person, &books, show)?;
        lent_early.push((person, books));
    }
    book_first(hall, cast.person()?, cast.book()?, show)?;
    without_card(hall, school, cast.book()?, show)?;
    second_thoughts(hall, cast.person()?, cast.book()?, cast.book()?, show)?;

    show.chapter("A stack on the pad");
    stack(hall, cast.person()?, &[cast.book()?, cast.book()?, cast.book()?], show)?;

    show.chapter("Things that are refused");
    refusals(hall, school, &mut cast, show)?;

    show.chapter("The region goes away (kill −9); the school goes on");
    region.kill()?;
    for (_, books) in lent_early.iter().take(3) {
        give_back(hall, books, show)?;
    }
    for (person, _) in lent_early.iter().skip(3).take(3) {
        renew_all(hall, person, show)?;
    }
    for _ in 0..4 {
        let (person, book) = (cast.person()?, cast.book()?);
        borrow(hall, person, &[book], show)?;
    }

    show.chapter("One book, two stations");
    let (first, second, book) = (cast.person()?, cast.person()?, cast.book()?);
    borrow(hall, first, &[book], show)?;
    show.detail(&format!(
        "{} leaves it on a table of the reading room, where {} takes it",
        first.given, second.given
    ));
    borrow(reading_room, second, &[book], show)?;

    show.chapter("The region comes back; nobody does anything");
    let back_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    region.start()?;
    Ok(i64::try_from(back_s)?)
}

fn visit(hall: &mut Station, person: &Person, show: &mut Show) -> anyhow::Result<View> {
    hall.scan(&person.card)?;
    let view = hall.eyes.wait("a visit", |screen| matches!(screen, Screen::Visit { .. }))?;
    show.keep("visit-begins", &view)?;
    Ok(view)
}

fn finish(hall: &mut Station, show: &mut Show) -> anyhow::Result<()> {
    hall.eyes.touch(Touch::Finish)?;
    let view = hall.eyes.wait("the end of the visit", |screen| {
        matches!(screen, Screen::Finished { .. } | Screen::Idle { .. })
    })?;
    if !idle(&view.screen) {
        show.keep("finished", &view)?;
    }
    Ok(())
}

fn borrow(hall: &mut Station, person: &Person, books: &[&Copy], show: &mut Show) -> anyhow::Result<()> {
    visit(hall, person, show)?;
    for (count, book) in books.iter().enumerate() {
        hall.scan(&book.number)?;
        let view = hall.eyes.wait(
            "the book on the list",
            |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == count + 1),
        )?;
        show.keep("visit", &view)?;
    }
    let titles: Vec<_> = books.iter().map(|book| book.title.as_str()).collect();
    show.said(&format!("{} ({}) borrows {}", person.given, person.class, titles.join(" · ")));
    finish(hall, show)
}

/// Books by their tags: laid down together, lent in one act, and the gate is told.
fn stack(hall: &mut Station, person: &Person, books: &[&Copy], show: &mut Show) -> anyhow::Result<()> {
    hall.eyes
        .wait("the next person", |screen| matches!(screen, Screen::Finished { .. } | Screen::Idle { .. }))?;
    for book in books {
        hall.pad.lay(&book.number)?;
    }
    let count = books.len();
    let kept = |screen: &Screen| matches!(screen, Screen::Identify { kept, .. } if kept.len() == count);
    show.keep("pad-identify", &hall.eyes.wait("the stack", kept)?)?;
    hall.scan(&person.card)?;
    let lent = |screen: &Screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == count);
    show.keep("pad-visit", &hall.eyes.wait("the whole stack lent", lent)?)?;
    for book in books {
        hall.pad.wait_for_gate(&book.number)?;
    }
    show.said(&format!(
        "{} lays {count} books on the pad, then scans the card: lent in one act, and the gate lets them pass",
        person.given
    ));
    finish(hall, show)?;
    books.iter().try_for_each(|book| hall.pad.lift(&book.number))
}

fn book_first(hall: &mut Station, person: &Person, book: &Copy, show: &mut Show) -> anyhow::Result<()> {
    hall.eyes
        .wait("the next person", |screen| matches!(screen, Screen::Finished { .. } | Screen::Idle { .. }))?;
    hall.scan(&book.number)?;
    let view = hall.eyes.wait("the wish for a card", |screen| matches!(screen, Screen::Identify { .. }))?;
    show.keep("book-first", &view)?;
    hall.scan(&person.card)?;
    hall.eyes.wait(
        "the kept book lent",
        |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == 1),
    )?;
    show.said(&format!("{} scans the book first, then the card: lent", person.given));
    finish(hall, show)
}

fn without_card(hall: &mut Station, school: &School, book: &Copy, show: &mut Show) -> anyhow::Result<()> {
    let person = school.people.iter().find(|p| p.card.is_empty()).context("everyone has a card")?;
    hall.eyes.wait("the idle screen", idle)?;
    hall.eyes.touch(Touch::NoCard)?;
    let view = hall.eyes.wait("the classes", |screen| matches!(screen, Screen::Classes { .. }))?;
    show.keep("classes", &view)?;
    let class = if let Screen::Classes { classes } = &view.screen {
        classes.iter().find(|class| class.name == person.class).map(|class| class.id)
    } else {
        None
    };
    hall.eyes.touch(Touch::Class(class.context("the class is not in the list")?))?;
    let view = hall.eyes.wait("the names", |screen| matches!(screen, Screen::Names { .. }))?;
    show.keep("names", &view)?;
    let wanted = format!("{} {}", person.family, person.given);
    let name = if let Screen::Names { names, .. } = &view.screen {
        names.iter().find(|row| row.name == wanted).map(|row| row.id)
    } else {
        None
    };
    hall.eyes.touch(Touch::Name(name.context("the name is not in the list")?))?;
    hall.eyes.wait("the PIN", |screen| matches!(screen, Screen::Pin { entered: 0, .. }))?;
    for (count, digit) in person.pin.bytes().enumerate() {
        hall.eyes.touch(Touch::Digit(digit - b'0'))?;
        let view = hall.eyes.wait(
            "a digit",
            |screen| matches!(screen, Screen::Pin { entered, .. } if usize::from(*entered) == count + 1),
        )?;
        show.keep("pin", &view)?;
    }
    hall.eyes.touch(Touch::Enter)?;
    hall.eyes.wait("a visit", |screen| matches!(screen, Screen::Visit { .. }))?;
    hall.scan(&book.number)?;
    hall.eyes
        .wait("the book lent", |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == 1))?;
    show.said(&format!(
        "{} ({}) has no card: class, name, PIN, and borrows {}",
        person.given, person.class, book.title
    ));
    finish(hall, show)
}

fn second_thoughts(
    hall: &mut Station,
    person: &Person,
    kept: &Copy,
    wrong: &Copy,
    show: &mut Show,
) -> anyhow::Result<()> {
    visit(hall, person, show)?;
    hall.scan(&kept.number)?;
    hall.eyes.wait("a loan", |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == 1))?;
    // A reader that sends the same label twice within a moment is silenced by the station; this is the pupil's second try.
    std::thread::sleep(Duration::from_millis(1_700));
    hall.scan(&kept.number)?;
    let view = hall.eyes.wait("a calm note", |screen| {
        matches!(screen, Screen::Visit { note: Some(VisitNote::SameAgain), rows, .. } if rows.len() == 1)
    })?;
    show.keep("same-again", &view)?;
    hall.scan(&wrong.number)?;
    hall.eyes.wait("two loans", |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == 2))?;
    hall.eyes.touch(Touch::Undo(0))?;
    hall.eyes
        .wait("one taken back", |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == 1))?;
    show.said(&format!("{} scans one book twice (one loan) and takes back a wrong one", person.given));
    finish(hall, show)
}

fn refused(
    hall: &mut Station,
    label: &str,
    kind: RefusalKind,
    words: &str,
    show: &mut Show,
) -> anyhow::Result<()> {
    hall.scan(label)?;
    let view = hall.eyes.wait(
        &format!("the refusal {kind:?}"),
        |screen| matches!(screen, Screen::Refused { refusal, .. } if refusal.kind == kind),
    )?;
    show.keep(&format!("refused-{kind:?}"), &view)?;
    show.said(words);
    hall.eyes.touch(Touch::Back)?;
    hall.eyes.wait("the way back", |screen| !matches!(screen, Screen::Refused { .. }))?;
    Ok(())
}

fn refusals(hall: &mut Station, school: &School, cast: &mut Cast<'_>, show: &mut Show) -> anyhow::Result<()> {
    hall.eyes.wait("the idle screen", idle)?;
    refused(
        hall,
        "20012999999992",
        RefusalKind::UnknownCard,
        "A card of another school: not known here",
        show,
    )?;
    let status = |status| school.copies.iter().find(|copy| copy.status == status).context("no such book");
    let person = cast.person()?;
    visit(hall, person, show)?;
    refused(
        hall,
        &status("reference")?.number,
        RefusalKind::ReferenceOnly,
        "A dictionary stays in the library",
        show,
    )?;
    refused(
        hall,
        &status("not_for_loan")?.number,
        RefusalKind::NotForLoan,
        "A book on its way to the binder",
        show,
    )?;
    refused(
        hall,
        &cast.book()?.isbn,
        RefusalKind::IsbnScanned,
        "The publisher's barcode instead of the label",
        show,
    )?;
    refused(hall, "https://okulyk.example/7/algebra", RefusalKind::UrlScanned, "A textbook's QR code", show)?;
    refused(hall, "30012999999990", RefusalKind::UnknownItem, "A book the catalogue does not know", show)?;
    for count in 1..=5 {
        hall.scan(&cast.book()?.number)?;
        hall.eyes
            .wait("a loan", |screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == count))?;
    }
    refused(hall, &cast.book()?.number, RefusalKind::LimitReached, "A sixth book: five are allowed", show)?;
    finish(hall, show)?;
    for (person, kind, words) in [
        (
            school.people.iter().find(|p| !p.block.is_empty()),
            RefusalKind::Blocked,
            "A lost book is to be replaced first",
        ),
        (school.people.iter().find(|p| !p.until.is_empty()), RefusalKind::Expired, "A card that has run out"),
    ] {
        visit(hall, person.context("nobody has it")?, show)?;
        refused(hall, &cast.book()?.number, kind, words, show)?;
        finish(hall, show)?;
    }
    Ok(())
}

fn give_back(hall: &mut Station, books: &[&Copy], show: &mut Show) -> anyhow::Result<()> {
    hall.eyes.wait("the idle screen", idle)?;
    hall.eyes.touch(Touch::ReturnBooks)?;
    hall.eyes.wait("returns", |screen| matches!(screen, Screen::Returns { .. }))?;
    for (count, book) in books.iter().enumerate() {
        hall.scan(&book.number)?;
        let view = hall.eyes.wait("a return", |screen| matches!(screen, Screen::Returns { rows, .. } if rows.len() == count + 1 && rows.iter().all(|row| row.act == RowAct::Returned)))?;
        show.keep("returns", &view)?;
    }
    show.said(&format!("{} book(s) come back without a card", books.len()));
    finish(hall, show)
}

fn renew_all(hall: &mut Station, person: &Person, show: &mut Show) -> anyhow::Result<()> {
    visit(hall, person, show)?;
    hall.eyes.touch(Touch::MyBooks)?;
    let view = hall.eyes.wait("my books", |screen| matches!(screen, Screen::MyBooks { .. }))?;
    show.keep("my-books", &view)?;
    hall.eyes.touch(Touch::RenewAll)?;
    let view = hall.eyes.wait("all prolonged", |screen| matches!(screen, Screen::MyBooks { rows, .. } if rows.iter().all(|row| row.renewable == desk::Renewable::Done)))?;
    show.keep("my-books-renewed", &view)?;
    show.said(&format!("{} keeps the books longer", person.given));
    finish(hall, show)
}
