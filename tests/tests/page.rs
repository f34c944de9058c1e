//! The region's page as a librarian's browser sees it: over HTTPS, with cookies and forms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use exchange::receipt::{Deed, Line as ReceiptLine, Receipt};
use exchange::{Act, Basis, ClockTrust, Day, Feed, ItemId, PatronId, Record, Seq, Stamp};
use hub::store::{Change, Role, SchoolId};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use tests::demo::chance::Chance;
use tests::demo::school::School;
use tests::wire::{Line, Proxy, Region, Sender, autumn};

const PASSWORD: &str = "кітапхана 2026";

/// A browser that keeps its cookies.
struct Browser {
    client: Client,
    base: String,
    cookies: Vec<String>,
}

impl Browser {
    fn open(region: &Region) -> Browser {
        let ca = std::fs::read(region.dir.join("hub-ca.pem")).unwrap();
        let tls = rustls_config(&ca);
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Browser { client, base: format!("https://{}", region.address), cookies: Vec::new() }
    }

    fn get(&mut self, path: &str) -> (StatusCode, String) {
        let request = self.client.get(format!("{}{path}", self.base)).header(COOKIE, self.cookies.join("; "));
        self.keep(request.send().unwrap())
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(COOKIE, self.cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.keep(request.send().unwrap())
    }

    fn keep(&mut self, response: Response) -> (StatusCode, String) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            let name = pair.split('=').next().unwrap().to_owned();
            self.cookies.retain(|kept| !kept.starts_with(&format!("{name}=")));
            self.cookies.push(pair);
        }
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            let policy = response.headers().get(CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
        }
        if status == StatusCode::SEE_OTHER {
            assert!(response.headers().get(LOCATION).unwrap().to_str().unwrap().starts_with('/'));
        }
        (status, response.text().unwrap())
    }

    fn sign_in(&mut self, password: &str) -> (StatusCode, String) {
        self.post("/sign-in", &[("login", "librarian"), ("password", password)])
    }
}

fn rustls_config(ca: &[u8]) -> rustls::ClientConfig {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca).unwrap()).unwrap();
    rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What stands between `before` and the next `after`.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

fn total(page: &str, name: &str) -> u64 {
    between(page, &format!("id=\"total-{name}\">"), "<").parse().unwrap()
}

fn lend(sender: &mut Sender, item: &str) {
    lend_to(sender, PatronId(1), item);
}

fn lend_to(sender: &mut Sender, patron: PatronId, item: &str) {
    let due = Day::from_ymd(2026, 9, 22).unwrap();
    let act = Act::CheckedOut { patron, item: ItemId::new(item).unwrap(), due };
    let at = Stamp {
        wall_s: sender.journal.lower_bound_s() + 60,
        boot: sender.journal.boot(),
        mono_s: 60,
        trust: ClockTrust::Rtc,
    };
    sender.journal.append(&[act], Basis { rules: 1, data_as_of_s: at.wall_s }, at).unwrap();
}

