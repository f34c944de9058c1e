//! Values of every shape the types allow, for property tests.

use exchange::pin::PinHash;
use exchange::{
    Act, Allowance, Answer, Basis, Block, BlockKind, Calendar, Chain, Class, ClassId, ClockSample,
    ClockTrust, Conflict, Cursor, Day, Epoch, Event, Fate, Feed, FeedChanges, FeedHash, Hold, HoldId,
    HoldState, Item, ItemId, ItemStatus, Lang, Loan, Notice, NoticeId, Outcome, Patron, PatronId, PatronKind,
    Record, RecordKey, RefusalKind, Request, ReviewId, Rules, Seq, SetId, StaleStep, Stamp, Standing,
    StationId, TextbookSet, Title, TitleId, TitleKind, UnknownItem, Verdict, row,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Extremes, small numbers and everything between.
fn whole() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(i64::MIN),
        Just(i64::MAX),
        Just(0),
        -5_i64..5,
        1_788_000_000_i64..1_789_000_000,
        any::<i64>()
    ]
}

fn natural() -> impl Strategy<Value = u64> {
    whole().prop_map(|value| value as u64)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[а-яёәіңғүұқөһ ]{1,12}",
        proptest::collection::vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect()),
    ]
}

pub fn item() -> impl Strategy<Value = ItemId> {
    prop_oneof!["[0-9]{1,20}", "0{0,5}[0-9]{1,3}", "[A-Z]{1,3}-?[0-9]{1,9}", "[!-{}~]{1,64}", "[0-9]{64}"]
        .prop_map(|text| ItemId::new(text).unwrap())
}

fn day() -> impl Strategy<Value = Day> {
    prop_oneof![Just(i32::MIN), Just(i32::MAX), 20_000..21_000, any::<i32>()].prop_map(Day)
}

fn trust() -> impl Strategy<Value = ClockTrust> {
    select(vec![ClockTrust::Guessed, ClockTrust::Rtc, ClockTrust::Synced])
}

const REFUSALS: [RefusalKind; 3] = [RefusalKind::UnknownCard, RefusalKind::OnHold, RefusalKind::PinLocked];
const CONFLICTS: [Conflict; 3] = [Conflict::LentTwice, Conflict::Fork, Conflict::Unreadable];

