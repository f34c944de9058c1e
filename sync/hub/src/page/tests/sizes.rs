//! What a page weighs on a line of 64 kbit/s, for a large invented school.

use super::{Region, concrete};
use crate::bench::{Play, enrolled, requests, school, word as name};
use crate::store::{Change, Deed, Note, Role, SchoolId, StoreFault};
use axum::body::Body;
use axum::http::header::COOKIE;
use axum::http::{Method, Request, StatusCode};
use exchange::{
    Class, ClassId, Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Title, TitleId,
    TitleKind,
};

/// The most bytes of a page on the wire, without the style and the script, which the browser keeps.
const MOST_LEN: usize = 30_000;

const SCHOOL: SchoolId = SchoolId(1);

const NOW_S: i64 = 1_788_231_600;

/// As many people as the largest schools have, books for them all, and years of what people did.
const PATRONS: u64 = 3_000;

fn large(region: &Region) {
    let patron = |n: u64| Patron {
        id: PatronId(n),
        cards: vec![format!("2001{n:08}")],
        given: name(n),
        family: name(n + 1_000_000),
        class: Some(ClassId(1)),
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: None,
    };
    let title = |n: u64| Title {
        id: TitleId(n),
        name: format!("{} {}", name(n + 2_000_000), name(n + 3_000_000)),
        author: name(n + 4_000_000),
        isbn: String::new(),
        year: 2_020,
        kind: TitleKind::Book,
    };
    let item = |n: u64| Item {
        id: ItemId::new(format!("30012{n:09}")).unwrap(),
        title: TitleId(n % 500 + 1),
        status: ItemStatus::Lendable,
        former: Vec::new(),
    };
    let changes =
        |n| [Record::Patron(patron(n)), Record::Title(title(n)), Record::Item(item(n))].map(Change::Put);
    let mut changes: Vec<Change> = (1..=PATRONS).flat_map(changes).collect();
    let (letter, name_of) = ("А".to_owned(), "7-А".to_owned());
    let class = Class { id: ClassId(1), grade: 7, letter, name: name_of, lang: Lang::Kk };
    changes.push(Change::Put(Record::Class(class)));
    let fill = |store: &mut crate::store::Store| {
        store.save(SCHOOL, &changes, NOW_S)?;
        for n in 0..400 {
            let (login, object) = (name(n), name(n + 5_000_000));
            let note = Note { school: Some(SCHOOL), login: &login, deed: Deed::Exported, object: &object };
            store.note(note, NOW_S)?;
        }
        Ok::<_, StoreFault>(())
    };
    region.hub.with(fill).unwrap();
}

impl Region {
    /// The bytes of a page as they are sent, and its text.
    fn weigh(&self, path: &str, cookie: &str) -> (usize, String) {
        let request = Request::get(path).header(COOKIE, cookie).header("accept-encoding", "gzip");
        let (status, response) = self.ask(request.body(Body::empty()).unwrap());
        assert_eq!(status, StatusCode::OK, "{path}");
        let bytes = self.runtime.block_on(axum::body::to_bytes(response.into_body(), 64 << 20)).unwrap();
        (bytes.len(), self.get(path, cookie).1)
    }
}

#[test]
fn an_import_that_asks_about_thousands_shows_some_and_gives_all_as_files() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    large(&region);
    let cookie = region.sign_in("one", "");
    let word = region.word(&cookie);
    // 300 as they are; 1,200 with new cards; 1,500 are missing.
    let row = |n: u64| {
        let card = if n <= 300 { 200_100_000_000 + n } else { 900_000_000_000 + n };
        format!("{card},{},{},7-А\n", name(n + 1_000_000), name(n))
    };
    let file: String = (1..=1_500).fold("card,family,given,class\n".to_owned(), |file, n| file + &row(n));
    let (status, import, page) = region.upload(&cookie, &word, "patrons.csv", file.as_bytes());
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for (lang, more) in [("kk", "және тағы 1450"), ("ru", "и ещё 1450"), ("en", "and 1450 more")]
    {
        let (len, page) = region.weigh(&format!("{import}?lang={lang}"), &cookie);
        assert!(len <= MOST_LEN, "{lang}: {len} bytes");
        assert!(page.contains(more) && page.contains("(1500)"), "{lang}: {page}");
        assert!(page.contains("1000"), "the other questions: {page}");
        assert_eq!(page.matches("<fieldset>").count(), 200);
    }
    let rows = |file: &str| {
        let (status, text) = region.get(&format!("{import}/{file}"), &cookie);
        assert_eq!(status, StatusCode::OK, "{file}");
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let missing = rows("missing.csv");
    assert_eq!(missing.len(), 1_500);
    assert!(missing.iter().any(|row| row.contains(&name(2_999)) && row.contains("200100002999")));
    let cards = rows("new-cards.csv");
    assert_eq!(cards.len(), 1_200);
    assert!(cards.iter().any(|row| row.contains(&name(1_500)) && row.contains("900000001500")));
    // One agrees to all of it: those that were not on the page too.
    let (status, response) =
        region.post(&format!("{import}/save"), &cookie, &format!("form={word}&left=yes"));
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", region.text(response));
    let records = region.hub.with(|store| store.records(SCHOOL, exchange::Feed::Patrons)).unwrap();
    let patrons =
        records.iter().filter_map(|one| if let Record::Patron(patron) = one { Some(patron) } else { None });
    let left = patrons.clone().filter(|patron| !patron.blocks.is_empty()).count();
    let new = patrons.filter(|patron| patron.cards.iter().any(|card| card.starts_with('9'))).count();
    assert_eq!((left, new), (1_500, 1_200));
}