#[test]
fn a_librarian_signs_in_sees_the_numbers_and_decides() {
    let dir = tempfile::tempdir().unwrap();
    let school = School::invent(&mut Chance::new(1));
    let region = Region::start(dir.path(), &school).unwrap();
    region
        .hub
        .with(|store| store.add_staff("librarian", (Role::Librarian, Some(SchoolId(1))), PASSWORD, [3; 16]))
        .unwrap();
    let proxy = Proxy::start(region.address, Line::default()).unwrap();
    let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy).unwrap();
    autumn(&mut sender.journal, &school, 200, &mut Chance::new(2)).unwrap();
    lend(&mut sender, "NOSUCHBOOK");
    sender.deliver(std::time::Duration::from_secs(60)).unwrap();

    let mut browser = Browser::open(&region);
    let (status, page) = browser.get("/");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("name=\"password\"") && !page.contains("total-lent"), "nothing before signing in");
    for path in ["/reviews", "/stations/1/log"] {
        assert!(browser.get(path).1.contains("name=\"password\""), "{path}");
    }
    assert_eq!(browser.sign_in("wrong").0, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.sign_in(PASSWORD).0, StatusCode::SEE_OTHER);

    let counts = region.hub.with(|store| store.counts(SchoolId(1))).unwrap();
    let open_loans = region.hub.with(|store| store.open_loans(SchoolId(1))).unwrap();
    let flagged = region.hub.with(|store| store.flagged(SchoolId(1))).unwrap();
    let (_, page) = browser.get("/?lang=en");
    for (name, number) in [
        ("lent", counts.lent),
        ("returned", counts.returned),
        ("renewed", counts.renewed),
        ("refused", counts.refused),
        ("events", counts.events),
        ("reviews-open", 1),
        ("open-loans", open_loans),
        ("flagged", flagged),
    ] {
        assert_eq!(total(&page, name), number, "{name}");
    }
    assert_eq!(counts.events, 201);

    let (_, page) = browser.get("/stations/1/log");
    assert!(
        page.contains("NOSUCHBOOK") && page.contains("epoch=1&#38;seq="),
        "newest first, with more behind"
    );
    let (status, page) = browser.get("/stations/99/log");
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("There is no such page"));

    let (_, page) = browser.get("/reviews?lang=kk");
    assert!(page.contains("мұндай нөмірлі кітап каталогта жоқ"));
    let review = between(&page, "action=\"/review/", "\"").to_owned();
    let word = between(&page, "name=\"form\" value=\"", "\"").to_owned();
    let path = format!("/review/{review}");
    assert_eq!(browser.post(&path, &[("form", "guessed"), ("decree", "accept")]).0, StatusCode::FORBIDDEN);
    assert_eq!(region.hub.with(|store| store.review_counts(SchoolId(1))).unwrap(), (1, 1));
    assert_eq!(browser.post(&path, &[("form", &word), ("decree", "accept")]).0, StatusCode::SEE_OTHER);
    assert_eq!(region.hub.with(|store| store.review_counts(SchoolId(1))).unwrap(), (0, 1));
    assert_eq!(browser.post(&path, &[("form", &word), ("decree", "reject")]).0, StatusCode::CONFLICT);
    assert!(browser.get("/reviews?state=decided").1.contains("librarian қабылдады"));
    assert_eq!(browser.post(&path, &[("form", &word), ("decree", "withdraw")]).0, StatusCode::SEE_OTHER);
    assert_eq!(region.hub.with(|store| store.review_counts(SchoolId(1))).unwrap(), (1, 1));
    assert_eq!(browser.post("/review/1", &[("form", &word), ("decree", "accept")]).0, StatusCode::CONFLICT);
    assert_eq!(browser.post("/review/x", &[("form", &word), ("decree", "accept")]).0, StatusCode::FORBIDDEN);

    assert_eq!(browser.post("/sign-out", &[("form", &word)]).0, StatusCode::SEE_OTHER);
    assert!(browser.get("/").1.contains("name=\"password\""));
    for _ in 0..5 {
        assert_eq!(browser.sign_in("guess").0, StatusCode::UNAUTHORIZED);
    }
    let (status, page) = browser.sign_in(PASSWORD);
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(page.contains("секундтан кейін"), "the right password does not help while the login is locked");
}

