//! Every address, asked by every role, without the word, and by nobody.

mod forms;
mod imports;
mod sizes;

use super::nav;
use crate::Hub;
use crate::store::{Right, Role, SchoolId};
use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;

const PASSWORD: &str = "кітапхана 2026";

struct Region {
    dir: tempfile::TempDir,
    hub: Arc<Hub>,
    router: Router,
    runtime: tokio::runtime::Runtime,
}

impl Region {
    fn new() -> Region {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("region");
        Hub::init(&path, None, "№ 12 мектеп-гимназия", 1_788_231_600).unwrap();
        let hub = Arc::new(Hub::open(&path).unwrap());
        let router = super::routes().with_state(Arc::clone(&hub));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Region { dir, hub, router, runtime }
    }

    fn staff(&self, login: &str, role: Role) {
        let school = if role.sees_all_schools() { None } else { Some(SchoolId(1)) };
        self.hub.with(|store| store.add_staff(login, (role, school), PASSWORD, [3; 16])).unwrap();
    }

    fn ask(&self, request: Request<Body>) -> (StatusCode, Response<Body>) {
        let service = TowerToHyperService::new(self.router.clone());
        let response = self.runtime.block_on(service.call(request)).unwrap();
        (response.status(), response)
    }

    fn text(&self, response: Response<Body>) -> String {
        let bytes = self.runtime.block_on(axum::body::to_bytes(response.into_body(), 1 << 20)).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn get(&self, path: &str, cookie: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(COOKIE, cookie).body(Body::empty()).unwrap();
        let (status, response) = self.ask(request);
        (status, self.text(response))
    }

    fn post(&self, path: &str, cookie: &str, body: &str) -> (StatusCode, Response<Body>) {
        let request = Request::post(path)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.ask(request)
    }

    /// The word that the forms of this session bring along.
    fn word(&self, cookie: &str) -> String {
        let page = self.get("/", cookie).1;
        let from = page.split_once("name=\"form\" value=\"").unwrap().1;
        from.split_once('"').unwrap().0.to_owned()
    }

    /// The cookie of somebody who signs in while the browser holds `held`.
    fn sign_in(&self, login: &str, held: &str) -> String {
        let (status, response) =
            self.post("/sign-in", held, &format!("login={login}&password={}", escape(PASSWORD)));
        assert_eq!(status, StatusCode::SEE_OTHER, "{login}");
        let cookies = response.headers().get_all(SET_COOKIE).iter();
        let session =
            cookies.map(|value| value.to_str().unwrap()).find(|cookie| cookie.contains("session=")).unwrap();
        session.split(';').next().unwrap().to_owned()
    }
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Fields of the console's forms.
const FIELDS: &str = "digits=1&decree=accept&code=1&verdict=approve&school=1&kind=book-unknown&review=1&station=&why=broken\
     &name=diary&read%3Aloans=1&where=school&days=1&version=1&year_end=2027-05-25&zone=Asia%2FAlmaty&pupil_max_loans=5\
     &kk=a&ru=b&en=c&until=2099-01-01&left=yes&ask1=other";

/// An address that the router knows, as a browser would ask it.
fn concrete(path: &str) -> String {
    path.replace("{id}", "1").replace("{version}", "1").replace("{number}", "30012000000017")
}

const ROLES: [Role; 4] = [Role::Librarian, Role::District, Role::Technician, Role::Admin];

#[test]
fn every_address_opens_to_those_who_have_its_right_and_to_nobody_else() {
    let region = Region::new();
    let doors = super::doors();
    assert!(doors.list().len() > 8);
    for role in ROLES {
        let login = role.word();
        region.staff(login, role);
        let cookie = region.sign_in(login, "");
        let word = region.word(&cookie);
        for door in doors.list() {
            let path = concrete(door.path);
            let status = match (door.method == Method::GET, role.may(door.right)) {
                (true, _) => region.get(&path, &cookie).0,
                // Without the word of a form nothing is changed, whoever asks.
                (false, true) => region.post(&path, &cookie, "").0,
                // Nor with it by those who have no right.
                (false, false) => region.post(&path, &cookie, &format!("form={word}&{FIELDS}")).0,
            };
            if !role.may(door.right) && door.method == Method::GET {
                assert_eq!(status, StatusCode::FORBIDDEN, "{login} {door:?}");
            } else if door.method == Method::GET {
                assert!(
                    [StatusCode::OK, StatusCode::NOT_FOUND].contains(&status),
                    "{login} {door:?} {status}"
                );
            } else {
                // An upload without a file is told so before its word is looked at: it says nothing.
                let refused =
                    [StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY];
                assert!(refused.contains(&status), "{login} {door:?} {status}");
            }
        }
    }
}

#[test]
fn nobody_sees_or_changes_anything_before_signing_in() {
    let region = Region::new();
    for door in super::doors().list() {
        let path = concrete(door.path);
        let (status, text) = if door.method == Method::GET {
            region.get(&path, "")
        } else {
            let (status, response) = region.post(&path, "", &format!("form=guessed&{FIELDS}"));
            (status, region.text(response))
        };
        let asked = text.contains("name=\"password\"") || status == StatusCode::BAD_REQUEST;
        assert!(asked, "{door:?} {status} {text}");
    }
}

#[test]
fn every_line_of_the_menu_leads_somewhere_and_wants_the_same_right_as_its_page() {
    let doors = super::doors();
    for (path, right, _) in nav::lines() {
        let door = doors.list().iter().find(|door| door.path == *path && door.method == Method::GET);
        assert_eq!(door.map(|door| door.right), Some(*right), "{path}");
    }
}

#[test]
fn the_table_of_rights() {
    let table: Vec<(Right, [bool; 4])> =
        Right::ALL.into_iter().map(|right| (right, ROLES.map(|role| role.may(right)))).collect();
    let (yes, no) = (true, false);
    let expected = [
        (Right::Overview, [yes, yes, yes, yes]),
        (Right::Loans, [yes, yes, no, yes]),
        (Right::Decide, [yes, yes, no, yes]),
        (Right::Stations, [yes, yes, yes, yes]),
        (Right::KeepStations, [yes, no, yes, yes]),
        (Right::Import, [yes, no, no, yes]),
        (Right::Rules, [yes, yes, no, yes]),
        (Right::Audit, [yes, yes, no, yes]),
        (Right::Export, [yes, yes, no, yes]),
        (Right::Tokens, [no, no, no, yes]),
    ];
    assert_eq!(table, expected);
}

#[test]
fn signing_in_ends_what_the_browser_held_before() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    region.staff("two", Role::Admin);
    let first = region.sign_in("one", "");
    let second = region.sign_in("two", &first);
    assert_ne!(first, second);
    assert!(
        region.get("/", &first).1.contains("name=\"password\""),
        "the token before signing in is worthless"
    );
    assert!(!region.get("/", &second).1.contains("name=\"password\""));
    // A token that somebody else made up does not become a session.
    let planted = format!("__Host-session={}", "ab".repeat(32));
    let third = region.sign_in("one", &planted);
    assert_ne!(third, planted);
    assert!(region.get("/", &planted).1.contains("name=\"password\""));
}

#[test]
fn an_address_that_tries_many_logins_is_locked_out() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let address: std::net::IpAddr = [192, 0, 2, 7].into();
    let now_s = 1_788_231_600;
    region
        .hub
        .with(|store| {
            for n in 0..50 {
                store.password_hash(&format!("nobody{n}"), Some(address), now_s).unwrap();
                store.note_failure(&format!("nobody{n}"), Some(address), now_s)?;
            }
            assert!(store.password_hash("one", Some(address), now_s + 1).is_err());
            assert!(store.password_hash("one", Some([192, 0, 2, 8].into()), now_s + 1).is_ok());
            assert!(store.password_hash("one", Some(address), now_s + 900).is_ok());
            Ok::<_, crate::store::StoreFault>(())
        })
        .unwrap();
}

