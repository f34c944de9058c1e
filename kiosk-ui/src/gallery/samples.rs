//! The views of the gallery.

use super::people::{LONG_TITLE, TITLES, classes, names};
use desk::view::{BlockKind, Day, Lang, RefusalKind};
use desk::{
    Check, Fault, Finding, KeptRow, LinkNote, LoanRow, PadCount, Plug, PlugTest, ReceiptNote, Refusal,
    Renewable, Row, RowAct, Screen, SetupFault, SetupKind, StaffStatus, Standing, StickFault, StickState,
    View, VisitNote, Way, WayStatus,
};

/// Every screen, every refusal and every fault, with full, long and empty lists, with the warning, help, and each note
/// of the link; each with a name for its file. In Kazakh: change `lang` for another language.
pub fn samples() -> Vec<(&'static str, View)> {
    let mut all = Vec::new();
    all.extend(entrance());
    all.extend(visit());
    all.extend(my_books());
    all.extend(refusals());
    all.extend(endings());
    all.extend(faults());
    all.extend(setup());
    all.extend(staff());
    all.extend(stick());
    all.extend(overlays());
    all
}

/// Tuesday, 1 September 2026.
fn today() -> Day {
    Day::from_ymd(2026, 9, 1).unwrap_or_default()
}

fn view(screen: Screen) -> View {
    View {
        lang: Lang::Kk,
        today: today(),
        link: LinkNote::Quiet,
        screen,
        help: false,
        ends_in_s: None,
        pad: None,
        receipt: ReceiptNote::Quiet,
    }
}

fn given() -> String {
    "Айдана".to_owned()
}

fn title(number: usize) -> Option<String> {
    TITLES.get(number % TITLES.len()).map(|title| (*title).to_owned())
}

fn lent(number: usize, days: i32) -> Row {
    Row { title: title(number), act: RowAct::Lent { due: today().plus(days) }, undo: true }
}

fn entrance() -> Vec<(&'static str, View)> {
    let notice = || {
        Some([
            "Кітапхана жұма күні сағат 15:00-ге дейін жұмыс істейді.".to_owned(),
            "В пятницу библиотека работает до 15:00.".to_owned(),
            "On Friday the library closes at 15:00.".to_owned(),
        ])
    };
    let kept = |number, on_loan| KeptRow { title: title(number), on_loan };
    let many_kept = || {
        let unknown = KeptRow { title: None, on_loan: false };
        let long = KeptRow { title: Some(LONG_TITLE.to_owned()), on_loan: true };
        vec![long, unknown, kept(0, true), kept(3, false), kept(6, false)]
    };
    let pin = |entered, wrong| view(Screen::Pin { given: given(), entered, wrong });
    vec![
        ("idle", view(Screen::Idle { notice: None, without_card: true })),
        ("idle-cards-only", view(Screen::Idle { notice: None, without_card: false })),
        ("idle-notice", view(Screen::Idle { notice: notice(), without_card: true })),
        ("identify", view(Screen::Identify { kept: vec![kept(1, false)], without_card: true })),
        ("identify-many", view(Screen::Identify { kept: many_kept(), without_card: true })),
        ("classes", view(Screen::Classes { classes: classes() })),
        ("classes-few", view(Screen::Classes { classes: classes().split_off(28) })),
        ("classes-empty", view(Screen::Classes { classes: Vec::new() })),
        ("names", view(Screen::Names { class: "7 «Ә»".to_owned(), names: names() })),
        ("names-empty", view(Screen::Names { class: "7 «Ә»".to_owned(), names: Vec::new() })),
        ("pin", pin(2, false)),
        ("pin-wrong", pin(0, true)),
        ("pin-long-name", view(Screen::Pin { given: "Дінмұхаммед".to_owned(), entered: 8, wrong: false })),
    ]
}

