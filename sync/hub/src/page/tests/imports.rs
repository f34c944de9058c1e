//! Files taken in at the console: preview, consent, the way back; and what is refused leaves no trace.

use super::{Region, escape};
use crate::store::{Role, SchoolId};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{Request, StatusCode};

const SCHOOL: SchoolId = SchoolId(1);

const PATRONS: &str = "card,family,given,kind\n1001,Сейтқали,Әлия,pupil\n1002,Ким,Виктор,teacher\n";

impl Region {
    /// Sends a file as a browser does: the status, where it leads, and the page.
    pub(super) fn upload(
        &self,
        cookie: &str,
        word: &str,
        name: &str,
        bytes: &[u8],
    ) -> (StatusCode, String, String) {
        let mut body = Vec::new();
        for (field, value) in [("form", word), ("what", "patrons")] {
            let part = format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        let head =
            format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--b--\r\n");
        let request = Request::post("/import")
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b");
        let (status, response) = self.ask(request.body(Body::from(body)).unwrap());
        let to = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (status, to.unwrap_or_default(), self.text(response))
    }

    /// How many imports and patrons the school has.
    fn taken_in(&self) -> (usize, usize) {
        let count = |store: &mut crate::store::Store| {
            let patrons = store.records(SCHOOL, exchange::Feed::Patrons)?.len();
            Ok::<_, crate::store::StoreFault>((store.imports(SCHOOL, 99)?.len(), patrons))
        };
        self.hub.with(count).unwrap()
    }
}

#[test]
fn a_file_changes_nothing_before_consent_and_can_be_taken_back() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let word = region.word(&cookie);
    let (status, to, _) = region.upload(&cookie, &word, "patrons.csv", PATRONS.as_bytes());
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(region.taken_in(), (1, 0), "only read");
    let (status, page) = region.get(&format!("{to}?lang=en"), &cookie);
    assert!(status == StatusCode::OK && page.contains("Сейтқали Әлия"), "{page}");
    let saved = format!("{to}/save");
    assert_eq!(region.post(&saved, &cookie, "form=guessed").0, StatusCode::FORBIDDEN);
    assert_eq!(region.taken_in(), (1, 0), "a form of another site");
    assert_eq!(region.post(&saved, &cookie, &format!("form={word}")).0, StatusCode::SEE_OTHER);
    assert_eq!(region.taken_in(), (1, 2));
    assert_eq!(region.post(&saved, &cookie, &format!("form={word}")).0, StatusCode::CONFLICT, "once only");
    let undo = format!("{to}/undo");
    assert_eq!(region.post(&undo, &cookie, "form=guessed").0, StatusCode::FORBIDDEN);
    assert_eq!(region.post(&undo, &cookie, &format!("form={word}")).0, StatusCode::SEE_OTHER);
    assert_eq!(region.taken_in(), (1, 0));
    assert_eq!(region.post(&undo, &cookie, &format!("form={word}")).0, StatusCode::CONFLICT);
    // Both stand in the journal of what people did, in every language, with who did them.
    for (lang, words) in [
        ("kk", ["файлдан деректер алды", "файлдан алғанын кері қайтарды"]),
        ("ru", ["загрузил(а) данные из файла", "отменил(а) загрузку"]),
        ("en", ["imported a file", "took an import back"]),
    ] {
        let page = region.get(&format!("/audit?lang={lang}"), &cookie).1;
        for words in words {
            assert!(page.contains(words), "{lang}: {words}\n{page}");
        }
        assert!(page.contains(">one<"), "{page}");
        assert!(!page.contains("Сейтқали"), "no names in it");
    }
}

#[test]
fn a_wrong_file_imports_nothing_and_says_so() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let word = region.word(&cookie);
    let rubbish: [(&str, &[u8]); 5] = [
        ("patrons.xlsx", b"PK\x03\x04 no workbook at all"),
        ("patrons.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook"),
        ("patrons.csv", b"colour,size\nred,12\n"),
        ("patrons.csv", b""),
        ("patrons.csv", b"\x00\x01\x02\x03"),
    ];
    for lang in ["kk", "ru", "en"] {
        region.get(&format!("/import?lang={lang}"), &cookie);
        for (name, bytes) in rubbish {
            let cookie = format!("{cookie}; lang={lang}");
            let (status, _, page) = region.upload(&cookie, &word, name, bytes);
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(page.contains("role=\"alert\"") && page.contains("type=\"file\""), "{name}: {page}");
        }
    }
    // A good file, but the word of another session; or a file that is too large.
    let (status, ..) = region.upload(&cookie, "guessed", "patrons.csv", PATRONS.as_bytes());
    assert_eq!(status, StatusCode::FORBIDDEN);
    let large = vec![b'1'; 17 << 20];
    let (status, _, page) = region.upload(&cookie, &word, "patrons.csv", &large);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("16"), "the most is named: {page}");
    assert_eq!(region.taken_in(), (0, 0));
}

#[test]
fn who_may_not_import_sends_no_file() {
    let region = Region::new();
    for role in [Role::District, Role::Technician] {
        region.staff(role.word(), role);
        let cookie = region.sign_in(role.word(), "");
        let word = region.word(&cookie);
        let (status, ..) = region.upload(&cookie, &word, "patrons.csv", PATRONS.as_bytes());
        assert_eq!(status, StatusCode::FORBIDDEN, "{}", role.word());
    }
    let (status, _, page) = region.upload("", "", "patrons.csv", PATRONS.as_bytes());
    assert!(page.contains("name=\"password\""), "{status}");
    assert_eq!(region.taken_in(), (0, 0));
}

#[test]
fn what_a_file_says_runs_neither_in_a_page_nor_in_a_spreadsheet() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let word = region.word(&cookie);
    let file = "card,family,given,class\n1001,<script>alert(1)</script>,Б,\n1002,Ким,В,=HYPERLINK(1)\n";
    let (status, to, page) = region.upload(&cookie, &word, "=cmd<img>.csv", file.as_bytes());
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for path in ["/import".to_owned(), to.clone()] {
        let page = region.get(&path, &cookie).1;
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    }
    let (status, bad) = region.get(&format!("{to}/bad.csv"), &cookie);
    assert!(status == StatusCode::OK && bad.contains("3;class;"), "the row and its column: {bad}");
    for cell in bad.split(['\n', ';']) {
        let cell = cell.trim_start_matches('"');
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    assert_eq!(region.get(&format!("{to}{}", escape("x")), &cookie).0, StatusCode::NOT_FOUND);
}
