//! The school calendar: a form, a year to look at, the versions there were, and the way back to one of them.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::rules::{ComparePage, Done};
use super::send::{self, Refusal};
use super::settings::{EditionRow, MOST_EDITIONS, compared, rows, saved};
use super::when::day_text;
use super::words::{Calendar as Words, Rules as Common, fill};
use crate::Hub;
use crate::fold::Zone;
use crate::store::{Change, Deed, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use exchange::{Calendar, Day, Feed, Record, RecordKey};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Empty lines for more holidays.
const SPARE_LINES: usize = 4;

/// The most holidays.
const MOST_CLOSED: usize = 60;

/// Zones of Kazakhstan (IANA).
const ZONES: [&str; 7] = [
    "Asia/Almaty",
    "Asia/Aqtau",
    "Asia/Aqtobe",
    "Asia/Atyrau",
    "Asia/Oral",
    "Asia/Qostanay",
    "Asia/Qyzylorda",
];

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::Rules, "/calendar", show)
        .post(Right::Rules, ("/calendar", "/calendar"), change)
        .get(Right::Rules, "/calendar/{version}", compare)
        .post(Right::Rules, ("/calendar/{version}", "/calendar/{version}"), go_back)
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    frame: Frame,
    w: &'static Words,
    c: &'static Common,
    path: &'static str,
    in_force: String,
    said: Option<String>,
    faults: Faults,
    version: u32,
    zones: Vec<(String, bool)>,
    weekdays: Vec<(usize, &'static str, bool)>,
    year_end: String,
    lines: Vec<ClosedLine>,
    year: String,
    years: (i16, i16),
    months: Vec<Month>,
    editions: Vec<EditionRow>,
}

/// A line of the form for days on which the library is closed.
struct ClosedLine {
    n: usize,
    /// The field that a fault of the line stands at.
    key: String,
    first: String,
    last: String,
}

/// A month to look at: its weeks from Monday on.
struct Month {
    name: String,
    weeks: Vec<Vec<Cell>>,
}

/// A day of a month, or an empty place before its first or behind its last.
struct Cell {
    text: String,
    class: &'static str,
}

#[derive(Debug, Default, Deserialize)]
struct Looked {
    year: Option<i16>,
}

fn current(call: &Call<'_>) -> Result<Calendar, StoreFault> {
    match call.store.record(call.seat.school.id, Feed::Calendar, &RecordKey::Only)? {
        Some(Record::Calendar(calendar)) => Ok(calendar),
        Some(_) | None => Err(StoreFault::Damaged("a school without a calendar")),
    }
}

/// The year in which the school year of a day begins.
fn school_year(day: Day) -> i16 {
    let (year, month, _) = day.ymd();
    if month >= 8 { year } else { year - 1 }
}

/// September to August.
fn months(w: &Words, calendar: &Calendar, year: i16) -> Vec<Month> {
    let names: Vec<&str> = w.months.split(' ').collect();
    let month = |n: i16| {
        let (year, month) = if n < 4 { (year, n + 9) } else { (year + 1, n - 3) };
        let month = i8::try_from(month).unwrap_or(1);
        let name = names.get(usize::try_from(month - 1).unwrap_or(0)).copied().unwrap_or_default();
        let mut cells: Vec<Cell> = Vec::new();
        for number in 1..=31 {
            let Some(day) = Day::from_ymd(year, month, number) else { break };
            while number == 1 && cells.len() < usize::from(day.weekday()) {
                cells.push(Cell { text: String::new(), class: "" });
            }
            cells.push(Cell { text: number.to_string(), class: class(calendar, day) });
        }
        let mut weeks: Vec<Vec<Cell>> = Vec::new();
        for cell in cells {
            match weeks.last_mut() {
                Some(week) if week.len() < 7 => week.push(cell),
                Some(_) | None => weeks.push(vec![cell]),
            }
        }
        Month { name: format!("{name} {year}"), weeks }
    };
    (0..12).map(month).collect()
}

fn class(calendar: &Calendar, day: Day) -> &'static str {
    if day == calendar.year_end {
        "end"
    } else if calendar.closed.iter().any(|(first, last)| (*first..=*last).contains(&day)) {
        "closed"
    } else if calendar.weekend >> day.weekday() & 1 == 1 {
        "weekend"
    } else {
        ""
    }
}