fn visit() -> Vec<(&'static str, View)> {
    let screen = |rows: Vec<Row>, room, note| {
        let on_loan = rows.len() as u16 + 1;
        view(Screen::Visit { given: given(), rows, room, on_loan, note })
    };
    let long = Row { title: Some(LONG_TITLE.to_owned()), ..lent(0, 14) };
    let unknown = Row { title: None, act: RowAct::Lent { due: today().plus(1) }, undo: false };
    let returned = |undo| Row { title: title(4), act: RowAct::Returned, undo };
    let renewed = Row { title: title(5), act: RowAct::Renewed { due: today().plus(266) }, undo: false };
    let mixed = || vec![lent(0, 14), returned(true), renewed.clone()];
    let full = (0..12).map(|number| lent(number, 14)).collect();
    vec![
        ("visit-empty", screen(Vec::new(), 5, None)),
        ("visit", screen(vec![lent(1, 14), lent(0, 14)], 3, None)),
        ("visit-mixed", screen(mixed(), 2, None)),
        ("visit-long-titles", screen(vec![long, unknown, lent(2, 0)], 1, None)),
        ("visit-full", screen(full, 0, None)),
        ("visit-same-again", screen(mixed(), 2, Some(VisitNote::SameAgain))),
        ("visit-already-yours", screen(mixed(), 2, Some(VisitNote::AlreadyYours))),
        ("visit-was-not-on-loan", screen(mixed(), 2, Some(VisitNote::WasNotOnLoan))),
        ("visit-resumed", screen(mixed(), 2, Some(VisitNote::Resumed))),
        ("visit-all-renewed", screen(mixed(), 2, Some(VisitNote::AllRenewed))),
        ("visit-card-again", screen(Vec::new(), 5, Some(VisitNote::CardAgain))),
        ("returns-empty", view(Screen::Returns { rows: Vec::new(), note: None })),
        ("returns", view(Screen::Returns { rows: vec![returned(false), returned(true)], note: None })),
        ("returns-was-not-on-loan", {
            view(Screen::Returns { rows: vec![returned(true)], note: Some(VisitNote::WasNotOnLoan) })
        }),
    ]
}

fn my_books() -> Vec<(&'static str, View)> {
    let row = |number, days, renewable| LoanRow { title: title(number), due: today().plus(days), renewable };
    let rows = vec![
        row(0, -3, Renewable::No(RefusalKind::Overdue)),
        row(1, 0, Renewable::Yes),
        LoanRow { title: Some(LONG_TITLE.to_owned()), due: today().plus(1), renewable: Renewable::Done },
        row(3, 14, Renewable::NotYet),
        LoanRow { title: None, due: today().plus(20), renewable: Renewable::No(RefusalKind::OnHold) },
        row(6, 266, Renewable::No(RefusalKind::RenewalsUsed)),
        row(7, 266, Renewable::No(RefusalKind::RenewalByAge)),
        row(2, 266, Renewable::No(RefusalKind::Blocked)),
    ];
    let screen = |rows| view(Screen::MyBooks { given: given(), rows });
    vec![("my-books", screen(rows)), ("my-books-empty", screen(Vec::new()))]
}

