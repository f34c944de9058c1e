//! One sample of everything that can be said. A new variant does not compile until it has a sample here.

use exchange::enrol::{EnrolAnswer, EnrolReply, EnrolRequest, VoucherRefusal};
use exchange::pin::PinHash;
use exchange::voucher::Voucher;
use exchange::wire::SecretKey;
use exchange::{
    Act, Allowance, Answer, Basis, Block, BlockKind, Calendar, Chain, Class, ClassId, ClockSample,
    ClockTrust, Conflict, Cursor, Day, Epoch, Event, Fate, Feed, FeedChanges, FeedHash, Hold, HoldId,
    HoldState, Item, ItemId, ItemStatus, Lang, Loan, Notice, NoticeId, Outcome, Patron, PatronId, PatronKind,
    Record, RecordKey, RefusalKind, Request, ReviewId, Rules, Seq, SetId, StaleStep, Stamp, Standing,
    StationId, TextbookSet, Title, TitleId, TitleKind, UnknownItem, Verdict,
};

/// All variants of a type, each with a name and a sample; the patterns have to cover the type.
macro_rules! samples {
    ($ty:ty: $($name:literal $pattern:pat => $sample:expr),* $(,)?) => {{
        fn _covered(value: &$ty) {
            match value { $($pattern => {})* }
        }
        vec![$(($name, $sample)),*]
    }};
}

/// All variants of a type without fields.
macro_rules! all {
    ($ty:ident: $($variant:ident),* $(,)?) => {{
        fn _covered(value: &$ty) {
            match value { $($ty::$variant => {})* }
        }
        vec![$($ty::$variant),*]
    }};
}

pub fn key() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

fn item(text: &str) -> ItemId {
    ItemId::new(text).unwrap()
}

fn day(month: i8, day: i8) -> Day {
    Day::from_ymd(2026, month, day).unwrap()
}

pub fn acts() -> Vec<(&'static str, Act)> {
    let (patron, due) = (PatronId(1042), day(9, 15));
    samples! { Act:
        "station_started" Act::StationStarted { .. } => Act::StationStarted { version: "0.1.0".into() },
        "checked_out" Act::CheckedOut { .. } => Act::CheckedOut { patron, item: item("2900001000015"), due },
        "returned" Act::Returned { .. } => Act::Returned { item: item("000123") },
        "renewed" Act::Renewed { .. } => Act::Renewed { patron, item: item("KZ-00042"), due },
        "counted_issued" Act::CountedIssued { .. } =>
            Act::CountedIssued { patron, title: TitleId(77), count: 2, due: day(5, 25) },
        "counted_returned" Act::CountedReturned { .. } =>
            Act::CountedReturned { patron, title: TitleId(77), count: 1 },
        "undone" Act::Undone { .. } => Act::Undone { seq: Seq(500) },
        "refused" Act::Refused { .. } =>
            Act::Refused { reason: RefusalKind::OnHold, item: Some(item("000123")) },
        "review_decided" Act::ReviewDecided { .. } =>
            Act::ReviewDecided { review: ReviewId(9), accept: true },
        "clock_changed" Act::ClockChanged { .. } => Act::ClockChanged { from_s: -5, to_s: 1_788_231_600 },
        "unknown" Act::Unknown { .. } => Act::Unknown { kind: 77, payload: vec![0, 127, 255] },
    }
}

pub fn refusals() -> Vec<RefusalKind> {
    all! { RefusalKind: UnknownCard, UnknownItem, Blocked, Expired, LimitReached, LimitByAge, Overdue, OnHold,
    ReferenceOnly, NotForLoan, RenewalsUsed, RenewalByAge, NotOnLoan, IsbnScanned, UrlScanned, CardScanned,
    Unreadable, WrongPin, PinLocked }
}

pub fn event(seq: u64, act: Act) -> Event {
    Event {
        seq: Seq(seq),
        at: Stamp {
            wall_s: 1_788_231_600 + 7 * (seq as i64 - 501),
            boot: 3,
            mono_s: 1_200 + 7 * (seq - 501),
            trust: ClockTrust::Rtc,
        },
        basis: Basis { rules: 7, data_as_of_s: 1_788_199_200 },
        act,
    }
}

