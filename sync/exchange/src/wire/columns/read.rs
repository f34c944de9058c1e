//! Events out of columns.

use super::super::WireError;
use super::super::bytes::{Reader, unzigzag};
use super::super::label::{Label, Shapes};
use super::{COLUMNS, Column, Expected, MAX_EVENTS, day_of, trust_number, trust_of};
use crate::message::ClockSample;
use crate::{Act, Basis, Day, Event, ItemId, PatronId, Seq, Stamp, TitleId, row};

const TOO_LARGE: WireError = WireError::Damaged("a number is too large for its field");
const KIND: WireError = WireError::Damaged("an event's kind");

/// Reads the events of a message whose first event has the number `from_seq`.
pub(in super::super) fn read(
    reader: &mut Reader<'_>,
    from_seq: Seq,
    clock: &ClockSample,
) -> Result<Vec<Event>, WireError> {
    let count: usize = reader.narrow()?;
    if count == 0 {
        return Ok(Vec::new());
    }
    if count > MAX_EVENTS {
        return Err(WireError::Damaged("more events than a message may have"));
    }
    let mask = reader.varint()?;
    if mask >> COLUMNS != 0 {
        return Err(WireError::Damaged("a column this program does not know"));
    }
    let there = |column: usize| (mask >> column) & 1 == 1;

    let mut expected = Expected::at_start(clock);
    let kind_column = Column::Kind as usize;
    let mut kinds = Values::read(reader, there(kind_column), count)?;
    let mut codes = Vec::with_capacity(count);
    for _ in 0..count {
        expected.code = expected.code.wrapping_add(kinds.next()? as u64);
        codes.push(expected.code);
    }
    let lengths = lengths(&codes)?;
    let mut columns: [Values; COLUMNS] = Default::default();
    for (place, (column, len)) in columns.iter_mut().zip(lengths).enumerate() {
        if place != kind_column {
            *column = Values::read(reader, there(place), len)?;
        }
    }
    let items = lengths[Column::Shape as usize] > 0;
    let shapes = if items { Shapes::read(reader)? } else { Shapes::default() };
    let numbers = vec![0; shapes.len()];
    let mut rows = Rows { columns, expected, shapes, numbers, payloads: *reader };
    let events = codes
        .into_iter()
        .enumerate()
        .map(|(place, code)| rows.event(Seq(from_seq.0.wrapping_add(place as u64)), code))
        .collect::<Result<_, _>>()?;
    *reader = rows.payloads;
    Ok(events)
}

/// How many values each column has, told from the codes of all events.
fn lengths(codes: &[u64]) -> Result<[usize; COLUMNS], WireError> {
    use Column::{Boot, Count, DataAsOf, Due, Kind, Mono, Number, Patron, PayloadLen, Rules, Shape, Title};
    use Column::{Trust, Undone, Wall};
    let mut lengths = [0; COLUMNS];
    for code in codes {
        let own: &[Column] = match (code % 2, code / 2) {
            (1, _) => &[PayloadLen],
            (0, 2 | 4) => &[Patron, Shape, Number, Due],
            (0, 3) => &[Shape, Number],
            (0, 5) => &[Patron, Title, Count, Due],
            (0, 6) => &[Patron, Title, Count],
            (0, 7) => &[Undone],
            _ => return Err(KIND),
        };
        for column in [Kind, Wall, Boot, Mono, Trust, Rules, DataAsOf].iter().chain(own) {
            lengths[*column as usize] += 1;
        }
    }
    Ok(lengths)
}

/// The values of one column still to be read; `None` inside if all are 0.
#[derive(Default)]
struct Values(Option<std::vec::IntoIter<u64>>);

impl Values {
    fn read(reader: &mut Reader<'_>, there: bool, count: usize) -> Result<Values, WireError> {
        if !there {
            return Ok(Values(None));
        }
        // Each value takes at least a byte: what cannot be there is not made room for.
        let mut values = Vec::with_capacity(count.min(reader.0.len()));
        for _ in 0..count {
            values.push(reader.varint()?);
        }
        Ok(Values(Some(values.into_iter())))
    }

    fn next(&mut self) -> Result<i64, WireError> {
        match &mut self.0 {
            None => Ok(0),
            Some(values) => values.next().map(unzigzag).ok_or(WireError::Damaged("a column is too short")),
        }
    }
}

