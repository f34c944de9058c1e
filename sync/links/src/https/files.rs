//! Files that lie on a web server below one address. They are read only, and what comes is not trusted for having come.

use super::{Settings, SetupFault, TimeFloor, base_url, classify, client};
use crate::{LinkFault, Reached};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// Files below one address.
#[derive(Debug)]
pub struct Files {
    client: Client,
    base: String,
    total_ms: u64,
}

/// Why a file did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// The line or the server.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// Whoever keeps the bytes.
    #[error("what came cannot be kept: {0}")]
    Keep(#[source] io::Error),
}

impl Files {
    /// Sets it up; nothing is sent yet. `settings.url` is the folder.
    ///
    /// # Errors
    /// [`SetupFault`].
    pub fn new(settings: &Settings, floor: &TimeFloor) -> Result<Files, SetupFault> {
        let base = base_url(&settings.url)?.to_owned();
        Ok(Files { client: client(settings, floor)?, base, total_ms: settings.patience.total_ms })
    }

    /// A short file, of at most `most` bytes, whole.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn whole(&self, name: &str, most: usize) -> Result<Vec<u8>, LinkFault> {
        let response = self.ask(name, 0)?;
        let mut bytes = Vec::new();
        let deadline = Some(Instant::now() + Duration::from_millis(self.total_ms));
        pieces(response, deadline, |piece| {
            if bytes.len() + piece.len() > most {
                return Err(LinkFault::TooLong { limit: most });
            }
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// The bytes from number `from` on of a file that has `len` of them, handed over as they come: what was kept before a
    /// line fell need not come again. A server that knows no ranges (RFC 9110, 14.2) sends all; the first are then passed over.
    /// It may take as long as it likes, as long as something comes.
    ///
    /// # Errors
    /// [`FileFault`]; what was handed over before is good to go on from. A file that ends too early is a broken connection.
    pub fn rest(
        &self,
        name: &str,
        from: u64,
        len: u64,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileFault> {
        let response = self.ask(name, from)?;
        let mut at = if response.status() == StatusCode::PARTIAL_CONTENT { from } else { 0 };
        pieces(response, None, |piece| {
            let end = at + piece.len() as u64;
            if end > len {
                return Err(LinkFault::TooLong { limit: usize::try_from(len).unwrap_or(usize::MAX) }.into());
            }
            let known = usize::try_from(from.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
            at = end;
            match piece.get(known..).filter(|new| !new.is_empty()) {
                Some(new) => keep(new).map_err(FileFault::Keep),
                None => Ok(()),
            }
        })?;
        if at < len {
            return Err(LinkFault::Torn { reached: Reached::Answer }.into());
        }
        Ok(())
    }

    fn ask(&self, name: &str, from: u64) -> Result<Response, LinkFault> {
        let mut request = self.client.get(format!("{}/{name}", self.base));
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let response = request.send().map_err(|fault| classify::reqwest(&fault, Reached::Region))?;
        let status = response.status();
        let begins = |wanted: &str| {
            let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
            range.is_some_and(|range| range.starts_with(wanted))
        };
        if status.is_redirection() {
            Err(LinkFault::Redirect(status.as_u16()))
        } else if status == StatusCode::OK
            || (status == StatusCode::PARTIAL_CONTENT && from > 0 && begins(&format!("bytes {from}-")))
        {
            Ok(response)
        } else {
            Err(LinkFault::Status(status.as_u16()))
        }
    }
}

/// Hands over what comes, piece by piece, to its end.
pub(super) fn pieces<E: From<LinkFault>>(
    mut response: Response,
    deadline: Option<Instant>,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut piece = [0; 16 << 10];
    loop {
        let len = response.read(&mut piece).map_err(|fault| classify::io(&fault, Reached::Answer))?;
        let Some(piece) = piece.get(..len).filter(|piece| !piece.is_empty()) else { return Ok(()) };
        take(piece)?;
        if deadline.is_some_and(|deadline| Instant::now() > deadline) {
            return Err(LinkFault::Stalled { reached: Reached::Answer }.into());
        }
    }
}
