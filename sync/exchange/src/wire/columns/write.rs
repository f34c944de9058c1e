//! Events into columns.

use super::super::bytes::{put_varint, zigzag};
use super::super::label::{self, Label, Shapes};
use super::{COLUMNS, Column, Expected, day_of, trust_number};
use crate::message::ClockSample;
use crate::{Act, Day, Event, ItemId, PatronId, Seq, TitleId, row};

/// Appends `events`. `clock` is the sample that travels in the same message.
pub(in super::super) fn write(out: &mut Vec<u8>, events: &[Event], clock: &ClockSample) {
    put_varint(out, events.len() as u64);
    if events.is_empty() {
        return;
    }
    let (shapes, labels) = label::split(events.iter().filter_map(|event| item_of(&event.act)));
    let mut writer = Writer {
        columns: Default::default(),
        expected: Expected::at_start(clock),
        numbers: vec![0; shapes.len()],
        labels: labels.into_iter(),
        payloads: Vec::new(),
    };
    events.iter().for_each(|event| writer.event(event));
    writer.finish(out, &shapes);
}

/// The item of an act that is told in columns.
fn item_of(act: &Act) -> Option<&ItemId> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => Some(item),
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

struct Writer {
    columns: [Vec<u64>; COLUMNS],
    expected: Expected,
    /// The last value of each shape of item numbers.
    numbers: Vec<u64>,
    /// Those of the items still to come.
    labels: std::vec::IntoIter<Label>,
    payloads: Vec<u8>,
}

impl Writer {
    fn put(&mut self, column: Column, value: i64) {
        self.columns[column as usize].push(zigzag(value));
    }

    fn event(&mut self, event: &Event) {
        let Event { seq, at, basis, act } = event;
        let before = self.expected.at;
        self.put(Column::Wall, at.wall_s.wrapping_sub(before.wall_s));
        self.put(Column::Boot, i64::from(at.boot) - i64::from(before.boot));
        let mono_s = self.expected.mono_s(at.wall_s, at.boot);
        self.put(Column::Mono, minus(at.mono_s, mono_s));
        self.put(Column::Trust, trust_number(at.trust) - trust_number(before.trust));
        let before = self.expected.basis;
        self.put(Column::Rules, i64::from(basis.rules) - i64::from(before.rules));
        self.put(Column::DataAsOf, basis.data_as_of_s.wrapping_sub(before.data_as_of_s));
        self.expected.at = *at;
        self.expected.basis = *basis;
        let in_columns = self.act(*seq, act);
        if !in_columns {
            let payload = row::encode_payload(act);
            self.put(Column::PayloadLen, payload.len() as i64);
            self.payloads.extend(payload);
        }
        let code = u64::from(act.kind()) * 2 + u64::from(!in_columns);
        self.put(Column::Kind, minus(code, self.expected.code));
        self.expected.code = code;
    }

    /// Whether the act was told in columns.
    fn act(&mut self, at: Seq, act: &Act) -> bool {
        match act {
            Act::CheckedOut { patron, due, .. } | Act::Renewed { patron, due, .. } => {
                self.patron(*patron);
                self.item();
                self.due(*due);
            }
            Act::Returned { .. } => self.item(),
            Act::CountedIssued { patron, title, count, due } => {
                self.patron(*patron);
                self.title(*title);
                self.count(*count);
                self.due(*due);
            }
            Act::CountedReturned { patron, title, count } => {
                self.patron(*patron);
                self.title(*title);
                self.count(*count);
            }
            Act::Undone { seq } => self.put(Column::Undone, minus(at.0, seq.0)),
            Act::StationStarted { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => return false,
        }
        true
    }

    fn patron(&mut self, PatronId(patron): PatronId) {
        self.put(Column::Patron, minus(patron, self.expected.patron));
        self.expected.patron = patron;
    }

    /// The next of the labels, which stand in the order of the events.
    fn item(&mut self) {
        if let Some(Label { shape, value }) = self.labels.next() {
            self.put(Column::Shape, shape as i64);
            self.put(Column::Number, minus(value, self.numbers[shape]));
            self.numbers[shape] = value;
        }
    }

    fn due(&mut self, Day(due): Day) {
        let due_in = i64::from(due) - day_of(self.expected.at.wall_s);
        self.put(Column::Due, due_in - self.expected.due_in);
        self.expected.due_in = due_in;
    }

    fn title(&mut self, TitleId(title): TitleId) {
        self.put(Column::Title, minus(title, self.expected.title));
        self.expected.title = title;
    }

    fn count(&mut self, count: u16) {
        self.put(Column::Count, i64::from(count) - i64::from(self.expected.count));
        self.expected.count = count;
    }

    fn finish(self, out: &mut Vec<u8>, shapes: &Shapes) {
        let there = |values: &[u64]| values.iter().any(|value| *value != 0);
        let mask = self.columns.iter().rev().fold(0, |mask, values| (mask << 1) | u64::from(there(values)));
        put_varint(out, mask);
        self.columns
            .iter()
            .filter(|values| there(values))
            .flatten()
            .for_each(|value| put_varint(out, *value));
        if shapes.len() > 0 {
            shapes.write(out);
        }
        out.extend(self.payloads);
    }
}

/// How much larger `a` is than `b`, around the end if need be.
fn minus(a: u64, b: u64) -> i64 {
    a.wrapping_sub(b) as i64
}
