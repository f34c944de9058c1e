//! Forms of the newer pages: what is refused is shown again and changes nothing; what is done is written down.

use super::{FIELDS, Region, concrete, escape};
use crate::store::{Role, SchoolId, Scope};
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use std::path::Path;

/// Whether a text stands in any file below a folder.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// The value of a form's field, as the page has it.
fn value<'p>(page: &'p str, name: &str) -> &'p str {
    let from =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}\n{page}"));
    from.1.split_once('"').unwrap().0
}

#[test]
fn a_token_is_shown_once_and_kept_by_its_hash_alone() {
    let region = Region::new();
    region.staff("admin", Role::Admin);
    let cookie = region.sign_in("admin", "");
    let word = region.word(&cookie);
    let scope = escape(Scope::ReadItems.word());
    let wanted = format!("name={}&{scope}=1&where=school&days=30", escape("Күнделік"));
    assert_eq!(
        region.post("/api-tokens", &cookie, &format!("form=guessed&{wanted}")).0,
        StatusCode::FORBIDDEN
    );
    let (status, response) = region.post("/api-tokens", &cookie, &format!("form={word}&{wanted}"));
    assert_eq!(status, StatusCode::OK);
    let page = region.text(response);
    let token = page.split_once("readonly value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    assert!(token.len() > 30, "{token}");
    let (_, again) = region.get("/api-tokens", &cookie);
    assert!(again.contains("Күнделік") && !again.contains(&token), "shown once");
    assert!(!holds(region.dir.path(), &token), "it stands in a file in the clear");
    let secret = token.rsplit(['.', '-', '_']).next().unwrap();
    assert!(
        secret.len() < 16 || !holds(region.dir.path(), secret),
        "its secret stands in a file in the clear"
    );
    assert!(holds(region.dir.path(), "Күнделік"), "the search finds what is there");

    // The word of the session is needed to take it back too.
    assert_eq!(region.post("/api-tokens/1/revoke", &cookie, "form=guessed").0, StatusCode::FORBIDDEN);
    let (status, _) = region.post("/api-tokens/1/revoke", &cookie, &format!("form={word}"));
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!region.get("/api-tokens", &cookie).1.contains("/api-tokens/1/revoke"));
}

#[test]
fn a_refused_form_comes_back_with_what_was_typed_and_the_fault_at_its_field() {
    let region = Region::new();
    region.staff("admin", Role::Admin);
    let cookie = region.sign_in("admin", "");
    let word = region.word(&cookie);
    let version = |path: &str| value(&region.get(path, &cookie).1, "version").to_owned();
    let year_end = value(&region.get("/calendar", &cookie).1, "year_end").to_owned();
    let forms = [
        ("/api-tokens", "name=Diary&days=9".to_owned(), "Diary"),
        ("/api-tokens", format!("name=Diary&days=soon&{}=1", escape(Scope::ReadItems.word())), "soon"),
        ("/notices", "kk=&ru=Hello&en=Hello&until=2030-01-01".to_owned(), "Hello"),
        ("/notices", "kk=a&ru=b&en=c&until=whenever".to_owned(), "whenever"),
        ("/rules", format!("version={}&overdue=12345", version("/rules")), "12345"),
        ("/calendar", format!("version={}&year_end={year_end}&zone=Mars", version("/calendar")), &year_end),
    ];
    for (path, fields, typed) in &forms {
        for lang in ["kk", "ru", "en"] {
            let cookie = format!("{cookie}; lang={lang}");
            let (status, response) = region.post(path, &cookie, &format!("form={word}&{fields}"));
            let page = region.text(response);
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {fields}\n{page}");
            assert!(page.contains("role=\"alert\""), "{path} {fields}\n{page}");
            assert!(page.contains(&format!("value=\"{typed}\"")), "{path} {fields}: {typed} is lost\n{page}");
        }
    }
}

#[test]
fn changes_of_rules_calendar_and_notices_are_written_down_in_three_languages() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let word = region.word(&cookie);
    let (_, page) = region.get("/rules", &cookie);
    let mut fields = vec![format!("form={word}"), "unknown=refuse".to_owned()];
    for part in page.split("<input ").skip(1) {
        let part = part.split_once('>').unwrap().0;
        let named = |attribute: &str| {
            part.split_once(&format!("{attribute}=\"")).map(|(_, rest)| rest.split_once('"').unwrap().0)
        };
        let (Some(name), Some(value)) = (named("name"), named("value")) else { continue };
        if matches!(named("type"), Some("number")) || name == "version" {
            let value = if name == "overdue" { "7" } else { value };
            fields.push(format!("{name}={}", escape(value)));
        }
    }
    let (status, response) = region.post("/rules", &cookie, &fields.join("&"));
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", region.text(response));
    let notice = format!("form={word}&kk={0}&ru={0}&en={0}&until=2099-01-01", escape("Кітап апталығы"));
    let (status, response) = region.post("/notices", &cookie, &notice);
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", region.text(response));
    for lang in ["kk", "ru", "en"] {
        let (status, page) = region.get(&format!("/audit?lang={lang}"), &cookie);
        assert_eq!(status, StatusCode::OK);
        let rows = page.matches("<td class=\"when\"").count();
        // Signing in, the rules, the notice.
        assert_eq!(rows, 3, "{lang}\n{page}");
    }
}

