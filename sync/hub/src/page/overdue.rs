//! Overdue loans by class, to be read out or printed.

use super::ask::Ask;
use super::doors::Doors;
use super::frame::Frame;
use super::loans::{LoanRow, days_late};
use super::tell::Teller;
use super::when::day_text;
use super::words::{People, fill};
use crate::Hub;
use crate::store::Right;
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use exchange::{class, search};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most that are shown.
const MOST: u32 = 1_000;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/overdue", show)
}

#[derive(Template)]
#[template(path = "overdue.html")]
struct OverduePage {
    frame: Frame,
    w: &'static People,
    at: String,
    total: usize,
    classes: Vec<Class>,
    /// Said if not all are shown.
    cut: Option<String>,
}

struct Class {
    name: String,
    rows: Vec<(LoanRow, i32)>,
}

/// Where a class stands: classes by grade and letter, then those without one.
type Place = (bool, (u8, u32), String);

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| {
        let (school, w) = (call.seat.school.id, People::of(call.lang()));
        let today = call.store.zone(school)?.day_at(call.now_s);
        let loans = call.store.overdue(school, today, MOST)?;
        let known = call.store.classes(school)?;
        let mut classes: BTreeMap<Place, Vec<(String, LoanRow, i32)>> = BTreeMap::new();
        {
            let teller = Teller::new(call.store, school, call.lang())?;
            for loan in &loans {
                let patron = call.store.patron(school, loan.patron)?;
                let of = patron.as_ref().and_then(|patron| patron.class);
                let of = of.and_then(|class| known.get(&u64::from(class.0)));
                let place = match of {
                    Some(found) => (false, class::order(found.grade, &found.letter), found.name.clone()),
                    None => (true, (0, 0), w.staff_class.to_owned()),
                };
                let name = patron.map(|patron| format!("{} {}", patron.family, patron.given));
                let row = (
                    search::key(&name.unwrap_or_default()),
                    teller.loan(loan, today)?,
                    days_late(loan, today),
                );
                classes.entry(place).or_default().push(row);
            }
        }
        let class = |((_, _, name), mut rows): (Place, Vec<(String, LoanRow, i32)>)| {
            rows.sort_by(|one, other| {
                (&one.0, one.1.patron_id, -one.2).cmp(&(&other.0, other.1.patron_id, -other.2))
            });
            Class { name, rows: rows.into_iter().map(|(_, row, days)| (row, days)).collect() }
        };
        let template = OverduePage {
            w,
            at: fill(w.overdue_at, &[("day", &day_text(today))]),
            total: loans.len(),
            classes: classes.into_iter().map(class).collect(),
            cut: (loans.len() == MOST as usize).then(|| fill(w.first_ones, &[("count", &MOST.to_string())])),
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}
