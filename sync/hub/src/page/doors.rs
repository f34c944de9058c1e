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
        self.door(Method::GET, right, path, get(handler))
    }

    /// A form that is sent. The handler takes an [`super::ask::Ask`] and a [`super::ask::Posted`].
    pub(super) fn post<T: 'static>(
        self,
        right: Right,
        path: &'static str,
        handler: impl Handler<T, Arc<Hub>>,
    ) -> Doors {
        self.door(Method::POST, right, path, post(handler))
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

    fn door(
        mut self,
        method: Method,
        right: Right,
        path: &'static str,
        behind: MethodRouter<Arc<Hub>>,
    ) -> Doors {
        self.list.push(Door { method, path, right });
        Doors { router: self.router.route(path, behind.layer(Extension(right))), list: self.list }
    }
}
