//! From the desk's vocabulary to the screen's, value by value.

use crate::ui;
use desk::view::{BlockKind, Day, Lang, RefusalKind};
use desk::{
    Check, Fault, Finding, KeptRow, LoanRow, PadCount, Plug, ReceiptNote, Refusal, Renewable, Row, RowAct,
    SetupFault, SetupKind, StaffStatus, Standing, StickFault, StickState, VisitNote, Way, WayStatus,
};
use slint::SharedString;

pub(crate) fn language(lang: Lang) -> ui::Language {
    match lang {
        Lang::Kk => ui::Language::Kk,
        Lang::Ru => ui::Language::Ru,
        Lang::En => ui::Language::En,
    }
}

pub(crate) fn lang(language: ui::Language) -> Lang {
    match language {
        ui::Language::Kk => Lang::Kk,
        ui::Language::Ru => Lang::Ru,
        ui::Language::En => Lang::En,
    }
}

/// A day as the screen says it. Its year is said when it is not this year's.
pub(crate) fn date(day: Day, today: Day) -> ui::Date {
    let (year, month, of_month) = day.ymd();
    let nearness = match i64::from(day.0) - i64::from(today.0) {
        ..0 => ui::Nearness::Past,
        0 => ui::Nearness::Today,
        1 => ui::Nearness::Tomorrow,
        2.. => ui::Nearness::Later,
    };
    ui::Date {
        day: of_month.into(),
        month: month.into(),
        year: year.into(),
        with_year: year != today.ymd().0,
        nearness,
    }
}

fn title(title: Option<&String>) -> (bool, SharedString) {
    (title.is_some(), title.map_or_else(SharedString::default, SharedString::from))
}

pub(crate) fn book(of: Option<&String>) -> ui::Book {
    let (known, title) = title(of);
    ui::Book { known, title }
}

pub(crate) fn kept(row: &KeptRow) -> ui::Kept {
    let (known, title) = title(row.title.as_ref());
    ui::Kept { known, title, on_loan: row.on_loan }
}

/// One line of a visit, seen on the day `today`.
pub(crate) fn deed(row: &Row, today: Day) -> ui::Deed {
    let (known, title) = title(row.title.as_ref());
    let (act, due) = match row.act {
        RowAct::Lent { due } => (ui::Act::Lent, date(due, today)),
        RowAct::Returned => (ui::Act::Returned, ui::Date::default()),
        RowAct::Renewed { due } => (ui::Act::Renewed, date(due, today)),
    };
    ui::Deed { known, title, act, due, undo: row.undo }
}

/// One of a patron's loans, seen on the day `today`.
pub(crate) fn loan(row: &LoanRow, today: Day) -> ui::Loan {
    let (known, title) = title(row.title.as_ref());
    let (renewal, reason) = match row.renewable {
        Renewable::Yes => (ui::Renewal::Yes, ui::Reason::default()),
        Renewable::NotYet => (ui::Renewal::NotYet, ui::Reason::default()),
        Renewable::Done => (ui::Renewal::Done, ui::Reason::default()),
        Renewable::No(kind) => (ui::Renewal::No, reason(kind).0),
    };
    ui::Loan { known, title, due: date(row.due, today), renewal, reason }
}

/// A reason, and the number staff knows it by. Numbers are printed in the operating guide: they are never used again.
pub(crate) fn reason(kind: RefusalKind) -> (ui::Reason, i32) {
    match kind {
        RefusalKind::UnknownCard => (ui::Reason::UnknownCard, 1),
        RefusalKind::UnknownItem => (ui::Reason::UnknownItem, 2),
        RefusalKind::Blocked => (ui::Reason::Blocked, 3),
        RefusalKind::Expired => (ui::Reason::Expired, 4),
        RefusalKind::LimitReached => (ui::Reason::LimitReached, 5),
        RefusalKind::LimitByAge => (ui::Reason::LimitByAge, 6),
        RefusalKind::Overdue => (ui::Reason::Overdue, 7),
        RefusalKind::OnHold => (ui::Reason::OnHold, 8),
        RefusalKind::ReferenceOnly => (ui::Reason::ReferenceOnly, 9),
        RefusalKind::NotForLoan => (ui::Reason::NotForLoan, 10),
        RefusalKind::RenewalsUsed => (ui::Reason::RenewalsUsed, 11),
        RefusalKind::RenewalByAge => (ui::Reason::RenewalByAge, 12),
        RefusalKind::NotOnLoan => (ui::Reason::NotOnLoan, 13),
        RefusalKind::IsbnScanned => (ui::Reason::IsbnScanned, 14),
        RefusalKind::UrlScanned => (ui::Reason::UrlScanned, 15),
        RefusalKind::CardScanned => (ui::Reason::CardScanned, 16),
        RefusalKind::Unreadable => (ui::Reason::Unreadable, 17),
        RefusalKind::WrongPin => (ui::Reason::WrongPin, 18),
        RefusalKind::PinLocked => (ui::Reason::PinLocked, 19),
    }
}

