//! The way between a station and the region, and what happens on it.

use super::account::Account;
use super::chance_of::percent;
use super::region::Region;
use crate::demo::chance::Chance;
use links::{Link, LinkFault, Reached};

/// How bad a link is: shares of a hundred calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weather {
    /// Nothing goes through.
    pub down: bool,
    /// The call never arrives.
    pub lost: u8,
    /// The region hears it, and its answer never comes.
    pub unanswered: u8,
    /// It arrives twice.
    pub twice: u8,
    /// It arrives once more, much later.
    pub late: u8,
    /// Request or answer is cut short.
    pub torn: u8,
    /// Request or answer arrives with a wrong byte.
    pub bent: u8,
    /// Something on the way answers: a status, a redirect, a page.
    pub stranger: u8,
    /// An answer from before comes again.
    pub stale: u8,
}

/// What a link remembers.
#[derive(Debug, Default)]
pub struct Memory {
    /// Requests that will arrive once more.
    pub late: Vec<Vec<u8>>,
    /// The answer before.
    pub before: Option<Vec<u8>>,
}

/// One call's way.
pub struct Road<'a> {
    /// What it leads to.
    pub region: &'a Region,
    /// How bad it is.
    pub weather: Weather,
    /// Chance.
    pub chance: &'a mut Chance,
    /// What is counted.
    pub account: &'a mut Account,
    /// What it remembers.
    pub memory: &'a mut Memory,
    /// The time at the region.
    pub now_s: i64,
}

const PAGE: &[u8] = b"<!DOCTYPE html><html><body>Please log in to the Wi-Fi of the school</body></html>";

impl Road<'_> {
    fn happens(&mut self, share: u8, what: &'static str) -> bool {
        let happens = share > 0 && percent(self.chance, share);
        if happens {
            self.account.note(what);
        }
        happens
    }

    /// The region takes a message and answers as its server does: with a status where it cannot.
    fn region(&mut self, message: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let Some(hub) = self.region.hub() else {
            self.account.note("calls to a region that is down");
            return Err(LinkFault::Unreachable);
        };
        hub.exchange(message, self.now_s).map_err(|fault| match fault {
            hub::HubFault::Wire(_) => LinkFault::Status(400),
            hub::HubFault::Store(_) => LinkFault::Status(503),
        })
    }

    fn stranger(&mut self) -> Result<Vec<u8>, LinkFault> {
        match self.chance.below(4) {
            0 => Err(LinkFault::Status(*self.chance.pick(&[400, 403, 404, 409, 410, 413, 429]))),
            1 => Err(LinkFault::Status(*self.chance.pick(&[500, 502, 503, 504]))),
            2 => Err(LinkFault::Redirect(*self.chance.pick(&[301, 302, 307, 308]))),
            _ => Ok(PAGE.to_vec()),
        }
    }

    fn bend(&mut self, bytes: &mut [u8]) {
        let place = self.chance.below(bytes.len());
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1 << self.chance.below(8);
        }
    }
}

impl Link for Road<'_> {
    fn exchange(&mut self, mut request: Vec<u8>) -> Result<Vec<u8>, LinkFault> {
        let weather = self.weather;
        if weather.down {
            self.account.note("calls on a dead link");
            return Err(self.chance.pick(&[LinkFault::NameNotFound, LinkFault::Unreachable]).clone());
        }
        if self.happens(weather.lost, "requests lost") {
            return Err(LinkFault::ConnectTimeout);
        }
        if self.happens(weather.stranger, "strangers' answers") {
            return self.stranger();
        }
        if self.happens(weather.torn / 2, "requests torn") {
            request.truncate(self.chance.below(request.len()));
            // What the region makes of it does not come back.
            let _ = self.region(&request);
            return Err(LinkFault::Torn { reached: Reached::Region });
        }
        if self.happens(weather.bent / 2, "requests bent") {
            self.bend(&mut request);
        }
        if self.happens(weather.late, "requests that come again late") {
            self.memory.late.push(request.clone());
        }
        if self.happens(weather.twice, "requests that came twice") {
            let _ = self.region(&request);
        }
        let mut answer = self.region(&request)?;
        if self.happens(weather.unanswered, "answers lost") {
            return Err(LinkFault::Stalled { reached: Reached::Region });
        }
        if self.happens(weather.torn / 2, "answers torn") {
            answer.truncate(self.chance.below(answer.len()));
            return Ok(answer);
        }
        if self.happens(weather.bent / 2, "answers bent") {
            self.bend(&mut answer);
            return Ok(answer);
        }
        if weather.stale > 0
            && self.memory.before.is_some()
            && self.happens(weather.stale, "old answers that came again")
        {
            return Ok(self.memory.before.clone().unwrap_or_default());
        }
        self.memory.before = Some(answer.clone());
        Ok(answer)
    }
}
