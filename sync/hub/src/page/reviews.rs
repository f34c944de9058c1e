//! Reviews: what waits for a librarian, and what they said; singly, or all of one kind together.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::send::{Refusal, redirect};
use super::story::Story;
use super::tell::Teller;
use super::who::who;
use super::words::{Reviews, conflict, fill};
use crate::Hub;
use crate::fold::Decree;
use crate::store::{
    DecideFault, Deed, GroupLine, MOST_TOGETHER, ReviewFilter, Right, StoreFault, variant, word,
};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use exchange::{Conflict, ReviewId};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reviews on one page.
const PAGE: u32 = 20;

/// So many of one kind may be decided together.
const TOGETHER_FROM: u64 = 2;

/// Groups that can be taken back, as they are shown.
const GROUPS: u32 = 5;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::Loans, "/reviews", show)
        .post(Right::Decide, ("/review/{id}", "/reviews"), decide)
        .get(Right::Decide, "/reviews/together", preview)
        .post(Right::Decide, ("/reviews/together", "/reviews"), together)
        .post(Right::Decide, ("/reviews/group/{id}", "/reviews?state=decided"), take_back)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct ReviewsPage {
    frame: Frame,
    w: &'static Reviews,
    decided: bool,
    kinds: Vec<Kind>,
    /// The kind that is shown; empty for all.
    kind: String,
    groups: Vec<Group>,
    stories: Vec<Story>,
    page: u32,
    older: bool,
    decides: bool,
}

impl ReviewsPage {
    /// Whether there is anything to choose among the kinds.
    fn chooses(&self) -> bool {
        self.kinds.len() > 1 || self.kinds.iter().any(|kind| kind.together.is_some())
    }
}

/// Reviews with one cause.
struct Kind {
    word: String,
    why: &'static str,
    count: u64,
    chosen: bool,
    /// What the button says that decides all of them.
    together: Option<String>,
}

/// Reviews that were decided together.
struct Group {
    id: u64,
    said: String,
    why: &'static str,
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, lang) = (call.seat.school.id, call.lang());
        let w = Reviews::of(lang);
        let decided = asked.state == "decided";
        let wanted: Option<Conflict> = variant(&asked.kind).ok();
        let page = asked.page.unwrap_or(0).min(10_000);
        let filter = ReviewFilter { decided, conflict: wanted, station: None };
        let mut lines = call.store.reviews_page(school, filter, page * PAGE, PAGE + 1)?;
        let older = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let decides = call.role().may(Right::Decide);
        let kinds = call.store.review_kinds(school, decided)?.into_iter().map(|(kind, count)| Kind {
            word: word(&kind),
            why: conflict(lang, kind).why,
            count,
            chosen: wanted == Some(kind),
            together: (decides && !decided && count >= TOGETHER_FROM)
                .then(|| fill(w.together_accept, &[("count", &count.to_string())])),
        });
        let kinds = kinds.collect();
        let groups = if decided { call.store.review_groups(school, GROUPS)? } else { Vec::new() };
        let (stories, groups) = {
            let teller = Teller::new(call.store, school, lang)?;
            let stories = lines.iter().map(|line| teller.story(line)).collect::<Result<_, StoreFault>>()?;
            (stories, groups.iter().map(|group| told(w, &teller, group)).collect())
        };
        let template = ReviewsPage {
            w,
            decided,
            kinds,
            kind: wanted.map(|kind| word(&kind)).unwrap_or_default(),
            groups,
            stories,
            page,
            older,
            decides,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn told(w: &Reviews, teller: &Teller<'_>, group: &GroupLine) -> Group {
    let sentence = if group.decree == Decree::Accept { w.group_accepted } else { w.group_rejected };
    let said = fill(
        sentence,
        &[
            ("who", &who(teller.lang(), &group.login)),
            ("count", &group.standing.to_string()),
            ("when", &teller.time(group.at_s)),
        ],
    );
    Group { id: group.id, said, why: conflict(teller.lang(), group.conflict).why }
}

#[derive(Debug, Deserialize)]
struct Decision {
    decree: String,
}

async fn decide(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, fields }: Posted<Decision>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let bad = || Refusal::told(StatusCode::FORBIDDEN, call.words().bad_form);
        let (decree, deed, to) = match fields.decree.as_str() {
            "accept" => (Decree::Accept, Deed::ReviewAccepted, "/reviews"),
            "reject" => (Decree::Reject, Deed::ReviewRejected, "/reviews"),
            "withdraw" => (Decree::Withdraw, Deed::DecisionTakenBack, "/reviews?state=decided"),
            _ => return Err(bad()),
        };
        let review = ReviewId(id.parse().map_err(|_| bad())?);
        let w = Reviews::of(call.lang());
        let login = call.seat.session.login.clone();
        let done = call.store.decide(call.seat.school.id, review, decree, &login, call.now_s);
        done.map_err(|fault| refusal(w, fault))?;
        call.note(deed, &review.0.to_string())?;
        Ok(redirect(to))
    })
    .await
}

