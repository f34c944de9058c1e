//! Moments and ages as people say them.

use super::words::{When, fill};
use crate::fold::Zone;
use exchange::{Day, Lang};

/// A day as it is written in Kazakhstan: `25.05.2027`.
pub(super) fn day_text(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{day:02}.{month:02}.{year:04}")
}

/// The time of day: `14:32`.
fn clock(zone: &Zone, at_s: i64) -> String {
    let civil = zone.civil(at_s);
    format!("{:02}:{:02}", civil.hour(), civil.minute())
}

/// Day and time: `25.05.2027 14:32`.
pub(super) fn full(zone: &Zone, at_s: i64) -> String {
    format!("{} {}", day_text(zone.day_at(at_s)), clock(zone, at_s))
}

/// As short as is clear: `14:32` today, `yesterday, 14:32`, or [`full`].
pub(super) fn short(zone: &Zone, lang: Lang, now_s: i64, at_s: i64) -> String {
    match zone.day_at(now_s).0.saturating_sub(zone.day_at(at_s).0) {
        0 => clock(zone, at_s),
        1 => fill(When::of(lang).yesterday, &[("time", &clock(zone, at_s))]),
        _ => full(zone, at_s),
    }
}

/// How long ago: minutes, hours or days.
pub(super) fn ago(lang: Lang, now_s: i64, at_s: i64) -> String {
    let w = When::of(lang);
    let minutes = now_s.saturating_sub(at_s).max(0) / 60;
    let (sentence, count) = match minutes {
        0 => return w.just_now.to_owned(),
        1..60 => (w.minutes_ago, minutes),
        60..2_880 => (w.hours_ago, minutes / 60),
        _ => (w.days_ago, minutes / 1_440),
    };
    fill(sentence, &[("count", &count.to_string())])
}

/// How long: minutes, hours or days.
pub(super) fn span(lang: Lang, seconds: i64) -> String {
    let w = When::of(lang);
    let minutes = seconds.max(0) / 60;
    let (sentence, count) = match minutes {
        0..120 => (w.minutes, minutes),
        120..2_880 => (w.hours, minutes / 60),
        _ => (w.days, minutes / 1_440),
    };
    fill(sentence, &[("count", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_grow_from_minutes_to_days() {
        let said = |age_s: i64| ago(Lang::En, 10_000_000, 10_000_000 - age_s);
        assert_eq!(said(59), "just now");
        assert_eq!(said(60), "1 min ago");
        assert_eq!(said(3_600), "1 h ago");
        assert_eq!(said(2 * 86_400), "2 d ago");
        assert_eq!(said(-500), "just now");
    }

    #[test]
    fn a_moment_of_today_is_its_time() {
        let zone = Zone::named("Asia/Almaty").unwrap();
        // 2026-09-02T01:30 in Almaty.
        let now_s = 1_788_294_600;
        assert_eq!(short(&zone, Lang::En, now_s, now_s - 600), "01:20");
        assert_eq!(short(&zone, Lang::En, now_s, now_s - 7_200), "yesterday, 23:30");
        assert_eq!(short(&zone, Lang::En, now_s, now_s - 5 * 86_400), "28.08.2026 01:30");
    }
}