fn refusals() -> Vec<(&'static str, View)> {
    let refused = |kind, limit, age_days, block, title: Option<String>, done| {
        view(Screen::Refused { refusal: Refusal { kind, limit, age_days, block }, title, done })
    };
    let plain = |kind| refused(kind, 0, 0, None, None, 0);
    let book = |kind, limit, age_days| refused(kind, limit, age_days, None, title(0), 0);
    let blocked = |block| refused(RefusalKind::Blocked, 0, 0, block, None, 0);
    vec![
        ("refused-unknown-card", plain(RefusalKind::UnknownCard)),
        ("refused-unknown-item", plain(RefusalKind::UnknownItem)),
        ("refused-blocked", blocked(None)),
        ("refused-blocked-lost-item", blocked(Some(BlockKind::LostItem))),
        ("refused-blocked-by-librarian", blocked(Some(BlockKind::ByLibrarian))),
        ("refused-blocked-left", blocked(Some(BlockKind::Left))),
        ("refused-expired", plain(RefusalKind::Expired)),
        ("refused-limit-reached", refused(RefusalKind::LimitReached, 5, 0, None, title(1), 4)),
        ("refused-limit-by-age", refused(RefusalKind::LimitByAge, 2, 21, None, title(1), 2)),
        ("refused-overdue", plain(RefusalKind::Overdue)),
        ("refused-on-hold", refused(RefusalKind::OnHold, 0, 0, None, Some(LONG_TITLE.to_owned()), 4)),
        ("refused-reference-only", book(RefusalKind::ReferenceOnly, 0, 0)),
        ("refused-not-for-loan", book(RefusalKind::NotForLoan, 0, 0)),
        ("refused-renewals-used", book(RefusalKind::RenewalsUsed, 2, 0)),
        ("refused-renewal-by-age", book(RefusalKind::RenewalByAge, 0, 32)),
        ("refused-not-on-loan", book(RefusalKind::NotOnLoan, 0, 0)),
        ("refused-isbn-scanned", refused(RefusalKind::IsbnScanned, 0, 0, None, title(4), 0)),
        ("refused-url-scanned", plain(RefusalKind::UrlScanned)),
        ("refused-card-scanned", plain(RefusalKind::CardScanned)),
        ("refused-unreadable", plain(RefusalKind::Unreadable)),
        ("refused-wrong-pin", plain(RefusalKind::WrongPin)),
        ("refused-pin-locked", refused(RefusalKind::PinLocked, 5, 0, None, None, 0)),
    ]
}

fn endings() -> Vec<(&'static str, View)> {
    let due = Some(today().plus(14));
    let finished = |lent, returned, renewed, due| view(Screen::Finished { lent, returned, renewed, due });
    let open = vec![title(0), None, Some(LONG_TITLE.to_owned()), title(3), title(5)];
    vec![
        ("finished", finished(3, 0, 0, due)),
        ("finished-all", finished(2, 1, 21, due)),
        ("finished-returned", finished(0, 1, 0, None)),
        ("finished-renewed", finished(0, 0, 2, Some(today().plus(1)))),
        ("finished-nothing", finished(0, 0, 0, None)),
        ("timed-out", view(Screen::TimedOut { lent: 2, open: Vec::new() })),
        ("timed-out-open", view(Screen::TimedOut { lent: 1, open })),
        ("timed-out-nothing", view(Screen::TimedOut { lent: 0, open: Vec::new() })),
    ]
}

fn faults() -> Vec<(&'static str, View)> {
    let out = |fault| view(Screen::OutOfOrder { fault });
    vec![
        ("fault-starting", out(Fault::Starting)),
        ("fault-no-reader", out(Fault::NoReader)),
        ("fault-disk-full", out(Fault::DiskFull)),
        ("fault-read-only", out(Fault::ReadOnly)),
        ("fault-memory", out(Fault::Memory)),
        ("fault-no-data", out(Fault::NoData)),
        ("fault-paused", out(Fault::Paused)),
        ("fault-updating", out(Fault::Updating)),
        ("fault-no-station", out(Fault::NoStation)),
    ]
}