pub fn request(acts: impl IntoIterator<Item = Act>) -> Request {
    let events: Vec<Event> = (501..).zip(acts).map(|(seq, act)| event(seq, act)).collect();
    Request {
        schema: 1,
        station: StationId(7),
        epoch: Epoch(1),
        from_seq: Seq(501),
        chain_before: Chain(*b"chain before 501"),
        head_seq: Seq(500 + events.len() as u64),
        events,
        have: Vec::new(),
        clock: ClockSample { wall_s: 1_788_231_700, boot: 3, mono_s: 1_300, trust: ClockTrust::Rtc },
        answer_limit: 4_096,
    }
}

/// A request for each kind, one of everything, one with nothing new, one with every refusal, one with every trust.
pub fn requests() -> Vec<(String, Request)> {
    let mut requests: Vec<(String, Request)> =
        acts().into_iter().map(|(name, act)| (format!("request-{name}"), request([act]))).collect();
    requests.push(("request-everything".into(), request(acts().into_iter().map(|(_, act)| act))));
    let refused = refusals().into_iter().map(|reason| Act::Refused { reason, item: None });
    requests.push(("request-refusals".into(), request(refused)));
    let have = (1..).zip(Feed::ALL).map(|(at, feed)| Cursor { feed, at, hash: FeedHash(u64::MAX / at) });
    requests.push(("request-empty".into(), Request { have: have.collect(), ..request([]) }));
    let trusts = all! { ClockTrust: Guessed, Rtc, Synced };
    let mut trusted = request(trusts.iter().map(|_| Act::Returned { item: item("1") }));
    trusted.events.iter_mut().zip(trusts).for_each(|(event, trust)| event.at.trust = trust);
    requests.push(("request-trust".into(), trusted));
    // Enough of the same that the columns are compressed.
    let many = (0..200).map(|i| Act::CheckedOut {
        patron: PatronId(1_000 + i / 7),
        item: item(&format!("{:08}", 4_000 + i)),
        due: day(9, 15),
    });
    requests.push(("request-many".into(), request(many)));
    requests
}

pub fn records() -> Vec<(&'static str, Record)> {
    let allowance = |max_loans| Allowance { max_loans, loan_days: 14, max_renewals: 2, renewal_days: 7 };
    let block = |kind| Block { kind, since: day(9, 1) };
    samples! { Record:
        "rules" Record::Rules(_) => Record::Rules(Rules {
            version: 7,
            pupil: allowance(5),
            teacher: allowance(20),
            overdue_blocks_from: 3,
            unknown_item: UnknownItem::Lend,
            stale: vec![StaleStep { after_h: 72, max_loans: 2, renewals: false }],
        }),
        "calendar" Record::Calendar(_) => Record::Calendar(Calendar {
            version: 2,
            zone: "Asia/Almaty".into(),
            weekend: 0b110_0000,
            closed: vec![(day(10, 26), day(11, 1))],
            year_end: Day::from_ymd(2027, 5, 25).unwrap(),
        }),
        "class" Record::Class(_) => Record::Class(Class {
            id: ClassId(31),
            grade: 7,
            letter: "Ә".into(),
            name: "7 «Ә»".into(),
            lang: Lang::Kk,
        }),
        "patron" Record::Patron(_) => Record::Patron(Patron {
            id: PatronId(1042),
            cards: vec!["20001042".into(), "20000007".into()],
            given: "Әсел".into(),
            family: "Үлгі".into(),
            class: Some(ClassId(31)),
            kind: PatronKind::Pupil,
            lang: Lang::Kk,
            blocks: all! { BlockKind: LostItem, ByLibrarian, Left }.into_iter().map(block).collect(),
            until: Some(Day::from_ymd(2027, 5, 25).unwrap()),
            pin: Some(PinHash { salt: *b"8 octets", hash: *b"sixteen octets  " }),
        }),
        "title" Record::Title(_) => Record::Title(Title {
            id: TitleId(77),
            name: "Қазақ тілі".into(),
            author: "Үлгі А.".into(),
            isbn: "9786010000001".into(),
            year: 2024,
            kind: TitleKind::Textbook,
        }),
        "item" Record::Item(_) => Record::Item(Item {
            id: item("2900001000015"),
            title: TitleId(77),
            status: ItemStatus::Lendable,
            former: vec![item("000123")],
        }),
        "set" Record::Set(_) => Record::Set(TextbookSet {
            id: SetId(4),
            grade: 7,
            lang: Lang::Ru,
            profile: String::new(),
            titles: vec![TitleId(77), TitleId(78)],
        }),
        "hold" Record::Hold(_) => Record::Hold(Hold {
            id: HoldId(12),
            patron: PatronId(1042),
            title: TitleId(77),
            item: Some(item("2900001000015")),
            state: HoldState::Ready,
        }),
        "verdict" Record::Verdict(_) => Record::Verdict(Verdict {
            review: ReviewId(9),
            seq: Seq(500),
            conflict: Conflict::LentTwice,
            accepted: Some(true),
        }),
        "notice" Record::Notice(_) => Record::Notice(Notice {
            id: NoticeId(2),
            text: ["Ертең жабық".into(), "Завтра закрыто".into(), "Closed tomorrow".into()],
            until: day(9, 30),
        }),
        "loan" Record::Loan(_) => Record::Loan(Loan {
            item: item("2900001000015"),
            patron: PatronId(1042),
            since: day(9, 1),
            due: day(9, 15),
            renewals: 1,
        }),
    }
}