#[test]
fn a_receipt_is_checked_whether_its_events_have_come_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let school = School::invent(&mut Chance::new(1));
    let region = Region::start(dir.path(), &school).unwrap();
    region
        .hub
        .with(|store| store.add_staff("librarian", (Role::Librarian, Some(SchoolId(1))), PASSWORD, [3; 16]))
        .unwrap();
    let proxy = Proxy::start(region.address, Line::default()).unwrap();
    let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy).unwrap();
    lend(&mut sender, "KAZ-00001");
    sender.deliver(std::time::Duration::from_secs(60)).unwrap();
    lend(&mut sender, "KAZ-00002");
    let outbox = sender.journal.outbox();
    let lines = sender.journal.events(Seq(1), 9).unwrap().into_iter().filter_map(|event| {
        let Act::CheckedOut { item, due, .. } = event.act else { return None };
        Some(ReceiptLine { seq: event.seq, item, deed: Deed::Lent(due) })
    });
    let mut receipt = Receipt {
        station: sender.keys.station,
        epoch: outbox.epoch.unwrap(),
        wall_s: sender.journal.lower_bound_s(),
        lines: lines.collect(),
    };
    let digits = receipt.seal(&sender.keys.secret);

    let mut browser = Browser::open(&region);
    assert!(
        browser.post("/receipt", &[("digits", &digits)]).1.contains("name=\"password\""),
        "sign in first"
    );
    browser.sign_in(PASSWORD);
    for (lang, genuine, here, not_yet) in [
        ("kk", "Түбіртек шын", "аймақта бар", "әлі жібермеген"),
        ("ru", "Чек настоящий", "в регионе есть", "ещё не прислала"),
        ("en", "The receipt is genuine", "the region has it", "has not sent it yet"),
    ] {
        browser.get(&format!("/receipt?lang={lang}"));
        let (status, page) = browser.post("/receipt", &[("digits", &format!(" {digits}\r\n"))]);
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(genuine) && page.contains("KAZ-00002"), "{page}");
        assert!(page.contains(here) && page.contains(not_yet), "{page}");
    }
    receipt.lines[0].item = ItemId::new("KAZ-00009").unwrap();
    let (_, page) = browser.post("/receipt", &[("digits", &receipt.seal(&sender.keys.secret))]);
    assert!(page.contains("another event in this place"), "{page}");
    let forged = receipt.seal(&exchange::wire::SecretKey::from_seed([9; 32]));
    for (digits, words) in [
        (forged.as_str(), "The receipt is false"),
        (&digits[..digits.len() - 17], "cut short or damaged"),
        ("KAZ-00001", "no receipt of a station"),
        ("12", "cut short or damaged"),
    ] {
        assert!(browser.post("/receipt", &[("digits", digits)]).1.contains(words), "{words}");
    }
}

#[test]
fn a_station_joins_by_the_page_and_a_hostile_name_is_only_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path(), &School::invent(&mut Chance::new(1))).unwrap();
    region
        .hub
        .with(|store| store.add_staff("librarian", (Role::Librarian, Some(SchoolId(1))), PASSWORD, [3; 16]))
        .unwrap();
    let key = exchange::wire::SecretKey::from_seed([8; 32]);
    let request = exchange::enrol::EnrolRequest {
        schema: exchange::SCHEMA,
        key: key.public(),
        code: "7K2MX9QD".into(),
        name: "<script>alert(1)</script>".into(),
        voucher: None,
    };
    let mut browser = Browser::open(&region);
    let url = format!("{}/enrol", browser.base);
    let ask = |browser: &Browser| {
        let sealed = exchange::wire::seal_enrol(&request, &key);
        let bytes = browser.client.post(&url).body(sealed).send().unwrap().bytes().unwrap();
        exchange::wire::decode_enrol_answer(&bytes).unwrap()
    };
    assert!(matches!(ask(&browser), exchange::enrol::EnrolAnswer::Waiting { .. }));
    browser.sign_in(PASSWORD);
    let (_, page) = browser.get("/enrolment?lang=ru");
    assert!(page.contains("7K2MX9QD") && !page.contains("<script>"));
    let word = between(&page, "name=\"form\" value=\"", "\"").to_owned();
    // Carried on without a reason: told, and said in another language the page is still about this device.
    let form = [("form", word.as_str()), ("code", "7K2MX9QD"), ("verdict", "approve"), ("station", "1")];
    let (status, page) = browser.post("/enrolment", &form);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.replace("&#38;", "&").contains("/enrolment?code=7K2MX9QD&lang=en"), "{page}");
    let fields = [("form", word.as_str()), ("code", "7K2MX9QD"), ("verdict", "approve")];
    assert_eq!(browser.post("/enrolment", &fields).0, StatusCode::SEE_OTHER);
    assert!(matches!(ask(&browser), exchange::enrol::EnrolAnswer::Approved { .. }));
    assert_eq!(browser.post("/enrolment", &fields).0, StatusCode::CONFLICT);
    let (status, _) = browser.post("/x", &[("not", "a message")]);
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