pub(crate) fn refusal(refusal: Refusal, title: Option<&String>, done: u16) -> ui::Refusal {
    let (reason, code) = reason(refusal.kind);
    let block = match refusal.block {
        None => ui::Block::None,
        Some(BlockKind::LostItem) => ui::Block::LostItem,
        Some(BlockKind::ByLibrarian) => ui::Block::ByLibrarian,
        Some(BlockKind::Left) => ui::Block::Left,
    };
    ui::Refusal {
        reason,
        block,
        limit: refusal.limit.into(),
        age_days: refusal.age_days.into(),
        code,
        book: book(title),
        with_book: title.is_some(),
        done: done.into(),
    }
}

/// A fault, and the number staff knows it by.
pub(crate) fn fault(fault: Fault) -> (ui::Fault, i32) {
    match fault {
        Fault::Starting => (ui::Fault::Starting, 1),
        Fault::NoReader => (ui::Fault::NoReader, 2),
        Fault::DiskFull => (ui::Fault::DiskFull, 3),
        Fault::ReadOnly => (ui::Fault::ReadOnly, 4),
        Fault::Memory => (ui::Fault::Memory, 5),
        Fault::NoData => (ui::Fault::NoData, 6),
        Fault::Paused => (ui::Fault::Paused, 7),
        Fault::NoStation => (ui::Fault::NoStation, 8),
        Fault::Updating => (ui::Fault::Updating, 9),
    }
}

pub(crate) fn receipt(note: ReceiptNote) -> ui::ReceiptSay {
    match note {
        ReceiptNote::Quiet => ui::ReceiptSay::None,
        ReceiptNote::Coming => ui::ReceiptSay::Coming,
        ReceiptNote::Missing => ui::ReceiptSay::Missing,
    }
}

/// What is most to be said of the pad, and of how many books.
pub(crate) fn pad(pad: PadCount) -> (ui::PadSay, i32) {
    let PadCount { lying, open, incomplete, unknown, gate_failed, gone } = pad;
    let said = [
        (ui::PadSay::Gate, gate_failed),
        (ui::PadSay::Gone, gone.into()),
        (ui::PadSay::Incomplete, incomplete),
        (ui::PadSay::Unknown, unknown),
        (ui::PadSay::Open, open),
        (ui::PadSay::Lying, lying),
    ];
    let first = said.into_iter().find(|(_, count)| *count > 0);
    first.map_or((ui::PadSay::None, 0), |(say, count)| (say, count.into()))
}

pub(crate) fn note(note: Option<VisitNote>) -> ui::Note {
    match note {
        None => ui::Note::None,
        Some(VisitNote::SameAgain) => ui::Note::SameAgain,
        Some(VisitNote::AlreadyYours) => ui::Note::AlreadyYours,
        Some(VisitNote::WasNotOnLoan) => ui::Note::WasNotOnLoan,
        Some(VisitNote::Resumed) => ui::Note::Resumed,
        Some(VisitNote::AllRenewed) => ui::Note::AllRenewed,
        Some(VisitNote::CardAgain) => ui::Note::CardAgain,
    }
}

pub(crate) fn status(status: &StaffStatus) -> ui::Status {
    ui::Status {
        station: count(status.station),
        version: SharedString::from(&status.version),
        waiting: count(status.waiting),
        contact_min: status.last_contact_min.map_or(-1, count),
        patrons: count(status.patrons),
        items: count(status.items),
        loans: count(status.loans),
        readers_present: status.readers.0.into(),
        readers_expected: status.readers.1.into(),
        reviews: count(status.reviews),
    }
}

pub(crate) fn carried(way: WayStatus) -> ui::Carried {
    let WayStatus { way, minutes_ago, upto } = way;
    let way = match way {
        Way::Https => ui::Way::Https,
        Way::Stick => ui::Way::Stick,
        Way::Sip2 => ui::Way::Sip2,
        Way::Koc => ui::Way::Koc,
        Way::Evergreen => ui::Way::Evergreen,
    };
    ui::Carried { way, minutes: count(minutes_ago), upto: count(upto) }
}

pub(crate) fn stick(state: StickState) -> ui::Stick {
    let none = ui::Stick::default();
    match state {
        StickState::Asked { waiting } => {
            ui::Stick { say: ui::StickSay::Asked, waiting: count(waiting), ..none }
        }
        StickState::Working { percent } => {
            ui::Stick { say: ui::StickSay::Working, percent: percent.into(), ..none }
        }
        StickState::Done { written, answers } => {
            ui::Stick { say: ui::StickSay::Done, written: count(written), answers: count(answers), ..none }
        }
        StickState::Failed(fault) => {
            let (fault, code) = stick_fault(fault);
            ui::Stick { say: ui::StickSay::Failed, fault, code, ..none }
        }
    }
}