/// Records that show the values of the small types which [`records`] does not.
pub fn variants() -> Vec<Record> {
    let langs = all! { Lang: Kk, Ru, En };
    let mut out = Vec::new();
    for lang in langs {
        for kind in all! { PatronKind: Pupil, Teacher } {
            out.push(Record::Patron(Patron {
                id: PatronId(5),
                cards: Vec::new(),
                given: String::new(),
                family: String::new(),
                class: None,
                kind,
                lang,
                blocks: Vec::new(),
                until: None,
                pin: None,
            }));
        }
    }
    for status in all! { ItemStatus: Lendable, Reference, NotForLoan, Lost } {
        out.push(Record::Item(Item { id: item("1"), title: TitleId(1), status, former: Vec::new() }));
    }
    for kind in all! { TitleKind: Book, Textbook } {
        let empty = String::new;
        let title = Title { id: TitleId(1), name: empty(), author: empty(), isbn: empty(), year: 0, kind };
        out.push(Record::Title(title));
    }
    for state in all! { HoldState: Waiting, Ready } {
        let hold = Hold { id: HoldId(1), patron: PatronId(1), title: TitleId(1), item: None, state };
        out.push(Record::Hold(hold));
    }
    for unknown_item in all! { UnknownItem: Refuse, Lend } {
        let none = Allowance { max_loans: 0, loan_days: 0, max_renewals: 0, renewal_days: 0 };
        out.push(Record::Rules(Rules {
            version: 1,
            pupil: none,
            teacher: none,
            overdue_blocks_from: 0,
            unknown_item,
            stale: Vec::new(),
        }));
    }
    for accepted in [None, Some(false)] {
        out.push(Record::Verdict(Verdict {
            review: ReviewId(1),
            seq: Seq(1),
            conflict: Conflict::Fork,
            accepted,
        }));
    }
    out
}

pub fn answer() -> Answer {
    Answer {
        schema: 1,
        station: StationId(7),
        epoch: Epoch(1),
        standing: Standing::Good,
        stored_upto: Seq(511),
        outcomes: Vec::new(),
        changes: Vec::new(),
        time_s: 1_788_231_702,
        more: false,
    }
}

fn put(record: Record) -> FeedChanges {
    let feed = record.feed();
    FeedChanges {
        feed,
        from: 3,
        upto: 4,
        hash: Some(FeedHash::over([&record])),
        put: vec![record],
        gone: vec![],
    }
}

