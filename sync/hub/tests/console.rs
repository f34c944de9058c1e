//! The console as a browser uses it, over TLS, beside the program's command line and the API: what people did stands in the
//! journal of it, and what a file takes away runs nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Region, SCHOOL, item, lent, little_school};
use exchange::{Item, ItemStatus, Patron, PatronId, Record, Title, TitleId};
use hub::store::{Role, Scope};
use reqwest::blocking::Response;
use std::io::Write;
use std::process::{Command, Stdio};

const PASSWORD: &str = "кітапхана 2026";

/// Somebody who is signed in.
struct Browser<'r> {
    region: &'r Region,
    cookie: String,
    word: String,
}

impl Browser<'_> {
    fn sign_in<'r>(region: &'r Region, login: &str) -> Browser<'r> {
        let mut browser = Browser { region, cookie: String::new(), word: String::new() };
        let response = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]);
        assert_eq!(response.status(), 303, "{login}");
        let cookies = response.headers().get_all("set-cookie").iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
        let session = cookies.find(|cookie| cookie.contains("session=")).unwrap();
        browser.cookie = session.split(';').next().unwrap().to_owned();
        browser.word = after(&browser.get("/"), "name=\"form\" value=\"");
        browser
    }

    fn get(&self, path: &str) -> String {
        let url = format!("https://{}{path}", self.region.address);
        let response = self.region.client().get(url).header("cookie", &self.cookie).send().unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().unwrap()
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body: Vec<String> = fields
            .iter()
            .chain([&("form", self.word.as_str())])
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        let request = self.region.client().post(format!("https://{}{path}", self.region.address));
        let request = request.header("cookie", &self.cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(body.join("&")).send().unwrap()
    }
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What stands in a page behind a text, up to the next quotation mark.
fn after(page: &str, text: &str) -> String {
    let (_, rest) = page.split_once(text).unwrap_or_else(|| panic!("{text}\n{page}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn staff(region: &Region, args: &[&str]) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_oqyrman-hub"))
        .args(["staff", "add"])
        .arg(&region.dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(program.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(program.wait().unwrap().success());
}

/// The cells of each row of the journal of what people did.
fn journal(page: &str) -> Vec<String> {
    let rows = page.split("<tbody>").nth(1).unwrap().split("<tr").skip(1);
    rows.map(|row| {
        row.split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| text.trim())
            .collect::<Vec<_>>()
            .join("|")
    })
    .collect()
}

#[test]
fn what_is_done_at_the_command_line_the_console_and_the_api_stands_in_one_journal() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    staff(&region, &["admin", "--role", "admin"]);
    staff(&region, &["aigul"]);
    let browser = Browser::sign_in(&region, "admin");
    let calendar = browser.get("/calendar");
    let fields = [
        ("version", after(&calendar, "name=\"version\" value=\"")),
        ("year_end", "2027-06-01".to_owned()),
        ("zone", "Asia/Almaty".to_owned()),
        ("day6", "yes".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let saved = browser.post("/calendar", &fields);
    assert_eq!(saved.status(), 303, "{}", saved.text().unwrap());
    let mut wanted = vec![("name", "Күнделік"), ("where", "school"), ("days", "30")];
    let scopes = [Scope::ReadPatrons, Scope::WritePatrons, Scope::WriteItems];
    wanted.extend(scopes.iter().map(|scope| (scope.word(), "1")));
    let made = browser.post("/api-tokens", &wanted);
    assert_eq!(made.status(), 200);
    let token = after(&made.text().unwrap(), "readonly value=\"");
    let of = |path: &str| format!("/api/v1/schools/1/{path}");
    let patron = r#"{"given":"Аружан","family":"Басқақызы"}"#;
    assert_eq!(region.send("PUT", &of("patrons/1"), &token, patron).0, 200);
    assert_eq!(region.send("PUT", &of("patrons/2/block"), &token, r#"{"kind":"lost_item"}"#).0, 200);
    assert_eq!(region.send("PUT", &of("items/000200"), &token, r#"{"title":1}"#).0, 200);
    // What is refused, and who has no right, did nothing.
    assert_eq!(region.send("PUT", &of("patrons/1"), &token, r#"{"given":"","family":"Ү"}"#).0, 422);
    assert_eq!(region.send("PUT", &of("patrons/1"), "guessed", patron).0, 401);
    let revoke = after(&browser.get("/api-tokens"), "action=\"/api-tokens/");
    assert_eq!(browser.post(&format!("/api-tokens/{revoke}"), &[]).status(), 303);

    for (lang, words) in [
        (
            "en",
            [
                "revoked an API token",
                "changed the catalogue",
                "changed a patron",
                "changed a patron",
                "made an API token",
                "changed the calendar",
                "signed in",
                "gave or changed somebody’s access",
                "gave or changed somebody’s access",
            ],
        ),
        (
            "kk",
            [
                "API кілтін жарамсыз етті",
                "каталогты өзгертті",
                "оқырманды өзгертті",
                "оқырманды өзгертті",
                "API кілтін жасады",
                "күнтізбені өзгертті",
                "кірді",
                "қызметкердің кіру құқығын берді немесе өзгертті",
                "қызметкердің кіру құқығын берді немесе өзгертті",
            ],
        ),
        (
            "ru",
            [
                "отозвал(а) ключ API",
                "изменил(а) каталог",
                "изменил(а) читателя",
                "изменил(а) читателя",
                "создал(а) ключ API",
                "изменил(а) календарь",
                "вход",
                "дал(а) или изменил(а) вход сотрудника",
                "дал(а) или изменил(а) вход сотрудника",
            ],
        ),
    ] {
        let page = browser.get(&format!("/audit?of=region&lang={lang}"));
        let rows = journal(&page);
        assert_eq!(rows.len(), words.len(), "{lang}: {rows:#?}");
        for (row, words) in rows.iter().zip(words) {
            assert!(row.contains(words), "{lang}: {words} is not in {row}");
        }
        let by = ["admin", "Күнделік", "Күнделік", "Күнделік", "admin", "admin", "admin"];
        for (row, by) in rows.iter().zip(by) {
            assert!(row.contains(by), "{lang}: {by} is not in {row}");
        }
        assert!(rows[7].contains("aigul") && rows[8].contains("admin"), "{rows:#?}");
        // Numbers, not names, and never a secret.
        assert!(!page.contains("Басқақызы") && !page.contains(PASSWORD) && !page.contains(&token));
    }
    // The librarian sees her school's lines, and not what was done for the whole region.
    let rows = journal(&Browser::sign_in(&region, "aigul").get("/audit?lang=en"));
    assert!(rows.iter().any(|row| row.contains("changed the calendar")), "{rows:#?}");
    assert!(rows.iter().any(|row| row.contains("changed a patron")), "{rows:#?}");
    assert!(!rows.iter().any(|row| row.contains("access") && row.contains("admin")), "{rows:#?}");
}

#[test]
fn what_is_taken_away_as_a_file_runs_nothing_in_a_spreadsheet() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let station = region.join(7);
    let starts = ["=", "+", "-", "@", "\t", "\r", "\t=", "\"=", ";="];
    let (mut records, mut acts) = (Vec::new(), Vec::new());
    let little = little_school();
    let [Record::Patron(patron), _, Record::Title(title), ..] = little.as_slice() else {
        panic!("another little school")
    };
    for (n, start) in (100_u64..).zip(starts) {
        let number = format!("9{n:05}");
        let cards = vec![format!("20012000{n:06}")];
        // The name is written behind the first name in one file, and before it in another.
        let (family, given) = (format!("{start}HYPERLINK(1)"), format!("{start}cmd|' /C calc'!A0"));
        records.push(Record::Patron(Patron { id: PatronId(n), cards, family, given, ..patron.clone() }));
        let name = format!("{start}SUM(A1:A9)");
        records.push(Record::Title(Title { id: TitleId(n), name, ..title.clone() }));
        let (id, title) = (item(&number), TitleId(n));
        records.push(Record::Item(Item { id, title, status: ItemStatus::Lendable, former: Vec::new() }));
        acts.push(lent(n, &number));
    }
    region.save(records);
    region.exchange(&station, &station.request(&[], &acts)).unwrap();
    region
        .hub
        .with(|store| store.add_staff("one", (Role::Librarian, Some(SCHOOL)), PASSWORD, [3; 16]))
        .unwrap();
    let browser = Browser::sign_in(&region, "one");
    for file in ["open-loans.csv", "loans.csv", "overdue.csv", "events.csv"] {
        let text = browser.get(&format!("/export/{file}"));
        let text = text.strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(rows.len() >= starts.len(), "{file}: {text}");
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{file}: {cell:?}");
        }
        // The names are there all the same.
        assert!(text.contains("SUM(A1:A9)"), "{file}: {text}");
    }
}
