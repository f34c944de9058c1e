//! What can happen to a desk.

use crate::common::*;
use desk::{RecordFault, Scanned, StickFault, StickNews, Touch};
use exchange::{ItemId, Lang, PatronId, UnknownItem};
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub enum Op {
    Card(u64),
    Item(u32),
    /// Books lie on the pad, besides strange tags.
    Pad(Vec<u32>, u8),
    Number(String),
    Stray(Scanned),
    Touch(Touch),
    /// Through class and name to a PIN, the right one or not.
    Pin(bool),
    StaffPin(bool),
    /// Through my books to a loan, or to all of them.
    Prolong(Option<u16>),
    /// Whoever is there goes away, and some time after the visit has ended by itself they tap their card again.
    ComeBack(u64),
    /// Time passes, and the shell wakes the desk as it asked.
    Pass(u64),
    /// Time passes unseen.
    Jump(u64),
    /// The wall clock is set.
    Wall(i64),
    /// It is another day.
    Day(i32),
    Tick,
    Disk(Option<RecordFault>),
    Readers(u8),
    Memory(bool),
    /// The data is so many hours old.
    Age(i64),
    /// Rules are there, or gone.
    Data(bool),
    UnknownItems(UnknownItem),
    /// The region tells of a loan made elsewhere.
    Elsewhere(u32, u64),
    Hold(u64, u64, Option<u32>, bool),
    Enrolling(bool),
    Link,
    Stick(StickNews),
    /// Another one is put in and written, and this becomes of it; or it is only put in.
    StickIn(Option<StickNews>),
    /// An answer that nobody asked for.
    StrayAnswer,
}

fn touch() -> impl Strategy<Value = Touch> {
    let place = 0_u16..4;
    prop_oneof![
        1 => Just(Touch::Anywhere),
        1 => prop::sample::select(Lang::ALL.to_vec()).prop_map(Touch::Language),
        1 => Just(Touch::Help),
        1 => Just(Touch::Back),
        1 => Just(Touch::Finish),
        3 => Just(Touch::ReturnBooks),
        1 => Just(Touch::NoCard),
        1 => (6_u32..8).prop_map(|id| Touch::Class(exchange::ClassId(id))),
        1 => (0_u64..8).prop_map(|id| Touch::Name(PatronId(id))),
        1 => (0_u8..12).prop_map(Touch::Digit),
        1 => Just(Touch::Erase),
        1 => Just(Touch::Enter),
        3 => Just(Touch::MyBooks),
        1 => place.clone().prop_map(Touch::Renew),
        1 => Just(Touch::RenewAll),
        5 => place.prop_map(Touch::Undo),
        3 => Just(Touch::ReturnKept),
        1 => Just(Touch::Staff),
        1 => Just(Touch::CallRegion),
        3 => Just(Touch::WriteStick),
        1 => any::<bool>().prop_map(Touch::Pause),
    ]
}

fn stick() -> impl Strategy<Value = StickNews> {
    let faults = vec![
        StickFault::Full,
        StickFault::WriteProtected,
        StickFault::Unreadable,
        StickFault::NotEnrolled,
        StickFault::Broken,
        StickFault::PulledOut,
    ];
    prop_oneof![
        2 => Just(StickNews::In),
        2 => Just(StickNews::Out),
        2 => any::<u8>().prop_map(|percent| StickNews::Working { percent }),
        1 => any::<(u64, u32)>().prop_map(|(written, answers)| StickNews::Done { written, answers }),
        4 => prop::sample::select(faults).prop_map(StickNews::Failed),
    ]
}

pub fn op() -> impl Strategy<Value = Op> {
    let number = || 1_u32..23;
    let patron = || 1_u64..8;
    let stray = prop_oneof![
        Just(Scanned::Url),
        Just(Scanned::Unreadable),
        Just(Scanned::Isbn("9786010000001".into())),
        number().prop_map(|n| Scanned::Card(item_id(n).to_string())),
        patron().prop_map(|id| Scanned::Item(ItemId::new(card_of(PatronId(id))).unwrap())),
    ];
    prop_oneof![
        20 => patron().prop_map(Op::Card),
        40 => number().prop_map(Op::Item),
        20 => (prop::collection::vec(number(), 0..6), 0_u8..3).prop_map(|(books, unknown)| Op::Pad(books, unknown)),
        2 => "[BC]000[0-2][0-9]".prop_map(Op::Number),
        2 => ".{0,80}".prop_map(Op::Number),
        4 => stray.prop_map(Op::Stray),
        40 => touch().prop_map(Op::Touch),
        3 => any::<bool>().prop_map(Op::Pin),
        3 => any::<bool>().prop_map(Op::StaffPin),
        6 => prop::option::of(0_u16..4).prop_map(Op::Prolong),
        3 => (0_u64..130_000).prop_map(Op::ComeBack),
        10 => (0_u64..70_000).prop_map(Op::Pass),
        2 => (0_u64..700_000).prop_map(Op::Pass),
        3 => (0_u64..200_000).prop_map(Op::Jump),
        2 => any::<i64>().prop_map(Op::Wall),
        1 => any::<i32>().prop_map(Op::Day),
        2 => (-30_i32..200).prop_map(|days| Op::Day(today().0 + days)),
        3 => Just(Op::Tick),
        3 => prop::option::of(prop::sample::select(vec![
            RecordFault::DiskFull,
            RecordFault::ReadOnly,
            RecordFault::Broken,
        ])).prop_map(Op::Disk),
        2 => Just(Op::Disk(None)),
        2 => (0_u8..3).prop_map(Op::Readers),
        2 => Just(Op::Readers(2)),
        1 => Just(Op::Memory(true)),
        3 => Just(Op::Memory(false)),
        3 => (-10_i64..900).prop_map(Op::Age),
        1 => Just(Op::Data(false)),
        3 => Just(Op::Data(true)),
        1 => prop::sample::select(vec![UnknownItem::Lend, UnknownItem::Refuse]).prop_map(Op::UnknownItems),
        3 => (number(), patron()).prop_map(|(item, patron)| Op::Elsewhere(item, patron)),
        2 => (1_u64..13, patron(), prop::option::of(number()), any::<bool>())
            .prop_map(|(title, patron, item, ready)| Op::Hold(title, patron, item, ready)),
        1 => Just(Op::Enrolling(true)),
        3 => Just(Op::Enrolling(false)),
        1 => Just(Op::Link),
        8 => stick().prop_map(Op::Stick),
        3 => prop::option::of(stick()).prop_map(Op::StickIn),
        1 => Just(Op::StrayAnswer),
    ]
}