fn form(
    call: &Call<'_>,
    asked_year: Option<i16>,
    typed: Option<&HashMap<String, String>>,
    said: Option<String>,
    fault: Option<Fault>,
) -> Outcome {
    let (w, c) = (Words::of(call.lang()), Common::of(call.lang()));
    let school = call.seat.school.id;
    let calendar = current(call)?;
    let zone = call.store.zone(school)?;
    let text = |key: &str, stands: String| match typed {
        Some(typed) => typed.get(key).cloned().unwrap_or_default(),
        None => stands,
    };
    let chosen = text("zone", calendar.zone.clone());
    let mut zones: Vec<String> = ZONES.map(str::to_owned).into();
    if !zones.contains(&calendar.zone) {
        zones.push(calendar.zone.clone());
    }
    let is_closed = |n: usize| match typed {
        Some(typed) => typed.contains_key(&format!("day{n}")),
        None => calendar.weekend >> n & 1 == 1,
    };
    let weekdays = w.weekdays.split(' ').enumerate().map(|(n, name)| (n, name, is_closed(n)));
    let lines = (0..(calendar.closed.len() + SPARE_LINES).min(MOST_CLOSED)).map(|n| {
        let range = calendar.closed.get(n);
        let first = range.map(|(first, _)| first.to_string()).unwrap_or_default();
        let last = range.map(|(_, last)| last.to_string()).unwrap_or_default();
        let key = format!("first{}", n + 1);
        ClosedLine { n: n + 1, first: text(&key, first), last: text(&format!("last{}", n + 1), last), key }
    });
    let year = asked_year.filter(|year| (1990..2200).contains(year));
    let year = year.unwrap_or_else(|| school_year(zone.day_at(call.now_s)));
    let editions = call.store.editions(school, Feed::Calendar, MOST_EDITIONS)?;
    let faults = Faults::new(fault);
    let status = if faults.are_there() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = CalendarPage {
        frame: call.frame()?,
        w,
        c,
        path: "/calendar",
        in_force: fill(c.in_force, &[("version", &calendar.version.to_string())]),
        said,
        faults,
        version: calendar.version,
        zones: zones.into_iter().map(|zone| (zone.clone(), zone == chosen)).collect(),
        weekdays: weekdays.collect(),
        year_end: text("year_end", calendar.year_end.to_string()),
        lines: lines.collect(),
        year: fill(w.year, &[("from", &year.to_string()), ("to", &(year + 1).to_string())]),
        years: (year - 1, year + 1),
        months: months(w, &calendar, year),
        editions: rows(call.lang(), &zone, calendar.version, &editions),
    };
    Ok(send::page(status, &template, call.lang()))
}

async fn show(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Terms(done): Terms<Done>,
    Terms(looked): Terms<Looked>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let said = done.saved.map(|version| saved(Common::of(call.lang()), version));
        form(call, looked.year, None, said, None)
    })
    .await
}

/// A day as browsers send it, and as people write it.
pub(super) fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '.']).collect();
    let [one, month, other] = parts.as_slice() else { return None };
    let (year, day) = if text.contains('-') { (one, other) } else { (other, one) };
    let year = year.parse().ok().filter(|year| (1990..2200).contains(year))?;
    Day::from_ymd(year, month.parse().ok()?, day.parse().ok()?)
}

/// Reads the form; a fault names what is wrong.
fn read(w: &Words, fields: &HashMap<String, String>, version: u32) -> Result<Calendar, Fault> {
    let text = |key: &str| fields.get(key).map(|text| text.trim()).unwrap_or_default();
    let zone = text("zone").to_owned();
    if Zone::named(&zone).is_none() {
        return Err(Fault::at("zone", w.bad_zone));
    }
    let weekend = (0..7).filter(|n| fields.contains_key(&format!("day{n}"))).fold(0, |all, n| all | 1 << n);
    if weekend == 0b111_1111 {
        return Err(Fault::at("weekend", w.always_closed));
    }
    let right = |field: &str, text: &str| {
        day(text).ok_or_else(|| Fault::at(field, fill(w.bad_day, &[("day", text)])))
    };
    let mut closed = Vec::new();
    for n in 1..=MOST_CLOSED {
        let field = format!("first{n}");
        let (first, last) = (text(&field), text(&format!("last{n}")));
        if first.is_empty() && last.is_empty() {
            continue;
        }
        let first = right(&field, if first.is_empty() { last } else { first })?;
        let last = if last.is_empty() { first } else { right(&field, last)? };
        let places = [("first", day_text(first)), ("last", day_text(last))];
        let places = places.each_ref().map(|(name, day)| (*name, day.as_str()));
        if last < first {
            return Err(Fault::at(field, fill(w.turned, &places)));
        }
        if last.0 - first.0 > 366 {
            return Err(Fault::at(field, fill(w.closed_too_long, &places)));
        }
        closed.push((first, last));
    }
    closed.sort_unstable();
    Ok(Calendar { version, zone, weekend, closed, year_end: right("year_end", text("year_end"))? })
}

