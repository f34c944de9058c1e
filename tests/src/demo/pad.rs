//! A hand that lays books on a station's emulated pad.

use super::parts::PATIENCE;
use anyhow::{Context, bail};
use hardware::rfid::Uid;
use hardware::rfid::tag::TagText;
use hardware::rfid::tag::write::{Layout, NewTag, encode};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// The pad's other end.
#[derive(Debug)]
pub struct Pad(BufReader<UnixStream>);

impl Pad {
    /// Takes the pad's socket.
    pub fn new(stream: UnixStream) -> Pad {
        Pad(BufReader::new(stream))
    }

    /// Lays a book down: an invented tag with its number, at which the gate would ring.
    ///
    /// # Errors
    /// The station is gone, or the number fits on no tag.
    pub fn lay(&mut self, number: &str) -> anyhow::Result<()> {
        self.ask(&format!("place {}", tag_of(number)?)).map(drop)
    }

    /// Takes a book off.
    ///
    /// # Errors
    /// The station is gone, or no such book lies there.
    pub fn lift(&mut self, number: &str) -> anyhow::Result<()> {
        self.ask(&format!("take {}", uid(number))).map(drop)
    }

    /// Waits until the gate would let a book that lies there pass.
    ///
    /// # Errors
    /// It does not come to that in [`PATIENCE`].
    pub fn wait_for_gate(&mut self, number: &str) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.ask(&format!("show {}", uid(number)))?.starts_with("C2 ") {
            if Instant::now() > end {
                bail!("the gate still rings at a book that was lent");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn ask(&mut self, line: &str) -> anyhow::Result<String> {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes())?;
        let mut answer = String::new();
        self.0.read_line(&mut answer)?;
        match answer.strip_prefix("error: ") {
            Some(words) => bail!("the pad: {}", words.trim()),
            None => Ok(answer),
        }
    }
}

/// An invented tag of a book, at which the gate would ring, as the pad's socket wants it: UID, DSFID, AFI, memory.
///
/// # Errors
/// The number fits on no tag.
pub fn tag_of(number: &str) -> anyhow::Result<String> {
    let tag = NewTag {
        primary_item_id: TagText::new(number).context("a book without a number")?,
        owner_isil: TagText::new("KZ-DEMO"),
        type_of_usage: 1,
        parts_in_item: 1,
        part_number: 1,
    };
    let hex: String = encode(&tag, Layout::Part3)?.iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(format!("{} 3E 07 {hex}", uid(number)))
}

/// An invented UID: the maker's bytes, and a number that follows from the book's.
fn uid(number: &str) -> Uid {
    let mix = |mixed: u64, byte: u8| mixed.wrapping_mul(0x0100_01B3) ^ u64::from(byte);
    let mixed = number.bytes().fold(0x9E37, mix);
    Uid::from_written((0xE004_0150_0000_0000 | mixed & 0xFF_FFFF_FFFF).to_be_bytes())
}