#[test]
fn an_address_that_makes_no_sense_is_answered_in_words_in_the_frame() {
    let region = Region::new();
    region.staff("admin", Role::Admin);
    let cookie = region.sign_in("admin", "");
    for path in ["/audit?before=x", "/reviews?page=-1", "/calendar?year=next", "/rules?saved=x"] {
        for lang in ["kk", "ru", "en"] {
            let with = format!("{path}&lang={lang}");
            let (status, page) = region.get(&with, &cookie);
            assert_eq!(status, StatusCode::BAD_REQUEST, "{with}");
            assert!(
                page.contains("<nav") && page.contains(&format!("<html lang=\"{lang}\"")),
                "{with}\n{page}"
            );
            assert!(!page.to_lowercase().contains("deserialize") && !page.contains("invalid"), "{page}");
        }
    }
}

#[test]
fn who_scans_the_code_of_a_station_comes_to_it_through_signing_in() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let (_, page) = region.get("/enrolment?code=WDJBMJHT", "");
    let to = value(&page, "to").to_owned();
    assert_eq!(to, "/enrolment?code=WDJBMJHT");
    let wrong = format!("login=one&password=guessed&to={}", escape(&to));
    let (status, response) = region.post("/sign-in", "", &wrong);
    let page = region.text(response);
    assert_eq!((status, value(&page, "to")), (StatusCode::UNAUTHORIZED, to.as_str()));
    let password = escape(super::PASSWORD);
    let leads = |to: &str| {
        let fields = format!("login=one&password={password}&to={}", escape(to));
        let (status, response) = region.post("/sign-in", "", &fields);
        assert_eq!(status, StatusCode::SEE_OTHER);
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    };
    assert_eq!(leads(&to), to);
    for elsewhere in ["", "https://other.example/", "//other.example/", "/\\other.example/"] {
        assert_eq!(leads(elsewhere), "/", "{elsewhere}");
    }
}

#[test]
fn nobody_takes_down_what_another_school_put_up() {
    let region = Region::new();
    let other = region.hub.with(|store| crate::add_school(store, "№ 34 мектеп", 1_788_253_200)).unwrap();
    region.staff("one", Role::Librarian);
    region
        .hub
        .with(|store| store.add_staff("two", (Role::Librarian, Some(other)), super::PASSWORD, [4; 16]))
        .unwrap();
    let (one, two) = (region.sign_in("one", ""), region.sign_in("two", ""));
    let word = region.word(&one);
    let notice = format!("form={word}&kk=aa&ru=bb&en=cc&until=2099-01-01");
    let (status, response) = region.post("/notices", &one, &notice);
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(response.headers()[LOCATION].to_str().unwrap().starts_with("/notices"));
    let theirs = region.word(&two);
    let (_, page) = region.get("/notices", &one);
    let down = page.split_once("action=\"/notices/").unwrap().1.split_once('"').unwrap().0;
    let path = format!("/notices/{down}");
    region.post(&path, &two, &format!("form={theirs}"));
    let rows = |cookie: &str| region.get("/audit", cookie).1.matches("<td class=\"when\"").count();
    assert_eq!(rows(&two), 1, "they signed in, and did nothing");
    assert!(region.get("/notices", &one).1.contains(&format!("/notices/{down}")), "it still stands");
    for _ in 0..2 {
        assert_eq!(region.post(&path, &one, &format!("form={word}")).0, StatusCode::SEE_OTHER);
    }
    assert_eq!(rows(&one), 3, "signed in, put up, taken down once");
}

/// Where the links to the languages of a page lead.
fn langs(page: &str) -> Vec<String> {
    let Some((_, from)) = page.split_once("<span class=\"langs\">") else { return Vec::new() };
    let links = from.split_once("<nav").map_or(from, |(links, _)| links).split("href=\"").skip(1);
    links.map(|link| link.split_once('"').unwrap().0.replace("&#38;", "&")).collect()
}

#[test]
fn the_languages_of_a_page_that_answers_a_form_lead_to_the_page_of_the_form() {
    let region = Region::new();
    region.staff("admin", Role::Admin);
    region.hub.with(|store| crate::bench::enrolled(store, SchoolId(1), 1)).unwrap();
    let cookie = region.sign_in("admin", "");
    let word = region.word(&cookie);
    let (status, ..) = region.upload(&cookie, &word, "patrons.csv", b"card,family,given\n1001,A,B\n");
    assert_eq!(status, StatusCode::SEE_OTHER);
    let doors = super::super::doors();
    let looked: Vec<&str> =
        doors.list().iter().filter(|door| door.method == Method::GET).map(|door| door.path).collect();
    let mut shown = 0;
    for door in doors.list().iter().filter(|door| door.method == Method::POST) {
        let page = door.stands_on.unwrap();
        let page = page.split_once('?').map_or(page, |(page, _)| page);
        assert!(looked.contains(&page), "{door:?} stands on a page that nobody can look at");
        let path = concrete(door.path);
        for fields in ["form=guessed".to_owned(), format!("form={word}"), format!("form={word}&{FIELDS}")] {
            let (_, response) = region.post(&path, &cookie, &fields);
            let is_page = response
                .headers()
                .get("content-type")
                .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
            if !is_page {
                continue;
            }
            let links = langs(&region.text(response));
            assert_eq!(links.len(), 3, "{path} {fields}");
            for (link, lang) in links.iter().zip(["kk", "ru", "en"]) {
                let (status, page) = region.get(link, &cookie);
                assert_eq!(status, StatusCode::OK, "{path} {fields} leads to {link}");
                assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{link}");
            }
            shown += 1;
        }
        // Whose session is over is led back to the page, too.
        let (_, response) = region.post(&path, "", &format!("form={word}&{FIELDS}"));
        let page = region.text(response);
        if page.contains("name=\"to\"") {
            let to = value(&page, "to").replace("&#38;", "&");
            assert_eq!(region.get(&to, &cookie).0, StatusCode::OK, "{path} leads to {to}");
        }
    }
    assert!(shown > 20, "{shown}");
}
