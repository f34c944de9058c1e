//! What the API says when it cannot do what it was asked: problem details (RFC 9457), in words.

use crate::store::StoreFault;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// Sorts of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No token, or none that is good.
    Token,
    /// The token does not let its holder do this.
    Scope,
    /// The token is for another school.
    School,
    /// There is no such thing.
    Missing,
    /// There is no such address.
    Address,
    /// The address is not asked in this way.
    Method,
    /// The request cannot be read.
    Request,
    /// What it says makes no sense.
    Value,
    /// It contradicts what is there.
    Conflict,
    /// The cursor is of another region, or from before this one was restored.
    Cursor,
    /// The body is too long.
    TooLong,
    /// The body did not come in time.
    TooSlow,
    /// Too many requests.
    TooMany {
        /// When to ask again, in seconds.
        retry_s: u64,
    },
    /// The region cannot do anything now.
    Store,
}

impl Kind {
    const ALL: [Kind; 14] = [
        Kind::Token,
        Kind::Scope,
        Kind::School,
        Kind::Missing,
        Kind::Address,
        Kind::Method,
        Kind::Request,
        Kind::Value,
        Kind::Conflict,
        Kind::Cursor,
        Kind::TooLong,
        Kind::TooSlow,
        Kind::TooMany { retry_s: 0 },
        Kind::Store,
    ];

    /// The last part of its address, its title, its status.
    fn form(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Kind::Token => ("token", "A token is needed", StatusCode::UNAUTHORIZED),
            Kind::Scope => ("scope", "The token does not allow this", StatusCode::FORBIDDEN),
            Kind::School => ("school", "The token is for another school", StatusCode::FORBIDDEN),
            Kind::Missing => ("missing", "There is no such thing", StatusCode::NOT_FOUND),
            Kind::Address => ("address", "There is no such address", StatusCode::NOT_FOUND),
            Kind::Method => {
                ("method", "The address is not asked in this way", StatusCode::METHOD_NOT_ALLOWED)
            }
            Kind::Request => ("request", "The request cannot be read", StatusCode::BAD_REQUEST),
            Kind::Value => ("value", "A value makes no sense", StatusCode::UNPROCESSABLE_ENTITY),
            Kind::Conflict => ("conflict", "This contradicts what is there", StatusCode::CONFLICT),
            Kind::Cursor => ("cursor", "The cursor is ahead of this region", StatusCode::CONFLICT),
            Kind::TooLong => ("too-long", "The body is too long", StatusCode::PAYLOAD_TOO_LARGE),
            Kind::TooSlow => ("too-slow", "The body did not come in time", StatusCode::REQUEST_TIMEOUT),
            Kind::TooMany { .. } => ("too-many", "Too many requests", StatusCode::TOO_MANY_REQUESTS),
            Kind::Store => ("store", "The region can do nothing now", StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// What a sort of problem is, for who follows its address.
#[derive(Debug, Serialize)]
pub(super) struct Sort {
    title: &'static str,
    status: u16,
}

/// The sort of problem with this name.
pub(super) fn sort(name: &str) -> Option<Sort> {
    let forms = Kind::ALL.map(Kind::form);
    let form = forms.into_iter().find(|(own, _, _)| *own == name);
    form.map(|(_, title, status)| Sort { title, status: status.as_u16() })
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// Its sort.
    pub(super) kind: Kind,
    /// What happened, and what to do.
    pub(super) detail: String,
}

impl Problem {
    /// A problem of this sort.
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        Problem { kind, detail: detail.into() }
    }

    /// A value that makes no sense; `field` is where it stands.
    pub(super) fn value(field: &str, why: impl std::fmt::Display) -> Problem {
        Problem::new(Kind::Value, format!("{field}: {why}"))
    }

    /// As an answer.
    pub(super) fn response(&self) -> Response<Body> {
        let (name, title, status) = self.kind.form();
        let form = ProblemForm {
            r#type: format!("/api/v1/problems/{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone(),
        };
        // JSON of a struct of texts cannot fail.
        let mut response = Response::new(Body::from(serde_json::to_vec(&form).unwrap_or_default()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.kind {
            Kind::Token => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::TooMany { retry_s } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(retry_s));
            }
            Kind::Scope
            | Kind::School
            | Kind::Missing
            | Kind::Address
            | Kind::Method
            | Kind::Request
            | Kind::Value
            | Kind::Conflict
            | Kind::Cursor
            | Kind::TooLong
            | Kind::TooSlow
            | Kind::Store => {}
        }
        response
    }
}

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Problem {
        tracing::error!(%fault, "the API could not be answered");
        Problem::new(Kind::Store, "the database does not answer; try again later")
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemForm {
    /// Names the sort of problem.
    r#type: String,
    /// The sort of problem in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, and what to do.
    detail: String,
}