/// A name that would be a program, an element and the end of an attribute, if a page took it for more than a name.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

#[test]
fn whatever_people_and_books_are_called_pages_show_it_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path(), &School::invent(&mut Chance::new(1))).unwrap();
    staff(&region, "librarian", (Role::Librarian, Some(SchoolId(1))));
    let records = |feed| region.hub.with(|store| store.records(SchoolId(1), feed)).unwrap();
    let first = |feed| records(feed).into_iter().next().unwrap();
    let (Record::Item(item), Record::Patron(mut patron)) = (first(Feed::Items), first(Feed::Patrons)) else {
        panic!("a school has both");
    };
    let mut changes = Vec::new();
    for record in records(Feed::Titles).into_iter().chain(records(Feed::Classes)) {
        if let Record::Title(mut title) = record {
            if title.id == item.title {
                (title.name, title.author) = (HOSTILE.into(), HOSTILE.into());
                changes.push(Change::Put(Record::Title(title)));
            }
        } else if let Record::Class(mut class) = record
            && Some(class.id) == patron.class
        {
            class.name = HOSTILE.into();
            changes.push(Change::Put(Record::Class(class)));
        }
    }
    (patron.given, patron.family, patron.cards) = (HOSTILE.into(), HOSTILE.into(), vec![HOSTILE.into()]);
    let id = patron.id;
    changes.push(Change::Put(Record::Patron(patron)));
    region.hub.with(|store| store.save(SchoolId(1), &changes, 1_788_253_200)).unwrap();

    let proxy = Proxy::start(region.address, Line::default()).unwrap();
    let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy).unwrap();
    lend_to(&mut sender, id, item.id.as_str());
    // An unknown book, so that a review tells of the patron too.
    lend_to(&mut sender, id, "NOSUCHBOOK");
    sender.deliver(std::time::Duration::from_secs(60)).unwrap();

    let mut browser = signed_in(&region, "librarian");
    let typed = escape(HOSTILE);
    let title = item.title.0;
    for (path, named) in [
        ("/".to_owned(), false),
        ("/stations/1/log".to_owned(), true),
        ("/reviews".to_owned(), true),
        (format!("/patron/{}", id.0), true),
        (format!("/item/{}", item.id), true),
        (format!("/title/{title}"), true),
        (format!("/search?q={typed}"), true),
        ("/overdue".to_owned(), true),
        (format!("/audit?login={typed}&deed={typed}"), true),
        (format!("/reviews?kind={typed}"), false),
        (format!("/stations/1/log?sort={typed}&day={typed}"), false),
        (format!("/{typed}"), false),
        (format!("/patron/{typed}"), false),
    ] {
        for lang in ["kk", "ru", "en"] {
            let with = if path.contains('?') { '&' } else { '?' };
            let (_, page) = browser.get(&format!("{path}{with}lang={lang}"));
            let page = page.to_lowercase();
            assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}: {page}");
            assert!(!page.contains("&#34;'>") && !page.contains("\"'>"), "{path}: {page}");
            assert!(!named || page.contains("&#60;script&#62;alert(1)"), "{path}: {page}");
        }
    }
    let (status, page) = browser.post("/receipt", &[("digits", HOSTILE), ("form", HOSTILE)]);
    assert!(status.is_client_error() || !page.contains("<script>alert"), "{page}");
    let mut outside = Browser::open(&region);
    let (_, page) = outside.post("/sign-in", &[("login", HOSTILE), ("password", "guessed by nobody")]);
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
}

/// What a form of the page brings along.
fn form_word(page: &str) -> String {
    let from = page.split_once("name=\"form\" value=\"").unwrap().1;
    from.split_once('"').unwrap().0.to_owned()
}

