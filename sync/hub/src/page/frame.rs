//! What stands around every page: name, menu, languages, who is signed in.

use super::assets;
use super::nav::{self, Group};
use super::visitor::Visitor;
use super::words;
use crate::store::{Right, SchoolLine, Session, Store, StoreFault};
use exchange::Lang;

/// What every page needs.
pub(super) struct Frame {
    /// The words that every page has.
    pub(super) w: &'static words::Frame,
    /// The language of the page.
    pub(super) lang: Lang,
    /// Who looks; `None` for somebody who is not signed in.
    pub(super) seat: Option<Seat>,
    /// The menu.
    pub(super) menu: Vec<Group>,
    /// The page's own address, with what was asked, without the language, and a `?` or `&` behind it.
    pub(super) here_and: String,
}

impl Frame {
    /// For the page at `path`.
    pub(super) fn new(
        store: &Store,
        visitor: Visitor,
        seat: Option<Seat>,
        path: &str,
        query: &str,
    ) -> Result<Frame, StoreFault> {
        let w = words::Frame::of(visitor.lang);
        let menu = match &seat {
            Some(seat) => {
                let loans = seat.session.role.may(Right::Loans);
                let open = if loans { store.review_counts(seat.school.id)?.0 } else { 0 };
                nav::menu(w, seat.session.role, path, open)
            }
            None => Vec::new(),
        };
        let here_and = if query.is_empty() { format!("{path}?") } else { format!("{path}?{query}&") };
        Ok(Frame { w, lang: visitor.lang, seat, menu, here_and })
    }

    /// The name at the top.
    pub(super) fn school(&self) -> &str {
        self.seat.as_ref().map_or(self.w.region, |seat| &seat.school.name)
    }

    /// The word that forms bring along.
    pub(super) fn form(&self) -> &str {
        self.seat.as_ref().map_or("", |seat| &seat.session.form)
    }

    /// Reviews that wait, as the menu says.
    pub(super) fn reviews_open(&self) -> u64 {
        self.menu.iter().flat_map(|group| &group.entries).map(|entry| entry.badge).sum()
    }

    /// The style sheet's address.
    pub(super) fn style(&self) -> String {
        format!("/style.css?v={:016x}", assets::STYLE_MARK)
    }

    /// The script's address.
    pub(super) fn script(&self) -> String {
        format!("/htmx.js?v={:016x}", assets::SCRIPT_MARK)
    }

    /// The languages: code, own name, whether it is this page's.
    pub(super) fn langs(&self) -> [(&'static str, &'static str, bool); 3] {
        let name = |lang| match lang {
            Lang::Kk => "Қазақша",
            Lang::Ru => "Русский",
            Lang::En => "English",
        };
        Lang::ALL.map(|lang| (lang.code(), name(lang), lang == self.lang))
    }
}

/// Somebody who is signed in, and the school they look at.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    /// Who.
    pub(super) session: Session,
    /// The school they look at.
    pub(super) school: SchoolLine,
    /// Schools they may choose from; those of one school have no choice.
    pub(super) schools: Vec<SchoolLine>,
}

impl Seat {
    /// Of a session.
    pub(super) fn of(store: &Store, session: Session) -> Result<Seat, StoreFault> {
        let mut schools = store.schools()?;
        let wanted = session.school;
        let place = wanted.and_then(|wanted| schools.iter().position(|school| school.id == wanted));
        let school = match (place, wanted) {
            (Some(place), _) => schools.get(place),
            (None, Some(_)) => None,
            (None, None) => schools.first(),
        };
        let school = school.cloned().ok_or(StoreFault::Damaged("a region without schools"))?;
        if !session.role.sees_all_schools() {
            schools.clear();
        }
        Ok(Seat { session, school, schools })
    }
}