struct Rows<'a> {
    columns: [Values; COLUMNS],
    expected: Expected,
    shapes: Shapes,
    /// The last value of each shape of item numbers.
    numbers: Vec<u64>,
    payloads: Reader<'a>,
}

impl Rows<'_> {
    fn next(&mut self, column: Column) -> Result<i64, WireError> {
        self.columns[column as usize].next()
    }

    fn event(&mut self, seq: Seq, code: u64) -> Result<Event, WireError> {
        let before = self.expected.at;
        let wall_s = before.wall_s.wrapping_add(self.next(Column::Wall)?);
        let boot = u32::try_from(i64::from(before.boot).wrapping_add(self.next(Column::Boot)?))
            .map_err(|_| TOO_LARGE)?;
        let mono_s = self.expected.mono_s(wall_s, boot).wrapping_add(self.next(Column::Mono)? as u64);
        let trust = trust_of(trust_number(before.trust).wrapping_add(self.next(Column::Trust)?))?;
        let before = self.expected.basis;
        let rules = u32::try_from(i64::from(before.rules).wrapping_add(self.next(Column::Rules)?))
            .map_err(|_| TOO_LARGE)?;
        let data_as_of_s = before.data_as_of_s.wrapping_add(self.next(Column::DataAsOf)?);
        self.expected.at = Stamp { wall_s, boot, mono_s, trust };
        self.expected.basis = Basis { rules, data_as_of_s };
        let act = self.act(seq, code)?;
        Ok(Event { seq, at: self.expected.at, basis: self.expected.basis, act })
    }

    fn act(&mut self, at: Seq, code: u64) -> Result<Act, WireError> {
        let kind = u16::try_from(code / 2).map_err(|_| KIND)?;
        if code % 2 == 1 {
            let len = usize::try_from(self.next(Column::PayloadLen)?).map_err(|_| TOO_LARGE)?;
            return Ok(row::decode_payload(kind, self.payloads.take(len)?));
        }
        Ok(match kind {
            2 => Act::CheckedOut { patron: self.patron()?, item: self.item()?, due: self.due()? },
            3 => Act::Returned { item: self.item()? },
            4 => Act::Renewed { patron: self.patron()?, item: self.item()?, due: self.due()? },
            5 => Act::CountedIssued {
                patron: self.patron()?,
                title: self.title()?,
                count: self.count()?,
                due: self.due()?,
            },
            6 => Act::CountedReturned { patron: self.patron()?, title: self.title()?, count: self.count()? },
            7 => Act::Undone { seq: Seq(at.0.wrapping_sub(self.next(Column::Undone)? as u64)) },
            _ => return Err(KIND),
        })
    }

    fn patron(&mut self) -> Result<PatronId, WireError> {
        self.expected.patron = self.expected.patron.wrapping_add(self.next(Column::Patron)? as u64);
        Ok(PatronId(self.expected.patron))
    }

    fn item(&mut self) -> Result<ItemId, WireError> {
        let shape = usize::try_from(self.next(Column::Shape)?).map_err(|_| TOO_LARGE)?;
        let step = self.next(Column::Number)? as u64;
        let number = self.numbers.get_mut(shape).ok_or(WireError::Damaged("item number"))?;
        *number = number.wrapping_add(step);
        let value = *number;
        self.shapes.join(Label { shape, value })
    }

    fn due(&mut self) -> Result<Day, WireError> {
        self.expected.due_in = self.expected.due_in.wrapping_add(self.next(Column::Due)?);
        let day = day_of(self.expected.at.wall_s).wrapping_add(self.expected.due_in);
        i32::try_from(day).map(Day).map_err(|_| TOO_LARGE)
    }

    fn title(&mut self) -> Result<TitleId, WireError> {
        self.expected.title = self.expected.title.wrapping_add(self.next(Column::Title)? as u64);
        Ok(TitleId(self.expected.title))
    }

    fn count(&mut self) -> Result<u16, WireError> {
        let count = i64::from(self.expected.count).wrapping_add(self.next(Column::Count)?);
        self.expected.count = u16::try_from(count).map_err(|_| TOO_LARGE)?;
        Ok(self.expected.count)
    }
}
