//! The console: a librarian signs in, sees what each station sent, decides reviews; a technician sees how the stations are.
//!
//! How an area is made: a file (or folder) here with `doors()`, which names each address, the right it wants and its
//! handler; a file in `words`; templates that extend `frame.html`; a line in `nav` if it has a place in the menu.
//!
//! Invariants:
//! - Nothing of a school is shown to anybody who is not signed in, and nothing that their role has no right to: `Doors`
//!   takes no address without a right, and [`ask::Ask`] asks for it before anything is read.
//! - Nothing is changed but by a form that carries the session's own word.
//! - No foreign host, and no script but the one file from this binary; everything works without it.
//! - What is shown is what `oqyrman-hub status` counts.

mod ask;
mod assets;
mod audit;
mod calendar;
mod chart;
mod csv;
mod device;
mod doors;
mod enrolment;
mod export;
mod fault;
mod frame;
mod health;
mod imports;
mod item;
mod loans;
mod log;
mod nav;
mod notices;
mod overdue;
mod overview;
mod patron;
mod receipt;
mod reviews;
mod rules;
mod search;
mod send;
mod settings;
mod sign_in;
mod stations;
mod story;
mod tell;
#[cfg(test)]
mod tests;
mod tokens;
mod visitor;
mod when;
mod who;
mod words;

use crate::Hub;
use crate::store::Right;
use ask::Ask;
use axum::body::Body;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::{Response, StatusCode};
use axum::middleware::map_response;
use axum::{Extension, Router};
use std::sync::Arc;

pub(crate) use sign_in::Peer;

/// All guarded addresses.
fn doors() -> doors::Doors {
    doors::Doors::new()
        .and(overview::doors())
        .and(enrolment::doors())
        .and(stations::doors())
        .and(log::doors())
        .and(reviews::doors())
        .and(search::doors())
        .and(patron::doors())
        .and(item::doors())
        .and(overdue::doors())
        .and(receipt::doors())
        .and(audit::doors())
        .and(export::doors())
        .and(device::doors())
        .and(tokens::doors())
        .and(imports::doors())
        .and(rules::doors())
        .and(calendar::doors())
        .and(notices::doors())
}

/// The console's addresses.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    doors()
        .into_router()
        .merge(sign_in::routes())
        .merge(assets::routes())
        .fallback(not_found.layer(Extension(Right::Overview)))
        .layer(map_response(send::harden))
        .layer(axum::middleware::from_fn(send::squeeze))
}

/// In the frame for those who are signed in; a browser that nobody signed in with is told in a sentence, without a look
/// into the database.
async fn not_found(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    if ask.visitor.token.is_none() {
        return send::plain(StatusCode::NOT_FOUND, words::Frame::of(ask.visitor.lang).not_found);
    }
    ask.show(hub, |call| Err(call.missing())).await
}