/// A fault of a stick, and the number staff knows it by.
fn stick_fault(fault: StickFault) -> (ui::StickFault, i32) {
    match fault {
        StickFault::Full => (ui::StickFault::Full, 1),
        StickFault::WriteProtected => (ui::StickFault::WriteProtected, 2),
        StickFault::Unreadable => (ui::StickFault::Unreadable, 3),
        StickFault::NotEnrolled => (ui::StickFault::NotEnrolled, 4),
        StickFault::Broken => (ui::StickFault::Broken, 5),
        StickFault::PulledOut => (ui::StickFault::PulledOut, 6),
    }
}

/// The checks that somebody should look at, the worst first.
pub(crate) fn checks(findings: &[Finding]) -> Vec<ui::CheckRow> {
    let row = |finding: &Finding| {
        let standing = match finding.standing {
            Standing::Ok | Standing::Unknown => return None,
            Standing::Attention => ui::Standing::Attention,
            Standing::Broken => ui::Standing::Broken,
        };
        Some(ui::CheckRow { check: check(finding.check), standing })
    };
    let rows: Vec<ui::CheckRow> = findings.iter().filter_map(row).collect();
    let (broken, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.standing == ui::Standing::Broken);
    broken.into_iter().chain(others).collect()
}

fn check(check: Check) -> ui::CheckId {
    match check {
        Check::Setup => ui::CheckId::Setup,
        Check::Display => ui::CheckId::Display,
        Check::Touch => ui::CheckId::Touch,
        Check::Readers => ui::CheckId::Readers,
        Check::Printer => ui::CheckId::Printer,
        Check::Journal => ui::CheckId::Journal,
        Check::State => ui::CheckId::State,
        Check::Disk => ui::CheckId::Disk,
        Check::Card => ui::CheckId::Card,
        Check::ReadOnly => ui::CheckId::ReadOnly,
        Check::Durability => ui::CheckId::Durability,
        Check::Power => ui::CheckId::Power,
        Check::Heat => ui::CheckId::Heat,
        Check::Clock => ui::CheckId::Clock,
        Check::Dns => ui::CheckId::Dns,
        Check::Certificate => ui::CheckId::Certificate,
        Check::Region => ui::CheckId::Region,
        Check::Outbox => ui::CheckId::Outbox,
        Check::Contact => ui::CheckId::Contact,
        Check::Units => ui::CheckId::Units,
        Check::Version => ui::CheckId::Version,
    }
}

pub(crate) fn plug(plug: Plug) -> ui::PlugState {
    let Plug { commits, last_commit_s, tested } = plug;
    ui::PlugState {
        commits: count(commits),
        last_commit_min: last_commit_s.map_or(-1, |seconds| count(seconds / 60)),
        tested: tested.is_some(),
        kills: tested.map_or(0, |test| count(test.kills)),
        lost: tested.map_or(0, |test| count(test.lost)),
    }
}

pub(crate) fn setup(fault: &SetupFault) -> ui::SetupFault {
    ui::SetupFault {
        line: count(fault.line),
        key: SharedString::from(&fault.key),
        kind: match fault.kind {
            SetupKind::UnknownKey => ui::SetupKind::UnknownKey,
            SetupKind::WrongValue => ui::SetupKind::WrongValue,
            SetupKind::Missing => ui::SetupKind::Missing,
            SetupKind::Syntax => ui::SetupKind::Syntax,
            SetupKind::NoFile => ui::SetupKind::NoFile,
            SetupKind::Elsewhere => ui::SetupKind::Elsewhere,
            SetupKind::Unreadable => ui::SetupKind::Unreadable,
            SetupKind::None => ui::SetupKind::None,
        },
        expected: SharedString::from(&fault.expected),
        meant: fault.meant.as_ref().map_or_else(SharedString::default, SharedString::from),
    }
}

/// A number for the screen, which counts to 2,147,483,647.
pub(crate) fn count(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    #[test]
    fn dates_know_how_near_they_are() {
        let today = day(2026, 12, 31);
        let near = |other| date(other, today).nearness;
        assert_eq!(near(day(2026, 12, 30)), ui::Nearness::Past);
        assert_eq!(near(today), ui::Nearness::Today);
        assert_eq!(near(day(2027, 1, 1)), ui::Nearness::Tomorrow);
        assert_eq!(near(day(2027, 1, 2)), ui::Nearness::Later);
        assert!(date(day(2027, 1, 2), today).with_year);
        assert!(!date(today, today).with_year);
    }

    #[test]
    fn days_at_the_ends_of_time_do_not_overflow() {
        assert_eq!(date(Day(i32::MAX), Day(i32::MIN)).nearness, ui::Nearness::Later);
        assert_eq!(date(Day(i32::MIN), Day(i32::MAX)).nearness, ui::Nearness::Past);
    }

    #[test]
    fn an_unknown_title_is_no_text() {
        let row = Row { title: None, act: RowAct::Returned, undo: false };
        let deed = deed(&row, day(2026, 9, 1));
        assert!(!deed.known && deed.title.is_empty());
    }

    #[test]
    fn large_numbers_stop_at_the_end() {
        assert_eq!(count(u64::MAX), i32::MAX);
    }
}
