//! What whole pages of the console cost in a large region: the real server over loopback, somebody signed in, in Kazakh, from
//! the first byte of the request to the last of the answer, squeezed as a browser gets it.

use super::line::{Line, value};
use super::pages::{TIMES, turn};
use super::school::{PATRONS, card, family, item};
use super::{Run, percentile_ms};
use crate::Hub;
use crate::fold::Decree;
use crate::import::{Known, What, prepare};
use crate::server::{self, certs, now_s};
use crate::store::{Deed, ImportId, Note, Role, SchoolId, Store};
use anyhow::{Context, ensure};
use exchange::StationId;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The name of the school that the region is made with; it has nothing.
pub(super) const FIRST: &str = "Облыс";

const PASSWORD: &str = "bench-2026-bench";

/// Lines in the journal of what people did, and reviews decided, of each school that is looked at.
const NOTES: usize = 60;
const DECIDED: u32 = 10;

/// What one page cost.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    /// Which store.
    pub store: &'static str,
    /// Events of the region.
    pub events: usize,
    /// Schools of the region.
    pub schools: usize,
    /// Which page.
    pub page: &'static str,
    /// Milliseconds, half of the times.
    pub p50_ms: f64,
    /// Milliseconds of the slowest but one in twenty.
    pub p95_ms: f64,
    /// Bytes of the longest, as they came by TCP: head and TLS included.
    pub bytes: u64,
}

/// A school that is looked at.
struct Place {
    school: SchoolId,
    station: StationId,
    import: ImportId,
    login: String,
    cookie: String,
}

type Address = fn(&Place) -> String;

/// Pages of a librarian.
const PAGES: [(&str, Address); 32] = [
    ("overview, with its chart", |_| "/".into()),
    ("reviews that wait", |_| "/reviews".into()),
    ("reviews that wait, the third page", |_| "/reviews?page=2".into()),
    ("reviews of one kind", |_| "/reviews?kind=renewed_closed_loan".into()),
    ("reviews of one kind, together", |_| "/reviews/together?kind=renewed_closed_loan".into()),
    ("reviews that were decided", |_| "/reviews?state=decided".into()),
    ("search, one name", |place| format!("/search?q={}", escape(&family(1 + place.school.0 % PATRONS)))),
    ("search, many that fit", |_| format!("/search?q={}", escape("а"))),
    ("patron", |place| format!("/patron/{}", 1 + place.school.0 % PATRONS)),
    ("item", |place| format!("/item/{}", number(place))),
    ("title with its items", |place| format!("/title/{}", 1 + place.school.0 % 500)),
    ("overdue", |_| "/overdue".into()),
    ("overdue, one class", |place| format!("/overdue?class={}", 1 + place.school.0 % 24)),
    ("receipt", |_| "/receipt".into()),
    ("sync log", |place| format!("/stations/{}/log", place.station)),
    ("sync log, older", |place| format!("/stations/{}/log?epoch=1&seq=1000", place.station)),
    ("sync log, what waits", |place| format!("/stations/{}/log?became=in_review", place.station)),
    ("sync log, what never was", |place| format!("/stations/{}/log?sort=refused", place.station)),
    ("stations", |_| "/stations".into()),
    ("station", |place| format!("/stations/{}", place.station)),
    ("station's device", |place| format!("/stations/{}/device", place.station)),
    ("joining", |_| "/enrolment".into()),
    ("import", |_| "/import".into()),
    ("import that waits", |place| format!("/import/{}", place.import)),
    ("rules", |_| "/rules".into()),
    ("rules, versions", |_| "/rules/1".into()),
    ("calendar", |_| "/calendar".into()),
    ("calendar, versions", |_| "/calendar/1".into()),
    ("notices", |_| "/notices".into()),
    ("audit", |_| "/audit".into()),
    ("audit, one deed", |_| "/audit?deed=exported".into()),
    ("export", |_| "/export".into()),
];

/// Pages of somebody of all schools: their menu names every one.
const OF_ALL: [(&str, Address); 4] = [
    ("overview, somebody of all schools", |_| "/".into()),
    ("stations, somebody of all schools", |_| "/stations".into()),
    ("audit, somebody of all schools", |_| "/audit".into()),
    ("tokens", |_| "/api-tokens".into()),
];

