//! The API's description, made from the code that serves it (OpenAPI 3.1).

use super::{changes, items, loans, patrons, problem, reviews, schools, stations};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Oqyrman",
        description = "Loans, patrons, items, stations and reviews of school libraries, for outside systems. Times are \
            seconds since 1970 and end in `_s`; days are those of the school, such as 2026-09-15.",
        license(name = "GPL-3.0-or-later", identifier = "GPL-3.0-or-later")),
    servers((url = "/api/v1")),
    paths(
        schools::list,
        stations::list,
        stations::one,
        loans::list,
        patrons::list,
        patrons::one,
        patrons::save,
        patrons::block,
        patrons::unblock,
        items::list,
        items::one,
        items::save,
        items::titles,
        items::title,
        items::save_title,
        reviews::list,
        reviews::decide,
        changes::list,
    ),
    components(schemas(problem::ProblemForm)),
    modifiers(&Token),
    tags(
        (name = "stations", description = "Schools, and how their stations are"),
        (name = "loans", description = "What is lent"),
        (name = "patrons", description = "Who borrows"),
        (name = "items", description = "Books and their titles"),
        (name = "reviews", description = "What a librarian must decide"),
        (name = "changes", description = "What happened, in order"),
    )
)]
struct Document;

/// How a token is shown.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", scheme);
    }
}

/// The description of the API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