#[test]
fn thousands_of_overdue_books_are_shown_class_by_class() {
    const LOANS: usize = 3_000;
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let fill = |store: &mut crate::store::Store| {
        let play = Play { from_s: NOW_S, step_s: 1, now_s: NOW_S + 86_400, books: 3_000, trouble: false };
        school(store, SCHOOL, NOW_S).unwrap();
        let station = enrolled(store, SCHOOL, 1).unwrap();
        for request in requests(station, play, 1_000, LOANS, false) {
            store.take(&request, &[], play.now_s)?;
        }
        Ok::<_, StoreFault>(())
    };
    region.hub.with(fill).unwrap();
    let cookie = region.sign_in("one", "");
    let (len, page) = region.weigh("/overdue?lang=en", &cookie);
    assert!(len <= MOST_LEN, "{len} bytes");
    assert!(page.contains("choose a class") && !page.contains("/item/"), "{page}");
    let classes: Vec<&str> =
        page.split("href=\"/overdue?class=").skip(1).map(|part| part.split_once('"').unwrap().0).collect();
    assert_eq!(classes.len(), 24);
    let mut rows = 0;
    for class in classes {
        let (len, page) = region.weigh(&format!("/overdue?class={class}"), &cookie);
        assert!(len <= MOST_LEN, "{class}: {len} bytes");
        rows += page.matches("href=\"/item/").count();
    }
    assert_eq!(rows, LOANS);
    let (_, file) = region.get("/export/overdue.csv", &cookie);
    assert_eq!(file.lines().count(), 1 + LOANS);
}

#[test]
fn every_page_of_a_large_school_is_short_on_the_wire() {
    let region = Region::new();
    region.staff("admin", Role::Admin);
    large(&region);
    let cookie = region.sign_in("admin", "");
    let word = region.word(&cookie);
    // Those who are there and as many new ones: nobody is missing, for all who are would be named.
    let row = |card: u64, n| format!("{card},{},{}\n", name(n + 1_000_000), name(n));
    let file: String = (1..=PATRONS).fold("card,family,given\n".to_owned(), |file, n| {
        file + &row(200_100_000_000 + n, n) + &row(900_000_000_000 + n, n + 6_000_000)
    });
    let (status, import, page) = region.upload(&cookie, &word, "patrons.csv", file.as_bytes());
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");

    let doors = super::super::doors();
    let pages = doors.list().iter().filter(|door| door.method == Method::GET);
    let mut paths: Vec<String> = pages.map(|door| concrete(door.path)).collect();
    // Searches that find all, and an import that waits.
    let found = ["/search?q=2001", "/search?q=%D0%B0", "/title/1", "/patron/1", "/item/30012000000001"];
    paths.extend(found.map(str::to_owned));
    paths.push(import);
    let mut shown = 0;
    for path in &paths {
        let request = Request::get(path).header(COOKIE, &cookie).header("accept-encoding", "gzip");
        let (status, response) = region.ask(request.body(Body::empty()).unwrap());
        let is_page = response
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let bytes = region.runtime.block_on(axum::body::to_bytes(response.into_body(), 64 << 20)).unwrap();
        // Files that are taken away are as long as the school is large.
        if is_page {
            shown += usize::from(status == StatusCode::OK);
            assert!(bytes.len() <= MOST_LEN, "{path}: {} bytes", bytes.len());
        }
    }
    assert!(shown > 15, "{shown} pages");
}