/// Looks at the pages of a region that is filled.
pub(super) fn look(
    dir: &Path,
    mut run: Run,
    count: usize,
    tell: &mut dyn FnMut(Shown) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let looked = TIMES.min(run.schools.len());
    let mut places = Vec::with_capacity(looked);
    for n in 0..looked {
        let place = turn(n, run.schools.len());
        let school = *run.schools.get(place).context("a school")?;
        let station = *run.stations.get(place).context("a station")?;
        places.push(furnish(&mut run.store, school, station)?);
    }
    run.store.add_staff("all", (Role::Admin, None), PASSWORD, [1; 16])?;
    let (store, schools) = (run.store.kind(), run.schools.len());
    drop(run);

    let hub = Arc::new(Hub::open(dir)?);
    // Dropped behind the runtime: a connection to PostgreSQL is not ended within one.
    let _last = Arc::clone(&hub);
    let tls = certs::server_config(dir, FIRST, &["127.0.0.1".to_owned()])?;
    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(server::serve(hub, listener, tls, std::future::pending()));
    let mut line = Line::open(dir, address)?;
    for place in &mut places {
        place.cookie = sign_in(&mut line, &place.login)?;
    }
    let mut measure = |pages: &[(&'static str, Address)], places: &[Place]| {
        for (page, address) in pages {
            let (mut times, mut bytes) = (Vec::<Duration>::with_capacity(TIMES), 0);
            for n in 0..TIMES {
                let place = places.get(n % places.len()).context("a school")?;
                let path = address(place);
                let begin = Instant::now();
                let answer = line.get(&path, &place.cookie)?;
                times.push(begin.elapsed());
                ensure!(answer.status == 200, "{path}: status {}", answer.status);
                ensure!(!answer.body.is_empty(), "{path}: nothing came");
                bytes = bytes.max(answer.bytes);
            }
            let (p50_ms, p95_ms) = (percentile_ms(&times, 50), percentile_ms(&times, 95));
            tell(Shown { store, events: count, schools, page, p50_ms, p95_ms, bytes })?;
        }
        anyhow::Ok(())
    };
    measure(&PAGES, &places)?;
    let cookie = sign_in(&mut Line::open(dir, address)?, "all")?;
    places.truncate(1);
    places.iter_mut().for_each(|place| place.cookie.clone_from(&cookie));
    measure(&OF_ALL, &places)
}

/// Gives a school somebody who signs in, a file that waits, decisions, and lines about what people did.
fn furnish(store: &mut Store, school: SchoolId, station: StationId) -> anyhow::Result<Place> {
    let login = format!("bench{school}");
    store.add_staff(&login, (Role::Librarian, Some(school)), PASSWORD, [1; 16])?;
    for review in store.reviews(school, true, DECIDED)? {
        store.decide(school, review.review, Decree::Accept, &login, now_s())?;
    }
    for n in 0..NOTES {
        let object = n.to_string();
        let note = Note { school: Some(school), login: &login, deed: Deed::Exported, object: &object };
        store.note(note, now_s())?;
    }
    // A year later: some have another name, some are new, some are gone.
    let row = |n: u32| format!("{},{},{}\n", card(n), family(n + n / 500), family(n + 7_000));
    let file: String = (50..=PATRONS + 50).map(row).collect();
    let file = format!("card,family,given\n{file}");
    let known = Known::new(store.people_and_books(school)?);
    let today = store.zone(school)?.day_at(now_s());
    let prepared = prepare(file.as_bytes(), Some(What::Patrons), &known, today)?;
    let import = store.keep_import(school, &prepared, "patrons.csv", &login, now_s())?;
    Ok(Place { school, station, import, login, cookie: String::new() })
}

/// Signs somebody in as a browser does, and gives what it holds from then on.
fn sign_in(line: &mut Line, login: &str) -> anyhow::Result<String> {
    let answer = line.post("/sign-in", &format!("login={login}&password={PASSWORD}&to="))?;
    ensure!(answer.status == 303, "signing in: status {}", answer.status);
    let cookie = value(&answer.head, "set-cookie").context("a cookie")?;
    let session = cookie.split(';').next().unwrap_or_default().replace("__host-", "__Host-");
    Ok(format!("{session}; lang=kk"))
}

fn number(place: &Place) -> String {
    item(1 + place.school.0 % 1_000).map(|item| item.as_str().to_owned()).unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