fn staff(region: &Region, login: &str, seat: (Role, Option<SchoolId>)) {
    region.hub.with(|store| store.add_staff(login, seat, PASSWORD, [3; 16])).unwrap();
}

fn signed_in(region: &Region, login: &str) -> Browser {
    let mut browser = Browser::open(region);
    let done = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]);
    assert_eq!(done.0, StatusCode::SEE_OTHER, "{login}");
    browser
}

#[test]
fn nobody_sees_or_moves_what_is_not_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path(), &School::invent(&mut Chance::new(1))).unwrap();
    let other = region.hub.with(|store| hub::add_school(store, "№ 34 мектеп", 1_788_253_200)).unwrap();
    staff(&region, "ours", (Role::Librarian, Some(SchoolId(1))));
    staff(&region, "theirs", (Role::Librarian, Some(other)));
    staff(&region, "district", (Role::District, None));
    staff(&region, "technician", (Role::Technician, None));
    let proxy = Proxy::start(region.address, Line::default()).unwrap();
    let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy).unwrap();
    lend(&mut sender, "KAZ-00001");
    sender.deliver(std::time::Duration::from_secs(60)).unwrap();

    let mut ours = signed_in(&region, "ours");
    assert_eq!(ours.get("/stations/1/log").0, StatusCode::OK);
    assert!(ours.get("/").1.contains("<dd id=\"total-lent\">1</dd>"));

    let mut theirs = signed_in(&region, "theirs");
    let (_, page) = theirs.get("/");
    assert!(page.contains("№ 34 мектеп") && page.contains("<dd id=\"total-lent\">0</dd>"));
    assert!(!page.contains("href=\"/stations/1\""));
    assert_eq!(theirs.get("/stations/1/log").0, StatusCode::NOT_FOUND);
    // Who belongs to one school cannot turn to another, with whatever form.
    let word = form_word(&page);
    theirs.post("/school", &[("form", &word), ("school", "1")]);
    assert!(theirs.get("/").1.contains("<dd id=\"total-lent\">0</dd>"));

    let mut district = signed_in(&region, "district");
    let (_, page) = district.get("/");
    let word = form_word(&page);
    district.post("/school", &[("form", &word), ("school", "1")]);
    assert!(district.get("/").1.contains("<dd id=\"total-lent\">1</dd>"));
    assert_eq!(district.get("/stations/1/log").0, StatusCode::OK);
    let joining = [("form", word.as_str()), ("code", "WDJBMJHT"), ("verdict", "approve")];
    assert_eq!(district.post("/enrolment", &joining).0, StatusCode::FORBIDDEN);
    district.post("/school", &[("form", &word), ("school", "99")]);
    assert!(district.get("/").1.contains("<dd id=\"total-lent\">1</dd>"), "a school that is not there");

    let mut technician = signed_in(&region, "technician");
    for path in ["/reviews", "/stations/1/log", "/receipt"] {
        assert_eq!(technician.get(path).0, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(technician.get("/").0, StatusCode::OK);
}

#[test]
fn who_watches_sees_numbers_for_the_token_alone() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path(), &School::invent(&mut Chance::new(1))).unwrap();
    let mut browser = Browser::open(&region);
    assert_eq!(browser.get("/health").0, StatusCode::OK);
    assert_eq!(browser.get("/metrics").0, StatusCode::UNAUTHORIZED);
    let token = std::fs::read_to_string(region.dir.join("metrics.token")).unwrap();
    let asked = |token: &str| {
        let request = browser.client.get(format!("{}/metrics", browser.base));
        request.header("authorization", format!("Bearer {token}")).send().unwrap()
    };
    assert_eq!(asked("guess").status(), StatusCode::UNAUTHORIZED);
    let text = asked(&token).text().unwrap();
    assert!(text.contains("\noqyrman_schools 1\n") && text.contains("\noqyrman_events_total 0\n"), "{text}");
    assert!(text.contains("oqyrman_store{kind=\"sqlite\"} 1"));
}
