//! The page on which a receipt is checked: a scanner types its digits, a librarian sees what it is worth.

use super::ask::{Ask, Call, Posted};
use super::doors::Doors;
use super::frame::Frame;
use super::tell::Teller;
use super::words::{Receipt as Words, fill};
use crate::Hub;
use crate::receipt::{CheckFault, Standing, check};
use crate::store::{Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use exchange::receipt::ReceiptFault;
use serde::Deserialize;
use std::sync::Arc;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/receipt", show).post(Right::Loans, ("/receipt", "/receipt"), verify)
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    w: &'static Words,
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

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| {
        let (frame, w) = (call.frame()?, Words::of(call.lang()));
        call.page(&ReceiptPage { frame, w, fault: None, genuine: None, rows: Vec::new() })
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Scanned {
    digits: String,
}

/// Looks, and changes nothing: the session's own word is not asked for.
async fn verify(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { fields, .. }: Posted<Scanned>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let template = checked(call, &fields.digits)?;
        call.page(&template)
    })
    .await
}

fn checked(call: &Call<'_>, digits: &str) -> Result<ReceiptPage, StoreFault> {
    let (w, school, store) = (Words::of(call.lang()), call.seat.school.id, &*call.store);
    let frame = call.frame()?;
    let checked = match check(store, digits) {
        Ok(checked) => checked,
        Err(CheckFault::Store(fault)) => return Err(fault),
        Err(CheckFault::Receipt(fault)) => {
            let fault = Some(fault_words(w, fault));
            return Ok(ReceiptPage { frame, w, fault, genuine: None, rows: Vec::new() });
        }
    };
    let station = checked.receipt.station;
    if store.school_of(station)? != Some(school) {
        // What another school's pupils borrowed is not this one's to read.
        let fault = Some(fault_words(w, ReceiptFault::UnknownStation(station)));
        return Ok(ReceiptPage { frame, w, fault, genuine: None, rows: Vec::new() });
    }
    let teller = Teller::new(store, school, call.lang())?;
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
    Ok(ReceiptPage { frame, w, fault: None, genuine: Some(genuine), rows })
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