fn put(call: &mut Call<'_>, calendar: Calendar) -> Outcome {
    let (school, login, version) = (call.seat.school.id, call.seat.session.login.clone(), calendar.version);
    call.store.save_by(school, &[Change::Put(Record::Calendar(calendar))], &login, call.now_s)?;
    call.note(Deed::CalendarChanged, &version.to_string())?;
    Ok(send::redirect(&format!("/calendar?saved={version}")))
}

async fn change(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<HashMap<String, String>>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let stands = current(call)?.version;
        if fields.get("version").and_then(|version| version.parse().ok()) != Some(stands) {
            let moved = Common::of(call.lang()).moved;
            return form(call, None, None, None, Some(Fault::whole(moved)));
        }
        match read(Words::of(call.lang()), &fields, stands.saturating_add(1)) {
            Ok(calendar) => put(call, calendar),
            Err(fault) => form(call, None, Some(&fields), None, Some(fault)),
        }
    })
    .await
}

/// All that a calendar says, as fields and values.
fn told(w: &Words, calendar: &Calendar) -> Vec<(String, String)> {
    let weekend = w.weekdays.split(' ').enumerate().filter(|(n, _)| calendar.weekend >> n & 1 == 1);
    let weekend: Vec<&str> = weekend.map(|(_, name)| name).collect();
    let closed: Vec<String> = calendar
        .closed
        .iter()
        .map(|(first, last)| format!("{}–{}", day_text(*first), day_text(*last)))
        .collect();
    vec![
        (w.zone.to_owned(), calendar.zone.clone()),
        (w.weekend.to_owned(), weekend.join(", ")),
        (w.year_end.to_owned(), day_text(calendar.year_end)),
        (w.closed.to_owned(), closed.join("; ")),
    ]
}

/// An earlier version of the calendar.
fn earlier(call: &Call<'_>, version: &str) -> Result<Calendar, Refusal> {
    let version: u32 = version.parse().map_err(|_| call.missing())?;
    let editions = call.store.editions(call.seat.school.id, Feed::Calendar, u32::MAX)?;
    match editions.into_iter().find(|one| one.version == version).map(|one| one.record) {
        Some(Record::Calendar(calendar)) => Ok(calendar),
        Some(_) | None => Err(call.missing()),
    }
}

async fn compare(State(hub): State<Arc<Hub>>, ask: Ask, Path(version): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (w, c) = (Words::of(call.lang()), Common::of(call.lang()));
        let then = earlier(call, &version)?;
        let rows = compared(told(w, &then), told(w, &current(call)?));
        let title = fill(c.compared, &[("version", &then.version.to_string())]);
        let (frame, version) = (call.frame()?, then.version);
        call.page(&ComparePage { frame, w: c, title, back_to: "/calendar", version, rows })
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn go_back(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(version): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let then = earlier(call, &version)?;
        let version = current(call)?.version.saturating_add(1);
        put(call, Calendar { version, ..then })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::Lang;

    #[test]
    fn a_year_to_look_at_has_every_day_once() {
        let end = Day::from_ymd(2027, 5, 25).unwrap();
        let closed = vec![(Day::from_ymd(2026, 10, 26).unwrap(), Day::from_ymd(2026, 11, 1).unwrap())];
        let calendar =
            Calendar { version: 1, zone: "Asia/Almaty".into(), weekend: 0b110_0000, closed, year_end: end };
        let months = months(Words::of(Lang::En), &calendar, 2026);
        assert_eq!(
            (months.len(), months[0].name.as_str(), months[11].name.as_str()),
            (12, "September 2026", "August 2027")
        );
        let cells = || months.iter().flat_map(|month| month.weeks.iter().flatten());
        assert_eq!(cells().filter(|cell| !cell.text.is_empty()).count(), 365);
        assert_eq!(cells().filter(|cell| cell.class == "closed").count(), 7);
        assert_eq!(cells().filter(|cell| cell.class == "end").count(), 1);
        assert_eq!(months[0].weeks[0].iter().filter(|cell| cell.text.is_empty()).count(), 1, "a Tuesday");
    }

    #[test]
    fn days_as_browsers_and_people_write_them() {
        let there = Day::from_ymd(2027, 5, 25);
        assert_eq!((day("2027-05-25"), day(" 25.05.2027 ")), (there, there));
        for none in ["", "2027-02-30", "25/05/2027", "2027-5", "0001-01-01"] {
            assert_eq!(day(none), None, "{none}");
        }
    }
}
