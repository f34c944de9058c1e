//! The page on which a receipt is checked: a scanner types its digits, a librarian sees what it is worth.

use super::tell::Teller;
use super::words::{Words, fill};
use super::{Asked, Frame, Seat, frame, only, page, with_store};
use crate::Hub;
use crate::page::visitor::Visitor;
use crate::receipt::{CheckFault, Standing, check};
use crate::store::{Role, Store, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use exchange::receipt::ReceiptFault;
use serde::Deserialize;
use std::sync::Arc;

const HERE: &str = "/receipt";

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    /// Why it is none.
    fault: Option<String>,
    /// Who wrote it and when.
    genuine: Option<String>,
    rows: Vec<ReceiptRow>,
}

struct ReceiptRow {
    seq: u64,
    what: String,
    standing: String,
    odd: bool,
}

pub(super) async fn show(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, asked.lang.as_deref());
    with_store(hub, visitor, HERE.into(), move |store, seat| {
        only(visitor, &seat, Role::sees_loans)?;
        let frame = frame(store, visitor, Some(seat), HERE.into())?;
        page(StatusCode::OK, visitor, &ReceiptPage { frame, fault: None, genuine: None, rows: Vec::new() })
    })
    .await
}

#[derive(Debug, Deserialize)]
pub(super) struct Scanned {
    digits: String,
}

/// Looks, and changes nothing: the session's own word is not asked for.
pub(super) async fn verify(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Form(scanned): Form<Scanned>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    with_store(hub, visitor, HERE.into(), move |store, seat| {
        only(visitor, &seat, Role::sees_loans)?;
        let template = checked(store, visitor, seat, &scanned.digits)?;
        page(StatusCode::OK, visitor, &template)
    })
    .await
}

fn checked(store: &Store, visitor: Visitor, seat: Seat, digits: &str) -> Result<ReceiptPage, StoreFault> {
    let w = visitor.words();
    let school = seat.school.id;
    let frame = frame(store, visitor, Some(seat), HERE.into())?;
    let checked = match check(store, digits) {
        Ok(checked) => checked,
        Err(CheckFault::Store(fault)) => return Err(fault),
        Err(CheckFault::Receipt(fault)) => {
            let fault = Some(fault_words(w, fault));
            return Ok(ReceiptPage { frame, fault, genuine: None, rows: Vec::new() });
        }
    };
    let station = checked.receipt.station;
    if store.school_of(station)? != Some(school) {
        // What another school's pupils borrowed is not this one's to read.
        let fault = Some(fault_words(w, ReceiptFault::UnknownStation(station)));
        return Ok(ReceiptPage { frame, fault, genuine: None, rows: Vec::new() });
    }
    let teller = Teller::new(store, school, visitor.lang)?;
    let genuine = fill(
        w.receipt_genuine,
        &[
            ("station", &teller.station(checked.receipt.station.0)),
            ("when", &teller.time(checked.receipt.wall_s)),
        ],
    );
    let rows = checked.lines.iter().map(|(line, standing)| {
        let (what, standing, odd) = match standing {
            Standing::NotYet => (teller.receipt_line(line)?, w.receipt_not_yet.to_owned(), false),
            Standing::Same(event) => {
                let row = teller.event(event)?;
                (row.what, fill(w.receipt_same, &[("fate", &row.fate)]), row.odd)
            }
            Standing::Other(_) => (teller.receipt_line(line)?, w.receipt_other.to_owned(), true),
        };
        Ok(ReceiptRow { seq: line.seq.0, what, standing, odd })
    });
    let rows = rows.collect::<Result<_, StoreFault>>()?;
    Ok(ReceiptPage { frame, fault: None, genuine: Some(genuine), rows })
}

fn fault_words(w: &Words, fault: ReceiptFault) -> String {
    match fault {
        ReceiptFault::NotAReceipt => w.receipt_none.to_owned(),
        ReceiptFault::Damaged => w.receipt_damaged.to_owned(),
        ReceiptFault::Version(_) => w.receipt_newer.to_owned(),
        ReceiptFault::UnknownStation(station) | ReceiptFault::Signature(station) => {
            fill(w.receipt_false, &[("station", &station.to_string())])
        }
    }
}
