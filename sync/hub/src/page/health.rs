//! How a station is, in words.

use super::when;
use super::words::{Stations, fill};
use crate::fold::Zone;
use crate::store::StationLine;
use exchange::Lang;

/// A clock that is off by more than this is told.
pub(super) const CLOCK_S: i64 = 120;

/// A station that was not heard for longer than this is silent.
pub(super) const SILENT_S: i64 = 86_400;

/// How a station is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// Whether nobody need look at it.
    pub(super) well: bool,
    /// What is said of it; what is wrong comes first.
    pub(super) pills: Vec<Pill>,
}

/// One word or two about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pill {
    /// `good`, `wants` or `bad`.
    pub(super) class: &'static str,
    /// The words.
    pub(super) text: String,
}

/// Whether somebody should look at a station.
pub(super) fn ails(station: &StationLine, now_s: i64) -> bool {
    station.revoked_s.is_none()
        && (station.contact_s.is_none_or(|at_s| at_s < now_s.saturating_sub(SILENT_S))
            || station.ahead_s.abs() > CLOCK_S
            || station.set_aside > 0)
}

/// How a station is at `now_s`.
pub(super) fn state(lang: Lang, station: &StationLine, now_s: i64) -> State {
    let w = Stations::of(lang);
    let mut pills = Vec::new();
    let mut say = |class, text| pills.push(Pill { class, text });
    if station.revoked_s.is_some() {
        say("bad", w.revoked.to_owned());
    }
    match station.contact_s {
        None if station.revoked_s.is_none() => say("wants", w.never_heard.to_owned()),
        Some(at_s) if station.revoked_s.is_none() && at_s < now_s.saturating_sub(SILENT_S) => {
            say("wants", fill(w.silent, &[("time", &when::span(lang, now_s.saturating_sub(at_s)))]));
        }
        Some(_) | None => {}
    }
    if station.ahead_s.abs() > CLOCK_S {
        let sentence = if station.ahead_s > 0 { w.clock_ahead } else { w.clock_behind };
        say("wants", fill(sentence, &[("time", &when::span(lang, station.ahead_s.abs()))]));
    }
    if station.set_aside > 0 {
        say("bad", fill(w.set_aside, &[("count", &station.set_aside.to_string())]));
    }
    let well = pills.is_empty();
    if well {
        pills.push(Pill { class: "good", text: w.well.to_owned() });
    }
    State { well, pills }
}

/// `Sent up to 14:32, 3 waiting, 2 need you`.
pub(super) fn sentence(lang: Lang, zone: &Zone, station: &StationLine, reviews: u64, now_s: i64) -> String {
    let w = Stations::of(lang);
    let mut parts = vec![match station.upto_s {
        Some(at_s) => fill(w.sent_upto, &[("time", &when::short(zone, lang, now_s, at_s))]),
        None => w.sent_nothing.to_owned(),
    }];
    match station.waiting {
        0 if station.upto_s.is_some() => parts.push(w.all_sent.to_owned()),
        0 => {}
        count => parts.push(fill(w.and_waiting, &[("count", &count.to_string())])),
    }
    if reviews > 0 {
        parts.push(fill(w.need_you, &[("count", &reviews.to_string())]));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Counts, SchoolId};
    use exchange::{Epoch, StationId};

    fn station() -> StationLine {
        StationLine {
            id: StationId(1),
            school: SchoolId(1),
            name: "hall".into(),
            fingerprint: String::new(),
            epoch: Epoch(1),
            contact_s: Some(1_788_294_000),
            waiting: 3,
            ahead_s: 0,
            revoked_s: None,
            counts: Counts::default(),
            set_aside: 0,
            upto_s: Some(1_788_294_000),
        }
    }

    #[test]
    fn a_station_says_what_reached_the_region_and_what_did_not() {
        let zone = Zone::named("Asia/Almaty").unwrap();
        let said = |lang| sentence(lang, &zone, &station(), 2, 1_788_294_600);
        assert_eq!(said(Lang::En), "Sent up to 01:20, 3 waiting, 2 need you");
        assert_eq!(said(Lang::Kk), "01:20 дейінгісі жіберілді, 3 жіберуді күтеді, 2 сізді күтеді");
        assert_eq!(said(Lang::Ru), "Отправлено до 01:20, 3 ждут отправки, 2 ждут вас");
    }

    #[test]
    fn what_is_wrong_is_said_and_a_revoked_station_is_not_silent() {
        let pills = |station: &StationLine| -> Vec<String> {
            state(Lang::En, station, 1_788_294_600).pills.into_iter().map(|pill| pill.text).collect()
        };
        assert_eq!(pills(&station()), ["well"]);
        let silent = StationLine { contact_s: Some(1_788_294_600 - 3 * 86_400), ..station() };
        assert_eq!(pills(&silent), ["silent for 3 d"]);
        assert_eq!(pills(&StationLine { revoked_s: Some(1), ..silent }), ["revoked"]);
        assert_eq!(pills(&StationLine { ahead_s: -7_200, ..station() }), ["clock 2 h behind"]);
        assert_eq!(pills(&StationLine { contact_s: None, ..station() }), ["never heard"]);
    }
}
