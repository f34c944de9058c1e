//! One box to look for people and books.

use super::ask::{Ask, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::send::redirect;
use super::tell::Teller;
use super::words::{People, fill};
use crate::Hub;
use crate::store::Right;
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use exchange::ItemId;
use serde::Deserialize;
use std::sync::Arc;

/// The most of each sort that is shown.
const MOST: usize = 25;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/search", show)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    w: &'static People,
    typed: String,
    patrons: Vec<(u64, String)>,
    titles: Vec<(u64, String, String)>,
    /// Said if nothing was found, or not everything is shown.
    note: Option<String>,
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, w) = (call.seat.school.id, People::of(call.lang()));
        let typed: String = asked.q.trim().chars().take(128).collect();
        if let Ok(item) = ItemId::new(typed.as_str())
            && call.store.item(school, &item)?.is_some()
        {
            // A scanner types a whole number: nothing to choose from.
            return Ok(redirect(&item_path(&item)));
        }
        let patrons = call.store.find_patrons(school, &typed, MOST + 1)?;
        let titles = call.store.find_titles(school, &typed, MOST + 1)?;
        let note = if typed.is_empty() {
            None
        } else if patrons.is_empty() && titles.is_empty() {
            Some(fill(w.found_nothing, &[("typed", &typed)]))
        } else if patrons.len() > MOST || titles.len() > MOST {
            Some(fill(w.first_ones, &[("count", &MOST.to_string())]))
        } else {
            None
        };
        let patrons = {
            let teller = Teller::new(call.store, school, call.lang())?;
            let shown = patrons.iter().take(MOST);
            shown
                .map(|patron| Ok((patron.id.0, teller.patron_name(patron)?)))
                .collect::<Result<_, crate::store::StoreFault>>()?
        };
        let titles = titles.into_iter().take(MOST).map(|title| (title.id.0, title.name, title.author));
        let template = SearchPage { w, typed, patrons, titles: titles.collect(), note, frame: call.frame()? };
        call.page(&template)
    })
    .await
}

/// The address of a book's page.
pub(super) fn item_path(item: &ItemId) -> String {
    let mut path = "/item/".to_owned();
    for byte in item.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}
