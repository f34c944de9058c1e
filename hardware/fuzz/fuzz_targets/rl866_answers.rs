//! A desk reader that answers anything: every call ends in bounded time, with a typed fault at worst, and a reading has the
//! length that was asked for. The first byte says which call, the second whether the rest is the line's bytes as they are,
//! or informations, each with its length before it, that are put into right frames after a right beginning.
#![no_main]

use hardware::board::Line;
use hardware::rfid::rl866::Rl866;
use hardware::rfid::{TagReader, Uid};
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// Longest that all of it may take, by the line's clock: what is not answered is asked once more, and that ends the call.
const MOST: Duration = Duration::from_secs(60);

struct Desk<'a> {
    rest: &'a [u8],
    framed: bool,
    now: Rc<Cell<Duration>>,
    coming: Vec<u8>,
}

fn frame(control: u8, information: &[u8]) -> Vec<u8> {
    let information = &information[..information.len().min(250)];
    let mut bytes = vec![0xFA, information.len() as u8 + 5, 0x01, control];
    bytes.extend(information);
    let crc = bytes[1..].iter().fold(0xFFFF_u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    });
    bytes.extend(crc.to_le_bytes());
    bytes
}

impl Desk<'_> {
    fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }
}

impl Line for Desk<'_> {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn forget(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn say(&mut self, bytes: &[u8], _: Duration) -> io::Result<()> {
        if !self.framed {
            return Ok(());
        }
        self.coming = match *bytes {
            [_, _, _, 0xC0, ..] => frame(0xE0, &[]),
            [_, _, _, _, 0x33, ..] => frame(0, &[0x33, 0, 0]),
            [_, _, _, control, command, ..] => {
                let [length, rest @ ..] = self.rest else { return Ok(()) };
                let (information, rest) = rest.split_at(rest.len().min(usize::from(*length)));
                self.rest = rest;
                frame(control, &[&[command, 0, 0], information].concat())
            }
            _ => Vec::new(),
        };
        Ok(())
    }

    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        if self.framed {
            self.pass(if self.coming.is_empty() { limit } else { limit.min(Duration::from_millis(1)) });
            return Ok(std::mem::take(&mut self.coming));
        }
        // A zero is silence.
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
    let [call, way, rest @ ..] = bytes else { return };
    let now = Rc::new(Cell::new(Duration::ZERO));
    let desk = Desk { rest, framed: way & 1 == 1, now: Rc::clone(&now), coming: Vec::new() };
    let Ok(mut reader) = Rl866::start(desk) else { return };
    let uid = Uid::from_written([0xE0, 0x04, 0x01, 0x00, 0x3F, 0x38, 0x27, 0xA7]);
    match call % 5 {
        0 => drop(reader.inventory()),
        1 => drop(reader.system_info(uid)),
        2 => {
            if let Ok(bytes) = reader.read_blocks(uid, 0, 28) {
                assert!(bytes.len() >= 28);
            }
        }
        3 => drop(reader.write_block(uid, 12, &[0x36, 0x37, 0x38, 0x00])),
        _ => drop(reader.write_afi(uid, 0xC2)),
    }
    drop(reader.inventory_beside(&[uid]));
    assert!(now.get() < MOST);
});
