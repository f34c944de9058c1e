//! An emulated pad onto which another program drops tags, a line each:
//!
//! ```text
//! place E00401003F3827A7 3E 07 1101013130…    UID, DSFID, AFI, memory
//! take E00401003F3827A7
//! show E00401003F3827A7                       answers its AFI and memory, and `eas` where that bit is set
//! lock E00401003F3827A7                       it refuses to be written; unlock takes that back
//! card 04A1B2C3                               a student card instead of all others
//! no-card
//! unplug                                      the reader is pulled out
//! plug                                        and is back
//! ```
//!
//! Each line is answered by one: `ok`, what was asked for, or `error:` and words.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::barcode::Socket;
use crate::rfid::Uid;
use crate::sim::pn5180::{Pn5180Sim, SimCard, SimTag, Trouble};

/// Longest line, in bytes: a UID and 256 bytes of memory, and room.
const MOST_LINE_BYTES: usize = 1_024;
/// Most connections at once.
const MOST_CONNECTIONS: usize = 8;

/// The emulated reader and the socket by which tags are dropped.
#[derive(Debug)]
pub struct SimulatedPad {
    sim: Pn5180Sim,
    socket: Socket,
    connections: Vec<(UnixStream, Vec<u8>)>,
}

impl SimulatedPad {
    /// Listens at `path`, an absolute one.
    ///
    /// # Errors
    /// The socket cannot be made there.
    pub fn listen(path: &Path) -> io::Result<Self> {
        Ok(Self { sim: Pn5180Sim::new(0), socket: Socket::bind(path)?, connections: Vec::new() })
    }

    /// The emulated reader.
    #[must_use]
    pub fn sim(&self) -> &Pn5180Sim {
        &self.sim
    }

    /// Does what has been asked for since the last time. Never waits.
    pub fn serve(&mut self) {
        while self.connections.len() < MOST_CONNECTIONS
            && let Some(stream) = self.socket.accept()
        {
            if stream.set_nonblocking(true).is_ok() {
                self.connections.push((stream, Vec::new()));
            }
        }
        let sim = &self.sim;
        self.connections.retain_mut(|(stream, line)| serve_one(sim, stream, line));
    }
}

/// Whether the connection stays.
fn serve_one(sim: &Pn5180Sim, stream: &mut UnixStream, line: &mut Vec<u8>) -> bool {
    let mut chunk = [0; 512];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return false,
            Ok(count) => line.extend(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
        while let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            let whole: Vec<u8> = line.drain(..=end).collect();
            let answer = match obey(sim, String::from_utf8_lossy(&whole).trim()) {
                Ok(answer) => answer,
                Err(words) => format!("error: {words}"),
            };
            if stream.write_all(format!("{answer}\n").as_bytes()).is_err() {
                return false;
            }
        }
        if line.len() > MOST_LINE_BYTES {
            return false;
        }
    }
}

fn obey(sim: &Pn5180Sim, line: &str) -> Result<String, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let uid = |text: &str| text.parse::<Uid>().map_err(|fault| fault.to_string());
    match words.as_slice() {
        ["place", number, dsfid, afi, memory] => {
            let mut tag = SimTag::new(uid(number)?, &hex(memory)?);
            tag.dsfid = byte(dsfid)?;
            tag.afi = byte(afi)?;
            sim.place(tag);
            Ok("ok".into())
        }
        ["take", number] => match sim.take(uid(number)?) {
            Some(_) => Ok("ok".into()),
            None => Err("no such tag lies there".into()),
        },
        ["show", number] => match sim.tag(uid(number)?) {
            Some(tag) => {
                let memory: String = tag.memory.iter().map(|byte| format!("{byte:02X}")).collect();
                let eas = if tag.eas { " eas" } else { "" };
                Ok(format!("{:02X} {memory}{eas}", tag.afi))
            }
            None => Err("no such tag lies there".into()),
        },
        [word @ ("lock" | "unlock"), number] => {
            let mut tag = sim.take(uid(number)?).ok_or("no such tag lies there")?;
            tag.locked = *word == "lock";
            sim.place(tag);
            Ok("ok".into())
        }
        ["card", number] => {
            let card = SimCard::new(&hex(number)?).ok_or("4, 7 or 10 bytes are expected")?;
            sim.take_cards();
            sim.place_card(card);
            Ok("ok".into())
        }
        ["no-card"] => {
            sim.take_cards();
            Ok("ok".into())
        }
        ["unplug"] => {
            sim.trouble(Trouble::Absent);
            Ok("ok".into())
        }
        ["plug"] => {
            sim.trouble(Trouble::Back);
            Ok("ok".into())
        }
        _ => Err(
            "place UID DSFID AFI MEMORY, take UID, show UID, lock UID, unlock UID, card UID, no-card, unplug or plug is expected"
                .into(),
        ),
    }
}

fn byte(text: &str) -> Result<u8, String> {
    match hex(text)?.as_slice() {
        [byte] => Ok(*byte),
        _ => Err("two hexadecimal digits are expected".into()),
    }
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => Ok(digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect()),
        Some(_) | None => Err("pairs of hexadecimal digits are expected".into()),
    }
}