pub fn act() -> impl Strategy<Value = Act> {
    let patron = || natural().prop_map(PatronId);
    let title = || natural().prop_map(TitleId);
    prop_oneof![
        text().prop_map(|version| Act::StationStarted { version }),
        (patron(), item(), day()).prop_map(|(patron, item, due)| Act::CheckedOut { patron, item, due }),
        item().prop_map(|item| Act::Returned { item }),
        (patron(), item(), day()).prop_map(|(patron, item, due)| Act::Renewed { patron, item, due }),
        (patron(), title(), any::<u16>(), day()).prop_map(|(patron, title, count, due)| Act::CountedIssued {
            patron,
            title,
            count,
            due
        }),
        (patron(), title(), any::<u16>()).prop_map(|(patron, title, count)| Act::CountedReturned {
            patron,
            title,
            count
        }),
        natural().prop_map(|seq| Act::Undone { seq: Seq(seq) }),
        (select(&REFUSALS[..]), proptest::option::of(item()))
            .prop_map(|(reason, item)| Act::Refused { reason, item }),
        (natural(), any::<bool>())
            .prop_map(|(review, accept)| Act::ReviewDecided { review: ReviewId(review), accept }),
        (whole(), whole()).prop_map(|(from_s, to_s)| Act::ClockChanged { from_s, to_s }),
        // Of a newer writer, or of a known kind but with a payload that does not fit it.
        (prop_oneof![0..12_u16, any::<u16>()], proptest::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(kind, payload)| row::decode_payload(kind, &payload)),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    (whole(), any::<u32>(), natural(), trust(), any::<u32>(), whole(), act()).prop_map(
        |(wall_s, boot, mono_s, trust, rules, data_as_of_s, act)| Event {
            seq: Seq(0),
            at: Stamp { wall_s, boot, mono_s, trust },
            basis: Basis { rules, data_as_of_s },
            act,
        },
    )
}

pub fn request() -> impl Strategy<Value = Request> {
    let cursor = (select(Feed::ALL.to_vec()), any::<u64>(), any::<u64>())
        .prop_map(|(feed, at, hash)| Cursor { feed, at, hash: FeedHash(hash) });
    (
        any::<u32>(),
        any::<u32>(),
        natural(),
        any::<[u8; 16]>(),
        natural(),
        proptest::collection::vec(event(), 0..30),
        proptest::collection::vec(cursor, 0..12),
        (whole(), any::<u32>(), natural(), trust()),
        any::<u32>(),
    )
        .prop_map(|(station, epoch, from_seq, chain, head, mut events, have, clock, answer_limit)| {
            for (place, event) in events.iter_mut().enumerate() {
                event.seq = Seq(from_seq.wrapping_add(place as u64));
            }
            let (wall_s, boot, mono_s, trust) = clock;
            Request {
                schema: exchange::SCHEMA,
                station: StationId(station),
                epoch: Epoch(epoch),
                from_seq: Seq(from_seq),
                chain_before: Chain(chain),
                head_seq: Seq(head),
                events,
                have,
                clock: ClockSample { wall_s, boot, mono_s, trust },
                answer_limit,
            }
        })
}

pub fn record() -> impl Strategy<Value = Record> {
    let lang = || select(Lang::ALL.to_vec());
    let allowance = || {
        any::<(u16, u16, u8, u16)>().prop_map(|(max_loans, loan_days, max_renewals, renewal_days)| {
            Allowance { max_loans, loan_days, max_renewals, renewal_days }
        })
    };
    let stale = any::<(u32, u16, bool)>().prop_map(|(after_h, max_loans, renewals)| StaleStep {
        after_h,
        max_loans,
        renewals,
    });
    let unknown = select(vec![UnknownItem::Refuse, UnknownItem::Lend]);
    let block = (select(vec![BlockKind::LostItem, BlockKind::ByLibrarian, BlockKind::Left]), day())
        .prop_map(|(kind, since)| Block { kind, since });
    let pin = any::<([u8; 8], [u8; 16])>().prop_map(|(salt, hash)| PinHash { salt, hash });
    let status =
        select(vec![ItemStatus::Lendable, ItemStatus::Reference, ItemStatus::NotForLoan, ItemStatus::Lost]);
    prop_oneof![
        (any::<(u32, u16)>(), allowance(), allowance(), unknown, proptest::collection::vec(stale, 0..3))
            .prop_map(|((version, overdue_blocks_from), pupil, teacher, unknown_item, stale)| {
                Record::Rules(Rules { version, pupil, teacher, overdue_blocks_from, unknown_item, stale })
            }),
        (any::<(u32, u8)>(), text(), proptest::collection::vec((day(), day()), 0..4), day()).prop_map(
            |((version, weekend), zone, closed, year_end)| {
                Record::Calendar(Calendar { version, zone, weekend, closed, year_end })
            }
        ),
        (any::<(u32, u8)>(), text(), text(), lang()).prop_map(|((id, grade), letter, name, lang)| {
            Record::Class(Class { id: ClassId(id), grade, letter, name, lang })
        }),
        (
            (natural(), proptest::collection::vec(text(), 0..3), text(), text(), any::<Option<u32>>()),
            select(vec![PatronKind::Pupil, PatronKind::Teacher]),
            lang(),
            proptest::collection::vec(block, 0..3),
            proptest::option::of(day()),
            proptest::option::of(pin),
        )
            .prop_map(|((id, cards, given, family, class), kind, lang, blocks, until, pin)| {
                let (id, class) = (PatronId(id), class.map(ClassId));
                Record::Patron(Patron { id, cards, given, family, class, kind, lang, blocks, until, pin })
            }),
        (natural(), text(), text(), text(), any::<u16>(), select(vec![TitleKind::Book, TitleKind::Textbook]))
            .prop_map(|(id, name, author, isbn, year, kind)| {
                Record::Title(Title { id: TitleId(id), name, author, isbn, year, kind })
            }),
        (item(), natural(), status, proptest::collection::vec(item(), 0..3)).prop_map(
            |(id, title, status, former)| Record::Item(Item { id, title: TitleId(title), status, former })
        ),
        (any::<(u32, u8)>(), lang(), text(), proptest::collection::vec(natural(), 0..14)).prop_map(
            |((id, grade), lang, profile, titles)| {
                let titles = titles.into_iter().map(TitleId).collect();
                Record::Set(TextbookSet { id: SetId(id), grade, lang, profile, titles })
            }
        ),
        (
            (natural(), natural(), natural()),
            proptest::option::of(item()),
            select(vec![HoldState::Waiting, HoldState::Ready]),
        )
            .prop_map(|((id, patron, title), item, state)| {
                let (id, patron, title) = (HoldId(id), PatronId(patron), TitleId(title));
                Record::Hold(Hold { id, patron, title, item, state })
            }),
        (natural(), natural(), select(&CONFLICTS[..]), any::<Option<bool>>()).prop_map(
            |(review, seq, conflict, accepted)| {
                Record::Verdict(Verdict { review: ReviewId(review), seq: Seq(seq), conflict, accepted })
            }
        ),
        (any::<u32>(), [text(), text(), text()], day())
            .prop_map(|(id, text, until)| Record::Notice(Notice { id: NoticeId(id), text, until })),
        (item(), natural(), day(), day(), any::<u8>()).prop_map(|(item, patron, since, due, renewals)| {
            Record::Loan(Loan { item, patron: PatronId(patron), since, due, renewals })
        }),
    ]
}

pub fn answer() -> impl Strategy<Value = Answer> {
    let standing = prop_oneof![
        Just(Standing::Good),
        any::<u32>().prop_map(|epoch| Standing::Forked { begin: Epoch(epoch) }),
        Just(Standing::Revoked),
    ];
    let fate = prop_oneof![
        Just(Fate::Applied),
        Just(Fate::Flagged),
        natural().prop_map(|review| Fate::InReview(ReviewId(review))),
        natural().prop_map(|review| Fate::Resolved(ReviewId(review))),
    ];
    let outcome = (natural(), fate, select(&CONFLICTS[..])).prop_map(|(seq, fate, conflict)| Outcome {
        seq: Seq(seq),
        fate,
        conflict,
    });
    let key = prop_oneof![
        Just(RecordKey::Only),
        natural().prop_map(RecordKey::Number),
        item().prop_map(RecordKey::Item),
    ];
    let changes = (
        select(Feed::ALL.to_vec()),
        (natural(), natural()),
        proptest::collection::vec(record(), 0..6),
        proptest::collection::vec(key, 0..3),
        any::<Option<u64>>(),
    )
        .prop_map(|(feed, (from, upto), put, gone, hash)| FeedChanges {
            feed,
            from,
            upto,
            put,
            gone,
            hash: hash.map(FeedHash),
        });
    (
        any::<(u32, u32, bool)>(),
        standing,
        (natural(), whole()),
        proptest::collection::vec(outcome, 0..4),
        proptest::collection::vec(changes, 0..4),
    )
        .prop_map(|((station, epoch, more), standing, (stored, time_s), outcomes, changes)| Answer {
            schema: exchange::SCHEMA,
            station: StationId(station),
            epoch: Epoch(epoch),
            standing,
            stored_upto: Seq(stored),
            outcomes,
            changes,
            time_s,
            more,
        })
}
