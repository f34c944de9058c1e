//! Overdue loans by class, to be read out or printed. Where there are many, one class is shown at a time.

use super::ask::{Ask, Call, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::loans::{LoanRow, days_late};
use super::tell::Teller;
use super::when::day_text;
use super::words::{People, fill};
use crate::Hub;
use crate::fold::FoldedLoan;
use crate::store::{Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use exchange::{ClassId, Day, Feed, Patron, PatronId, Record, class, search};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows on one page: more are shown class by class.
const MOST_ROWS: usize = 300;

/// Loans that are looked at: more than a school has overdue.
const MOST: u32 = 20_000;

/// The word of those without a class in an address.
const NO_CLASS: &str = "none";

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/overdue", show)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The number of a class, or [`NO_CLASS`].
    #[serde(default)]
    class: String,
}

#[derive(Template)]
#[template(path = "overdue.html")]
struct OverduePage {
    frame: Frame,
    w: &'static People,
    at: String,
    total: usize,
    classes: Vec<Class>,
    /// Whether there are so many that a class is to be chosen.
    choose: bool,
    /// Said if not all are shown.
    cut: Option<String>,
}

struct Class {
    name: String,
    /// As the address names it.
    word: String,
    count: usize,
    /// Whether its rows are shown.
    shown: bool,
    rows: Vec<(LoanRow, i32)>,
}

/// Where a class stands: classes by grade and letter, then those without one.
type Place = (bool, (u8, u32), String);

/// Loans of a class.
#[derive(Default)]
struct Pile<'l> {
    class: Option<ClassId>,
    loans: Vec<&'l FoldedLoan>,
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, w) = (call.seat.school.id, People::of(call.lang()));
        let today = call.store.zone(school)?.day_at(call.now_s);
        let loans = call.store.overdue(school, today, MOST)?;
        let patrons = patrons(call)?;
        let choose = loans.len() > MOST_ROWS;
        let mut cut = (loans.len() == MOST as usize).then_some(MOST as usize);
        let mut classes = Vec::new();
        for ((_, _, name), mut pile) in piles(call, w, &loans, &patrons)? {
            let (count, word) = (pile.loans.len(), word(pile.class));
            let shown = !choose || word == asked.class;
            if shown && count > MOST_ROWS {
                pile.loans.truncate(MOST_ROWS);
                cut = Some(MOST_ROWS);
            }
            let rows = if shown { rows(call, &pile.loans, &patrons, today)? } else { Vec::new() };
            classes.push(Class { name, word, count, shown, rows });
        }
        let template = OverduePage {
            w,
            at: fill(w.overdue_at, &[("day", &day_text(today))]),
            total: loans.len(),
            classes,
            choose,
            cut: cut.map(|most| fill(w.first_ones, &[("count", &most.to_string())])),
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

/// The school's patrons: read at once, for most classes have somebody who is late.
fn patrons(call: &Call<'_>) -> Result<HashMap<PatronId, Patron>, StoreFault> {
    let records = call.store.records(call.seat.school.id, Feed::Patrons)?.into_iter();
    let patron = |record| if let Record::Patron(patron) = record { Some((patron.id, patron)) } else { None };
    Ok(records.filter_map(patron).collect())
}

fn word(class: Option<ClassId>) -> String {
    class.map_or_else(|| NO_CLASS.to_owned(), |class| class.to_string())
}

/// Loans by class.
fn piles<'l>(
    call: &Call<'_>,
    w: &People,
    loans: &'l [FoldedLoan],
    patrons: &HashMap<PatronId, Patron>,
) -> Result<BTreeMap<Place, Pile<'l>>, StoreFault> {
    let known = call.store.classes(call.seat.school.id)?;
    let mut piles: BTreeMap<Place, Pile<'l>> = BTreeMap::new();
    for loan in loans {
        let patron = patrons.get(&loan.patron);
        let found = patron.and_then(|patron| known.get(&u64::from(patron.class?.0)));
        let place = match found {
            Some(found) => (false, class::order(found.grade, &found.letter), found.name.clone()),
            None => (true, (0, 0), w.staff_class.to_owned()),
        };
        let pile = piles.entry(place).or_default();
        pile.class = found.map(|found| found.id);
        pile.loans.push(loan);
    }
    Ok(piles)
}

/// The loans of a class as rows, by name, those that are longest overdue first.
fn rows(
    call: &Call<'_>,
    loans: &[&FoldedLoan],
    patrons: &HashMap<PatronId, Patron>,
    today: Day,
) -> Result<Vec<(LoanRow, i32)>, StoreFault> {
    let teller = Teller::new(call.store, call.seat.school.id, call.lang())?;
    let mut rows = Vec::with_capacity(loans.len());
    for loan in loans {
        let patron = patrons.get(&loan.patron);
        let name = patron.map(|patron| format!("{} {}", patron.family, patron.given));
        let key = search::key(&name.unwrap_or_default());
        rows.push((key, teller.loan(loan, today)?, days_late(loan, today)));
    }
    rows.sort_by(|one, other| {
        (&one.0, one.1.patron_id, -one.2).cmp(&(&other.0, other.1.patron_id, -other.2))
    });
    Ok(rows.into_iter().map(|(_, row, days)| (row, days)).collect())
}
