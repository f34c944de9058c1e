//! A card reader on a serial line that answers anything: every look ends in bounded time, with a typed fault at worst, and
//! what is no card's UID is refused. A zero at the beginning of a piece is silence; with the first byte odd the pieces are
//! put into right frames, each with its length before it.
#![no_main]

use hardware::board::Line;
use hardware::card::{CardReader, CardUid};
use hardware::card::pn532::Pn532Reader;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// Longest that all of it may take, by the line's clock.
const MOST: Duration = Duration::from_secs(60);

struct Chip<'a> {
    rest: &'a [u8],
    framed: bool,
    now: Rc<Cell<Duration>>,
    coming: Vec<u8>,
}

impl Chip<'_> {
    fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }
}

fn frame(command: u8, information: &[u8]) -> Vec<u8> {
    let len = information.len() as u8 + 2;
    let mut bytes = vec![0, 0, 0xff, len, len.wrapping_neg(), 0xd5, command.wrapping_add(1)];
    bytes.extend(information);
    let sum = bytes[5..].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    bytes.extend([sum.wrapping_neg(), 0]);
    bytes
}

impl Line for Chip<'_> {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn forget(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn say(&mut self, bytes: &[u8], _: Duration) -> io::Result<()> {
        // 00 00 FF LEN LCS D4 command
        let Some(at) = bytes.windows(2).position(|pair| pair == [0, 0xff]) else { return Ok(()) };
        let (true, Some(command)) = (self.framed, bytes.get(at + 5)) else { return Ok(()) };
        self.coming = vec![0, 0, 0xff, 0, 0xff, 0];
        if *command == 0x02 {
            self.coming.extend(frame(*command, &[0x32, 1, 6, 7]));
        } else if matches!(command, 0x14 | 0x32) {
            self.coming.extend(frame(*command, &[]));
        } else if let [length, rest @ ..] = self.rest {
            let (information, rest) = rest.split_at(rest.len().min(usize::from(*length % 120)));
            self.rest = rest;
            self.coming.extend(frame(*command, information));
        }
        Ok(())
    }

    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        if self.framed {
            self.pass(if self.coming.is_empty() { limit } else { limit.min(Duration::from_millis(1)) });
            return Ok(std::mem::take(&mut self.coming));
        }
        let (piece, rest) = self.rest.split_at(self.rest.len().min(16));
        self.rest = rest;
        if matches!(piece, [] | [0, ..]) {
            self.pass(limit);
            return Ok(Vec::new());
        }
        self.pass(limit.min(Duration::from_millis(1)));
        Ok(piece.to_vec())
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [way, rest @ ..] = bytes else { return };
    let now = Rc::new(Cell::new(Duration::ZERO));
    let chip = Chip { rest, framed: way & 1 == 1, now: Rc::clone(&now), coming: Vec::new() };
    let Ok(mut reader) = Pn532Reader::start(chip) else { return };
    for _ in 0..3 {
        if let Ok(Some(uid)) = reader.card_uid() {
            // Whether a card can have it is said by whoever takes it: it is a UID of 4, 7 or 10 bytes, or refused.
            assert!(uid.len() < 96);
            let _ = CardUid::new(&uid);
        }
    }
    assert!(now.get() < MOST);
});