#[test]
fn a_form_that_is_too_long_is_refused() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let (status, _) = region.post("/receipt", &cookie, &format!("digits={}", "1".repeat(70_000)));
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn pages_are_short_on_the_wire_and_files_are_kept() {
    let region = Region::new();
    region.staff("one", Role::Admin);
    let cookie = region.sign_in("one", "");
    let mut whole = 0;
    let style = super::assets::STYLE_MARK;
    for path in ["/".to_owned(), format!("/style.css?v={style:016x}"), "/htmx.js".to_owned()] {
        let request = Request::get(&path).header(COOKIE, &cookie).header("accept-encoding", "gzip");
        let (status, response) = region.ask(request.body(Body::empty()).unwrap());
        assert_eq!(status, StatusCode::OK);
        assert_eq!(response.headers()["content-encoding"], "gzip", "{path}");
        let kept = response.headers()["cache-control"].to_str().unwrap().contains("immutable");
        assert_eq!(kept, path != "/", "{path}");
        let bytes = region.runtime.block_on(axum::body::to_bytes(response.into_body(), 1 << 20)).unwrap();
        whole += bytes.len();
    }
    assert!(whole < 30_000, "{whole} bytes");
}

#[test]
fn an_unknown_address_is_refused_in_words_and_signing_out_ends_the_session() {
    let region = Region::new();
    region.staff("one", Role::Librarian);
    let cookie = region.sign_in("one", "");
    let (status, page) = region.get("/nowhere", &cookie);
    assert!(status == StatusCode::NOT_FOUND && page.contains("<nav"), "in the frame: {page}");
    assert_eq!(region.get("/nowhere", "").0, StatusCode::NOT_FOUND);
    let (_, page) = region.get("/", &cookie);
    let word = page.split_once("name=\"form\" value=\"").unwrap().1.split_once('"').unwrap().0;
    assert_eq!(region.post("/sign-out", &cookie, "form=guessed").0, StatusCode::FORBIDDEN);
    assert!(!region.get("/", &cookie).1.contains("name=\"password\""));
    let (status, response) = region.post("/sign-out", &cookie, &format!("form={word}"));
    assert_eq!((status, &response.headers()[LOCATION]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
    assert!(region.get("/", &cookie).1.contains("name=\"password\""));
}
