//! The two messages as bytes, before signature and compression. The schema stands first in both, so that a reader knows
//! at once whether it can read the rest.

use super::WireError;
use super::bytes::{Reader, put_varint, unzigzag, zigzag};
use super::columns;
use crate::message::ClockSample;
use crate::{
    Answer, Chain, ClockTrust, Cursor, Epoch, Feed, FeedChanges, FeedHash, Outcome, Request, Seq, Standing,
    StationId,
};
use serde::{Deserialize, Serialize};

/// Appends a request, without its station. At most [`columns::MAX_EVENTS`] events are told.
///
/// ```text
/// request = schema, epoch, from_seq, chain_before: 16 bytes, head_seq − from_seq (zigzag), clock, answer_limit,
///           count of cursors, cursors, events (see `columns`)
/// clock   = wall_s (zigzag), boot, mono_s, trust: 0, 1, 2
/// cursor  = feed's number, at, hash: 8 bytes, high byte first
/// ```
pub(super) fn write_request(out: &mut Vec<u8>, request: &Request) {
    put_varint(out, request.schema.into());
    put_varint(out, request.epoch.0.into());
    put_varint(out, request.from_seq.0);
    out.extend(request.chain_before.0);
    put_varint(out, zigzag(request.head_seq.0.wrapping_sub(request.from_seq.0) as i64));
    let ClockSample { wall_s, boot, mono_s, trust } = request.clock;
    put_varint(out, zigzag(wall_s));
    put_varint(out, boot.into());
    put_varint(out, mono_s);
    out.push(match trust {
        ClockTrust::Guessed => 0,
        ClockTrust::Rtc => 1,
        ClockTrust::Synced => 2,
    });
    put_varint(out, request.answer_limit.into());
    put_varint(out, request.have.len() as u64);
    for cursor in &request.have {
        out.push(cursor.feed.number());
        put_varint(out, cursor.at);
        out.extend(cursor.hash.0.to_be_bytes());
    }
    columns::write(out, super::sendable(&request.events), &request.clock);
}

/// Reads a request of `station`.
pub(super) fn read_request(bytes: &[u8], station: StationId) -> Result<Request, WireError> {
    let mut reader = Reader(bytes);
    let schema = super::known_schema(reader.narrow()?)?;
    let epoch = Epoch(reader.narrow()?);
    let from_seq = Seq(reader.varint()?);
    let chain_before = Chain(reader.array()?);
    let head_seq = Seq(from_seq.0.wrapping_add(unzigzag(reader.varint()?) as u64));
    let clock = ClockSample {
        wall_s: unzigzag(reader.varint()?),
        boot: reader.narrow()?,
        mono_s: reader.varint()?,
        trust: match reader.byte()? {
            0 => ClockTrust::Guessed,
            1 => ClockTrust::Rtc,
            2 => ClockTrust::Synced,
            _ => return Err(WireError::Damaged("trust in the clock")),
        },
    };
    let answer_limit = reader.narrow()?;
    let cursors: usize = reader.narrow()?;
    let mut have = Vec::new();
    for _ in 0..cursors {
        let feed = Feed::from_number(reader.byte()?).ok_or(WireError::Damaged("a feed nobody knows"))?;
        let at = reader.varint()?;
        have.push(Cursor { feed, at, hash: FeedHash(u64::from_be_bytes(reader.array()?)) });
    }
    let events = columns::read(&mut reader, from_seq, &clock)?;
    reader.end()?;
    Ok(Request {
        schema,
        station,
        epoch,
        from_seq,
        chain_before,
        head_seq,
        events,
        have,
        clock,
        answer_limit,
    })
}

/// An answer without its station: postcard of these fields in this order, after the schema.
#[derive(Serialize, Deserialize)]
struct AnswerBody<Outcomes, Changes> {
    epoch: Epoch,
    standing: Standing,
    stored_upto: Seq,
    time_s: i64,
    more: bool,
    outcomes: Outcomes,
    changes: Changes,
}

/// Appends an answer, without its station.
pub(super) fn write_answer(out: &mut Vec<u8>, answer: &Answer) {
    put_varint(out, answer.schema.into());
    out.extend(crate::row::to_bytes(&AnswerBody {
        epoch: answer.epoch,
        standing: answer.standing,
        stored_upto: answer.stored_upto,
        time_s: answer.time_s,
        more: answer.more,
        outcomes: &answer.outcomes,
        changes: &answer.changes,
    }));
}

/// Reads an answer for `station`.
pub(super) fn read_answer(bytes: &[u8], station: StationId) -> Result<Answer, WireError> {
    let mut reader = Reader(bytes);
    let schema = super::known_schema(reader.narrow()?)?;
    let body: AnswerBody<Vec<Outcome>, Vec<FeedChanges>> =
        crate::row::from_bytes(reader.0).ok_or(WireError::Damaged("a field of the answer"))?;
    Ok(Answer {
        schema,
        station,
        epoch: body.epoch,
        standing: body.standing,
        stored_upto: body.stored_upto,
        outcomes: body.outcomes,
        changes: body.changes,
        time_s: body.time_s,
        more: body.more,
    })
}