fn refusal(w: &Reviews, fault: DecideFault) -> Refusal {
    let late = |text: String| Refusal::Told(StatusCode::CONFLICT, text);
    match fault {
        DecideFault::Unknown(_) => late(w.review_gone.into()),
        DecideFault::Decided { by } => late(fill(w.decided_already, &[("who", &by)])),
        DecideFault::Undecided => late(w.not_decided.into()),
        DecideFault::Store(fault) => Refusal::Store(fault),
    }
}

#[derive(Template)]
#[template(path = "together.html")]
struct TogetherPage {
    frame: Frame,
    w: &'static Reviews,
    kind: String,
    why: &'static str,
    rows: Vec<Preview>,
    /// Whether there are more than are shown.
    cut: Option<String>,
}

/// What would become of one review.
struct Preview {
    id: u64,
    what: String,
    accept: String,
    reject: String,
}

async fn preview(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, lang) = (call.seat.school.id, call.lang());
        let w = Reviews::of(lang);
        let kind: Conflict = variant(&asked.kind).map_err(|_| call.missing())?;
        let filter = ReviewFilter { decided: false, conflict: Some(kind), station: None };
        let most = u32::try_from(MOST_TOGETHER).unwrap_or(u32::MAX);
        let lines = call.store.reviews_page(school, filter, 0, most)?;
        let rows = {
            let teller = Teller::new(call.store, school, lang)?;
            let row = |line: &crate::store::ReviewLine| {
                let (accept, reject) = teller.consequences(line)?;
                let what =
                    format!("{} · {}", teller.act(&line.cause.event.act)?, teller.time(line.cause.at_s));
                Ok(Preview { id: line.review.0, what, accept, reject })
            };
            lines.iter().map(row).collect::<Result<Vec<_>, StoreFault>>()?
        };
        let cut =
            (rows.len() == MOST_TOGETHER).then(|| fill(w.first_of, &[("count", &MOST_TOGETHER.to_string())]));
        let template = TogetherPage {
            w,
            kind: word(&kind),
            why: conflict(lang, kind).why,
            rows,
            cut,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

async fn together(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<Vec<(String, String)>>,
) -> Response<Body> {
    ask.change(hub, word, move |call| decide_all(call, &fields)).await
}

fn decide_all(call: &mut Call<'_>, fields: &[(String, String)]) -> Outcome {
    let w = Reviews::of(call.lang());
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let bad = || Refusal::told(StatusCode::FORBIDDEN, call.words().bad_form);
    let (decree, deed) = match field("decree") {
        Some("accept") => (Decree::Accept, Deed::ReviewAccepted),
        Some("reject") => (Decree::Reject, Deed::ReviewRejected),
        Some(_) | None => return Err(bad()),
    };
    let kind: Conflict = variant(field("kind").unwrap_or_default()).map_err(|_| bad())?;
    let reviews = fields.iter().filter(|(name, _)| name == "review");
    let reviews: BTreeSet<ReviewId> =
        reviews.filter_map(|(_, value)| value.parse().ok().map(ReviewId)).collect();
    let login = call.seat.session.login.clone();
    let school = call.seat.school.id;
    let count = call.store.decide_together(school, (kind, decree), &reviews, &login, call.now_s)?;
    if count == 0 {
        return Err(Refusal::told(StatusCode::CONFLICT, w.together_none));
    }
    call.note(deed, &format!("{} × {count}", word(&kind)))?;
    Ok(redirect("/reviews?state=decided"))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn take_back(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let w = Reviews::of(call.lang());
        let group = id.parse().map_err(|_| call.missing())?;
        let login = call.seat.session.login.clone();
        let done = call.store.take_back_group(call.seat.school.id, group, &login, call.now_s);
        let count = done.map_err(|fault| refusal(w, fault))?;
        call.note(Deed::DecisionTakenBack, &format!("group {group} × {count}"))?;
        Ok(redirect("/reviews"))
    })
    .await
}