/// An answer for each standing and each record, and ones with every outcome, tombstones, a fresh copy.
pub fn answers() -> Vec<(String, Answer)> {
    let mut answers: Vec<(String, Answer)> = samples! { Standing:
        "good" Standing::Good => Standing::Good,
        "forked" Standing::Forked { .. } => Standing::Forked { begin: Epoch(2) },
        "revoked" Standing::Revoked => Standing::Revoked,
    }
    .into_iter()
    .map(|(name, standing)| (format!("answer-{name}"), Answer { standing, ..answer() }))
    .collect();
    for (name, record) in records() {
        answers.push((format!("answer-{name}"), Answer { changes: vec![put(record)], ..answer() }));
    }
    let everything = records().into_iter().map(|(_, record)| put(record)).collect();
    answers.push(("answer-everything".into(), Answer { changes: everything, more: true, ..answer() }));
    let variants = variants().into_iter().map(put).collect();
    answers.push(("answer-variants".into(), Answer { changes: variants, ..answer() }));

    let conflicts = all! { Conflict: LentTwice, ReturnWithoutLoan, PatronBlocked, OverLimit, ItemNotForLoan,
    UnknownItem, UnknownPatron, HeldByAnother, RenewedTooOften, RenewedClosedLoan, ReferenceLent, ClockWrong, Fork,
    Revoked, PatronGone, DecidedTwice, UndoWithoutEvent, OldRules, Unreadable };
    let fates = samples! { Fate:
        "applied" Fate::Applied => Fate::Applied,
        "flagged" Fate::Flagged => Fate::Flagged,
        "in_review" Fate::InReview(_) => Fate::InReview(ReviewId(9)),
        "resolved" Fate::Resolved(_) => Fate::Resolved(ReviewId(8)),
    };
    let outcomes = (501..).zip(conflicts).zip(fates.into_iter().cycle());
    let outcomes = outcomes.map(|((seq, conflict), (_, fate))| Outcome { seq: Seq(seq), fate, conflict });
    answers.push(("answer-outcomes".into(), Answer { outcomes: outcomes.collect(), ..answer() }));

    let keys = samples! { RecordKey:
        "only" RecordKey::Only => RecordKey::Only,
        "number" RecordKey::Number(_) => RecordKey::Number(31),
        "item" RecordKey::Item(_) => RecordKey::Item(item("000123")),
    };
    let gone = |feed| FeedChanges {
        feed,
        from: 0,
        upto: 9,
        put: Vec::new(),
        gone: keys.iter().map(|(_, key)| key.clone()).collect(),
        hash: None,
    };
    answers.push(("answer-gone".into(), Answer { changes: Feed::ALL.map(gone).to_vec(), ..answer() }));
    answers
}

pub fn enrol_request() -> EnrolRequest {
    EnrolRequest {
        schema: 1,
        key: key().public(),
        code: "CDFG2345".into(),
        name: "Кітапхана, 1-қабат".into(),
        voucher: None,
    }
}

pub fn enrol_request_with_voucher() -> EnrolRequest {
    let voucher = Voucher { school: 12, until_s: 1_790_823_600, serial: *b"sixteen by luck!" };
    EnrolRequest { voucher: Some(voucher.seal(&SecretKey::from_seed([9; 32]))), ..enrol_request() }
}

pub fn enrol_reply() -> EnrolReply {
    EnrolReply {
        schema: 1,
        region_key: SecretKey::from_seed([9; 32]).public(),
        key: key().public(),
        code: "CDFG2345".into(),
        at_s: 1_788_231_600,
        answer: EnrolAnswer::Approved {
            station: StationId(7),
            epoch: Epoch(2),
            region_key: SecretKey::from_seed([9; 32]).public(),
            school: "№ 12 үлгі мектеп".into(),
        },
    }
}

pub fn enrol_answers() -> Vec<(&'static str, EnrolAnswer)> {
    samples! { EnrolAnswer:
        "waiting" EnrolAnswer::Waiting { .. } => EnrolAnswer::Waiting { retry_s: 5 },
        "approved" EnrolAnswer::Approved { .. } => EnrolAnswer::Approved {
            station: StationId(7),
            epoch: Epoch(1),
            region_key: SecretKey::from_seed([9; 32]).public(),
            school: "№ 12 үлгі мектеп".into(),
        },
        "refused" EnrolAnswer::Refused => EnrolAnswer::Refused,
        "voucher_refused" EnrolAnswer::VoucherRefused { .. } =>
            EnrolAnswer::VoucherRefused { why: VoucherRefusal::Used },
    }
}
