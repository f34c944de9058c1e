//! The addresses of the console, each with the right it wants.

use crate::Hub;
use crate::store::Right;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use std::sync::Arc;

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Door {
    /// How it is asked.
    pub(super) method: Method,
    /// As the router knows it.
    pub(super) path: &'static str,
    /// What it wants.
    pub(super) right: Right,
    /// Of a form: the page on which it stands.
    pub(super) stands_on: Option<&'static str>,
}

/// Where a form stands: the address it is sent to, and the page's, as the router knows them. The page's may have a `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StandsOn {
    form: &'static str,
    page: &'static str,
}

impl StandsOn {
    /// The page's address and what is asked of it, where the form was sent to `path`.
    pub(super) fn page_of(self, path: &str) -> (String, &'static str) {
        let named = |name: &str| {
            let place = self.form.split('/').position(|part| part == name)?;
            path.split('/').nth(place)
        };
        let (page, query) = self.page.split_once('?').unwrap_or((self.page, ""));
        let parts = page.split('/').map(|part| named(part).filter(|_| part.starts_with('{')).unwrap_or(part));
        (parts.collect::<Vec<_>>().join("/"), query)
    }
}

/// Addresses and what is behind them.
#[derive(Debug, Default)]
pub(super) struct Doors {
    router: Router<Arc<Hub>>,
    list: Vec<Door>,
}

impl Doors {
    /// None.
    pub(super) fn new() -> Doors {
        Doors::default()
    }

    /// A page that is looked at. The handler takes an [`super::ask::Ask`].
    pub(super) fn get<T: 'static>(
        self,
        right: Right,
        path: &'static str,
        handler: impl Handler<T, Arc<Hub>>,
    ) -> Doors {
        self.door(Door { method: Method::GET, path, right, stands_on: None }, get(handler))
    }

    /// A form that is sent from a page, to which the links of what it is answered with lead. The handler takes an
    /// [`super::ask::Ask`] and a [`super::ask::Posted`].
    pub(super) fn post<T: 'static>(
        self,
        right: Right,
        (path, page): (&'static str, &'static str),
        handler: impl Handler<T, Arc<Hub>>,
    ) -> Doors {
        let behind = post(handler).layer(Extension(StandsOn { form: path, page }));
        self.door(Door { method: Method::POST, path, right, stands_on: Some(page) }, behind)
    }

    /// With those of another area.
    pub(super) fn and(mut self, other: Doors) -> Doors {
        self.list.extend(other.list);
        Doors { router: self.router.merge(other.router), list: self.list }
    }

    /// As a router.
    pub(super) fn into_router(self) -> Router<Arc<Hub>> {
        self.router
    }

    /// All of them.
    #[cfg(test)]
    pub(super) fn list(&self) -> &[Door] {
        &self.list
    }

    fn door(mut self, door: Door, behind: MethodRouter<Arc<Hub>>) -> Doors {
        let router = self.router.route(door.path, behind.layer(Extension(door.right)));
        self.list.push(door);
        Doors { router, list: self.list }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_form_has_its_numbers() {
        let page = |form, page, path| StandsOn { form, page }.page_of(path);
        assert_eq!(page("/import/{id}/save", "/import/{id}", "/import/17/save"), ("/import/17".into(), ""));
        assert_eq!(page("/review/{id}", "/reviews", "/review/9"), ("/reviews".into(), ""));
        assert_eq!(page("/a/{id}", "/b?c=d", "/a/1"), ("/b".into(), "c=d"));
    }
}
