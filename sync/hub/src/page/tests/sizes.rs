//! What a page weighs on a line of 64 kbit/s, for a large invented school.

use super::{Region, concrete};
use crate::store::{Change, Deed, Note, Role, SchoolId, StoreFault};
use axum::body::Body;
use axum::http::header::COOKIE;
use axum::http::{Method, Request, StatusCode};
use exchange::{
    Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Title, TitleId, TitleKind,
};

/// The most bytes of a page on the wire, without the style and the script, which the browser keeps.
const MOST_LEN: usize = 30_000;

const SCHOOL: SchoolId = SchoolId(1);

/// As many people as the largest schools have, books for them all, and years of what people did.
const PATRONS: u64 = 3_000;

/// A word that is like no other, so that squeezing gains no more than it would among real names.
fn name(n: u64) -> String {
    let mut rest = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    let letters: Vec<char> = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя".chars().collect();
    let mut word = String::new();
    for _ in 0..9 {
        let len = letters.len() as u64;
        word.extend(letters.get(usize::try_from(rest % len).unwrap()));
        rest /= len;
    }
    word
}

fn large(region: &Region) {
    let patron = |n: u64| Patron {
        id: PatronId(n),
        cards: vec![format!("2001{n:08}")],
        given: name(n),
        family: name(n + 1_000_000),
        class: None,
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
    let changes: Vec<Change> = (1..=PATRONS).flat_map(changes).collect();
    let fill = |store: &mut crate::store::Store| {
        store.save(SCHOOL, &changes, 1_788_231_600)?;
        for n in 0..400 {
            let (login, object) = (name(n), name(n + 5_000_000));
            let note = Note { school: Some(SCHOOL), login: &login, deed: Deed::Exported, object: &object };
            store.note(note, 1_788_231_600)?;
        }
        Ok::<_, StoreFault>(())
    };
    region.hub.with(fill).unwrap();
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