fn staff() -> Vec<(&'static str, View)> {
    let status = StaffStatus {
        station: 12,
        version: "0.1.0".to_owned(),
        waiting: 318,
        last_contact_min: Some(4_620),
        patrons: 612,
        items: 18_840,
        loans: 5_377,
        readers: (1, 2),
        reviews: 3,
        ..StaffStatus::default()
    };
    let all = Check::ALL.into_iter();
    let checks: Vec<Finding> = all
        .enumerate()
        .map(|(at, check)| {
            let standing = if at % 3 == 0 { Standing::Broken } else { Standing::Attention };
            Finding { check, standing }
        })
        .collect();
    let tested = |lost| Some(PlugTest { kills: 50, lost, minutes_ago: 200 });
    let plug = |lost| Plug { commits: 4_711, last_commit_s: Some(300), tested: tested(lost) };
    let cared_for = StaffStatus { checks, plug: plug(0), state_text: state_text(), ..status.clone() };
    let failing = StaffStatus { plug: plug(3), ..status.clone() };
    let only = |status: StaffStatus| view(Screen::Staff { status, paused: false, stick: None });
    let way = |way, minutes_ago, upto| WayStatus { way, minutes_ago, upto };
    let ways = vec![
        way(Way::Https, 4_620, 12_087),
        way(Way::Stick, 4, 12_405),
        way(Way::Sip2, 61, 12_405),
        way(Way::Koc, 30_240, 9_998),
        way(Way::Evergreen, 260_000, u64::MAX),
    ];
    let carried = || StaffStatus { ways: ways.clone(), ..status.clone() };
    let with_stick = |state| view(Screen::Staff { status: carried(), paused: false, stick: Some(state) });
    let fresh = StaffStatus { version: "0.1.0".to_owned(), readers: (1, 1), ..StaffStatus::default() };
    let enrol = |page: &str| view(Screen::Enrol { code: "WDJB-MJHT".to_owned(), page: page.to_owned() });
    let pin = |entered, wrong, locked_s| view(Screen::StaffPin { entered, wrong, locked_s });
    vec![
        ("enrol", enrol("https://region.example.kz/enrolment?code=WDJBMJHT")),
        ("enrol-no-page", enrol("")),
        ("staff-pin", pin(3, false, 0)),
        ("staff-pin-wrong", pin(0, true, 0)),
        ("staff-pin-locked", pin(0, false, 598)),
        ("staff", view(Screen::Staff { status: status.clone(), paused: false, stick: None })),
        ("staff-paused", view(Screen::Staff { status: fresh, paused: true, stick: None })),
        ("staff-ways", view(Screen::Staff { status: carried(), paused: false, stick: None })),
        ("staff-care", only(cared_for)),
        ("staff-plug-lost", only(failing)),
        ("staff-stick", with_stick(StickState::Asked { waiting: 318 })),
        ("staff-stick-working", with_stick(StickState::Working { percent: 40 })),
        ("staff-stick-done", with_stick(StickState::Done { written: 12_405, answers: 2 })),
        ("staff-stick-locked", with_stick(StickState::Failed(StickFault::WriteProtected))),
        ("staff-stick-not-enrolled", with_stick(StickState::Failed(StickFault::NotEnrolled))),
        ("staff-stick-pulled-out", with_stick(StickState::Failed(StickFault::PulledOut))),
    ]
}

fn state_text() -> String {
    "Oqyrman 0.1.0\nstation 12, start 41\nevents 12405, waiting 318, oldest 77 h\ncontact 77 h ago\n\
     patrons 612 items 18840 loans 5377\nreaders 1/2\nbroken: region\nattention: outbox, contact\n"
        .to_owned()
}

/// A set-up file that was not taken, for each reason.
fn setup() -> Vec<(&'static str, View)> {
    let fault = |line, key: &str, kind, expected: &str, meant: Option<&str>, lends| {
        let text = format!("Oqyrman 0.1.0\nkiosk.toml:{line}\n{key}: this is not understood\n{expected}");
        let (key, expected, meant) = (key.to_owned(), expected.to_owned(), meant.map(str::to_owned));
        let fault = SetupFault { file: "kiosk.toml".to_owned(), line, key, kind, expected, meant, text };
        view(Screen::Setup { fault, lends })
    };
    vec![
        ("setup-none", fault(0, "", SetupKind::None, "", None, false)),
        ("setup-unknown-key", fault(3, "langauge", SetupKind::UnknownKey, "", Some("language"), true)),
        ("setup-wrong-value", fault(12, "px_per_mm", SetupKind::WrongValue, "2.0 – 20.0", None, true)),
        ("setup-missing", fault(0, "", SetupKind::Missing, "language = kk, ru, en", None, false)),
        ("setup-syntax", fault(7, "", SetupKind::Syntax, "", None, false)),
        ("setup-no-file", fault(9, "ca", SetupKind::NoFile, "", None, true)),
        ("setup-elsewhere", fault(15, "[wifi]", SetupKind::Elsewhere, "", None, true)),
        ("setup-unreadable", fault(0, "", SetupKind::Unreadable, "", None, true)),
    ]
}

fn stick() -> Vec<(&'static str, View)> {
    let stick = |state| view(Screen::Stick { state });
    let failed = |fault| stick(StickState::Failed(fault));
    vec![
        ("stick-asked", stick(StickState::Asked { waiting: 318 })),
        ("stick-asked-nothing", stick(StickState::Asked { waiting: 0 })),
        ("stick-working-start", stick(StickState::Working { percent: 0 })),
        ("stick-working", stick(StickState::Working { percent: 40 })),
        ("stick-done", stick(StickState::Done { written: 318, answers: 0 })),
        ("stick-done-answers", stick(StickState::Done { written: 12_405, answers: 2 })),
        ("stick-done-nothing", stick(StickState::Done { written: 0, answers: 1 })),
        ("stick-full", failed(StickFault::Full)),
        ("stick-write-protected", failed(StickFault::WriteProtected)),
        ("stick-unreadable", failed(StickFault::Unreadable)),
        ("stick-not-enrolled", failed(StickFault::NotEnrolled)),
        ("stick-broken", failed(StickFault::Broken)),
        ("stick-pulled-out", failed(StickFault::PulledOut)),
    ]
}

fn overlays() -> Vec<(&'static str, View)> {
    let idle = || view(Screen::Idle { notice: None, without_card: true });
    let at_work = || {
        let rows = vec![lent(1, 14), lent(0, 14)];
        view(Screen::Visit { given: given(), rows, room: 3, on_loan: 3, note: None })
    };
    let quiet = PadCount { lying: 3, open: 0, incomplete: 0, unknown: 0, gate_failed: 0, gone: false };
    let pad = |pad| View { pad: Some(pad), ..at_work() };
    let kept_many = |count| {
        let kept = (0..count).map(|number| KeptRow { title: title(number), on_loan: true }).collect();
        view(Screen::Identify { kept, without_card: true })
    };
    let finished = || {
        let due = Some(today().plus(14));
        view(Screen::Finished { lent: 2, returned: 1, renewed: 0, due })
    };
    let out = || view(Screen::OutOfOrder { fault: Fault::NoStation });
    vec![
        ("warning", View { ends_in_s: Some(20), ..at_work() }),
        ("warning-last-second", View { ends_in_s: Some(1), ..at_work() }),
        ("pad", pad(quiet)),
        ("pad-open", pad(PadCount { open: 1, ..quiet })),
        ("pad-unknown", pad(PadCount { lying: 5, unknown: 2, ..quiet })),
        ("pad-incomplete", pad(PadCount { lying: 4, incomplete: 1, ..quiet })),
        ("pad-gone", pad(PadCount { gone: true, ..quiet })),
        ("pad-identify", View { pad: Some(PadCount { lying: 4, unknown: 2, ..quiet }), ..kept_many(2) }),
        (
            "pad-identify-three",
            View { pad: Some(PadCount { lying: 5, incomplete: 1, ..quiet }), ..kept_many(3) },
        ),
        ("pad-identify-quiet", View { pad: Some(quiet), ..kept_many(3) }),
        ("pad-gate", pad(PadCount { gate_failed: 1, ..quiet })),
        ("pad-gate-finished", View { pad: Some(PadCount { gate_failed: 1, ..quiet }), ..finished() }),
        ("receipt", View { receipt: ReceiptNote::Coming, ..finished() }),
        (
            "receipt-full",
            View {
                receipt: ReceiptNote::Missing,
                ..view(Screen::Finished { lent: 2, returned: 1, renewed: 21, due: Some(today().plus(14)) })
            },
        ),
        ("receipt-missing", View { receipt: ReceiptNote::Missing, ..finished() }),
        ("help-idle", View { help: true, ..idle() }),
        ("help-visit", View { help: true, ..at_work() }),
        ("help-out-of-order", View { help: true, ..out() }),
        ("help-warning", View { help: true, ends_in_s: Some(13), ..at_work() }),
        ("offline-idle", View { link: LinkNote::Offline, ..idle() }),
        ("offline-visit", View { link: LinkNote::Offline, ..at_work() }),
        ("old-data-idle", View { link: LinkNote::DataOld { days: 21 }, ..idle() }),
        ("old-data-visit", View { link: LinkNote::DataOld { days: 1 }, ..at_work() }),
    ]
}
